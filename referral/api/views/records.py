"""Views of the API: same operations and same visibility as the pages. Output is defined in `serializers`."""

import uuid

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.views import APIView

from agencies.models import Kind, Level
from foundation.errors import NotFound
from foundation.paging import Keyset
from foundation.workflow import NotAllowed, WrongState, sides_of
from journal.operations import record
from notifications.models import Notice
from referral.alerts.display import addressees
from referral.alerts.operations import alerts
from referral.alerts.rules import Incomplete
from referral.api import filters as api_filters
from referral.api.middleware.authentication import SeesCases
from referral.api.middleware.idempotency import said_before
from referral.api.rules import ALERT, ANY, FOLLOW, Problem
from referral.api.schema import document
from referral.api.serializers import records as shown
from referral.api.serializers.alerts import AlertInput, Nothing
from referral.api.serializers.notices import NoticeShown
from referral.api.views.endpoints import Endpoint, Listed, Single
from referral.api.views.pages import CopiedPages
from referral.inbox.operations.alerts import note_reading, open_alert
from referral.models import Alert, AlertDesk, Orientation, OrientationDesk
from referral.orientations.operations import coverage, messages, orientations, sheet_reading
from referral.orientations.selectors.sheets import sheets
from referral.routing.rules import discretion
from referral.workflow import ORIENTATION
from victims.cases.access import hold_case, read_case
from victims.models import Case, CaseAccess, Departure, Urgency
from victims.own_labels.selectors import labelled


class Elsewhere(Endpoint, APIView):
    """Answer every other address under /api/: 401 without a token, else 404."""

    schema = None
    scopes = dict.fromkeys(["get", "head", "post"], ANY)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise Http404


@document.alert_list
class AlertList(Listed):
    """List the alerts this agency sent, or send one."""

    scopes = {"list": FOLLOW, "create": ALERT}
    queryset = Alert.objects.none()
    serializer_class = shown.AlertRow
    filterset_class = api_filters.SentAlertFilter
    keyset = Keyset("created_at", "id")

    @staticmethod
    def rows(actor):
        """Return the agency's alerts for a member that sees cases, else the program's own."""
        return Alert.objects.sent_from(actor)

    def is_danger(self, request) -> bool:
        """Return whether the request uses the quota for danger (`request_quota`)."""
        if request.method != "POST":
            return False
        return request.data.get("kind") == "danger" or request.data.get("danger") == "yes"

    def create(self, request):
        actor = request.auth
        taken = self.claim(_client_id(request.data) or uuid.uuid4())
        alert = Alert.objects.mine(actor).filter(pk=taken.made).first()
        code = status.HTTP_201_CREATED if alert is None or taken.replayed else status.HTTP_200_OK
        if alert is None:
            alert = self._send(actor, taken)
        elif not taken.replayed:
            self._require_same(taken)
        return self.answer(shown.AlertDetail, alert, code=code, replayed=taken.replayed, **alert_context(actor, alert))

    def _require_same(self, taken) -> None:
        """Raise Problem for a body that is not the one of the alert with this id: a correction would be lost."""
        if not said_before(self.request, taken):
            words = _("An alert with this `id` was sent with another body, or more than seven days ago: read it.")
            raise Problem("id-taken", words)

    def _send(self, actor, taken) -> Alert:
        """Draft and send in the transaction of the request, so that nothing stays half written."""
        given, alert_id = self.body(AlertInput), taken.made
        try:
            # sent by a concurrent request meanwhile: returned as it is
            alert = alerts.start_draft(actor, draft_id=alert_id, answers=given.answers())
        except NotFound as error:
            raise Problem("id-taken", _("Choose another `id`. Nothing was recorded.")) from error
        if alert.state != Alert.State.DRAFT:
            self._require_same(taken)
        contact = given.validated_data.get("contact")
        if contact and alert.state == Alert.State.DRAFT:
            alerts.save_draft(actor, alert_id, {}, step=4, contact=contact)
        try:
            alerts.send_alert(actor, alert_id)
        except Incomplete as error:
            missing = {
                {"indications": "observations"}.get(name, name): [serializers.ErrorDetail(str(text), code="required")]
                for name, text in error.missing.items()
            }
            raise serializers.ValidationError(missing) from error
        return Alert.objects.mine(actor).get(pk=alert_id)  # with what the database computed


