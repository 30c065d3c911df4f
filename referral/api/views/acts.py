"""Operations of a program: moves of alerts, cases and orientations, and what is beside them.

Each address is an action that `actions` may name. A move that is declared beside its operation has its method made of
it; the others are written here.
"""

from collections.abc import Callable

from foundation.errors import get_or_not_found
from foundation.workflow import Move
from referral.alerts.operations import alerts, kept
from referral.alerts.operations.additions import add_to_alert
from referral.api.middleware.authentication import SeesCases
from referral.api.rules import ALERT, Problem
from referral.api.schema import acts as says
from referral.api.schema.document import answers
from referral.api.serializers import records as shown
from referral.api.serializers.acts import RerouteInput, SendInput, StatementInput
from referral.api.serializers.alerts import AdditionInput, ClosingInput, FinishInput, JoinInput, Nothing
from referral.api.serializers.moves import input_of
from referral.api.serializers.sections.orienting import PreviewShown
from referral.closing import operations as closing
from referral.inbox.operations.alerts import MOVES as ALERT_MOVES
from referral.models import Alert, AlertDesk, Orientation
from referral.orientations.operations import coverage, orientations, rerouting, sheet_reading
from referral.orientations.operations.moves import MOVES as ORIENTATION_MOVES
from referral.orientations.selectors.sheets import preview
from victims.models import Case
from victims.statements import operations as statements

from .endpoints import Single
from .records import AlertSingle, CaseSingle, OrientationSingle, alert_context, first_or_404, still_live


class OrientationActs(OrientationSingle):
    """Operations open to sender or desk; the operation decides which side may do what, as for the pages."""

    @says.send_orientation
    def send(self, request, pk):
        return self._do(pk, "send", SendInput, orientations.send_orientation)

    def current(self, pk):
        """Return the request; for its sending the preview, which is what leaves."""
        return Preview.show(self, self.request, pk) if self.action == "send" else super().current(pk=pk)

    @says.reroute_orientation
    def reroute(self, request, pk):
        """Draft the same orientation for another service. A replay returns the draft made then."""
        actor, addressee = self.request.auth, self.body(RerouteInput).validated_data["addressee"]
        taken = self.claim(pk)
        if taken.replayed:
            drafts = Orientation.objects.sent_by(actor).filter(rerouted_from=pk, addressee=addressee)
            return self._detail(first_or_404(drafts.order_by("-created_at")), replayed=True)
        try:
            return self._detail(rerouting.reroute_orientation(actor, pk, addressee))
        except coverage.Uncovered as uncovered:
            raise Problem("wrong-state", str(uncovered)) from uncovered


class Preview(Single):
    """Show a draft as its service would read it."""

    permission_classes = [SeesCases]
    queryset = Orientation.objects.none()
    serializer_class = PreviewShown

    @says.preview_orientation
    def show(self, request, pk):
        actor = request.auth
        drafts = Orientation.objects.sent_by(actor).filter(state=Orientation.State.DRAFT)
        draft = first_or_404(drafts.select_related("addressee", "service", "case", "consent").filter(pk=pk))
        sheet = sheet_reading.shown(actor, draft, preview(actor, draft), names=True)
        lacking = coverage.reason_not_to_send(draft)
        return self.answer(PreviewShown, {"orientation": draft.pk, "sheet": sheet, "lacking": lacking})


class AlertActs(AlertSingle):
    """What a desk answers on an alert, for itself."""

    @says.act_on_alert
    def act(self, request, pk):
        return self._do(pk, "act", Nothing, alerts.open_case)

    @says.join_alert
    def join(self, request, pk):
        def joined(actor, pk, *, case):
            alerts.join_case(actor, pk, get_or_not_found(Case.objects.visible_to(actor), pk=case))

        return self._do(pk, "act", JoinInput, joined)

    def _do(self, pk, action, body, operation):
        actor, given = self.request.auth, self.body(body).validated_data
        taken = self.claim(pk)
        alert = first_or_404(self.get_queryset().filter(pk=pk))
        if not taken.replayed:
            still_live(AlertDesk.objects.of(actor).filter(alert=alert).first())
            operation(actor, pk, **given)
            alert = first_or_404(Alert.objects.visible_to(actor).filter(pk=pk))
        return self.answer(shown.AlertDetail, alert, replayed=taken.replayed, **alert_context(actor, alert))


class AuthorActs(AlertSingle):
    """What the program that sent an alert does of it afterwards."""

    scopes = dict.fromkeys(["add", "address", "finish"], ALERT)

    @says.add_to_alert
    def add(self, request, pk):
        return self._done(pk, AdditionInput, add_to_alert)

    @says.address_alert
    def address(self, request, pk):
        return self._done(pk, Nothing, kept.send_kept)

    @says.finish_alert
    def finish(self, request, pk):
        return self._done(pk, FinishInput, kept.finish_kept)

    def _done(self, pk, body, operation):
        actor, given = self.request.auth, self.body(body).validated_data
        taken = self.claim(pk)
        alert = first_or_404(Alert.objects.mine(actor).exclude(state=Alert.State.DRAFT).filter(pk=pk))
        if not taken.replayed:
            operation(actor, pk, **given)
            alert.refresh_from_db()
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
        taken = self.claim(pk)
        if not taken.replayed:
            operation(self.request.auth, pk, **given)
        return self._detail(pk, replayed=taken.replayed)


def _making(move: Move, describe: Callable) -> Callable:
    """Return the method of a view that makes this move, described for the API document as the move is declared."""
    body = input_of(move)
    adds = {} if move.step else {"of": ""}  # words that move nothing are added

    @describe(move.name, move.summary, body, move.description, **adds)
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
