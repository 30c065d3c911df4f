"""A language is read in the reader's word, and chosen from a list that also gives its own name."""

import pytest
from django.utils.translation import override

from foundation.words.spoken_languages import LANGUAGES, in_both, read_as


@pytest.mark.parametrize(
    "code, french, english, listed",
    [
        ("ti", "Tigrigna", "Tigrinya", "Tigrigna · ትግርኛ"),
        ("ro", "Roumain", "Romanian", "Roumain · Română"),
        ("fr", "Français", "French", "Français"),
        ("prs", "Dari", "Dari", "Dari · دری"),
        ("wo", "Wolof", "Wolof", "Wolof"),
        ("mis", "Autre langue", "Another language", "Autre langue"),
        ("xx", "xx", "xx", "xx"),
        ("", "", "", ""),
    ],
)
def test_a_language_in_the_reader_s_word_and_in_its_own(code, french, english, listed):
    with override("fr"):
        assert (read_as(code), in_both(code)) == (french, listed)
    with override("en"):
        assert read_as(code) == english


def test_each_language_has_a_word_in_both_tongues_and_stands_in_french_order():
    with override("fr"):
        words = [read_as(code) for code, _ in LANGUAGES]
        assert words[:6] == ["Français", "Anglais", "Albanais", "Amharique", "Arabe", "Bambara"]
        assert len(set(words)) == len(LANGUAGES) == 39
    with override("en"):
        assert all(read_as(code) != code for code, _ in LANGUAGES)
