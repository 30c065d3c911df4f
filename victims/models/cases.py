"""Store cases and how much of them each agency sees: grants, derived access, assignment, restriction."""

import secrets
import uuid

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.managers import GroupObjectPermissionManager
from guardian.models import GroupObjectPermissionBase

from agencies.models import Agency, Category, Level, Membership, Territory
from foundation.positions import Positioned
from foundation.sight import Own, SightIs

from .sight import OpenToMe, Probe, Sees

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without signs that look alike


def new_reference() -> str:
    """Return a random reference, shown instead of a name; it reveals no order, date or volume."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


class AgeSide(models.TextChoices):
    ADULT = "adult", _("Adult")
    MINOR = "minor", _("Child")
    DOUBT = "doubt", _("Age in doubt, treated as a child")


class Urgency(models.TextChoices):
    VITAL = "vital", _("Danger to life")
    HIGH = "high", _("Urgent")
    NORMAL = "normal", _("Not urgent")


def live(prefix: str = "") -> Q:
    """Return the condition for a grant or access row that has not ended, by the clock of the database."""
    return Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": Now()})


class CaseQuerySet(models.QuerySet):
    def visible_to(self, actor, level: int = Level.SUMMARY):
        """Keep the cases this membership sees at `level` or above: to get, lock, update or test existence.

        Lists start from `CaseAccess.objects.of(actor)` instead: this EXISTS has no order to scan.
        """
        return self.filter(Sees(level, case="id").q(actor))


class Case(models.Model):
    """Store one person's situation, without name, story, identity or contact."""

    sight = Sees(Level.SUMMARY, case="id")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        IN_SUPPORT = "in_support", _("Being supported")
        FOLLOW_UP = "follow_up", _("Follow-up after exit")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    form = models.CharField(max_length=40, default="unknown")  # forms.yaml, forms_of_exploitation
    age_side = models.CharField(max_length=8, choices=AgeSide)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    territory = models.ForeignKey(Territory, models.PROTECT)
    language = models.CharField(max_length=10, blank=True)
    persons = models.PositiveSmallIntegerField(default=1)
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="led_cases")
    coordination = models.ForeignKey(Agency, models.PROTECT, related_name="coordinated_cases")
    opened_by = models.ForeignKey(Membership, models.PROTECT)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    closure_reason = models.CharField(max_length=40, blank=True)
    # Warnings, set by trigger from each alert linked (nrm.alert_linked), the first one also from the signs of an event
    # and by the lead (victims/cases/operations.py); never taken off by the application. The employer has diplomatic
    # immunity: embassies and consulates must not know; own checklist
    employer_immunity = models.BooleanField(default=False)
    # an asylum body wrote an alert: police, prefecture and residence desks must not know
    asylum_confidential = models.BooleanField(default=False)

    WARNINGS = {"immunity": "employer_immunity", "confidential": "asylum_confidential"}

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        default_permissions = ()
        permissions = [
            ("status_case", "Level 1: state only"),
            ("summary_case", "Level 2: summary"),
            ("file_case", "Level 3: file"),
            ("identity_case", "Category: identity"),
            ("contact_case", "Category: safe contact"),
            ("health_case", "Category: health"),
            ("offence_case", "Category: offence data"),
            ("residence_case", "Category: residence"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="closed", closure_reason__gt="") | (~Q(status="closed") & Q(closure_reason="")),
                name="closed_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="at_least_one_person"),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_minor(self) -> bool:
        """Return whether the person is treated as a minor: in doubt too, since a child never waits for proof."""
        return self.age_side != AgeSide.ADULT

    @property
    def limited_since(self):
        """Return since when the person had the use limited (`Limitation`), as far as the reader sees the case."""
        found = self.limitations.in_force().first()
        return found and found.at

    @property
    def warnings(self) -> list[str]:
        """Return the codes of WARNINGS that hold: `templates/victims/cases/_warnings.html` says them."""
        return [code for code, column in self.WARNINGS.items() if getattr(self, column)]


class AccessQuerySet(models.QuerySet):
    def of(self, actor, level: int = Level.STATUS):
        """Keep the access rows of the actor's agency: an ordered scan of one agency.

        As the policy does: nothing unless the sight of the membership is `case`, no ended row; a restricted case, and
        one that the agency received before the member's arrival, only for those assigned to it and the system.
        """
        if actor.sight != "case":
            return self.none()
        rows = self.filter(live(), agency=actor.agency_id)
        if level > Level.STATUS:
            rows = rows.filter(level__gte=level)
        if actor.kind != Membership.Sort.SYSTEM:
            shared = Q(restricted=False)
            if actor.cases_from:
                shared &= Q(since__gte=actor.cases_from)
            rows = rows.filter(shared | Q(Probe(Assignment.objects.to(actor).filter(case=OuterRef("case")))))
        return rows


class CaseAccess(Positioned):
    """Store the access of an agency to a case, derived from grants; read-only for the application.

    Level 1 is this row.
    """

    pk = models.CompositePrimaryKey("agency", "received_at", "case")
    agency = models.ForeignKey(Agency, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    received_at = models.DateTimeField()
    since = models.DateTimeField()  # the first grant ever given to the agency on the case
    case = models.ForeignKey(Case, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="accesses")
    level = models.PositiveSmallIntegerField(choices=Level)
    categories = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True)
    restricted = models.BooleanField(default=False)
    lead = models.BooleanField(default=False)
    assigned = models.BooleanField(default=False)  # to an active member of the agency; kept by trigger
    # columns of the lists, copied from the case by trigger
    reference = models.CharField(max_length=12)
    status = models.CharField(max_length=12, choices=Case.Status)
    form = models.CharField(max_length=40)
    territory = models.ForeignKey(Territory, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    urgency = models.CharField(max_length=8, choices=Urgency)

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency"],
                include=["level", "categories", "until", "lead", "restricted", "since"],
                name="access_case_agency",
            )
        ]
        indexes = [
            models.Index(fields=["agency", "status", "received_at", "case"], name="access_status"),
            models.Index(fields=["agency", "position"], name="access_position"),
            models.Index(
                fields=["agency", "received_at", "case"],
                condition=Q(assigned=False) & ~Q(status=Case.Status.CLOSED),
                name="access_unassigned",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def category_list(self):
        return Category.of(self.categories)

    def shared_with(self, member: Membership) -> bool:
        """Return whether this member of the agency sees the case without being assigned to it."""
        return not self.restricted and not (member.cases_from and self.since < member.cases_from)


class LiveGrants(GroupObjectPermissionManager):
    """Manage grants that have not ended. guardian knows no end of a permission, and uses the manager `objects`.

    Related rows that guardian reads are joined, instead of one query each.
    """

    def get_queryset(self):
        return super().get_queryset().filter(live()).select_related("permission", "group__agency")


class Grant(GroupObjectPermissionBase):
    """Store one level or category granted to an agency on one ground.

    guardian's direct-FK table: `group` is the agency (agency id = group id), `permission` a level or category of
    `Case.Meta.permissions`. Several grounds may exist at once, and each ends separately; ending deletes the row, and a
    trigger keeps it in `GrantLog`. An expired row is in `rows` and not in `objects`, until the worker deletes it.
    """

    own = Own("group_id") & OpenToMe("content_object_id")
    sight = own | Sees(3, lead=True, case="content_object_id")

    class Ground(models.TextChoices):
        LEAD = "lead", _("Leads the case")
        FORMER = "former", _("Led the case before")
        ORIENTATION = "orientation", _("Accepted referral")
        CONSENT = "consent", _("Agreement of the person")
        LEGAL = "legal", _("Legal ground")
        ALERT = "alert", _("Alert addressed to it")
        COORDINATION = "coordination", _("Coordinates the territory the person moved to")
        BREAK_GLASS = "break_glass", _("Emergency access with a written reason")

    content_object = models.ForeignKey(Case, models.CASCADE, related_name="grants", db_column="case_id")
    ground = models.CharField(max_length=12, choices=Ground)
    ground_id = models.UUIDField()
    given_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = LiveGrants()
    rows = models.Manager()

    class Meta:
        # not GroupObjectPermissionBase.Meta: its unique_together forbids a second ground
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "group", "permission", "ground", "ground_id"],
                name="one_grant_a_ground",
            )
        ]
        indexes = [
            models.Index(fields=["ground_id"], name="grant_ground"),
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="grant_until"),
        ]

    def __str__(self):
        return f"{self.group_id} {self.permission_id} {self.ground}"


