"""Each act of the journal in words, by what it is about; a refusal by the page that refused.

`tests/referral/test_journal.py` reads the code and fails on an act without words.
"""

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from journal.models import Entry

from . import journal_policy_words
from .access_words import READINGS

# code of the group, its name, its acts
GROUPS = (
    (
        "cases",
        _("Opening and reading a case"),
        {
            **READINGS,
            "break_glass.missed": _("Emergency access tried, no case under this reference"),
            "search.reference": _("Search by reference"),
            "secret.list": _("Own notes under secrecy listed"),
            "secret.read": _("Note under secrecy shown"),
            "situation.read": _("Collective situation: its persons and signs read"),
            "legal_shares.list": _("Shares without agreement listed"),
            "survey.read": _("Our data: figures of the year read"),
            "survey.csv": _("Our data: figures of the year taken out (CSV)"),
            "survey.xlsx": _("Our data: figures of the year taken out (Excel)"),
            "survey.ods": _("Our data: figures of the year taken out (LibreOffice)"),
            "journal.read": _("Journal read"),
        },
    ),
    (
        "alerts",
        _("Alerts"),
        {
            "alert.start": _("Alert started"),
            "alert.send": _("Alert sent"),
            "alert.add": _("Alert added to"),
            "alert.read": _("Alert read"),
            "alert.assign": _("Alert given to a member"),
            "alert.redirect": _("Alert redirected"),
            "alert.readdress": _("Alert given to another desk by the coordination"),
            "alert.close": _("Alert closed"),
            "alert.discard": _("Draft alert deleted"),
            "alert.escalate": _("Alert escalated by the clock"),
            "desk.call": _("Call to a silent desk written down"),
        },
    ),
    (
        "orientations",
        _("Orientations"),
        {
            "orientation.draft": _("Orientation prepared"),
            "orientation.send": _("Orientation sent"),
            "orientation.read": _("Orientation read"),
            "orientation.assign": _("Orientation given to a member"),
            "orientation.ask": _("Question asked about an orientation"),
            "orientation.answer": _("Question about an orientation answered"),
            "orientation.message": _("Message written about an orientation"),
            "orientation.accept": _("Orientation accepted"),
            "orientation.decline": _("Orientation declined"),
            "orientation.start": _("Support started"),
            "orientation.complete": _("Support completed"),
            "orientation.withdraw": _("Orientation withdrawn"),
            "orientation.revoke": _("Access given by an orientation taken back"),
            "orientation.expire": _("Orientation left without answer"),
            "orientation.escalate": _("Orientation escalated by the clock"),
        },
    ),
    (
        "work",
        _("Writing in a case"),
        {
            "case.open": _("Case opened"),
            "case.join": _("Alert joined to a case"),
            "case.start_support": _("Case: support started"),
            "case.follow_up": _("Case: follow-up after exit"),
            "case.close": _("Case closed"),
            "case.reopen": _("Case opened again"),
            "case.move": _("Case moved to another coordination"),
            "case.link": _("Cases linked"),
            "case.unlink": _("Link between cases taken away"),
            "timeline.write": _("Entry written in the thread"),
            "timeline.correct": _("Entry of the thread corrected"),
            "secret.write": _("Note under secrecy written"),
            "secret.correct": _("Note under secrecy corrected"),
            "person.link": _("Linked person added"),
            "person.correct": _("Linked person corrected"),
            "paper.add": _("Document noted"),
            "paper.correct": _("Document corrected"),
            "need.add": _("Need added"),
            "need.identified": _("Need: to be met"),
            "need.asked": _("Need: asked of a service"),
            "need.in_progress": _("Need: being met"),
            "need.met": _("Need: met"),
            "need.not_met": _("Need: not met"),
            "action.add": _("Support action added"),
            "action.done": _("Support action done"),
            "statement.make": _("View on identification given"),
            "episode.write": _("Stage of the path written"),
            "episode.correct": _("Stage of the path corrected"),
            "episode.remove": _("Stage of the path removed"),
            "profile.say": _("Answers for the survey given"),
            "procedure.start": _("Procedure started"),
            "procedure.done": _("Step of a procedure done"),
            "procedure.waived": _("Step of a procedure not done, with a reason"),
            "procedure.not_applicable": _("Step of a procedure that does not apply"),
            "procedure.reopened": _("Step of a procedure to do again"),
            "reflection.offer": _("Answer to the reflection period written"),
            "clock.start": _("Time limit started"),
            "clock.meet": _("Time limit met"),
            "clock.stop": _("Time limit stopped"),
            "clock.extend": _("Time limit moved"),
        },
    ),
    (
        "access",
        _("Identity, agreements and access"),
        {
            "identity.enter": _("Identity recorded"),
            "health.write": _("Health written"),
            "offence.write": _("Presumed authors written"),
            "residence.write": _("Right to stay written"),
            "consent.record": pgettext_lazy("journal", "Agreement recorded"),
            "consent.withdraw": _("Agreement withdrawn"),
            "opinion.record": _("Opinion of a child recorded"),
            "case.assign": _("Member assigned to a case"),
            "case.unassign": _("Member no longer assigned to a case"),
            "case.restrict": _("Case kept to those assigned"),
            "case.unrestrict": _("Case open again to its unit"),
        },
    ),
    (
        "matching",
        _("Possible duplicates"),
        {
            "match.found": _("Possible duplicate found"),
            "match.lapsed": _("Possible duplicate no longer alike"),
            "match.read": _("Possible duplicate read"),
            "match.dismiss": _("Possible duplicate left apart"),
            "match.contact": _("Leads of a possible duplicate asked to contact the coordination"),
            "match.link": _("Possible duplicate: cases linked"),
            "match.merge": _("Possible duplicate: cases merged"),
            "match.undo": _("Possible duplicate: merging undone"),
            "match.reopen": _("Possible duplicate to be looked at again"),
            "match.alarm": _("Account to check noticed"),
            "match.alarm_settled": _("Account to check: result written"),
        },
    ),
    (
        "situations",
        _("Collective situations"),
        {
            "situation.start": _("Collective situation started"),
            "situation.alert": _("Alert put in a collective situation"),
            "situation.case": _("Case put in a collective situation"),
            "situation.open": _("Cases opened from a collective situation"),
            "situation.signs": _("Signs entered for a collective situation"),
            "situation.agreements": _("Agreements recorded for a collective situation"),
            "situation.split": _("Persons of a collective situation shared between desks"),
            "situation.send": _("Orientations of a collective situation sent"),
        },
    ),
    (
        "lists",
        _("Exports and imports"),
        {
            "export.ask": _("Export asked for"),
            "export.approve": _("Export approved by a second person"),
            "export.refuse": _("Export refused by a second person"),
            "export.cancel": _("Export cancelled"),
            "export.prepare": _("Export prepared"),
            "export.made": _("Export: file made"),
            "export.fetch": _("Export: file taken"),
            "export.stop": _("Export stopped: its asker may no longer act"),
            "export.expire": _("Export out of time"),
            "import.start": _("Table read in"),
            "import.match": _("Columns of a table matched"),
            "import.load": _("Loading of a table asked for"),
            "import.loaded": _("Table loaded"),
            "import.failed": _("Table not loaded"),
            "import.discard": _("Table thrown away"),
            "import.undo": _("Loading of a table undone"),
        },
    ),
    (
        "organisation",
        _("Organisation and settings"),
        {
            "desk.places": _("Number of places declared"),
            "desk.edit": _("Desk changed"),
            "desk.hours": _("Opening hours changed"),
            "desk.duty": _("Duty list changed"),
            "survey.handed_over": _("Answer to the yearly survey handed over"),
            "notice.preferences": _("Notices by mail chosen"),
            "member.invite": _("Member invited"),
            "member.change": _("Function or roles of a member changed"),
            "member.code": _("Activation code given to a member"),
            "member.off": _("Member switched off"),
            "member.on": _("Member switched on again"),
            "member.heir": _("Work of a member switched off handed to another"),
            "account.activate": _("Account activated by a code"),
            "account.password": _("Password changed by its own person"),
            "account.code": _("Activation code printed by those who run the platform"),
            "admission.propose": _("Organisation proposed"),
            "admission.admit": _("Organisation admitted by a second person"),
            "admission.refuse": _("Organisation refused by a second person"),
            "admission.withdraw": _("Proposal of an organisation taken back"),
        },
    ),
    *journal_policy_words.GROUPS,
)
ACTS = {act: words for _code, _name, acts in GROUPS for act, words in acts.items()}

