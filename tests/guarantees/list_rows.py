"""A saved search and an export that the worker made, ready to be handed over."""

from foundation.actor import acting_as
from referral.desk.operations import save_search
from referral.exports.operations import ask_export
from referral.exports.tasks import exports
from tests.roles import as_role


def fill(world) -> None:
    with acting_as(world.lead):
        save_search(world.lead, "cases", "status=open", "Ouverts")
        order = {"purpose": "meeting", "reason": "Réunion du lundi, à deux", "file_format": "csv"}
        world.export = ask_export(world.lead, "cases", "", **order)
    with as_role("nrm_worker"):
        exports()
