"""An event with an alert and a person, a path, a case that moved, and an import that was loaded."""

import uuid

from django.utils import timezone

from agencies.actor import acting_as
from referral.operations import episodes, imports, relocations, situations
from referral.table_reading import read
from tests import factories as f


def fill(world) -> None:
    with acting_as(world.coordinator) as actor:
        day = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory()}
        event = situations.start_situation(actor, note="MARQUEUR-EVENEMENT", **day)
        alert = f.sent_alert(world.nurse)
        situations.add_alert(actor, event.pk, alert.pk)
        situations.open_persons(actor, event.pk, token=uuid.uuid4(), adults=1)
    with acting_as(world.lead) as actor:
        episodes.write_episode(actor, world.case.pk, data={"form": "unknown", "note": "MARQUEUR-PARCOURS"})
        episodes.say_profile(actor, world.case.pk, data={"sex": "female"})
    mover = f.member(f.shelter())
    moved = f.own_case(mover)
    with acting_as(mover):
        relocations.move_case(mover, moved.pk, f.territory("93", "Seine-Saint-Denis"))
        made = imports.start_import(mover, read(b"reference;age\nMARQUEUR-REF-1;majeur\n"))
        imports.match_columns(mover, made.pk, {0: "reference", 1: "age_side"})
        imports.order_load(mover, made.pk, only_good=False)
        imports.load_lines(mover, made.pk)
