"""The world and the calls of `expected/definers_powers.csv`: what the national coordination asks for other agencies."""

import uuid

from agencies.models import DeskChange, Kind, Role
from tests import factories as f

from .definers import Call, Stage
from .definers_coverage import LOOKS as DESKS

LOOKS = {
    "asked": DESKS["asked"],
    "offers": DESKS["places"],
    "agencies": "SELECT format('#%s sees %s, holds %s%s%s%s', group_id, max_level, may_hold, CASE WHEN supports_people"
    " THEN ', leads' END, CASE WHEN mandate <> '' THEN ', ' || mandate END,"
    " CASE WHEN office <> '' THEN ', is ' || office END) FROM agencies_agency",
    "desks": "SELECT format('#%s receives%s%s%s%s%s', agency_id, CASE WHEN receives_alerts THEN ' alerts' END,"
    " CASE WHEN receives_orientations THEN ' requests' END, CASE WHEN nationwide THEN ' everywhere' END,"
    " CASE WHEN takes_adults THEN ' adults' END, CASE WHEN takes_minors THEN ' minors' END) FROM agencies_desk",
    "events": DESKS["events"],
}
ALL = tuple(LOOKS)
LOOKS |= {"requests": "SELECT format('%s %s', id, state) FROM referral_orientation"}
_ASKED = """
    UPDATE agencies_agency SET active = %(open)s WHERE group_id = %(of)s;
    UPDATE agencies_agency SET max_level = %(sees)s WHERE group_id = %(of)s;
    INSERT INTO agencies_deskchange (id, batch, desk_id, what, value, unit_id, by_id, at, state, reason)
    SELECT gen_random_uuid(), %(target)s, %(of)s, w.what, w.value, %(nation)s, %(asker)s, now(), w.state, ''
    FROM unnest(%(whats)s::text[], %(vals)s::text[], %(states)s::text[]) w(what, value, state)"""
CALLS = {
    "ask_powers": Call(
        "SELECT nrm.ask_powers(%(target)s, %(whats)s::text[], %(vals)s::text[]) IS NOT NULL",
        looks=ALL,
        words={"target": "@small", "whats": "{level}", "vals": "{2}"},
    ),
    "decide_desk": Call(
        "SELECT nrm.decide_desk(%(target)s, 'agree', '')",
        looks=ALL,
        words={
            "target": "@batch", "of": "@small", "open": "true", "sees": "1", "whats": "{level}", "vals": "{2}",
            "states": "{waiting}", "nation": "@nation", "asker": "@first.member",
        },
        before=_ASKED,
    ),
    "office_changed": Call(
        "UPDATE agencies_agency SET profile_id = NULLIF(%(line)s, '') WHERE group_id = %(of)s",
        looks=("requests", "events"),
        words={"of": "@asked_by_kind", "line": "prefecture"},
        role="nrm_owner",
    ),
}  # fmt: skip


def _requests(units) -> dict:
    """Send requests by an agreement of a kind and by one that names the service; return their ids by word."""
    sender = f.member(f.shelter())
    case = f.bare_case(sender)
    by_kind = f.consent(sender, case, kinds=[Kind.INTERIOR], agencies=[], purpose="share_police")
    by_name = f.consent(sender, case, agencies=[units["asked_by_kind"].pk])
    sent = {
        "by_kind": (units["asked_by_kind"], by_kind, {}),
        "by_name": (units["asked_by_kind"], by_name, {}),
        "taken": (units["asked_by_kind"], by_kind, {"state": "accepted", "answerer": f.member(units["asked_by_kind"])}),
        "elsewhere": (units["asked_elsewhere"], by_kind, {}),
    }
    return {
        f"request:{name}": f.orientation(sender, case, to, consent=k, exclusive=False, **more).pk
        for name, (to, k, more) in sent.items()
    }


