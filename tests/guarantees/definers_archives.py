"""The world and the calls of `expected/definers_archives.csv`: closed cases, archived ones, who opens them."""

from datetime import timedelta

from django.contrib.postgres.functions import TransactionNow
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import CaseMove, CaseTerm, LegalHold
from tests import factories as f
from tests.roles import as_role
from victims.models import Archive, Assignment, CaseAccess, GrantLog, Restriction

from .definers import Call, Stage
from .definers_guards import guard

LOOKS = {
    "filed": "SELECT format('%s filed at #%s%s%s', case_id, agency_id,"
    " ', ' || round(extract(epoch FROM now() - closed_at) / 86400),"
    " CASE WHEN kept THEN ' for ' || COALESCE((SELECT string_agg('~' || u, ', ' ORDER BY u) FROM unnest(team) u),"
    " 'nobody') END)"
    " FROM victims_archive"
    " UNION ALL SELECT format('%s kept at #%s%s%s', case_id, agency_id, ' by ~' || by_id,"
    " CASE WHEN archived_at IS NOT NULL THEN ', filed' END) FROM victims_restriction"
    " UNION ALL SELECT format('~%s follows %s%s', membership_id, case_id,"
    " CASE WHEN at < now() THEN ' since before' END)"
    " FROM victims_assignment UNION ALL SELECT format('%s filed', case_id) FROM referral_caseterm"
    " WHERE archived_at IS NOT NULL",
    "opened": "SELECT format('%s opened by ~%s of #%s for %s, %s days', case_id, membership_id, agency_id, why,"
    " round(extract(epoch FROM until - at) / 86400)) FROM victims_archiveopening"
    " UNION ALL SELECT format('%s noted by ~%s', case_id, membership_id) FROM journal_entry"
    " WHERE action = 'case.reading.archive'"
    " UNION ALL SELECT format('told %s of %s at #%s', audience[1], v.case_id, v.agency_id)"
    " FROM notifications_event e JOIN victims_archive v ON v.id = e.subject_id WHERE kind = 'archive_opened'"
    " UNION ALL SELECT format('told %s of a danger in %s', audience, subject_id) FROM notifications_event"
    " WHERE kind = 'break_glass'",
}
OPEN = {"case": "@filed", "why": "rights", "reason": "", "boss": "@nobody"}
OPEN |= {"taken": "0", "by": "@lead.member", "ago": "59min", "as": "danger"}
CALLS = {
    "archive_case": Call("SELECT nrm.archive_case(%(case)s)::text", ("filed",), {"case": "@closed"}, role="nrm_worker"),
    "open_archive": Call(
        "SELECT nrm.open_archive(gen_random_uuid(), %(case)s, %(why)s, %(reason)s, '\\x00')",
        ("filed", "opened"),
        OPEN,
        before="UPDATE agencies_membership SET active = false WHERE id = %(boss)s::bigint;"
        " INSERT INTO victims_archiveopening (id, case_id, agency_id, membership_id, at, until, why, reason)"
        " SELECT gen_random_uuid(), %(case)s, m.agency_id, m.id, now() - %(ago)s::interval, now(), %(as)s, '\\x00'"
        " FROM agencies_membership m, generate_series(1, %(taken)s::int) WHERE m.id = %(by)s::bigint",
    ),
    "still_sees": Call(
        "SELECT nrm.still_sees(%(member)s, 'archive', %(archive)s)",
        words={"archive": "@row_filed", "member": "@lead.member"},
        role="nrm_worker",
    ),
    "out_of_archive": guard(
        "UPDATE victims_case SET status = %(state)s, closure_reason = %(why)s, lead_id = %(lead)s WHERE id = %(case)s",
        "filed",
        case="@filed",
        state="open",
        why="",
        lead="@lead",
    ),
}
CLOSED = ("closed", "kept", "late", "held", "filed", "team", "early", "state", "past")
CLOSED += ("other_filed", "again", "soon", "away_alone")