# first word of the route's name, and the page that refused
CASE_PAGES = (
    "case", "timeline", "secret", "paper", "need", "action", "linked", "episode", "opinion", "consent", "clock",
    "checklist", "procedure", "reflection", "identity",
)  # fmt: skip
PAGES = {
    **dict.fromkeys(CASE_PAGES, _("A page of a case")),
    **dict.fromkeys(("alert", "inbox", "danger"), _("A page of an alert")),
    "orientation": _("A page of an orientation"),
    "match": _("A page of possible duplicates"),
    "situation": _("A page of a collective situation"),
    **dict.fromkeys(("export", "import", "own", "survey"), _("A page of exports, imports or figures")),
    "emergency": _("Emergency access"),
    "journal": _("The journal"),
    **dict.fromkeys(("member", "members", "organisation", "duty"), _("A page of one's organisation")),
    "unknown": _("An address that does not exist"),
}
POLICY = ("plans", "policy", "opendata")


def refused_page(route: str):
    """What a refusal is about: the journal keeps the route's name, which is for those who write the code."""
    space, _colon, name = route.rpartition(":")
    if space in POLICY:
        return _("A page of public policy")
    return PAGES.get(name.partition("-")[0], _("Another page"))


def entries_in_words(entries, references: dict[str, str]) -> list[Entry]:
    """Each entry with `what`, `about` (references, never more) and who: `title`, `unit`. No query a line: members and
    agencies are read once. `references` are those of `nrm.journal_references`, by id."""
    found = list(entries)
    members = Membership.objects.select_related("agency").in_bulk({e.membership_id for e in found} - {None})
    named = {e.subject_id for e in found if e.subject == "agency"}
    agencies = dict(Agency.objects.filter(pk__in=named).values_list("pk", "name"))
    for entry in found:
        refused = entry.outcome == Entry.Outcome.REFUSED
        entry.what = refused_page(entry.action) if refused else ACTS.get(entry.action, now("Another act"))
        entry.member = members.get(entry.membership_id)
        own, case = references.get(entry.subject_id, ""), references.get(str(entry.case_id), "")
        entry.about = [ref for ref in dict.fromkeys((own, case)) if ref]
        entry.words = _about(entry, agencies)
    return found


def _about(entry, agencies) -> str:
    """What has no reference, and may be named: a unit, an account."""
    if entry.subject == "agency":
        return agencies.get(int(entry.subject_id), "")
    if entry.subject == "membership":
        return now("account no. %(number)s") % {"number": entry.subject_id}
    return ""
