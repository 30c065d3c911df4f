"""Words of the register of commitments."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import pgettext

from foundation.templatetags.words import day

register = template.Library()


@register.filter
def known_day(dated: str) -> str:
    """A date as far as it is known: « 2022 », « octobre 2023 », « 28 jan. 2013 »."""
    parts = [int(part) for part in dated.split("-")] if dated else []
    if len(parts) == 3:
        return day(date(*parts))
    if len(parts) == 2:
        return date_format(date(*parts, 1), "F Y")
    return str(parts[0]) if parts else ""


@register.filter
def since_day(dated: str) -> str:
    """« depuis 2022 », « depuis le 28 jan. 2013 »: an article where the day is known."""
    said = pgettext("a full date", "since %(day)s") if dated.count("-") == 2 else pgettext("a year", "since %(day)s")
    return said % {"day": known_day(dated)}


@register.filter
def speaker(agency) -> str:
    """Who speaks: the body of the directory, else the unit itself."""
    return str(agency.profile) if agency.profile_id else agency.name
