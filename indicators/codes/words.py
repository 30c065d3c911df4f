"""Word entries of the pack in the language of the reader."""

from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy

from foundation.words.typography import with_no_break_spaces

# by provenance code of the pack; an unknown code is shown as it is
PROVENANCES = {
    "seen": gettext_lazy("read in the source"),
    "checked_secondary": gettext_lazy("read in a table that quotes the source"),
    "inferred": gettext_lazy("derived from what was read"),
    "to_verify": gettext_lazy("to be checked (strength not yet compared with the original document)"),
    "general_knowledge": gettext_lazy("to be checked (written without a source read)"),
    "project_proposal": gettext_lazy("proposed by the project"),
    "admitted": gettext_lazy("admitted by the coordination"),
    "fictitious": gettext_lazy("invented for the demonstration"),
}


def wording(entry, field="label"):
    """Return a field of an entry in the language of the page: `{{ indicator|wording:"guidance" }}`.

    Without an English text, return the French one marked as French for screen readers.
    """
    language = (get_language() or "fr")[:2]
    french = with_no_break_spaces(_value(entry, f"{field}_fr"))
    if language == "fr":
        return french
    found = _value(entry, f"{field}_{language}")
    if found:
        return found
    return format_html('<span lang="fr">{}</span>', french) if french else ""


def _value(entry, name):
    found = entry.get(name) if hasattr(entry, "get") else getattr(entry, name, "")
    return found or ""
