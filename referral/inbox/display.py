"""Make the rows of the inbox ready to show: the desk's own state, sender, strongest sign; find the next alert."""

from collections.abc import Callable

from django.db.models import Case, Count, F, Q, Value, When, Window
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from foundation.statements.kept import KeptStatement
from indicators.assessment.rules.snapshot import CatalogueSnapshot, GridBook
from indicators.catalogue import selectors as catalogue
from indicators.codes.selectors import FORMS, labels
from indicators.codes.words import wording
from referral.alerts.rules import is_guarded
from referral.alerts.selectors import words_of
from referral.desk.filters import LISTS, alerts_to_handle, query_of
from referral.models import AlertDesk
from referral.routing.rules import discretion
from referral.routing.rules.deadlines import first_due
from victims.models import AgeSide, OwnLabel, Urgency

OF_CASES = "inbox_of_cases"  # in the session: {case: the filters of the inbox from which it was opened or joined}
CASES_KEPT = 20  # the last ones
VITAL = Q(urgency=Urgency.VITAL)
LABELS = KeptStatement(
    lambda reader, alerts: (
        OwnLabel.objects.visible_to(reader)
        .filter(case__alert_links__alert__any_of=alerts)
        .annotate(alert=F("case__alert_links__alert"))
    )
)


def with_words(actor, rows: list[AlertDesk]) -> list[AlertDesk]:
    """Add form_words, sender, sign, own_state, guarded, and the label of the case it became.

    `guarded`: each desk keeps its time limit until it answered itself. The rows carry `alert__agency` and
    `alert__content`.
    """
    forms, known, book = labels(FORMS)[FORMS], catalogue.current(), catalogue.grids()
    named = {label.alert: label for label in LABELS.rows(actor, alerts=list({row.alert_id for row in rows}))}
    for row in rows:
        row.label = named.get(row.alert_id)
        row.form_words = forms.get(row.form, row.form)
        row.sender = discretion.sender_name(row.alert, actor)
        told = row.live and hasattr(row.alert, "content")
        answers = discretion.readable(row.alert, actor, row.alert.content.data) if told else {}
        row.sign = first_sign(answers, known, book)
        row.own_state, row.own_words = own_state(row)
        row.guarded = is_guarded(row.age_side != AgeSide.ADULT, row.urgency)
    return rows


def first_sign(answers: dict, known: CatalogueSnapshot, book: GridBook) -> str:
    """Return the strongest sign that was noted, in the words it was ticked in; empty when none was."""
    noted = [
        known.indicators[code]
        for code, value in (answers.get("observations") or {}).items()
        if value in discretion.SEEN and code in known.indicators
    ]
    if not noted:
        return ""
    strongest = min(noted, key=lambda sign: known.strengths[sign.strength].order)
    return wording(words_of(answers, book).get(strongest.code, strongest))


def own_state(row: AlertDesk) -> tuple[str, str]:
    """Return what this desk did of an alert: (code that chooses the colour, words)."""
    if row.answer:
        return row.state, row.get_answer_display()
    if row.in_charge_id:
        return "opened", pgettext("an alert, by our desk", "Taken")
    if row.opened_at:
        return "opened", pgettext("an alert, by our desk", "Seen")
    return "sent", pgettext("by our desk", "Received")


class Inbox:
    """The inbox as the address of a page narrows it, so that a reader goes through what the list shows.

    `query`: the valid filters of the list, with their « ? », empty without any.
    """

    def __init__(self, request, case=None):
        """`case`: id of the one that the page is about, for the filters that it was opened or joined with."""
        self.actor, self.rows, self.query = request.actor, alerts_to_handle(request.actor), ""
        self.session, listed = request.session, LISTS["inbox"]
        asked = request.GET if case is None else QueryDict(self.session.get(OF_CASES, {}).get(str(case), ""))
        if "view" not in asked and listed.filters.narrows(asked):
            filters = listed.filters(asked, self.rows, request=request)
            self.rows, kept = filters.qs, query_of(filters)
            self.query = kept and f"?{kept}"

    def keep_for(self, case) -> None:
        """Keep the filters for the pages of a case opened or joined from here, whose addresses do not carry them."""
        before = self.session.get(OF_CASES, {})
        if self.query or str(case) in before:
            others = [(pk, query) for pk, query in before.items() if pk != str(case)]
            self.session[OF_CASES] = dict([*others, (str(case), self.query[1:])][-CASES_KEPT:])

    def address(self, alert=None) -> str:
        """Return the address of the list, or of one alert in it."""
        page = reverse("referral:inbox-alert", args=[alert]) if alert else reverse("referral:alert-inbox")
        return page + self.query

    def next(self, shown: AlertDesk | None = None) -> AlertDesk | None:
        """Return the alert that comes after the one shown, in the order of the list, the first after the last.

        Of those that wait for a first answer, with nobody in charge; `others` of it is their number. A danger to life
        that nobody opened comes before what is ordinary.
        """
        rows = self.rows.filter(in_charge=None, answer="")
        if shown is None:
            turn = Value(0)
        else:
            rows = rows.exclude(alert=shown.alert_id)
            turn = Case(When(_behind(shown), then=1), default=2)
            if shown.urgency != Urgency.VITAL:
                turn = Case(When(urgency=Urgency.VITAL, opened_at=None, then=0), default=turn)
        rows = rows.annotate(others=Window(Count("id")), turn=turn, kind=Case(When(VITAL, then=0), default=1))
        return rows.order_by("turn", "kind", "answer_by", "id").first()

    def waiting_words(self, count: int) -> str:
        """Return in words how many alerts of the list wait: nobody took them, or what was begun has had no effect."""
        if self.query:
            said = ngettext(
                "%(shown)s alert still waits for a first step, with the same filters",
                "%(shown)s alerts still wait for a first step, with the same filters",
                count,
            )
        else:
            said = ngettext(
                "%(shown)s alert still waits for a first step", "%(shown)s alerts still wait for a first step", count
            )
        return said % {"shown": floatformat(count, "0g")}

    def left(self, shown: AlertDesk) -> str:
        """Return in words how many alerts the list holds; empty when it holds none but the one shown."""
        held = self.rows.aggregate(all=Count("id"), others=Count("id", filter=~Q(alert=shown.alert_id)))
        return self.waiting_words(held["all"]) if held["others"] else ""

    def and_next(self, pk) -> Callable:
        """Return what adds a link to the next alert to a message. Asked before an act, which may move the alert."""
        shown = AlertDesk.objects.of(self.actor).filter(alert=pk).select_related("alert").first()
        following = self.next(shown)
        return lambda said: with_link(said, following, self)


def _behind(shown: AlertDesk) -> Q:
    """Return the condition that an alert stands behind this one in the inbox: danger to life first, then by time left.

    One that was answered stands where its first promise was.
    """
    at = shown.answer_by
    if shown.answer or at is None:
        at = first_due(shown.urgency, shown.received_at, shown.alert.reachable_until)
    later = Q(answer_by__gt=at) | Q(answer_by=at, id__gt=shown.pk)
    return VITAL & later | ~VITAL if shown.urgency == Urgency.VITAL else ~VITAL & later


def with_link(said: str, following: AlertDesk | None, inbox: Inbox) -> str:
    """Return a message followed by a link to an alert; without one, to the list where alerts still wait, if any do."""
    if following is not None:
        label, address = _("Next alert: %(reference)s") % {"reference": following.reference}, following.alert_id
    elif count := inbox.rows.count():
        label, address = inbox.waiting_words(count), None
    else:
        return said
    return format_html('{} <a href="{}">{}</a>', said, inbox.address(address), label)
