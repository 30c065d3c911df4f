"""Show who changed what on a case, and when; encrypted fields on demand, journalled."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from agencies.models import Category
from foundation.paging import Keyset
from foundation.view_guards import cases_only
from victims.cases.views.frame import framed
from victims.cases.words import contact_in_words
from victims.identity.display import identity
from victims.models import CaseVersion

from .display import case_changes, sealed_changes, survey_changes
from .operations import read_former

NEWEST = Keyset("pgh_id")


@cases_only
@require_http_methods(["GET", "POST"])
def case_history(request, pk):
    context = framed(request, pk, "history")
    case, access = context["case"], context["access"]
    versions = CaseVersion.objects.filter(pgh_obj=case)
    page = NEWEST.asked(versions, request)
    older = versions.filter(pgh_id__lt=page.rows[-1].pgh_id).order_by("-pgh_id").first() if page.rows else None
    context |= {
        "changes": case_changes(request.actor, page, older),
        "next": f"?cursor={page.next}" if page.next else "",
        "previous": f"?cursor={page.previous}" if page.previous else "",
        "surveys": survey_changes(request.actor, case),
        "sealed": bool(access.categories & (Category.IDENTITY | Category.CONTACT)),
    }
    if request.method == "POST" and context["sealed"]:
        context |= _revealed(request.actor, case)
    return render(request, "victims/history/case_history.html", context)


def _revealed(actor, case) -> dict:
    """Return the former identities and contacts in words."""
    identities, contacts = read_former(actor, case)
    return {
        "revealed": True,
        "identities": sealed_changes(actor, identities, identity),
        "contacts": sealed_changes(actor, contacts, _contact),
    }


def _contact(data) -> list[tuple]:
    return [(str(line.question), line.answer) for line in contact_in_words(data)]
