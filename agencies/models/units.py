"""Store who takes part: agencies, their desks, people and programs."""

from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .directory import Directory, Kind, Level, Service, Territory


class AgencyQuerySet(models.QuerySet):
    def create(self, **kwargs):
        """Create an agency with its group: agency id = group id, so that policies and grants need no join."""
        if "group" not in kwargs and "group_id" not in kwargs:
            kwargs["group"] = Group.objects.using(self.db).create(name=f"agency:{kwargs['code']}")
        agency = super().create(**kwargs)
        # due work is done in the agency's name by this membership, with which nobody signs in
        Membership.objects.using(self.db).create(agency=agency, kind=Membership.Sort.SYSTEM)
        return agency

    def holding(self, office: str) -> "AgencyQuerySet":
        """Keep those that hold this office, as `office_held` says."""
        lines = [line for line, held in OFFICES.items() if held == office]
        return self.filter(Q(profile__in=lines) | Q(office=office) & ~Q(profile__in=list(OFFICES)))


class Agency(models.Model):
    """Store a unit that works together (brigade, branch, school, coordination unit), never a ministry.

    `max_level` and `may_hold` limit every grant it receives, by trigger. `supports_people`: it may lead a case.
    """

    class Mandate(models.TextChoices):
        NONE = "", _("None")
        TERRITORIAL = "territorial", _("Coordination of a territory")
        NATIONAL = "national", _("National coordination")

    class Office(models.TextChoices):
        """What the law alone makes of it. Its own line of the directory does not tell: it is given by two persons."""

        NONE = "", _("None")
        CRIP = "crip", _("CRIP: takes in reports of concern about children")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        PREFECTURE = "prefecture", _("Prefecture")

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
    # given by nrm.give_powers; of a line of the pack, OFFICES says it (`office_held`)
    office = models.CharField(max_length=12, choices=Office, blank=True, default="")
    # reserved acts (forms.yaml, `entitlements`) of this agency; null: those of its kind and profile
    entitlements = ArrayField(models.CharField(max_length=16), null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    active = models.BooleanField(default=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [
            # a coordination sees the summary and no identity, whatever else is configured (design, section 4)
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

    @property
    def office_held(self) -> str:
        """Return its office: that of its line of the pack, else what was given. nrm.office_of says the same."""
        return OFFICES.get(self.profile_id) or self.office

    @property
    def is_crip(self) -> bool:
        """Return whether it is the unit of a département that takes in reports of concern about children (CRIP)."""
        return self.office_held == self.Office.CRIP


# profiles of data/agencies.yaml that hold an office
OFFICES = {
    "crip": Agency.Office.CRIP.value,
    "parquet": Agency.Office.PROSECUTOR.value,
    "jirs": Agency.Office.PROSECUTOR.value,  # these two have a prosecutor of their own (CPP 706-75, 706-76)
    "junalco": Agency.Office.PROSECUTOR.value,
    "parquet_mineurs": Agency.Office.PROSECUTOR.value,
    "prefecture": Agency.Office.PREFECTURE.value,
}


class Desk(models.Model):
    """Store where an agency receives: services, persons taken, territories, languages, places.

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
    places = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not counted in places
    places_updated_at = models.DateTimeField(null=True, blank=True)
    second = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="stands_in_for")
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self):
        return str(self.agency)


class Capacity(models.Model):
    """Store the places a desk declared: history written by trigger, never changed."""

    id = models.BigAutoField(primary_key=True)
    desk = models.ForeignKey(Desk, models.CASCADE, related_name="capacities", db_index=False)
    places = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)  # the membership that declared, if any

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "capacities"
        indexes = [models.Index(fields=["desk", "-at", "-id"], name="capacity_history")]

    def __str__(self):
        return str(self.places)


# of the accounts of which it is forgotten who they were; no account is made with such an address
FORMER = "forgotten.invalid"


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=(email or "").lower())


class PersonName(models.CharField):
    """Hold the name of a person; of one that was forgotten, who stores none, « Former member », wherever it is read."""

    def from_db_value(self, value, expression, connection):
        return gettext("Former member") if value == "" else value

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class User(AbstractBaseUser):
    """Store a person who signs in. It has no rights itself: they come from the current membership.

    An account that is off long enough is forgotten (`nrm.forget_account`): its row stays, and says nothing.
    """

    email = models.EmailField(unique=True)
    full_name = PersonName(max_length=120)
    language = models.CharField(max_length=5, default="fr")
    phone = models.CharField(max_length=30, blank=True)
    charter = models.CharField(max_length=10, blank=True)  # the version of the charter of use that was accepted
    charter_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # for the admin (off by default): catalogues and agencies only
    is_superuser = False
    date_joined = models.DateTimeField(auto_now_add=True)
    # when the second factors of this person last changed; null: none. One that was taken away leaves the time: the next
    # is set up with a code told by voice. Written by triggers only (agencies/sql/factors.sql)
    factor_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    def __str__(self):
        return self.full_name

    def check_password(self, raw_password):
        """Check without writing: Django would upgrade an old hash here, which the application may not do.

        nrm.strengthen does it, at sign-in.
        """
        return check_password(raw_password, self.password)

    def _get_session_auth_hash(self, secret=None):
        """Return what a session is bound to: it ends with the password, and with any change of the second factors."""
        said = self.password + (f"\n{self.factor_at.isoformat()}" if self.factor_at else "")
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, said, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm, obj=None):
        """Return whether the user may use the admin. Never a right on an object."""
        return self.is_active and self.is_staff and obj is None

    has_module_perms = has_perm

    @property
    def former(self) -> bool:
        """Return whether it was forgotten who this is."""
        return self.email.endswith(f"@{FORMER}")

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


# somebody who arrived later, or whose code a colleague made since, is no second person yet
SETTLED = timedelta(days=30)
CASE_ROLES = {Role.FRONTLINE, Role.CASE_WORKER, Role.COORDINATOR}
# who holds any of these signs in with a second factor: all but who only reports
FACTOR_ROLES = set(Role) - {Role.FRONTLINE}
# statistician, auditor, dpo and platform_admin are never combined with a case role (design, section 4)
APART_ROLES = {Role.STATISTICIAN, Role.AUDITOR, Role.DPO, Role.PLATFORM_ADMIN}


class MembershipQuerySet(models.QuerySet):
    def live(self):
        """Keep memberships that may act: they, their person and their agency are active."""
        return self.filter(active=True, agency__active=True).filter(Q(user=None) | Q(user__is_active=True))


class Membership(models.Model):
    """Store the actor: this person (or program), for this agency, with these roles."""

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
    # who brought this person here, and when: nrm.independent asks. Null: named by those who run the platform
    invited_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    # Since when this member works on cases. What the agency received before opens by assignment only. Null: named by
    # those who run the platform, without limit. Set by nrm.decide_member.
    cases_from = models.DateTimeField(null=True, blank=True)
    # who made the last code of this account
    code_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    code_at = models.DateTimeField(null=True, blank=True)

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
        """Return whether the membership has any of these roles."""
        return any(role in self.roles for role in roles)

    @property
    def called(self) -> str:
        """Return the name of the person, else what the program is called."""
        return self.user.full_name if self.user else self.title or str(self.get_kind_display())

    @property
    def owes_factor(self) -> bool:
        """Return whether this membership acts with a second factor only. A program has none."""
        return self.kind == self.Sort.PERSON and self.has(*FACTOR_ROLES)

    @property
    def arrival(self) -> str:
        """Return the time before which the agency's cases open by assignment only, for SQL."""
        return self.cases_from.isoformat() if self.cases_from else "-infinity"

    @property
    def sight(self) -> str:
        """Return what policies let this membership see: case, own, journal or none (design, section 4)."""
        if self.kind == self.Sort.SYSTEM or self.has(Role.CASE_WORKER, Role.COORDINATOR):
            return "case"
        if self.has(Role.FRONTLINE):
            return "own"
        if self.has(Role.AUDITOR, Role.DPO):
            return "journal"
        return "none"
