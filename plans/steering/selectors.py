"""Read the bodies of the directory that an act may name. Forms offer them, operations check them again."""

from collections.abc import Iterable

from django.db.models import QuerySet

from agencies.models import Agency, Directory, Kind, Role
from foundation.workflow import WrongState
from plans.models.bodies import STATE


def joining() -> QuerySet[Directory]:
    """Return who may join a measure: any active line, types of local units included."""
    return Directory.objects.filter(active=True).order_by("kind", "name")


def leading() -> QuerySet[Directory]:
    """Return who may lead a measure: the State, local authorities, and independent bodies of the country.

    Not those who judge what France does (GRETA, the committees of the United Nations), nor companies.
    """
    return joining().filter(kind__in={*STATE, Kind.INDEPENDENT})


def acting(kinds: Iterable[str] = ()) -> QuerySet[Directory]:
    """Return organisations that act by themselves, of these kinds (default: all), without types of local units."""
    found = Directory.objects.filter(active=True, is_template=False).order_by("name")
    return found.filter(kind__in=kinds) if kinds else found


def possible_coordinators() -> QuerySet[Directory]:
    """Return who may hold the mandate of coordination: bodies of the State, except local authorities."""
    return acting(STATE - {Kind.LOCAL_AUTHORITY})


def responsible() -> QuerySet[Directory]:
    """Return who may be in charge of a commitment: the State and local authorities."""
    return Directory.objects.filter(kind__in=STATE, active=True)


def speaking() -> QuerySet[Directory]:
    """Return the bodies with a member with the role `policy`: they can be asked and can answer."""
    units = Agency.objects.filter(memberships__active=True, memberships__roles__contains=[Role.POLICY])
    return Directory.objects.filter(pk__in=units.values("profile")).order_by("name")


def require(body: Directory | None, among: QuerySet[Directory]) -> None:
    """Raise WrongState when `body` is not in `among`."""
    if body is not None and not among.filter(pk=body.pk).exists():
        raise WrongState("body")
