"""Where a line of public policy comes from: the pack, with its provenance, or the hand of somebody here, who signs."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership


class Provenance(models.TextChoices):
    """The pack's own words (domain README), and one more for what is entered on the platform."""

    SEEN = "seen", _("Read in the source named")
    INFERRED = "inferred", _("Read, its place here is deduced")
    TO_VERIFY = "to_verify", _("From memory, to be checked")
    GENERAL_KNOWLEDGE = "general_knowledge", _("From memory")
    PROJECT_PROPOSAL = "project_proposal", _("Proposed by the project")
    ENTERED = "entered", _("Entered by the body concerned")


class Sourced(models.Model):
    """A row of the pack keeps where it was read. `edited_at`: a person changed it here, the loader leaves it alone."""

    provenance = models.CharField(max_length=20, choices=Provenance, default=Provenance.ENTERED)
    source = models.TextField(blank=True)
    note_fr = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Signed(models.Model):
    """Said or done by a member for its unit, at a moment; most of these rows are inserted and never changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
