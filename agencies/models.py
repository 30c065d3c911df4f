"""Who takes part: units that work together, their desks, their people and their programs."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication


class Level(models.IntegerChoices):
    """How far an agency sees into a case; a ladder. 1 is the access row itself, 2 the case, 3 its story."""

    STATUS = 1, _("State only")
    SUMMARY = 2, _("Summary")
    FILE = 3, _("File")


class Category(models.IntegerChoices):
    """What is given on purpose, on top of a level; bits of one mask."""

    IDENTITY = 1, _("Identity")
    CONTACT = 2, _("Safe contact")
    HEALTH = 4, _("Health")
    OFFENCE = 8, _("Offence data")
    RESIDENCE = 16, _("Residence")

    @classmethod
    def of(cls, mask: int) -> list["Category"]:
        return [bit for bit in cls if mask & bit]


class Kind(models.TextChoices):
    """Kinds of the domain pack (agencies.yaml, `kinds`)."""

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
    """A region, department or overseas collectivity (INSEE code as text, never a number)."""

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
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    neighbours = models.ManyToManyField("self", blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "territories"

    def __str__(self):
        return self.label_fr


class Service(models.Model):
    """What an agency offers (agencies.yaml, `services`)."""

    code = models.CharField(max_length=40, primary_key=True)
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)

    class Meta:
        ordering = ["label_fr"]

    def __str__(self):
        return self.label_fr


class Helpline(models.Model):
    """A public number, shown with the date of its last review; never hard-coded in a page."""

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
    reviewed_on = models.DateField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.number


class Directory(models.Model):
    """An organisation, or a type of local unit, named by the domain pack: reference, not a participant."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=250)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    ministry = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=20)
    is_template = models.BooleanField(default=False)
    services = models.ManyToManyField(Service, blank=True)
    website = models.URLField(blank=True)
    provenance = models.CharField(max_length=40)
    note_fr = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "directory"

    def __str__(self):
        return self.acronym or self.name


class AgencyQuerySet(models.QuerySet):
    def create(self, **kwargs):
        """An agency is born with its group: agency id = group id, so that policies and grants need no join."""
        if "group" not in kwargs and "group_id" not in kwargs:
            kwargs["group"] = Group.objects.using(self.db).create(name=f"agency:{kwargs['code']}")
        agency = super().create(**kwargs)
        # due work is done in the agency's own name, by a membership nobody signs in with
        Membership.objects.using(self.db).create(agency=agency, kind=Membership.Sort.SYSTEM)
        return agency


