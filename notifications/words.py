"""Define the closed list of kinds of notices. An event of another kind is refused where it is written.

`label` is shown inside the application only. A mail never tells the kind, which somebody else could read. It says one
of four things, `mail`: something waits for an answer, something is to be read, look at once, something ended.
"""

import uuid
from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext_lazy as _

from agencies.members.rules import WORKS, WRITES
from agencies.models import Kind as Sort
from agencies.models import Role

ANSWER, READ, URGENT, ENDED, ACCOUNT, LOCKED = "answer", "read", "urgent", "ended", "account", "locked"
CHANGED, PLACE = "changed", "place"
VITAL = "alert_vital"
NEVER_MUTED = (VITAL, "account_code", "account_locked", "account_factor", "account_changed", "account_place",
               "account_unused", "breach_reported", "breach_undecided", "breach_soon", "breach_late")  # fmt: skip
POLICY = (Role.POLICY,)


class Priority(IntEnum):
    """Order what waits to be sent: what is of one person never waits behind what goes to thousands at once."""

    VITAL = 0
    ORDINARY = 1
    BULK = 2


@dataclass(frozen=True)
class Kind:
    code: str
    label: str
    mail: str
    roles: tuple[str, ...] = ()  # empty: the roles of its group
    persons: bool = False  # no program is told, nor learns that there is such a kind

    @property
    def can_be_muted(self) -> bool:
        """Return whether mails of this kind are optional: all but a danger to life, one's own account and a
        breach of data whose clock runs."""
        return self.code not in NEVER_MUTED

    @property
    def urgent(self) -> bool:
        return self.mail == URGENT

    @property
    def priority(self) -> Priority:
        return Priority.VITAL if self.code == VITAL else Priority.BULK if self.code in BULK else Priority.ORDINARY


@dataclass(frozen=True)
class Group:
    """Define kinds about one subject, as offered for choice."""

    code: str
    label: str
    roles: tuple[str, ...]
    kinds: tuple[Kind, ...]


