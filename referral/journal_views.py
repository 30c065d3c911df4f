"""« Journal »: what was read, written and refused, for whoever audits: references and accounts, never a content."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.paging import Keyset

from .journal_filters import JournalFilter
from .journal_words import entries_in_words
from .lists import listing
from .operations import journal as reading

NEWEST = Keyset("at", "id")


@require_safe
def journal(request):
    """Newest first. Reading it is an entry too, with the reference or the account that was asked for."""
    context = listing(request, JournalFilter(request.GET, reading.entries(request.actor), request=request), NEWEST)
    page, asked = context["page"], context["filters"].form.cleaned_data
    context["rows"] = entries_in_words(page, reading.references(page))
    reading.keep_reading(asked.get("reference", ""), asked.get("account"))
    return render(request, "referral/journal.html", context)
