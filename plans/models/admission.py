"""Store requests of organisations and bodies of the State to take part.

One member of the coordination proposes, another decides.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Directory, Kind, Membership, Territory

from .sight import COORDINATES
from .sourcing import Signed


class Admission(Signed):
    """Store a proposal to admit an organisation, and its decision.

    Only `nrm.decide_admission` writes what follows the proposal, and creates the agency. The name and address of the
    first administrator are erased with the decision: the account holds them, or nobody needs them.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("admission", "To be decided")
        ADMITTED = "admitted", _("Admitted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    # its line of the directory if it has one; otherwise one is created
    profile = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True, related_name="+")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    services = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    website = models.URLField(blank=True)
    first_name = models.CharField(max_length=120, blank=True)  # of the first administrator: first name and surname
    first_email = models.EmailField(blank=True)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    admitted = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    first = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    sight = COORDINATES

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="proposed"), name="one_proposal_at_a_time"),
        ]

    def __str__(self):
        return self.name
