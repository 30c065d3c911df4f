"""Store what a desk would receive, or an agency be able to do, in addition, until a second person agrees."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .units import Agency, Desk, Membership, Role


class DeskChangeQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Keep what the actor's agency asked, decides or would stand in for, and what the actor decides itself."""
        seen = Q(desk=actor.agency_id) | Q(stand_in=actor.agency_id)
        if actor.agency.is_coordination:
            seen |= Q(unit=actor.agency_id) | Q(by__agency=actor.agency_id)
        if actor.has(Role.COORDINATOR, Role.AUDITOR):
            seen |= Q(decided_by_actor(actor))
        return self.filter(seen)

    def decided_by(self, actor):
        """Keep what this member decides, or decided, for the unit."""
        return self.filter(decided_by_actor(actor)) if actor.has(Role.COORDINATOR, Role.AUDITOR) else self.none()

    def to_decide(self, actor):
        """Keep what waits for this member: as who decides for the unit, or as the administrator of a stand-in."""
        mine = Q(pk__in=[])
        if actor.has(Role.COORDINATOR, Role.AUDITOR):
            mine |= Q(decided_by_actor(actor)) & (Q(stand_in=None) | Q(taken_at__isnull=False))
        if actor.has(Role.AGENCY_ADMIN):
            mine |= Q(stand_in=actor.agency_id, taken_at=None)
        return self.filter(mine, state=DeskChange.State.WAITING)


def decided_by_actor(actor) -> models.Func:
    """Return the condition that the actor decides for the unit, as a second person for who asked."""
    asked = (models.Value(actor.pk), models.F("unit_id"), models.F("by_id"))
    return models.Func(*asked, function="nrm.decides_desk", output_field=models.BooleanField())


class DeskChange(models.Model):
    """Store one thing a desk would receive, or its agency be able to do, in addition.

    Rows asked in one act and decided by one unit share `batch`. Written by functions only: `nrm.ask_desk` asks for
    one's own desk, `nrm.ask_powers` for another agency, as the national coordination; `nrm.decide_desk` gives
    (referral/sql/desk_changes.sql, powers.sql).
    """

    class What(models.TextChoices):
        TERRITORY = "territory", pgettext_lazy("desk", "Place")
        SERVICE = "service", _("Service")
        FORM = "form", _("Form of exploitation")  # without a value: any form
        ADULTS = "adults", _("Adults")
        MINORS = "minors", _("Children and ages in doubt")
        SECOND = "second", _("Back-up service")
        # of POWERS: asked by the national coordination
        LEVEL = "level", _("How much of a case it may be given")
        CATEGORY = "category", _("What it may be given in addition")
        SUPPORTS = "supports", _("May lead a case")
        ALERTS = "alerts", _("Its desk receives alerts")
        REQUESTS = "requests", _("Its desk receives requests")
        NATIONWIDE = "nationwide", _("Works in the whole country")
        MANDATE = "mandate", _("Coordinates its territories")
        OFFICE = "office", _("Is by law")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("desk", "Waiting for the coordination")
        AGREED = "agreed", pgettext_lazy("desk", "Agreed")
        REFUSED = "refused", pgettext_lazy("desk", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("desk", "Withdrawn")
        ENDED = "ended", pgettext_lazy("desk", "Ended")  # an office that was agreed to

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.UUIDField(db_index=True)
    desk = models.ForeignKey(Desk, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What)
    value = models.CharField(max_length=60, blank=True)
    stand_in = models.ForeignKey(Desk, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    taken_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")  # of the stand-in, who agrees
    taken_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")  # who agreed stays named
    ended_at = models.DateTimeField(null=True)

    objects = DeskChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "what", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "what", "value"], condition=Q(state="waiting"), name="asked_once_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.what} {self.value}"

    @property
    def asked_above(self) -> bool:
        """Return whether the national coordination asked it for another agency."""
        return self.by.agency_id != self.desk_id
