"""Generate pairs of identities with a known answer: one invented person written twice, or two persons."""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from .planted_names import ORIGINS, Origin, family_name, heard_otherwise, slip_of_the_finger

FIRST_DAY, DAYS = date(1965, 1, 1), 45 * 365


@dataclass
class Person:
    origin: Origin
    family: str
    given: list[str]
    spellings: list[tuple[str, ...]]
    born: date
    nation: str
    sex: str

    def data(self) -> dict:
        return {
            "family_name": self.family,
            "given_names": " ".join(self.given),
            "births": [{"date": self.born.isoformat()}],
            "nationalities": [self.nation],
            "sex": self.sex,
        }


def person(chance: random.Random, origin: Origin | None = None) -> Person:
    """Return a random person, of a random origin by default."""
    origin = origin or chance.choice(list(ORIGINS.values()))
    spellings = chance.sample(origin.given, 2 if chance.random() < 0.3 else 1)
    born = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    given = [names[0] for names in spellings]
    sex = chance.choice(("woman", "man"))
    return Person(origin, family_name(origin, chance), given, spellings, born, chance.choice(origin.nations), sex)


# -- the same person, written down again ---------------------------------------------------------------------------
def spelling(data: dict, who: Person, chance: random.Random) -> None:
    """Replace a given name by another usual spelling; without one, change a sound of the family name."""
    others = [names for names in who.spellings if len(names) > 1]
    if others and chance.random() < 0.6:
        names = chance.choice(others)
        data["given_names"] = data["given_names"].replace(names[0], chance.choice(names[1:]))
    else:
        data["family_name"] = heard_otherwise(data["family_name"], who.origin, chance)


def typing(data: dict, who: Person, chance: random.Random) -> None:
    """Misspell one of the two names."""
    field = chance.choice(("family_name", "given_names"))
    data[field] = slip_of_the_finger(data[field], chance)


def swapped(data: dict, who: Person, chance: random.Random) -> None:
    """Swap family name and given names."""
    data["family_name"], data["given_names"] = data["given_names"], data["family_name"]


def accents(data: dict, who: Person, chance: random.Random) -> None:
    """Write both names in capitals without accents."""
    for field in ("family_name", "given_names"):
        plain = unicodedata.normalize("NFKD", data[field])
        data[field] = "".join(c for c in plain if not unicodedata.combining(c)).upper()


def fewer_names(data: dict, who: Person, chance: random.Random) -> None:
    """Leave out a given name, or add one."""
    if len(who.given) > 1:
        data["given_names"] = chance.choice(who.given)
    else:
        data["given_names"] += f" {chance.choice(who.origin.given)[0]}"


def particle(data: dict, who: Person, chance: random.Random) -> None:
    """Remove the particle of the family name, or add one."""
    family = data["family_name"]
    with_one = who.origin.particle and family.startswith(f"{who.origin.particle} ")
    if with_one:
        data["family_name"] = family[len(who.origin.particle) + 1 :]
    else:
        data["family_name"] = f"{who.origin.particle or 'de'} {family}"


def glued(data: dict, who: Person, chance: random.Random) -> None:
    """Remove a hyphen or a space between names, or insert one in a long name."""
    for field in ("given_names", "family_name"):
        if " " in data[field] or "-" in data[field]:
            data[field] = data[field].replace("-", "").replace(" ", "")
            return
    data["given_names"] = data["given_names"].replace("ou", "ou-", 1)


def alias(data: dict, who: Person, chance: random.Random) -> None:
    """Write another name, and the known one among the aliases."""
    data["aliases"] = [f"{data['given_names']} {data['family_name']}"]
    data["family_name"], data["given_names"] = family_name(who.origin, chance), chance.choice(who.origin.given)[0]


def same(data: dict, who: Person, chance: random.Random) -> None:
    pass


def birth_missing(data: dict, who: Person, chance: random.Random) -> None:
    data.pop("births")


def birth_swapped(data: dict, who: Person, chance: random.Random) -> None:
    """Swap day and month of the birth, when the result is a date."""
    day, month = who.born.day, who.born.month
    if day <= 12:
        data["births"] = [{"date": f"{who.born.year}-{day:02}-{month:02}"}]


def birth_year(data: dict, who: Person, chance: random.Random) -> None:
    data["births"] = [{"date": str(who.born.year)}]


