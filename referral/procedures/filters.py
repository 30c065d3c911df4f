"""List the running time limits of an agency or of one member."""

import django_filters
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Level
from foundation.filters import ListFilter, ReferenceFilter
from referral.models import Clock
from victims.models import Assignment, Case, CaseAccess


def running(actor, *, mine: bool):
    """Return running clocks, by time. `mine`: of cases assigned to the member, and those she or he started.

    The query starts from the access rows of the agency, so that clocks of others cost nothing; the condition is that of
    the policy.
    """
    works = (
        CaseAccess.objects.of(actor).filter(Q(lead=True) | Q(level__gte=Level.FILE)).exclude(status=Case.Status.CLOSED)
    )
    held = works.annotate(bit=F("categories").bitand(Category.RESIDENCE)).filter(Q(lead=True) | Q(bit__gt=0))
    rows = Clock.objects.filter(
        Q(sealed=False, case__in=works.values("case")) | Q(case__in=held.values("case")), state=Clock.State.RUNNING
    )
    if mine:
        assigned = Assignment.objects.filter(agency=actor.agency_id, membership=actor.pk).values("case")
        rows = rows.filter(Q(by=actor.pk) | Q(case__in=assigned))
    return rows.select_related("case", "checklist")


class AgendaFilter(ListFilter):
    late = django_filters.BooleanFilter(method="keep_late", label=_("Overdue only"))
    kind = django_filters.ChoiceFilter(choices=Clock.Kind.choices, method="keep_kind", label=_("Type of time limit"))
    reference = ReferenceFilter(field_name="case__reference")

    class Meta:
        model = Clock
        fields = ["late", "kind", "reference"]

    def keep_late(self, rows, name, value):
        now = timezone.now()
        return rows.filter(due_at__lt=now) if value else rows.exclude(due_at__lt=now)

    def keep_kind(self, rows, name, value):
        """Keep rows of this kind. The database cannot: the procedure that says it is sealed. They are read here, once,
        and only when this is asked."""
        kinds = Clock.Kind
        if value != kinds.STEP:
            rows = rows.filter(sealed=value in (kinds.PERMIT, kinds.ASYLUM))
        read = rows.order_by().select_related(None).select_related("checklist")
        read = read.only("step", "checklist__procedure", "checklist__data")
        return rows.filter(pk__in=[clock.pk for clock in read if clock.kind == value])
