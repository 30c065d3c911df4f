"""Collect « Mon espace », the first page of every role: what waits, what goes on, and what counts nothing.

Each number is that of the list it opens, and is capped: the database stops counting there.
"""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from agencies.models import DeskChange, MemberChange, Role
from foundation.paging import capped_count
from foundation.statements.kept import KeptStatement, counts
from indicators.sheets.selectors import own_sheets
from notifications.models import Notice
from referral.alerts.selectors import kept_waiting
from referral.desk import filters as desk_filters
from referral.inbox.display import given_silent
from referral.inbox.operations import silent_desks
from referral.models import APPROVERS, Alert, AlertDesk, Export, Match, Orientation, OrientationDesk
from referral.organisations.operations.arrivals import waiting_for
from referral.orientations.display.progress import sender_s_turn
from referral.public import display as public_display
from victims.data_requests.access import to_answer
from victims.models import Urgency
from victims.requisitions.access import to_follow

CAP = 50
LISTS = desk_filters.COUNTED
OWN = {
    "drafts": KeptStatement(lambda reader: Alert.objects.mine(reader).filter(state=Alert.State.DRAFT)),
    "followed": KeptStatement(
        lambda reader: Alert.objects.mine(reader).exclude(state__in=(Alert.State.DRAFT, Alert.State.CLOSED))
    ),
    "kept": KeptStatement(kept_waiting),
}
QUESTIONS = {
    "questions": KeptStatement(
        lambda reader: Orientation.objects.sent_by(reader).filter(state=Orientation.State.QUESTION)
    ),
    "data_requests": KeptStatement(to_answer),
    "requisitions": KeptStatement(to_follow),
}
UNREAD = {"unread": public_display.UNREAD}
NEWEST = KeptStatement(lambda reader: Notice.objects.of(reader).unread().order_by("-at", "-id")[:3])


def _first_due(rows, *more: str):
    """Return what waits, dangers to life before all else: however much is late, one of them is named."""
    live = rows.filter(live=True, due_at__isnull=False).order_by("answer_by", "id")
    waiting = live.values("urgency", "answer_by", "state", *more)
    danger, others = waiting.filter(urgency=Urgency.VITAL), waiting.exclude(urgency=Urgency.VITAL)
    return danger[: CAP + 1].union(others[: CAP + 1], all=True)


ALERTS = KeptStatement(lambda reader: _first_due(AlertDesk.objects.of(reader)))
REQUESTS = KeptStatement(
    lambda reader: _first_due(OrientationDesk.objects.of(reader).filter(answers=True), "orientation_id")
)


def my_space(actor) -> dict:
    """Return the context of the first page.

    `waits`: counters of what this member is to do; `goes_on`: of what it follows; `none`: of both, those at zero.
    """
    numbers = _counted(actor)
    waits = [*_to_handle(actor), *_to_reply(numbers), *_to_finish(numbers), *_to_agree(actor)]
    goes_on = _followed(numbers)
    return {
        "sheets": own_sheets(actor.agency) if actor.has(*public_display.WRITES) else [],
        "waits": [box for box in waits if box["count"]],
        "goes_on": [box for box in goes_on if box["count"]],
        "none": [box for box in (*waits, *goes_on) if not box["count"] and not box["rare"]],
        "waiting": waiting_for(actor),
        "late": sum(box["late"] for box in waits),
        "role_labels": ", ".join(str(Role(role).label) for role in actor.roles),
        "notices": NEWEST.rows(actor) if numbers["unread"] else [],
        "unread": numbers["unread"],
    }


def _counted(actor) -> dict[str, int]:
    """Return what one statement counts: notices, the lists of whoever sees cases, the own alerts of whoever writes."""
    asked = UNREAD | (LISTS | QUESTIONS if actor.has(*public_display.CASES) else {})
    asked |= OWN if actor.has(*public_display.WRITES) else {}
    most = {"unread": public_display.UNREAD_CAP}
    found = counts([(statement, most.get(name, CAP + 1)) for name, statement in asked.items()], actor)
    return dict(zip(asked, found, strict=True))


def _to_handle(actor) -> list[dict]:
    if not actor.has(*public_display.CASES):
        return []
    boxes = [
        _waiting(_("Alerts to handle"), "referral:alert-inbox", ALERTS.rows(actor), _("Most pressing alert:")),
        _waiting(
            _("Requests received, neither accepted nor declined"),
            "referral:orientation-received",
            REQUESTS.rows(actor),
            _("Most pressing request:"),
        ),
    ]
    if actor.agency.is_coordination and actor.has(Role.COORDINATOR):
        pairs = Match.objects.visible_to(actor).filter(state=Match.State.OPEN).values("pk")
        boxes += [_silent(actor), _count(_("Possible duplicates"), "referral:match-list", pairs, rare=True)]
    return boxes


