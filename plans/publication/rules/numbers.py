"""Format numbers alike in pages, tables, documents and charts, in the language of the reader."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

NARROW = "\u202f"  # no-break space between a number and its sign
# units of the pack and those entered here; an unknown one is shown as it is
UNITS = {
    "person": pgettext_lazy("unit", "persons"),
    "organisation": pgettext_lazy("unit", "associations"),  # of the annual survey
    "case": pgettext_lazy("unit", "proceedings"),
    "percent": "%",
    "per_100k": pgettext_lazy("unit", "per 100,000 inhabitants"),
    "eur": "€",
}
MISSING = gettext_lazy("not known")


def number(value) -> str:
    """Format a number: « 1 401 », « 13,6 »; digits in groups, no useless zeros."""
    if value is None or value == "":
        return gettext("not known")
    value = Decimal(str(value)).normalize()
    places = max(0, -value.as_tuple().exponent)
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def amount(value, unit: str = "") -> str:
    """Format an amount with its sign: « 86 % » (86% in English), « 170 000 € »; other units are in column titles."""
    if value is None or value == "":
        return gettext("not known")
    sign = UNITS.get(unit, "") if unit in ("percent", "eur") else ""
    if unit == "percent" and not (get_language() or "fr").startswith("fr"):
        return f"{number(value)}{sign}"
    return f"{number(value)}{NARROW}{sign}" if sign else number(value)
