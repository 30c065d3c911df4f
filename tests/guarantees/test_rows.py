"""Each kind of row that hangs on a case, read bare by agencies that lack one thing each: the level, a category, the
case (they hold everything of another one), a place among the assigned, an access that has not ended, a live desk.

`expected/rows.csv` is written by hand from the design (sections 3 and 4): y where the row is read. No queryset filters
here, the policies stand alone; dropping one condition of one policy lets somebody of this table in.
"""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from agencies.actor import acting_as
from agencies.models import Category, Kind, Level, Role
from referral.models import AlertAddition, Checklist, Clock, OrientationMessage, StepAct
from referral.operations import (
    additions,
    agreements,
    alerts,
    case_links,
    cases,
    categories,
    clocks,
    desks,
    episodes,
    needs,
    orientation_talk,
    orientations,
    procedures,
    statements,
    written,
)
from tests import factories as f
from tests.guarantees.mutation import ASKED_TWICE, conditions
from tests.roles import as_role
from victims.models import (
    AgreementText,
    Case,
    CaseLink,
    CaseText,
    CaseVersion,
    Consent,
    Contact,
    Episode,
    HealthNote,
    IdentificationView,
    Identity,
    IdentityVersion,
    LinkedPerson,
    LinkedPersonName,
    Need,
    NeedText,
    NeedVersion,
    Observation,
    OffenceFact,
    PaperDocument,
    Profile,
    ProfileVersion,
    ResidenceFact,
    SecretNote,
    Statement,
    SupportAction,
    TimelineEntry,
)

pytestmark = pytest.mark.django_db
LINES = list(csv.DictReader((Path(__file__).parent / "expected" / "rows.csv").open()))
READERS = [name for name in LINES[0] if name not in ("row", "reason")]
ALL = sum(Category)
# what each holds of the case, beside its level; an agency may hold what it holds
GIVEN = {
    "file": (Level.FILE, 0),
    "summary": (Level.SUMMARY, 0),
    "mixed": (Level.SUMMARY, 0),
    "mixed_file": (Level.FILE, 0),
    "health": (Level.FILE, Category.HEALTH),
    "health_only": (Level.SUMMARY, Category.HEALTH),
    "residence": (Level.FILE, Category.RESIDENCE),
    "residence_only": (Level.SUMMARY, Category.RESIDENCE),
    "offence": (Level.SUMMARY, Category.OFFENCE),
    "identity": (Level.SUMMARY, Category.IDENTITY | Category.CONTACT),
    "asylum": (Level.FILE, 0),
    "kept_in": (Level.FILE, 0),
    "ended": (Level.FILE, ALL),
    "declined": (Level.FILE, ALL),
}
KINDS = {"asylum": Kind.ASYLUM, "offence": Kind.INTERIOR}
LEFT_AT = {"ended": "completed", "declined": "sent"}


