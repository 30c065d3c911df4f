"""Read which acts the law reserves to an agency."""

from django.db.models import BooleanField, F, Func, Value

from agencies.models import Agency
from indicators.models import Code


def acts_of(agency: Agency) -> set[str]:
    """Return the reserved acts of an agency, as `nrm.entitled` decides for the policies (forms.yaml, entitlements)."""
    entitled = Func(Value(agency.pk), F("code"), function="nrm.entitled", output_field=BooleanField())
    return set(Code.objects.of("entitlements").filter(entitled).values_list("code", flat=True))