def archives() -> Stage:
    f.national()
    unit = f.coordination()
    lead = f.member(f.shelter())
    away = f.member(f.shelter(), Role.CASE_WORKER, Role.AGENCY_ADMIN)
    f.member(away.agency)
    who = {"lead": lead, "mate": f.member(lead.agency), "boss": f.member(lead.agency, Role.AGENCY_ADMIN)}
    who |= {"front": f.member(lead.agency, Role.FRONTLINE), "away": away, "unit": f.member(unit, Role.COORDINATOR)}
    who |= {"off": f.member(lead.agency), "barred": f.member(lead.agency)}
    who["program"] = f.program(lead.agency, Role.CASE_WORKER)
    who["new"] = f.member(lead.agency, cases_from=timezone.now())
    cases = {name: f.bare_case(lead) for name in (*CLOSED, "open")}
    now, names = timezone.now(), {"nobody": None, "long": "Une autre raison, en une phrase", "short": "trop court"}
    names |= {"padded": "court" + 30 * " "}
    with as_role("nrm_owner"):
        for name in CLOSED:
            days = 29 if name == "late" else 31
            with acting_as(lead):
                said = {"action": "close", "before": "open", "after": "closed", "reason": "autonomy"}
                at = now - timedelta(days=days)
                CaseMove.objects.create(case=cases[name], membership=lead, agency=lead.agency, at=at, **said)
            at = now - timedelta(days=60) if name == "kept" else at
            CaseTerm.objects.create(case=cases[name], closed_at=at, erased_on=now.date())
        hold = {"ground": "claim", "review_on": now.date() + timedelta(days=9), "data": {}, "by": lead}
        LegalHold.objects.create(case=cases["held"], agency=lead.agency, state="standing", **hold)
        _accesses(cases["closed"], {"away": (2, None), "unit": (1, None)}, who)
        _accesses(cases["kept"], {"away": (2, now + timedelta(hours=1))}, who)
        for name in ("again", "other_filed", "state", "away_alone"):
            _accesses(cases[name], {"away": (2, None)}, who)
        for name in ("closed", "kept", "team", "filed"):
            for member in ("lead", "off") if name != "filed" else ("mate", "off"):
                Assignment.objects.create(case=cases[name], agency=lead.agency, membership=who[member], by=lead)
        Assignment.objects.create(case=cases["again"], agency=lead.agency, membership=who["mate"], by=lead)
        for name in ("closed", "kept"):
            Assignment.objects.create(case=cases[name], agency=unit, membership=who["unit"], by=who["unit"])
        for name in ("kept", "team"):
            Restriction.objects.create(case=cases[name], agency=lead.agency, by=lead)
        rows = {}
        for name in ("filed", "team", "early", "state", "past", "other_filed", "again", "soon"):
            row = {"agency": lead.agency, "at": now, "reference": "R", "closed_at": now, "erased_on": now.date()}
            team = {"team": [lead.pk, who["off"].pk, away.pk], "filed": [lead.pk], "soon": [who["new"].pk]}.get(
                name, []
            )
            rows[f"row_{name}"] = Archive.objects.create(case=cases[name], team=team, kept=name == "team", **row)
            Restriction.objects.update_or_create(case=cases[name], agency=lead.agency, defaults={"archived_at": now})
            CaseTerm.objects.filter(case=cases[name]).update(archived_at=None if name == "again" else now)
        Assignment.objects.filter(case=cases["team"]).delete()
        for name in ("other_filed", "away_alone"):
            Archive.objects.create(
                case=cases[name], agency=away.agency, at=now, reference="R", closed_at=now, erased_on=now.date()
            )
            Restriction.objects.create(case=cases[name], agency=away.agency, archived_at=now)
        Archive.objects.filter(case=cases["early"]).update(at=TransactionNow())
        CaseAccess.objects.filter(case=cases["again"], agency=away.agency).update(restricted=True)
        mine = CaseAccess.objects.filter(agency=lead.agency)
        mine.filter(case=cases["state"]).update(level=1)
        mine.filter(case=cases["past"]).update(until=now - timedelta(hours=1))
        mine.filter(case=cases["soon"]).update(until=now + timedelta(hours=1))
        GrantLog.objects.filter(case_id=cases["filed"].pk).update(at=now - timedelta(days=1))
        Assignment.objects.update(at=now - timedelta(days=6))
        _off(who)
    names |= {"lead": lead.agency_id, "away": away.agency_id, "unit": unit.pk}
    names |= {f"{name}.member": member.pk for name, member in who.items()}
    names |= {name: case.pk for name, case in cases.items()} | {name: row.pk for name, row in rows.items()}
    return Stage(names, {**who, "system": None}, CALLS, LOOKS)


def _accesses(case, given, who) -> None:
    born = CaseAccess.objects.get(case=case, lead=True)
    values = {field.attname: getattr(born, field.attname) for field in born._meta.local_concrete_fields}
    for name, (level, until) in given.items():
        mine = {"agency_id": who[name].agency_id, "level": level, "lead": False, "until": until}
        CaseAccess.objects.create(**values | mine)


def _off(who) -> None:
    who["off"].active = False
    who["off"].save(update_fields=["active"])
    who["barred"].user.is_active = False
    who["barred"].user.save(update_fields=["is_active"])
