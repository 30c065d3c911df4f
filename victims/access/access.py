"""Grant access to a case, and read who has it. With `victims/models/cases.py` the only module that uses guardian.

A grant is a guardian object permission of an agency's group on a case; the database derives `CaseAccess` from the same
rows. Use only the guardian functions that read `Grant.objects`, which leaves out expired grants:
`get_groups_with_perms(…, attach_perms=True)`, `get_objects_for_group(…, accept_global_perms=False)` and a checker after
`prefetch_perms`. The lint refuses the others, each with its reason (pyproject.toml).
"""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import get_groups_with_perms, get_objects_for_group

from agencies.models import Agency, Category, Level
from foundation.statements.kept import KeptStatement
from victims.models import Case, CaseAccess, Grant, live

LEVEL_CODENAMES = {
    Level.STATUS: "status_case",
    Level.SUMMARY: "summary_case",
    Level.FILE: "file_case",
}
CATEGORY_CODENAMES = {
    Category.IDENTITY: "identity_case",
    Category.CONTACT: "contact_case",
    Category.HEALTH: "health_case",
    Category.OFFENCE: "offence_case",
    Category.RESIDENCE: "residence_case",
}

LEVELS = {codename: level for level, codename in LEVEL_CODENAMES.items()}
BITS = {codename: bit for bit, codename in CATEGORY_CODENAMES.items()}
GRANTS = KeptStatement(
    lambda _, case, agencies: Grant.objects.filter(content_object=case, group__any_of=agencies).order_by(
        "group_id", "given_at", "pk"
    )
)
AT_ONCE = 2_000  # cases per query


def grant(case, agency_id: int, *, level: int = 0, categories: int = 0, ground, ground_id, given_by, until=None):
    """Grant a level and categories to an agency on one ground. Grants on other grounds stay.

    Raises `django.db.IntegrityError` when the agency may not hold them, `django.db.ProgrammingError` (42501) when the
    giver does not lead the case or does not hold them.
    """
    codenames = [LEVEL_CODENAMES[level]] if level else []
    codenames += [CATEGORY_CODENAMES[bit] for bit in Category.of(categories)]
    permissions = Permission.objects.filter(
        content_type__app_label="victims", content_type__model="case", codename__in=codenames
    )
    Grant.objects.bulk_create(
        [
            Grant(
                content_object=case,
                group_id=agency_id,
                permission=permission,
                ground=ground,
                ground_id=ground_id,
                given_by=given_by,
                until=until,
            )
            for permission in permissions
        ],
        ignore_conflicts=True,
    )


class Held(NamedTuple):
    """Hold what an agency has on a case: a level and category bits.

    Level 0: categories only, which do not make the case visible.
    """

    level: int
    categories: int


def held_by_agencies(case: Case) -> dict[int, Held]:
    """Return what each agency holds on a case, by agency id, according to guardian. One query.

    Runs with the rights of the caller: the lead and level 3 see all grants, others those of their own agency.
    """
    groups = get_groups_with_perms(case, attach_perms=True)
    return {group.pk: _held(codenames) for group, codenames in groups.items()}


def under_emergency(actor, case: Case) -> bool:
    """Return whether emergency access of the actor's agency runs on this case, beside what else it may hold."""
    return emergencies(actor).filter(content_object=case).exists()


def emergencies(actor):
    """Return the emergency accesses of the actor's agency that run now."""
    return Grant.objects.filter(group=actor.agency_id, ground=Grant.Ground.BREAK_GLASS)


def held_on_cases(agency_id: int) -> dict[UUID, Held]:
    """Return what an agency holds on each of its cases, by case id, according to guardian.

    Queries run in batches of AT_ONCE cases.
    """
    group, found = Group(pk=agency_id), {}
    codenames = [*LEVEL_CODENAMES.values(), *CATEGORY_CODENAMES.values()]
    cases = get_objects_for_group(group, codenames, Case, any_perm=True, accept_global_perms=False)
    for some in batched(cases.order_by("pk").only("pk").iterator(), AT_ONCE):
        checker = ObjectPermissionChecker(group)
        checker.prefetch_perms(some)
        found |= {case.pk: _held(checker.get_perms(case)) for case in some}
    return found


def _held(codenames: Iterable[str]) -> Held:
    """Combine codenames: the highest level and the union of the categories.

    A codename comes once for each ground.
    """
    level, categories = 0, 0
    for codename in codenames:
        level = max(level, LEVELS.get(codename, 0))
        categories |= BITS.get(codename, 0)
    return Held(level, categories)


def access_differences() -> Iterator[tuple[UUID, int, Held | None, Held | None]]:
    """Yield (case id, agency id, held per guardian, held per CaseAccess) where the two differ; None is no access.

    Run as the owner of the database, who reads all grants. An access whose end has passed still differs until the
    worker has deleted its grants.
    """
    for agency_id in Agency.objects.order_by("pk").values_list("pk", flat=True).iterator():
        rows = CaseAccess.objects.filter(live(), agency=agency_id)
        derived = {case: Held(level, bits) for case, level, bits in rows.values_list("case", "level", "categories")}
        said = {case: held for case, held in held_on_cases(agency_id).items() if held.level}
        for case in sorted(said.keys() | derived.keys()):
            if said.get(case) != derived.get(case):
                yield case, agency_id, said.get(case), derived.get(case)


def agencies_that_see(case: Case) -> set[int]:
    """Return the ids of the agencies with a live grant on the case, as far as the reader may see them."""
    return set(held_by_agencies(case))


def who_sees(actor, case: Case) -> list[dict]:
    """Return one row per agency for « Qui voit ce dossier »: agency, level, categories and `grounds`.

    Level and categories come from guardian; `grounds` holds one grant per ground, with its reason and end.
    """
    held = held_by_agencies(case)
    grants = GRANTS.rows(None, case=case.pk, agencies=list(held))
    rows: dict[int, dict] = {}
    for given in grants:
        level, categories = held[given.group_id]
        row = rows.setdefault(
            given.group_id,
            {
                "agency": given.group.agency,
                "level": Level(level) if level else None,
                "categories": Category.of(categories),
                "grounds": {},
            },
        )
        row["grounds"].setdefault((given.ground, given.ground_id), given)
    return [{**row, "grounds": list(row["grounds"].values())} for row in rows.values()]
