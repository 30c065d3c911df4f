"""Define the work lists: rows visible to a member, filters, order and address of each.

Pages, counters, saved searches and exports use these definitions, so that a counter always equals the list it opens.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Level
from foundation.filters import PAGE_PARAMETERS
from foundation.paging import Keyset
from foundation.statements.kept import KeptStatement
from referral.inbox.filters import AlertDeskFilter, GivenAlertFilter
from referral.models import AlertDesk, Orientation, OrientationDesk
from referral.orientations.filters import OrientationDeskFilter, OrientationFilter
from referral.orientations.rules import CARRIED
from victims.cases.filters import CaseAccessFilter
from victims.models import Assignment, Case, CaseAccess

NEWEST_CASES = Keyset("received_at", "case")
NEWEST_SENT = Keyset("created_at", "id")
NEWEST_ALERTS = Keyset("id")
NEWEST_RECEIVED = Keyset("received_at", "id")
BY_TIME_LEFT = Keyset("answer_by", "id", descending=False)


def cases(actor):
    return CaseAccess.objects.of(actor)


def assigned_cases(actor):
    """Return open cases to which this member is assigned."""
    # joined by both columns, so that the scan follows the order of the member's assignments
    mine = Assignment.objects.to(actor).filter(received_at=OuterRef("received_at"), case=OuterRef("case"))
    return CaseAccess.objects.of(actor, Level.SUMMARY).filter(Exists(mine)).exclude(status=Case.Status.CLOSED)


def unassigned_cases(actor):
    """Return open cases to which no active member of the agency is assigned."""
    return CaseAccess.objects.of(actor, Level.SUMMARY).filter(assigned=False).exclude(status=Case.Status.CLOSED)


def cases_with_us(actor):
    """Return open cases that another agency leads and shares."""
    return CaseAccess.objects.of(actor, Level.SUMMARY).filter(lead=False).exclude(status=Case.Status.CLOSED)


def sent(actor):
    return Orientation.objects.sent_by(actor)


def shared_by_us(actor):
    """Return orientations of the agency that others accepted: each gives them access to a case."""
    return sent(actor).filter(state__in=CARRIED)


def awaited(actor):
    """Return orientations of the agency without an answer; a question from the service is for the agency to answer."""
    return sent(actor).filter(due_at__isnull=False)


def alerts_to_handle(actor):
    return AlertDesk.objects.of(actor).filter(live=True, due_at__isnull=False)


def alerts_handled(actor):
    return AlertDesk.objects.of(actor).filter(live=True, due_at__isnull=True)


def alerts_given(actor):
    """Return the alerts that this desk sent on to others: it reads to whom, and whether they are answered."""
    return AlertDesk.objects.of(actor).filter(live=False, answer=AlertDesk.Answer.REDIRECTED)


def requests_to_answer(actor):
    return OrientationDesk.objects.of(actor).filter(live=True, due_at__isnull=False)


def requests_under_way(actor):
    return OrientationDesk.objects.of(actor).filter(live=True, due_at__isnull=True)


def requests_ended(actor):
    return OrientationDesk.objects.of(actor).filter(live=False)


@dataclass(frozen=True)
class WorkList:
    """Define one list.

    `route` and `slug` give its address; `noun`: what a row is (case, orientation, alert, request).
    """

    code: str
    title: str
    rows: Callable
    filters: type
    keyset: Keyset
    noun: str
    route: str
    slug: str = ""
    hint: str = ""
    empty: tuple[str, str] = field(default=("", ""))
    exported: bool = True
    view: str = ""  # tab of the page

    def address(self, query: str = "") -> str:
        """Return the address of the list, with a query string."""
        path = reverse(self.route, args=[self.slug] if self.slug else [])
        query = "&".join(part for part in (f"view={self.view}" if self.view else "", query) if part)
        return f"{path}?{query}" if query else path

    def filtered(self, actor, query: str = "", request=None):
        """Return the FilterSet over this member's rows for a query string; `.qs` are the rows found."""
        return self.filters(QueryDict(query), self.rows(actor), request=request)

    def kept(self, actor, query: str) -> str:
        """Return the valid filters of a query string, encoded; nothing else is ever stored."""
        return query_of(self.filtered(actor, query))