def birth_next_year(data: dict, who: Person, chance: random.Random) -> None:
    data["births"] = [{"date": str(who.born.year + chance.choice((-1, 1))), "estimated": True}]


def birth_slip(data: dict, who: Person, chance: random.Random) -> None:
    data["births"] = [{"date": f"{who.born.year}-{who.born.month:02}-{chance.randrange(2, 29):02}"}]


def birth_two(data: dict, who: Person, chance: random.Random) -> None:
    """Add a second date of birth, given to another service."""
    data["births"].insert(0, {"date": f"{who.born.year - chance.choice((3, 4, 5))}-05-17"})


def nation_missing(data: dict, who: Person, chance: random.Random) -> None:
    data.pop("nationalities")


NAMES: dict[str, tuple[Callable, int]] = {
    "autre orthographe": (spelling, 26),
    "faute de frappe": (typing, 20),
    "nom et prénom inversés": (swapped, 12),
    "accents et capitales": (accents, 8),
    "prénom en moins ou en plus": (fewer_names, 10),
    "particule": (particle, 6),
    "noms collés ou coupés": (glued, 6),
    "autre nom utilisé": (alias, 6),
    "nom identique": (same, 6),
}
BIRTHS = {
    same: 30,
    birth_missing: 18,
    birth_swapped: 12,
    birth_year: 12,
    birth_next_year: 9,
    birth_slip: 9,
    birth_two: 10,
}


def planted(chance: random.Random) -> tuple[str, dict, dict]:
    """Return (kind of variation, identity, the same person written again)."""
    who = person(chance)
    one, two = who.data(), who.data()
    kind = chance.choices(list(NAMES), [weight for _, weight in NAMES.values()])[0]
    NAMES[kind][0](two, who, chance)
    if chance.random() < 0.25:  # variations often come together
        chance.choice((spelling, swapped, accents))(two, who, chance)
    chance.choices(list(BIRTHS), list(BIRTHS.values()))[0](two, who, chance)
    if chance.random() < 0.15:
        nation_missing(two, who, chance)
    return kind, one, two


# -- two persons ---------------------------------------------------------------------------------------------------
def strangers(chance: random.Random, one: Person) -> Person:
    return person(chance)


def countrymen(chance: random.Random, one: Person) -> Person:
    """Return another person of the same country."""
    two = person(chance, one.origin)
    two.nation = one.nation
    return two


def same_family_name(chance: random.Random, one: Person) -> Person:
    """Return a person with the same name and country, and another given name and year: may be a sibling."""
    two = countrymen(chance, one)
    two.family = one.family
    while two.given[0] in one.given or abs(two.born.year - one.born.year) < 2:
        two.given = [chance.choice(one.origin.given)[0]]
        two.born = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    return two


def same_given_name(chance: random.Random, one: Person) -> Person:
    """Return a person with the same given names and country, and another family name."""
    two = countrymen(chance, one)
    two.given, two.spellings = one.given, one.spellings
    while two.family == one.family:
        two.family = family_name(one.origin, chance)
    return two


def same_birthday(chance: random.Random, one: Person) -> Person:
    """Return a person with the same day of birth and country."""
    two = countrymen(chance, one)
    two.born = one.born
    return two


UNRELATED: dict[str, tuple[Callable, int]] = {
    "deux inconnus": (strangers, 55),
    "même pays": (countrymen, 25),
    "même nom de famille et même pays": (same_family_name, 8),
    "même prénom et même pays": (same_given_name, 8),
    "même jour de naissance et même pays": (same_birthday, 4),
}


def unrelated(chance: random.Random) -> tuple[str, dict, dict]:
    """Return (what they have in common, identity, identity of another); some without birth or nationality."""
    kind = chance.choices(list(UNRELATED), [weight for _, weight in UNRELATED.values()])[0]
    one = person(chance)
    two = UNRELATED[kind][0](chance, one)
    while (two.family, two.given[0]) == (one.family, one.given[0]):
        two = UNRELATED[kind][0](chance, one)
    pair = one.data(), two.data()
    for data in pair:
        if chance.random() < 0.15:
            data.pop("births")
        if chance.random() < 0.1:
            data.pop("nationalities")
    return kind, *pair
