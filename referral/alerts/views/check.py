"""Show every answer and every addressee before anything leaves: the last page of an alert, then one act."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import pgettext

from agencies.directory.selectors import child_number
from foundation.words import free_text
from referral.alerts.display import answers_in_words, ground_of
from referral.alerts.operations import alerts
from referral.alerts.rules import AGE_SIDES, AGREEMENT, CHECK, settled, told_young
from referral.alerts.selectors import (
    addressees_of,
    best_of,
    contact_of,
    has_readers,
    kept_until,
    reading_of,
    signs_of,
    wants_association,
)
from referral.routing.rules.discretion import author_warnings, employer_immunity
from victims.cases.words import contact_in_words


def check(request, alert):
    """Show or act on the last page of a draft."""
    if request.method == "POST":
        return posted(request, alert)
    answers = alert.content.data
    context = {
        "alert": alert,
        "answers": answers,
        "warnings": author_warnings(employer_immunity(answers)),
        "said": answers_in_words(answers),
        "signs": signs_of(answers),
        "contact": contact_in_words(contact_of(alert)),
        "found": free_text.found_in(answers.get("note")),
        "addressees": (addressees := addressees_of(alert)),
        "no_association": wants_association(answers, [told.agency for told in addressees if not told.kept]),
        "kept_until": kept_until(alert) if addressees[0].kept else None,
        "read_here": has_readers(alert) if addressees[0].kept else True,
        "ground": ground_of(settled(answers)),
        "told_young": (young := told_young(answers)),
        "child_number": child_number() if young else None,
        "reading": (reading := reading_of(answers)),
        "best": best_of(reading),
    }
    return render(request, "referral/alerts/alert_step_check.html", context)


def posted(request, alert):
    """Take numbers out of the note, leave the draft for later, or send it."""
    if way := request.POST.get("note"):
        moved = alerts.clean_note(request.actor, alert.pk, move=way == "move")
        page, field = (AGREEMENT, "id_value") if moved else (CHECK, "id_note")
        return redirect(f"{reverse('referral:alert-step', args=[alert.pk, page])}#{field}")
    if (age := request.POST.get("age")) in AGE_SIDES:
        alerts.answer_age(request.actor, alert.pk, age)
        return redirect("referral:alert-step", alert.pk, CHECK)
    if request.POST.get("go") == "later":
        messages.success(request, pgettext("alert", "Draft kept. You can take it up again from any device."))
        return redirect("referral:alert-start")
    sent, case = alerts.send_with_case(request.actor, alert.pk)
    if case:
        said = pgettext("alert", "Case %(reference)s is open and assigned to you.")
        messages.success(request, said % {"reference": case.reference})
    return redirect("referral:alert-received", sent.pk)
