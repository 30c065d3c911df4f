"""Fetch a breach that the actor sees, and say whether the actor answers for it."""

from django.db import connection

from agencies.models import Agency, Membership
from foundation.errors import NotFound
from referral.models import Breach, BreachEntry
from referral.models.breaches import ABOVE, NEAR, Answers

NAMED = ("agency", "by__user", "closing_by__user", "closing_by__agency", "closed_by__user", "closed_by__agency")


def visible_breach(actor, pk) -> Breach:
    """Return a breach the actor sees, with who wrote it. Raises NotFound."""
    found = breaches(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def breaches(actor):
    """Return the breaches the actor sees: one's own reports, and those one answers for or audits."""
    return Breach.objects.visible_to(actor).select_related(*NAMED)


def entries(actor, breach: Breach):
    """Return what was written of a breach, in its order; nothing for whoever only reported it."""
    return (
        BreachEntry.objects.visible_to(actor)
        .filter(breach=breach)
        .select_related("by__user", "by__agency", "account__user", "account__agency")
    )


def answers(actor, breach: Breach) -> bool:
    """Return whether the actor writes in the register of this breach."""
    return Breach.objects.filter(Answers().q(actor), pk=breach.pk).exists()


def keeps_register(actor) -> bool:
    """Return whether the actor answers for breaches of others, or audits them."""
    national = actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(*ABOVE)
    return national or actor.has(*NEAR) or actor.sight == "journal"


def may_confirm(actor, breach: Breach) -> bool:
    """Return whether the actor is the second of two who close this breach. The database says so, and checks again."""
    if breach.closing_by_id is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.closes_breach(%s, %s)", [actor.pk, breach.closing_by_id])
        return cursor.fetchone()[0]


def counts_everywhere(actor) -> bool:
    """Return whether the actor counts the readings of any account. `nrm.counts_readings` says the same."""
    return actor is not None and actor.agency.mandate == Agency.Mandate.NATIONAL


def accounts_of(breach: Breach):
    """Return the accounts of the agency that reported a breach, people and programs, also those that are off."""
    return accounts_elsewhere().filter(agency=breach.agency_id).order_by("user__full_name", "title", "pk")


def accounts_elsewhere():
    """Return the accounts of all agencies."""
    return Membership.objects.exclude(kind=Membership.Sort.SYSTEM).select_related("user", "agency")


def untold(actor, breach: Breach) -> list[BreachEntry]:
    """Return the counts of readings that found cases, and whose leads were not told."""
    found = list(entries(actor, breach).filter(sort__in=["readings", "told"]))
    told = {entry.answered_id for entry in found if entry.sort == "told"}
    return [entry for entry in found if entry.sort == "readings" and entry.cases and entry.pk not in told]