class House:
    """The case, another one of the same lead, and who reads what of them."""

    def __init__(self):
        f.national()
        school, self.away = f.agency(Kind.EDUCATION, desk=False), f.shelter()
        self.who = {"author": f.member(school, Role.FRONTLINE), "colleague": f.member(school, Role.FRONTLINE)}
        self.who |= {"status": f.member(f.coordination(), Role.COORDINATOR), "lead": f.member(f.shelter())}
        self.who["away"] = f.member(self.away)
        self.lead = self.who["lead"]
        self.alerts, self.requests = [], {}
        f.sent_alert(self.who["colleague"])  # an author too, of another alert
        self.case, self.other = self._opened(), self._opened()
        for name, (level, mask) in GIVEN.items():
            self.who[name] = f.member(f.agency(KINDS.get(name, Kind.NGO), may_hold=ALL))
            self.requests[name] = self._sent(self.case, name, LEFT_AT.get(name, "accepted"), level, mask)
        self.who["neighbour"] = f.member(f.agency(may_hold=ALL))
        self.who["kept_out"] = f.member(self.who["kept_in"].agency)
        for name in ("neighbour", "mixed", "mixed_file", "ended"):
            self._sent(self.other, name, "accepted", Level.FILE, ALL)
        self._written_by_the_lead()
        self._written_by_others()
        self._said_before_leaving()
        with acting_as(self.who["kept_in"]) as keeper:
            cases.assign_member(keeper, self.case.pk, keeper)
            cases.restrict_case(keeper, self.case.pk)

    def _opened(self) -> Case:
        """An author's alert, also sent to a desk that passes it on; the coordination opens the case and hands it on."""
        unit = self.who["status"]
        alert = f.sent_alert(
            self.who["author"],
            recipients=["association", "contact"],
            contact={"channel": "sms", "value": "MARQUEUR-CONTACT"},
            observations={"ILO-AL-DR-01": "observed"},
            none_of_these=False,
            story="MARQUEUR-RECIT",
            desks=[self.away.pk],
        )
        self.alerts.append(alert)
        if len(self.alerts) == 1:  # the second one still waits at its desk
            with acting_as(self.who["away"]) as passing:
                desks.redirect_alert(passing, alert.pk, [f.shelter().pk], reason="not_ours")
        with acting_as(unit):
            alerts.open_alert(unit, alert.pk)
        case = f.case(unit, alert=alert)
        given = {"verb": "transfer", "level": Level.FILE, "categories": int(Category.CONTACT), "exclusive": False}
        f.orientation(unit, case, self.lead.agency, state="in_progress", answerer=self.lead, **given)
        return case

    def _sent(self, case, name, state, level, mask):
        fields = {"level": level, "categories": int(mask), "exclusive": False}
        return f.orientation(
            self.lead, case, self.who[name].agency, state=state, answerer=self.who[name], verb="refer", **fields
        )

    def _written_by_the_lead(self):
        lead, case = self.lead, self.case
        for sort in ("message", "internal"):
            self._entry(lead, sort)
        with acting_as(lead):
            mask = Category.IDENTITY | Category.HEALTH
            given = {"level": 3, "categories": int(mask), "giver": "person", "text": {"proxy": "MARQUEUR"}}
            named = agreements.record_consent(lead, case.pk, agencies=[lead.agency_id], **given)
            cases.enter_identity(lead, case.pk, consent=named, data={"family_name": "MARQUEUR-NOM"})
            written.add_paper(lead, case.pk, sort="other", label="MARQUEUR", place="coffre")
            written.add_person(lead, case.pk, relation="child", age_side="minor", text="x", name="MARQUEUR-NOM")
            written.write_secret(lead, case.pk, text="MARQUEUR-SECRET")
            for service in ("safe_housing", "health_care"):
                need = needs.add_need(lead, case.pk, service=f.service(service), priority="now", text="MARQUEUR")
                needs.add_action(lead, need.pk, text="MARQUEUR", agency=lead.agency)
            categories.write_entry(lead, case.pk, Category.HEALTH, data={"text": "MARQUEUR"})
            episodes.write_episode(lead, case.pk, data={"form": "unknown", "note": "MARQUEUR"})
            episodes.say_profile(lead, case.pk, data={"sex": "female"})
            case_links.link_cases(lead, case.pk, reference=self.other.reference, sort="family")
            for code, step in (("indemnisation_civi", 2), ("asile", 3)):
                made = procedures.start_procedure(lead, case.pk, code)
                procedures.settle_step(lead, made.pk, 1, "not_applicable")
                clocks.start_clock(lead, made.pk, step, counted_on=date(2026, 11, 2))
            self._states(lead)
        with acting_as(self.who["author"]) as author:
            additions.add_to_alert(author, self.alerts[0].pk, "MARQUEUR-COMPLEMENT")

    def _written_by_others(self):
        who, case = self.who, self.case
        self._entry(who["file"], "internal")
        with acting_as(who["file"]) as actor:
            needs.add_need(actor, case.pk, service=f.service("reception_conditions"), priority="now")
            orientation_talk.write_message(actor, self.requests["file"].pk, words="MARQUEUR-MESSAGE")
        with acting_as(who["residence"]) as actor:
            needs.add_need(actor, case.pk, service=f.service("residence_permit"), priority="now", text="MARQUEUR")
            needs.add_need(actor, case.pk, service=f.service("asylum"), priority="now")
            categories.write_entry(actor, case.pk, Category.RESIDENCE, data={"text": "MARQUEUR"})
        with acting_as(who["offence"]) as actor:
            categories.write_entry(actor, case.pk, Category.OFFENCE, data={"text": "MARQUEUR"})
        with acting_as(who["kept_in"]) as actor:
            written.write_secret(actor, case.pk, text="MARQUEUR-SECRET")
        with acting_as(who["asylum"]) as actor:
            self._states(actor)
        with as_role("nrm_owner"):  # while they read the file or led: one reads the summary now, the others less
            for author in (who["summary"], who["ended"], who["status"]):
                base = {"case": case, "agency": author.agency, "by": author}
                TimelineEntry.objects.create(sort="message", data={"text": "MARQUEUR"}, **base)
                PaperDocument.objects.create(sort="other", data={"label": "MARQUEUR", "place": "x"}, **base)
                LinkedPerson.objects.create(relation="child", age_side="minor", data={"text": "MARQUEUR"}, **base)
                Need.objects.create(service=f.service("interpreting"), priority="now", **base)

    def _said_before_leaving(self):
        gone, request = self.who["declined"], self.requests["declined"].pk
        with acting_as(gone):
            orientations.open_orientation(gone, request)
            orientation_talk.ask_orientation(gone, request, words="MARQUEUR-QUESTION")
        with acting_as(self.lead):
            orientation_talk.answer_question(self.lead, request, words="MARQUEUR-REPONSE")
        with acting_as(gone):
            orientations.decline_orientation(gone, request, reason="no_place")

    def _entry(self, author, sort):
        with acting_as(author):
            written.write_entry(author, self.case.pk, sort=sort, text="MARQUEUR")

    def _states(self, actor):
        said = {"stated_on": date(2026, 11, 20), "function": "Fonction d'essai", "motives": "MARQUEUR"}
        statements.make_statement(actor, self.case.pk, status="presumed", **said)

    def rows(self, name):
        """What is asked of the database for one line of the file."""
        case, who = self.case, {reader: member.agency_id for reader, member in self.who.items()}
        of = {"case": case.pk}
        return {
            "timeline_message": TimelineEntry.objects.filter(sort="message", agency=who["lead"], **of),
            "timeline_internal_lead": TimelineEntry.objects.filter(sort="internal", agency=who["lead"], **of),
            "timeline_internal_file": TimelineEntry.objects.filter(sort="internal", agency=who["file"], **of),
            "timeline_of_summary": TimelineEntry.objects.filter(agency=who["summary"], **of),
            "timeline_of_status": TimelineEntry.objects.filter(agency=who["status"], **of),
            "timeline_of_ended": TimelineEntry.objects.filter(agency=who["ended"], **of),
            "paper_lead": PaperDocument.objects.filter(agency=who["lead"], **of),
            "paper_of_summary": PaperDocument.objects.filter(agency=who["summary"], **of),
            "paper_of_ended": PaperDocument.objects.filter(agency=who["ended"], **of),
            "paper_of_status": PaperDocument.objects.filter(agency=who["status"], **of),
            "person": LinkedPerson.objects.filter(agency=who["lead"], **of),
            "person_of_ended": LinkedPerson.objects.filter(agency=who["ended"], **of),
            "person_of_status": LinkedPerson.objects.filter(agency=who["status"], **of),
            "person_name": LinkedPersonName.objects.filter(**of),
            "secret_lead": SecretNote.objects.filter(agency=who["lead"], **of),
            "secret_kept": SecretNote.objects.filter(agency=who["kept_in"], **of),
            "need_plain": Need.objects.filter(service="safe_housing", **of),
            "need_of_ended": Need.objects.filter(agency=who["ended"], **of),
            "need_of_status": Need.objects.filter(agency=who["status"], **of),
            "need_health": Need.objects.filter(service="health_care", **of),
            "need_asylum_residence": Need.objects.filter(service="asylum", **of),
            "need_asylum_file": Need.objects.filter(service="reception_conditions", **of),
            "words_plain": NeedText.objects.filter(bit=0, **of),
            "words_health": NeedText.objects.filter(bit=Category.HEALTH, **of),
            "words_residence": NeedText.objects.filter(bit=Category.RESIDENCE, **of),
            "action_plain": SupportAction.objects.filter(bit=0, **of),
            "action_health": SupportAction.objects.filter(bit=Category.HEALTH, **of),
            "statement_lead": Statement.objects.filter(agency=who["lead"], **of),
            "statement_asylum": Statement.objects.filter(agency=who["asylum"], **of),
            "view_association": IdentificationView.objects.filter(asylum_body=None, **of),
            "view_asylum": IdentificationView.objects.exclude(asylum_body=None).filter(**of),
            "health_note": HealthNote.objects.filter(**of),
            "offence_fact": OffenceFact.objects.filter(**of),
            "residence_fact": ResidenceFact.objects.filter(**of),
            "checklist_plain": Checklist.objects.filter(sealed=False, **of),
            "checklist_sealed": Checklist.objects.filter(sealed=True, **of),
            "step_sealed": StepAct.objects.filter(sealed=True, **of),
            "step_plain": StepAct.objects.filter(sealed=False, **of),
            "clock_plain": Clock.objects.filter(sealed=False, **of),
            "clock_sealed": Clock.objects.filter(sealed=True, **of),
            "episode": Episode.objects.filter(**of),
            "profile": Profile.objects.filter(**of),
            "profile_version": ProfileVersion.objects.filter(**of),
            "need_version_plain": NeedVersion.objects.filter(service="safe_housing", **of),
            "need_version_asylum": NeedVersion.objects.filter(asylum=True, **of),
            "identity": Identity.objects.filter(**of),
            "identity_version": IdentityVersion.objects.filter(**of),
            "contact": Contact.objects.filter(**of),
            "consent": Consent.objects.filter(**of),
            "agreement_words": AgreementText.objects.filter(**of),
            "signs": Observation.objects.filter(**of),
            "story": CaseText.objects.filter(**of),
            "case": Case.objects.filter(pk=case.pk),
            "case_version": CaseVersion.objects.filter(pgh_obj_id=case.pk),
            "link": CaseLink.objects.filter(one__in=[case.pk, self.other.pk]),
            "thread_message": OrientationMessage.objects.filter(orientation=self.requests["file"].pk),
            "thread_declined": OrientationMessage.objects.filter(orientation=self.requests["declined"].pk),
            "addition": AlertAddition.objects.filter(alert=self.alerts[0].pk),
        }[name]


