"""Format amounts with their unit, or in words when there is no number."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import npgettext, pgettext

from plans.models import BudgetLine, Unit

register = template.Library()


def number(value: Decimal) -> str:
    """Format a number without useless decimals: « 1 250 000 », « 7,5 »."""
    exact = (value.quantize(Decimal(unit)) for unit in ("1", "0.1"))
    plain = next((short for short in exact if short == value), value.quantize(Decimal("0.01")))
    return number_format(plain, force_grouping=True)


@register.simple_tag
def quantity(value, unit: str) -> str:
    """Format an amount with its unit: `{% quantity total.amount "EUR" %}` is « 1 250 000 € »."""
    if value is None:
        return ""
    return WORDS[unit](Decimal(value)) % {"number": number(Decimal(value))}


def _plural(value: Decimal) -> int:
    return 1 if value < 2 else 2


WORDS = {
    Unit.EUR: lambda n: pgettext("money", "€%(number)s"),
    Unit.PLACE: lambda n: npgettext("money", "%(number)s place", "%(number)s places", _plural(n)),
    Unit.SITE: lambda n: npgettext("money", "%(number)s site", "%(number)s sites", _plural(n)),
    Unit.VEHICLE: lambda n: npgettext("money", "%(number)s vehicle", "%(number)s vehicles", _plural(n)),
    Unit.INTERPRETING_HOUR: lambda n: npgettext(
        "money", "%(number)s hour of interpreting", "%(number)s hours of interpreting", _plural(n)
    ),
    Unit.PARTNER: lambda n: npgettext("money", "%(number)s partner", "%(number)s partners", _plural(n)),
    Unit.FTE: lambda n: npgettext(
        "money", "%(number)s full-time equivalent", "%(number)s full-time equivalents", _plural(n)
    ),
    Unit.VOLUNTEER: lambda n: npgettext("money", "%(number)s volunteer", "%(number)s volunteers", _plural(n)),
}


@register.filter
def figure(line: BudgetLine) -> str:
    """Format the amount of a line, or what replaces it."""
    if line.amount is None:
        return line.get_exactness_display()
    words = quantity(line.amount, line.envelope.unit)
    if line.exactness == BudgetLine.Exactness.ESTIMATED:
        share = line.share and number(line.share)
        if share and line.envelope.unit == Unit.FTE:
            return pgettext("money", "%(amount)s, that is %(share)s %% of a larger staff (estimate)") % {
                "amount": words,
                "share": share,
            }
        if share:
            return pgettext("money", "%(amount)s, that is %(share)s %% of a larger amount (estimate)") % {
                "amount": words,
                "share": share,
            }
        return pgettext("money", "%(amount)s, estimated") % {"amount": words}
    return words


@register.filter
def percent(value) -> str:
    """Format a change in per cent, « +29,4 % »."""
    if value is None:
        return ""
    return pgettext("money", "%(sign)s%(number)s %%") % {
        "sign": "+" if value > 0 else "",
        "number": number_format(value, 1),
    }


@register.filter
def pushed(row) -> str:
    """Format a figure of the mechanism: its number, « masked », or a dash without one."""
    if row is None:
        return "—"
    return pgettext("money", "masked") if row.masked else number(row.value)
