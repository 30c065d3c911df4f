"""Dates and delays in words, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from agencies.models import Service
from foundation.templatetags import words

NOW = datetime(2026, 11, 14, 9, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=21, minutes=50), "21 h 50 restantes"),
        (timedelta(hours=2), "2 h restantes"),
        (timedelta(hours=1, minutes=5), "1 h 05 restante"),
        (timedelta(minutes=10), "10 min restantes"),
        (timedelta(days=2), "2 jours restants"),
        (timedelta(days=2, hours=23), "2 j 23 h restants"),
        (timedelta(days=6, hours=1), "6 j 1 h restants"),
        (timedelta(days=7, hours=23), "7 jours restants"),
        (timedelta(seconds=20), "1 min restante"),
        (-timedelta(seconds=20), "en retard de 1 min"),
        (-timedelta(minutes=3), "en retard de 3 min"),
        (-timedelta(hours=2), "en retard de 2 h"),
        (-timedelta(days=3), "en retard de 3 jours"),
    ],
)
def test_time_left_is_said_in_words(left, said):
    with translation.override("fr"):
        html = words.time_left(NOW + left, NOW)
    assert said in html.replace("\u00a0", " ")
    assert ("rp-left--late" in html) == (left < timedelta())


def test_time_left_is_said_in_english_as_well():
    with translation.override("en"):
        assert ">2\u00a0h left<" in words.time_left(NOW + timedelta(hours=2), NOW)
        assert ">1\u00a0h\u00a05\u00a0min left<" in words.time_left(NOW + timedelta(hours=1, minutes=5), NOW)
        assert words.day(NOW.replace(day=1)).startswith("1 Nov")


def test_a_moment_is_said_as_people_say_it():
    with translation.override("fr"):
        assert words.moment(NOW).replace("\u00a0", " ") == "14 nov. 2026 à 10 h 22"
        assert words.moment(None) == ""
        first = NOW.replace(day=1).date()
        assert (words.day(first), words.day(first, "F")) == ("1er nov. 2026", "1er novembre")
        assert words.day(first.replace(day=11)) == "11 nov. 2026"
        assert words.time_left(None) == ""


def test_the_same_moment_is_said_as_each_reader_s_place_and_language_say_it():
    said = []
    for language, zone in (("fr", "Europe/Paris"), ("fr", "Indian/Reunion"), ("en", "Europe/Paris")) * 2:
        with translation.override(language), timezone.override(zone):
            said.append(words.moment(NOW).replace("\u00a0", " "))
    assert said == ["14 nov. 2026 à 10 h 22", "14 nov. 2026 à 13 h 22", "14 Nov. 2026 at 10:22"] * 2


def test_a_service_is_named_in_the_reader_s_language():
    service = Service(
        code="safe_housing", label_fr="Hébergement sécurisé : éloigné", label_en="Safe accommodation away from the area"
    )
    for language, named in (
        ("fr", "Hébergement sécurisé\u00a0: éloigné"),
        ("en", "Safe accommodation away from the area"),
    ):
        with translation.override(language):
            assert str(service) == named
    with translation.override("en"):
        assert str(Service(code="x", label_fr="Abri", label_en="")) == "Abri"


class Questions(forms.Form):
    minor = forms.ChoiceField(
        label="Mineur ?", choices=[("yes", "Oui"), ("no", "Non")], widget=forms.RadioSelect, help_text="Doute : oui."
    )
    note = forms.CharField(required=False, widget=forms.Textarea)


def rendered(form) -> str:
    with translation.override("fr"):
        text = "{% load forms %}{% error_summary 'form' %}{% field form.minor %}{% field form.note %}"
        return Template(text).render(Context({"form": form}))


def test_a_group_is_one_question_with_its_hint_and_its_error():
    html = rendered(Questions({}))
    assert '<fieldset class="fr-fieldset fr-fieldset--error"' in html
    assert 'aria-describedby="id_minor_helptext id_minor_error"' in html
    assert 'id="id_minor_helptext"' in html
    assert 'id="id_minor_error"' in html
    assert 'href="#id_minor_0"' in html
    assert html.count("<legend") == 1


def test_optional_is_said_and_required_is_not():
    html = rendered(Questions())
    assert html.count("(facultatif)") == 1
    assert "erreurs" not in html


def test_what_was_typed_is_escaped_everywhere():
    assert "<script>" not in rendered(Questions({"note": "<script>", "minor": "<script>"}))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`errors` le dit.", "<code>errors</code> le dit."),
        ("De `next` ou `previous`", "De <code>next</code> ou <code>previous</code>"),
        ("Rien à montrer", "Rien à montrer"),
        ("`<b>` & <script>", "<code>&lt;b&gt;</code> &amp; &lt;script&gt;"),
        ("un `mot sans fin", "un <code>mot sans fin</code>"),
    ],
)
def test_words_of_the_api_are_shown_as_code_and_nothing_else_is_let_through(text, shown):
    assert Template("{% load words %}{{ text|coded }}").render(Context({"text": text})) == shown
