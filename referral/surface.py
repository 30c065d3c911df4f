"""What every page knows: the actor, its menu, unread notices, emergency numbers, the site's settings.

Everything that costs a query is lazy: a page that does not print it does not pay for it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from agencies.models import Helpline, Role
from notifications.models import Notice

CASES = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, *CASES)
UNREAD_CAP = 100


@dataclass(frozen=True)
class Entry:
    """A line of the menu: shown to these roles (none named: to everyone who acts)."""

    route: str
    label: str
    roles: tuple[str, ...] = ()
    counts_notices: bool = False


MENU = (
    Entry("home", _("My space")),
    Entry("referral:alert-inbox", _("Alert inbox"), CASES),
    Entry("referral:case-list", _("Cases"), CASES),
    Entry("referral:orientation-received", _("Requests received"), CASES),
    Entry("referral:orientation-sent", _("Orientations sent"), CASES),
    Entry("referral:alert-list", _("My alerts"), WRITES),
    Entry("notifications:notice-list", _("Notices"), counts_notices=True),
    Entry("indicators:catalogue", _("Indicators")),
)
ACTIONS = (
    Entry("referral:alert-start", _("Report a situation"), WRITES),
    Entry("referral:danger", _("Immediate danger"), WRITES),
)


def entries(actor, listed=MENU) -> list[dict]:
    """The lines this membership may open, with their addresses."""
    shown = []
    for entry in listed:
        if actor is None or (entry.roles and not actor.has(*entry.roles)):
            continue
        try:
            href = reverse(entry.route)
        except NoReverseMatch:
            continue
        shown.append({"route": entry.route, "href": href, "label": entry.label, "counts": entry.counts_notices})
    return shown


def unread(actor) -> int:
    """Unread notices, counted up to a cap: a list of thousands costs no more than a list of a hundred."""
    if actor is None:
        return 0
    return Notice.objects.of(actor).filter(read_at=None).order_by().values("pk")[:UNREAD_CAP].count()


def emergency_numbers() -> list[dict]:
    return [
        {
            "number": line.number,
            "dialled": line.number.replace(" ", ""),
            "label": line.label_fr,
            "use": line.use_fr,
        }
        for line in Helpline.objects.filter(kind="emergency", active=True)
    ]


def page(request):
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    return {
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "menu": SimpleLazyObject(lambda: entries(actor)),
        "actions": SimpleLazyObject(lambda: {e["route"].split(":")[-1]: e for e in entries(actor, ACTIONS)}),
        "route": match.view_name if match else "",
        "unread": SimpleLazyObject(lambda: unread(actor)),
        "emergency_numbers": SimpleLazyObject(emergency_numbers),
        "STATE_IDENTITY": settings.STATE_IDENTITY,
        "QUICK_EXIT_URL": settings.QUICK_EXIT_URL,
        "DEBUG_MAILS": settings.DEBUG,
    }
