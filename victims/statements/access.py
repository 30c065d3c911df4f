"""Read which acts the law reserves to an agency."""

from agencies.models import Agency
from indicators.models import Code


def acts_of(agency: Agency) -> set[str]:
    """Reserved acts this agency may do: its own list, or what its kind and profile say (forms.yaml, entitlements).
    The same sentence as `nrm.entitled`, which the walls ask."""
    codes = Code.objects.of("entitlements")
    if agency.entitlements is not None:
        return {code.code for code in codes if code.code in agency.entitlements}
    mine = (agency.kind, agency.profile_id)
    return {c.code for c in codes if mine[0] in c.data.get("kinds", []) or mine[1] in c.data.get("profiles", [])}
