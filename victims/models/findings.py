"""Store observations, assessments and the story (level 3), each encrypted: what was seen tells much of who it is."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField
from indicators.assessment.rules.snapshot import CatalogueSnapshot

from .cases import Case
from .sight import Sees


class ObservationQuerySet(models.QuerySet):
    def note(
        self, cases: Iterable[Case], signs: Mapping[str, str], *, catalogue: CatalogueSnapshot, by: Membership
    ) -> None:
        """Write the same signs in each of these cases; `signs`: code of an indicator -> how it is known."""
        self.bulk_create(
            Observation(
                case=case,
                data={"indicator": code, "value": value},
                counts=catalogue.values[value].counts,
                catalogue_version=catalogue.version,
                by=by,
            )
            for case in cases
            for code, value in signs.items()
        )


class Observation(models.Model):
    """Store one sign noted for a case, with the version of the catalogue used."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="observations")
    data = EncryptedField()  # {"indicator", "value"}: codes of indicators.yaml
    counts = models.BooleanField()  # not « not observed » nor « unknown »; in clear, since a list counts them in SQL
    catalogue_version = models.CharField(max_length=80)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.id)

    @property
    def indicator(self) -> str:
        return self.data["indicator"]

    @property
    def value(self) -> str:
        return self.data["value"]


class Assessment(models.Model):
    """Store a dated assessment of the observations by the shared rules, as computed. Never a decision."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="assessments")
    result = EncryptedField()
    catalogue_version = models.CharField(max_length=80)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return str(self.id)


class CaseText(models.Model):
    """Store the story given with the alert, encrypted."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="texts")
    data = EncryptedField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return str(self.id)
