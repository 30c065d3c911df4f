"""Statements an operation would never make, sent straight to the database: what hangs on a case, lists taken out, moves
of a case, notices. As in test_attacks.py, each test is a hole that was open once, beside the act that is allowed.
"""

import uuid

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Category, Kind, Role, Service
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.models import AlertLink, CaseMove, Export, ExportFile, ExportMove, ExportOrder, Orientation
from tests import factories as f
from tests.roles import as_role
from victims.consents import operations as consents
from victims.models import (
    AgreementText,
    CaseAccess,
    ChildOpinion,
    Consent,
    Contact,
    Episode,
    Grant,
    HealthNote,
    Identity,
    Need,
    Relocation,
    SupportAction,
    TimelineEntry,
)
from victims.needs import operations as needs

from .test_attacks import (
    led,
    refused,
)

pytestmark = pytest.mark.django_db


def shared(p, *, level=3, **fields):
    """A case led by the shelter, and what it gave to another one by an accepted request."""
    case = led(p)
    sent = f.orientation(
        p["home"], case, p["other"].agency, state="accepted", answerer=p["other"], level=level, **fields
    )
    return case, sent


def ask(function, *args):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nrm.{function}({', '.join(['%s'] * len(args))})", args)
        return cursor.fetchone()[0]


def close(actor, case):
    by = {"membership": actor, "agency": actor.agency, "reason": "autonomy"}
    CaseMove.objects.create(case=case, action="close", before="open", after="closed", **by)


# -- reading from a refusal -------------------------------------------------------------------------------------------
def test_nobody_asks_what_another_member_sees(p):
    """Who knows a case's key from the time of its access would learn, agency by agency, who holds the case now."""
    case, _ = shared(p)
    with acting_as(p["third"]), refused():
        ask("still_sees", p["other"].pk, "case", case.pk)
    with acting_as(p["third"]):
        assert ask("i_still_see", "case", case.pk) is False
    with acting_as(p["other"]):
        assert ask("i_still_see", "case", case.pk) is True


def draft_for(p, who, case):
    return Orientation.objects.bulk_create(
        [
            Orientation(
                case_id=case.pk, sender=p[who].agency, addressee=p["third"].agency, created_by=p[who],
                service=Service.objects.get(pk="safe_housing"), level=2,
            )
        ]
    )  # fmt: skip


def test_a_refused_request_does_not_tell_whether_a_case_is_closed(p):
    """An agency whose access has ended still knows the case's key: open or closed, it is refused in the same words."""
    case, sent = shared(p)
    with acting_as(p["home"]):
        consents.withdraw_consent(p["home"], sent.consent_id)
    with acting_as(p["other"]), refused():
        draft_for(p, "other", case)
    with acting_as(p["home"]):
        draft_for(p, "home", case)
        close(p["home"], case)
    with acting_as(p["other"]), refused():
        draft_for(p, "other", case)
    with acting_as(p["home"]), refused("NRM01"):
        draft_for(p, "home", case)


def test_a_refused_agreement_does_not_tell_whether_a_person_is_a_child(p):
    adult, child = (f.case(p["coord"], author=p["nurse"], minor=minor) for minor in ("no", "yes"))
    for case in (adult, child):
        for giver in ("person", "ad_hoc_administrator"):
            with acting_as(p["third"]), refused():
                Consent.objects.bulk_create([Consent(case_id=case.pk, giver=giver, obtained_by=p["third"])])
    with acting_as(p["coord"]), refused("23514"):
        Consent.objects.bulk_create([Consent(case_id=child.pk, giver="person", obtained_by=p["coord"])])


def test_the_number_of_changed_needs_does_not_tell_of_an_asylum_claim(p):
    """Level 3 without the residence category: a change of every need at once would count what is not shown."""
    case, _ = shared(p)
    services = [f.service(code) for code in ("safe_housing", "asylum")]
    with acting_as(p["home"]):
        for service in services:
            Need.objects.create(case_id=case.pk, service=service, agency=p["home"].agency, by=p["home"])
    with acting_as(p["other"]):
        assert Need.objects.count() == 1
        assert Need.objects.update(priority="now") == 1
    with acting_as(p["home"]):
        assert Need.objects.update(priority="later") == 2  # its own


