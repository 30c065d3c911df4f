"""Build the context of every page: actor, menu, unread notices, emergency numbers, settings of the site.

What needs a query is lazy, so that only pages that print it pay for it.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.directory.selectors import numbers_of_pages
from agencies.models import Agency, Role
from foundation.statements.kept import KeptStatement
from foundation.words.demonstration import demonstration_notice
from notifications.models import Notice
from referral.alerts.rules import device_mark

from . import words

CASES = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, *CASES)
WATCH = (Role.COORDINATOR, Role.AUDITOR, Role.DPO)
AUDITS = (Role.AUDITOR, Role.DPO)
UNREAD_CAP = 100
UNREAD = KeptStatement(lambda reader: Notice.objects.of(reader).unread())


@dataclass(frozen=True)
class Entry:
    """Define a line of the menu: its route, its label, and who sees it.

    `roles`: who (empty: every member). `unit`: in a coordination unit only. `nation`: who else, of the national one.
    """

    route: str
    label: str
    roles: tuple[str, ...] = ()
    unit: bool = False
    nation: tuple[str, ...] = ()


ROW = 6  # lines of the menu; what a member may open beyond them stands on the first page
# In the order in which they take the places of the row.
MENU = (
    Entry("home", _("My space")),
    Entry("referral:alert-inbox", _("Alert inbox"), CASES),
    Entry("referral:orientation-received", _("Requests received"), CASES),
    Entry("referral:case-list", _("Cases"), CASES),
    Entry("referral:silent-desks", _("Services that have not answered"), (Role.COORDINATOR,), unit=True),
    Entry("referral:orientation-sent", _("Requests sent"), CASES),
    Entry("plans:hub", _("Steering of public policy"), (Role.POLICY,)),
    Entry("plans:mandate", _("Mandate of coordination"), (Role.PLATFORM_ADMIN,)),
    Entry("referral:journal", _("Journal"), AUDITS),
    Entry("referral:match-alarm-list", _("Accounts to check"), (Role.AUDITOR,)),
    Entry("referral:alert-list", _("My alerts"), WRITES),
    Entry("referral:agenda", _("My agenda"), CASES),
    Entry("referral:situation-list", _("Collective situations"), (Role.COORDINATOR,), unit=True),
    Entry("referral:match-list", _("Possible duplicates"), (Role.COORDINATOR,), unit=True),
    Entry("referral:dashboard", _("Dashboard"), (Role.COORDINATOR,), unit=True),
    Entry("referral:unmet-needs", _("Needs without a free place"), (Role.COORDINATOR,), unit=True),
    Entry(
        "referral:legal-shares", _("Shared without the person's agreement"), (Role.COORDINATOR, Role.AUDITOR, Role.DPO)
    ),
    Entry("plans:money", _("Budget figures to sign"), (Role.AUDITOR,)),
    Entry("referral:organisation", _("My organisation"), (*CASES, Role.AGENCY_ADMIN)),
    Entry("referral:members", _("Members"), (Role.AGENCY_ADMIN,)),
    Entry("referral:desk-changes", _("Areas and services to approve"), (Role.COORDINATOR,), unit=True),
    Entry("referral:arrivals", _("Invitations, roles and codes")),
    Entry("referral:own-data", _("Our data"), CASES),
    Entry("referral:export-list", _("Exports"), (*CASES, Role.AGENCY_ADMIN)),
    Entry("referral:saved-searches", _("Saved filters"), CASES),
    Entry("referral:reading-alarms", _("Records viewed over the limit"), CASES),
    Entry(
        "referral:breach-list", _("Register of data breaches"), (Role.AGENCY_ADMIN, *AUDITS), nation=(Role.COORDINATOR,)
    ),
    Entry("indicators:indicator-list", _("Indicators")),
    Entry("procedures:start", _("Procedures")),
    Entry("referral:breach-new", _("Report a data breach")),
    # always there: who stands at the door with one finds what to say
    Entry("referral:requisition-list", _("Requisitions of justice"), WRITES),
)
ACTIONS = (
    Entry("referral:alert-start", _("Send an alert"), WRITES),
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
    if entry.nation and actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(*entry.nation):
        return True
    return (not entry.roles or actor.has(*entry.roles)) and (not entry.unit or actor.agency.is_coordination)


def split(lines: list[dict]) -> dict:
    """Return the lines of the menu (`row`), and those that the first page alone holds (`more`)."""
    return {"row": lines[:ROW], "more": lines[ROW:]}


def public_pages() -> list[dict]:
    return _lines(PUBLIC)


def declaration() -> dict:
    """Return what the declaration of accessibility says was tried."""
    return {
        "looked_at": [(kind, pages.values()) for kind, pages in words.LOOKED_AT],
        "page_count": sum(len(pages) for _kind, pages in words.LOOKED_AT),
        "journeys": words.BY_KEYBOARD.values(),
        "widths": get_text_list([str(width) for width in words.WIDTHS], gettext("and")),
        "zooms": get_text_list([gettext("%(zoom)s%%") % {"zoom": zoom} for zoom in words.ZOOMS], gettext("and")),
        "declared_on": date_format(words.DECLARED_ON),
    }


def _lines(listed) -> list[dict]:
    return [{"route": e.route, "href": reverse(e.route), "label": e.label} for e in listed]


def _reporter(request):
    """Return a role of the person that may report, where none is chosen yet: a danger to life leads to the choice."""
    return next((member for member in getattr(request, "memberships", []) if member.has(*WRITES)), None)


def _actions(actor, half: bool) -> dict:
    """Return the actions by the last word of their route: `start`, `danger`; the last alone in a half session."""
    found = {re.split("[:-]", line["route"])[-1]: line for line in entries(actor, ACTIONS)}
    return {name: line for name, line in found.items() if name == "danger" or not half}


def unread(actor) -> int:
    """Return the number of unread notices, capped, so that the cost is bounded."""
    return UNREAD.count(actor, UNREAD_CAP) if actor else 0


def page(request):
    """Return the variables of every template (context processor)."""
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    numbers = SimpleLazyObject(numbers_of_pages)
    half = getattr(request, "half", False)  # the second factor is owed: no menu leads on
    return {
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "menu": SimpleLazyObject(lambda: split([] if half else entries(actor))),
        "actions": SimpleLazyObject(lambda: _actions(actor or (_reporter(request) if half else None), half)),
        "route": match.view_name if match else "",
        "unread": SimpleLazyObject(lambda: 0 if half else unread(actor)),
        "half": half,
        "emergency_numbers": SimpleLazyObject(lambda: [line for line in numbers if line["emergency"]]),
        "numbers_without_network": numbers,
        "demonstration": demonstration_notice(),
        "device_mark": device_mark(actor) if actor else "",
        "STATE_IDENTITY": settings.STATE_IDENTITY,
        "PUBLISHER": settings.PUBLISHER,
        "OPERATOR_PHONE": settings.OPERATOR_PHONE,
        "QUICK_EXIT_URL": settings.QUICK_EXIT_URL,
    }