def query_of(filters) -> str:
    """Return the valid filters of a FilterSet as a query string."""
    filters.form.full_clean()  # invalid values are left out, the others stay
    kept = QueryDict(mutable=True)
    for name in filters.filters:
        if name not in PAGE_PARAMETERS and filters.form.cleaned_data.get(name) not in (None, "", []):
            kept[name] = filters.data[name]
    return kept.urlencode()


_PAGE = "referral:work-list"
LISTS = {
    listed.code: listed
    for listed in (
        WorkList("cases", _("Cases"), cases, CaseAccessFilter, NEWEST_CASES, "case", "referral:case-list"),
        WorkList(
            "mine", _("My cases"), assigned_cases, CaseAccessFilter, NEWEST_CASES, "case", _PAGE, "mes-dossiers",
            _("Open cases you are assigned to."),
            (
                _("No case is assigned to you"),
                _("Take charge of a case of the list “Assigned to nobody”, or assign it on its page “Access”."),
            ),
        ),
        WorkList(
            "unassigned", _("Assigned to nobody"), unassigned_cases, CaseAccessFilter, NEWEST_CASES, "case", _PAGE,
            "non-attribues", _("Open cases with nobody from your organisation assigned."),
            (_("Every open case has somebody"), _("A new case comes here until somebody is assigned to it.")),
        ),
        WorkList(
            "with_us", _("Shared with us"), cases_with_us, CaseAccessFilter, NEWEST_CASES, "case", _PAGE, "avec-nous",
            _("Open cases led by another unit, which you see because it shares them."),
            (
                _("No case is shared with your organisation"),
                _(
                    "A case comes here when your organisation accepts a request or, for a prosecutor's office,"
                    " acknowledges a report."
                ),
            ),
        ),
        WorkList(
            "by_us", _("Shared by us"), shared_by_us, OrientationFilter, NEWEST_SENT, "orientation", _PAGE, "par-nous",
            _("Cases opened to other services because they accepted a request of yours: one line for each request."),
            (
                _("Your organisation shares no case"),
                _("A share begins when a service accepts a request of your organisation."),
            ),
        ),
        WorkList(
            "awaited", _("Requests sent, no answer yet"), awaited, OrientationFilter, BY_TIME_LEFT, "orientation",
            _PAGE, "attente",
            _("Requests of your organisation without an answer yet, least time left first."),
            (
                _("No request sent is waiting for an answer"),
                _("A request comes here when it is sent, until it is answered."),
            ),
        ),
        WorkList("sent", _("Requests sent"), sent, OrientationFilter, NEWEST_SENT, "orientation",
                 "referral:orientation-sent"),
        WorkList("inbox", _("Alert inbox"), alerts_to_handle, AlertDeskFilter, BY_TIME_LEFT, "alert",
                 "referral:alert-inbox", exported=False),
        WorkList("handled", _("Alerts handled"), alerts_handled, AlertDeskFilter, NEWEST_ALERTS, "alert",
                 "referral:alert-inbox", exported=False, view="handled"),
        WorkList("received", _("Requests received"), requests_to_answer, OrientationDeskFilter, BY_TIME_LEFT, "request",
                 "referral:orientation-received", exported=False),
        WorkList("under_way", _("Requests under way"), requests_under_way, OrientationDeskFilter, NEWEST_RECEIVED,
                 "request", "referral:orientation-received", exported=False, view="current"),
        WorkList("ended", _("Requests ended"), requests_ended, OrientationDeskFilter, NEWEST_RECEIVED, "request",
                 "referral:orientation-received", exported=False, view="ended"),
    )
}  # fmt: skip
# what the list « handled » shows when it is narrowed to what was sent on: those alerts are at no desk of the reader
GIVEN = replace(LISTS["handled"], title=_("Alerts sent on"), rows=alerts_given, filters=GivenAlertFilter)
BY_SLUG = {listed.slug: listed for listed in LISTS.values() if listed.slug}

# the lists that the first page counts, in its order, each with the statement of its rows
COUNTED = {
    code: KeptStatement(lambda reader, listed=LISTS[code]: listed.filtered(reader).qs)
    for code in ("mine", "unassigned", "awaited", "with_us", "by_us")
}
