"""Pages of breaches: report one, the register, one breach."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import known_act
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record

from . import access, operations
from .display import in_words, lacking, shown
from .forms.entries import FORMS
from .forms.report import ReportForm
from .rules import Sort, may

NEWEST = Keyset("at", "id")


@require_http_methods(["GET", "POST"])
def breach_new(request):
    """Report a breach: for whoever works here, in a minute; with the password alone too, for a lost telephone."""
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _reported(request, form)):
        if request.half:  # a receipt, and nothing else
            messages.success(
                request, _("Reported under %(reference)s. Those who may read it are told.") % {"reference": made}
            )
            return redirect("referral:second-step")
        messages.success(request, _("Reported. Those who may read it are told: you can be asked for more."))
        return redirect("referral:breach", made.pk)
    return render(request, "referral/breaches/breach_new.html", {"form": form})


def _reported(request, form):
    """Return the breach reported; None, with words in the form, beyond what one account reports in a day."""
    try:
        return operations.report(request.actor, **form.said())
    except WrongState:
        form.add_error("text", _("Many were reported from this account since yesterday: telephone those who decide."))
        return None


@require_safe
def breach_list(request):
    """List the breaches that the reader answers for or audits, and those that one reported. Journalled."""
    page = NEWEST.asked(access.breaches(request.actor), request)
    record("breach.list")
    ways = {way: f"?cursor={cursor}" for way, cursor in (("next", page.next), ("previous", page.previous)) if cursor}
    context = {"page": page, "rows": [shown(row) for row in page], "keeps": access.keeps_register(request.actor)}
    return render(request, "referral/breaches/breach_list.html", {**context, **ways})


@require_http_methods(["GET", "POST"])
def breach(request, pk):
    """Show one breach, to its reporter without the register; a POST writes in the register. Journalled."""
    found = shown(access.visible_breach(request.actor, pk))
    act = known_act(request, *FORMS)
    answers = access.answers(request.actor, found)
    forms = _forms(request, found, act) if answers else {}
    if request.method == "POST":
        if act not in forms:
            raise WrongState(act) if answers and not may(found, act) else NotAllowed("breach")
        if forms[act].is_valid():
            operations.write(request.actor, pk, act, **forms[act].said())
            messages.success(request, _("Written in the register."))
            return redirect("referral:breach", pk)
    record("breach.read", found)
    written = in_words(access.entries(request.actor, found))
    reads = answers or access.reads(request.actor, found)
    context = {"breach": found, "entries": written, "forms": forms, "act": act, "sent": forms.get(act), "reads": reads}
    context["lacking"] = lacking(found)
    return render(request, "referral/breaches/breach.html", context)


def _forms(request, found, act: str) -> dict:
    """Return the forms of what may be written now, the one that was sent filled."""
    answered = {Sort.AGREE: found.decided_id, Sort.CONFIRM: found.closing_id}
    made = {}
    for sort in access.may_by(request.actor, found, [sort.value for sort in FORMS if may(found, sort)]):
        if sort == Sort.TOLD and not access.untold(request.actor, found):
            continue
        given = {"breach": found, "actor": request.actor, "prefix": sort}
        given |= {"initial": {"answered": answered[sort]}} if sort in answered else {}
        made[sort] = FORMS[sort](request.POST if act == sort else None, **given)
    return made
