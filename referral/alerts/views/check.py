"""Show every answer and every addressee before anything leaves: the last page of an alert, then one act."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import pgettext

from agencies.models import Kind
from foundation.words import free_text
from referral.alerts.display import ground_of, said
from referral.alerts.operations import alerts
from referral.alerts.rules import AGREEMENT, CHECK
from referral.alerts.selectors import addressees_of, contact_of, reading_of, signs_of
from victims.cases.words import said_contact


def check(request, alert):
    if request.method == "POST":
        return posted(request, alert)
    answers = alert.content.data
    context = {
        "alert": alert,
        "answers": answers,
        "said": said(answers),
        "signs": signs_of(answers),
        "contact": said_contact(contact_of(alert)),
        "found": free_text.found_in(answers.get("note")),
        "addressees": addressees_of(alert),
        "ground": ground_of(answers),
        "reading": reading_of(answers),
    }
    return render(request, "referral/alerts/alert_step_check.html", context)


def posted(request, alert):
    if way := request.POST.get("note"):
        return redirect(cleaned_note(request.actor, alert, way))
    if request.POST.get("go") == "later":
        messages.success(request, pgettext("alert", "Draft kept. You can take it up again from any device."))
        return redirect("referral:alert-start")
    sent = alerts.send_alert(request.actor, alert.pk)
    return redirect("referral:alert-received", sent.pk)


def cleaned_note(actor, alert, way) -> str:
    """Take numbers out of the note; « Déplacer » puts the first one into the safe contact, to be completed.

    Return the address of the field to look at next.
    """
    answers, contact = alert.content.data, None
    found = free_text.found_in(answers.get("note"))
    movable = [item for item in found if item.kind in ("phone", "email")]
    page, anchor = CHECK, "#id_note"
    if way == "move" and movable and answers.get("agreement") == "yes" and actor.agency.kind != Kind.EMPLOYER:
        contact = {**contact_of(alert), "value": movable[0].text}
        contact.pop("do_not_call", None)
        found, page, anchor = movable[:1], AGREEMENT, "#id_value"
    note = free_text.without(answers.get("note") or "", found)
    alerts.save_draft(actor, alert.pk, {"note": note}, step=CHECK, contact=contact)
    return reverse("referral:alert-step", args=[alert.pk, page]) + anchor