# A category is given from level 2 on; « sealed » and « asylum » stand beside a level 3 of their own; of linked cases
# nobody here reads one and the state of another. How many times each goes unnoticed:
LEVEL_REPEATED = {
    "(a.level >= 2)": {
        **dict.fromkeys(["victims_contact", "victims_healthnote", "victims_identity", "victims_identityversion"], 1),
        **dict.fromkeys(["victims_identificationview", "victims_linkedpersonname", "victims_need"], 1),
        **dict.fromkeys(["victims_needtext", "victims_needversion", "victims_offencefact", "victims_residencefact"], 1),
        "victims_caselink": 2,
        "victims_supportaction": 1,
    },
    "(a.level >= 3)": dict.fromkeys(
        ["referral_checklist", "referral_clock", "referral_stepact", "victims_statement"], 1
    ),
}


@pytest.fixture
def house(db):
    return House()


def differences(house, lines):
    """One sentence for each row that somebody reads and should not, or the other way round."""
    for reader in READERS:
        with acting_as(house.who[reader]):
            read = {line["row"] for line in lines if house.rows(line["row"]).exists()}
        for line in lines:
            if (line["row"] in read) != (line[reader] == "y"):
                got = "reads it" if line["row"] in read else "does not read it"
                yield f"{line['row']}: « {reader} » {got}; {line['reason']}"


