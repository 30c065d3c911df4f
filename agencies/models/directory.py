"""Define reference data: levels, categories, kinds, places, services, phone numbers, directory of the pack."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.words.typography import with_no_break_spaces


class Level(models.IntegerChoices):
    """Define how much of a case an agency sees; ordered. 1: the access row, 2: the case, 3: its story."""

    STATUS = 1, _("Progress only")
    SUMMARY = 2, _("Summary")
    FILE = 3, _("Full case")


class Category(models.IntegerChoices):
    """Define what is granted in addition to a level; bits of a mask."""

    IDENTITY = 1, _("Identity")
    CONTACT = 2, _("Safe contact")
    HEALTH = 4, _("Health")
    OFFENCE = 8, _("Presumed authors")
    RESIDENCE = 16, _("Residence")

    @classmethod
    def of(cls, mask: int) -> list["Category"]:
        """Return the categories of a mask."""
        return [bit for bit in cls if mask & bit]


class Kind(models.TextChoices):
    """Define the kinds of agencies of the pack (agencies.yaml, `kinds`)."""

    COORDINATION = "coordination", _("National coordination")
    JUSTICE = "justice", _("Justice")
    INTERIOR = "interior", _("Police, gendarmerie, prefectures")
    LABOUR = "labour", _("Labour inspection")
    EDUCATION = "education", _("Education")
    SOCIAL_AFFAIRS = "social_affairs", _("Social affairs")
    HEALTH = "health", _("Health")
    FOREIGN_AFFAIRS = "foreign_affairs", _("Foreign affairs")
    ASYLUM = "asylum", _("Asylum")
    CHILD_PROTECTION = "child_protection", _("Child protection")
    EQUALITY = "equality", _("Equality and women's rights")
    FINANCE = "finance", _("Budget, customs, seized assets")
    INDEPENDENT = "independent", _("Independent authority")
    INTERNATIONAL = "international", _("International organisation")
    NGO = "ngo", _("Association")
    NGO_NETWORK = "ngo_network", _("Network of associations")
    UNION = "union", _("Trade union")
    EMPLOYER = "employer", _("Company")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")


class Territory(models.Model):
    """Store a region, département or overseas collectivity (INSEE code as text, never a number)."""

    class Sort(models.TextChoices):
        REGION = "region", _("Region")
        DEPARTMENT = "department", _("Department")
        COLLECTIVITY = "collectivity", _("Overseas collectivity")

    # departments and collectivities keep their INSEE code; regions are prefixed "R" since the codes overlap
    code = models.CharField(max_length=4, primary_key=True)
    sort = models.CharField(max_length=12, choices=Sort)
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    region = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="departments")
    seat = models.CharField(max_length=60, default="", blank=True)  # chef-lieu that stands for it in a table
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    neighbours = models.ManyToManyField("self", blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "territories"

    def __str__(self):
        return self.label_fr


class ReferenceVersion(models.Model):
    """Store in which state the reference lists are, in one row: a trigger of each list draws another value."""

    value = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_reference_version")]

    def __str__(self):
        return str(self.value)


class Service(models.Model):
    """Store a service that agencies offer (agencies.yaml, `services`)."""

    code = models.CharField(max_length=40, primary_key=True)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)

    class Meta:
        ordering = ["label_fr"]

    def __str__(self):
        """Return the label in the reader's language, as used in lists, forms and exports."""
        english = (get_language() or "fr").startswith("en")
        return (self.label_en if english else "") or with_no_break_spaces(self.label_fr)


# Services that act without the person's agreement, or that the law gives to an authority: an organisation cannot add
# them itself (referral/sql/desk_changes.sql and plans/sql/admission.sql refuse too).
GIVEN_BY_THE_DIRECTORY = {
    "child_care", "ad_hoc_administrator", "formal_identification", "investigation", "prosecution", "residence_permit",
    "asylum", "reception_conditions", "labour_control", "consular_protection", "strategic_coordination",
}  # fmt: skip


class Helpline(models.Model):
    """Store a public phone number with the date of its last review; pages never hard-code one.

    `opening`: hours as agencies/directory/rules.py reads them, None when not known. `source`, `read_on`: where and when
    the details were last read.
    """

    code = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=20)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20)
    use_fr = models.CharField(max_length=200)
    use_en = models.CharField(max_length=200, blank=True)
    free = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)
    provenance = models.CharField(max_length=40)
    hours_fr = models.CharField(max_length=120, blank=True)
    hours_en = models.CharField(max_length=120, blank=True)
    opening = models.JSONField(null=True)
    languages_fr = models.CharField(max_length=120, blank=True)
    languages_en = models.CharField(max_length=120, blank=True)
    audience_fr = models.CharField(max_length=200, blank=True)
    audience_en = models.CharField(max_length=200, blank=True)
    cost_fr = models.CharField(max_length=120, blank=True)
    cost_en = models.CharField(max_length=120, blank=True)
    text_relay_fr = models.CharField(max_length=160, blank=True)
    text_relay_en = models.CharField(max_length=160, blank=True)
    note_fr = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    source_en = models.CharField(max_length=300, blank=True)
    read_on = models.DateField(null=True)
    reviewed_on = models.DateField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.number


class Directory(models.Model):
    """Store an organisation, or a type of local unit, of the pack: reference data, not a participant.

    Organisations admitted by the coordination have a row too, and so have the fictitious bodies of the demonstration,
    which alone carry what it invents. The loader of the pack leaves both alone.
    """

    # provenance of such rows
    ADMITTED = "admitted"
    FICTITIOUS = "fictitious"
    NOT_OF_THE_PACK = (ADMITTED, FICTITIOUS)

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=250)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    ministry = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=20)
    is_template = models.BooleanField(default=False)
    services = models.ManyToManyField(Service, blank=True)
    website = models.URLField(blank=True)
    phone = models.CharField(max_length=20, blank=True)  # a public number
    department = models.CharField(max_length=4, blank=True)  # where its public office is; the code of a territory
    # its place must stay unknown: never in the public directory nor in its data
    unlisted = models.BooleanField(default=False)
    provenance = models.CharField(max_length=40)
    note_fr = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "directory"

    def __str__(self):
        return self.acronym or with_no_break_spaces(self.name)

    @property
    def in_full(self) -> str:
        """Return the whole name, then its letters, unless the name says them."""
        said = not self.acronym or self.acronym in self.name
        return with_no_break_spaces(self.name if said else f"{self.name} ({self.acronym})")