ADMIN = (Role.AGENCY_ADMIN,)
# kinds by subject
RECEIVED = (
    Kind("alert_vital", _("An alert needs the answer of your service at once"), URGENT),
    Kind("alert_sent", _("An alert was sent to your service"), ANSWER),
    Kind("alert_escalated", _("An alert left without an answer is waiting for your service"), ANSWER),
    Kind("alert_reminder", _("An alert is still waiting for your service: half of the time has passed"), ANSWER),
    Kind("alert_left_open", _("Nobody closed an alert sent to your service a year ago, and no case followed"), ANSWER),
    Kind("alert_addition", _("Something was added to an alert sent to your service"), ANSWER),
    Kind("alert_stand_down", _("Another service acts and says that yours has nothing to do: confirm it"), ANSWER),
    Kind("alert_reached", _("Another service noted that it reached yours by phone about an alert"), READ),
    Kind("alert_taken", _("Another service opened a case after an alert sent to yours"), READ),
    Kind("alert_acting", _("Another service is acting on an alert sent to yours"), READ),
    Kind("alert_confirmed", _("Another service confirmed that it has nothing to do on an alert"), READ),
    Kind("alert_closed_elsewhere", _("Another service closed, for its part, an alert sent to yours"), READ),
    Kind("alert_passed_on", _("An alert that waited at your service was passed on to another one"), READ),
)
ALERTS = (
    Kind("alert_opened", _("Your alert was read"), READ),
    Kind("alert_acted", _("A case was opened after your alert"), READ),
    Kind("alert_taken_up", _("A service is acting after your alert"), READ),
    Kind("alert_redirected", _("A service sent your alert on to another one"), READ),
    Kind("alert_readdressed", _("Without an answer, the coordination sent your alert on to another service"), READ),
    Kind("alert_left", _("Without an answer in your organisation, your alert went to another service"), READ),
    Kind("alert_closed", _("Your alert was closed"), READ),
    Kind("alert_case_moved", _("The status of the case opened after your alert has changed"), READ),
)
REQUESTS = (
    Kind("orientation_sent", _("A request was sent to your service"), ANSWER),
    Kind("orientation_reminder", _("A request is still waiting for your service: half of the time has passed"), ANSWER),
    Kind("orientation_escalated", _("A request left without an answer was escalated"), ANSWER),
    Kind("orientation_question", _("A service asks a question before it answers"), ANSWER),
    Kind("orientation_answered", _("Your question about a request has an answer"), ANSWER),
    Kind("orientation_message", _("A message about a request"), READ),
    Kind("orientation_opened", _("A request was read"), READ),
    Kind("orientation_accepted", _("A request was accepted"), READ),
    Kind("orientation_declined", _("A request was declined"), READ),
    Kind("orientation_started", _("The support asked for has begun"), READ),
    Kind("orientation_completed", _("The support asked for is completed"), READ),
    Kind("orientation_expired", _("A request expired without an answer"), READ),
    Kind("orientation_withdrawn", _("A request was withdrawn"), READ),
)
CASES = (
    Kind("case_opened", _("A case was opened"), READ),
    Kind(
        "case_addition",
        _("Something was added to a case you lead or to an alert joined to it, or a report made of it counts no more"),
        READ,
    ),
    Kind(
        "report_owed",
        _("A report in writing is still to be sent for a case: an alert joined it, or a request came to nothing"),
        ANSWER,
    ),
    Kind("case_moved", _("The status of a case has changed"), READ),
    Kind("case_relocated", _("Another unit coordinates a case, or its place changed"), READ),
    Kind("case_warned", _("No embassy or consulate must learn of a person you follow: read the warning"), URGENT),
    Kind("statement_made", _("An authority gave its view on a person's situation"), READ),
    Kind("file_refused", _("A document that you added was refused when it was checked"), READ),
    Kind("hold_asked", _("A case is kept from being erased: a second person has yet to confirm it"), ANSWER),
    Kind(
        "hold_end_asked",
        _("The end of the keeping of a case is asked for: without an answer of its keeper, others may decide"),
        ANSWER,
    ),
    Kind("hold_ended", _("A case is no longer kept from being erased: its erasure can be prevented again"), READ),
    Kind("hold_stays", _("A case stays kept from being erased: the end of its keeping was refused"), READ),
    Kind("hold_waits", _("The keeping of a case, or its end, still waits for a second person"), ANSWER),
    Kind("hold_review", _("What keeps a case from being erased is to be looked at again"), ANSWER),
    Kind(
        "archive_waits", _("Something waits in an archived case: open it from the archives, saying why"), ANSWER, WORKS
    ),
    Kind(
        "archive_left", _("Something waits in an archived case that nobody may open: have it taken over"), ANSWER, ADMIN
    ),
    Kind(
        "archive_opened", _("A member of your organisation opened an archived case"), READ, (*WORKS, Role.AGENCY_ADMIN)
    ),
    Kind("limitation_stands", _("The use of a person's data is still limited: see whether it should be"), ANSWER),
    Kind("consent_withdrawn", _("The person withdrew an agreement"), READ),
    Kind("break_glass", _("Somebody used emergency access to a case"), URGENT),
    Kind("access_ended", _("Your access to a case ended"), ENDED),
)
DUPLICATES = (
    Kind("match_found", _("Two cases may be about one person"), READ, (Role.COORDINATOR,)),
    Kind("contact_asked", _("Your coordination asks your service to contact it"), ANSWER),
    Kind("case_merged", _("A case was closed as a duplicate"), READ),
    Kind("case_parted", _("A case closed as a duplicate was opened again"), READ),
    Kind("match_alarm", _("An account causes many possible duplicates"), READ, (Role.COORDINATOR, Role.AUDITOR)),
)
LIMITS = (
    Kind("clock_soon", _("A time limit of a case comes to its end"), READ),
    Kind("clock_late", _("A time limit of a case has passed"), ANSWER),
    Kind("data_request_soon", _("A request of the person about their data is to be answered within a week"), ANSWER),
    Kind("data_request_late", _("The time to answer a request of the person about their data has passed"), ANSWER),
    # a requisition, which no text of a mail may name: an enquiry is secret
    Kind("answer_owed", _("An answer that your organisation owes in a case is awaited"), ANSWER, persons=True),
    Kind("answer_decided", _("A colleague decided of an answer of your organisation: read it"), READ, persons=True),
    Kind("reading_limit", _("Somebody reached a limit of reading"), ANSWER, (*WORKS, Role.AGENCY_ADMIN, Role.AUDITOR)),
    Kind("capacity_stale", _("Your service's places were declared more than a week ago"), ANSWER),
)
_KEEPERS = (Role.AGENCY_ADMIN, Role.DPO, Role.AUDITOR, Role.COORDINATOR)
BREACHES = (
    Kind("breach_reported", _("Personal data may have leaked: read the report at once"), URGENT, _KEEPERS),
    Kind("breach_soon", _("A data breach: 24 hours at most are left to notify the CNIL"), URGENT, _KEEPERS),
    Kind(
        "breach_late",
        _("A data breach: the 72 hours of the CNIL have passed, and two have not decided"),
        URGENT,
        _KEEPERS,
    ),
    Kind("breach_open", _("A data breach is still open"), ANSWER, _KEEPERS),
    Kind(
        "breach_decided", _("A data breach: one person decided, a second agrees or the decision is taken back"), ANSWER
    ),
    Kind("breach_undecided", _("A data breach: the decisions were taken back, they are to be taken again"), URGENT),
    Kind("breach_closing", _("Somebody asks to close a data breach: a second person has to confirm it"), ANSWER),
    Kind("breach_closed", _("A data breach that you reported, or answer for, was closed"), READ),
    Kind("breach_reopened", _("A data breach was opened again"), READ),
    Kind(
        "breach_read",
        _("An account that may be misused has read a case that you lead: see who consulted it, and protect the person"),
        ANSWER,
        WORKS,
    ),
)
EXPORTS = (
    Kind("export_waiting", _("An export is waiting for a second person"), ANSWER, (*WORKS, Role.AGENCY_ADMIN)),
    Kind("export_refused", _("Your export was refused"), READ),
    Kind("export_ready", _("Your export is ready"), READ),
)
MEMBERS = (
    Kind("account_code", _("A code was made for your account: call your administrator if you did not ask"), ACCOUNT),
    Kind("account_locked", _("Many wrong passwords or codes were typed for your account"), LOCKED),
    Kind(
        "account_factor",
        _("Somebody says that you lost your second factor: call your administrator at once if you have it"),
        ACCOUNT,
    ),
    Kind(
        "account_changed", _("Password, second factor or linked identity of your account changed: was it you?"), CHANGED
    ),
    Kind("account_place", _("Your account was opened from a place where it never was: was it you?"), PLACE),
    Kind("account_unused", _("Your account is not used: sign in, or it will be switched off"), READ),
    Kind("member_unused", _("The account of a member is not used: it will be switched off"), READ, ADMIN),
    Kind(
        "member_stays",
        _("The account of a member is not used, and nobody else does what it is for"),
        ANSWER,
        (*WORKS, Role.AGENCY_ADMIN, Role.AUDITOR),
    ),
    Kind("member_locked", _("Many wrong passwords or codes were typed for a member's account"), READ, ADMIN),
    Kind(
        "member_waiting",
        _("What was asked for a member is waiting for a second person"),
        ANSWER,
        (*WORKS, Role.AGENCY_ADMIN),
    ),
    Kind(
        "member_changed", _("A member of your organisation was invited, switched on or off, or given other roles"), READ
    ),
    Kind("member_code", _("A code was made for a member of your organisation"), READ),
    Kind(
        "hook_stopped",
        _("A program of your organisation was not told what happened: open it to see why"),
        ANSWER,
        ADMIN,
    ),
    Kind("member_decided", _("A request of roles for a member of your organisation was agreed to or refused"), READ),
)
DESKS = (
    Kind("desk_asked", _("A service asks to receive more: places, people, services or a back-up service"), ANSWER),
    Kind("stand_in_asked", _("A service asks that yours stands in for it"), ANSWER),
    Kind("desk_decided", _("What your service asked to receive, or what it is known as by law, was decided"), READ),
)
MONEY = (
    Kind("campaign_opened", _("The yearly budget form is open: please fill in yours"), ANSWER),
    Kind("campaign_reminder", _("Your yearly budget form is still awaited"), ANSWER),
    Kind("evaluation_asked", _("The release of your organisation's evaluation waits for the coordination"), READ),
    Kind(
        "evaluation_waiting",
        _(
            "The release of an evaluation of a plan waits for the agreement of a second person: open it to see"
            " whether you may give it"
        ),
        ANSWER,
    ),
    Kind(
        "evaluation_decided",
        _(
            "The request to release your organisation's evaluation of a plan was approved, sent back or withdrawn:"
            " open it to see what follows"
        ),
        READ,
    ),
    Kind("evaluation_released", _("An evaluation of a plan was released"), READ),
    Kind("evaluation_reply", _("Your organisation may answer an evaluation that was released"), ANSWER),
    Kind("evaluation_answered", _("Your organisation's evaluation has an answer"), READ),
)
PARTICIPATION = (
    Kind("consultation_opened", _("A consultation is open: your organisation may contribute"), READ),
    Kind("contribution_answered", _("Your organisation's contribution has an answer"), READ),
    Kind("contribution_name_withdrawn", _("A passage was removed from what your organisation published"), READ),
    Kind("contribution_name_restored", _("An organisation put back words taken out of its contribution"), READ),
    Kind("contribution_due", _("A contribution is waiting for your answer: its time limit is near"), ANSWER),
    Kind("contribution_late", _("The time to answer a contribution is past: the public reads that it is late"), ANSWER),
    Kind("evidence_asked", _("A questionnaire is waiting for your organisation's answer"), ANSWER),
    Kind(
        "evidence_reminder", _("A questionnaire is still waiting for your organisation's answer: a week left"), ANSWER
    ),
)
COMMITTEE = (
    Kind("meeting_planned", _("A meeting of the steering committee is planned"), READ),
    Kind("meeting_moved", _("A meeting of the steering committee is postponed or cancelled"), READ),
    Kind("agenda_published", _("The agenda of a meeting of the steering committee is published"), READ),
    Kind("minutes_published", _("The minutes of a meeting of the steering committee are published"), READ),
)
# roles to which each may come; referral/sql/notices.sql finds the members
GROUPS = (
    Group("received", _("Alerts sent to your service"), WORKS, RECEIVED),
    Group("alerts", _("Your own alerts"), WRITES, ALERTS),
    Group("requests", _("Requests between services"), WORKS, REQUESTS),
    Group("cases", _("Cases"), WORKS, CASES),
    Group("duplicates", _("Possible duplicates"), WORKS, DUPLICATES),
    Group("limits", _("Time limits and places"), WORKS, LIMITS),
    Group("breaches", _("Data breaches"), tuple(Role), BREACHES),
    Group("exports", _("Exports"), WORKS, EXPORTS),
    Group("members", _("Members of your organisation"), tuple(Role), MEMBERS),
    Group("desks", _("What services receive"), (Role.COORDINATOR, Role.AGENCY_ADMIN), DESKS),
    Group("money", _("Plan and money"), POLICY, MONEY),
    Group("participation", _("Participation and questionnaires"), POLICY, PARTICIPATION),
    Group("committee", _("Steering committee"), POLICY, COMMITTEE),
)
KINDS = {kind.code: kind for group in GROUPS for kind in group.kinds}
# mailings: what goes to everybody of public policy, or is told of many accounts or desks on one day; days are left
BULK = (
    *(kind.code for kind in (*MONEY, *PARTICIPATION, *COMMITTEE)), "account_unused", "member_unused", "capacity_stale",
)  # fmt: skip


