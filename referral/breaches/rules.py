"""Say what may be written of a breach as it stands, and when its clock is told."""

from datetime import datetime, timedelta

from referral.models import Breach, BreachEntry

Sort = BreachEntry.Sort
SOON = timedelta(hours=24)  # before the end of the 72 hours, those who answer are told
AGAIN = timedelta(days=7)  # an open breach whose notification two decided about is told so often
LONG_AGO = timedelta(days=31)  # a day before is a slip, and the day is never changed


def may(breach: Breach, sort: str) -> bool:
    """Return whether this may be written of the breach as it stands. `nrm.breach_may` says the same."""
    if sort == Sort.REOPEN:
        return breach.closed_at is not None
    decided = bool(breach.cnil and breach.persons and breach.assessed)
    return breach.closed_at is None and {
        Sort.ASSESS: True,
        Sort.INFORMED: True,
        Sort.READINGS: True,
        Sort.TOLD: True,
        Sort.ENDED: breach.ongoing,
        Sort.GOES_ON: not breach.ongoing,
        Sort.NOTIFIED: breach.cnil != Breach.Cnil.NOTIFIED,
        Sort.MORE: breach.cnil == Breach.Cnil.NOTIFIED,
        Sort.NO_RISK: not breach.cnil,
        Sort.NOT_INFORMED: not breach.persons,
        Sort.AGREE: awaits(breach),
        Sort.UNDECIDE: bool(breach.cnil or breach.persons),
        Sort.CLOSE: breach.closing_id is None and decided and not breach.ongoing,
        Sort.KEEP: breach.closing_id is not None,
        Sort.CONFIRM: breach.closing_id is not None,
    }.get(sort, False)


def awaits(breach: Breach) -> bool:
    """Return whether something that one person decided awaits a second."""
    return bool(breach.cnil and not breach.cnil_agreed) or bool(breach.persons and not breach.persons_agreed)


def is_late(breach: Breach, now: datetime) -> bool:
    """Return whether the 72 hours passed before two decided about the CNIL, or before it was notified."""
    if not breach.cnil_agreed:
        return now > breach.due_at
    return breach.notified_at is not None and breach.notified_at > breach.due_at


def is_soon(breach: Breach, now: datetime) -> bool:
    """Return whether the clock still runs, and ends within SOON."""
    return breach.is_open and not breach.cnil_agreed and breach.due_at - SOON <= now <= breach.due_at
