"""Word amounts, states, moves and bodies of a plan from the codes kept in a version."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from plans.models import FigureCode, MeasureStatus, Provenance
from plans.plan.words import STEPS

register = template.Library()


@register.filter
def amount(value) -> str:
    """Format a number with as few digits as needed: « 1 200 », « 7,5 »."""
    if value in (None, ""):
        return ""
    plain = Decimal(value)
    plain = plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain.normalize()
    return number_format(plain, use_l10n=True, force_grouping=True)


@register.filter
def feed_label(code: str) -> str:
    return FigureCode(code).label if code in FigureCode.values else code


@register.simple_tag
def measure_status(code: str) -> str:
    return MeasureStatus(code).label


@register.simple_tag
def provenance_words(code: str) -> str:
    return Provenance(code).label if code in Provenance.values else code


@register.simple_tag
def plan_step(action: str) -> str:
    """Return the words of a move in the history of a plan."""
    return STEPS.get(action, action)


@register.simple_tag
def names_of(names: dict, codes) -> str:
    """Return the names of bodies from one code or a list of them."""
    return ", ".join(names.get(code, code) for code in ([codes] if isinstance(codes, str) else codes))
