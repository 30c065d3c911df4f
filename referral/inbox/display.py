"""Make the rows of the inbox ready to show: the desk's own state, sender, strongest sign; find the next alert.

Say of what was sent on to others who has it, and who has not answered.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Case, Count, F, Q, Value, When, Window
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.models import Desk
from foundation.statements.kept import KeptStatement
from foundation.templatetags.words import day
from indicators.assessment.rules.snapshot import CatalogueSnapshot, GridBook
from indicators.catalogue import selectors as catalogue
from indicators.codes.selectors import FORMS, labels
from indicators.codes.words import wording
from referral import workflow
from referral.alerts.display import addressees, names_of
from referral.alerts.rules import doubted, is_guarded
from referral.alerts.selectors import words_of
from referral.desk.filters import LISTS, alerts_given, alerts_to_handle, query_of
from referral.inbox.selectors import said_no
from referral.models import AlertDesk, AlertMove
from referral.routing.rules import discretion
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from victims.models import AgeSide, CaseAccess, OwnLabel, Urgency
from victims.own_labels.selectors import own_labels

OF_CASES = "inbox_of_cases"  # in the session: {case: the filters of the inbox from which it was opened or joined}
CASES_KEPT = 20  # the last ones
UNREAD_CHILD = """
SELECT subject_id, reference, count(*) OVER () - 1 FROM nrm.watched() WHERE noun = 'alert' AND child
GROUP BY subject_id, reference HAVING bool_or(opened_at IS NULL)
ORDER BY bool_or(urgency = 'vital') DESC, min(answer_by), subject_id LIMIT 1
"""
VITAL = Q(urgency=Urgency.VITAL)
MOST_GIVEN = 50
GIVEN_AT_ONCE, GIVEN_READ = 200, 2000  # rows sent on that are asked at once, and that are looked at in all
VITAL_FIRST = Case(When(urgency=Urgency.VITAL, then=Value(0)), default=Value(1))
# about an adult in no danger, once a service acts the others owe no answer; else each answers for itself
AWAITED = Q(state__in=workflow.WAITING) | Q(state__in=workflow.UNDER_WAY) & (
    Q(urgency=Urgency.VITAL) | ~Q(age_side=AgeSide.ADULT)
)
LABELS = KeptStatement(
    lambda reader, alerts: (
        OwnLabel.objects.visible_to(reader)
        .filter(case__alert_links__alert__any_of=alerts)
        .annotate(alert=F("case__alert_links__alert"))
    )
)


def with_words(actor, rows: list[AlertDesk]) -> list[AlertDesk]:
    """Add form_words, sender, sign, own_state, doubted, guarded, said_no, and the label of the case it became.

    `doubted`: its author answered that it is no child. `guarded`: each desk keeps its time limit until it answered
    itself. `said_no`: how many of its persons refused, of an alert that nothing has followed for one at least. The rows
    carry `alert__agency` and `alert__content`.
    """
    forms, known, book = labels(FORMS)[FORMS], catalogue.current(), catalogue.grids()
    named = {label.alert: label for label in LABELS.rows(actor, alerts=list({row.alert_id for row in rows}))}
    refused = said_no(actor, [row.alert_id for row in rows])
    for row in rows:
        unfollowed = row.answer == AlertDesk.Answer.CASE and row.due_at
        row.label, row.said_no = named.get(row.alert_id), refused.get(row.alert_id, 0) if unfollowed else 0
        row.form_words = forms.get(row.form, row.form)
        row.sender = discretion.sender_name(row.alert, actor)
        told = row.live and hasattr(row.alert, "content")
        answers = discretion.readable(row.alert, actor, row.alert.content.data) if told else {}
        row.sign = first_sign(answers, known, book)
        row.own_state, row.own_words = own_state(row)
        row.doubted = doubted(answers, row.age_side) is not None
        row.guarded = is_guarded(row.age_side != AgeSide.ADULT, row.urgency)
    return rows


def cases_in_words(actor, rows: list[CaseAccess]) -> dict[str, str]:
    """Return {reference: what tells these cases apart}: own label, form, first sign, age, place and day.

    The sign is that of an alert that the desk has: who leads a case may read its summary alone. Two statements.
    """
    forms, known, book = labels(FORMS)[FORMS], catalogue.current(), catalogue.grids()
    ids = [row.case_id for row in rows]
    named, found = own_labels(actor, ids), {}
    desks = AlertDesk.objects.of(actor).filter(live=True, alert__links__case__in=ids).order_by("received_at", "id")
    for desk in desks.annotate(case=F("alert__links__case")).select_related("alert__agency", "alert__content"):
        if hasattr(desk.alert, "content"):
            answers = discretion.readable(desk.alert, actor, desk.alert.content.data)
            found.setdefault(desk.case, first_sign(answers, known, book))
    words = {}
    for row in rows:
        label = named.get(row.case_id)
        own = [label.nickname, label.reference] if label else []
        parts = [
            row.reference,
            *own,
            forms.get(row.form, row.form),
            found.get(row.case_id),
            row.case.get_age_side_display(),
        ]
        words[row.reference] = " · ".join(str(part) for part in (*parts, row.territory, day(row.received_at)) if part)
    return words


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


def at_page(filters: str, cursor: str) -> str:
    """Return the query of a page of the inbox, with its « ? »: its valid filters, and the cursor of the page."""
    given = LISTS["inbox"].keyset.given(AlertDesk, cursor)
    query = "&".join(part for part in (filters, given and urlencode({"cursor": given})) if part)
    return query and f"?{query}"


class Inbox:
    """The inbox as the address of a page narrows it, so that a reader goes through what the list shows.

    `query`: the valid filters of the list and its page, with their « ? », empty without any. `narrowed`: by a filter.
    """

    def __init__(self, request, case=None):
        """`case`: id of the one that the page is about, for the filters that it was opened or joined with."""
        self.actor, self.rows, query = request.actor, alerts_to_handle(request.actor), ""
        self.session, listed = request.session, LISTS["inbox"]
        asked = request.GET if case is None else QueryDict(self.session.get(OF_CASES, {}).get(str(case), ""))
        if "view" not in asked and listed.filters.narrows(asked):
            filters = listed.filters(asked, self.rows, request=request)
            self.rows, query = filters.qs, query_of(filters)
        self.narrowed = bool(query)
        self.query = at_page(query, "" if "view" in asked else asked.get("cursor", ""))

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
        if self.narrowed:
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

    def left(self, shown: AlertDesk | None = None) -> str:
        """Return in words how many alerts the list holds; empty when it holds none but the one shown."""
        others = ~Q(alert=shown.alert_id) if shown else Q()
        held = self.rows.aggregate(all=Count("id"), others=Count("id", filter=others))
        return self.waiting_words(held["all"]) if held["others"] else ""

    def and_next(self, pk) -> Callable:
        """Return what adds a link to the next alert to a message. Asked before an act, which may move the alert."""
        shown = AlertDesk.objects.of(self.actor).filter(alert=pk).select_related("alert").first()
        following = self.next(shown)
        return lambda said: with_link(said, following, self, shown)


def _behind(shown: AlertDesk) -> Q:
    """Return the condition that an alert stands behind this one in the inbox: danger to life first, then by time left.

    One that was answered stands where its first promise was.
    """
    at = shown.answer_by
    if shown.answer or at is None:
        at = first_due(shown.urgency, shown.received_at, shown.alert.reachable_until)
    later = Q(answer_by__gt=at) | Q(answer_by=at, id__gt=shown.pk)
    return VITAL & later | ~VITAL if shown.urgency == Urgency.VITAL else ~VITAL & later


def with_link(said: str, following: AlertDesk | None, inbox: Inbox, shown: AlertDesk | None = None) -> str:
    """Return a message followed by a link to an alert; else to the list, if others than `shown` wait there."""
    if following is not None:
        label, address = _("Next alert: %(reference)s") % {"reference": following.reference}, following.alert_id
    elif left := inbox.left(shown):
        label, address = left, None
    else:
        return said
    return format_html('{} <a href="{}">{}</a>', said, inbox.address(address), label)


def with_receivers(rows) -> list[AlertDesk]:
    """Add given_at, receivers (as `addressees`), silent (those without an answer) and half to rows sent on.

    `half`: when half of the time of those that received it has passed. Two queries.
    """
    rows = list(rows)
    if not rows:
        return rows
    moves = AlertMove.objects.filter(alert__in=[row.alert_id for row in rows]).defer("comment").order_by("at", "id")
    by_alert: dict = {}
    for move in moves:
        by_alert.setdefault(move.alert_id, []).append(move)
    names = names_of(moves)
    return [_with_receivers(row, by_alert.get(row.alert_id, []), names) for row in rows]


def _with_receivers(row: AlertDesk, moves: list[AlertMove], names: dict) -> AlertDesk:
    at = max(
        (n for n, m in enumerate(moves) if m.action in desks_selectors.GIVEN and m.agency_id == row.agency_id),
        default=None,
    )
    since = [] if at is None else moves[at:]
    to = since[0].to_agencies if since else []
    row.given_at = since[0].at if since else None
    row.receivers = [line for line in addressees(since, names) if line["pk"] in to]
    replaced = {move.instead_of_id for move in since}
    row.silent = [line for line in row.receivers if not line["said"] and line["pk"] not in replaced]
    row.half = row.given_at + (since[0].due_at - row.given_at) / 2 if since and since[0].due_at else row.given_at
    return row


def given_unanswered(actor) -> list[AlertDesk]:
    """Return what the desk of the actor sent on and has no answer: danger to life first, then oldest first.

    What is answered is among the rows and no part of the list: they are read until it is full.
    """
    rows, found = alerts_given(actor).filter(AWAITED).order_by(VITAL_FIRST, "answered_at", "id"), []
    for start in range(0, GIVEN_READ, GIVEN_AT_ONCE):
        some = with_receivers(rows[start : start + GIVEN_AT_ONCE])
        found += [row for row in some if row.silent]
        if len(some) < GIVEN_AT_ONCE or len(found) >= MOST_GIVEN:
            break
    return found[:MOST_GIVEN]


def given_silent(actor, now: datetime | None = None) -> list[AlertDesk]:
    """Return what of it is to be followed up: danger to life at once, the rest past half of the time."""
    now = now or timezone.now()
    return [row for row in given_unanswered(actor) if row.urgency == Urgency.VITAL or row.half <= now]


def unread_child(actor) -> dict | None:
    """Return the first alert about a child that another desk has not read yet, as the unit of the actor watches it.

    {"alert", "reference", "others": how many more}; None without any, and for an agency that coordinates nothing.
    """
    if not actor.agency.is_coordination:
        return None
    with connection.cursor() as cursor:
        cursor.execute(UNREAD_CHILD)
        found = cursor.fetchone()
    return found and dict(zip(("alert", "reference", "others"), found, strict=True))


def with_phones(rows: list[AlertDesk]) -> list[AlertDesk]:
    """Add the phone of each service that has not answered. One query."""
    phones = dict(
        Desk.objects.filter(pk__in={line["pk"] for row in rows for line in row.silent}).values_list("pk", "phone")
    )
    for row in rows:
        for line in row.silent:
            line["phone"] = phones.get(line["pk"], "")
    return rows
