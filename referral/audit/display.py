"""Describe journal entries in words: an act by the catalogue, a refusal by the page that refused."""

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from journal import words
from journal.models import Entry

CASE_PAGES = (
    "case", "timeline", "secret", "paper", "need", "action", "linked", "episode", "opinion", "consent", "clock",
    "checklist", "procedure", "reflection", "file", "requisition",
)  # fmt: skip
ACCOUNT = (
    "activate", "login", "logout", "password", "second", "passkey", "factor", "factors", "profile", "membership",
    "still", "in", "kept", "drafts", "sessions", "provider", "charter",
)  # fmt: skip
ORGANISATION = (
    "member", "members", "organisation", "duty", "arrivals", "arrival", "desk", "reading", "program", "programs",
    "hook",
)  # fmt: skip
# done by a person whose membership is not known yet
SIGNING_IN = ("account.half", "account.sign_in", "factor.shown", "factor.wrong", "provider.shown", "provider.refused")
SITE = ("home", "help", "accessibility", "legal", "personal", "sitemap", "discreet", "witness", "service", "manifest")
# name of the route without its space, or its first word -> page that refused
PAGES = {
    **dict.fromkeys(CASE_PAGES, _("A page of a case")),
    **dict.fromkeys(("alert", "alerts", "inbox", "danger", "offline"), _("A page of an alert")),
    "orientation": _("A page of a referral"),
    "match": _("A page of possible duplicates"),
    "situation": _("A page of a collective situation"),
    **dict.fromkeys(("dashboard", "export", "import", "own", "survey"), _("A page of exports, imports or figures")),
    "emergency": _("Emergency access"),
    "journal": _("The journal"),
    **dict.fromkeys(ORGANISATION, _("A page of one's organisation")),
    **dict.fromkeys(("work", "agenda", "search", "saved", "unmet"), _("A page of the work lists")),
    "archive-list": _("The archived cases"),
    "archive-open": _("The opening of an archived case"),
    "legal-shares": _("The list of accesses on a legal ground"),
    "hold": _("The list of cases that are kept"),
    "data": _("What the person asks about their data"),
    "erasure-list": _("The register of erasures"),
    "breach": _("A page of data breaches"),
    "powers": _("A page of what agencies may do"),
    "silent": _("A page of desks that do not answer"),
    "developers": _("A page for developers"),
    **dict.fromkeys(ACCOUNT, _("A page of one's account")),
    **dict.fromkeys(SITE, _("A page about the site")),
    "unknown": _("An address that does not exist"),
}
# space of the route -> page that refused
SPACES = {
    **dict.fromkeys(("plans", "policy", "opendata"), _("A page of public policy")),
    "indicators": _("A page of indicators"),
    "notifications": _("A page of notices"),
    "procedures": _("A page of procedures and texts"),
    "sheets": _("A practical sheet"),
    "api": _("The interface of programs"),
}


def refused_page(route: str):
    """Return the page that refused, in words. The journal keeps the name of the route."""
    space, _colon, name = route.rpartition(":")
    if space in SPACES:
        return SPACES[space]
    return PAGES.get(name) or PAGES.get(name.partition("-")[0], _("Another page"))


def entries_in_words(entries, references: dict[str, str]) -> list[Entry]:
    """Return the entries, each with `what`, `about` (references only) and who: `member`.

    `references`: those of `nrm.journal_references`, by id. A fixed number of queries.
    """
    found, acts = list(entries), words.acts()
    members = Membership.objects.select_related("agency").in_bulk({e.membership_id for e in found} - {None})
    named = {e.subject_id for e in found if e.subject == "agency"}
    agencies = dict(Agency.objects.filter(pk__in=named).values_list("pk", "name"))
    accounts = _accounts(found)
    for entry in found:
        refused = entry.outcome == Entry.Outcome.REFUSED
        entry.what = refused_page(entry.action) if refused else acts.get(entry.action, now("Another act"))
        entry.member = members.get(entry.membership_id)
        own, case = references.get(entry.subject_id, ""), references.get(str(entry.case_id), "")
        entry.about = [ref for ref in dict.fromkeys((own, case)) if ref]
        entry.words = _about(entry, agencies)
        entry.accounts = accounts.get(entry.subject_id, []) if _signs_in(entry) else []
    return found


def _signs_in(entry) -> bool:
    """Return whether a person did it before choosing an agency: no membership of hers acts yet."""
    return entry.membership_id is None and entry.subject == "user" and entry.action in SIGNING_IN


def _accounts(entries) -> dict[str, list[int]]:
    """Return the memberships of the people who were signing in, by id of the person. One query."""
    people = {entry.subject_id for entry in entries if _signs_in(entry)}
    rows = Membership.objects.filter(user__in=people).order_by("pk").values_list("user", "pk")
    return {person: [pk for user, pk in rows if str(user) == person] for person in people}


def _about(entry, agencies) -> str:
    """Return the name of a subject without reference: a unit, or an account number."""
    if entry.subject == "agency":
        return agencies.get(int(entry.subject_id), "")
    if entry.subject == "membership":
        return now("account no. %(number)s") % {"number": entry.subject_id}
    return ""
