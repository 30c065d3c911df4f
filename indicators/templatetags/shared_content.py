"""How pages show the pack's content: in the reader's language, and never as validated when it is not."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy

from agencies.typography import breathe

register = template.Library()
register.filter("breathe", breathe)

# what the pack says of where a value comes from; a word it does not know is shown as it stands
PROVENANCES = {
    "seen": gettext_lazy("read in the source"),
    "checked_secondary": gettext_lazy("read in a table that quotes the source"),
    "inferred": gettext_lazy("derived from what was read"),
    "to_verify": gettext_lazy("from memory, to be checked"),
    "general_knowledge": gettext_lazy("from memory"),
    "project_proposal": gettext_lazy("proposed by the project"),
    "admitted": gettext_lazy("admitted by the coordination"),
}


@register.filter
def wording(entry, field="label"):
    """`{{ indicator|wording }}`, `{{ indicator|wording:"guidance" }}`: the field in the page's language.

    Where the English is missing the French stands, marked as French for screen readers.
    """
    language = (get_language() or "fr")[:2]
    french = breathe(_value(entry, f"{field}_fr"))
    if language == "fr":
        return french
    found = _value(entry, f"{field}_{language}")
    if found:
        return found
    return format_html('<span lang="fr">{}</span>', french) if french else ""


@register.inclusion_tag("indicators/_unvalidated.html")
def unvalidated(validated_by, source=""):
    """`{% unvalidated catalogue.validated_by %}`: a banner as long as nobody vouches for the content."""
    return {"validated_by": validated_by, "source": source}


@register.filter
def provenance(code):
    """`{{ indicator.strength_status|provenance }}`: how sure one may be of a value."""
    return PROVENANCES.get(code, code)


def _value(entry, name):
    found = entry.get(name) if hasattr(entry, "get") else getattr(entry, name, "")
    return found or ""