def test_each_row_is_read_by_whom_the_file_names(house):
    with as_role("nrm_owner"):
        empty = [line["row"] for line in LINES if not house.rows(line["row"]).exists()]
    assert not empty, f"no such row in this world, nothing would be proven: {empty}"
    assert not (wrong := list(differences(house, LINES))), "\n".join(["Rows differ from expected/rows.csv:", *wrong])


def test_a_condition_dropped_from_a_policy_lets_somebody_in(house):
    """Each condition of each policy that decides reading, dropped alone: the file above notices."""
    by_table: dict[str, list] = {}
    for line in LINES:
        by_table.setdefault(house.rows(line["row"]).model._meta.db_table, []).append(line)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual FROM pg_policies WHERE policyname = 'see'")
        policies = {table: text for table, text in cursor.fetchall() if table in by_table}
    assert set(policies) == set(by_table)
    unnoticed: dict[str, Counter] = {}
    for table, text in policies.items():
        for start, end in conditions(text):
            part = " ".join(text[start:end].split())
            if part == "true" or ASKED_TWICE.fullmatch(part):
                continue
            with transaction.atomic():
                with as_role("nrm_owner"), connection.cursor() as cursor:
                    cursor.execute(f"ALTER POLICY see ON {table} USING ({text[:start]} true {text[end:]})")
                if next(differences(house, by_table[table]), None) is None:
                    unnoticed.setdefault(part, Counter())[table] += 1
                transaction.set_rollback(True)
    assert unnoticed == LEVEL_REPEATED, "dropped, and nobody of expected/rows.csv reads more or less: add who would"
