"""Parse amounts as people type them: « 1 234 567,50 », « 1,2 M€ », « 12 % »."""

import re
from decimal import Decimal

from django.utils.translation import get_language, pgettext

SPACES = re.compile(r"[\s\u00a0\u202f']")
SHAPE = re.compile(r"(\d+(?:[.,]\d+)?)(k|m|md)?(?:€|eur|euros?)?", re.IGNORECASE)
# One sign before three digits: thousands to an English reader, decimals to a French one.
EITHER_READING = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\D*")
TIMES = {"k": 1000, "m": 1_000_000, "md": 1_000_000_000}
LARGEST = Decimal("99999999999999.99")


class NotAnAmount(ValueError):
    """Signal a text that is not an amount; the message says what to type instead."""


def amount(text: str) -> Decimal | None:
    """Parse an amount; None when nothing was typed. Raises NotAnAmount."""
    bare = SPACES.sub("", text)
    if not bare:
        return None
    found = SHAPE.fullmatch(_grouped(bare))
    if found is None:
        raise NotAnAmount(pgettext("money", "Write a number without words, such as 1 250 000 or 1.25 M€."))
    if EITHER_READING.fullmatch(bare):
        raise NotAnAmount(
            pgettext("money", "Write thousands with a space, such as 450 000, and two decimals at most: 1.25 M€.")
        )
    value = Decimal(found[1].replace(",", ".")) * TIMES.get((found[2] or "").lower(), 1)
    if value > LARGEST:
        raise NotAnAmount(pgettext("money", "This number is too large: check its zeros."))
    if value != value.quantize(Decimal("0.01")):
        raise NotAnAmount(pgettext("money", "Write two decimals at most."))
    return value


def _grouped(bare: str) -> str:
    """Remove grouping signs: « 1,250,000 » and « 1.250.000 » have two or more of the same kind."""
    for sign in ",.":
        if bare.count(sign) > 1 and re.fullmatch(rf"\d{{1,3}}(\{sign}\d{{3}})+([.,]\d+)?\D*", bare):
            return bare.replace(sign, "")
    return bare


def percent(text: str) -> Decimal | None:
    """Parse a share in per cent, above 0, at most 100; None when nothing was typed. Raises NotAnAmount."""
    bare = SPACES.sub("", text).removesuffix("%").replace(",", ".")
    if not bare:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", bare) or not 0 < Decimal(bare) <= 100:
        raise NotAnAmount(pgettext("money", "Write a share between 0 and 100, such as 25."))
    return Decimal(bare)


def typed(value: Decimal) -> str:
    """Format a number for its field, « 900 000 », « 25,5 »; `amount` parses it back to the same value."""
    shown = f"{value.normalize():,f}".replace(",", "\u202f")
    return shown.replace(".", ",") if (get_language() or "fr").startswith("fr") else shown
