"""Persons written down twice, and what the worker and the members then see: what tests of duplicates stand on."""

from django.db import connection

from agencies.models import Category
from foundation.actor import SYSTEM, acting_as
from notifications.models import Notice
from referral.duplicates.operations.comparison import compare_due
from referral.models import Match
from tests import factories as f
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import Case

PERSON = {
    "family_name": "Marqueur-Belkhafa",
    "given_names": "Nadia Imane",
    "births": [{"date": "1998-03-12"}],
    "nationalities": ["MA"],
}


AGAIN = {**PERSON, "family_name": "MARQUEUR BELKHAFA", "given_names": "Nadya"}


OTHER = {"family_name": "Nwobiyemi", "given_names": "Osas", "births": [{"date": "1980-01-30"}], "nationalities": ["NG"]}


def entered(member, data=PERSON, *, case=None) -> Case:
    """A case of the member's agency with this identity."""
    case = case or f.own_case(member)
    agreed = f.consent(member, case, agencies=[member.agency_id], categories=int(Category.IDENTITY))
    with acting_as(member):
        enter_identity(member, case.pk, consent=agreed, data=data)
    return case


def corrected(member, case, data) -> None:
    with acting_as(member):
        agreed = case.consents.filter(categories=Category.IDENTITY).first()
        enter_identity(member, case.pk, consent=agreed, data=data)


def compared() -> int:
    with as_role("nrm_worker"):
        return compare_due()


def told(member) -> list[tuple[str, str]]:
    """(kind, reference) of the member's notices, once the worker has passed."""
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(100000)")
    with acting_as(member):
        return list(Notice.objects.of(member).order_by("at", "id").values_list("kind", "reference"))


def asked(*members) -> list[int]:
    """How many pairs each sees."""
    found = []
    for member in members:
        with acting_as(member):
            assert set(Match.objects.visible_to(member)) == set(Match.objects.all())  # the two walls agree
            found.append(Match.objects.count())
    return found


def the_match(*cases) -> Match:
    """Return the match of these two cases, in any order, or the only one."""
    of = {"first__in": cases, "second__in": cases} if cases else {}
    with as_role("nrm_owner"):
        return Match.objects.get(**of)
