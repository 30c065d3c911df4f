"""Collect the catalogue of acts. Apps declare theirs in `<app>/acts.py`, as GROUPS."""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


class UnknownAct(ValueError):
    """Signal an act that no app declares: add it to `acts.py` of its app or of a higher one, with its French."""


@dataclass
class Group:
    """Define acts about one subject, code -> words. `readings` are those that show a case, or part of it."""

    code: str
    words: str
    acts: dict[str, str]
    readings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.acts = self.readings | self.acts


@cache
def groups() -> tuple[Group, ...]:
    """Return the groups of all apps, those of higher apps first."""
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
