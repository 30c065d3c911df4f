"""The keyboard that a phone shows: digits for a number, a telephone's for a telephone, and nothing that the browser
remembers of somebody else. Each field of each form of the project, and each input that a template writes by hand."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.conf import settings

from foundation.templatetags.forms import field
from journal.models import Entry  # noqa: F401  (models are there before forms)

APPS = ("agencies", "indicators", "notifications", "plans", "referral", "victims")
TEMPLATES = settings.BASE_DIR / "templates"
PHONES = re.compile(r"(^|_)(phone|callback|tel)($|_)")
# tick boxes and lists that say something about a telephone; what is typed beside them is a field of its own
OPEN = ("text", "number", "email", "tel", "url", "password")


def every_form() -> dict[str, type[forms.BaseForm]]:
    """Return each form class of the project by its address, once all modules are loaded."""
    for app in APPS:
        package = import_module(app)
        for module in walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in module.name and re.search(r"\.(forms|filters|views)\b", module.name):
                import_module(module.name)
    waiting, found = [forms.Form, forms.ModelForm], {}
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.split(".")[0] in APPS:
                found[f"{form.__module__}.{form.__qualname__}"] = form
    return found


def typed() -> list[tuple[str, forms.Field, dict[str, str]]]:
    """Return each field that one types in, with the attributes of its input as the page draws it."""
    found = []
    for address, form in every_form().items():
        for name, one in form.base_fields.items():
            if not isinstance(one.widget, forms.widgets.Input) or isinstance(one.widget, forms.CheckboxInput):
                continue
            drawn = str(field(type("One", (forms.Form,), {name: one})()[name])["input"])
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', drawn.split(">", 1)[0]))
            if drawn.lstrip().startswith("<input") and attributes.get("type") in OPEN:
                found.append((f"{address}.{name}", one, attributes))
    return found


@pytest.fixture(scope="module")
def fields(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return typed()


def test_a_number_gets_digits(fields):
    numbers = [(name, one, said) for name, one, said in fields if isinstance(one, forms.IntegerField)]
    assert len(numbers) >= 12, "integers and decimals"
    wrong = []
    for name, one, said in numbers:
        wanted = "decimal" if isinstance(one, forms.DecimalField | forms.FloatField) else "numeric"
        if said.get("inputmode") != wanted:
            wrong.append(f"{name}: inputmode is {said.get('inputmode')}, not {wanted}")
    assert not wrong, "\n".join(wrong)


def test_a_telephone_a_mail_and_a_code_get_theirs(fields):
    wrong, seen = [], {"tel": 0, "email": 0, "code": 0}
    for name, one, said in fields:
        last = name.rsplit(".", 1)[-1]
        if PHONES.search(last):
            seen["tel"] += 1
            wrong += [f"{name}: type is {said['type']}"] if said["type"] != "tel" else []
        elif isinstance(one, forms.EmailField) or said["type"] == "email":
            seen["email"] += 1
            wrong += [f"{name}: type is {said['type']}"] if said["type"] != "email" else []
        elif said.get("autocomplete") == "one-time-code":
            seen["code"] += 1
            wrong += [f"{name}: no digits"] if said.get("inputmode") != "numeric" else []
        else:
            continue
        wrong += [f"{name}: says nothing of autocomplete"] if not said.get("autocomplete") else []
    assert not wrong, "\n".join(wrong)
    assert all(seen.values()), seen


def test_what_is_typed_about_somebody_is_not_offered_to_the_next_reader(fields):
    """A shared computer offers what was typed before in a field of that name: a place, a nickname, a number."""
    silent = [name for name, _one, said in fields if not said.get("autocomplete")]
    assert len(fields) > 80
    assert not silent, "\n".join(silent)


def test_inputs_written_by_hand_say_it_too():
    wrong, seen = [], 0
    for path in TEMPLATES.rglob("*.html"):
        for drawn in re.findall(r"<input\s(?:\{%[^%]*%\}|\{\{[^}]*\}\}|[^>{])*>", path.read_text(encoding="utf-8")):
            kind = (re.search(r'type="([^"]*)"', drawn) or ["", "text"])[1]
            if kind in OPEN:
                seen += 1
                wrong += [f"{path.name}: {drawn[:120]}"] if "autocomplete=" not in drawn else []
    assert seen > 5
    assert not wrong, "\n".join(wrong)
