"""Giving and ending access. With `victims/models/cases.py` the only place that knows guardian."""

from django.contrib.auth.models import Group, Permission
from guardian.core import ObjectPermissionChecker

from agencies.models import Agency, Category, Level

from .models import Case, Grant, live

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


def grant(case, agency_id: int, *, level: int = 0, categories: int = 0, ground, ground_id, given_by, until=None):
    """Give a level and categories to an agency on one ground. Existing grants of other grounds stay.

    Raises `django.db.IntegrityError` when the agency may not hold them, `django.db.ProgrammingError` (42501) when
    the giver does not lead the case or does not hold them itself.
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


def end_grants(*, ground_id, case=None, agency_id=None) -> int:
    """End the grants of one ground, and only those. Returns how many rows ended."""
    grants = Grant.objects.filter(ground_id=ground_id)
    if case is not None:
        grants = grants.filter(content_object=case)
    if agency_id is not None:
        grants = grants.filter(group_id=agency_id)
    return grants.delete()[0]


def agencies_that_see(case: Case) -> set[int]:
    """Agencies with a live grant on the case, as far as the reader's own rights show them."""
    return set(Grant.objects.filter(live(), content_object=case).values_list("group_id", flat=True))


def who_sees(actor, case: Case) -> list[dict]:
    """« Qui voit ce dossier »: each agency with level, categories, and each ground with its end.

    Grants are read under the caller's own rights: the lead and level 3 see all of them, others their own.
    """
    grants = (
        Grant.objects.filter(live(), content_object=case)
        .select_related("permission", "group__agency")
        .order_by("group_id", "given_at", "pk")
    )
    rows: dict[int, dict] = {}
    levels = {codename: level for level, codename in LEVEL_CODENAMES.items()}
    bits = {codename: bit for bit, codename in CATEGORY_CODENAMES.items()}
    for given in grants:
        row = rows.setdefault(
            given.group_id,
            {"agency": given.group.agency, "level": 0, "categories": 0, "grounds": {}},
        )
        codename = given.permission.codename
        row["level"] = max(row["level"], levels.get(codename, 0))
        row["categories"] |= bits.get(codename, 0)
        row["grounds"].setdefault((given.ground, given.ground_id), given)
    return [
        {
            **row,
            "level": Level(row["level"]) if row["level"] else None,
            "categories": Category.of(row["categories"]),
            "grounds": list(row["grounds"].values()),
        }
        for row in rows.values()
    ]


def guardian_says(agency: Agency, case: Case) -> set[str]:
    """guardian's own answer for one case, compared with `CaseAccess` by `access_check` and the tests."""
    return set(ObjectPermissionChecker(Group(pk=agency.pk)).get_perms(case))
