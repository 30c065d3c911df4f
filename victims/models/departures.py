"""Store what an agency's programs no longer see, so that their copies forget it too."""

from datetime import timedelta

from django.db import models

from agencies.models import Agency
from foundation.positions import Positioned
from foundation.sight import Own, SightQuerySet


class Departure(Positioned):
    """Store that a row of a list ended for an agency, or was kept to the members assigned. Written by triggers.

    The row may be back: a reader is told of what it does not see now.
    """

    sight = Own()

    class Noun(models.TextChoices):
        CASE = "case"
        ALERT = "alert"  # at a desk
        REQUEST = "request"  # an orientation at a desk
        SENT = "sent"  # an orientation, for its sender

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False)
    noun = models.CharField(max_length=8, choices=Noun)
    thing = models.UUIDField()  # no foreign key: a departure outlives what it tells of

    objects = SightQuerySet.as_manager()

    KEPT = timedelta(days=90)  # longer than a copy may be continued (referral/api/selectors.py)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "noun", "position"], name="departure_position"),
            models.Index(fields=["changed_at"], name="departure_age"),
        ]

    def __str__(self):
        return f"{self.noun} {self.thing}"