@document.alert_received
class AlertReceived(Listed):
    """List what waits at this agency's desk, least time left first."""

    permission_classes = [SeesCases]
    queryset = AlertDesk.objects.none()
    serializer_class = shown.AlertWaiting
    filterset_class = api_filters.ReceivedAlertFilter
    pagination_class = CopiedPages
    keyset = Keyset("answer_by", "id", descending=False)
    noun, key = Departure.Noun.ALERT, "alert_id"

    @staticmethod
    def rows(actor):
        return AlertDesk.objects.of(actor).filter(live=True, due_at__isnull=False)

    def left(self):
        return AlertDesk.objects.of(self.request.auth).exclude(live=True, due_at__isnull=False)


@document.alert_single
class AlertSingle(Single):
    scopes = {"retrieve": FOLLOW}
    queryset = Alert.objects.none()
    serializer_class = shown.AlertDetail

    def get_queryset(self):
        return Alert.objects.visible_to(self.request.auth).exclude(state=Alert.State.DRAFT)

    def in_danger(self):
        return self.get_queryset().filter(pk=self.kwargs["pk"], urgency=Urgency.VITAL).exists()

    def retrieve(self, request, pk):
        alert = first_or_404(self.get_queryset().filter(pk=pk))
        note_reading(request.auth, alert)
        return self.answer(shown.AlertDetail, alert, **alert_context(request.auth, alert))

    @document.open_alert
    def open(self, request, pk):
        """Open an alert at the desk. The first time is a move that notifies the author; it gives the answers."""
        self.body(Nothing)
        taken = self.claim(pk)
        alert = first_or_404(self.get_queryset().filter(pk=pk))
        row = AlertDesk.objects.of(request.auth).filter(alert=alert).first()
        still_live(row)
        if not taken.replayed:
            open_alert(request.auth, pk)
            alert = first_or_404(self.get_queryset().filter(pk=pk))
        return self.answer(shown.AlertDetail, alert, replayed=taken.replayed, **alert_context(request.auth, alert))


@document.case_list
class CaseList(Listed):
    """List every case the agency has access to, as its access rows."""

    permission_classes = [SeesCases]
    queryset = CaseAccess.objects.none()
    serializer_class = shown.CaseRow
    filterset_class = api_filters.CaseFilter
    pagination_class = CopiedPages
    noun, key = Departure.Noun.CASE, "case_id"
    keyset = Keyset("received_at", "case")

    @staticmethod
    def rows(actor):
        return CaseAccess.objects.of(actor)

    def shown(self, page):
        return labelled(self.request.auth, page)


@document.case_single
class CaseSingle(Single):
    permission_classes = [SeesCases]
    queryset = Case.objects.none()
    serializer_class = shown.CaseDetail

    def retrieve(self, request, pk):
        """Show a case; 404 at level 1, as for an unknown id."""
        return self._detail(pk)

    def hold_rows(self):
        hold_case(self.request.auth, self.kwargs["pk"])

    def _detail(self, pk, *, replayed=False):
        """Return the case. Showing it is a reading, and journalled, whatever was asked."""
        actor = self.request.auth
        rows = CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case__lead", "case__coordination")
        row = first_or_404(rows.filter(case=pk))
        read_case(actor, pk, writes=self.request.method == "POST")
        return self.answer(shown.CaseDetail, row, replayed=replayed)


@document.orientation_list
class OrientationList(Listed):
    """List the orientations at this agency's desk, newest first."""

    permission_classes = [SeesCases]
    queryset = OrientationDesk.objects.none()
    serializer_class = shown.OrientationReceived
    filterset_class = api_filters.ReceivedFilter
    pagination_class = CopiedPages
    noun, key = Departure.Noun.REQUEST, "orientation_id"
    keyset = Keyset("received_at", "id")

    @staticmethod
    def rows(actor):
        return OrientationDesk.objects.of(actor).select_related("orientation__sender", "orientation__addressee")


@document.orientation_sent
class OrientationSentList(Listed):
    permission_classes = [SeesCases]
    queryset = Orientation.objects.none()
    serializer_class = shown.OrientationSent
    filterset_class = api_filters.SentFilter
    pagination_class = CopiedPages
    noun = Departure.Noun.SENT
    keyset = Keyset("created_at", "id")

    @staticmethod
    def rows(actor):
        return Orientation.objects.sent_by(actor).select_related("addressee")


