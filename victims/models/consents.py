"""Store what the person agreed to, and what a child thinks of it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level, Membership
from foundation.encryption import EncryptedField

from .cases import Case
from .sight import Sees


class Consent(models.Model):
    """Store an informed agreement: for whom, how far, which categories, until when. Only its withdrawal changes it.

    A child does not agree: a court, a guardian, an ad hoc administrator (Code civil 388-2, CPP 706-50) or whom a judge
    delegated parental authority to (Code civil 377) does; a parent only once verified and found not implicated. A
    trigger checks `giver` against the age in the case.
    """

    sight = Sees(2)

    class Giver(models.TextChoices):
        PERSON = "person", _("The person")
        COURT = "court", _("A court")
        GUARDIAN = "guardian", _("A guardian")
        AD_HOC = "ad_hoc_administrator", _("An ad hoc administrator")
        DELEGATE = "delegate", _("A person whom a judge delegated parental authority to")
        PARENT = "parent", _("A parent, verified and not implicated")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, default="share_named")  # forms.yaml, consent_purposes
    giver = models.CharField(max_length=24, choices=Giver, default=Giver.PERSON)
    parent_verified = models.BooleanField(default=False)  # is the parent
    parent_cleared = models.BooleanField(default=False)  # takes no part in the exploitation
    agencies = ArrayField(models.IntegerField(), default=list, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.SUMMARY)
    categories = models.PositiveSmallIntegerField(default=0)
    explained = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    language = models.CharField(max_length=10, blank=True)
    interpreter = models.CharField(max_length=20, blank=True)
    proof = models.CharField(max_length=20, blank=True)
    obtained_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    obtained_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-obtained_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver="parent") | Q(parent_verified=True, parent_cleared=True),
                name="a_parent_is_verified_and_not_implicated",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None and (self.until is None or self.until > timezone.now())

    def names(self, agency) -> bool:
        """Return whether it covers this agency, by id or by kind.

        A préfecture is of the kind of the police, and decides who may stay: who agreed to tell the police did not agree
        to that. It is covered when it is named. nrm.accept asks the same.
        """
        by_kind = agency.kind in self.kinds and agency.office_held != Agency.Office.PREFECTURE
        return agency.pk in self.agencies or by_kind


class OpinionQuerySet(models.QuerySet):
    def hear(self, case: Case, *, by: Membership, stance: str, language: str = "", interpreter: str = ""):
        """Write what a child thinks, encrypted; return the row."""
        said = {"stance": stance, "language": language, "interpreter": interpreter}
        return self.create(case=case, by=by, data=said)


class ChildOpinion(models.Model):
    """Store « Avis de l'enfant »: never a condition of protection (CIDE art. 12, CASF L.223-4).

    Its text is at level 3, in `AgreementText`.
    """

    sight = Sees(2)

    class Stance(models.TextChoices):
        FAVOURABLE = "favourable", _("In favour")
        MIXED = "mixed", _("Divided")
        UNFAVOURABLE = "unfavourable", _("Against")
        SILENT = "silent", _("Did not wish to say")
        NOT_HEARD = "not_heard", _("Could not be heard yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="opinions")
    data = EncryptedField()  # {"stance", "language", "interpreter"}: codes
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)

    @property
    def stance(self) -> str:
        return self.data["stance"]

    @property
    def language(self) -> str:
        return self.data["language"]

    @property
    def interpreter(self) -> str:
        return self.data["interpreter"]

    def get_stance_display(self) -> str:
        return str(self.Stance(self.stance).label)


class AgreementText(models.Model):
    """Store the texts of an agreement or opinion: words, who agrees for the child, how that was verified.

    Encrypted, separate from what level 2 reads.
    """

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    consent = models.OneToOneField(Consent, models.CASCADE, null=True, related_name="text")
    opinion = models.OneToOneField(ChildOpinion, models.CASCADE, null=True, related_name="text")
    data = EncryptedField()  # {"proxy", "decision", "verified", "cleared", "words", "heard_by"}: text
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(consent__isnull=False, opinion=None) | Q(consent=None, opinion__isnull=False),
                name="about_one_agreement_or_one_opinion",
            )
        ]

    def __str__(self):
        return str(self.id)
