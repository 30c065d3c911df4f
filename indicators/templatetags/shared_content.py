"""Show content of the pack in the language of the reader, marked as long as it is not validated."""

from django import template

from foundation.words.typography import with_no_break_spaces
from indicators.codes.words import PROVENANCES, wording

register = template.Library()
register.filter("typography", with_no_break_spaces)
register.filter("wording", wording)


@register.filter
def points(entry, field):
    """Return the lines of a text in the language of the reader: `{% for line in sheet|points:"avoid" %}`."""
    return str(wording(entry, field)).splitlines()


@register.inclusion_tag("indicators/_unvalidated.html")
def unvalidated(validated_by, source=""):
    """Render a banner while nobody validated the content: `{% unvalidated catalogue.validated_by %}`."""
    return {"validated_by": validated_by, "source": source}


@register.filter
def provenance(code):
    """Return how certain a value is, in words: `{{ indicator.strength_status|provenance }}`."""
    return PROVENANCES.get(code, code)
