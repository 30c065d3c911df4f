"""An alert and an orientation brought to each state by the real operations, with everybody who could touch it."""

from agencies.models import Kind, Membership, Role
from foundation.actor import acting_as
from referral.alerts.operations import additions, alerts
from referral.inbox.operations.alerts import close_alert, declare, open_alert, redirect_alert, stand_down
from referral.orientations.operations import messages, overdue
from tests import factories as f
from tests.roles import as_role
from victims.consents import operations as consents

ALERT_STATES = ("draft", "sent", "opened", "redirected", "acted", "taken_up", "closed")
ORIENTATION_STATES = (
    "draft", "sent", "opened", "question", "accepted", "in_progress", "completed", "declined", "withdrawn", "expired",
    "consent_withdrawn",
)  # fmt: skip


def system_of(agency) -> Membership:
    with as_role("nrm_owner"):
        return Membership.objects.get(agency=agency, kind="system")


class Stages:
    """`alert(state)` and `orientation(state)` give a thing; `actors` maps (role, side) to a membership."""

    def __init__(self):
        f.national()
        unit, school = f.coordination(), f.agency(Kind.EDUCATION, desk=False)
        self.desk, self.plain, self.away, self.onward = f.shelter(), f.agency(Kind.LABOUR), f.shelter(), f.shelter()
        self.sender, self.addressee, self.third = f.shelter(), f.shelter(), f.shelter()
        self.coordinator = f.member(unit, Role.COORDINATOR)
        self.author = f.member(school, Role.FRONTLINE)
        self.receiver = f.member(self.onward)
        outsider = f.member(f.shelter())
        self.alert_actors = {
            ("frontline", "author"): self.author,
            ("case_worker", "author"): f.member(school, Role.CASE_WORKER),
            ("coordinator", "author"): f.member(school, Role.COORDINATOR),
            ("frontline", "colleague"): f.member(school, Role.FRONTLINE),
            ("case_worker", "author_agency"): f.member(school, Role.CASE_WORKER),
            ("case_worker", "plain_desk"): f.member(self.plain),
            ("case_worker", "away"): f.member(self.away),
            ("case_worker", "outsider"): outsider,
            ("coordinator", "unit"): self.coordinator,
            ("case_worker", "unit"): f.member(unit),
            **self._staff(self.desk, "desk"),
        }
        self.orientation_actors = {
            ("coordinator", "watcher"): self.coordinator,
            ("case_worker", "holder"): f.member(self.third),
            ("case_worker", "outsider"): outsider,
            **self._staff(self.sender, "sender"),
            **self._staff(self.addressee, "desk"),
        }
        self.lead, self.answerer = (
            self.orientation_actors["case_worker", "sender"],
            self.orientation_actors["case_worker", "desk"],
        )
        self.case = f.case(self.coordinator, author=self.author)
        f.orientation(
            self.coordinator, self.case, self.sender, state="accepted", answerer=self.lead, verb="transfer", level=3
        )
        f.orientation(self.lead, self.case, self.third, state="accepted", level=3)

    @staticmethod
    def _staff(agency, side) -> dict:
        roles = ("frontline", "case_worker", "coordinator", "agency_admin", "auditor")
        found = {(role, side): f.member(agency, role) for role in roles}
        return {**found, ("program", side): f.program(agency), ("system", side): system_of(agency)}

    def added(self):
        """An alert whose case is followed, and to which its author added something."""
        made = self.alert("opened", minor="no")
        with acting_as(self.coordinator):
            case = alerts.open_case(self.coordinator, made.pk)
        f.orientation(self.coordinator, case, self.sender, state="sent")
        with acting_as(self.author):
            additions.add_to_alert(self.author, made.pk, "Il est revenu ce matin.")
        with as_role("nrm_owner"):
            made.refresh_from_db()
        return made

    def alert(self, state, author=None, minor="yes"):
        """From `redirected` on, one of the desks has sent it on and is no longer one."""
        author, desks = author or self.author, [self.desk.pk, self.plain.pk]
        if state == "draft":
            return f.draft(author, desks=desks)
        # a child: each desk answers for itself
        made = f.sent_alert(author, minor=minor, desks=desks if state == "sent" else [*desks, self.away.pk])
        if state == "sent":
            return made
        away = self.alert_actors["case_worker", "away"]
        with acting_as(away):
            redirect_alert(away, made.pk, [self.onward.pk], reason="not_ours")
        if state == "opened":  # by a desk that nobody else here is
            with acting_as(self.receiver):
                open_alert(self.receiver, made.pk)
        with acting_as(self.coordinator):
            if state == "acted":
                alerts.open_case(self.coordinator, made.pk)
                stand_down(self.coordinator, made.pk, words="Elle est à l'abri.")
            elif state == "taken_up":
                declare(self.coordinator, made.pk, what="acting", words="Une équipe est partie.")
                stand_down(self.coordinator, made.pk, words="Elle est à l'abri.")
        if state == "closed":  # by every desk that has it
            plain, desk = self.alert_actors["case_worker", "plain_desk"], self.alert_actors["case_worker", "desk"]
            for closing in (self.coordinator, plain, desk, self.receiver):
                with acting_as(closing):
                    close_alert(closing, made.pk, reason="other")
        return made

    def kept(self, state, author):
        """An alert that the author's agency has alone, with the person's agreement: as sent, or read by a colleague."""
        made = f.sent_alert(author, recipients=[])
        if state == "opened":
            reader = self.alert_actors["case_worker", "author_agency"]
            with acting_as(reader):
                open_alert(reader, made.pk)
        return made

    def orientation(self, state, escalated=False):
        walked = {"expired": "sent", "consent_withdrawn": "sent", "question": "opened"}.get(state, state)
        made = f.orientation(self.lead, self.case, self.addressee, state=walked, answerer=self.answerer, level=2)
        if state == "question":
            with acting_as(self.answerer):
                messages.ask_orientation(self.answerer, made.pk, words="Quelle langue ?")
        if escalated or state == "expired":
            self.silence(made)
        if state == "expired":
            self.silence(made)
        if state == "consent_withdrawn":
            with acting_as(self.lead):
                consents.withdraw_consent(self.lead, made.consent_id)
        return made

    def silence(self, made):
        system = self.orientation_actors["system", "desk"]
        with as_role("nrm_worker"), acting_as(system):
            overdue.overdue_orientation(system, made.pk)
