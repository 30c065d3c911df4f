"""Store identification: statements of entitled bodies, side by side, none overwriting another."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Is, Own

from .cases import Case
from .sight import Sees


class Status(models.TextChoices):
    """Define degrees of identification (forms.yaml, identification_statuses)."""

    PRESUMED = "presumed", _("Presumed victim")
    IDENTIFIED = "identified", _("Identified victim")
    RECOGNISED = "recognised", _("Victim recognised by a court")
    NOT_ESTABLISHED = "not_established", _("Trafficking not established")


class Statement(models.Model):
    """Store a dated and signed statement of one body. A changed view is a new statement: earlier ones stay readable.

    A statement of an asylum body reveals an asylum claim: `asylum`, set by trigger, requires the bit residence for
    everybody but that body.
    """

    sight = Sees(3) & (Is("asylum", False) | Own() | Sees(bit=Category.RESIDENCE))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="statements")
    status = models.CharField(max_length=16, choices=Status)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    function = models.CharField(max_length=120)  # function of the signer on that day
    data = EncryptedField()  # {"basis", "motives"}: text
    stated_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    asylum = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return self.status


class IdentificationView(models.Model):
    """Store the current views on a case, without text: one row per kind of body and status.

    A trigger derives it from the latest statement of each agency; read-only for the application. `asylum_body`: the
    view of an asylum body is separate, visible to itself and with the bit residence, since it reveals an asylum claim.
    """

    sight = Sees(2) & (Is("asylum_body_id", None) | Own("asylum_body_id") | Sees(bit=Category.RESIDENCE))

    case = models.ForeignKey(Case, models.CASCADE, related_name="views")
    body = models.CharField(max_length=16)  # forms.yaml, identification_deciders
    status = models.CharField(max_length=16, choices=Status)
    stated_on = models.DateField()
    asylum_body = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "body", "status", "asylum_body"],
                name="one_view_a_body_and_status",
                nulls_distinct=False,
            )
        ]

    def __str__(self):
        return f"{self.body} {self.status}"
