"""Store the programs of agencies: software that acts through the API."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from .units import Membership

# how long the former secret of a program goes on after a new one, so that it is changed without a stop
SECRET_OVERLAP = timedelta(hours=24)


class Scope(models.TextChoices):
    """Say what a program may do. Its roles follow from it (nrm.program_roles), and with them what it sees."""

    READ = "read", _("Read the alerts, requests and cases of your organisation")
    ALERT = "alert", _("Send alerts, a danger to life too, and follow its own")
    WORK = "work", _("Work on alerts, requests and cases: answer, write, decide")
    ADMINISTER = "administer", _("Administer: free places, colleagues assigned to a case")


class ApiClient(AbstractApplication):
    """Store a program of an agency; it acts as its service membership.

    Written by functions of the database (referral/sql/programs.sql), but for the time of use.
    """

    membership = models.OneToOneField(Membership, models.PROTECT, null=True, related_name="api_client")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=list)
    former_secret = models.CharField(max_length=255, blank=True)  # digest, good until `former_until`
    former_until = models.DateTimeField(null=True)
    key = models.JSONField(null=True)  # public, as a JWK with its thumbprint (agencies/keys): it signs for its tokens
    former_key = models.JSONField(null=True)  # good until `former_key_until`
    former_key_until = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # the last token it was given

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"

    def keys_now(self) -> list[dict]:
        """Return the keys by which it may sign now."""
        former = self.former_key_until is not None and self.former_key_until > timezone.now()
        return [key for key in (self.key, self.former_key if former else None) if key]


class ProgramCall(models.Model):
    """Store that a program called, without content: the operation, never which thing it was about.

    Read by the administrators of its agency alone (agencies/policies.py).
    """

    KEPT = timedelta(days=30)

    # known before it is written: the program may not read what it writes
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="calls")
    at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=120)  # method and address, ids left out
    status = models.PositiveSmallIntegerField()
    took = models.PositiveIntegerField()  # milliseconds
    trace = models.CharField(max_length=64)  # the `X-Request-Id` of the answer

    class Meta:
        indexes = [
            models.Index(fields=["membership", "-at", "-id"], name="program_call_list"),
            models.Index(fields=["at"], name="program_call_by_age"),
        ]

    def __str__(self):
        return f"{self.operation} {self.status}"


class Sandbox(models.Model):
    """Store the test space of a program: a database of its own, of which no row is here (decision 76).

    Written by functions of the database (referral/sql/sandboxes.sql) and by the worker, which makes and drops it.
    """

    UNUSED = timedelta(days=30)  # after which it is dropped

    membership = models.OneToOneField(Membership, models.PROTECT, primary_key=True, related_name="sandbox")
    client_id = models.CharField(max_length=40, unique=True)
    secret = models.CharField(max_length=255)  # digest, copied to the client of each new copy
    database = models.CharField(max_length=63, blank=True)
    made_of = models.CharField(max_length=64, blank=True)  # which version of the template
    wanted_at = models.DateTimeField(default=timezone.now)  # a fresh copy was last asked for
    made_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=timezone.now)  # to the minute
    ended = models.BooleanField(default=False)

    def __str__(self):
        return self.client_id

    @property
    def ready(self) -> bool:
        return self.made_at is not None and self.made_at >= self.wanted_at
