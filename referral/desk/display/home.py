"""Collect « Mon espace »: what waits for this membership, each count capped."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import DeskChange, MemberChange, Role
from indicators.sheets.selectors import sheet_book
from notifications.models import Notice
from referral.alerts.selectors import kept_waiting
from referral.inbox.operations import silent_desks
from referral.models import APPROVERS, Alert, AlertDesk, Export, Match, OrientationDesk
from referral.organisations.operations.arrivals import waiting_for
from referral.public import display as public_display
from victims.models import Case, CaseAccess

CAP = 50


def my_space(actor) -> dict:
    """Return the context of the home page: boxes by role, late items, newest unread notices."""
    boxes = []
    if actor.has(*public_display.CASES):
        boxes += [
            _waiting(_("Alerts to handle"), "referral:alert-inbox", AlertDesk.objects.of(actor)),
            _waiting(
                _("Requests received, to answer"),
                "referral:orientation-received",
                OrientationDesk.objects.of(actor).filter(answers=True),
            ),
            _count(
                _("Cases you see"),
                "referral:case-list",
                CaseAccess.objects.of(actor).exclude(status=Case.Status.CLOSED).values("case"),
            ),
        ]
    if actor.agency.is_coordination and actor.has(Role.COORDINATOR):
        pairs = Match.objects.visible_to(actor).filter(state=Match.State.OPEN).values("pk")
        watched = (_silent(actor), _count(_("Possible duplicates"), "referral:match-list", pairs))
        boxes += [box for box in watched if box["count"]]
    if actor.has(*public_display.WRITES):
        mine = Alert.objects.mine(actor)
        followed = mine.exclude(state__in=(Alert.State.DRAFT, Alert.State.CLOSED)).values("pk")
        drafts = mine.filter(state=Alert.State.DRAFT).values("pk")
        boxes.append(_count(_("My alerts under way"), "referral:alert-list", followed))
        boxes.append(_count(_("My drafts to finish"), "referral:alert-list", drafts))
        kept = _count(_("My alerts that only my organisation has"), "referral:alert-list", kept_waiting(actor))
        boxes += [{**kept, "href": f"{kept['href']}?a-traiter=1"}] if kept["count"] else []
    if actor.has(*APPROVERS):
        asked = Export.objects.to_decide(actor).values("pk")
        to_approve = _count(_("Exports to approve"), "referral:export-list", asked)
        boxes += [to_approve] if to_approve["count"] else []
    if actor.has(*APPROVERS, Role.AUDITOR):
        roles = MemberChange.objects.to_decide(actor).values("pk")
        arrivals = _count(_("Roles to agree to"), "referral:arrivals", roles)
        boxes += [arrivals] if arrivals["count"] else []
        desks = DeskChange.objects.to_decide(actor).order_by().values("batch").distinct()
        coverage = _count(_("Coverage to agree to"), "referral:desk-changes", desks)
        boxes += [coverage] if coverage["count"] else []
    notices = Notice.objects.of(actor).filter(read_at=None).order_by("-at", "-id")[:3]
    return {
        "sheets": sheet_book().of_kind(actor.agency.kind) if actor.has(*public_display.WRITES) else [],
        "boxes": boxes,
        "waiting": waiting_for(actor),
        "late": sum(box["late"] for box in boxes),
        "cap": CAP,
        "role_labels": ", ".join(str(Role(role).label) for role in actor.roles),
        "notices": list(notices),
        "notices_href": reverse("notifications:notice-list"),
    }


def _waiting(label, route, desks) -> dict:
    """Return a box of desk rows with a time limit: count, late ones, and the first: danger to life, then time left."""
    rows = list(
        desks.filter(live=True, due_at__isnull=False).order_by("answer_by", "id").values("urgency", "answer_by")[:CAP]
    )
    now = timezone.now()
    return {
        "label": label,
        "href": reverse(route),
        "count": len(rows),
        "late": sum(row["answer_by"] < now for row in rows),
        "due": min(rows, key=lambda row: (row["urgency"] != "vital", row["answer_by"]), default=None),
    }


def _silent(actor) -> dict:
    """Return the box of silent desks, with the most urgent item. `late` counts the unit's own desk only."""
    waits = silent_desks.waiting(actor)
    due = {"urgency": waits[0].urgency, "answer_by": waits[0].answer_by} if waits else None
    desks = len({item.agency_id for item in waits})
    label, href = _("Services that have not answered"), reverse("referral:silent-desks")
    return {"label": label, "href": href, "count": desks, "late": 0, "due": due}


def _count(label, route, rows) -> dict:
    return {"label": label, "href": reverse(route), "count": rows.order_by()[:CAP].count(), "late": 0}