class Agency(models.Model):
    """A unit that works together (brigade, branch, school, coordination unit), never a ministry.

    `max_level` and `may_hold` bound every grant it can receive, by trigger. `supports_people` lets it lead a case.
    """

    class Mandate(models.TextChoices):
        NONE = "", _("None")
        TERRITORIAL = "territorial", _("Coordination of a territory")
        NATIONAL = "national", _("National coordination")

    group = models.OneToOneField(Group, models.PROTECT, primary_key=True)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    profile = models.ForeignKey(Directory, models.PROTECT, null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True)
    mandate = models.CharField(max_length=12, choices=Mandate, blank=True, default="")
    max_level = models.PositiveSmallIntegerField(choices=Level, default=Level.FILE)
    may_hold = models.PositiveSmallIntegerField(default=0)
    supports_people = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    active = models.BooleanField(default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [
            # coordination sees the summary and no identity, whatever else is configured (design, section 4)
            models.CheckConstraint(
                condition=Q(mandate="") | Q(max_level__lte=Level.SUMMARY, may_hold=0),
                name="coordination_holds_summary_only",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def id(self) -> int:
        return self.group_id

    @property
    def is_coordination(self) -> bool:
        return bool(self.mandate)


class Desk(models.Model):
    """Where an agency receives: what it takes, for whom, where, in which languages, with how many places.

    Orientations and alerts are addressed to an agency's desk, never to a person.
    """

    agency = models.OneToOneField(Agency, models.CASCADE, primary_key=True, related_name="desk")
    receives_alerts = models.BooleanField(default=False)
    receives_orientations = models.BooleanField(default=False)
    services = models.ManyToManyField(Service, blank=True)
    territories = models.ManyToManyField(Territory, blank=True, related_name="desks")
    nationwide = models.BooleanField(default=False)
    takes_adults = models.BooleanField(default=True)
    takes_minors = models.BooleanField(default=False)
    forms = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # empty: any form
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    places = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not a matter of places
    places_updated_at = models.DateTimeField(null=True, blank=True)
    second = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="stands_in_for")
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self):
        return str(self.agency)


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. Holds no right by itself: rights come from the membership acted under."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="fr")
    phone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # the admin (off by default): catalogues and agencies only
    is_superuser = False
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    def __str__(self):
        return self.full_name

    def has_perm(self, perm, obj=None):
        """Admin pages only: a platform administrator edits what the admin registers, never an object right."""
        return self.is_active and self.is_staff and obj is None

    has_module_perms = has_perm

    def get_full_name(self):
        return self.full_name


class Role(models.TextChoices):
    FRONTLINE = "frontline", _("Frontline")
    CASE_WORKER = "case_worker", _("Case worker")
    COORDINATOR = "coordinator", _("Coordinator")
    AGENCY_ADMIN = "agency_admin", _("Agency administrator")
    POLICY = "policy", _("Public policy")
    STATISTICIAN = "statistician", _("Statistician")
    AUDITOR = "auditor", _("Auditor")
    DPO = "dpo", _("Data protection officer")
    PLATFORM_ADMIN = "platform_admin", _("Platform administrator")


CASE_ROLES = {Role.FRONTLINE, Role.CASE_WORKER, Role.COORDINATOR}
# statistician, auditor, dpo and platform_admin are never combined with a case role (design, section 4)
APART_ROLES = {Role.STATISTICIAN, Role.AUDITOR, Role.DPO, Role.PLATFORM_ADMIN}


class MembershipQuerySet(models.QuerySet):
    def live(self):
        """Memberships that may act: they, their person and their agency are active."""
        return self.filter(active=True, agency__active=True).filter(Q(user=None) | Q(user__is_active=True))


class Membership(models.Model):
    """This person (or program), for this agency, with these roles: the actor of everything."""

    class Sort(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Program")
        SYSTEM = "system", _("System")

    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=8, choices=Sort, default=Sort.PERSON)
    roles = ArrayField(models.CharField(max_length=16, choices=Role), default=list)
    title = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "agency"], name="one_membership_per_person_and_agency"),
            models.UniqueConstraint(fields=["agency"], condition=Q(kind="system"), name="one_system_member"),
            models.CheckConstraint(
                condition=Q(kind="person", user__isnull=False) | Q(~Q(kind="person"), user__isnull=True),
                name="only_persons_sign_in",
            ),
            models.CheckConstraint(
                condition=~Q(roles__overlap=sorted(APART_ROLES)) | ~Q(roles__overlap=sorted(CASE_ROLES)),
                name="apart_roles_never_with_case_roles",
            ),
        ]

    def __str__(self):
        return f"{self.user or self.get_kind_display()} · {self.agency}"

    def has(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def sight(self) -> str:
        """What the database lets this membership see: case, own, journal or none (design, section 4)."""
        if self.kind == self.Sort.SYSTEM or self.has(Role.CASE_WORKER, Role.COORDINATOR):
            return "case"
        if self.has(Role.FRONTLINE):
            return "own"
        if self.has(Role.AUDITOR, Role.DPO):
            return "journal"
        return "none"


class ApiClient(AbstractApplication):
    """An organisation's program: belongs to an agency and acts as its service membership."""

    membership = models.OneToOneField(Membership, models.PROTECT, null=True, related_name="api_client")

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
