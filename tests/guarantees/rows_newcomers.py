"""Members of the world of `expected/rows.csv` who arrived after everything that stands in it."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import AlertDesk, OrientationDesk
from tests import factories as f
from tests.roles import as_role
from victims.access.operations.assignment import assign_member
from victims.models import Archive, CaseAccess, GrantLog


def newcomers(house) -> None:
    """Add members who work on cases since now, in agencies near the case: assigned, in charge, or neither."""
    near = {"file": "file", "lead": "lead", "on": "lead", "away": "away", "head": "head", "sent": "sent",
            "charge": "summary", "unit": "status", "first": "status", "second": "status", "kept": "kept_in",
            "state": "state_bits"}  # fmt: skip
    for name, colleague in near.items():
        role = Role.COORDINATOR if colleague == "status" else Role.CASE_WORKER
        house.who[f"new_{name}"] = f.member(house.who[colleague].agency, role, cases_from=timezone.now())
    match = house.requests["match_open"]
    given = [("lead", "on", house.case.pk), ("state_bits", "state", house.case.pk), ("status", "unit", house.case.pk)]
    given += [("status", name, match.first_id) for name in ("unit", "first")]
    given += [("status", name, match.second_id) for name in ("unit", "second")]
    for colleague, name, case in given:
        with acting_as(house.who[colleague]) as giver:
            assign_member(giver, case, house.who[f"new_{name}"])
    with as_role("nrm_owner"):
        Archive.objects.filter(kept=True).update(team=[house.who["unitmate"].pk, house.who["new_unit"].pk])
        AlertDesk.objects.filter(alert=house.alerts["waiting"], agency=house.away).update(
            in_charge=house.who["new_away"]
        )
        rows = OrientationDesk.objects.filter(orientation=house.requests["summary"])
        rows.update(in_charge=house.who["new_charge"])
        # received one case before this arrival, the other after it
        between = house.who["new_between"] = f.member(house.who["mixed_file"].agency, cases_from=timezone.now())
        late = {"agency_id": between.agency_id, "case_id": house.other.pk}
        GrantLog.objects.filter(**late).update(at=timezone.now() + timedelta(hours=1))
        CaseAccess.objects.filter(**late).update(since=timezone.now() + timedelta(hours=1))
