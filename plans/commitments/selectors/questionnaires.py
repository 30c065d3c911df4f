"""Read the progress of a questionnaire: who was asked, who answered."""

from django.db.models import Prefetch, Q
from django.utils import timezone

from plans.models import EvidenceRequest, FinalAnswer, Question, Questionnaire
from plans.models.bodies import body_of
from plans.models.coordination import coordinates

States = EvidenceRequest.State


def questions(actor, found) -> list[Question]:
    """Return the questions with `asked`, the requests visible to the actor, and `final`, the last final answer.

    Three queries.
    """
    requests = EvidenceRequest.objects.visible_to(actor).with_state().select_related("body")
    rows = list(found.questions.prefetch_related(Prefetch("requests", requests, to_attr="asked")))
    written = FinalAnswer.objects.filter(question__questionnaire=found)
    last = written.order_by("question_id", "-number").distinct("question_id")
    finals = {answer.question_id: answer for answer in last}
    for row in rows:
        row.final = finals.get(row.pk)
    return rows


def progress(rows) -> dict[str, int]:
    """Count questions, composed answers, requests, answers and late ones. `rows`: from `questions`."""
    requests = [request for row in rows for request in row.asked]
    return {
        "questions": len(rows),
        "composed": sum(row.final is not None for row in rows),
        "requests": len(requests),
        "answered": sum(request.state == States.ANSWERED for request in requests),
        "late": sum(request.state == States.LATE for request in requests),
    }


def by_body(rows) -> list[dict]:
    """Return the numbers of each body, the most late first. `rows`: from `questions`."""
    found: dict[str, dict] = {}
    for request in (request for row in rows for request in row.asked):
        line = found.setdefault(request.body_id, {"body": request.body, "asked": 0, "answered": 0, "late": 0})
        line["asked"] += 1
        line["answered"] += request.state == States.ANSWERED
        line["late"] += request.state == States.LATE
    return sorted(found.values(), key=lambda line: (-line["late"], line["answered"] - line["asked"], line["body"].name))


def with_progress(found: list[Questionnaire]) -> list[Questionnaire]:
    """Add `count` (asked, answered, late) to each questionnaire, over requests visible to the reader. One query."""
    counts: dict = {each.pk: {"asked": 0, "answered": 0, "late": 0} for each in found}
    rows = EvidenceRequest.objects.filter(question__questionnaire__in=[each.pk for each in found]).with_state()
    for row in rows.select_related("question"):
        count = counts[row.question.questionnaire_id]
        count["asked"] += 1
        count["answered"] += row.state == States.ANSWERED
        count["late"] += row.state == States.LATE
    for each in found:
        each.count = counts[each.pk]
    return found


def waiting(actor) -> int:
    """Count the requests waiting for the actor's body; for the coordination, also the late ones of all."""
    mine = Q(body=body_of(actor))
    if coordinates(actor):
        mine |= Q(due_on__lt=timezone.localdate())
    return EvidenceRequest.objects.visible_to(actor).waiting().filter(mine).count()
