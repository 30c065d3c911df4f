"""Store what the person asks about their own data, how it was answered, and that its use is limited."""

import uuid

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import SightQuerySet

from .cases import Case
from .sight import Sees


def _months_after(months: int) -> Func:
    """Return the day so many months after the request was received, as `data_requests.rules.due_day` counts it."""
    template = f"(%(expressions)s + interval '{months} months')::date"
    return Func(F("received_on"), template=template, output_field=models.DateField())


class DataRequest(models.Model):
    """Store one request of the person about their data (articles 15 to 21 GDPR).

    `data`: {"text"}, what is asked; `reason`: {"text"}, why it was prolonged; `outcome`: {"text"}, what was done or
    why it was refused. The database holds the day by constraint: a month, or three once it was prolonged in the first.
    """

    # who answers must know what is held: the file; and the lead, who answers for the case, at any level
    sight = Sees(3, lead=True)

    class Kind(models.TextChoices):
        ACCESS = "access", pgettext_lazy("right", "Know and receive what is held about them")
        RECTIFICATION = "rectification", pgettext_lazy("right", "Correct what is wrong or missing")
        OBJECTION = "objection", pgettext_lazy("right", "Object to a use")
        LIMITATION = "limitation", pgettext_lazy("right", "Limit the use: data are kept, and used no further")
        ERASURE = "erasure", pgettext_lazy("right", "Erase data")

    class Asker(models.TextChoices):
        PERSON = "person", pgettext_lazy("asker", "The person")
        GUARDIAN = "guardian", pgettext_lazy("asker", "Their legal representative")
        LAWYER = "lawyer", pgettext_lazy("asker", "Their lawyer")
        MANDATE = "mandate", pgettext_lazy("asker", "Somebody else, with a written mandate")

    class Identity(models.TextChoices):
        KNOWN = "known", pgettext_lazy("identity", "Known to the service that supports them")
        PAPER = "paper", pgettext_lazy("identity", "Identity paper shown, and given back")
        MANDATE = "mandate", pgettext_lazy("identity", "Mandate or appointment shown, and given back")
        PENDING = "pending", pgettext_lazy("identity", "Not checked yet")

    class Way(models.TextChoices):
        HAND = "hand", pgettext_lazy("way", "Handed over in person, at the service")
        LAWYER = "lawyer", pgettext_lazy("way", "Handed over to the lawyer or the representative")
        SPOKEN = "spoken", pgettext_lazy("way", "Told by word of mouth, with an interpreter if needed")
        SAFE = "safe", pgettext_lazy("way", "Sent where the person says it is safe")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request of the person", "To be answered")
        PROLONGED = "prolonged", pgettext_lazy("request of the person", "To be answered, prolonged")
        ANSWERED = "answered", pgettext_lazy("request of the person", "Answered")
        REFUSED = "refused", pgettext_lazy("request of the person", "Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="data_requests")
    reference = models.CharField(max_length=12)  # of the case, for its notices
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # which received it
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=13, choices=Kind)
    received_on = models.DateField()
    asked_by = models.CharField(max_length=8, choices=Asker)
    identity = models.CharField(max_length=8, choices=Identity)
    way = models.CharField(max_length=6, choices=Way, default=Way.HAND)
    data = EncryptedField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    due_on = models.DateField()
    prolonged_on = models.DateField(null=True, blank=True)
    prolonged_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    reason = EncryptedField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = EncryptedField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        indexes = [
            models.Index(fields=["case", "-received_on", "-id"], name="data_request_newest"),
            models.Index(fields=["due_on"], condition=Q(ended_at=None), name="data_request_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(prolonged_on=None, prolonged_by=None, reason=None, due_on=_months_after(1))
                | Q(
                    prolonged_on__lte=_months_after(1),
                    prolonged_by__isnull=False,
                    reason__isnull=False,
                    due_on=_months_after(3),
                ),
                name="data_request_due_in_one_month_or_three",
            ),
            models.CheckConstraint(
                condition=Q(state="open", prolonged_on=None, ended_at=None, ended_by=None, outcome=None)
                | Q(state="prolonged", prolonged_on__isnull=False, ended_at=None, ended_by=None, outcome=None)
                | Q(state="refused", ended_at__isnull=False, ended_by__isnull=False, outcome__isnull=False)
                | Q(state="answered", ended_at__isnull=False, ended_by__isnull=False, outcome__isnull=False)
                & ~Q(identity="pending"),
                name="data_request_ended_with_words",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class LimitationQuerySet(SightQuerySet):
    def in_force(self):
        """Keep those that nobody ended."""
        return self.filter(ended_at=None)


class Limitation(models.Model):
    """Store a limitation of use of a case: it stands until somebody ends it, who tells the person first.

    No text: whoever sees the case in whatever way reads it, so that all who act know.
    """

    sight = Sees()

    class Because(models.TextChoices):
        ASKED = "asked", pgettext_lazy("end of a limitation", "The person asks for it to end")
        CORRECTED = "corrected", pgettext_lazy("end of a limitation", "The data were checked, and corrected")
        GROUNDS = "grounds", pgettext_lazy("end of a limitation", "The objection was examined, and not upheld")
        CLAIMS = "claims", pgettext_lazy("end of a limitation", "The person no longer needs the data for their rights")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="limitations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    ended_because = models.CharField(max_length=9, choices=Because, blank=True)

    objects = LimitationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="limited_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_because__gt=""),
                name="limitation_ended_with_a_reason",
            ),
        ]

    def __str__(self):
        return str(self.id)


def unlimited(rows: models.QuerySet, case: str = "case") -> models.QuerySet:
    """Keep rows whose case may be used beside the help of the person: exported, counted."""
    return rows.exclude(Exists(Limitation.objects.in_force().filter(case=OuterRef(case))))


def limited_since(case: str = "case") -> models.Subquery:
    """Return since when the use of a case is limited, for a query of rows that name it; null when it is not."""
    return models.Subquery(Limitation.objects.in_force().filter(case=OuterRef(case)).values("at")[:1])  # one at a time
