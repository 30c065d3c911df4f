"""The walks of alerts, orientations and exports: who is tried, on what, by which operation."""

from copy import copy

from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from referral.alerts.operations import additions, alerts, kept
from referral.exports import operations as exports
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.alerts import close_alert, escalate_alert, open_alert, redirect_alert
from referral.models import Alert, AlertMove, Export, ExportMove, ExportOrder, Orientation, OrientationMove
from referral.orientations.operations import messages, orientations, overdue
from tests import factories as f
from victims.consents import operations as consents

from .stages import ALERT_STATES, ORIENTATION_STATES, Stages, system_of
from .walker import Walk

KEPT = ("address", "finish")  # acts on what the author's agency has alone


class AlertWalk(Walk):
    noun, model, move, states = "alert", Alert, AlertMove, ALERT_STATES
    harmless = {"open", "send"}  # a reading by whoever sees it; sent again, it is there already

    def __init__(self):
        self.stages = Stages()
        self.actors = self.stages.alert_actors
        third, desk = self.stages.third.pk, self.stages.desk.pk
        self.do = {
            "send": lambda a, t: alerts.send_alert(a, t.pk),
            "open": lambda a, t: open_alert(a, t.pk),
            "act": lambda a, t: alerts.open_case(a, t.pk),
            "redirect": lambda a, t: redirect_alert(a, t.pk, [third], reason="not_ours"),
            "readdress": lambda a, t: alerts_operations.readdress_alert(a, t.pk, third, instead_of=desk),
            "declare": lambda a, t: alerts_operations.declare(a, t.pk, what="acting", words="Nous partons."),
            "stand_down": lambda a, t: alerts_operations.stand_down(a, t.pk, words="Elle est à l'abri."),
            "confirm": lambda a, t: alerts_operations.confirm(a, t.pk),
            "take_note": lambda a, t: alerts_operations.take_note(a, t.pk),
            "close": lambda a, t: close_alert(a, t.pk, reason="other"),
            "escalate": lambda a, t: escalate_alert(a, t.pk),
            "address": lambda a, t: kept.send_kept(a, t.pk),
            "finish": lambda a, t: kept.finish_kept(a, t.pk, reason="helped_here"),
            "doubt": lambda a, t: additions.doubt_age(a, t.pk),
        }

    def bring(self, state):
        self.made = self.stages.alert(state)
        others = [key for key in self.actors if key[1] == "author" and key[0] != "frontline"]
        self.drafts = {key: self.stages.alert("draft", author=self.actors[key]) for key in others}
        authors = [key for key in self.actors if key[1] == "author"] if state in ("sent", "opened") else []
        self.kept = {key: self.stages.kept(state, self.actors[key]) for key in authors}
        authors = [key for key in self.actors if key[1] == "author"] if state not in ("draft", "closed") else []
        self.adults = {key: self.stages.alert(state, self.actors[key], minor="no") for key in authors}
        self.added = self.stages.added() if state == "taken_up" else None

    def thing(self, state, action, role, side):
        """Another author's alert is another alert: sending it is what differs. What is kept is an alert of its own."""
        if action in KEPT and self.kept:
            return self.kept.get((role, side), self.kept["frontline", "author"])
        if action == "take_note" and self.added:
            return self.added
        if action == "doubt" and self.adults:
            return self.adults.get((role, side), self.adults["frontline", "author"])
        if (role, side) in self.drafts:
            return self.drafts[role, side] if state == "draft" else None
        return self.made

    def insert(self, actor, thing, action, before, after):
        AlertMove.objects.create(
            alert=thing,
            action=action,
            before=before,
            after=after,
            membership=actor,
            agency_id=actor.agency_id,
            reason="acting" if action == "declare" else "",
            to_agencies=[self.stages.third.pk] if action in ("redirect", "readdress", "address") else [],
            instead_of=self.stages.desk if action == "readdress" else None,
        )


