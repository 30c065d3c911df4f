"""An event with an alert and a person, a path, a case that moved, and an import that was loaded."""

import uuid

from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.tables.reading import read
from referral.imports import operations as imports
from referral.relocation import operations as relocation
from referral.situations.operations import opening, situations
from tests import factories as f
from victims.path import operations as path


def fill(world) -> None:
    # a unit of another territory: the relations of the grid keep the cases they are counted by
    unit = f.member(f.coordination(territories=("2A",)), Role.COORDINATOR)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), territory="2A")
    with acting_as(unit) as actor:
        day = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory("2A", "Corse-du-Sud")}
        event = situations.start_situation(actor, note="MARQUEUR-EVENEMENT", **day)
        situations.add_alert(actor, event.pk, alert.pk)
        opening.open_persons(actor, event.pk, token=uuid.uuid4(), groups=[opening.Group("adult", "", 1)])
    with acting_as(world.lead) as actor:
        path.write_episode(actor, world.case.pk, data={"form": "unknown", "note": "MARQUEUR-PARCOURS"})
        path.record_profile(actor, world.case.pk, data={"sex": "female"})
    mover = f.member(f.shelter())
    moved = f.own_case(mover)
    with acting_as(mover):
        relocation.move_case(mover, moved.pk, f.territory("93", "Seine-Saint-Denis"))
        made = imports.start_import(mover, read(b"reference;age\nMARQUEUR-REF-1;majeur\n"))
        imports.match_columns(mover, made.pk, {0: "reference", 1: "age_side"})
        imports.order_load(mover, made.pk, only_good=False)
        imports.load_lines(mover, made.pk)
        imports.start_import(mover, read(b"reference;age\nMARQUEUR-REF-2;majeur\n"))  # its lines are still kept
