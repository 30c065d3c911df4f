"""Format words of the register of commitments."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import pgettext

from foundation.templatetags.words import day

register = template.Library()


@register.filter
def known_day(dated: str) -> str:
    """Format a date as precisely as it is known: « 2022 », « octobre 2023 », « 28 jan. 2013 »."""
    parts = [int(part) for part in dated.split("-")] if dated else []
    if len(parts) == 3:
        return day(date(*parts))
    if len(parts) == 2:
        return date_format(date(*parts, 1), "F Y")
    return str(parts[0]) if parts else ""


@register.filter
def since_day(dated: str) -> str:
    """Format « depuis 2022 », « depuis le 28 jan. 2013 »: with an article when the day is known."""
    template_text = (
        pgettext("a full date", "since %(day)s") if dated.count("-") == 2 else pgettext("a year", "since %(day)s")
    )
    return template_text % {"day": known_day(dated)}


@register.filter
def speaker(agency) -> str:
    """Return the name of the body an agency represents, or of the agency itself."""
    return str(agency.profile) if agency.profile_id else agency.name
