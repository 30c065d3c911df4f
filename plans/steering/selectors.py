"""Bodies of the directory that an act of public policy may name. Forms offer these, operations ask again."""

from collections.abc import Iterable

from django.db.models import QuerySet

from agencies.models import Agency, Directory, Kind, Role
from foundation.workflow import WrongState
from plans.models.bodies import STATE


def leading() -> QuerySet[Directory]:
    """Return who may lead or join a plan or a measure: any line in use, types of local units included."""
    return Directory.objects.filter(active=True).order_by("kind", "name")


def acting(kinds: Iterable[str] = ()) -> QuerySet[Directory]:
    """Return organisations that act by themselves, of these kinds: types of local units are left out."""
    found = Directory.objects.filter(active=True, is_template=False).order_by("name")
    return found.filter(kind__in=kinds) if kinds else found


def holding() -> QuerySet[Directory]:
    """Return who may hold the mandate of coordination: a body of the State, and no local one."""
    return acting(STATE - {Kind.LOCAL_AUTHORITY})


def responsible() -> QuerySet[Directory]:
    """Return who may be in charge of a commitment: the State and local authorities."""
    return Directory.objects.filter(kind__in=STATE, active=True)


def speaking() -> QuerySet[Directory]:
    """Return bodies with a member here for public policy: who can be asked something and answer."""
    units = Agency.objects.filter(memberships__active=True, memberships__roles__contains=[Role.POLICY])
    return Directory.objects.filter(pk__in=units.values("profile")).order_by("name")


def require(body: Directory | None, among: QuerySet[Directory]) -> None:
    """Raise WrongState for a body that is not among those an act may name."""
    if body is not None and not among.filter(pk=body.pk).exists():
        raise WrongState("body")