def _to_reply(numbers: dict[str, int]) -> list[dict]:
    """Return the boxes of what waits for an answer of this unit: questions that services asked about its requests, what
    persons ask about their data, what justice demands of it."""
    if "questions" not in numbers:
        return []
    href = reverse("referral:orientation-sent") + f"?state={Orientation.State.QUESTION}"
    return [
        _box(_("Questions asked about our requests"), href, numbers["questions"], rare=True),
        _box(_("What persons ask about their data"), reverse("referral:agenda"), numbers["data_requests"], rare=True),
        _box(
            _("Requisitions to answer or to reread"),
            reverse("referral:requisition-list"),
            numbers["requisitions"],
            rare=True,
        ),
    ]


def _to_finish(numbers: dict[str, int]) -> list[dict]:
    if "drafts" not in numbers:
        return []
    label, href = _("My alerts that only my organisation has"), reverse("referral:alert-list") + "?a-traiter=1"
    return [
        _box(label, href, numbers["kept"], rare=True),
        _box(_("My drafts to finish"), reverse("referral:alert-list"), numbers["drafts"]),
    ]


def _to_agree(actor) -> list[dict]:
    boxes = []
    if actor.has(*APPROVERS):
        asked = Export.objects.to_decide(actor).values("pk")
        boxes.append(_count(_("Exports to approve"), "referral:export-list", asked, rare=True))
    if actor.has(*APPROVERS, Role.AUDITOR):
        roles = MemberChange.objects.to_decide(actor).values("pk")
        desks = DeskChange.objects.to_decide(actor).order_by().values("batch").distinct()
        boxes.append(_count(_("Roles to agree to"), "referral:arrivals", roles, rare=True))
        boxes.append(_count(_("Areas and services to approve"), "referral:desk-changes", desks, rare=True))
    return boxes


def _followed(numbers: dict[str, int]) -> list[dict]:
    listed = [(desk_filters.LISTS[code], numbers[code]) for code in LISTS if code in numbers]
    boxes = [_box(one.title, one.address(), count, hint=one.hint) for one, count in listed]
    if "followed" in numbers:
        boxes.append(_box(_("My alerts under way"), reverse("referral:alert-list"), numbers["followed"]))
    return boxes


def _waiting(label, route, rows: list[dict], first) -> dict:
    """Return a box of desk rows with a time limit: count, late ones, and the first: danger to life, then what waits for
    this desk and not for a sender to answer its question, then time left."""
    now, rows, asked = timezone.now(), rows[: CAP + 1], Orientation.State.QUESTION
    due = min(
        rows, key=lambda row: (row["urgency"] != Urgency.VITAL, row["state"] == asked, row["answer_by"]), default=None
    )
    return _box(
        label,
        reverse(route),
        len(rows),
        late=sum(row["answer_by"] < now for row in rows),
        due=due,
        first=_asked(due) if due and due["state"] == asked else _first(due, first),
    )


def _asked(due: dict):
    """Return the words before the time limit of a request whose sender was asked: whose time it is."""
    if sender_s_turn(due["orientation_id"], due["urgency"]):
        return _("You asked the sender a question. Time the sender has left to answer:")
    return _("You asked the sender a question. Time you have left, which goes on meanwhile:")


def _first(due: dict | None, words):
    """Return the words before the first time limit: `words`, unless it has passed."""
    late = due is not None and due["answer_by"] < timezone.now()
    return pgettext("first page", "Time limit over:") if late else words


def _silent(actor) -> dict:
    """Return the box of silent desks, with the most urgent item. None is late: these are the clocks of others."""
    waits, sent_on = silent_desks.waiting(actor), given_silent(actor)
    due = {"urgency": waits[0].urgency, "answer_by": waits[0].answer_by} if waits else None
    desks = len({item.agency_id for item in waits} | {line["pk"] for row in sent_on for line in row.silent})
    n = len(waits) + len(sent_on)
    hint = ngettext("%(n)d alert or request waits there", "%(n)d alerts or requests wait there", n) % {"n": n}
    label, first = _("Services that have not answered"), _first(due, _("Most pressing alert or request:"))
    return _box(label, reverse("referral:silent-desks"), desks, due=due, first=first, hint=hint if n else "")


def _count(label, route, rows, rare=False) -> dict:
    return _box(label, reverse(route), capped_count(rows, CAP), rare=rare)


def _box(label, href, count, *, late=0, due=None, first="", hint="", rare=False) -> dict:
    """Return a counter. `late`: how many are past their time; `rare`: it is not named when it counts nothing."""
    shown = {"count": min(count, CAP), "more": count > CAP}
    return {"label": label, "href": href, "late": late, "due": due, "first": first, "hint": hint, "rare": rare, **shown}
