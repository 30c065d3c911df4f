"""Pages of exports: asked from a list, followed, approved by a second person, fetched once."""

from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.paging import Keyset
from foundation.workflow import NotAllowed
from journal.selectors import read_quota
from referral.desk import filters as desk_filters
from referral.models import APPROVERS, WITHOUT_APPROVAL, Export

from . import operations as exports
from .display import described, steps_of, too_many_names
from .forms import ExportForm, RefuseForm
from .selectors import columns, columns_from_outside

NEWEST = Keyset("at", "id")


def exports_only(view):
    """Restrict a view to members who ask for exports or approve them; raise NotAllowed for others."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.actor.has(*APPROVERS):
            raise NotAllowed("exports")
        return view(request, *args, **kwargs)

    return checked


@exports_only
@require_safe
def export_list(request):
    """List exports that wait for this member's approval, then all others visible, newest first."""
    actor = request.actor
    rows = Export.objects.visible_to(actor).select_related("by__user", "agency")
    waiting = list(rows.to_decide(actor).order_by("at", "id")[:50])
    page = NEWEST.asked(rows.exclude(pk__in=[export.pk for export in waiting]), request)
    for export in [*waiting, *page]:
        export.from_outside = exports.from_outside(actor, export)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    return render(
        request,
        "referral/exports/export_list.html",
        {"waiting": waiting, "page": page, "alone": WITHOUT_APPROVAL, **links},
    )


@require_http_methods(["GET", "POST"])
def export_new(request, code):
    """Ask for an export of a list as filtered.

    The link is hidden for an empty list; the page tells when the list has become empty.
    """
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    listed, kept, total = exports.rows_found(request.actor, code, query)
    form = ExportForm(request.POST or None)
    sendable = None
    if listed.noun == "case":
        sendable = exports.sendable(request.actor, listed, kept)
    else:
        del form.fields["content"]
    if total and total <= exports.AT_MOST and form.is_valid():
        try:
            asked = exports.ask_export(request.actor, code, kept, **form.cleaned_data)
        except read_quota.Exhausted:
            form.add_error(None, _("You asked for ten exports within an hour: wait before you ask for another one."))
        except exports.NothingFound:
            form.add_error("content", _("No case of this list: your organisation leads none whose person agreed."))
        except exports.TooManyNames as error:
            form.add_error("content", too_many_names(error.left))
        else:
            return redirect("referral:export-detail", asked.pk)
    filters = listed.filtered(request.actor, kept)
    context = {
        "form": form, "listed": listed, "kept": kept, "total": total, "most": exports.AT_MOST, "active": filters.active,
        "needs_second": exports.needs_second(request.actor, total), "alone": WITHOUT_APPROVAL,
        "back": listed.address(kept), "sendable": sendable,
    }  # fmt: skip
    return render(request, "referral/exports/export_new.html", context)


@exports_only
@require_safe
def export_detail(request, pk):
    return render(request, "referral/exports/export_detail.html", _context(request.actor, pk))


def _context(actor, pk, **more) -> dict:
    export = described(actor, exports.visible_export(actor, pk))
    own = export.agency_id == actor.agency_id
    order = export.order.data if own and hasattr(export, "order") else None
    listed = desk_filters.LISTS[export.listed]
    titles = columns_from_outside if export.from_outside else columns
    return {
        "export": export, "order": order, "asker": export.by_id == actor.pk, "refuse": RefuseForm(),
        "active": listed.filtered(actor, order["query"]).active if order and actor.sight == "case" else [],
        "list_title": listed.title if own else "", "moves": steps_of(export), **more,
        "columns": titles(export) if export.content == Export.Content.LIST else [],
        "decided_at": exports.decided_at(export) if export.state == Export.State.WAITING else None,
    }  # fmt: skip


@exports_only
@require_POST
def export_approve(request, pk):
    exports.approve_export(request.actor, pk)
    messages.success(request, _("Approved. The file is being made for the person who asked."))
    return redirect("referral:export-detail", pk)


@exports_only
@require_POST
def export_refuse(request, pk):
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return render(
            request, "referral/exports/export_detail.html", _context(request.actor, pk, refuse=form, form=form)
        )
    exports.refuse_export(request.actor, pk, form.cleaned_data["comment"])
    messages.success(request, _("Refused. The person who asked is told."))
    return redirect("referral:export-detail", pk)


@exports_only
@require_POST
def export_cancel(request, pk):
    exports.cancel_export(request.actor, pk)
    messages.success(request, _("Given up. Nothing of it is kept."))
    return redirect("referral:export-detail", pk)


@exports_only
@require_http_methods(["GET", "POST"])
def export_prepare(request, pk):
    """Show the passphrase once; a GET redirects to the export."""
    if request.method != "POST":
        return redirect("referral:export-detail", pk)
    export, passphrase, token, lost = exports.prepare_archive(request.actor, pk)
    context = {"export": export, "passphrase": passphrase, "token": token, "lost": lost}
    return render(request, "referral/exports/export_prepare.html", context)


@exports_only
@require_safe
def export_file(request, pk, token):
    export, archive = exports.fetch_archive(request.actor, pk, token)
    answer = HttpResponse(archive, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="export-{export.reference}.zip"'
    return answer
