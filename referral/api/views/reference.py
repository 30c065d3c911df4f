"""Reference lists of the API: codes of its fields, with version and validation."""

from dataclasses import dataclass

from django.http import Http404
from rest_framework import serializers
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from agencies.models import Helpline, Service, Territory
from indicators.catalogue import selectors as catalogue_selectors
from indicators.models import Code, PackFile
from referral.api.rules import ANY
from referral.api.schema import document
from referral.api.serializers.records import Shown
from referral.routing.selectors.desks import alert_desks

from .endpoints import Endpoint


@dataclass(frozen=True)
class Source:
    """Define a list: file of the pack (empty for data of the platform) and function that returns the rows."""

    file: str
    rows: object


def _codes(code_list: str):
    return lambda: list(Code.objects.of(code_list).values("code", "label_fr", "label_en"))


def _territories():
    return [
        {"code": t.pk, "label_fr": t.label_fr, "label_en": t.label_en, "sort": t.sort, "region": t.region_id}
        for t in Territory.objects.order_by("code")
    ]


def _indicators():
    pack = catalogue_selectors.current()
    return [
        {
            "code": sign.code,
            "label_fr": sign.label_fr,
            "label_en": sign.label_en,
            "dimension": sign.dimension,
            "strength": sign.strength,
            "known_by": sign.known_by,
            "form": sign.form,
            "age_group": sign.age_group,
        }
        for sign in pack.indicators.values()
    ]


def _values():
    return [
        {"code": v.code, "label_fr": v.label_fr, "label_en": v.label_en, "counts": v.counts}
        for v in catalogue_selectors.current().values.values()
    ]


def _desks():
    """Return the desks an alert can name.

    Where they work, never where they are: an address may have to stay unknown.
    """
    rows = alert_desks().select_related("agency").prefetch_related("services", "territories").order_by("pk")
    return [
        {
            "code": desk.pk,
            "label_fr": desk.agency.name,
            "label_en": desk.agency.name,
            "kind": desk.agency.kind,
            "nationwide": desk.nationwide,
            "territories": sorted(t.pk for t in desk.territories.all()),
            "services": sorted(s.pk for s in desk.services.all()),
            "takes_minors": desk.takes_minors,
            "takes_adults": desk.takes_adults,
        }
        for desk in rows
    ]


# opening: null when not known, "always", or spans of the week in Paris time
HELPLINE = (
    "code", "label_fr", "label_en", "number", "kind", "free", "opening", "hours_fr", "hours_en", "languages_fr",
    "languages_en", "audience_fr", "audience_en", "cost_fr", "cost_en", "text_relay_fr", "text_relay_en", "source",
    "read_on", "reviewed_on",
)  # fmt: skip
LISTS = {
    "forms": Source("forms.yaml", _codes("forms_of_exploitation")),
    "places": Source("forms.yaml", _codes("place_kinds")),
    "detection_contexts": Source("forms.yaml", _codes("detection_contexts")),
    "decline_reasons": Source("forms.yaml", _codes("decline_reasons")),
    "outcomes": Source("forms.yaml", _codes("orientation_reasons")),
    "closure_reasons": Source("forms.yaml", _codes("closure_reasons")),
    "consent_purposes": Source("forms.yaml", _codes("consent_purposes")),
    "services": Source("agencies.yaml", lambda: list(Service.objects.values("code", "label_fr", "label_en"))),
    "territories": Source("territories.yaml", _territories),
    "indicators": Source("indicators.yaml", _indicators),
    "observation_values": Source("indicators.yaml", _values),
    "desks": Source("", _desks),
    "helplines": Source(
        "agencies.yaml",
        lambda: list(Helpline.objects.filter(active=True).values(*HELPLINE)),
    ),
}


class CodeShown(Shown):
    """Show a value. Its other fields depend on the list; `code` and the two labels are always there."""

    code = serializers.CharField()
    label_fr = serializers.CharField()
    label_en = serializers.CharField()

    def to_representation(self, instance):
        return instance


class IndexShown(Shown):
    def to_representation(self, instance):
        return instance


class ListShown(Shown):
    name = serializers.CharField()
    version = serializers.CharField(allow_null=True)
    validated = serializers.BooleanField()
    results = CodeShown(many=True)


@document.reference_index
class ReferenceIndex(Endpoint, APIView):
    scopes = {"get": ANY, "head": ANY}

    def get(self, request):
        names = [{"name": name, "url": reverse("api:reference", [name], request=request)} for name in LISTS]
        return self.answer(IndexShown, {"results": names})


@document.reference_list
class ReferenceList(Endpoint, APIView):
    scopes = {"get": ANY, "head": ANY}

    def get(self, request, name):
        if name not in LISTS:
            raise Http404
        source = LISTS[name]
        pack = PackFile.objects.filter(name=source.file).first()
        shown = {
            "name": name,
            "version": pack and pack.version,
            "validated": bool(pack is None or pack.validated_by),
            "results": source.rows(),
        }
        return self.answer(ListShown, shown)
