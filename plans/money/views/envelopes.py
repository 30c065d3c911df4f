"""Show and edit money for those who enter, check and sign it. Others get an error, not an empty list."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import npgettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.paging import Keyset
from foundation.workflow import NotAllowed, WrongState
from plans.models import BudgetLine
from plans.models.bodies import audits, builds_policy, is_state
from plans.models.coordination import coordinates
from plans.money.display import desk
from plans.money.filters import LineFilter
from plans.money.forms.envelopes import (
    BeneficiaryCorrectionForm,
    BeneficiaryForm,
    CorrectionForm,
    EnvelopeForm,
    LineForm,
    ReviewForm,
)
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from plans.money.selectors.waiting import lines_in_question

NEWEST = Keyset("id")


def _only(allowed):
    def wrap(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            if not allowed(request.actor):
                raise NotAllowed("money")
            return view(request, *args, **kwargs)

        return checked

    return wrap


readers = _only(lambda actor: builds_policy(actor) or audits(actor))
payers = _only(is_state)
coordination = _only(coordinates)


@readers
@require_safe
def home(request):
    """Show what waits for this member, then its envelopes, or all for those who review all."""
    context = {
        "desk": desk.desk(request.actor),
        "envelopes": desk.envelopes(request.actor),
        "builds": builds_policy(request.actor),
        "enters": is_state(request.actor),
        "coordinates": coordinates(request.actor),
        "campaigns": campaigns.waiting_for(request.actor),
    }
    return render(request, "plans/money/money.html", context)


@readers
@require_safe
def lines(request):
    rows = BudgetLine.objects.visible_to(request.actor)
    form = LineFilter(request.GET, actor=request.actor)
    rows = form.narrowed(rows).select_related("envelope__funder", "envelope__measure", "body")
    page = NEWEST.asked(rows, request)
    context = {
        "form": form,
        "page": page,
        "ticked": "tout" in request.GET,
        **desk.checkable(request.actor, page),
        "asked": lines_in_question(page),
        "signable": audits(request.actor),
        **desk.page_links(request.GET, page),
    }
    return render(request, "plans/money/money_lines.html", context)


@coordination
@require_POST
def check_all(request):
    """Check the lines ticked on the page: all, or none."""
    rows = BudgetLine.objects.visible_to(request.actor)
    wanted = [pk for pk in request.POST.getlist("line") if pk.isdigit()]
    count = acts.check_all(request.actor, rows.filter(pk__in=wanted).select_related("envelope__measure"))
    template = npgettext(
        "money", "%(count)d figure checked: it is public.", "%(count)d figures checked: they are public.", count
    )
    messages.success(request, template % {"count": count}) if count else messages.info(
        request, pgettext("money", "No figure was ticked.")
    )
    return redirect("plans:money-lines")


def _envelope_form(request, envelope=None):
    funders, measures = acts.choices(request.actor)
    return EnvelopeForm(
        request.POST or None,
        envelope=envelope,
        funders=funders,
        measures=measures,
        initial=desk.initial(request.actor, envelope, request.GET.get("mesure", "")),
    )


@payers
@require_http_methods(["GET", "POST"])
def new(request):
    form = _envelope_form(request)
    if form.is_valid():
        made = acts.add_envelope(request.actor, **form.words())
        messages.success(request, pgettext("money", "The envelope is there. Now its figures, year by year."))
        return redirect("plans:money-line", made.code)
    title = pgettext("money", "A new envelope")
    return render(request, "plans/money/money_form.html", {"form": form, "title": title, "parent": None})


@payers
@require_http_methods(["GET", "POST"])
def edit(request, code):
    envelope = acts.visible_envelope(request.actor, code)
    if not acts.may_enter(request.actor, envelope):
        raise NotAllowed("envelope")
    form = _envelope_form(request, envelope)
    if form.is_valid():
        acts.change_envelope(request.actor, envelope, **form.words())
        return redirect("plans:money-envelope", code)
    title = pgettext("money", "What this envelope is")
    return render(request, "plans/money/money_form.html", {"form": form, "title": title, "parent": envelope})


@readers
@require_safe
def envelope(request, code):
    found = acts.visible_envelope(request.actor, code)
    context = {
        "envelope": found,
        "enters": acts.may_enter(request.actor, found),
        "measure_href": desk.measure_page(request.actor, found),
        **desk.history(request.actor, found),
    }
    return render(request, "plans/money/money_envelope.html", context)


@payers
@require_http_methods(["GET", "POST"])
def line(request, code):
    found = acts.visible_envelope(request.actor, code)
    if not acts.may_enter(request.actor, found):
        raise NotAllowed("line")
    form = LineForm(request.POST or None, envelope=found)
    if form.is_valid():
        try:
            acts.add_line(request.actor, found, **form.cleaned_data)
        except WrongState:
            form.add_error(None, pgettext("money", "This year already has a figure at this stage: correct that one."))
        else:
            messages.success(
                request, pgettext("money", "Entered. The public reads it once the coordination checked it.")
            )
            return redirect("plans:money-envelope", code)
    title = pgettext("money", "A figure of this envelope")
    return render(request, "plans/money/money_form.html", {"form": form, "title": title, "parent": found})


@payers
@require_http_methods(["GET", "POST"])
def correct(request, pk):
    former = acts.visible_line(request.actor, pk)
    if not acts.may_enter(request.actor, former.envelope):
        raise NotAllowed("line")
    initial = {name: getattr(former, name) for name in ("amount", "exactness", "share", "evidence")}
    published = acts.is_published(former)
    form = CorrectionForm(request.POST or None, envelope=former.envelope, published=published, initial=initial)
    if form.is_valid():
        acts.correct_line(request.actor, former, **form.cleaned_data)
        messages.success(request, pgettext("money", "Corrected. The former figure stays readable."))
        return redirect("plans:money-envelope", former.envelope.code)
    context = {"form": form, "title": pgettext("money", "Correct a figure"), "parent": former.envelope, "line": former}
    return render(request, "plans/money/money_form.html", context)


@readers
@require_http_methods(["GET", "POST"])
def review(request, pk):
    found = acts.visible_line(request.actor, pk)
    may = desk.reviews(request.actor, found)
    if not may:
        raise NotAllowed("review") if not desk.reviewer(request.actor) else WrongState("review")
    form = ReviewForm(request.POST or None, acts=may)
    if form.is_valid():
        desk.act(request.actor, found, form.cleaned_data["act"], form.cleaned_data["text"])
        messages.success(request, pgettext("money", "Written down."))
        return redirect("plans:money-lines")
    context = {"form": form, "title": pgettext("money", "Look at a figure"), "parent": found.envelope, "line": found}
    if may == ["sign"]:
        context["title"], context["button"] = pgettext("money", "Sign this amount"), pgettext("money", "Sign")
        context["lead"] = pgettext(
            "money",
            "Signing says that the amount agrees with its supporting document. If it does not, do not sign: tell the "
            "body that entered it, by telephone or letter, as nothing here tells it. It enters the amount again; until "
            "then it goes on waiting for a signature.",
        )
    return render(request, "plans/money/money_form.html", context)


@payers
@require_http_methods(["GET", "POST"])
def beneficiary(request, code):
    found = acts.visible_envelope(request.actor, code)
    if not acts.may_enter(request.actor, found):
        raise NotAllowed("beneficiary")
    form = BeneficiaryForm(request.POST or None)
    if form.is_valid():
        acts.name_beneficiary(request.actor, found, **form.cleaned_data)
        return redirect("plans:money-envelope", code)
    title = pgettext("money", "An association that receives it")
    return render(request, "plans/money/money_form.html", {"form": form, "title": title, "parent": found})


@payers
@require_http_methods(["GET", "POST"])
def beneficiary_correct(request, code, pk):
    found = acts.visible_envelope(request.actor, code)
    if not acts.may_enter(request.actor, found):
        raise NotAllowed("beneficiary")
    wrong = acts.visible_beneficiary(request.actor, found, pk)
    form = BeneficiaryCorrectionForm(request.POST or None, wrong=wrong)
    if form.is_valid():
        given = form.cleaned_data
        acts.correct_beneficiary(request.actor, wrong, given["reason"], given["name"], given["public_source"])
        messages.success(request, pgettext("money", "Corrected. The name is no longer public."))
        return redirect("plans:money-envelope", code)
    title = pgettext("money", "An association named by mistake")
    context = {
        "form": form,
        "title": title,
        "parent": found,
        "lead": f"{wrong.name} · {wrong.public_source}".strip(" ·"),
    }
    return render(request, "plans/money/money_form.html", context)
