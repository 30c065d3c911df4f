"""Store what a member typed and could not send, until it is sent or forgotten."""

import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone

from foundation.encryption import EncryptedField
from foundation.sight import By

from .units import Membership

FORM_LIFE = timedelta(minutes=30)
DRAFT_LIFE = timedelta(days=28)


class KeptFormQuerySet(models.QuerySet):
    def of(self, actor, browsers: list[str]):
        """Keep the forms that this member sent from this browser in the last 30 minutes, the newest first.

        `browsers`: the digests of the browser, one for each key.
        """
        since = timezone.now() - FORM_LIFE
        return self.filter(membership=actor.pk, browser__in=browsers, at__gt=since).order_by("-at", "id")


class KeptForm(models.Model):
    """Store a form that arrived after its session had ended, encrypted.

    `data`: {"path", "page", "opened", "fields": [[name, value], …], "files": [[name, file name], …]}: where it is sent,
    the page that showed it, which showing of that page, what was typed without passwords and tokens, the files that
    must be chosen again. `browser`: keyed digest of a cookie of the browser that sent it; no other browser is given it
    back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sight = By("membership_id")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    browser = models.CharField(max_length=64)
    data = EncryptedField()
    at = models.DateTimeField(default=timezone.now)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self):
        return str(self.id)


class DraftQuerySet(models.QuerySet):
    def of(self, actor):
        """Keep the drafts of this membership."""
        return self.filter(membership=actor.pk)


class Draft(models.Model):
    """Store what a member is typing in a form, encrypted, until it is sent or 28 days went by.

    `place`: keyed digest of the form's address, so that the table does not say of which case one writes. `data`:
    {"fields": [[name, value], …], "base"}, the last a digest of the texts that the page held before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sight = By("membership_id")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    place = models.CharField(max_length=64)
    data = EncryptedField()
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["saved_at", "id"]
        constraints = [models.UniqueConstraint(fields=["membership", "place"], name="draft_once")]

    def __str__(self):
        return str(self.id)
