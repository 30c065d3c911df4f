"""Build the context of every page: actor, menu, unread notices, emergency numbers, settings of the site.

What needs a query is lazy, so that only pages that print it pay for it.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from agencies.directory.selectors import numbers_of_pages
from agencies.models import Role
from foundation.statements.kept import KeptStatement
from foundation.words.demonstration import demonstration_notice
from notifications.models import Notice
from referral.alerts.rules import device_mark

CASES = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, *CASES)
WATCH = (Role.COORDINATOR, Role.AUDITOR, Role.DPO)
AUDITS = (Role.AUDITOR, Role.DPO)
UNREAD_CAP = 100
UNREAD = KeptStatement(lambda reader: Notice.objects.of(reader).unread())


@dataclass(frozen=True)
class Entry:
    """Define a line of the menu.

    `roles`: who sees it (empty: every member). `more`: rarely used, folded under « Plus » in a long menu.
    """

    route: str
    label: str
    roles: tuple[str, ...] = ()
    counts_notices: bool = False
    more: bool = False
    unit: bool = False  # in a coordination unit only
    spare: bool = False  # folded too when the row would not fit on one line


MENU = (
    Entry("home", _("My space")),
    Entry("referral:work", _("My work"), CASES),
    Entry("referral:alert-inbox", _("Alert inbox"), CASES),
    Entry("referral:silent-desks", _("Services that have not answered"), (Role.COORDINATOR,), unit=True),
    Entry("referral:case-list", _("Cases"), CASES),
    Entry("referral:orientation-received", _("Requests received"), CASES),
    Entry("referral:orientation-sent", _("Requests sent"), CASES),
    Entry("referral:agenda", _("My agenda"), CASES, spare=True),
    Entry("referral:alert-list", _("My alerts"), WRITES, more=True),
    Entry("notifications:notice-list", _("Notices"), counts_notices=True),
    Entry("referral:situation-list", _("Collective situations"), (Role.COORDINATOR,), more=True, unit=True),
    Entry("referral:match-list", _("Possible duplicates"), (Role.COORDINATOR,), more=True, unit=True),
    Entry("referral:journal", _("Journal"), AUDITS),
    Entry("referral:match-alarm-list", _("Accounts to check"), (Role.AUDITOR,), more=True),
    Entry(
        "referral:legal-shares", _("Shared without agreement"), (Role.COORDINATOR, Role.AUDITOR, Role.DPO), more=True
    ),
    Entry("referral:dashboard", _("Dashboard"), (Role.COORDINATOR,), more=True, unit=True),
    Entry("referral:unmet-needs", _("Needs without a place"), (Role.COORDINATOR,), more=True, unit=True),
    Entry("referral:organisation", _("My organisation"), (*CASES, Role.AGENCY_ADMIN), more=True),
    Entry("referral:members", _("Members"), (Role.AGENCY_ADMIN,), more=True),
    Entry("referral:desk-changes", _("Coverage to agree to"), (Role.COORDINATOR,), more=True, unit=True),
    Entry("referral:arrivals", _("Arrivals and codes"), more=True),
    Entry("referral:own-data", _("Our data"), CASES, more=True),
    Entry("referral:export-list", _("Exports"), (*CASES, Role.AGENCY_ADMIN), more=True),
    Entry("plans:hub", _("Steering of public policy"), (Role.POLICY,)),
    Entry("plans:mandate", _("Mandate of coordination"), (Role.PLATFORM_ADMIN,)),
    Entry("plans:money", _("Means to sign"), (Role.AUDITOR,)),
    Entry("indicators:indicator-list", _("Indicators"), more=True),
    Entry("procedures:start", _("Procedures"), more=True),
)
SHORT_MENU = 9  # a menu of at most this many lines is not folded
ACTIONS = (
    Entry("referral:alert-start", _("Report a situation"), WRITES),
    Entry("referral:danger", _("Immediate danger"), WRITES),
)


PUBLIC = (
    Entry("help", _("Need help?")),
    Entry("witness", _("I am a witness")),
    Entry("discreet", _("Browsing discreetly")),
    Entry("indicators:indicator-list", _("Indicators")),
    Entry("procedures:start", _("Procedures")),
    Entry("sheets:list", _("Practical sheets")),
    Entry("policy:home", _("Plan and figures")),
    Entry("referral:developers", _("Connect a program")),
    Entry("accessibility", _("Accessibility")),
    Entry("legal", _("Legal notice")),
    Entry("personal-data", _("Personal data")),
)


def entries(actor, listed=MENU) -> list[dict]:
    """Return the lines this membership may open, with their addresses."""
    if actor is None:
        return []
    return _lines(entry for entry in listed if _open_to(entry, actor))


def _open_to(entry: Entry, actor) -> bool:
    return (not entry.roles or actor.has(*entry.roles)) and (not entry.unit or actor.agency.is_coordination)


def folded(lines: list[dict]) -> dict:
    """Split the menu into the row and what is folded under « Plus »."""
    if len(lines) <= SHORT_MENU:
        return {"row": lines, "more": []}
    crowded = sum(not x["more"] for x in lines) > SHORT_MENU
    more = [x for x in lines if x["more"] or (crowded and x["spare"])]
    return {"row": [x for x in lines if x not in more], "more": more}


def public_pages() -> list[dict]:
    return _lines(PUBLIC)


def _lines(listed) -> list[dict]:
    return [
        {
            "route": e.route,
            "href": reverse(e.route),
            "label": e.label,
            "counts": e.counts_notices,
            "more": e.more,
            "spare": e.spare,
        }
        for e in listed
    ]


def _actions(actor) -> dict:
    """Return the actions by the last word of their route: `start`, `danger`."""
    return {re.split("[:-]", line["route"])[-1]: line for line in entries(actor, ACTIONS)}


def unread(actor) -> int:
    """Return the number of unread notices, capped, so that the cost is bounded."""
    return UNREAD.count(actor, UNREAD_CAP) if actor else 0


def page(request):
    """Return the variables of every template (context processor)."""
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    numbers = SimpleLazyObject(numbers_of_pages)
    return {
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "menu": SimpleLazyObject(lambda: folded(entries(actor))),
        "actions": SimpleLazyObject(lambda: _actions(actor)),
        "route": match.view_name if match else "",
        "unread": SimpleLazyObject(lambda: unread(actor)),
        "emergency_numbers": SimpleLazyObject(lambda: [line for line in numbers if line["emergency"]]),
        "numbers_without_network": numbers,
        "demonstration": demonstration_notice(),
        "device_mark": device_mark(actor) if actor else "",
        "STATE_IDENTITY": settings.STATE_IDENTITY,
        "QUICK_EXIT_URL": settings.QUICK_EXIT_URL,
    }
