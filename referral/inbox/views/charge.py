"""Put oneself or a colleague in charge of what a desk received."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.view_guards import cases_only, posted
from referral.inbox.display import Inbox
from referral.inbox.forms.charge import ChargeForm
from referral.inbox.operations.charge import assign_desk
from referral.models import AlertDesk, OrientationDesk


@cases_only
@posted("referral:inbox-alert")
def alert_charge(request, pk):
    inbox = Inbox(request)
    return _charge(request, "alert", AlertDesk, pk, inbox.address() if "listed" in request.POST else inbox.address(pk))


@cases_only
@posted("referral:orientation-detail")
def orientation_charge(request, pk):
    return _charge(request, "orientation", OrientationDesk, pk, reverse("referral:orientation-detail", args=[pk]))


def _charge(request, noun, desk, pk, page):
    """Apply the choice, and return to `page`: that of the row, or the list it was taken from.

    A name outside the list comes from an outdated page, and is refused with a message.
    """
    row = get_object_or_404(desk.objects.of(request.actor), **{noun: pk})
    given = {"member": request.actor.pk} if request.POST.get("act") == "mine" else request.POST
    form = ChargeForm(given, actor=request.actor, row=row)
    if not form.is_valid():
        messages.error(request, form.errors["member"][0])
        return redirect(page)
    assign_desk(request.actor, noun, pk, form.cleaned_data["member"])
    messages.success(request, _("Noted: your colleagues see who takes charge of it."))
    return redirect(page)
