"""The top of a page with errors says what is missing, and speaks of correcting only what was answered."""

from django import forms
from django.template import Context, Template
from django.utils.translation import override

PAGE = Template('{% load forms %}{% error_summary "form" %}')


class Asked(forms.Form):
    name = forms.CharField()
    number = forms.IntegerField()
    choice = forms.MultipleChoiceField(choices=[("a", "a")])


def top(**typed) -> str:
    with override("fr"):
        return PAGE.render(Context({"form": Asked(typed)})).replace("\u00a0", " ")


def test_what_was_not_answered_is_missing():
    assert "Il manque 3 réponses" in top()
    assert "Il manque une réponse" in top(name="x", number="1")
    assert "corriger" not in top()


def test_what_was_answered_wrongly_is_to_correct():
    assert "Une réponse à compléter ou à corriger" in top(name="x", number="?", choice=["a"])
    assert "2 réponses à compléter ou à corriger" in top(name="x", number="?"), "one is missing, one is wrong"
