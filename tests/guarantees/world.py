"""One country in small: a case with every kind of neighbour, built by the real operations, once for all cells.

A relation is what an agency is to a subject (its lead, a declined addressee, the agency of the alert's author…); a role
is what a member of that agency does there. Each relation names its agency and its case, alert and orientation.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from agencies.models import (
    Agency,
    Category,
    DeskChange,
    Draft,
    KeptForm,
    Kind,
    Level,
    MemberChange,
    Membership,
    ProgramCall,
    ProviderLink,
    Role,
    Sandbox,
    User,
)
from foundation.actor import SYSTEM, acting_as
from journal.models import Checkpoint
from notifications.models import HookDelivery, Preference
from referral.alerts.operations import alerts
from referral.duplicates.operations import comparison, decisions
from referral.inbox.operations.alerts import open_alert, redirect_alert
from referral.models import (
    Alert,
    AlertDesk,
    CaseTerm,
    ClientKey,
    DeskAnswer,
    Erasure,
    LegalHold,
    Match,
    MatchAlarm,
    NationalFigure,
    Orientation,
    SurveyAnswer,
)
from referral.orientations.operations import overdue
from tests import factories as f
from tests.notifications.listener import hook_of
from tests.roles import as_role
from victims.access.operations import emergency
from victims.access.operations.assignment import assign_member, restrict_case
from victims.consents import operations as consents
from victims.identity.operations import enter_identity
from victims.matching.operations import request_all_comparisons
from victims.models import Archive, ArchiveOpening, Case, CaseAccess, Contact, Grant, Identity, ReadingAlarm

from . import desk_rows, file_rows, group_rows, list_rows, procedure_rows, request_rows, rights_rows

REASON = "Personne injoignable, hospitalisation en urgence"


@dataclass
class Relation:
    agency: Agency
    case: Case | None = None
    alert: Alert | None = None
    orientation: Orientation | None = None
    other: Orientation | None = None  # an orientation of the same case, addressed to somebody else
    members: dict = field(default_factory=dict)  # role -> Membership, the rest are made when asked for


class World:
    def __init__(self):
        self.relations: dict[str, Relation] = {}
        self.national = f.national()
        self.unit = f.coordination()
        self.coordinator = f.member(self.unit, Role.COORDINATOR)
        self.school = f.agency(Kind.EDUCATION, desk=False)
        self.nurse = f.member(self.school, Role.FRONTLINE)
        self._main()
        self._addressees()
        self._around_the_alert()
        self._restricted()
        self._others()

    # -- who ------------------------------------------------------------------------------------------------------
    def actor(self, role: str, relation: str) -> Membership:
        """The member of the relation's agency who has this role there."""
        assert relation in self.relations, f"no relation « {relation} »: build it here, by `relate`"
        found = self.relations[relation]
        if role not in found.members:
            if role == "program":
                found.members[role] = f.program(found.agency)
            elif role == "deactivated":
                found.members[role] = f.member(found.agency, Role.CASE_WORKER)
            else:
                found.members[role] = f.member(found.agency, role)
        return found.members[role]

    def relate(self, name, agency, *, case=None, alert=None, orientation=None, other=None, **members) -> Relation:
        self.relations[name] = Relation(agency, case, alert, orientation, other, members)
        return self.relations[name]

    def tell_everybody(self, told) -> None:
        """Fan the events out once all members exist, then switch off those who have left."""
        for role, relation in told:
            self.actor(role, relation)
        with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.fan_out(100000)")
        with as_role("nrm_owner"):
            gone = [r.members["deactivated"].pk for r in self.relations.values() if "deactivated" in r.members]
            Membership.objects.filter(pk__in=gone).update(active=False)

    # -- the main case --------------------------------------------------------------------------------------------
    def _main(self):
        """Nurse -> alert -> coordination -> transfer to a shelter, which leads and holds everything it may hold."""
        self.home = f.shelter()
        self.lead = f.member(self.home)
        self.support, self.away, self.onward = f.shelter(), f.shelter(), f.shelter()
        self.alert = f.sent_alert(
            self.nurse,
            contact={"channel": "sms", "value": "MARQUEUR-CONTACT"},
            recipients=["association", "contact"],
            observations={"ILO-AL-DR-01": "observed"},
            none_of_these=False,
            desks=[self.support.pk, self.away.pk],
        )
        away = f.member(self.away)
        with acting_as(away):
            redirect_alert(away, self.alert.pk, [self.onward.pk], reason="not_ours")
        with as_role("nrm_owner"):
            said = {"agency": self.support, "by": f.member(self.support), "code": "acting", "text": "MARQUEUR-ACTION"}
            DeskAnswer.objects.create(alert=self.alert, **said)
        with acting_as(self.coordinator):
            open_alert(self.coordinator, self.alert.pk)
            self.case = alerts.open_case(self.coordinator, self.alert.pk)
        self.transfer = f.orientation(
            self.coordinator,
            self.case,
            self.home,
            state="in_progress",
            answerer=self.lead,
            verb="transfer",
            level=Level.FILE,
            categories=Category.CONTACT,
        )
        with acting_as(self.lead):
            named = consents.record_consent(self.lead, self.case.pk, agencies=[self.home.pk], level=3, categories=1)
            enter_identity(self.lead, self.case.pk, consent=named, data={"family_name": "MARQUEUR-NOM"})

    def sent(self, agency, state="sent", **fields) -> Orientation:
        # side by side: one acceptance must not withdraw the others
        return f.orientation(self.lead, self.case, agency, state=state, **{"exclusive": False, **fields})

    def _addressees(self):
        """Everybody the lead wrote to, each left in one situation."""
        levels = {"accepted_summary": Level.SUMMARY, "accepted_file": Level.FILE, "accepted_identity": Level.FILE}
        masks = {"accepted_identity": Category.IDENTITY | Category.CONTACT}
        states = ["draft", "sent", "opened", "declined", "withdrawn", "completed"]
        made = {}
        for name in [*states, *levels]:
            agency = f.shelter()
            state = name if name in states else "accepted"
            level, mask = levels.get(name, Level.FILE), masks.get(name, 0)
            made[name] = self.sent(agency, state, level=level, categories=mask)
            self.relate(name, agency, case=self.case, alert=self.alert, orientation=made[name])
        third = made["declined"]
        for name in made:
            self.relations[name].other = third if name != "declined" else made["withdrawn"]
        base = {"case": self.case, "alert": self.alert, "other": third}
        self.relate("lead", self.home, orientation=made["accepted_summary"], case_worker=self.lead, **base)
        self.relate("status", self.unit, orientation=self.transfer, coordinator=self.coordinator, **base)
        self._ended(base)
        self.relate("legal_ground", f.shelter(), **base)
        self.relations["legal_ground"].orientation = self.sent(
            self.relations["legal_ground"].agency, "accepted", consent=None, legal_ground="vital_danger", level=3
        )
        border = f.agency(Kind.INTERIOR, max_level=2, may_hold=Category.RESIDENCE)
        self.relate("border", border, **base)
        self.relations["border"].orientation = self.sent(border, "accepted", categories=Category.RESIDENCE)

    def _ended(self, base):
        """Access that ended: by the clock with no beat, by withdrawal, by silence; and one of two grounds."""
        soon = timezone.now() + timedelta(days=3)
        agency = f.shelter()
        consent = f.consent(self.lead, self.case, agencies=[agency.pk], level=3, until=soon)
        orientation = self.sent(agency, "accepted", level=3, consent=consent)
        self.relate("expired_grant", agency, orientation=orientation, **base)
        with as_role("nrm_owner"):
            row = CaseAccess.objects.get(agency=agency)
            past = timezone.now() - timedelta(minutes=1)
            Grant.objects.filter(group=agency.pk).update(until=past)  # the trigger derives the end at once…
            row.until = past
        self.late = row  # …and the row that only a late sweep would leave is put back at the end
        agency = f.shelter()
        consent = f.consent(self.lead, self.case, agencies=[agency.pk], level=3)
        orientation = self.sent(agency, "accepted", level=3, consent=consent)
        self.relate("consent_withdrawn", agency, orientation=orientation, **base)
        with acting_as(self.lead):
            consents.withdraw_consent(self.lead, consent.pk)
        agency = f.shelter()
        self.sent(agency, "completed", level=2)
        self.relate("two_grounds", agency, orientation=self.sent(agency, "accepted", level=3), **base)
        agency = f.shelter()
        orientation = self.sent(agency)
        self.relate("no_answer", agency, orientation=orientation, **base)
        with as_role("nrm_owner"):
            system = Membership.objects.get(agency=agency, kind="system")
        with as_role("nrm_worker"):
            for _ in range(2):
                with acting_as(system):
                    overdue.overdue_orientation(system, orientation.pk)
        agency = f.shelter()
        self.relate("break_glass", agency, orientation=self.relations["accepted_summary"].orientation, **base)
        keeper = self.actor("case_worker", "break_glass")
        with acting_as(keeper):
            emergency.break_glass(keeper, reference=self.case.reference, reason=REASON)

    def _around_the_alert(self):
        base = {"case": self.case, "alert": self.alert, "orientation": self.transfer, "other": self.transfer}
        self.relate("author", self.school, frontline=self.nurse, **base)
        self.relate("author_agency", self.school, **base)
        for name in ("support", "away", "onward"):
            self.relate(f"desk_{name}", getattr(self, name), **base)
        waiting = f.sent_alert(self.nurse)
        self.relate("alert_waiting", self.unit, alert=waiting, coordinator=self.coordinator)
        self.relate("alert_waiting_author", self.school, alert=waiting, frontline=self.nurse)
        keeper = f.shelter()
        author = f.member(keeper, Role.FRONTLINE)
        self.relate("alert_kept", keeper, alert=f.sent_alert(author, recipients=[]))
        self.relate("alert_kept_author", keeper, alert=self.relations["alert_kept"].alert, frontline=author)
        draft = f.draft(self.nurse)
        self.relate("draft_author", self.school, alert=draft, frontline=self.nurse)
        self.relate("draft_colleague", self.school, alert=draft)

    def _restricted(self):
        """The lead of another case, and an addressee of the main one, keep it to assigned members."""
        house = f.shelter()
        chosen, lead = f.member(house), f.member(house)
        case = f.case(self.coordinator, author=self.nurse)
        f.orientation(self.coordinator, case, house, state="accepted", answerer=chosen, verb="transfer", level=3)
        with acting_as(self.coordinator):
            alert = Alert.objects.visible_to(self.coordinator).order_by("-created_at").first()
        sent = f.orientation(chosen, case, f.shelter(), state="declined")
        addressee = f.shelter()
        member = f.member(addressee)
        accepted = self.sent(addressee, "accepted", answerer=member, level=3)
        for who, what in ((chosen, case), (member, self.case)):
            with acting_as(who):
                assign_member(who, what.pk, who)
                restrict_case(who, what.pk)
        base = {"case": case, "alert": alert, "orientation": sent, "other": sent}
        self.relate("restricted_assigned", house, case_worker=chosen, **base)
        self.relate("restricted", house, case_worker=lead, **base)
        third = self.relations["declined"].orientation
        base = {"case": self.case, "alert": self.alert, "orientation": accepted, "other": third}
        self.relate("kept_assigned", addressee, case_worker=member, **base)
        self.relate("kept", addressee, **base)

    def _others(self):
        base = {"case": self.case, "alert": self.alert, "orientation": self.transfer, "other": self.transfer}
        with as_role("nrm_owner"):
            parent = f.shelter()
            Agency.objects.filter(pk=self.home.pk).update(parent=parent)
        self.relate("parent", parent, **base)
        self.relate("sibling", f.shelter(parent=parent), **base)
        self.relate("stranger", f.shelter(), **base)
        self.relate("national", self.national, **base)
        self.relate("other_unit", f.coordination(territories=("13",)), **base)
        hat = f.shelter()
        self.relate("second_hat", hat, case_worker=f.member(hat, Role.CASE_WORKER, user=self.lead.user), **base)
        # a provisional lead of its own case, and the unit told of a case that the author's agency leads
        unit = f.coordination(territories=("69",))
        lead = f.member(unit, Role.COORDINATOR)
        alert = f.sent_alert(self.nurse, territory="69", observations={"ILO-AL-DR-01": "observed"}, none_of_these=False)
        case = f.case(lead, alert=alert)
        sent = f.orientation(lead, case, f.shelter())
        self.relate("provisional_lead", unit, case=case, alert=alert, orientation=sent, other=sent, coordinator=lead)
        follower = f.shelter()
        author = f.member(follower)
        alert = f.sent_alert(author, territory="69", contact={"channel": "sms", "value": "x"}, desks=[follower.pk])
        self._follow(follower, author, lead, alert)
        self._rest()

    def _follow(self, follower, author, coordinator, alert):
        """« Nous suivons cette personne »: the author's agency leads, the unit the alert went to gets the summary."""
        with acting_as(coordinator):
            redirect_alert(coordinator, alert.pk, [follower.pk], reason="theirs")
        with acting_as(author):
            case = alerts.open_case(author, alert.pk)
        sent = f.orientation(author, case, f.shelter())
        base = {"case": case, "alert": alert, "orientation": sent, "other": sent}
        self.relate("follower", follower, case_worker=author, **base)
        self.relate("informed_unit", coordinator.agency, coordinator=coordinator, **base)

    def _match(self):
        """Another case of the same person, found, asked of the coordination of both, and one that waits."""
        twin = f.member(f.shelter())
        again = f.own_case(twin)
        named = f.consent(twin, again, agencies=[twin.agency_id], categories=int(Category.IDENTITY))
        with acting_as(twin):
            enter_identity(twin, again.pk, consent=named, data={"family_name": "MARQUEUR-NOM"})
        with as_role("nrm_worker"):
            comparison.compare_due()
            with acting_as(SYSTEM):
                request_all_comparisons()
        with acting_as(self.coordinator):
            self.match = Match.objects.get()
            decisions.put_in_contact(self.coordinator, self.match.pk)
        with as_role("nrm_owner"):
            MatchAlarm.objects.create(member=twin, day=timezone.localdate(), count=9)

    def _rest(self):
        """A row in each remaining table, so that no policy is judged on an empty one."""
        self._match()
        rights_rows.fill(self)
        procedure_rows.fill(self)
        list_rows.fill(self)
        group_rows.fill(self)
        desk_rows.fill(self)
        file_rows.fill(self)
        request_rows.fill(self)
        with acting_as(self.lead):
            Preference.objects.create(membership=self.lead, kind="alert_sent")
            ClientKey.objects.create(membership=self.lead, route="r", key="k", digest="d", made=self.case.pk)
            last = timezone.localdate().year - 1
            SurveyAnswer.objects.create(agency=self.home, year=last, data={"persons": 1}, by=self.lead)
            assert Contact.objects.exists()
            assert Identity.objects.exists()
        with acting_as(self.coordinator):
            assert AlertDesk.objects.exists()
        with as_role("nrm_owner"):
            CaseAccess.objects.bulk_create([self.late])
            typed = {"membership": self.lead, "data": {"fields": []}}
            Draft.objects.create(place="p", **typed), KeptForm.objects.create(browser="b", **typed)
            reached = {"kind": "file", "window": "hour", "most": 60}
            ReadingAlarm.objects.create(agency=self.home, membership=self.lead, **reached)
            CaseTerm.objects.create(case=self.case, closed_at=timezone.now(), erased_on=timezone.localdate())
            row = {"case": self.case, "agency": self.home, "at": timezone.now()}
            kept = {"closed_at": timezone.now(), "erased_on": timezone.localdate(), "reference": self.case.reference}
            Archive.objects.create(**row, **kept)
            why = {"until": timezone.now(), "why": "other", "reason": {"text": "MARQUEUR-ARCHIVES"}}
            ArchiveOpening.objects.create(membership=self.lead, **row, **why)
            said = {"authority": "MARQUEUR-AUTORITE", "reason": "MARQUEUR-MOTIF"}
            held = {"by": self.lead, "agency": self.home, "ground": "claim", "state": "ended", "data": said}
            LegalHold.objects.create(case=self.case, review_on=timezone.localdate() + timedelta(days=1), **held)
            Erasure.objects.create(digest="0" * 64, at=timezone.now(), kind="case", ground="time")
            asked = {"unit": self.unit, "by": self.lead, "state": "waiting"}
            DeskChange.objects.create(batch=uuid.uuid4(), desk_id=self.home.pk, what="territory", value="13", **asked)
            waits = {"act": "invite", "asked": ["case_worker"], "state": "waiting"}
            MemberChange.objects.create(agency=self.home, membership=self.lead, by=self.lead, **waits)
            Authenticator.objects.create(user=self.lead.user, type="totp", data={})
            User.objects.filter(pk=self.lead.user_id).update(factor_at=None)  # sessions of the walks go on
            ProviderLink.objects.create(user=self.lead.user, digest="d", made_at=timezone.now())
            HookDelivery.objects.create(hook=hook_of(self.lead, "https://outil.exemple.invalid/"), position=1)
            Sandbox.objects.create(membership=self.lead, client_id="test_0", secret="s", database="d", made_of="m")
            ProgramCall.objects.create(membership=self.lead, operation="GET /cases/", status=200, took=9, trace="t")
            line = {"root": "r", "previous": "p", "key": "k", "signature": "s"}
            Checkpoint.objects.create(number=1, at=timezone.now(), first=1, **line)
            NationalFigure.objects.create(period_start=date(2026, 7, 1), part="all", value=15)
