"""Give, end and annul the mandate of coordination: by the platform administrator only."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Role
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import Mandate
from plans.steering import selectors as steering_selectors


def end_mandate(actor, pk: int, *, end: date) -> Mandate:
    """Set the last day of the running mandate; without a successor the vacancy shows from the next day on."""
    mandate = _running(actor, pk)
    if end < mandate.start:
        raise WrongState("ends before it starts")
    _end(mandate, end)
    return mandate


def give_mandate(actor, *, body, start: date, function_fr, legal_basis_fr, end=None, **words) -> Mandate:
    """Give the mandate from a day on. The one that runs that day ends the day before.

    Raises NotAllowed, or WrongState for a body that is not of the State, or when a later mandate overlaps.
    """
    _administers(actor)
    steering_selectors.require(body, steering_selectors.possible_coordinators())
    with guarded():
        former = Mandate.objects.select_for_update().live(start).first()
        former_end = former and former.end
        if former:
            if former.start >= start:
                raise WrongState("already given")
            _end(former, start - timedelta(days=1))
        if Mandate.objects.standing().filter(start__gte=start, **({"start__lte": end} if end else {})).exists():
            raise WrongState("another one follows")
        made = Mandate.objects.create(
            body=body,
            start=start,
            end=end,
            function_fr=function_fr,
            legal_basis_fr=legal_basis_fr,
            given_on=timezone.localdate(),
            cut=former,
            cut_end=former_end,
            **words,
        )
    record("mandate.give", made)
    return made


def annul_mandate(actor, pk: int, *, reason: str) -> Mandate:
    """Annul a mandate given by mistake, on the same day or before its first day.

    It stays readable with the reason; the mandate it had cut short gets its former last day back. Raises NotAllowed, or
    WrongState when it is too late.
    """
    _administers(actor)
    with guarded():
        found = Mandate.objects.select_for_update().filter(pk=pk).first()
        if found is None or not found.can_be_annulled or not reason:
            raise WrongState("too late")
        found.annulled_on, found.annulled_reason = timezone.localdate(), reason
        found.save(update_fields=["annulled_on", "annulled_reason"])
        if found.cut and found.cut.annulled_on is None:
            found.cut.end = found.cut_end
            found.cut.save(update_fields=["end"])
    record("mandate.annul", found)
    return found


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
    found = Mandate.objects.select_for_update().standing().filter(pk=pk, end=None).first()
    if found is None:
        raise WrongState("ended")
    return found
