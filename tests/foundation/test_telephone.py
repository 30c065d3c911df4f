"""A number is read by the page as one says it in French; the link keeps its digits."""

import pytest
from django.test import Client
from django.urls import reverse

from foundation.words.telephone import digits, telephone

SAID = {
    "17": "17",
    "119": "119",
    "3919": "39 19",
    "116000": "116 000",
    "116 006": "116 006",
    "0825009907": "0 825 009 907",
    "0144528890": "01 44 52 88 90",
    "01.99.00.00.00": "01 99 00 00 00",
    "+33199000000": "+33 1 99 00 00 00",
    "0033199000000": "+33 1 99 00 00 00",
    "+262262000000": "+262262000000",
    "01 99 00 00": "01 99 00 00",
    "poste 12, demander le secrétariat": "poste 12, demander le secrétariat",
    "": "",
}


@pytest.mark.parametrize(("stored", "said"), SAID.items())
def test_number_is_spaced_as_it_is_said(stored, said):
    assert telephone(stored).replace("\u00a0", " ") == said
    assert " " not in telephone(stored) or telephone(stored) == stored, "a number is never cut at the end of a line"


def test_link_keeps_digits():
    assert [digits(text) for text in ("116 000", "01.99.00.00.00", "+33 1 99 00 00 00")] == [
        "116000", "0199000000", "+33199000000",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("route", ["help", "witness", "policy:sector-detail"])
def test_public_pages_say_numbers_so_in_both_languages(route):
    address = reverse(route, args=["hotels"] if "sector" in route else [])
    for page in (address, f"/en{address}"):
        said = Client().get(page).content.decode()
        assert ">116000<" not in said and ">3919<" not in said and ">3018<" not in said, page
    if route == "help":
        assert "116\u00a0000" in said and 'href="tel:116000"' in said
        assert "39\u00a019" in said and 'href="tel:3919"' in said
