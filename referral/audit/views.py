"""Page « Journal », for auditors: what was read, written and refused; references and accounts, never content."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.paging import Keyset
from referral.desk.display.lists import listing

from . import operations as reading
from .display import entries_in_words
from .filters import JournalFilter
from .selectors import entries, last_sealed, references

NEWEST = Keyset("at", "id")
LINES = 16  # beside the list of all acts: a telephone holds 50 KB of a page


@require_safe
def journal(request):
    """List entries, newest first. The reading is journalled, with the reference or account asked for."""
    context = listing(request, JournalFilter(request.GET, entries(request.actor), request=request), NEWEST, limit=LINES)
    page, asked = context["page"], context["filters"].form.cleaned_data
    context["rows"] = entries_in_words(page, references(page))
    context["sealed"] = last_sealed()
    reading.keep_reading(asked.get("reference", ""), asked.get("account"))
    return render(request, "referral/audit/journal.html", context)
