"""Pages of a member's notices: list, open, mark as read, choose mails.

Nothing is journalled here: a notice shows nothing of a case. The page that a notice opens journals its own reading.
"""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.paging import BadCursor, Keyset, Page
from foundation.statements.kept import KeptStatement
from notifications.operations.events import choose_mails, mark_all_read, mark_read

from . import words as notifications_words
from .display import grouped
from .forms import MailForm
from .models import Notice

BY_DATE, ROWS = Keyset("at", "id"), 20
NEWEST = KeptStatement(lambda reader: BY_DATE.first(Notice.objects.of(reader), ROWS))


@require_safe
def notice_list(request):
    unread_only = request.GET.get("etat") == "non-lues"
    page = _page(request.actor, unread_only, request.GET.get("page", ""))
    return render(
        request,
        "notifications/notice_list.html",
        {
            "notices": page.rows,
            "groups": grouped(page.rows),
            "newest": page.rows[0] if page.rows and not page.previous else None,
            "unread_only": unread_only,
            "next": _address(unread_only, page.next),
            "previous": _address(unread_only, page.previous),
        },
    )


def _page(actor, unread_only: bool, cursor: str) -> Page:
    """Return a page of the member's notices. Raises Http404 for a cursor of something else."""
    if not unread_only and not cursor:
        return BY_DATE.shown(NEWEST.rows(actor), ROWS)
    notices = Notice.objects.of(actor)
    try:
        return BY_DATE.page(notices.unread() if unread_only else notices, cursor, ROWS)
    except BadCursor as error:
        raise Http404 from error


def _address(unread_only: bool, cursor: str) -> str:
    """Return the address of another page of the list; empty when there is none."""
    if not cursor:
        return ""
    return reverse("notifications:notice-list", query={**({"etat": "non-lues"} if unread_only else {}), "page": cursor})


@require_safe
def open_notice(request, pk: int):
    """Mark the notice as read and redirect to the page of its subject."""
    notice = mark_read(request.actor, pk)
    route = notifications_words.page(notice.subject, notice.as_author)
    if route is None:
        return redirect("notifications:notice-list")
    if notice.subject in ("desk", "account") or route == "referral:organisation":  # one's own: its page needs no id
        return redirect(route)
    if notice.subject == "case":
        # the list shows every level; the page of a case is not open at level 1
        return HttpResponseRedirect(reverse(route, query={"reference": notice.reference}))
    return redirect(route, notifications_words.key(notice.subject, notice.subject_id))


@require_POST
def read_one(request, pk: int):
    mark_read(request.actor, pk)
    return _redirect_to_list(request)


@require_POST
def read_all(request):
    newest = request.POST.get("newest", "")
    if not (newest.isascii() and newest.isdigit() and len(newest) < 19):
        raise Http404
    kind = request.POST.get("kind", "")
    if kind and kind not in notifications_words.KINDS:
        raise Http404
    mark_all_read(request.actor, int(newest), kind)
    messages.success(
        request, _("These notices are marked as read.") if kind else _("All your notices are marked as read.")
    )
    return _redirect_to_list(request)


def _redirect_to_list(request):
    """Redirect to the list, with its filter."""
    unread_only = request.POST.get("etat") == "non-lues"
    query = {"etat": "non-lues"} if unread_only else None
    return HttpResponseRedirect(reverse("notifications:notice-list", query=query))


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    form = MailForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = choose_mails(request.actor, form.offered, form.wanted)
        for said in _changes_in_words(changed) or [_("Nothing changed: this is what you had chosen.")]:
            messages.success(request, said)
        return redirect("notifications:preferences")
    vital = [
        kind for _group, kinds in notifications_words.offered(request.actor) for kind in kinds if not kind.can_be_muted
    ]
    return render(request, "notifications/preferences.html", {"form": form, "vital": vital})


def _changes_in_words(changed: dict[str, bool]) -> list[str]:
    """Return what will come by mail and what will not, in the words of the form."""
    said = []
    for mail, words in ((True, _("By e-mail from now on: %(what)s.")), (False, _("No longer by e-mail: %(what)s."))):
        labels = [str(kind.label) for kind in notifications_words.KINDS.values() if changed.get(kind.code) is mail]
        if labels:
            what = pgettext("between two kinds of notices", "; ").join(labels[:3])
            if (more := len(labels) - 3) > 0:
                what = ngettext("%(what)s, and %(n)s more", "%(what)s, and %(n)s more", more) % {
                    "what": what,
                    "n": more,
                }
            said.append(words % {"what": what})
    return said
