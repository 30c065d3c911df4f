"""Row security of versions: the policy of their source. Written by triggers only."""

from foundation.walls import Wall
from victims.models import CaseVersion, ContactVersion, IdentityVersion, NeedVersion, ProfileVersion

WALLS = [Wall.of(model) for model in (CaseVersion, IdentityVersion, ContactVersion, ProfileVersion, NeedVersion)]