def offered(actor) -> list[tuple[Group, list[Kind]]]:
    """Return the kinds that may come to this member, by group, without empty groups. A company learns that its alert
    was read, and nothing of what follows (`nrm.fan_out`).
    """
    never = set(ALERTS[1:]) if actor.agency.kind == Sort.EMPLOYER else set()
    found = [
        (group, [kind for kind in group.kinds if kind not in never and actor.has(*(kind.roles or group.roles))])
        for group in GROUPS
    ]
    return [(group, kinds) for group, kinds in found if kinds]


@dataclass(frozen=True)
class Subject:
    """Define what events are about.

    `audiences`: those it can name (others raise, since the fan-out would find nobody); `page`: route a notice opens;
    `author_page`: route for its author; `numbered`: its key is a number, and events use a UUID made of it.
    """

    audiences: frozenset[str]
    page: str
    author_page: str = ""
    numbered: bool = False


def _about(audiences: str, page: str, **more) -> Subject:
    return Subject(frozenset(audiences.split()), page, **more)


SUBJECTS = {
    "case": _about("holders lead coordination", "referral:case-list"),
    "alert": _about("desk author", "referral:inbox-alert", author_page="referral:alert-detail"),
    "orientation": _about("desk author sender holders lead coordination", "referral:orientation-detail"),
    "desk": _about("", "referral:organisation"),
    "casefile": _about("author", "referral:file-detail"),
    # sender: the agency that put it; author: who confirmed it; `agencies`: that of whoever asked for its end
    "legalhold": _about("sender author lead coordination", "referral:hold-detail"),
    # members: those who may open it; its administrators, who may not, are led to their organisation
    "archive": _about("members admins", "referral:archive-open", author_page="referral:organisation"),
    "clock": _about("lead author", "referral:clock-detail"),
    # the desk: the agency that received it and the lead, named by `agencies`
    "datarequest": _about("desk", "referral:data-request"),
    "requisition": _about("desk", "referral:requisition"),  # the agency that received it, and no other
    "match": _about("coordination", "referral:match-detail"),
    "matchalarm": _about("national audit", "referral:match-alarm"),
    "readingalarm": _about("second admins audit", "referral:reading-alarm"),
    # readers: who answers for it, and who audits; author: who reported it
    "breach": _about("readers author", "referral:breach"),
    "export": _about("asker second", "referral:export-detail"),
    "deskchange": _about("coordination desk asker", "referral:desk-change"),
    "memberchange": _about("members person admins second", "referral:arrival"),
    "hook": _about("admins", "referral:hook"),
    # one's own: the membership that is told; its page needs no id
    "account": _about("person", "referral:sessions", numbered=True),
    # the desk: every agency that takes part in public policy
    "consultation": _about("desk", "plans:consultation-detail"),
    # author: the members of its agency; coordination: those of the coordinating body, which must answer
    "contribution": _about("author coordination", "plans:contribution-detail"),
    # the desk, from here on: the bodies or units named by `agencies`
    "question": _about("desk", "plans:question"),
    "evaluation": _about("desk", "plans:evaluation-detail"),
    "campaign": _about("desk", "plans:money-campaign-grid", numbered=True),
    "meeting": _about("desk", "plans:meeting", numbered=True),
}


def identifier(pk: uuid.UUID | int) -> uuid.UUID:
    """Return the UUID that events use for a key."""
    return pk if isinstance(pk, uuid.UUID) else uuid.UUID(int=pk)


def key(subject: str, identifier: uuid.UUID) -> uuid.UUID | int:
    """Return the key that the subject's page expects."""
    return identifier.int if subject in SUBJECTS and SUBJECTS[subject].numbered else identifier


class UnknownKind(ValueError):
    """Signal a kind that is not declared: add it to KINDS, with its French."""


def kind(code: str) -> Kind:
    """Return a kind by its code. Raises UnknownKind."""
    if code not in KINDS:
        raise UnknownKind(code)
    return KINDS[code]


def page(subject: str, as_author: bool) -> str | None:
    """Return the route that a notice opens; None when there is nothing to see any more."""
    found = SUBJECTS.get(subject)
    return found and ((as_author and found.author_page) or found.page)
