"""Show the components of the interface, each in its states, to look at them in both themes and at every width.

The route exists in development only.
"""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

CHOICES = [("yes", _("Yes")), ("no", _("No"))]


class Sample(forms.Form):
    """Hold one field of each sort; with nothing in it, each shows its error."""

    title = forms.CharField(label=_("Subject"), max_length=40, help_text=_("Nothing new."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))
    sort = forms.ChoiceField(label=_("Status"), choices=[("", "—"), *CHOICES])
    answer = forms.ChoiceField(label=_("Answer"), choices=CHOICES, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(label=_("Services"), choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
@login_not_required
def components(request):
    now = timezone.now()
    context = {
        "blank": Sample(prefix="blank"),
        "refused": Sample({}, prefix="refused"),
        "states": ("draft", "sent", "opened", "completed", "declined", "expired"),
        "urgencies": ("vital", "high", "normal"),
        "delays": [now + timedelta(hours=hours) for hours in (-3, 1, 30)],
        "levels": ("info", "success", "warning", "error"),
    }
    return render(request, "dev/components.html", context)


urlpatterns = [path("composants/", components, name="components")] if settings.DEVELOPMENT else []
