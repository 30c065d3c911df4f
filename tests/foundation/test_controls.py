"""Controls drawn in Python are those that Django's templates draw, at the cost of no template."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from foundation.fields import DayInput
from foundation.styles.controls import DRAWN, Renderer
from tests import factories as f
from tests.referral.pages import Hand

CHOICES = [
    ("", "---"),
    ("a", 'L\'« été » <b> & "guillemets"'),
    ("b", mark_safe("<b>sûr</b>")),
    ("c", _("Cases")),
    (4, 1234567),
    (Decimal("1.5"), Decimal("1.5")),
    (True, date(2026, 11, 27)),
    ("g", [("x", "dedans"), ("y", "<dedans>")]),
]
ATTRS = {"id": "id_x", "class": 'a "b" <c>', "data-n": 1234567, "required": True, "hidden": False, "title": _("Cases")}
VALUES = (None, "", "a", "b", "<&\"'>", 4, 1234567.5, True, False, date(2026, 11, 27), mark_safe("&amp;"), ["a", "x"])
WIDGETS = (
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.CheckboxInput,
    forms.Textarea,
    forms.ClearableFileInput,
    forms.SelectDateWidget,
    DayInput,
)
LISTS = (
    forms.Select,
    forms.SelectMultiple,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.NullBooleanSelect,
)


def markup(html: str) -> str:
    """Return it without the white space that browsers do not show."""
    return re.sub(r"\s*(</?(?:select|option|optgroup)\b[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", html)).strip()


@pytest.mark.parametrize("kind", [*WIDGETS, *LISTS])
def test_markup_is_that_of_django(kind):
    widget = kind(choices=CHOICES) if kind in LISTS[:4] else kind()
    for value in VALUES:
        if kind is forms.SelectDateWidget and not isinstance(value, date | None):
            continue
        if kind is forms.NullBooleanSelect and isinstance(value, list):
            continue
        drawn, told = (widget.render("nom<", value, ATTRS, renderer=one()) for one in (Renderer, TemplatesSetting))
        assert markup(drawn) == markup(told), value
        assert hasattr(drawn, "__html__")


def test_choices_of_a_group_are_those_of_django():
    class Form(forms.Form):
        one = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)

    for _choice in range(len(CHOICES)):
        drawn, told = (
            [w.tag() for w in Form(renderer=made())["one"].subwidgets] for made in (Renderer, TemplatesSetting)
        )
        assert [*map(markup, drawn)] == [*map(markup, told)]


def test_every_drawn_name_is_a_template_of_django():
    for name in DRAWN:
        assert TemplatesSetting().get_template(name)


@pytest.mark.django_db
def test_list_page_renders_no_more_templates_for_more_departements():
    f.national()
    f.territory("w0", "Essai")  # another version of the lists: the form is drawn, and not one that is kept
    hand = Hand(f.member(f.shelter()))
    few = len(hand.get("case-list").templates)
    for n in range(10):
        f.territory(f"x{n}", f"Essai {n}")
    page = hand.get("case-list")
    assert b"Essai 9" in page.content
    assert len(page.templates) == few < 40


def test_each_form_of_an_answer_has_the_same_token_and_each_answer_another(rf):
    two = Template("{% load forms %}{% form_token %}|{% form_token %}")
    said = []
    for _answer in range(2):
        request = rf.get("/")
        one, other = two.render(Context({"request": request})).split("|")
        assert one == other and 'name="csrfmiddlewaretoken"' in one
        said.append(one)
    assert said[0] != said[1]
