"""How pages show the pack's content: in the reader's language, and never as validated when it is not."""

from django import template

from foundation.words.typography import breathe
from indicators.codes.words import PROVENANCES, wording

register = template.Library()
register.filter("breathe", breathe)
register.filter("wording", wording)


@register.inclusion_tag("indicators/_unvalidated.html")
def unvalidated(validated_by, source=""):
    """`{% unvalidated catalogue.validated_by %}`: a banner as long as nobody vouches for the content."""
    return {"validated_by": validated_by, "source": source}


@register.filter
def provenance(code):
    """`{{ indicator.strength_status|provenance }}`: how sure one may be of a value."""
    return PROVENANCES.get(code, code)
