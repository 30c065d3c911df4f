"""Read the answers with which an installation is set up: who coordinates, who administers, which bodies take part."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


class BadAnswers(ValueError):
    """Signal answers that cannot be used; the message says where and what to write."""


@dataclass(frozen=True)
class Person:
    """Hold a person's name and work address, in lower case."""

    name: str
    address: str


@dataclass(frozen=True)
class Unit:
    """Hold a unit: its name, the code of its line of the directory, its territory, and who comes first in it.

    `body` is empty for an auditor's unit without a line, `place` for the whole country.
    """

    name: str
    body: str
    place: str
    first: Person


@dataclass(frozen=True)
class Answers:
    """Hold all answers. `body`: the line of the directory that coordinates; empty: whoever holds the mandate."""

    name: str
    body: str
    administrators: tuple[Person, Person]
    auditor: Unit | None = None
    bodies: tuple[Unit, ...] = field(default=())

    def people(self) -> list[Person]:
        """Return everybody named."""
        units = [*([self.auditor] if self.auditor else []), *self.bodies]
        return [*self.administrators, *(unit.first for unit in units)]


def answers_of(given: object) -> Answers:
    """Return the answers of a file. Raises BadAnswers, also for a key that means nothing here, such as a password."""
    top = _fields(given, "the file", {"coordination", "administrators", "auditor", "bodies"})
    unit = _fields(top.get("coordination"), "coordination", {"name", "body"})
    first, *others = _list(top.get("administrators"), "administrators") or [None]
    if len(others) != 1:
        raise BadAnswers("administrators: name two persons. Each act that gives sight takes both of them.")
    answers = Answers(
        name=_text(unit, "coordination", "name"),
        body=_text(unit, "coordination", "body", owed=False),
        administrators=(_person(first, "administrators, first"), _person(others[0], "administrators, second")),
        auditor=_unit(top["auditor"], "auditor", body=False) if top.get("auditor") else None,
        bodies=tuple(_unit(one, f"bodies, {n}") for n, one in enumerate(_list(top.get("bodies"), "bodies"), 1)),
    )
    _told_apart(answers)
    return answers


def _told_apart(answers: Answers) -> None:
    addresses = [person.address for person in answers.people()]
    if twice := sorted({one for one in addresses if addresses.count(one) > 1}):
        raise BadAnswers(f"{twice[0]}: this address is written twice. Each account is of one person.")
    one, other = answers.administrators
    if one.name.casefold() == other.name.casefold():
        raise BadAnswers(f"administrators: {one.name} is named twice. Two persons are needed, not two accounts of one.")
    units = [answers.name, *(unit.name for unit in (*answers.bodies, *filter(None, [answers.auditor])))]
    names = [name.casefold() for name in units]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadAnswers(f"{twice[0]}: two units have this name.")


def _unit(given: object, where: str, *, body: bool = True) -> Unit:
    fields = _fields(given, where, {"name", "body", "place", "person"})
    return Unit(
        name=_text(fields, where, "name"),
        body=_text(fields, where, "body", owed=body),
        place=_text(fields, where, "place", owed=False),
        first=_person(fields.get("person"), f"{where}, person"),
    )


def _person(given: object, where: str) -> Person:
    fields = _fields(given, where, {"name", "address"})
    address = _text(fields, where, "address").lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadAnswers(f"{where}: {address} is not a whole e-mail address.") from error
    return Person(_text(fields, where, "name", most=120), address)


def _fields(given: object, where: str, known: set[str]) -> Mapping:
    if not isinstance(given, Mapping):
        raise BadAnswers(f"{where}: write {', '.join(sorted(known))}.")
    if other := sorted(str(key) for key in given if key not in known):
        raise BadAnswers(f"{where}: {other[0]} means nothing here. Known are {', '.join(sorted(known))}.")
    return given


def _list(given: object, where: str) -> list:
    if not isinstance(given, list | None):
        raise BadAnswers(f"{where}: write a list.")
    return given or []


def _text(fields: Mapping, where: str, name: str, *, owed: bool = True, most: int = 200) -> str:
    value = fields.get(name)
    text = "" if value is None else str(value).strip()
    if owed and not text:
        raise BadAnswers(f"{where}: {name} is missing.")
    if len(text) > most:
        raise BadAnswers(f"{where}: {name} is longer than {most} signs.")
    return text