@document.orientation_single
class OrientationSingle(Single):
    permission_classes = [SeesCases]
    queryset = Orientation.objects.none()
    serializer_class = shown.OrientationDetail

    def retrieve(self, request, pk):
        orientation = orientations.visible(request.auth, pk)
        record("orientation.read", orientation, case_id=orientation.case_id)
        return self._detail(orientation)

    def in_danger(self):
        rows = Orientation.objects.visible_to(self.request.auth)
        return rows.filter(pk=self.kwargs["pk"], urgency=Urgency.VITAL).exists()

    @document.open_orientation
    def open(self, request, pk):
        return self._do(pk, "open", Nothing, orientations.open_orientation)

    def _do(self, pk, action, body, operation):
        """Run the operation of an action, once per key. A desk acts while its turn lasts."""
        actor, given = self.request.auth, self.body(body).validated_data
        taken = self.claim(pk)
        orientation = orientations.visible(actor, pk)
        if not taken.replayed:
            if sides_of(ORIENTATION, action) == {"desk"}:
                row = OrientationDesk.objects.of(actor).filter(orientation=pk).first()
                still_live(row if row and row.answers else None)
            try:
                operation(actor, pk, **given)
            except coverage.Uncovered as uncovered:
                raise Problem("wrong-state", str(uncovered)) from uncovered
            orientation = orientations.visible(actor, pk)
        return self._detail(orientation, replayed=taken.replayed)

    def _detail(self, orientation, *, replayed=False):
        actor = self.request.auth
        access = CaseAccess.objects.of(actor).filter(case=orientation.case_id).first()
        # a desk opens it first, so that the sender knows who has read it; a program has no factor to show again
        waits = orientation.state == Orientation.State.SENT and orientation.sender_id != actor.agency_id
        sheet = {} if waits else sheet_reading.shown(actor, orientation, sheets(actor, orientation), names=True)
        return self.answer(
            shown.OrientationDetail,
            orientation,
            replayed=replayed,
            case=access and access.case_id,
            sheet=sheet or None,
            actions=orientations.actions(actor, orientation),
            messages=messages.thread(actor, orientation),
        )


@document.notice_list
class NoticeList(Listed):
    """List what happened, newest first: a client polls this instead of each thing."""

    scopes = {"list": FOLLOW}
    queryset = Notice.objects.none()
    serializer_class = NoticeShown
    filterset_class = api_filters.NoticeFilter
    keyset = Keyset("at", "id")

    @staticmethod
    def rows(actor):
        return Notice.objects.of(actor)


def first_or_404(rows):
    """Return the first row. Raises Http404 without one."""
    thing = rows.first()
    if thing is None:
        raise Http404
    return thing


def still_live(row) -> None:
    """Raise WrongState for a desk whose turn has ended, NotAllowed without a desk row."""
    if row is None:
        raise NotAllowed("desk")
    if not row.live:
        raise WrongState(row.state)


def _client_id(data) -> uuid.UUID | None:
    """Return the client's own UUID, read before validation: a replay is recognised whatever else changed."""
    try:
        return uuid.UUID(data["id"]) if isinstance(data.get("id"), str) else None
    except ValueError:
        return None


def alert_context(actor, alert) -> dict:
    """Return what the reader may see of an alert beside its columns: addressees, answers, actions, case."""
    row = AlertDesk.objects.of(actor).filter(alert=alert.pk).first()
    wrote = alert.author_id == actor.pk
    reads = wrote or (row and row.live and row.opened_at)
    side = {"desk"} if row and row.live else set()
    opened = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case__alert_links__alert=alert.pk)
    follows = alert.agency_id == actor.agency_id and actor.agency.kind != Kind.EMPLOYER
    return {
        "answers": discretion.readable(alert, actor, alert.content.data) if reads else None,
        "addressees": addressees(alert.moves.select_related("agency")) if follows else None,
        "actions": shown.alert_side_actions(actor, row, whole=True) if row else [],
        "warnings": discretion.warnings(alert),
        "case": opened.values_list("case", flat=True).first() if "desk" in side else None,
    }
