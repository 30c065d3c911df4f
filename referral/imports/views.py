"""Import one's own cases: table, columns, report, load; and undo."""

from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from foundation.tables.reading import Unreadable
from foundation.tables.writing import as_csv
from foundation.view_guards import cases_only, posted
from foundation.workflow import NotAllowed, WrongState
from referral.models import CaseImport

from . import operations as imports
from . import selectors as tables
from .forms import MatchForm, TableForm, WordsForm
from .rules import FIELDS, Reader, template_rows
from .selectors import SHOWN

WORDS = 30  # words asked at once; the others come after these
State = CaseImport.State


def importers_only(view):
    """Restrict a view to members who may import; raise NotAllowed for others."""

    @wraps(view)
    @cases_only
    def checked(request, *args, **kwargs):
        if not imports.may_import(request.actor):
            raise NotAllowed("import")
        return view(request, *args, **kwargs)

    return checked


@importers_only
@require_http_methods(["GET", "POST"])
def import_list(request):
    """List the imports of the organisation; a POST brings a new table."""
    form = TableForm(request.POST or None, request.FILES or None) if request.method == "POST" else TableForm()
    if form.is_bound and form.is_valid():
        try:
            made = imports.start_import(request.actor, form.cleaned_data["table"])
        except Unreadable as unreadable:  # further down in the table
            form.add_error("table", str(unreadable))
        else:
            return redirect("referral:import-detail", made.pk)
    found = CaseImport.objects.visible_to(request.actor).defer("content").select_related("by__user")[:50]
    return render(
        request, "referral/imports/import_list.html", {"form": form, "imports": found, "fields": FIELDS.values()}
    )


@importers_only
@require_GET
def import_template(request):
    """Download an example with the columns and three clearly fictitious lines."""
    response = HttpResponse(as_csv(*template_rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="modele-import.csv"'
    return response


@importers_only
@require_http_methods(["GET", "POST"])
def import_detail(request, pk):
    """Show the current step: match columns, read the report, load, done."""
    made = imports.visible_import(request.actor, pk)
    if made.state == State.UPLOADED:
        return _match(request, made)
    context = {"made": made, "section": "referral:import-list", "working": made.state in imports.AT_WORK}
    if made.state == State.MATCHED:
        return _report(request, made)
    if made.state == State.LOADED:
        rows = tables.loaded_lines(request.actor, made, since=_since(request), most=SHOWN + 1)
        context |= _paged(request, rows, "line") | {"touched": imports.cases_worked_on(request.actor, pk)}
        context["children"] = tables.children_loaded(request.actor, made)
        context["stopped"] = made.good - made.done - len(made.left_out)
    response = render(request, "referral/imports/import_detail_state.html", context)
    if made.state in imports.AT_WORK:
        # no script: the page reloads itself while the worker checks or loads; what is short is done at the next look
        response["Refresh"] = "1" if made.total <= imports.PIECE else "3"
    return response


def _since(request) -> int:
    """Return the number of the line from which lines are shown."""
    asked = request.GET.get("ligne", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0


def _paged(request, rows: list, number: str) -> dict:
    """Return the rows of one page, and the number of the line where the next begins."""
    next_line = getattr(rows[SHOWN], number) if len(rows) > SHOWN else None
    return {"rows": rows[:SHOWN], "next_line": next_line, "since": _since(request)}


def _report(request, made, words=None):
    """Show the report line by line, with the words of the table that no list has. `words`: their form, when wrong."""
    found = made.content
    faulty = tables.faulty_lines(request.actor, made, since=_since(request), most=SHOWN + 1)
    asked = found["words"][:WORDS]
    form = words or (_words_form(request.actor, asked) if asked else None)
    for line in faulty:
        line.to_do = form.to_do(line) if form else line.faults
    context = {
        "made": made,
        "section": "referral:import-list",
        "good": made.good,
        "sample": found["sample"],
        "faults": made.total - made.good,
        "words": form,
        **_paged(request, faulty, "number"),
    }
    return render(request, "referral/imports/import_detail.html", context)


def _words_form(actor, asked, data=None) -> WordsForm:
    return WordsForm(data, words=asked, reader=Reader(actor.agency, {}, str))


@importers_only
@posted("referral:import-detail")
def import_words(request, pk):
    """Keep what the organisation's own words mean, and check the lines again."""
    made = imports.visible_import(request.actor, pk)
    if made.state != State.MATCHED:
        raise WrongState(made.state)
    form = _words_form(request.actor, made.content["words"][:WORDS], request.POST)
    if not form.is_valid():
        return _report(request, made, form)
    imports.match_values(request.actor, pk, form.values())
    messages.success(request, _("Your words are remembered for the next imports."))
    return redirect("referral:import-detail", pk)


@importers_only
@posted("referral:import-detail")
def import_columns(request, pk):
    """Go back to the meaning of the columns."""
    imports.match_again(request.actor, pk)
    return redirect("referral:import-detail", pk)


def _match(request, made):
    content = made.content
    form = MatchForm(request.POST or None, headers=content["headers"], guessed=content["matching"])
    if form.is_valid():
        imports.match_columns(request.actor, made.pk, form.matching())
        return redirect("referral:import-detail", made.pk)
    context = {"made": made, "form": form, "section": "referral:import-list"}
    return render(request, "referral/imports/import_detail_match.html", context)


@importers_only
@posted("referral:import-detail")
def import_load(request, pk):
    imports.order_load(request.actor, pk, only_good=request.POST.get("only_good") == "yes")
    return redirect("referral:import-detail", pk)


@importers_only
@posted("referral:import-detail")
def import_discard(request, pk):
    imports.discard_import(request.actor, pk)
    if imports.visible_import(request.actor, pk).state == State.LOADED:
        messages.success(request, _("Stopped. The other lines are forgotten."))
        return redirect("referral:import-detail", pk)
    messages.success(request, _("Given up. The table is forgotten."))
    return redirect("referral:import-list")


@importers_only
@posted("referral:import-detail")
def import_undo(request, pk):
    gone = imports.undo_import(request.actor, pk)
    if not gone:  # many: the worker erases them
        return redirect("referral:import-detail", pk)
    said = ngettext("Taken back: %(n)d case is gone.", "Taken back: %(n)d cases are gone.", gone)
    messages.success(request, said % {"n": gone})
    return redirect("referral:import-list")
