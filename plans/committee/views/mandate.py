"""Give, end and annul « Mandat de coordination », for the platform administrator."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Agency, Role
from foundation.workflow import NotAllowed
from plans.committee.forms import AnnulForm, EndForm, GiveForm
from plans.committee.operations import mandate as operations
from plans.models import Mandate


def administrator_only(view):
    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.actor.has(Role.PLATFORM_ADMIN):
            raise NotAllowed("platform_admin")
        return view(request, *args, **kwargs)

    return checked


@administrator_only
@require_http_methods(["GET", "POST"])
def mandate(request):
    """Show the mandates, and confirm each act before it is done."""
    running = Mandate.objects.live().select_related("body").first()
    act, sure = request.POST.get("act", ""), request.POST.get("sure") == "1"
    if request.method == "POST" and act not in ("end", "give", "annul"):
        raise NotAllowed(act[:40])
    end = EndForm(
        request.POST if act == "end" else None, mandate=running, auto_id="end-%s"
    )  # the other form has a field of this name too
    give = GiveForm(request.POST if act == "give" else None)
    mistaken = _mistaken(request.POST if act == "annul" else None)
    bound = {"end": end, "give": give}.get(act)
    if act == "annul" and _annulled(request, mistaken):
        return redirect("plans:mandate")
    if bound is not None and bound.is_valid() and sure:
        _done(request, act, bound.cleaned_data, running)
        return redirect("plans:mandate")
    context = {
        "running": running,
        "mandates": Mandate.objects.select_related("body"),
        "vacancy": Mandate.objects.vacant_since(),
        "end": end,
        "give": give,
        "mistaken": mistaken,
        "asked": act if bound is not None and bound.is_valid() else "",
        "units": _units(give) if act == "give" and give.is_valid() else [],
        "form": bound,
    }
    return render(request, "plans/committee/mandate.html", context)


def _done(request, act, given, running) -> None:
    if act == "end":
        operations.end_mandate(request.actor, running.pk if running else 0, **given)
        messages.success(request, _("Recorded. From the next day on, the vacancy is shown to all."))
    else:
        operations.give_mandate(request.actor, **given)
        messages.success(request, _("The mandate is given. No data was moved."))


def _mistaken(data) -> list[tuple[Mandate, AnnulForm]]:
    """Return the mandates that may be annulled, each with its form; the submitted one is bound."""
    found = [row for row in Mandate.objects.standing().select_related("body") if row.can_be_annulled]
    target = data.get("target", "") if data else ""
    return [(row, AnnulForm(data if str(row.pk) == target else None, auto_id=f"annul-{row.pk}-%s")) for row in found]


def _annulled(request, mistaken) -> bool:
    """Annul the mandate submitted; return False when its form has errors."""
    target = request.POST.get("target", "")
    form = next((form for row, form in mistaken if str(row.pk) == target), None)
    if form is not None and not form.is_valid():
        return False
    reason = form.cleaned_data["reason"] if form else ""
    operations.annul_mandate(request.actor, int(target) if target.isdecimal() else 0, reason=reason)
    messages.success(request, _("Taken back: the mandate before stands as it did."))
    return True


def _units(give) -> list[Agency]:
    """Return the units that will act under the mandate."""
    return list(Agency.objects.filter(profile=give.cleaned_data["body"], active=True))