# -- rows of another case ---------------------------------------------------------------------------------------------
def test_nothing_written_on_one_case_takes_the_place_of_something_on_another(p):
    """One holder of two cases: a correction, or words about an agreement, named from the other case would keep the
    right ones out."""
    case, sent = shared(p, level=3, categories=int(Category.HEALTH))
    mine = f.own_case(p["other"])
    with acting_as(p["home"]):
        note = HealthNote.objects.create(case=case, by=p["home"], data={"text": "a"})
        episode = Episode.objects.create(case=case, by=p["home"], data={"form": "a"})
        opinion = ChildOpinion.objects.hear(case, stance="mixed", by=p["home"])
    with acting_as(p["other"]):
        for model, replaced in ((HealthNote, note), (Episode, episode)):
            with refused():
                model.objects.create(case=mine, by=p["other"], data={"text": "b"}, replaces_id=replaced.pk)
            model.objects.create(case=case, by=p["other"], data={"text": "b"}, replaces_id=replaced.pk)
        for names in ({"consent_id": sent.consent_id}, {"opinion_id": opinion.pk}):
            with refused():
                AgreementText.objects.create(case=mine, by=p["other"], data={"words": "b"}, **names)
        AgreementText.objects.create(case=case, by=p["other"], data={"words": "b"}, opinion_id=opinion.pk)


def test_no_row_by_hand_under_the_name_of_an_alert(p):
    """The sealed contact is copied under the alert's name: a row there keeps it away, or tells that it was copied."""
    own = f.own_case(p["home"])
    waiting = f.sent_alert(p["front"], recipients=[])
    with acting_as(p["home"]):
        joined = AlertLink.objects.get(case=own).alert_id
        for source in (joined, waiting.pk):
            with refused():
                Contact.objects.bulk_create([Contact(case=own, source_id=source, data={"value": "07"})])
        Contact.objects.bulk_create([Contact(case=own, data={"value": "07"})])


def test_an_alert_is_joined_by_who_took_it_up_to_a_case_it_leads(p):
    """Through a link the author follows a case: one made by a holder would go on telling after its access ended."""
    case, _ = shared(p)
    mine = f.sent_alert(p["other"], recipients=[])
    with acting_as(p["other"]):
        with refused():
            AlertLink.objects.bulk_create([AlertLink(alert=mine, case=case)])
        made = alerts.open_case(p["other"], mine.pk)
        with refused():
            AlertLink.objects.bulk_create([AlertLink(alert=mine, case=case)])
        assert AlertLink.objects.get(alert=mine).case_id == made.pk
    waiting = f.sent_alert(p["front"], recipients=[])
    own = f.own_case(p["home"])
    with acting_as(p["home"]):
        with refused():  # not taken up yet
            AlertLink.objects.bulk_create([AlertLink(alert=waiting, case=own)])
        alerts.join_case(p["home"], waiting.pk, own)


def test_identity_and_contact_stay_with_their_case(p):
    one, two = f.own_case(p["home"]), f.own_case(p["home"])
    with acting_as(p["home"]):
        Identity.objects.create(case=one, data={"family_name": "a"}, entered_by=p["home"])
        Contact.objects.bulk_create([Contact(case=one, data={"value": "07"})])
        for model in (Identity, Contact):
            with refused():
                model.objects.filter(case=one).update(case=two)
        with refused():
            Identity.objects.filter(case=one).update(entered_by=p["home2"])
        identity = Identity.objects.get(case=one)
        identity.data = {"family_name": "b"}
        identity.save(update_fields=["data", "entered_by"])


# -- forged names -----------------------------------------------------------------------------------------------------
def test_a_withdrawal_is_signed_by_who_records_it(p):
    case, sent = shared(p)
    now = timezone.now()
    live = Consent.objects.filter(pk=sent.consent_id)
    with acting_as(p["other"]):
        for values in (
            {"withdrawn_at": now, "withdrawn_by": p["home"]},
            {"withdrawn_by": p["other"]},
            {"withdrawn_at": now + timezone.timedelta(days=1), "withdrawn_by": p["other"]},
        ):
            with refused():
                live.update(**values)
        consents.withdraw_consent(p["other"], sent.consent_id)


def test_an_action_is_done_by_who_says_so(p):
    case = led(p)
    with acting_as(p["home"]):
        need = Need.objects.create(case=case, service=f.service(), agency=p["home"].agency, by=p["home"])
        made = needs.add_action(p["home"], need.pk, text="a", agency=p["home"].agency)
        with refused():
            SupportAction.objects.filter(pk=made.pk).update(done_on=timezone.localdate(), done_by=p["home2"])
        needs.finish_action(p["home"], made.pk, done_on=timezone.localdate())


def test_an_entry_is_corrected_by_the_agency_that_wrote_it(p):
    """Signed with the name of the other agency, whether it was corrected would show in the refusal."""
    case, _ = shared(p)
    with acting_as(p["home"]):
        first = TimelineEntry.objects.create(
            case=case, agency=p["home"].agency, by=p["home"], sort="message", data={"text": "a"}
        )

    def correct(actor):
        return TimelineEntry.objects.create(
            case=case, agency=p["home"].agency, by=actor, sort="message", data={"text": "b"}, replaces_id=first.pk
        )

    with acting_as(p["other"]), refused():
        correct(p["other"])
    with acting_as(p["home"]):
        correct(p["home"])
    with acting_as(p["other"]), refused():
        correct(p["other"])