class GrantLog(models.Model):
    """Store each grant when it is given and when it ends."""

    sight = SightIs("journal") | Own() & OpenToMe() | Sees(3, lead=True)

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    ended = models.BooleanField()
    case_id = models.UUIDField(db_index=True)
    agency_id = models.IntegerField()
    permission = models.CharField(max_length=20)
    ground = models.CharField(max_length=12)
    ground_id = models.UUIDField()
    until = models.DateTimeField(null=True)
    membership_id = models.BigIntegerField(null=True)

    def __str__(self):
        return f"{self.permission} {self.ground}"


class AssignmentQuerySet(models.QuerySet):
    def to(self, actor):
        """Keep the assignments of this member."""
        return self.filter(agency=actor.agency_id, membership=actor.pk)


class Assignment(models.Model):
    """Store that a member is assigned to a case inside an agency, which opens a restricted case."""

    sight = Own()  # equality alone: this is what keeps the policies from asking each other

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments", db_index=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="assignments", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, editable=False)  # that of the case, stamped by trigger: orders lists

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "membership", "case"], name="assigned_once")]
        indexes = [
            models.Index(fields=["case"], name="assignment_case"),
            # whole, since the list of a member's cases is read in its order; and for the member, whose own index it is
            models.Index(fields=["membership", "received_at", "case"], include=["agency"], name="assignment_newest"),
        ]

    def __str__(self):
        return str(self.membership_id)


class RestrictionQuerySet(models.QuerySet):
    def against(self, actor):
        """Keep cases the actor's agency restricts to others than the actor."""
        if actor.kind == Membership.Sort.SYSTEM:
            return self.none()
        mine = Probe(Assignment.objects.to(actor).filter(case=OuterRef("case")))
        return self.filter(~mine, agency=actor.agency_id)


class Restriction(models.Model):
    """Store that an agency restricts a case to the members assigned to it.

    `archived_at`: the case stands in the archive, and nobody of the agency lifts it. Without `by`, the archive made it.
    """

    sight = Own()

    case = models.ForeignKey(Case, models.CASCADE, related_name="restrictions")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "agency"], name="restricted_once")]

    def __str__(self):
        return str(self.agency_id)
