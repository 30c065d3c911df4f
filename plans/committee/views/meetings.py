"""Show and edit one meeting; each form of the page does one thing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from plans.committee.forms import AnswerForm, AttendanceForm, DecisionForm, ItemForm, MinutesForm, SettleForm
from plans.committee.operations import committee as operations
from plans.committee.selectors.attendance import by_college
from plans.models import AgendaItem, Attendance, Meeting, Seat
from plans.models.coordination import coordinates
from plans.steering.views.guards import policy_only


def _item(actor, meeting, form, target):
    operations.propose_item(actor, meeting.pk, **form.cleaned_data)


def _answer(actor, meeting, form, target):
    given = form.cleaned_data
    operations.answer_item(actor, target, accept=given["accept"] == "yes", answer=given["answer"])


def _settle(actor, meeting, form, target):
    operations.settle_meeting(actor, meeting.pk, **form.cleaned_data)


def _attendance(actor, meeting, form, target):
    operations.take_attendance(actor, meeting.pk, form.presences())


def _decision(actor, meeting, form, target):
    operations.decide(actor, meeting.pk, **form.cleaned_data)


def _drop(actor, meeting, form, target):
    operations.drop_decision(actor, target)


def _minutes(actor, meeting, form, target):
    operations.save_minutes(actor, meeting.pk, **form.cleaned_data)


def _publish_minutes(actor, meeting, form, target):
    operations.publish_minutes(actor, meeting.pk)


def _publish_agenda(actor, meeting, form, target):
    operations.publish_agenda(actor, meeting.pk)


# act posted -> (function, message once done)
ACTS = {
    "item": (_item, _("Your item is proposed.")),
    "answer": (_answer, _("Your answer is recorded; who proposed it reads it.")),
    "agenda": (_publish_agenda, _("The agenda is public.")),
    "settle": (_settle, _("Recorded, and public.")),
    "attendance": (_attendance, _("Attendance is recorded; it is published by college, in numbers.")),
    "decision": (_decision, _("The decision is recorded; it is public with the minutes.")),
    "drop": (_drop, _("The decision is taken out.")),
    "minutes": (_minutes, _("The minutes are saved; they are not public yet.")),
    "publish": (_publish_minutes, _("Minutes and decisions are public.")),
}


@policy_only
@require_http_methods(["GET", "POST"])
def meeting(request, pk):
    found = Meeting.objects.select_related("postponed_to").filter(pk=pk).first()
    if found is None:
        raise Http404
    act = request.POST.get("act", "")
    forms = _forms(found, act, request.POST if request.method == "POST" else None)
    form = forms.get(act)
    if request.method == "POST" and (form is None or form.is_valid()):
        if act not in ACTS:
            raise Http404
        do, message = ACTS[act]
        target = request.POST.get("target", "")
        do(request.actor, found, form, int(target) if target.isdecimal() else 0)
        messages.success(request, message)
        return redirect("plans:meeting", pk)
    return render(request, "plans/committee/meeting.html", _shown(request.actor, found, forms, form))


def _forms(meeting, act, data) -> dict:
    """Return each form of the page; the submitted one is bound."""
    seats = list(Seat.objects.live(meeting.on).select_related("body"))
    present = dict(Attendance.objects.filter(meeting=meeting).values_list("seat", "presence"))
    draft = meeting.minutes.filter(published_at=None).first()
    published = meeting.minutes.exclude(published_at=None).exists()

    def bound(name):
        return data if act == name else None

    target = data.get("target", "") if data else ""
    answered = int(target) if target.isdecimal() else 0
    # distinct ids where two forms have a field `text`, and where each item has its answer
    return {
        "item": ItemForm(bound("item"), auto_id="item-%s"),
        "answer": AnswerForm(bound("answer"), auto_id=f"%s-{answered}"),
        "settle": SettleForm(bound("settle"), meeting=meeting),
        "attendance": AttendanceForm(
            bound("attendance"), seats=seats, initial={f"seat-{pk}": presence for pk, presence in present.items()}
        ),
        "decision": DecisionForm(bound("decision"), auto_id="decision-%s"),
        "minutes": MinutesForm(
            bound("minutes"), correction=published and draft is None, initial={"text": draft.text if draft else ""}
        ),
    }


def _shown(actor, meeting, forms, form) -> dict:
    minutes = list(meeting.minutes.all())
    return {
        "meeting": meeting,
        "forms": forms,
        "form": form,
        "items": meeting.items.select_related("body"),
        "waiting": AgendaItem.State.PROPOSED,
        "decisions": meeting.decisions.followed().select_related("responsible", "measure__plan", "commitment"),
        "minutes": [row for row in minutes if row.published_at],
        "draft": next((row for row in minutes if not row.published_at), None),
        "colleges": by_college(meeting),
        "coordinates": coordinates(actor),
        "sits": operations.has_seat(actor),
        "come": meeting.on <= timezone.localdate(),
        "elsewhere": operations.bodies_without_unit(meeting) if coordinates(actor) else [],
    }
