"""Show and edit questionnaires: their list, one with its progress, a question, the answer of a body."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from foundation.tables.writing import as_csv
from foundation.workflow import NotAllowed
from plans.commitments.documents import questionnaire_reply as reply
from plans.commitments.forms.questionnaires import AnswerForm, QuestionnaireForm, QuestionsForm, RequestForm
from plans.commitments.operations import questionnaires as ops
from plans.commitments.selectors import questionnaires
from plans.models import EvidenceRequest, Questionnaire
from plans.models.bodies import body_of
from plans.models.coordination import coordinates
from plans.steering.views.guards import coordination_only, policy_only

ODT = "application/vnd.oasis.opendocument.text"


@policy_only
@require_safe
def questionnaire_list(request):
    found = Questionnaire.objects.visible_to(request.actor).select_related("body", "round")
    asked = EvidenceRequest.objects.visible_to(request.actor).filter(body=body_of(request.actor))
    context = {
        "questionnaires": questionnaires.with_progress(list(found)),
        "mine": asked.with_state().waiting().select_related("question__questionnaire").order_by("due_on"),
        "coordinates": coordinates(request.actor),
        "section": "plans:hub",
    }
    return render(request, "plans/commitments/questionnaires.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def new(request):
    form = QuestionnaireForm(request.POST or None)
    if form.is_valid():
        made = ops.start(request.actor, **form.cleaned_data)
        messages.success(request, _("Kept. Nobody else sees it before you open it: add its questions."))
        return redirect("plans:questionnaire-questions", made.pk)
    return render(request, "plans/commitments/questionnaire_change.html", {"form": form, "section": "plans:hub"})


@coordination_only
@require_http_methods(["GET", "POST"])
def change(request, pk):
    found = ops.visible(request.actor, pk)
    initial = {name: getattr(found, name) for name in ("title_fr", "title_en", "received_on", "due_on")}
    form = QuestionnaireForm(request.POST or None, initial={**initial, "body": found.body_id, "round": found.round_id})
    if form.is_valid():
        ops.change(request.actor, pk, **form.cleaned_data)
        messages.success(request, _("Changed."))
        return redirect("plans:questionnaire", pk)
    context = {"form": form, "questionnaire": found, "section": "plans:hub"}
    return render(request, "plans/commitments/questionnaire_change.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def questionnaire(request, pk):
    """Show the questions, who was asked, who answered, who is late. A body sees its own requests."""
    found = ops.visible(request.actor, pk)
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in ops.MOVES:
            raise NotAllowed(act[:40])
        ops.move(request.actor, pk, act)
        messages.success(request, _("Done."))
        return redirect("plans:questionnaire", pk)
    questions = questionnaires.questions(request.actor, found)
    context = {
        "questionnaire": found,
        "questions": questions,
        "bodies": questionnaires.by_body(questions),
        "progress": questionnaires.progress(questions),
        "coordinates": coordinates(request.actor),
        "section": "plans:hub",
    }
    return render(request, "plans/commitments/questionnaire.html", context)


@coordination_only
@require_http_methods(["GET", "POST"])
def questions(request, pk):
    found = ops.visible(request.actor, pk)
    form = QuestionsForm(request.POST or None)
    if form.is_valid():
        n = ops.add_questions(request.actor, pk, form.cleaned_data["lines"])
        messages.success(request, ngettext("%(n)d question kept.", "%(n)d questions kept.", n) % {"n": n})
        return redirect("plans:questionnaire", pk)
    context = {"form": form, "questionnaire": found, "section": "plans:hub"}
    return render(request, "plans/commitments/questionnaire_questions.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def question(request, pk):
    """For the coordination: ask bodies and compose the final answer. For a body: read its own request."""
    found = ops.visible_question(request.actor, pk)
    if not coordinates(request.actor):
        return render(
            request, "plans/commitments/question.html", {"question": found, **reply.seen_of(request.actor, found)}
        )
    last = found.final_answers.first()
    ask, final, met = RequestForm(), AnswerForm(initial=_initial(last), prefix="final"), None
    if request.POST.get("act") == "ask":
        ask = RequestForm(request.POST)
        if ask.is_valid():
            data = ask.cleaned_data
            ops.ask(request.actor, pk, data["bodies"], due_on=data["due_on"], wanted=data["wanted"])
            return _redirected(request, _("Asked. They find it on their page."), "plans:question", pk)
    elif request.method == "POST":
        final = AnswerForm(request.POST, prefix="final", sends=True)
        if final.is_valid() and (met := _composed(request, pk, final)) is None:
            return _redirected(request, _("Kept. The former version stays readable."), "plans:question", pk)
    context = {"question": found, "ask_form": ask, "final_form": final, "met": met, "coordinates": True}
    context |= {"form": ask if ask.is_bound else final, "last": met or last, "section": "plans:hub"}
    return render(request, "plans/commitments/question.html", context | reply.seen_of(request.actor, found))


def _initial(answer) -> dict:
    return {name: getattr(answer, name) for name in ("text_fr", "text_en", "as_of")} if answer else {}


def _redirected(request, text, page, pk):
    messages.success(request, text)
    return redirect(page, pk)


def _composed(request, pk, form):
    """Return None once saved, else the version somebody else wrote meanwhile, to show it."""
    seen = request.POST.get("seen", "")
    try:
        ops.compose(request.actor, pk, seen=int(seen) if seen.isdecimal() else 0, **form.cleaned_data)
    except ops.WrittenMeanwhile as meanwhile:
        form.add_error(None, _("Somebody wrote another version meanwhile: it is below. Yours is still here, unsaved."))
        return meanwhile.args[0]
    return None


@policy_only
@require_http_methods(["GET", "POST"])
def request_page(request, pk):
    """Show what a body is asked, and edit its answer: a draft of its unit, then versions."""
    found = ops.visible_request(request.actor, pk)
    mine = found.body_id == body_of(request.actor)
    draft = ops.draft_of(request.actor, found)
    sends = "send" in request.POST
    form = AnswerForm(request.POST or None, initial=_initial(draft or found.answers.first()), sends=sends)
    if request.method == "POST" and (not mine or form.is_valid()):
        act = ops.send_answer if sends else ops.keep_draft
        act(request.actor, pk, **form.cleaned_data if mine else {})
        kept = _("Kept. Only your organisation reads it until you send it.")
        return _redirected(request, _("Sent to the coordination.") if sends else kept, "plans:evidence-request", pk)
    context = {"asked": found, "form": form, "draft": draft, "mine": mine, "section": "plans:hub"}
    context["answers"] = found.answers.select_related("agency")
    return render(request, "plans/commitments/evidence_request.html", context)


@coordination_only
@require_safe
def document(request, pk):
    """Return the whole reply as an ODT, in French or English."""
    found = ops.visible(request.actor, pk)
    language = "en" if request.GET.get("langue") == "en" else "fr"
    response = HttpResponse(reply.as_odt(request.actor, found, language), content_type=ODT)
    response["Content-Disposition"] = f'attachment; filename="reponse-{found.body_id}-{language}.odt"'
    return response


@coordination_only
@require_safe
def table(request, pk):
    found = ops.visible(request.actor, pk)
    body = as_csv(reply.columns(), reply.rows(request.actor, found))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reponse-{found.body_id}.csv"'
    return response
