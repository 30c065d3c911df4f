"""Rights as they are derived from grants, places and coordinations: rows for them, and what their lines call."""

import uuid
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from agencies.models import Desk, Territory
from referral.models import Orientation
from tests import factories as f
from tests.roles import as_role
from victims.models import Grant, Relocation

from .definers_guards import guard

HOURS = "COALESCE(' for ' || round(extract(epoch FROM until - now()) / 3600) || ' h', '')"
LOOKS = {
    "log": "SELECT format('#%s %s %s of %s', agency_id, CASE WHEN ended THEN 'lost' ELSE 'got' END, permission,"
    " case_id) FROM victims_grantlog",
}
CALLS = {
    "wanted_access": guard(
        f"SELECT '#' || agency_id, level, categories, case_id || {HOURS}"
        " FROM nrm.wanted_access(ARRAY[%(one)s, %(two)s]::uuid[])",
        one="@ground",
        two="@nobody",
    ),
    "grants_ended": guard(
        "DELETE FROM victims_grant WHERE case_id = %(case)s AND group_id = %(agency)s AND ground = %(ground)s",
        "access",
        "cases",
        "log",
        "requests",
        first="UPDATE victims_grant SET until = CASE WHEN %(until)s = 'past' THEN now() - interval '1 hour' END"
        " WHERE case_id = %(case)s AND group_id = %(agency)s AND ground = %(ground)s",
        case="@own",
        agency="@lead",
        ground="lead",
        until="past",
    ),
    "grants_changed": guard(
        "UPDATE victims_grant SET until = CASE WHEN case_id = %(case)s THEN now() - interval '1 hour' END"
        " WHERE group_id = %(agency)s AND case_id IN (%(case)s, %(beside)s)",
        "access",
        "log",
        case="@fresh",
        beside="@plain",
        agency="@status",
    ),
    "place_known": guard(
        "SELECT nrm.place_known(%(case)s, %(agency)s, %(level)s, 'HERE')",
        case="@travelled",
        agency="@state_file",
        level="1",
    ),
    "coordination_of": guard("SELECT '#' || nrm.coordination_of(%(place)s)", place="75"),
}


def add(doors) -> None:
    """Add a case with grants of every kind, a case that moved twice at once, and units of other places."""
    lead, who, now = doors.lead, doors.who, timezone.now()
    doors.cases |= {"ground": f.own_case(lead), "beside": f.own_case(lead), "moved": f.own_case(lead)}
    doors.cases["travelled"] = f.own_case(lead)
    hour = timedelta(hours=1)
    with as_role("nrm_owner"):
        for name, case, rights in (
            ("file", "ground", [("status_case", hour), ("file_case", 3 * hour), ("identity_case", None)]),
            ("file", "beside", [("summary_case", None), ("identity_case", hour)]),
            ("lead", "beside", [("status_case", None)]),
            ("summary", "ground", [("summary_case", -hour)]),
            ("mixed", "ground", [("health_case", None)]),
            ("health", "ground", [("summary_case", 3 * hour), ("summary_case", None)]),
            ("offence", "ground", [("file_case", None), ("offence_case", 3 * hour)]),
            ("residence", "ground", [("summary_case", None), ("summary_case", -hour)]),
        ):
            for codename, ends in rights:
                row = {"group_id": who[name].agency_id, "permission": Permission.objects.get(codename=codename)}
                until = {"until": now + ends if ends else None, "ground": "legal", "ground_id": uuid.uuid4()}
                Grant.rows.create(content_object=doors.cases[case], **row, **until)
        _places(doors, now)
        _units(doors)
        old = {"case": doors.cases["own"], "sender": doors.away, "addressee": lead.agency, "created_by": lead}
        for name, verb, state in (("own_before", "transfer", "withdrawn"), ("own_help", "refer", "accepted")):
            doors.requests[name] = Orientation.objects.create(verb=verb, state=state, service=f.service(), **old)


def _places(doors, now) -> None:
    """Grants in the order of days around the moves: one that ended since, one for a time, one by a move itself."""
    status = Permission.objects.get(codename="status_case")
    for name, case, days, until in (
        ("state_file", "travelled", 3, None),
        ("state_file", "travelled", 1, now - timedelta(hours=1)),
        ("asylum", "travelled", 3, doors.soon),
        ("identity", "moved", 9, None),
    ):
        made = Grant.rows.create(
            content_object=doors.cases[case], group_id=doors.who[name].agency_id, permission=status, until=until,
            ground="legal", ground_id=uuid.uuid4(),
        )  # fmt: skip
        Grant.rows.filter(pk=made.pk).update(given_at=now - timedelta(days))
    f.territory("91", "Essonne")
    unit = doors.who["status"].agency
    for number, case, start, end, name in (
        (1, "moved", "75", "77", "identity"),
        (2, "moved", "77", "91", "residence_only"),
        (3, "travelled", "75", "77", None),
    ):
        made = Relocation.objects.create(
            id=uuid.UUID(int=number), case=doors.cases[case], by=doors.lead, at=now - timedelta(2), from_unit=unit,
            to_unit=unit, from_territory_id=start, to_territory_id=end,
        )  # fmt: skip
        if name is None:
            continue
        former = Grant.rows.create(
            content_object=doors.cases["moved"], group_id=doors.who[name].agency_id, permission=status,
            ground="former", ground_id=made.pk,
        )  # fmt: skip
        Grant.rows.filter(pk=former.pk).update(given_at=now - timedelta(2))


def _units(doors) -> None:
    """Who does not coordinate a place although its desk names it; a region whose unit does."""
    f.coordination(territories=("31",), active=False)
    deaf = f.coordination(territories=("32",))
    Desk.objects.filter(agency=deaf).update(receives_alerts=False)
    f.agency(territories=("33",), code="aab")
    f.national(active=False, code="aaa")
    doors.names["region_unit"] = f.coordination(territories=(Territory.objects.get(code="35").region_id,)).pk
