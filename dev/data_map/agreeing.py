"""List which values must agree together: constraints of the database, and what forms refuse."""

import ast
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

APPS = ("agencies", "plans", "victims", "referral")


def constraints() -> list[tuple[str, str, str]]:
    """Return (table, name, condition) of each constraint between columns that the database holds."""
    return sorted(
        (model._meta.db_table, constraint.name, _condition(constraint.condition))
        for model in apps.get_models()
        if model._meta.managed
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    )


def refused_together() -> list[tuple[str, list[str]]]:
    """Return (form, sentences it refuses with) of each form that looks at several of its fields at once."""
    found = []
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and (said := _sentences(node)):
                    module = path.relative_to(settings.BASE_DIR).with_suffix("").as_posix().replace("/", ".")
                    found.append((f"{module}.{node.name}", said))
    return found


def _sentences(form: ast.ClassDef) -> list[str]:
    """Return the sentences for a person that the method `clean` of a class holds."""
    clean = next((part for part in form.body if isinstance(part, ast.FunctionDef) and part.name == "clean"), None)
    calls = [part for part in ast.walk(clean) if isinstance(part, ast.Call)] if clean else []
    told = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}
    return [
        call.args[-1].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in told
        and isinstance(call.args[-1], ast.Constant)
        and " " in str(call.args[-1].value)
    ]


def _condition(condition) -> str:
    """Return a condition of Django in words that do not change between runs."""
    if isinstance(condition, models.Q):
        parts = [_condition(part) if not isinstance(part, tuple) else _part(*part) for part in condition.children]
        text = f" {condition.connector.lower()} ".join(f"({part})" if " and " in part or " or " in part else part
                                                       for part in parts)  # fmt: skip
        return f"not ({text})" if condition.negated else text
    return "an expression: see the model"


def _part(name: str, value) -> str:
    if isinstance(value, models.F):
        value = f"`{value.name}`"
    elif isinstance(value, models.expressions.BaseExpression):
        value = "a computed value"
    elif isinstance(value, (list, tuple, set)):
        value = ", ".join(sorted(str(getattr(each, "value", each)) for each in value))
    else:
        value = repr(getattr(value, "value", value))
    field, _, how = name.partition("__")
    if how == "isnull":
        return f"`{field}` is {'' if value == 'True' else 'not '}empty"
    return f"`{field}` {HOW.get(how, how)} {value}" if value != "None" else f"`{field}` is empty"


HOW = {
    "": "is",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "in": "is one of",
    "regex": "matches",
    "overlap": "holds one of",
}
