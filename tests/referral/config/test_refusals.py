"""A page that refuses leads where its reader may go: public policy, cases, or one's own space."""

from html import unescape

import pytest
from django.urls import reverse

from agencies.models import Kind, Role
from foundation.actor import acting_as
from plans.participation.operations import participation
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people
from tests.plans.participation.test_participation_views import client_of

pytestmark = pytest.mark.django_db


def main_of(answer) -> str:
    return unescape(answer.content.decode()).split("<main")[1].split("</main>")[0]


def test_a_member_of_public_policy_is_led_back_to_it_and_never_to_cases():
    coordination = people.coordination()
    consultation = p.consultation(coordination)
    with acting_as(coordination):
        participation.withdraw_consultation(coordination, consultation.pk, reason="Reportée.")
    client = client_of(people.speaker(Kind.EMPLOYER))
    answer = client.get(reverse("plans:contribution-new"), {"consultation": consultation.pk})
    assert answer.status_code == 409
    said = main_of(answer)
    assert 'href="/pilotage/"' in said and "/dossiers/" not in said
    assert client.get("/pilotage/").status_code == 200
    also = client_of(f.member(people.speaker().agency, Role.POLICY, Role.CASE_WORKER))
    said = main_of(also.get(reverse("plans:contribution-new"), {"consultation": consultation.pk}))
    assert 'href="/pilotage/"' in said, "whoever also follows cases was at public policy"


def test_a_contribution_that_moved_meanwhile_is_shown_as_it_stands():
    association = people.speaker()
    sent = p.sent(association)
    client = client_of(association)
    answer = client.get(reverse("plans:contribution-edit", args=[sent.pk]))
    assert answer.status_code == 409
    said = main_of(answer)
    assert sent.reference in said and "Envoyée" in said and f'href="/pilotage/contributions/{sent.pk}/"' in said
    stranger = client_of(people.speaker())
    assert stranger.get(reverse("plans:contribution-edit", args=[sent.pk])).status_code == 404


def test_a_consultation_that_is_over_is_shown_as_it_stands():
    coordination = people.coordination()
    consultation = p.consultation(coordination)
    with acting_as(coordination):
        participation.withdraw_consultation(coordination, consultation.pk, reason="Reportée.")
    answer = client_of(coordination).get(reverse("plans:consultation-edit", args=[consultation.pk]))
    assert answer.status_code == 409
    assert f'href="/pilotage/consultations/{consultation.pk}/"' in main_of(answer)
    assert "Retirée" in main_of(answer)
