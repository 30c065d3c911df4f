"""Pages of linked persons and cases, and of documents kept on paper or in the files of each service."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Category
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed, WrongState
from victims.cases import access as cases_access
from victims.cases.views.frame import framed
from victims.files.access import places
from victims.links.operations import cases, persons_and_papers
from victims.models import LinkedPerson, PaperDocument
from victims.thread import operations as thread

from .forms import LinkForm, PaperCorrectionForm, PaperForm, PersonCorrectionForm, PersonForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_links_page(request, pk):
    """Show links. A POST adds a person or a link, removes a link, or shows the names (journalled)."""
    context = framed(request, pk, "links")
    case, access, act = context["case"], context["access"], request.POST.get("act", "")
    known_act(request, "person", "link", "unlink", "reveal")
    may_write = cases_access.may_write(request.actor, access)
    may_name = bool(access.categories & Category.IDENTITY)
    person = PersonForm(request.POST if act == "person" else None, names=may_name) if may_write else None
    link = LinkForm(request.POST if act == "link" else None)
    if act == "unlink":
        cases.unlink_cases(request.actor, _id(request.POST.get("link", "")))
        messages.success(request, _("The two cases are no longer linked."))
        return redirect("referral:case-links", pk)
    if act in ("person", "link") and _added(request, pk, act, person, link):
        return redirect("referral:case-links", pk)
    people = LinkedPerson.objects.visible_to(request.actor).now().filter(case=case).select_related("agency")
    context |= {
        "person": person,
        "link": link,
        "people": people,
        "may_name": may_name,
        "names": persons_and_papers.names_of(request.actor, case) if act == "reveal" else None,
        "links": cases.links_of(request.actor, case),
    }
    return render(request, "victims/links/case_links.html", context)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _added(request, pk, act, person, link) -> bool:
    if act == "person":
        if person is None:
            raise NotAllowed("write")
        if not person.is_valid():
            return False
        persons_and_papers.add_person(request.actor, pk, **person.cleaned_data)
        messages.success(request, _("Person recorded."))
        return True
    if not link.is_valid():
        return False
    try:
        cases.link_cases(request.actor, pk, **link.cleaned_data)
    except cases.NoSuchCase:
        link.add_error("reference", _("No other case that your organisation sees has this reference: check it."))
        return False
    except WrongState:
        link.add_error("reference", _("These two cases are linked so already."))
        return False
    messages.success(request, _("The two cases are linked. Only services that see both know it."))
    return True


@cases_only
@require_http_methods(["GET", "POST"])
def case_papers(request, pk):
    context = framed(request, pk, "papers")
    may_write = cases_access.may_write(request.actor, context["access"])
    form = PaperForm(request.POST or None) if may_write else None
    if request.method == "POST":
        if form is None:
            raise NotAllowed("write")
        if form.is_valid():
            persons_and_papers.add_paper(request.actor, pk, **form.cleaned_data)
            messages.success(request, _("Document noted."))
            return redirect("referral:case-papers", pk)
    papers = PaperDocument.objects.visible_to(request.actor).now().filter(case=context["case"])
    context |= {"form": form, "papers": papers.select_related("agency")}
    context["may_add_file"] = bool(places(request.actor, context["access"]))
    return render(request, "victims/links/case_papers.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def paper_detail(request, pk):
    """Show one document with its versions, and correct it."""
    paper = cases_access.written(request.actor, PaperDocument, pk)
    context = framed(request, paper.case_id, "papers")

    def form(stands):
        return PaperCorrectionForm(request.POST or None, initial=stands.data)

    return _corrected(
        request, "victims/links/paper_detail.html", paper, context, form, persons_and_papers.correct_paper
    )


@cases_only
@require_http_methods(["GET", "POST"])
def linked_person(request, pk):
    """Show one linked person with the versions of the entry, and correct it."""
    person = cases_access.written(request.actor, LinkedPerson, pk)
    context = framed(request, person.case_id, "links")

    def form(stands):
        said = {"relation": stands.relation, "age_side": stands.age_side, **stands.data}
        names = bool(context["access"].categories & Category.IDENTITY)
        return PersonCorrectionForm(request.POST or None, initial=said, names=names)

    return _corrected(
        request, "victims/links/linked_person.html", person, context, form, persons_and_papers.correct_person
    )


def _corrected(request, page, entry, context, form_of, correct):
    """Show an entry with its versions and apply a correction.

    Answers 409 when it was corrected meanwhile, with the current version; typed input is kept.
    """
    versions = thread.versions(request.actor, entry)
    mine = entry.agency_id == request.actor.agency_id and cases_access.may_write(request.actor, context["access"])
    form = form_of(versions[0]) if mine else None
    context |= {"entry": entry, "versions": versions, "form": form}
    if request.method == "POST":
        if form is None:
            raise NotAllowed("correct")
        if form.is_valid():
            try:
                correct(request.actor, entry.pk, **form.cleaned_data)
            except WrongState:
                context |= {"versions": thread.versions(request.actor, entry), "late": True}
                return render(request, page, context, status=409)
            messages.success(request, _("Corrected. The former version stays readable."))
            return redirect(context["part"].route, entry.case_id)
    return render(request, page, context)
