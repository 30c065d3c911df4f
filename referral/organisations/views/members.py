"""Pages « Membres » of an organisation, for its administrator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.accounts import operations as accounts
from agencies.members.rules import WORKS
from agencies.models import Role
from referral.organisations.forms.members import HeirForm, InviteForm, MemberSearch, RolesForm
from referral.organisations.operations import arrivals
from referral.organisations.operations import members as operations

PER_PAGE, FOUND = 25, 50
SECTION = {"section": "referral:members"}
WAITS = gettext_lazy(
    "Kept. Roles that open cases, or decide with others, hold once a second person agrees: they are told."
)
DONE = gettext_lazy("The account is there. Next: a code, when you have the person before you.")
FILES = gettext_lazy("Asked. The cases are given once a second person agrees: they are told.")
FACTOR = gettext_lazy("Said. It is taken away once a second person agrees: they are told, and so is the person.")
ON = gettext_lazy(
    "Switched on. The person comes back with a new code; roles that a second person agrees to hold only then."
)


@require_http_methods(["GET", "HEAD", "POST"])
def members(request):
    """List members by page; a search is posted, so that no name stands in an address."""
    everybody = operations.members(request.actor)
    search = MemberSearch(request.POST if request.method == "POST" else None)
    context = {"search": search, "total": everybody.count(), **SECTION}
    if request.method == "POST" and search.is_valid():
        found = list(operations.named(everybody, search.cleaned_data["words"])[: FOUND + 1])
        context |= {"found": found[:FOUND], "more": len(found) > FOUND, "searched": True}
    else:
        page = Paginator(everybody, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "found": list(page)}
    context["unseen"] = operations.unseen_cases()
    context["alone"] = everybody.filter(active=True, roles__contains=[Role.AGENCY_ADMIN]).count() == 1
    return render(request, "referral/organisations/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request):
    operations.members(request.actor)
    form = InviteForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        found = operations.invite(request.actor, **form.cleaned_data)
        messages.success(request, WAITS if operations.roles_waiting(found) else DONE)
        return redirect("referral:member", found.pk)
    return render(request, "referral/organisations/member_invite.html", {"form": form, **SECTION})


@require_http_methods(["GET", "HEAD", "POST"])
def member(request, pk):
    found = operations.member(request.actor, pk)
    given = operations.roles_given(request.actor.agency_id)
    stands = {"title": found.title, "roles": found.roles + operations.roles_waiting(found)}
    form = RolesForm(request.POST or None, given=given, initial=stands)
    if request.method == "POST" and form.is_valid():
        operations.change(request.actor, found.pk, **form.cleaned_data)
        waits = operations.roles_waiting(found)
        messages.success(request, WAITS if waits else _("Saved: it holds from the person's next page on."))
        return redirect("referral:member", found.pk)
    return render(request, "referral/organisations/member.html", _context(request, found, given, form))


def _context(request, found, given, form, heir=None) -> dict:
    load = operations.load(found.pk)
    return {
        "member": found,
        "form": form,
        "load": load,
        "waiting": arrivals.waiting_for(found),
        "second": arrivals.would_be_decided_by(request.actor, found),
        "heir": heir or HeirForm(heirs=operations.heirs(request.actor, found, load)),
        "unseen": operations.unseen_cases() if found.active and found.has(*WORKS) else 0,
        "oneself": found.user_id == request.actor.user_id,
        # a role given elsewhere cannot be changed here
        "apart": [Role(role).label for role in found.roles if role not in given],
        "works_on_cases": request.actor.sight == "case",
        **SECTION,
    }


@require_http_methods(["GET", "POST"])
def member_off(request, pk):
    found = operations.member(request.actor, pk)
    if request.method == "GET":
        return redirect("referral:member", found.pk)
    heir = HeirForm(request.POST, heirs=operations.heirs(request.actor, found, operations.load(found.pk)))
    if not heir.is_valid():
        given = operations.roles_given(request.actor.agency_id)
        stands = {"title": found.title, "roles": found.roles + operations.roles_waiting(found)}
        roles = RolesForm(given=given, initial=stands)
        return render(request, "referral/organisations/member.html", _context(request, found, given, roles, heir))
    operations.switch_off(request.actor, found.pk, heir.cleaned_data.get("heir"))
    messages.success(request, _("Switched off: the next page this person asks for is refused."))
    return redirect("referral:member", found.pk)


@require_http_methods(["GET", "POST"])
def member_on(request, pk):
    if request.method == "POST":
        operations.switch_on(request.actor, pk)
        messages.success(request, ON)
    return redirect("referral:member", operations.member(request.actor, pk).pk)


@require_http_methods(["GET", "POST"])
def member_files(request, pk):
    """Ask that this member take over the cases nobody sees."""
    if request.method == "POST":
        operations.ask_files(request.actor, pk)
        messages.success(request, FILES)
    return redirect("referral:member", operations.member(request.actor, pk).pk)


@require_http_methods(["GET", "POST"])
def member_factor(request, pk):
    """Say that this member lost the second factor."""
    if request.method == "POST":
        operations.ask_factor(request.actor, pk)
        messages.success(request, FACTOR)
    return redirect("referral:member", operations.member(request.actor, pk).pk)


@require_http_methods(["GET", "POST"])
def member_code(request, pk):
    """Show a new code in the response itself, and nowhere else; asking again makes another one."""
    if request.method == "GET":
        return redirect("referral:member", operations.member(request.actor, pk).pk)
    found, code, until = operations.new_code(request.actor, pk)
    context = {"member": found, "groups": accounts.grouped(code), "until": until, **SECTION}
    return render(request, "referral/organisations/member_code.html", context)
