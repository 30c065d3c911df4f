"""Pages on access: who sees a case, who opened it, who is assigned to it, and emergency access."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Level
from foundation.paging import Keyset
from foundation.view_guards import cases_only, posted
from journal.models import Entry
from journal.words import readings
from victims.access.operations import emergency
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case, unassign_member
from victims.cases.views.frame import framed
from victims.models import Archive, ArchiveOpening, Assignment, GrantLog, Restriction

from .access import who_sees
from .display import changes_in_words, readings_in_words
from .forms import AssignForm, EmergencyForm

NEWEST = Keyset("at", "id")


@cases_only
@require_GET
def case_access(request, pk):
    """Show agencies with ground and end, readings newest first, and the team, with the reader's own rights."""
    context = framed(request, pk, "access")
    case, row = context["case"], context["access"]
    sees = who_sees(request.actor, case)
    context |= {
        "sees": sees,
        "seen_by": len(sees),  # so that the template does not count again
        "changes": changes_in_words(GrantLog.objects.filter(case_id=case.pk).order_by("-at", "-pk")[:50]),
        "emergencies": case.emergencies.select_related("agency", "membership__user")[:20],
        "openings": ArchiveOpening.objects.visible_to(request.actor)
        .filter(case=case.pk)
        .select_related("agency", "membership__user")[:20],
        "all_readings": row.level >= Level.FILE,
        **_readings(request, case),
        **_team(request.actor, case, row),
    }
    return render(request, "victims/access/case_access.html", context)


def _readings(request, case) -> dict:
    rows = Entry.objects.filter(case_id=case.pk, action__in=readings())
    page = NEWEST.asked(rows, request)
    return {
        "readings": readings_in_words(request.actor, page),
        "next": f"?cursor={page.next}#lectures" if page.next else "",
        "previous": f"?cursor={page.previous}#lectures" if page.previous else "",
    }


def _team(actor, case, access) -> dict:
    team = Assignment.objects.filter(agency=actor.agency_id, case=case).select_related("membership__user")
    members = list(team.order_by("at", "pk"))
    return {
        "team": members,
        "mine": any(a.membership_id == actor.pk for a in members),
        "shared": access.shared_with(actor),
        "assign": AssignForm(actor=actor),
        # opened from the archive: for its own members, until its end
        "archived": Restriction.objects.filter(case=case, agency=actor.agency_id, archived_at__isnull=False).exists(),
    }


@cases_only
@posted("referral:case-access")
def case_assign(request, pk):
    """Assign a colleague or oneself, remove an assignment, restrict the case to those assigned, or lift that."""
    act, actor = request.POST.get("act"), request.actor
    if act == "restrict":
        restrict_case(actor, pk)
        messages.success(request, _("The case is kept to the members assigned to it."))
    elif act == "lift":
        lift_restriction(actor, pk)
        messages.success(request, _("The case is open again to your organisation."))
    elif act == "mine":
        assign_member(actor, pk, actor)
        messages.success(request, _("This case is assigned to you."))
        if "listed" in request.POST:  # taken from the list of unassigned cases: return to it
            return redirect("referral:work-list", "non-attribues")
    else:
        form = AssignForm(request.POST, actor=actor)
        if not form.is_valid():
            messages.error(request, form.errors["member"][0])
            return redirect("referral:case-access", pk)
        member = form.cleaned_data["member"]
        change = unassign_member if act == "unassign" else assign_member
        change(actor, pk, member)
        said = _("%(person)s is no longer assigned.") if act == "unassign" else _("%(person)s is assigned.")
        messages.success(request, said % {"person": member.user.full_name})
    return redirect("referral:case-access", pk)


@cases_only
@require_http_methods(["GET", "POST"])
def emergency_access(request):
    """Take emergency access by reference and written reason."""
    form = EmergencyForm(request.POST or None)
    if form.is_valid():
        # one's own agency hides it from no emergency: it opens there at once, with a reason
        mine = Archive.objects.visible_to(request.actor).filter(reference=form.cleaned_data["reference"]).first()
        if mine is not None:
            messages.info(request, _("This case is in your archives: say why, and it opens at once."))
            return redirect(f"{reverse('referral:archive-open', args=[mine.pk])}?why=danger")
        case_id = emergency.break_glass(request.actor, **form.cleaned_data)
        if case_id is not None:
            messages.success(
                request, _("You have access for one hour, without the identity or the safe contact. The lead was told.")
            )
            return redirect("referral:case-detail", case_id)
        form.add_error("reference", _("No case answers to this reference. Read it again with the person who gave it."))
    return render(request, "victims/access/emergency_access.html", {"form": form})
