"""Derive in which capacity the data of persons is read: by a grant on a case, or with none."""

import re

from agencies.models import Category, Level
from foundation import sight
from referral.personal_data import rules
from referral.personal_data.words import OF_A_PERSON, OF_NOBODY, Sort
from victims.models.sight import Sees

from . import facts

OWN = (sight.Own, sight.By)
# capacity -> what the policy of a table that is read in it says; `{table}`: the table itself
WITHOUT_GRANT = {
    "a écrit l'alerte": r"author_id = nrm\.membership\(\)",
    "reçoit une alerte, tant qu'elle lui est adressée": r"FROM referral_alertdesk d\b",
    "reçoit une demande, avant même d'y répondre": r"FROM referral_orientationdesk d\b",
    "a lui-même écrit, envoyé ou déposé (brouillon, tableau, demande, note au secret)": (
        r"(?<![\w.])({table}\.)?(agency_id|sender_id|by_id|membership_id) = nrm\.(desk|agency|membership)\(\)"
    ),
    "lit le journal et les registres (audit, protection des données)": r"nrm\.sight\(\) = 'journal'",
    "répond d'une violation de données, ou en lit le registre": r"nrm\.breach_as\(",
}


def by_grant() -> dict[str, set[Sort]]:
    """Return what is granted -> categories of the tables that the grant alone opens."""
    opened: dict[tuple[int, int], set[Sort]] = {}
    for table, model in facts.tables().items():
        for grant in grants(getattr(model, "sight", None)):
            opened.setdefault(grant, set()).update(of_a_person(table))
    found = {
        f"niveau « {level.label} »": set().union(
            *(sorts for (at, bit), sorts in opened.items() if at == level and not bit)
        )
        for level in Level
        if level > Level.STATUS
    }
    for category in Category:
        sorts = set().union(*(sorts for (_at, bit), sorts in opened.items() if bit == category))
        found[f"catégorie « {category.label} »"] = sorts
    return found


def grants(rule) -> set[tuple[int, int]]:
    """Return each (level, bit) that opens rows by this rule: none where the reader must also have written the row."""
    if type(rule) is Sees:
        return {(rule.level, rule.bit)}
    if not isinstance(rule, sight.Joined):
        return set()
    if rule.word == " AND " and any(isinstance(part, OWN) for part in rule.rules):
        return set()
    return set().union(*(grants(part) for part in rule.rules))


def without_grant() -> dict[str, set[Sort]]:
    """Return capacity -> categories of the tables read in it with no grant on a case."""
    found: dict[str, set[Sort]] = {capacity: set() for capacity in WITHOUT_GRANT}
    for table in facts.walls():
        for capacity in capacities(table):
            found[capacity] |= of_a_person(table)
    return found


def capacities(table: str) -> list[str]:
    """Return in which capacities, without a grant, the policy of a table lets its rows be read."""
    wall = facts.walls().get(table)
    select = wall.select if wall else ""
    return [capacity for capacity, said in WITHOUT_GRANT.items() if re.search(said.replace("{table}", table), select)]


def of_a_person(table: str) -> set[Sort]:
    sorts = {sort for (of, _name), said in rules.columns().items() if of == table for sort in said.sorts}
    return (sorts - OF_NOBODY) & OF_A_PERSON
