"""Procedures on the main case: one that all who work on it read, one of asylum, a step of each, a clock of each."""

from datetime import date

from foundation.actor import acting_as
from referral.procedures.operations import checklists, clocks


def fill(world) -> None:
    with acting_as(world.lead):
        for code, step in (("indemnisation_civi", 2), ("asile", 3)):
            made = checklists.start_procedure(world.lead, world.case.pk, code)
            checklists.settle_step(world.lead, made.pk, 1, "not_applicable")
            clocks.start_clock(world.lead, made.pk, step, counted_on=date(2026, 11, 2))
        checklists.offer_reflection(
            world.lead, world.case.pk, offered_on=date(2026, 11, 2), answer="thinking", answered_on=None
        )
