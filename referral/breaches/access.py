"""Fetch a breach that the actor sees, and say whether the actor answers for it."""

from django.db import connection

from agencies.models import Agency, Membership
from foundation.errors import NotFound
from referral.models import Breach, BreachEntry
from referral.models.breaches import ABOVE, AUDITS, NEAR, Answers, Reads

NAMED = ("agency", "by__user", "cnil_by__user", "cnil_by__agency", "persons_by__user", "persons_by__agency",
         "closing_by__user", "closing_by__agency", "closed_by__user", "closed_by__agency")  # fmt: skip


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


def reads(actor, breach: Breach) -> bool:
    """Return whether the actor reads the register of this breach, and not one's own report alone."""
    return Breach.objects.filter(Reads().q(actor), pk=breach.pk).exists()


def keeps_register(actor) -> bool:
    """Return whether the actor answers for breaches of others, or audits them."""
    national = actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(*ABOVE)
    return national or actor.has(*NEAR, *AUDITS)


def may_by(actor, breach: Breach, steps: list[str]) -> list[str]:
    """Return which of these steps this person may take: the second of two must be one. The database asks again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step FROM referral_breach b, unnest(%s) WITH ORDINALITY AS s(step, n)"
            " WHERE b.id = %s AND nrm.breach_hand(b, %s, step) ORDER BY n",
            [steps, breach.pk, actor.pk],
        )
        return [step for (step,) in cursor.fetchall()]


def counts_everywhere(actor) -> bool:
    """Return whether the actor counts the readings of any account. `nrm.counts_readings` says the same."""
    return actor is not None and actor.agency.mandate == Agency.Mandate.NATIONAL


def accounts_of(breach: Breach):
    """Return the accounts of the agency that reported a breach, people and programs, also those that are off."""
    return accounts_elsewhere().filter(agency=breach.agency_id).order_by("user__full_name", "title", "pk")


def accounts_elsewhere():
    """Return the accounts of all agencies."""
    return Membership.objects.exclude(kind=Membership.Sort.SYSTEM).select_related("user", "agency")


def reads_register(member: Membership, breach: Breach) -> bool:
    """Return whether this account reads the register of this breach, and would read there that it is counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.reads_register(%s, %s)", [member.pk, breach.pk])
        return cursor.fetchone()[0]


def untold(actor, breach: Breach) -> list[BreachEntry]:
    """Return the counts of readings of which somebody is still to be told, as far as this actor may."""
    found = list(entries(actor, breach).filter(sort__in=["readings", "told"]))
    told = {entry.answered_id: entry for entry in found if entry.sort == "told"}  # the last of each
    everywhere = counts_everywhere(actor)

    def waits(entry) -> bool:
        last = told.get(entry.pk)
        return last is None or last.nobody > 0 or (everywhere and last.elsewhere > 0)

    return [entry for entry in found if entry.sort == "readings" and entry.cases and waits(entry)]
