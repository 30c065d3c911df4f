"""Show procedures by « qui je suis » and « pour qui »: no login, and nothing kept about who asks."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from .selectors import book
from .words import BY_PERSON, BY_SLUG, PERSONS, READERS

URGENCIES = ("vital", "high", "normal")

TEXTS = 24  # keeps a page under 25 KB


@login_not_required
@require_safe
def procedure_start(request):
    """Ask two questions in the address and redirect to their list; below, list every procedure by name."""
    who, whom = request.GET.get("qui", ""), request.GET.get("pour", "")
    if who in BY_SLUG and whom in BY_PERSON:
        return redirect("procedures:list", who, whom)
    context = {
        "readers": READERS,
        "persons": PERSONS,
        "who": who,
        "whom": whom,
        "asked": bool(request.GET),
        "book": book(),
    }
    return render(request, "indicators/procedures/start.html", context)


@login_not_required
@require_safe
def procedure_list(request, who, whom):
    """List the procedures for this person, most urgent first, apart those in which the reader acts."""
    reader, person = BY_SLUG.get(who), BY_PERSON.get(whom)
    if reader is None or person is None:
        raise Http404
    found = book()
    shown = sorted(found.for_profile(person.profile), key=lambda p: (URGENCIES.index(p.urgency), p.order))
    rows = [(p, [step for step in p.steps if step.falls_to(reader.code)]) for p in shown]
    context = {
        "reader": reader,
        "person": person,
        "persons": PERSONS,
        "book": found,
        "mine": [(p, steps) for p, steps in rows if steps],
        "others": [p for p, steps in rows if not steps],
        "child": person.profile.startswith("child"),
    }
    return render(request, "indicators/procedures/list.html", context)


@login_not_required
@require_safe
def procedure_detail(request, procedure):
    found = book()
    shown = found.procedures.get(procedure)
    if shown is None:
        raise Http404
    context = {"book": found, "procedure": shown, "following": found.followed_by(shown)}
    return render(request, "indicators/procedures/detail.html", context)


@login_not_required
@require_safe
def text_list(request):
    """List every legal text: what it says, whether it was read, and where."""
    found = book()
    used = {code for p in found.procedures.values() for step in p.steps for code in step.legal_basis}
    texts = sorted(found.texts.values(), key=lambda text: text.order)
    page = Paginator(texts, TEXTS).get_page(request.GET.get("page"))  # out of range: the nearest page
    beside = {
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(
        request, "indicators/procedures/text_list.html", {"book": found, "texts": page, "used": used, **beside}
    )
