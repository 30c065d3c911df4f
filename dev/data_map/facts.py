"""Derive of each table and column what the code itself says: how it is kept, who reads it, what ends it."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from agencies.models import Category, Level
from foundation import sight
from foundation.encryption import EncryptedField
from foundation.walls import Wall, declared, default_rights, sources
from referral.personal_data.rules import Column, Table
from referral.policies.erasures import ERASED
from victims.models.sight import Leads, OpenToMe, Sees

SURROGATES = (models.AutoField, models.UUIDField)  # a drawn key tells nothing: it needs no declaration
CODE = 40  # characters of a code of ours at most: what is longer holds a name or a sentence
SHOWN = 130  # characters of a policy that stand on the page; a longer one is on that of permissions
KEPT = {
    "sealed": "sealed for its row",
    "file": "names a sealed file",
    "digest": "keyed digest",
    "hash": "hash with a salt",
    "": "in clear",
}
ENDS = {
    "told": "goes with the case or alert it tells of",
    "made": "goes with the case or alert it made",
    "match": "goes with either case",
    "request": "goes with its case",
    "alert": "goes with its alert",
    "case": "goes with its case",
    "site": "goes with the last case or alert of it",
}


def tables() -> dict[str, type[models.Model]]:
    """Return table -> model, of every app, third parties and join tables included."""
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def fields(model: type[models.Model]) -> Iterator[models.Field]:
    """Yield the columns that need a declaration: all but a drawn primary key."""
    for field in model._meta.local_concrete_fields:
        if not (field.primary_key and not field.is_relation and isinstance(field, SURROGATES)):
            yield field


def kept(field: models.Field, said: Column | None) -> str:
    """Return how a column is kept, as a key of KEPT: by its class, else as declared."""
    if isinstance(field, EncryptedField):
        return "sealed"
    return said.kept if said else ""


def about(model: type[models.Model]) -> str:
    """Return the first sentence of what a model says it is, without its verb."""
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        return f"Former states of a row of {tracked._meta.db_table}."
    if model._meta.auto_created:
        return "Joins two tables."
    said = next((base.__doc__ for base in model.__mro__ if base.__doc__ and not _automatic(base)), "")
    text = _sentence(said).removeprefix("Store ")
    return text[:1].upper() + text[1:]


def _automatic(base: type) -> bool:
    """Return whether Django wrote the docstring, or it is one of Django's own classes."""
    ours = not base.__module__.startswith("django.db") and base is not object
    return not ours or (base.__doc__ or "").startswith(f"{base.__name__}(")


def _sentence(text: str) -> str:
    """Return the first sentence of a docstring, on one line."""
    first = " ".join(text.strip().split("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z`])", first)[0].rstrip(".") + "."


def shape(field: models.Field) -> str:
    """Return what the class of a field says: where it leads, how many codes it knows, that it is free text."""
    if field.is_relation:
        return f"→ {field.related_model._meta.db_table}"
    if isinstance(field, EncryptedField):
        return "sealed"
    if field.choices:
        return f"one of {len(field.flatchoices)}"
    return "text" if free_text(field) else ""


def free_text(field: models.Field) -> bool:
    """Return whether anybody may write what they want there: a text without a list, too long for a code."""
    if field.name == "pgh_label":  # the name of a trigger of django-pghistory
        return False
    if isinstance(field, (models.TextField, models.JSONField)):
        return True
    return isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) > CODE


def walls() -> dict[str, Wall]:
    return {wall.table: wall for wall in declared()[0]}


def readers(model: type[models.Model], walled: dict[str, Wall], rights: dict[str, str]) -> str:
    """Return who reads the rows: the rule of the model in words, else the policy as it stands."""
    table = model._meta.db_table
    wall = walled.get(table)
    if wall is None:
        open_to_all = "SELECT" in rights_on(table, rights)
        return (
            "every part of the application, without row security" if open_to_all else "functions of the database alone"
        )
    rule = getattr(model, "sight", None)
    if isinstance(rule, sight.Rule) and rule.sql(model) == wall.select:
        return rule_in_words(rule, model)
    if wall.select == "true":
        return "everybody who is let in, and public pages"
    return f"`{wall.select}`" if len(wall.select) < SHOWN else f"its own policy: [permissions](permissions.md#{table})"


def rule_in_words(rule: sight.Rule, model: type[models.Model]) -> str:
    """Return a rule of sight in words; one that has no words here gives its docstring."""
    if isinstance(rule, sight.Joined):
        parts = [rule_in_words(part, model) for part in rule.rules]
        return (" and " if rule.word == " AND " else " or ").join(
            f"({part})" if isinstance(inner, sight.Joined) else part
            for part, inner in zip(parts, rule.rules, strict=True)
        )
    if type(rule) is Sees:
        return _sees(rule)
    for sort, words in WORDS.items():
        if type(rule) is sort:
            return words(rule)
    return f"« {_sentence(type(rule).__doc__ or '').rstrip('.')} »"


def _sees(rule: Sees) -> str:
    level = f"level {rule.level} `{Level(rule.level).name.lower()}`"
    bit = f" with the category `{Category(rule.bit).name.lower()}`" if rule.bit else ""
    return f"agencies that see the case at {level}{bit}{' (or lead it)' if rule.lead else ''}"


WORDS = {
    Leads: lambda rule: "the agency that leads the case",
    OpenToMe: lambda rule: "a member to whom the case is not closed",
    sight.Own: lambda rule: f"the agency in `{rule.name}`",
    sight.By: lambda rule: f"the member in `{rule.name}`",
    sight.SightIs: lambda rule: f"roles whose sight is {', '.join(f'`{each}`' for each in rule.sights)}",
    sight.Is: lambda rule: f"`{rule.name}` is {rule.value!r}",
    sight.IsNot: lambda rule: f"`{rule.name}` is not {rule.value!r}",
    sight.Follows: lambda rule: f"whoever reads its row of {rule.parent._meta.db_table}",
    sight.Nobody: lambda rule: "no member: the worker alone",
    sight.Sql: lambda rule: f"`{rule.text}`",
}


def unused(walled: dict[str, Wall], rights: dict[str, str]) -> set[str]:
    """Return the tables on which nobody has a right and that no function names: parts of libraries not used here."""
    written = "\n".join(sources())
    return {t for t in tables() if t not in walled and not rights_on(t, rights) and t not in written}


def rights_on(table: str, rights: dict[str, str]) -> str:
    """Return the rights of the application on a table without row security."""
    return rights.get(table, default_rights(table))


def erased_with(table: str) -> list[str]:
    """Return under which nouns the list of what is erased names a table."""
    return [noun for noun, named in ERASED.items() if table in named]


def ends(table: str, said: Table, never: set[str]) -> str:
    """Return what ends the rows of a table. `never`: tables in which nobody may write."""
    if table in never:
        return "stays empty: nobody has a right on it"
    found = list(dict.fromkeys(ENDS[noun] for noun in erased_with(table)))
    if said.until:
        found.append(said.until if said.until.startswith("stays: ") else f"after `{said.until}`")
    return "; ".join(found) or "is of nobody"