# -- what one keeps ---------------------------------------------------------------------------------------------------
def test_a_lead_does_not_leave_its_case_without_a_lead(p):
    """Deleting what one leads by would take the case out of everybody's sight."""
    case = led(p)
    with acting_as(p["home"]):
        assert Grant.objects.filter(content_object=case, ground="lead").delete()[0] == 0
        assert CaseAccess.objects.get(case=case).lead
    case, sent = shared(p)
    with acting_as(p["home"]):
        assert Grant.objects.filter(content_object=case, ground_id=sent.pk).delete()[0] == 1


def test_a_closing_does_not_tell_where_the_person_went(p):
    """An addressee that was given the state alone keeps the place it knew, through a move and through the closing."""
    f.territory("13", "Bouches-du-Rhône")
    f.coordination(territories=("13",))
    case, _ = shared(p, level=1)
    with acting_as(p["home"]):
        ask("move_case", case.pk, "13")
    with acting_as(p["other"]):
        assert CaseAccess.objects.get(case=case).territory_id == "75"
    now = timezone.now()
    with as_role("nrm_owner"):  # days apart, as they would be
        Relocation.objects.update(at=now - timezone.timedelta(days=1))
        Grant.objects.filter(content_object=case).update(given_at=now - timezone.timedelta(days=2))
    with acting_as(p["home"]):
        close(p["home"], case)
    with acting_as(p["other"]):
        row = CaseAccess.objects.get(case=case)
        assert (row.territory_id, row.status, row.level) == ("75", "closed", 1)
    with acting_as(p["home"]):
        assert CaseAccess.objects.get(case=case).territory_id == "13"


def test_a_row_that_did_not_change_says_so(p):
    """`updated_since` would tell a unit left behind that the person moved again."""
    f.territory("13", "Bouches-du-Rhône")
    case, _ = shared(p, level=1)
    long_ago = timezone.now() - timezone.timedelta(days=9)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE victims_caseaccess DISABLE TRIGGER nrm_positioned_again")
        CaseAccess.objects.filter(case=case).update(changed_at=long_ago)
        cursor.execute("ALTER TABLE victims_caseaccess ENABLE TRIGGER nrm_positioned_again")
    with acting_as(p["home"]):
        ask("move_case", case.pk, "13")
        assert CaseAccess.objects.get(case=case).changed_at > long_ago
    with acting_as(p["other"]):
        assert CaseAccess.objects.get(case=case).changed_at == long_ago
    with acting_as(p["home"]):
        close(p["home"], case)
    with acting_as(p["other"]):
        assert CaseAccess.objects.get(case=case).changed_at > long_ago


# -- lists taken out --------------------------------------------------------------------------------------------------
def export(actor, total=30, state="submit"):
    made = Export.objects.create(agency=actor.agency, by=actor, listed="cases", purpose="report", total=total)
    ExportOrder.objects.create(export=made, agency=actor.agency, data={"reason": "", "query": "", "rows": []})
    move_export(made, actor, state, "asked", "waiting" if state == "submit" else "queued")
    return made


def move_export(made, actor, action, before, after):
    ExportMove.objects.create(
        export=made, action=action, before=before, after=after, membership=actor, agency_id=actor.agency_id
    )


def test_the_second_person_is_another_person(p):
    """A member of the small organisation who also sits in the network above it approves nothing of her own."""
    network = f.agency(Kind.NGO_NETWORK, desk=False)
    small = f.shelter(parent=network)
    asker, head = f.member(small), f.member(network, Role.AGENCY_ADMIN)
    both = f.member(network, Role.AGENCY_ADMIN, user=asker.user)
    with acting_as(asker):
        made = export(asker)
    with acting_as(both):
        assert not Export.objects.exists()
        assert not Export.objects.visible_to(both).exists()
        with refused():
            move_export(made, both, "approve", "waiting", "queued")
    with acting_as(head):
        assert list(Export.objects.visible_to(head)) == [made]
        move_export(made, head, "approve", "waiting", "queued")


def test_what_was_approved_is_what_is_made(p):
    """The order comes before the decision, the file while it is made."""
    with acting_as(p["home"]):
        made = Export.objects.create(agency=p["home"].agency, by=p["home"], listed="cases", purpose="report", total=30)
        move_export(made, p["home"], "submit", "asked", "waiting")
        with refused():
            ExportOrder.objects.create(export=made, agency=p["home"].agency, data={"rows": [str(uuid.uuid4())]})
        small = export(p["home"], total=1, state="queue")
        with refused():
            ExportFile.objects.create(export=small, membership=p["home"])
        move_export(small, p["home"], "build", "queued", "building")
        ExportFile.objects.create(export=small, membership=p["home"])