def powers() -> Stage:
    """Units of every kind at the least, some where nobody works on cases; two coordinators of the national one."""
    shut = {"receives_alerts": False, "receives_orientations": False, "takes_minors": False}

    def unit(kind, *staff, **fields):
        made = f.agency(kind, **{"services": (), "max_level": 1, "desk_fields": shut, **fields})
        for role in staff:
            f.member(made, role)
        return made

    f.service("prosecution"), f.service("detection")
    nation = f.national()
    units = {
        "nation": nation,
        "small": unit(Kind.INTERIOR, Role.CASE_WORKER),
        "empty": unit(Kind.INTERIOR),
        "papers": unit(Kind.INTERIOR, Role.AGENCY_ADMIN),
        "left": unit(Kind.INTERIOR),
        "barred": unit(Kind.INTERIOR),
        # holds already what is asked for others
        "held": unit(Kind.INTERIOR, Role.CASE_WORKER, supports_people=True, territories=(), desk_fields={
            "receives_alerts": True, "receives_orientations": True, "takes_minors": True}),
        "asked": unit(Kind.INTERIOR, Role.CASE_WORKER),
        "full": unit(Kind.INTERIOR, Role.CASE_WORKER, max_level=3, may_hold=2, supports_people=True, territories=(),
                     services=("prosecution",),
                     desk_fields={"receives_alerts": True, "receives_orientations": True}),
        "company": unit(Kind.EMPLOYER, Role.CASE_WORKER),
        "unit": unit(Kind.COORDINATION, Role.COORDINATOR, desk_fields={**shut, "takes_adults": False}),
        "unit_files": unit(Kind.COORDINATION, Role.COORDINATOR, max_level=3),
        "unit_holds": unit(Kind.COORDINATION, Role.COORDINATOR, may_hold=1),
        "unit_leads": unit(Kind.COORDINATION, Role.COORDINATOR, supports_people=True),
        "unit_empty": unit(Kind.COORDINATION),
        "unit_waits": unit(Kind.COORDINATION),
        "cell": unit(Kind.CHILD_PROTECTION, Role.CASE_WORKER),
        "cell_known": unit(Kind.CHILD_PROTECTION, Role.CASE_WORKER, office="crip"),
        "cell_of_the_pack": unit(Kind.CHILD_PROTECTION, Role.CASE_WORKER, profile_id="crip"),
        "court": unit(Kind.JUSTICE, Role.CASE_WORKER),
        "mandated": f.coordination(max_level=1),
        "asked_by_kind": f.agency(Kind.INTERIOR),
        "asked_elsewhere": f.agency(Kind.INTERIOR),
        "aliens": f.agency(Kind.INTERIOR, desk=False, office="prefecture"),
        "no_desk": f.agency(Kind.INTERIOR, desk=False, max_level=1),
        "closed": unit(Kind.INTERIOR, Role.CASE_WORKER, active=False),
    }  # fmt: skip
    f.member(units["left"], active=False)
    who = {
        "first": f.member(nation, Role.COORDINATOR),
        "second": f.member(nation, Role.COORDINATOR),
        "nation_left": f.member(nation, Role.COORDINATOR, active=False),
        "nation_barred": f.member(nation, Role.COORDINATOR),
        "nation_boss": f.member(nation, Role.AGENCY_ADMIN),
        "mandated": f.member(units["mandated"], Role.COORDINATOR),
        "barred": f.member(units["barred"]),
    }
    with f.as_role("nrm_owner"):
        for name in ("nation_barred", "barred"):
            type(who[name].user).objects.filter(pk=who[name].user_id).update(is_active=False)
        for name, what, value, state in (
            ("asked", "nationwide", "", "waiting"),
            ("asked", "category", "1", "waiting"),
            ("asked", "supports", "", "refused"),
            ("unit_waits", "mandate", "territorial", "waiting"),
        ):
            row = {"what": what, "value": value, "state": state, "unit": nation, "by": who["first"]}
            DeskChange.objects.create(batch=uuid.uuid4(), desk=units[name].desk, **row)
    requests = _requests(units)
    names = {name: one.pk for name, one in units.items()} | requests | {"batch": uuid.UUID(int=8), "nothing": None}
    names |= {"blank": [""], "mandate_and_blank": ["territorial", ""], "level_and_blank": ["2", ""]}
    names |= {f"{name}.member": one.pk for name, one in who.items()}
    return Stage(names, {**who, "system": None}, CALLS, LOOKS)
