"""Who is told that a consultation opened, that a contribution has its answer: a reference, never a title or a text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from notifications.models import Event, Notice
from plans.models import Consultation, Contribution, Mandate
from plans.participation.operations import participation
from plans.participation.tasks import answers_due, openings
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told, worker
from tests.plans import participants as p
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordination():
    return people.coordination()


def seen_by(member) -> list[str]:
    with acting_as(member):
        return sorted(Notice.objects.of(member).values_list("kind", flat=True))


def test_a_consultation_that_opens_is_told_to_those_who_build_policy(coordination):
    association, hotel = people.speaker(), people.speaker(Kind.EMPLOYER)
    left_out = {
        "case worker": f.member(association.agency, Role.CASE_WORKER),
        "switched off": f.member(hotel.agency, Role.POLICY, active=False),
    }
    p.consultation(coordination)
    fan_out()
    found = told("consultation_opened")
    assert {association.pk, hotel.pk} <= found
    assert not {member.pk for member in left_out.values()} & found
    assert coordination.pk not in found, "nobody is told what they did themselves"
    assert "consultation_opened" in seen_by(association)


def test_one_to_come_is_told_on_its_day_and_once(coordination):
    association = people.speaker()
    made = p.consultation(coordination, opens=2)
    fan_out()
    assert told("consultation_opened") == set()
    with worker():
        assert openings() == 0
    with as_role("nrm_owner"):
        Consultation.objects.filter(pk=made.pk).update(opens=timezone.localdate())
    with worker():
        assert openings() == 1
        assert openings() == 0
    fan_out()
    assert association.pk in told("consultation_opened")


def test_one_withdrawn_before_its_day_is_told_to_nobody(coordination):
    people.speaker()
    made = p.consultation(coordination, opens=2)
    with acting_as(coordination):
        participation.withdraw_consultation(coordination, made.pk, reason="Reportée.")
    with as_role("nrm_owner"):
        Consultation.objects.filter(pk=made.pk).update(told_at=None)
    with worker():
        assert openings() == 0


def test_an_answer_is_told_to_the_authors_agency_alone(coordination):
    association, other = people.speaker(), people.cncdh()
    colleague = f.member(association.agency, Role.POLICY)
    case_worker = f.member(association.agency, Role.CASE_WORKER)
    p.answered(association, coordination, title="TITRE-SECRET")
    fan_out()
    found = told("contribution_answered")
    assert {association.pk, colleague.pk} <= found
    assert not {case_worker.pk, other.pk, coordination.pk} & found
    assert seen_by(colleague) == ["contribution_answered"]


def test_set_aside_is_told_and_a_confidential_answer_too(coordination):
    association = people.speaker()
    aside, hidden = p.sent(association), p.sent(association, confidential=True)
    with acting_as(coordination):
        participation.set_contribution_aside(coordination, aside.pk, reason="Une personne y est reconnaissable.")
        participation.answer_contribution(coordination, hidden.pk, verdict="accepted", text="Entendu.")
    fan_out()
    assert seen_by(association) == ["contribution_answered"] * 2
    assert seen_by(people.cncdh()) == []


def test_a_notice_and_its_mail_say_a_reference_and_nothing_else(coordination, mailoutbox):
    association = people.speaker()
    found = p.answered(association, coordination, title="TITRE-SECRET", text="TEXTE-SECRET")
    with as_role("nrm_owner"):
        event = Event.objects.get(kind="contribution_answered")
    assert (event.subject, event.subject_id, event.reference) == ("contribution", found.pk, found.reference)
    one_pass()
    sent = [message for message in mailoutbox if association.user.email in message.to]
    assert sent
    for message in sent:
        said = f"{message.subject} {message.body}"
        assert found.reference in said
        for secret in ("TITRE-SECRET", "TEXTE-SECRET", "contribution", "consultation", association.agency.name):
            assert secret not in said, secret


def test_who_lost_the_role_is_told_nothing_more(coordination):
    association = people.speaker()
    p.answered(association, coordination)
    fan_out()
    with as_role("nrm_owner"):
        type(association).objects.filter(pk=association.pk).update(roles=[Role.CASE_WORKER])
    association.refresh_from_db()
    assert seen_by(association) == []


def test_a_notice_opens_its_page(client, coordination):
    association = people.speaker()
    found = p.answered(association, coordination)
    fan_out()
    client.force_login(association.user, backend="django.contrib.auth.backends.ModelBackend")
    with acting_as(association):
        notice = Notice.objects.of(association).get()
    opened = client.get(f"/notifications/{notice.pk}/", follow=True)
    assert opened.request["PATH_INFO"] == f"/pilotage/contributions/{found.pk}/"


# -- what is owed -----------------------------------------------------------------------------------------------------
def due_in(contribution, **kept):
    with as_role("nrm_owner"):
        Contribution.objects.filter(pk=contribution.pk).update(due_at=timezone.now() + timedelta(**kept))


def remind() -> int:
    with worker():
        found = answers_due()
    fan_out()
    return found


def test_the_coordination_is_reminded_some_days_before_then_told_that_it_is_late_each_once(coordination):
    association, colleague = people.speaker(), people.coordination()
    found = p.sent(association)
    assert remind() == 0, "thirty days are left"
    due_in(found, days=6, hours=23)
    assert (remind(), remind()) == (1, 0)
    assert told("contribution_due") == {coordination.pk, colleague.pk}
    due_in(found, days=-1)
    assert (remind(), remind()) == (1, 0)
    assert told("contribution_late") == {coordination.pk, colleague.pk}
    assert sorted(seen_by(coordination)) == ["contribution_due", "contribution_late"]
    assert seen_by(association) == []


def test_what_is_settled_withdrawn_or_a_draft_is_not_reminded(coordination):
    association = people.speaker()
    draft = p.draft(association)
    answered, aside, back = p.answered(association, coordination), p.sent(association), p.sent(association)
    with acting_as(coordination):
        participation.set_contribution_aside(coordination, aside.pk, reason="Une personne y est reconnaissable.")
    with acting_as(association):
        participation.withdraw_contribution(association, back.pk)
    for found in (draft, answered, aside, back):
        due_in(found, days=-1)
    assert remind() == 0


def test_sent_again_it_is_reminded_again_by_its_new_time_limit(coordination):
    association = people.speaker()
    found = p.sent(association)
    due_in(found, days=2)
    assert remind() == 1
    with acting_as(association):
        participation.take_back_contribution(association, found.pk)
    assert seen_by(coordination) == [], "taken back: the coordination does not see it any more, nor its notice"
    with acting_as(association):
        participation.send_contribution(association, found.pk)
    due_in(found, days=3)
    assert remind() == 1


def test_who_coordinates_that_day_is_told_and_the_setting_says_when(coordination, settings):
    settings.CONTRIBUTION_REMINDER_DAYS = 3
    found = p.sent(people.speaker(), confidential=True)
    due_in(found, days=5)
    assert remind() == 0
    due_in(found, days=2)
    with as_role("nrm_owner"):
        Mandate.objects.update(body="delegation")
    heir = people.speaker(Kind.COORDINATION, body="delegation")
    assert remind() == 1
    assert told("contribution_due") == {heir.pk}
    assert settings.CELERY_BEAT_SCHEDULE["answers-due"]["task"] == answers_due.name


def test_a_reminder_opens_the_page_where_one_answers_and_its_mail_names_nothing(client, coordination, mailoutbox):
    found = p.sent(people.speaker(), title="TITRE-SECRET")
    due_in(found, days=-2)
    with worker():
        answers_due()
    one_pass()
    (mail,) = [m for m in mailoutbox if coordination.user.email in m.to]
    assert found.reference in mail.body and "TITRE-SECRET" not in mail.subject + mail.body
    client.force_login(coordination.user, backend="django.contrib.auth.backends.ModelBackend")
    with acting_as(coordination):
        notice = Notice.objects.of(coordination).get()
    opened = client.get(f"/notifications/{notice.pk}/", follow=True)
    assert opened.request["PATH_INFO"] == f"/pilotage/contributions/{found.pk}/"
