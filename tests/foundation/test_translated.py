"""Sentences of templates are looked up once for each language, and mean what Django's tag means."""

import pytest
from django.template import Context, Engine
from django.templatetags import i18n as django_i18n
from django.utils import translation
from django.utils.safestring import mark_safe

from foundation.templatetags import translated

SENTENCES = (
    '{% translate "Cases" %}',
    "{% trans 'Cases' %}",
    '{% translate "Report" context "short, header" %}',
    '{% translate "100 %" %}',
    '{% translate "<b>" %}',
    '{% translate "Cases" noop %}',
    '{% translate "Cases"|upper %}',
    "{% translate word %}",
    "{% translate word|upper %}",
    "{% translate safe %}",
    '{% translate "Report" context said %}',
    '{% translate "Cases" as title %}[{{ title }}]',
    "{% blocktranslate %}Cases{% endblocktranslate %}",
)


def rendered(text: str, library: str, **context) -> str:
    engine = Engine(libraries={"i18n": library}, builtins=[])
    template = engine.from_string("{% load i18n %}" + text)
    said = []
    for language in ("fr", "en", "fr"):
        with translation.override(language):
            said.append(template.render(Context(context)))
    with translation.override(None):
        said.append(template.render(Context(context)))
    return said


@pytest.mark.parametrize("text", SENTENCES)
def test_sentence_is_that_of_django_in_each_language(text):
    for word in ("Cases", "<i>"):
        context = {"word": word, "safe": mark_safe("<b>Cases</b>"), "said": "short, header"}
        assert rendered(text, translated.__name__, **context) == rendered(text, django_i18n.__name__, **context)


def test_constant_sentence_is_looked_up_once_for_each_language(monkeypatch):
    asked = []
    looked_up = django_i18n.TranslateNode.render
    monkeypatch.setattr(django_i18n.TranslateNode, "render", lambda *a: asked.append(1) or looked_up(*a))
    rows = '{% for n in rows %}{% translate "Cases" %}{% endfor %}'
    assert rendered(rows, translated.__name__, rows=range(25))[1] == "Cases" * 25
    assert len(asked) == 3  # French, English, and the language of the source
