"""Store what an administrator did about a member, and the roles that wait for a second person."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .directory import Kind
from .programs import Scope
from .units import Agency, Membership, Role


class MemberChangeQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep what concerns the actor's agency, and what this member may decide for another one."""
        seen = Q(agency=actor.agency_id)
        if actor.agency.is_coordination or actor.agency.kind == Kind.NGO_NETWORK or actor.has(Role.AUDITOR):
            seen |= Q(second_for(actor))
        return self.filter(seen)

    def to_decide(self, actor):
        """Keep the roles that wait, and for which this member is a second person."""
        return self.visible_to(actor).filter(second_for(actor), state=MemberChange.State.WAITING)


def second_for(actor) -> models.Func:
    """Return the condition that the actor decides: a second person for who asked and for the member concerned."""
    asked = (models.Value(actor.pk), models.F("agency_id"), models.F("by_id"), models.F("membership_id"))
    return models.Func(*asked, function="nrm.second_or_auditor", output_field=models.BooleanField())


class MemberChange(models.Model):
    """Store one act about a member; every member of the agency reads it.

    Roles that open cases, or that make a second person, are in `asked` and wait: `nrm.decide_member` alone gives them,
    and it alone assigns the cases of FILES and takes a lost FACTOR away. LOCKED, UNUSED, STAYS
    and an OFF of an unused account are nobody's act: `by` is the system's membership.
    Written by functions of the database only (referral/sql/member_changes.sql).
    """

    class Act(models.TextChoices):
        INVITE = "invite", _("Invited")
        ROLES = "roles", _("Other roles")
        ON = "on", _("Switched on again")
        OFF = "off", pgettext_lazy("member", "Switched off")
        CODE = "code", pgettext_lazy("member", "New code")
        FILES = "files", _("Cases that nobody sees, to take over")
        LOCKED = "locked", _("Many wrong passwords or codes")
        FACTOR = "factor", _("Second factor lost")
        UNUSED = "unused", _("Account not used: it will be switched off")
        STAYS = "stays", _("Account not used, and needed")
        PROGRAM = "program", _("New program")
        SCOPES = "scopes", _("A program would do more")
        SECRET = "secret", _("New secret of a program")
        KEY = "key", _("New key of a program")
        KEY_CUT = "keycut", _("Key of a program cut")
        CUT = "cut", _("Program cut")
        HOOK = "hook", _("What happens is posted to an address of a program")

    class State(models.TextChoices):
        TOLD = "told", pgettext_lazy("member", "Told")  # nothing to decide
        WAITING = "waiting", pgettext_lazy("member", "Waits for a second person")
        AGREED = "agreed", pgettext_lazy("member", "Agreed")
        REFUSED = "refused", pgettext_lazy("member", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("member", "Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="changes")
    act = models.CharField(max_length=8, choices=Act)
    cases = models.PositiveIntegerField(null=True)  # of FILES: how many there were when it was asked
    asked = ArrayField(models.CharField(max_length=16, choices=Role), default=list)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=list)  # what a program would do
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = MemberChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["agency", "-at", "-id"], name="member_change_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="waiting"), name="one_change_waits_a_member"
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()} {self.membership_id}"

    @property
    def about(self) -> str:
        """Return the name of the person, or of the program."""
        return self.membership.user.full_name if self.membership.user else self.membership.title
