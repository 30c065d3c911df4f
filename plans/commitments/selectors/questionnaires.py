"""Read how far a questionnaire is: who was asked, who has answered."""

from django.db.models import Prefetch, Q
from django.utils import timezone

from plans.models import EvidenceRequest, FinalAnswer, Question, Questionnaire
from plans.models.bodies import body_of
from plans.models.coordination import coordinates

States = EvidenceRequest.State


def questions(actor, found) -> list[Question]:
    """Each with the requests this actor sees (`asked`) and the last final answer it sees (`final`). Three queries."""
    requests = EvidenceRequest.objects.visible_to(actor).with_state().select_related("body")
    rows = list(found.questions.prefetch_related(Prefetch("requests", requests, to_attr="asked")))
    written = FinalAnswer.objects.filter(question__questionnaire=found)
    last = written.order_by("question_id", "-number").distinct("question_id")
    finals = {answer.question_id: answer for answer in last}
    for row in rows:
        row.final = finals.get(row.pk)
    return rows


def progress(rows) -> dict[str, int]:
    asked = [request for row in rows for request in row.asked]
    return {
        "questions": len(rows),
        "composed": sum(row.final is not None for row in rows),
        "requests": len(asked),
        "answered": sum(request.state == States.ANSWERED for request in asked),
        "late": sum(request.state == States.LATE for request in asked),
    }


def by_body(rows) -> list[dict]:
    """How far each body is, the most behind first."""
    found: dict[str, dict] = {}
    for request in (request for row in rows for request in row.asked):
        line = found.setdefault(request.body_id, {"body": request.body, "asked": 0, "answered": 0, "late": 0})
        line["asked"] += 1
        line["answered"] += request.state == States.ANSWERED
        line["late"] += request.state == States.LATE
    return sorted(found.values(), key=lambda line: (-line["late"], line["answered"] - line["asked"], line["body"].name))


def with_progress(found: list[Questionnaire]) -> list[Questionnaire]:
    """Adds `asked`, `answered`, `late` to each: of the requests the reader's walls let through. One query."""
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
    """How many requests wait for this actor: addressed to its body; for the coordination, those that are late too."""
    mine = Q(body=body_of(actor))
    if coordinates(actor):
        mine |= Q(due_on__lt=timezone.localdate())
    return EvidenceRequest.objects.visible_to(actor).waiting().filter(mine).count()
