"""Filter the directory by word, kind and service. An unknown choice is ignored."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Kind, Service
from indicators.codes.words import wording


class DirectoryFilter(forms.Form):
    q = forms.CharField(label=_("Name or word"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    service = forms.ChoiceField(label=_("What it offers"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *Kind.choices]
        services = sorted((str(wording(service)), service.pk) for service in Service.objects.order_by("pk"))
        self.fields["service"].choices = [("", _("All")), *[(code, label) for label, code in services]]

    def narrowed(self, bodies):
        """Return the bodies that match."""
        self.is_valid()
        wanted = self.cleaned_data
        if word := wanted.get("q"):
            bodies = bodies.filter(Q(name__icontains=word) | Q(acronym__icontains=word) | Q(ministry__icontains=word))
        if wanted.get("kind"):
            bodies = bodies.filter(kind=wanted["kind"])
        if wanted.get("service"):
            bodies = bodies.filter(services=wanted["service"])
        return bodies

    @property
    def active(self) -> int:
        return sum(bool(self.cleaned_data.get(name)) for name in self.fields)
