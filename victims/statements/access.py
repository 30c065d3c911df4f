"""Read which acts the law reserves to an agency."""

from agencies.models import Agency
from indicators.models import Code


def acts_of(agency: Agency) -> set[str]:
    """Return the reserved acts of an agency: its own list, or those of its kind and profile (forms.yaml, entitlements).

    `nrm.entitled`, used by the policies, computes the same.
    """
    codes = Code.objects.of("entitlements")
    if agency.entitlements is not None:
        return {code.code for code in codes if code.code in agency.entitlements}
    mine = (agency.kind, agency.profile_id)
    return {c.code for c in codes if mine[0] in c.data.get("kinds", []) or mine[1] in c.data.get("profiles", [])}
