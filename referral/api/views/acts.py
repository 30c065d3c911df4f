"""Operations of a program beyond the desk's answers: messages, sending, withdrawal, alerts, moves of a case.

Each address is an action that `actions` may name.
"""

from referral.alerts.operations import alerts
from referral.api.middleware.idempotency import claim
from referral.api.rules import Problem
from referral.api.schema import acts as says
from referral.api.serializers import records as shown
from referral.api.serializers.acts import RerouteInput, StatementInput
from referral.api.serializers.alerts import (
    CloseInput,
    ClosingInput,
    DeclareInput,
    Nothing,
    RedirectInput,
    RevokeInput,
    StandDownInput,
    WordsInput,
)
from referral.closing import operations as closing
from referral.inbox.operations import alerts as alerts_operations
from referral.models import Alert, AlertDesk, Orientation
from referral.orientations.operations import coverage, messages, orientations, rerouting
from victims.statements import operations as statements

from .records import AlertSingle, CaseSingle, OrientationSingle, alert_context, first_or_404, still_live


class OrientationActs(OrientationSingle):
    """Operations open to sender or desk; the operation decides which side may do what, as for the pages."""

    @says.ask_orientation
    def ask(self, request, pk):
        return self._do(pk, WordsInput, messages.ask_orientation)

    @says.answer_question
    def answer_ask(self, request, pk):
        return self._do(pk, WordsInput, messages.answer_question)

    @says.write_message
    def message(self, request, pk):
        return self._do(pk, WordsInput, messages.write_message)

    @says.send_orientation
    def send(self, request, pk):
        return self._do(pk, Nothing, orientations.send_orientation)

    @says.withdraw_orientation
    def withdraw(self, request, pk):
        return self._do(pk, Nothing, orientations.withdraw_orientation)

    @says.revoke_orientation
    def revoke(self, request, pk):
        return self._do(pk, RevokeInput, orientations.revoke_orientation)

    @says.reroute_orientation
    def reroute(self, request, pk):
        """Draft the same orientation for another service. A replay returns the draft made then."""
        actor, addressee = self.request.auth, self.body(RerouteInput).validated_data["addressee"]
        taken = claim(self.request, pk)
        if taken.replayed:
            drafts = Orientation.objects.sent_by(actor).filter(rerouted_from=pk, addressee=addressee)
            return self._detail(first_or_404(drafts.order_by("-created_at")), replayed=True)
        try:
            return self._detail(rerouting.reroute_orientation(actor, pk, addressee))
        except coverage.Uncovered as uncovered:
            raise Problem("wrong-state", str(uncovered)) from uncovered

    def _do(self, pk, body, operation):
        actor, given = self.request.auth, self.body(body).validated_data
        taken = claim(self.request, pk)
        orientation = orientations.visible(actor, pk)
        if not taken.replayed:
            try:
                orientation = operation(actor, pk, **given)
            except coverage.Uncovered as uncovered:
                raise Problem("wrong-state", str(uncovered)) from uncovered
        return self._detail(orientation, replayed=taken.replayed)


class AlertActs(AlertSingle):
    """What a desk answers on an alert, for itself."""

    @says.act_on_alert
    def act(self, request, pk):
        return self._end(pk, Nothing, lambda actor, given: alerts.open_case(actor, pk))

    @says.declare_on_alert
    def declare(self, request, pk):
        return self._end(pk, DeclareInput, lambda actor, given: alerts_operations.declare(actor, pk, **given))

    @says.stand_down_alert
    def stand_down(self, request, pk):
        return self._end(pk, StandDownInput, lambda actor, given: alerts_operations.stand_down(actor, pk, **given))

    @says.confirm_alert
    def confirm(self, request, pk):
        return self._end(pk, Nothing, lambda actor, given: alerts_operations.confirm(actor, pk))

    @says.redirect_alert
    def redirect(self, request, pk):
        return self._end(
            pk,
            RedirectInput,
            lambda actor, given: alerts_operations.redirect_alert(actor, pk, given["desks"], reason=given["reason"]),
        )

    @says.close_alert
    def close(self, request, pk):
        return self._end(
            pk, CloseInput, lambda actor, given: alerts_operations.close_alert(actor, pk, reason=given["reason"])
        )

    def _end(self, pk, body, operation):
        actor, given = self.request.auth, self.body(body).validated_data
        taken = claim(self.request, pk)
        alert = first_or_404(self.get_queryset().filter(pk=pk))
        if not taken.replayed:
            still_live(AlertDesk.objects.of(actor).filter(alert=alert).first())
            operation(actor, given)
            alert = first_or_404(Alert.objects.visible_to(actor).filter(pk=pk))
        return self.answer(shown.AlertDetail, alert, replayed=taken.replayed, **alert_context(actor, alert))


class CaseActs(CaseSingle):
    """Moves of a case, for the agency that leads it: 403 for others that see it."""

    @says.start_support
    def start_support(self, request, pk):
        return self._move(pk, "start_support", Nothing)

    @says.follow_up
    def follow_up(self, request, pk):
        return self._move(pk, "follow_up", Nothing)

    @says.close_case
    def close(self, request, pk):
        return self._move(pk, "close", ClosingInput)

    @says.reopen_case
    def reopen(self, request, pk):
        return self._move(pk, "reopen", Nothing)

    @says.state_of_person
    def state(self, request, pk):
        given = self.body(StatementInput).validated_data
        taken = claim(self.request, pk)
        if not taken.replayed:
            statements.make_statement(self.request.auth, pk, **given)
        return self._detail(pk, replayed=taken.replayed)

    def _move(self, pk, action, body):
        actor, outcome = self.request.auth, dict(self.body(body).validated_data)
        taken = claim(self.request, pk)
        if not taken.replayed:
            closing.move_case(actor, pk, action, reason=outcome.pop("reason", ""), outcome=outcome)
        return self._detail(pk, replayed=taken.replayed)
