"""Ask the persons of an event one by one, and show the list for reception."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.errors import NotFound
from foundation.words.spoken_languages import in_both
from referral.situations import display, rules
from referral.situations.forms.asking import AskedForm, PartForm
from referral.situations.operations import asking, situations

from .guard import coordination_only


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_question(request, pk):
    """Write what each person is asked."""
    situation = situations.visible_situation(request.actor, pk)
    form = AskedForm(request.POST or None, actor=request.actor, asked=asking.asked_of(situation))
    if form.is_valid():
        asking.set_question(request.actor, pk, form.asked())
        messages.success(request, _("Kept. Now ask each person, one by one."))
        return redirect("referral:situation-ask", pk)
    context = {"situation": situation, "form": form, "before": asking.asked_of(situation)}
    return render(request, "referral/situations/situation_question.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_ask(request, pk):
    """Show one person, `?n=` her number, with the answers to press; record the one pressed and show the next person."""
    actor, situation = request.actor, situations.visible_situation(request.actor, pk)
    asked = asking.asked_of(situation)
    if asked is None:
        return redirect("referral:situation-question", pk)
    found = [line for line in situations.lines(actor, situation) if line.known and line.access.lead]
    part = PartForm(request.POST if request.POST.get("said") == asking.Answer.PART else None, asked=asked)
    line = _chosen(found, request.POST.get("n") or request.GET.get("n", ""))
    if request.method == "POST":
        if line is None:
            raise NotFound
        if line.known.is_minor or not part.is_bound or part.is_valid():
            return _answered(request, situation, found, line, part)
    elif line is not None:
        situations.read_person(actor, situation, line)
    context = {"situation": situation, "lines": found, "line": line, "part": part, "asked": display.asked(asked)}
    context["since"] = asked.get("since", "")
    if line is not None:
        line.language = in_both(line.known.language) if line.known.language else ""
        context["elsewhere"] = asking.agreed_elsewhere(situation, line)
        context["agreed_here"] = bool(asking.made_here(situation, line))
    context |= {
        "said": sum(rules.was_asked(one, asked) for one in found),
        "earlier": [one for one in found if rules.answered_before(one, asked)],
        "answers": display.answers(line, asked),
        "parted": part.divisible or any(one.agreement == asking.Answer.PART for one in found),
    }
    context["before"] = before = _chosen(found, request.GET.get("before", ""), only=True)
    # a child's no is an opinion: who speaks for the child agreed, and is not asked to take it back
    refused = before is not None and before.agreement == asking.Answer.NO and not before.known.is_minor
    context["before_goes_on"] = refused and asking.agreed_elsewhere(situation, before)
    return render(request, "referral/situations/situation_ask.html", context)


def _answered(request, situation, found, line, part):
    said = request.POST.get("said", "")
    if said not in asking.Answer.values:
        messages.error(request, _("An answer is not one of this page: nothing was kept. Choose again."))
        return redirect(_page(situation, n=line.number))
    earlier = [one for one in found if rules.answered_before(one, asking.asked_of(situation))]
    partly = part.part() if part.is_bound and not line.known.is_minor else None
    try:
        asking.answer(request.actor, situation.pk, line.pk, said, part=partly, heard=request.POST.get("since"))
    except asking.AnotherQuestion:
        words = _("What is asked was changed meanwhile: nothing was kept. Read what is asked now, then ask the person.")
        messages.error(request, words)
        return redirect(_page(situation, n=line.number))
    line.agreement = said
    after = [one for one in found if one.agreement == asking.Answer.NOT_ASKED and one != line]
    if line in earlier and not after:  # who answers this question after another one: the next such person
        after = [one for one in earlier if one != line]
    following = next((one for one in after if one.number > line.number), next(iter(after), None))
    return redirect(_page(situation, before=line.number, **({"n": following.number} if following else {})))


def _page(situation, **query) -> str:
    """Return the address of the page, at the person: under a thumb the answers then stand where they stood."""
    return reverse("referral:situation-ask", args=[situation.pk], query=query, fragment="personne")


def _chosen(found, number: str, *, only=False):
    """Return the line of this number; without one, the first person not asked yet, unless `only`."""
    if number:
        return next((line for line in found if str(line.number) == number), None)
    return None if only else next((line for line in found if line.agreement == asking.Answer.NOT_ASKED), None)


@coordination_only
@require_GET
def situation_intake(request, pk):
    """Show the list for reception: number, reference, language, answer of each person. It contains no name."""
    situation = situations.read_group(request.actor, pk)
    found = situations.lines(request.actor, situation)
    display.show_answers(found, asking.asked_of(situation))
    for line in found:
        line.language = in_both(line.known.language) if line.known else ""
    return render(request, "referral/situations/situation_intake.html", {"situation": situation, "lines": found})
