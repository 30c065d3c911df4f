"""Store relocations: the département of a case changes, and with it the coordinating unit."""

import uuid

from django.db import models

from agencies.models import Agency, Membership, Territory

from .cases import Case
from .sight import Sees


class Relocation(models.Model):
    """Store one relocation of a case, written by nrm.move_case only."""

    sight = Sees(2)  # not 1: a former unit must not learn the place

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="relocations")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    from_territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    to_territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    from_unit = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Agency, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)