class OrientationWalk(Walk):
    noun, model, move, states = "orientation", Orientation, OrientationMove, ORIENTATION_STATES
    harmless = {"open", "withdraw_consent"}  # a reading by whoever sees it; an agreement withdrawn for the future
    do = {
        "send": lambda a, t: orientations.send_orientation(a, t.pk),
        "open": lambda a, t: orientations.open_orientation(a, t.pk),
        "accept": lambda a, t: orientations.accept_orientation(a, t.pk),
        "decline": lambda a, t: orientations.decline_orientation(a, t.pk, reason="no_place"),
        "withdraw": lambda a, t: orientations.withdraw_orientation(a, t.pk),
        "ask": lambda a, t: messages.ask_orientation(a, t.pk, words="Quelle langue ?"),
        "answer": lambda a, t: messages.answer_question(a, t.pk, words="Le roumain."),
        "revoke": lambda a, t: orientations.revoke_orientation(a, t.pk, reason="not_needed"),
        "start": lambda a, t: orientations.start_orientation(a, t.pk),
        "complete": lambda a, t: orientations.complete_orientation(a, t.pk, outcome="services"),
        # silence: which of the two follows from whether it was escalated before
        "escalate": lambda a, t: overdue.overdue_orientation(a, t.pk),
        "expire": lambda a, t: overdue.overdue_orientation(a, t.pk),
        "withdraw_consent": lambda a, t: consents.withdraw_consent(a, t.consent_id),
    }
    written_by_triggers = {"accept", "withdraw_consent"}  # nrm.accept, and the withdrawal of the agreement

    def __init__(self):
        self.stages = Stages()
        self.actors = self.stages.orientation_actors

    def bring(self, state):
        self.made = self.silent = self.stages.orientation(state)
        if state in ("sent", "opened", "question"):
            self.silent = self.stages.orientation(state, escalated=True)

    def thing(self, state, action, role, side):
        """The coordination sees a request once it was told of a silence."""
        return self.silent if action == "expire" or side == "watcher" else self.made

    def legal(self, state, action, role, side, after):
        return action not in self.written_by_triggers and super().legal(state, action, role, side, after)


class ExportWalk(Walk):
    noun, model, move = "export", Export, ExportMove
    way = {"asked": (), "waiting": ("submit",), "queued": ("queue",), "building": ("queue", "build"),
           "ready": ("queue", "build", "finish"), "fetched": ("queue", "build", "finish", "fetch"),
           "cancelled": ("submit", "cancel")}  # fmt: skip
    states = tuple(way)

    def __init__(self):
        f.national()
        f.coordination()
        home = f.shelter()
        self.actors = {
            ("case_worker", "asker"): f.member(home),
            ("coordinator", "asker"): f.member(home, Role.COORDINATOR),
            **{(role, "second"): f.member(home, role) for role in ("case_worker", "coordinator", "agency_admin")},
            **{(role, "second"): f.member(home, role) for role in ("frontline", "auditor", "policy")},
            ("program", "second"): f.program(home),
            ("system", "system"): system_of(home),
            ("case_worker", "outsider"): f.member(f.shelter()),
        }
        names = ("queue", "submit", "approve", "refuse", "cancel", "build", "finish", "fetch", "stop", "expire")
        self.do = {action: self._step(action) for action in names}

    @staticmethod
    def _step(action):
        """The one function by which every act on an export moves it; the worker reads it in the system's mode."""

        def do(actor, thing):
            seen = thing if actor.kind == "system" else exports.visible_export(actor, thing.pk)
            exports.move(actor, copy(seen), action)

        return do

    def bring(self, state):
        asking = [key for key in self.actors if key[1] == "asker"]
        self.made = {key: self._asked(self.actors[key], self.way[state]) for key in asking}

    @staticmethod
    def _asked(asker, way):
        with acting_as(asker):
            made = Export.objects.create(
                agency_id=asker.agency_id, by=asker, listed="cases", purpose="meeting", format="csv", total=2
            )
            ExportOrder.objects.create(export=made, agency_id=asker.agency_id, data={"rows": []})
            for action in way:
                exports.move(asker, made, action, due_at=timezone.now())
        return made

    def thing(self, state, action, role, side):
        return self.made.get((role, side)) or self.made["case_worker", "asker"]
