"""What is said about a request, the places a desk declared, and the figures of routing."""

from foundation.actor import SYSTEM, acting_as
from referral.organisations.operations import organisation
from referral.orientations.operations import messages
from referral.tasks import figures
from tests.roles import as_role


def fill(world) -> None:
    relation = world.relations["accepted_file"]
    holder = world.actor("case_worker", "accepted_file")
    with acting_as(holder):
        messages.write_message(holder, relation.orientation.pk, words="MARQUEUR-MESSAGE")
        organisation.declare_places(holder, 3)
    with as_role("nrm_worker"), acting_as(SYSTEM):
        figures()
