"""The world and the calls of `expected/definers_coverage.csv`: what a desk asks to receive in addition."""

import uuid

from django.utils import timezone

from agencies.models import Desk, DeskChange, Kind, Role
from tests import factories as f
from tests.roles import as_role

from .definers import Call, Stage

LOOKS = {
    "asked": "SELECT format('#%s asks %s %s of #%s: %s%s', desk_id, what, CASE WHEN stand_in_id IS NULL THEN value ELSE"
    " '#' || value END, unit_id, state, CASE WHEN taken_at IS NOT NULL THEN ' and taken' END) FROM agencies_deskchange",
    "desks": "SELECT format('#%s takes %s%s%s, #%s', agency_id, CASE WHEN takes_adults THEN 'adults ' END,"
    " CASE WHEN takes_minors THEN 'minors ' END, forms, second_id) FROM agencies_desk"
    " UNION SELECT format('#%s works everywhere', agency_id) FROM agencies_desk WHERE nationwide",
    "places": "SELECT format('#%s is in %s', desk_id, territory_id) FROM agencies_desk_territories"
    " UNION SELECT format('#%s offers %s', desk_id, service_id) FROM agencies_desk_services",
    "events": "SELECT 'told ' || kind FROM notifications_event",
    "offices": "SELECT format('#%s is by law %s', group_id, office) FROM agencies_agency WHERE office <> ''",
}
ALL = tuple(LOOKS)
CALLS = {
    "ask_desk": Call(
        "SELECT nrm.ask_desk(%(places)s::text[], %(offered)s::text[], %(adults)s, %(minors)s, %(taken)s::text[],"
        " %(second)s)",
        looks=ALL,
        words={
            "places": "{75}", "offered": "{safe_housing}", "adults": "true", "minors": "false", "taken": "{a}",
            "second": "@nothing",
        },
    ),
    "decide_desk": Call(
        "SELECT nrm.decide_desk(%(target)s, %(said)s, %(why)s)",
        looks=ALL,
        words={"target": "@north", "said": "agree", "why": ""},
    ),
}  # fmt: skip


def coverage() -> Stage:
    """A shelter and a union of Paris, with what they asked; the coordinations of Paris and of Marseille."""
    for code in ("92", "13"):
        f.territory(code, code)
    f.service("legal_support"), f.service("child_care")
    national = f.national()
    takes = {"takes_minors": False, "forms": ["a"]}
    home, union = f.shelter(desk_fields=takes), f.agency(Kind.UNION, desk_fields=takes, office="crip")
    paris, south = f.coordination(territories=("75", "92")), f.coordination(territories=("13",))
    deaf, shut, bare = f.agency(office="crip"), f.agency(active=False), f.coordination(territories=("92",))
    aliens, court = f.agency(Kind.INTERIOR, office="prefecture"), f.agency(Kind.JUSTICE, office="prosecutor")
    who = {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "worker": f.member(home),
        "home_coordinator": f.member(home, Role.COORDINATOR),
        "union_boss": f.member(union, Role.AGENCY_ADMIN),
        "union_worker": f.member(union),
        "union_left": f.member(union, Role.AGENCY_ADMIN, active=False),
        "paris": f.member(paris, Role.COORDINATOR),
        "paris_boss": f.member(paris, Role.AGENCY_ADMIN),
        "paris_late": f.member(paris, Role.COORDINATOR, arrived_at=timezone.now()),
        "south": f.member(south, Role.COORDINATOR),
        # asks for others, and is no second person yet
        "nation": f.member(national, Role.COORDINATOR, arrived_at=timezone.now()),
        "deaf_boss": f.member(deaf, Role.AGENCY_ADMIN),
        "auditor": f.member(f.agency(Kind.JUSTICE, desk=False), Role.AUDITOR),
    }
    names = {"nothing": None, "unknown": uuid.UUID(int=7), "home": home.pk, "union": union.pk, "paris": paris.pk}
    names |= {"above_all": national.pk, "south": south.pk, "deaf": deaf.pk, "shut": shut.pk, "bare": bare.pk}
    names |= {"aliens": aliens.pk, "court": court.pk}
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=deaf.pk).update(receives_alerts=False)
        for name, desk, what, value, state in (
            ("north", home, "territory", "92", "waiting"),
            ("north", home, "service", "legal_support", "withdrawn"),
            ("far", home, "territory", "13", "refused"),
            ("stand_in", home, "second", str(union.pk), "waiting"),
            ("taken", union, "second", str(home.pk), "waiting"),
            ("others", union, "minors", "", "waiting"),
            ("others", union, "form", "b", "waiting"),
            ("others", union, "territory", "13", "waiting"),
            ("above", deaf, "territory", "13", "waiting"),
            ("raised", deaf, "nationwide", "", "waiting"),
            ("lifted", home, "level", "3", "waiting"),  # asked for it by somebody of another agency
            ("sought", home, "office", "crip", "waiting"),  # by the national coordination
            ("given", deaf, "office", "crip", "agreed"),
            ("given_not", deaf, "office", "crip", "refused"),
            ("given_other", deaf, "office", "prosecutor", "agreed"),
            ("given_once", home, "office", "crip", "agreed"),  # ended since
            ("given_else", deaf, "service", "crip", "agreed"),
            ("given_aliens", aliens, "office", "prefecture", "agreed"),
            ("given_court", court, "office", "prosecutor", "agreed"),
        ):
            asker = {home: "boss", union: "union_boss"}.get(desk, "deaf_boss")
            asker = {"raised": "nation", "sought": "nation", "lifted": "paris_late"}.get(
                name.split("_")[0].replace("given", "raised"), asker
            )
            units = {"far": south, "above": bare, "raised": national, "lifted": national}
            row = {"by": who[asker], "unit": units.get(name, paris)}
            row |= {"stand_in_id": int(value) if what == "second" else None}
            row |= {"taken_at": timezone.now()} if name == "taken" else {}
            batch = names.setdefault(name, uuid.uuid4())
            DeskChange.objects.create(batch=batch, desk=desk.desk, what=what, value=value, state=state, **row)
    return Stage(names, who, CALLS, LOOKS)
