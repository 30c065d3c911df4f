"""Catalogue of acts: what the journal may say was done. Apps declare theirs in `<app>/acts.py`, as GROUPS."""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


class UnknownAct(ValueError):
    """No app declares this act: add it to `acts.py` of its app or of one above, with its French."""


@dataclass
class Group:
    """Acts about one thing, code -> words. Those among `readings` show a case, or something of it."""

    code: str
    words: str
    acts: dict[str, str]
    readings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.acts = self.readings | self.acts


@cache
def groups() -> tuple[Group, ...]:
    """Return the groups of all apps, those of upper floors first."""
    modules = [app for app in reversed(list(apps.get_app_configs())) if module_has_submodule(app.module, "acts")]
    return tuple(group for app in modules for group in import_module(f"{app.name}.acts").GROUPS)


@cache
def acts() -> dict[str, str]:
    """Return the words of each act by its code."""
    return {code: words for group in groups() for code, words in group.acts.items()}


@cache
def readings() -> dict[str, str]:
    """Return the acts that show a case: « Qui l'a consulté » lists their entries."""
    return {code: words for group in groups() for code, words in group.readings.items()}
