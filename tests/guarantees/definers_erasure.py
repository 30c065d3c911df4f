"""The world and the calls of `expected/definers_erasure.csv`: a case to erase, and what it shares with another one."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Kind, Membership, Role
from foundation.actor import acting_as
from notifications.models import Event
from referral.models import (
    Alert,
    AlertAddition,
    AlertDesk,
    AlertLink,
    AlertMove,
    CaseMove,
    CaseTerm,
    LegalHold,
    Match,
    OrientationDesk,
    Situation,
    SituationAlert,
    SituationCase,
)
from tests import factories as f
from tests.roles import as_role
from victims.models import Archive, Assignment, Case, CaseAccess, DataRequest, Limitation, Restriction

from .definers import Call, Stage
from .definers_guards import guard

LOOKS = {
    "things": "SELECT format('case %s', id) FROM victims_case UNION ALL"
    " SELECT format('alert %s of %s case', id, COALESCE(NULLIF(case_status, ''), 'no')) FROM referral_alert"
    " UNION ALL SELECT format('request %s', id) FROM referral_orientation"
    " UNION ALL SELECT format('match %s', id) FROM referral_match"
    " UNION ALL SELECT format('site %s', id) FROM referral_situation",
    "rows": "SELECT format('%s of %s', alert_id, case_id) FROM referral_alertlink UNION ALL"
    " SELECT format('%s kept by #%s for %s%s', alert_id, agency_id, kept_cases[1],"
    " CASE WHEN stays_kept THEN ', for good' END) FROM referral_alertdesk WHERE kept_cases IS NOT NULL OR stays_kept"
    " UNION ALL SELECT format('%s kept where it was written for %s%s', id, kept_cases[1],"
    " CASE WHEN stays_kept THEN ', for good' END) FROM referral_alert WHERE kept_cases IS NOT NULL OR stays_kept"
    " UNION ALL SELECT format('%s over for #%s', alert_id, agency_id) FROM referral_alertdesk WHERE NOT live",
    "told": "SELECT format('event of %s', subject_id) FROM notifications_event UNION ALL"
    " SELECT format('%s %s left #%s', noun, thing, agency_id) FROM victims_departure",
    "register": "SELECT format('%s erased: %s', kind, ground) FROM referral_erasure",
}
LOOKS |= {
    "terms": "SELECT format('%s has a time', case_id) FROM referral_caseterm",
    "holds": "SELECT format('%s of %s, last by ~%s%s', state, case_id, COALESCE(end_by_id, by_id),"
    " ', confirmed by ~' || confirmed_by_id) FROM referral_legalhold",
}
ALL = ("things", "rows", "told", "register")
CALLS = {
    "erase_case": Call(
        "SELECT nrm.erase_case(%(case)s)::text", ("things", "register"), {"case": "@gone"}, role="nrm_worker"
    ),
    "erase_alert": Call(
        "SELECT nrm.erase_alert(%(alert)s)::text", ("things", "register"), {"alert": "@followed_up"}, role="nrm_worker"
    ),
    "erase_alert_rows": Call(
        "SELECT nrm.erase_alert_rows(%(alert)s, 'replayed')::text", ALL, {"alert": "@followed_up"}, role="nrm_owner"
    ),
    "term_over": guard(
        "UPDATE victims_case SET status = %(state)s, closure_reason = %(why)s WHERE id = %(case)s",
        "terms",
        case="@gone",
        state="open",
        why="",
    ),
    "hold_guard": guard(
        "INSERT INTO referral_legalhold (id, case_id, agency_id, ground, state, data, review_on, by_id,"
        " at, changed_at) SELECT gen_random_uuid(), %(case)s, nrm.agency(), 'claim', 'asked', '\\x00',"
        " nrm.today() + %(days)s::int, nrm.membership(), now(), now()",
        "holds",
        case="@other",
        days="1",
    ),
    "decide_hold": Call(
        "SELECT nrm.decide_hold(%(hold)s, %(act)s)::text", ("holds",), {"hold": "@asked_hold", "act": "confirm"}
    ),
    "held_before": Call("SELECT nrm.held_before(%(case)s)", words={"case": "@held"}),
    "case_goes_on": Call(
        "SELECT nrm.case_goes_on(%(case)s, NULLIF(%(quiet)s, '')::interval)",
        words={"case": "@like_open", "quiet": ""},
        role="nrm_worker",
    ),
    "what_keeps": Call(
        "SELECT concat(CASE WHEN waits THEN 'waits ' END,"
        " 'until ' || round(extract(epoch FROM until - now()) / 86400)) FROM nrm.what_keeps(%(case)s)",
        words={"case": "@held"},
    ),
    "alert_kept": Call(
        "SELECT k FROM unnest(nrm.alert_kept(%(alert)s, %(agency)s)) k",
        words={"alert": "@of_two", "agency": "@asked", "filed": ""},
        before="UPDATE victims_restriction SET by_id = NULL WHERE %(filed)s = 'y'",
        role="nrm_owner",
    ),
    "erase_rows": Call("SELECT nrm.erase_rows(%(case)s, 'replayed')::text", ALL, {"case": "@gone"}, role="nrm_owner"),
}


ALERTS = (
    "alone",
    "shared",
    "elsewhere",
    "followed_up",
    "closed_late",
    "waiting",
    "linked",
    "added_late",
    "at_desk",
    "of_two",
    "once_kept",
    "once_written",
)
GOING_ON = {"at_desk_of": "its_desk", "moved_of": "its_move", "added_of": "its_addition"}  # a closed case, its alert
LONG_AGO = (
    *("gone", "held", "apart", "asks", "asked_of", "let_go", "double_of", "kept_of_two", "like_open", "like_closed"),
    *("limited", "unlimited", "like_waits", "like_linked", "half_filed", "kept_filed"),
    *GOING_ON,
)
PAIRS = {"double": ("other", "gone"), "double_other": ("other", "third"), "followed": ("other", "like_open")}
PAIRS |= {"over": ("like_closed", "late"), "waits": ("other", "like_waits"), "tied": ("other", "like_linked")}
DECIDED = {"double": "apart", "followed": "contact", "over": "contact", "tied": "linked"}  # the others wait
# holds of which nobody answered the end since it was first asked for, so many days ago, whoever asked again since
UNANSWERED = {"ending_unanswered": 63, "unanswered_by_soon": 63, "unanswered_again": 63}
UNANSWERED |= {"apart_unanswered": 123, "apart_long_unanswered": 125}
HOLD = {"ground": "claim", "review_on": date(2030, 1, 1), "data": {}}


def erasure() -> Stage:
    f.national()
    lead = f.member(f.coordination(), Role.COORDINATOR)
    author, asked = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), f.shelter()
    shelter = f.shelter()
    who = {"lead": lead, "mate": f.member(lead.agency, Role.COORDINATOR), "stranger": f.member(f.shelter())}
    who |= {name: f.member(shelter) for name in ("kept_in", "kept_out")}
    who |= {name: f.member(f.shelter()) for name in ("status", "past", "soon", "left", "filed")}
    f.program(who["left"].agency, Role.CASE_WORKER)  # nobody but a program is left there
    names = {"unit": lead.agency_id, "asked": asked.pk, "school": author.agency_id, "nobody": None}
    cases = {name: f.bare_case(lead) for name in ("other", "third", "late", *LONG_AGO)}
    alerts = {name: f.sent_alert(author, desks=[lead.agency_id, asked.pk]) for name in (*ALERTS, *GOING_ON.values())}
    # of two cases: kept by two desks, of which one follows the case that is left, and by no third
    alerts["of_both"] = f.sent_alert(author, desks=[lead.agency_id, asked.pk, shelter.pk])
    requests = {
        name: f.orientation(lead, cases[case], asked)
        for name, case in {"ask": "gone", "ask_kept": "gone", "ask_other": "other"}.items()
    }
    with as_role("nrm_owner"):
        for alert, case in (("alone", "gone"), ("shared", "gone"), ("shared", "other"), ("elsewhere", "other"),
                            ("of_both", "gone"), ("of_both", "other")):  # fmt: skip
            AlertLink.objects.create(alert=alerts[alert], case=cases[case])
        rows = AlertDesk.objects.filter(agency=asked)
        Restriction.objects.create(case=cases["third"], agency=asked, by=f.member(asked))
        for alert, agency in (("of_two", lead.agency), ("once_kept", asked), ("once_written", None)):
            for case in ("third", "late"):
                AlertLink.objects.create(alert=alerts[alert], case=cases[case])
            AlertDesk.objects.filter(alert=alerts[alert], agency=agency).update(stays_kept=True)
        Alert.objects.filter(pk=alerts["once_written"].pk).update(stays_kept=True)
        for alert, kept in (("shared", "gone"), ("elsewhere", "gone"), ("of_both", "other")):
            Alert.objects.filter(pk=alerts[alert].pk).update(kept_cases=[cases[kept].pk])
        for alert, kept in (("alone", "gone"), ("shared", "gone"), ("elsewhere", "gone")):
            rows.filter(alert=alerts[alert]).update(kept_cases=[cases[kept].pk])
        AlertDesk.objects.filter(alert=alerts["of_both"]).exclude(agency=shelter).update(kept_cases=[cases["gone"].pk])
        AlertDesk.objects.filter(agency=lead.agency, alert=alerts["shared"]).update(kept_cases=[cases["other"].pk])
        OrientationDesk.objects.filter(orientation=requests["ask_kept"]).update(kept_cases=[cases["gone"].pk])
        matches = {
            name: _match(name, sorted([cases[one].pk, cases[two].pk]), state=DECIDED.get(name, "open"))
            for name, (one, two) in PAIRS.items()
        }
        sites = _sites(lead, cases, alerts)
        for half, kept in (("double_of", "kept_of_two"), ("half_filed", "kept_filed")):
            merged = {"state": "merged", "kept": cases[kept]}
            _match(f"merged {half}", sorted(cases[name].pk for name in (half, kept)), **merged)
        for name in ("late", *LONG_AGO):
            _closed(cases[name], lead, 300 if name == "late" else 900)
        for name in ("gone", "late", "kept_of_two", "kept_filed"):
            filed = timezone.now() if name == "kept_filed" else None
            term = {"closed_at": timezone.now(), "erased_on": timezone.localdate(), "archived_at": filed}
            CaseTerm.objects.create(case=cases[name], **term)
        holds = {
            f"{name}_hold": LegalHold.objects.create(
                case=cases[case],
                state="ending" if name in UNANSWERED else name.split("_")[0],
                by=who[by],
                agency=who[by].agency,
                end_by=who.get(end),
                confirmed_by=who["mate"] if name == "ending_kept" else None,
                end_asked_at=None if name.split("_")[0] in ("asked", "standing") else timezone.now(),
                **HOLD,
            )
            for name, case, by, end in (
                ("asked", "held", "lead", ""),
                ("standing", "held", "lead", ""),
                ("ending", "held", "lead", "lead"),
                ("ended", "gone", "lead", "lead"),
                ("ended_by_soon", "held", "lead", "soon"),
                ("ending_of_soon", "held", "soon", "lead"),  # of one agency, its end asked for by another
                ("ending_by_soon", "held", "soon", "soon"),
                ("ending_kept", "held", "lead", "lead"),
                ("ending_of_status", "held", "status", "lead"),  # it reads the state of the case alone
                ("ending_of_left", "held", "left", "kept_in"),
                ("ending_filed", "held", "filed", "kept_in"),
                ("ending_early", "held", "soon", "kept_in"),
                ("ending_unanswered", "held", "soon", "kept_in"),
                ("unanswered_by_soon", "held", "soon", "soon"),
                ("unanswered_again", "held", "soon", "lead"),  # the coordination asked in their place
                ("ending_apart", "apart", "left", "kept_in"),  # its coordination does not see it
                ("apart_unanswered", "apart", "soon", "kept_in"),
                ("apart_long_unanswered", "apart", "soon", "kept_in"),
            )
        }
        Membership.objects.filter(pk=who["left"].pk).update(active=False)
        _asked(cases["asks"], lead)
        ended = {"ended_at": timezone.now(), "ended_by": lead, "ended_because": "asked"}
        for case, over in (("limited", {}), ("unlimited", ended)):
            Limitation.objects.create(case=cases[case], agency=lead.agency, by=lead, **over)
        for case, days in (("gone", 63), ("asked_of", 61)):
            ended = {"ended_at": timezone.now() - timedelta(days=days), "ended_by": lead, "outcome": {"text": "x"}}
            _asked(cases[case], lead, state="refused", **ended)
        LegalHold.objects.create(case=cases["let_go"], state="ended", by=lead, agency=lead.agency, **HOLD)
        for hold in LegalHold.objects.all():
            hold.changed_at = timezone.now() - timedelta(days=6 if hold.case == cases["let_go"] else 8)
            hold.save(update_fields=["changed_at"])
        for name, days in UNANSWERED.items():
            first = timezone.now() - timedelta(days=days)
            LegalHold.objects.filter(pk=holds[f"{name}_hold"].pk).update(end_asked_at=first)
        for case in (cases["gone"], cases["other"]):
            about = {"subject": "case", "subject_id": case.pk, "reference": case.reference}
            Event.objects.create(kind="case_moved", audience=["lead"], **about)
        for match in matches.values():
            about = {"subject": "match", "subject_id": match.pk, "reference": match.reference}
            Event.objects.create(kind="match_found", audience=["coordination"], **about)
        AlertLink.objects.create(alert=alerts["linked"], case=cases["other"])
        for name in ("followed_up", "closed_late", "linked", "added_late", "at_desk"):
            Alert.objects.filter(pk=alerts[name].pk).update(state="closed")
        for case, alert in GOING_ON.items():
            AlertLink.objects.create(alert=alerts[alert], case=cases[case])
        _went_on(author, alerts, asked)
        rows.filter(alert=alerts["followed_up"]).update(kept_cases=[cases["third"].pk])
        # out of date, so that one sees which are counted again
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts.values()]).update(case_status="")
        Case.objects.filter(pk=cases["apart"].pk).update(coordination=who["stranger"].agency)
    for name in ("held", "apart"):
        _accesses(cases[name], who)
    with as_role("nrm_owner"):  # which its agency may open from its archive
        filed = {"case": cases["held"], "agency": who["filed"].agency}
        Restriction.objects.create(archived_at=timezone.now(), **filed)
        day = {"closed_at": timezone.now(), "erased_on": timezone.localdate(), "reference": "x"}
        Archive.objects.create(at=timezone.now(), **day, **filed)
    with as_role("nrm_owner"):  # of an alert that is not shared
        _access(cases["moved_of"], asked.pk, 2)
    f.bare_case(who["stranger"])  # its own: it sees the summary of a case, not of this one
    names |= {f"{name}.member": member.pk for name, member in who.items()}
    for things in (cases, alerts, requests, matches, sites, holds):
        names |= {name: thing.pk for name, thing in things.items()}
    return Stage(names, {**who, "system": None}, CALLS, LOOKS)


def _asked(case, by, **ended) -> None:
    said = {"kind": "erasure", "received_on": date(2026, 1, 31), "due_on": date(2026, 2, 28), "data": {"text": "x"}}
    said |= {"asked_by": "person", "identity": "known", "reference": case.reference}
    DataRequest.objects.create(case=case, agency=by.agency, by=by, **said, **ended)


def _accesses(case, who) -> None:
    """Accesses to the held case: of the summary, of the state alone, ended, and kept to some members."""
    now = timezone.now()
    with as_role("nrm_owner"):
        for name, level, until in (
            ("status", 1, None), ("past", 2, -1), ("soon", 2, 1), ("kept_in", 2, None), ("left", 2, None),
            ("filed", 2, None),
        ):  # fmt: skip
            _access(case, who[name].agency_id, level, until and now + timedelta(hours=until))
        mine = {"case": case, "agency": who["kept_in"].agency, "by": who["kept_in"]}
        Assignment.objects.create(membership=who["kept_in"], **mine)
        Restriction.objects.create(**mine)


def _access(case, agency_id, level: int, until=None) -> None:
    born = CaseAccess.objects.get(case=case, lead=True)
    values = {field.attname: getattr(born, field.attname) for field in born._meta.local_concrete_fields}
    CaseAccess.objects.create(**values | {"agency_id": agency_id, "level": level, "lead": False, "until": until})


def _went_on(author, alerts, asked) -> None:
    """What was done with these alerts: moved and added to long ago, no desk waited for, but for those named so."""
    long_ago = timezone.now() - timedelta(days=400)
    AlertMove.objects.exclude(alert__in=[alerts["closed_late"], alerts["its_move"]]).update(at=long_ago)
    for name, at in (
        ("alone", long_ago),
        ("followed_up", long_ago),
        ("added_late", timezone.now()),
        ("its_addition", timezone.now()),
    ):
        AlertAddition.objects.create(alert=alerts[name], by=author, at=at, text={})
    # what was added opened two of them again: they were closed since
    AlertMove.objects.filter(action__in=("add", "add_on")).delete()
    again = [alerts[name].pk for name in ("followed_up", "added_late")]
    Alert.objects.filter(pk__in=again).update(state="closed")
    calm = AlertDesk.objects.exclude(alert__in=[alerts["at_desk"], alerts["its_desk"]])
    calm.update(due_at=None)
    calm.filter(alert=alerts["shared"]).update(live=False, due_at=long_ago)
    calm.filter(alert=alerts["followed_up"]).exclude(agency=asked).update(live=False, due_at=long_ago)


def _match(name: str, pair: list, **fields) -> Match:
    return Match.objects.create(first_id=pair[0], second_id=pair[1], strength="likely", digest=name, **fields)


def _closed(case, lead, days) -> None:
    at = timezone.now() - timedelta(days=days)
    with acting_as(lead):
        said = {"action": "close", "before": "open", "after": "closed", "reason": "autonomy"}
        CaseMove.objects.create(case=case, membership=lead, agency=lead.agency, at=at, **said)


def _sites(lead, cases, alerts) -> dict[str, Situation]:
    """Collective situations by what they hold."""
    mine = {"agency": lead.agency}
    said = {"sort": "raid", "happened_on": timezone.localdate(), "territory": cases["gone"].territory, "data": {}}
    held = {
        "site": (["gone"], []),
        "site_alert": ([], ["alone"]),
        "site_case_stays": (["gone", "other"], []),
        "site_alert_stays": ([], ["alone", "elsewhere"]),
        "site_other": (["other"], []),
        "site_empty": ([], []),
    }
    found = {}
    for name, (those, told) in held.items():
        found[name] = Situation.objects.create(created_by=lead, **mine, **said)
        for number, case in enumerate(those, 1):
            SituationCase.objects.create(situation=found[name], case=cases[case], number=number, **mine)
        for alert in told:
            SituationAlert.objects.create(situation=found[name], alert=alerts[alert], **mine)
    return found
