"""Store where a row comes from: the pack, with its provenance, or a member who signs it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership


class Provenance(models.TextChoices):
    """Define the provenances of the pack (domain README), and one for rows entered on the platform."""

    SEEN = "seen", _("Read in the source named")
    INFERRED = "inferred", _("Read, its place here is deduced")
    TO_VERIFY = "to_verify", _("From memory, to be checked")
    GENERAL_KNOWLEDGE = "general_knowledge", _("From memory")
    PROJECT_PROPOSAL = "project_proposal", _("Proposed by the project")
    OFFICIAL = "official", _("Official list, vouched for by the coordination")
    ENTERED = "entered", _("Entered by the body concerned")


class Sourced(models.Model):
    """Store where a row of the pack was read. `edited_at`: changed here by a member, so the loader skips it."""

    provenance = models.CharField(max_length=20, choices=Provenance, default=Provenance.ENTERED)
    source = models.TextField(blank=True)
    note_fr = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Signed(models.Model):
    """Store which member of which unit wrote a row, and when; most of these rows are never changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
