"""Store what was erased: a digest of the case's id, never the id, a name or a reference."""

import hashlib
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.sight import SightIs, SightQuerySet

# no case leaves sooner after its last move, whatever the worker or its configuration says: the database asks it
KEPT_AT_LEAST = timedelta(days=365)


def digest_of(case_id) -> str:
    """Return the digest by which the register names a case; `nrm.erase_rows` computes the same."""
    return hashlib.sha256(str(case_id).encode()).hexdigest()


class Erasure(models.Model):
    """Store one erasure, written by `nrm.erase_rows` only.

    The register outlives what was erased: after the restoration of an older backup it says what must go again.
    """

    sight = SightIs("journal")

    class Kind(models.TextChoices):
        CASE = "case", _("Case, with its alerts and requests")

    class Ground(models.TextChoices):
        TIME = "time", _("Its time was over")
        REPLAYED = "replayed", _("Erased again after the restoration of a backup")

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    ground = models.CharField(max_length=8, choices=Ground)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="erasure_newest")]

    def __str__(self):
        return self.digest[:12]
