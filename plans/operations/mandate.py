"""The mandate of coordination passes from body to body: given and ended by the platform's administrator alone."""

from datetime import date, timedelta

from agencies.errors import guarded
from agencies.models import Role
from agencies.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Mandate


def end_mandate(actor, pk: int, *, end: date) -> Mandate:
    """Last day of the running mandate; none follows by itself, and the vacancy is shown from the next day on."""
    mandate = _running(actor, pk)
    if end < mandate.start:
        raise WrongState("ends before it starts")
    _end(mandate, end)
    return mandate


def give_mandate(actor, *, body, start: date, function_fr, legal_basis_fr, end=None, **words) -> Mandate:
    """Give the mandate from a day on. The one that runs that day ends the day before; a later one is in the way."""
    _administers(actor)
    with guarded():
        former = Mandate.objects.select_for_update().live(start).first()
        if former:
            if former.start >= start:
                raise WrongState("already given")
            _end(former, start - timedelta(days=1))
        if Mandate.objects.filter(start__gte=start, **({"start__lte": end} if end else {})).exists():
            raise WrongState("another one follows")
        made = Mandate.objects.create(
            body=body, start=start, end=end, function_fr=function_fr, legal_basis_fr=legal_basis_fr, **words
        )
    record("mandate.give", made)
    return made


def _end(mandate: Mandate, end: date) -> None:
    mandate.end = end
    with guarded():
        mandate.save(update_fields=["end"])
    record("mandate.end", mandate)


def _administers(actor) -> None:
    if not actor.has(Role.PLATFORM_ADMIN):
        raise NotAllowed("platform_admin")


def _running(actor, pk: int) -> Mandate:
    _administers(actor)
    found = Mandate.objects.select_for_update().filter(pk=pk, end=None).first()
    if found is None:
        raise WrongState("ended")
    return found
