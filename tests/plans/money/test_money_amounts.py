"""Amounts as people type or paste them."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from plans.money.rules.typed_amounts import NotAnAmount, amount, percent, typed
from plans.plan.forms.measures import PlainDecimal


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", None),
        ("  ", None),
        ("0", "0"),
        ("1250000", "1250000"),
        ("1 250 000", "1250000"),
        ("1\u202f250\u00a0000,50", "1250000.5"),
        ("1250000.50", "1250000.5"),
        ("1,25 M€", "1250000"),
        ("450 k€", "450000"),
        ("450K", "450000"),
        ("1,5 Md€", "1500000000"),
        ("3 000 euros", "3000"),
        ("1.250.000", "1250000"),
        ("1,250,000.75", "1250000.75"),
        ("7,5", "7.5"),
        ("0,500 M€", "500000"),
    ],
)
def test_what_is_an_amount(typed, read):
    assert amount(typed) == (None if read is None else Decimal(read))


@pytest.mark.parametrize("typed", ["450,000", "1,250", "1.250", "45,000 €", "1,250 M€"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_thousands_typed_with_one_sign_are_refused_not_divided_by_a_thousand(typed, language):
    with override(language), pytest.raises(NotAnAmount, match="450.000"):
        amount(typed)


@pytest.mark.parametrize("typed", ["environ 3000", "-5", "1,234", "12,3,4", "=1+1", "1e9", "9" * 30, "≈ 4", "3-4"])
def test_what_is_refused(typed):
    with pytest.raises(NotAnAmount):
        amount(typed)


@pytest.mark.parametrize(("typed", "read"), [("", None), ("25", "25"), ("12,5 %", "12.5"), ("100%", "100")])
def test_a_share(typed, read):
    assert percent(typed) == (None if read is None else Decimal(read))


@pytest.mark.parametrize("typed", ["0", "101", "-3", "un quart", "12,345"])
def test_a_share_refused(typed):
    with pytest.raises(NotAnAmount):
        percent(typed)


@pytest.mark.parametrize(
    ("value", "french"), [("900000.00", "900\u202f000"), ("25.50", "25,5"), ("40.00", "40"), ("0", "0")]
)
def test_what_is_put_back_in_a_field_is_read_again_as_the_same(value, french):
    for language, shown in (("fr", french), ("en", french.replace(",", "."))):
        with override(language):
            assert typed(Decimal(value)) == shown
            assert amount(shown) == PlainDecimal(max_digits=14, decimal_places=2, localize=True).clean(shown)
            assert amount(shown) == Decimal(value)
