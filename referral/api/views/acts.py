"""Operations of a program: moves of alerts, cases and orientations, and what is beside them.

Each address is an action that `actions` may name. A move that is declared beside its operation has its method made of
it; the others are written here.
"""

from collections.abc import Callable

from foundation.workflow import Move
from referral.alerts.operations import alerts
from referral.api.middleware.idempotency import claim
from referral.api.rules import Problem
from referral.api.schema import acts as says
from referral.api.schema.document import answers
from referral.api.serializers import records as shown
from referral.api.serializers.acts import RerouteInput, SendInput, StatementInput
from referral.api.serializers.alerts import ClosingInput, Nothing
from referral.api.serializers.moves import input_of
from referral.closing import operations as closing
from referral.inbox.operations.alerts import MOVES as ALERT_MOVES
from referral.models import Alert, AlertDesk, Orientation
from referral.orientations.operations import coverage, orientations, rerouting
from referral.orientations.operations.moves import MOVES as ORIENTATION_MOVES
from victims.statements import operations as statements

from .records import AlertSingle, CaseSingle, OrientationSingle, alert_context, first_or_404, still_live


class OrientationActs(OrientationSingle):
    """Operations open to sender or desk; the operation decides which side may do what, as for the pages."""

    @says.send_orientation
    def send(self, request, pk):
        return self._do(pk, "send", SendInput, orientations.send_orientation)

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


class AlertActs(AlertSingle):
    """What a desk answers on an alert, for itself."""

    @says.act_on_alert
    def act(self, request, pk):
        return self._do(pk, "act", Nothing, alerts.open_case)

    def _do(self, pk, action, body, operation):
        actor, given = self.request.auth, self.body(body).validated_data
        taken = claim(self.request, pk)
        alert = first_or_404(self.get_queryset().filter(pk=pk))
        if not taken.replayed:
            still_live(AlertDesk.objects.of(actor).filter(alert=alert).first())
            operation(actor, pk, **given)
            alert = first_or_404(Alert.objects.visible_to(actor).filter(pk=pk))
        return self.answer(shown.AlertDetail, alert, replayed=taken.replayed, **alert_context(actor, alert))


class CaseActs(CaseSingle):
    """Moves of a case, for the agency that leads it: 403 for others that see it."""

    @says.close_case
    def close(self, request, pk):
        def closed(actor, pk, *, reason, **outcome):
            closing.move_case(actor, pk, "close", reason=reason, outcome=outcome)

        return self._do(pk, "close", ClosingInput, closed)

    @says.state_of_person
    def state(self, request, pk):
        return self._do(pk, "state", StatementInput, statements.make_statement)

    def _do(self, pk, action, body, operation):
        given = self.body(body).validated_data
        taken = claim(self.request, pk)
        if not taken.replayed:
            operation(self.request.auth, pk, **given)
        return self._detail(pk, replayed=taken.replayed)


def _making(move: Move, describe: Callable) -> Callable:
    """Return the method of a view that makes this move, described for the API document as the move is declared."""
    body = input_of(move)

    @describe(move.name, move.summary, body, move.description)
    def make(self, request, pk):
        return self._do(pk, move.action, body, move.operation)

    return make


for view, moves, describe in (
    (OrientationActs, ORIENTATION_MOVES, answers),
    (AlertActs, ALERT_MOVES, says.ends),
    (CaseActs, closing.MOVES, says.moves),
):
    for declared in moves.values():
        setattr(view, f"make_{declared.action}", _making(declared, describe))
