"""The forms by which a desk answers for itself, sent empty, wrong and right: what was typed stays."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Kind, Role
from referral.models import AlertDesk, DeskAnswer
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    f.national()
    child = {"services": ("child_care",)}
    found = {
        "coord": f.member(f.coordination(), Role.COORDINATOR),
        "crip": f.member(f.shelter(**child)),
        "prosecutor": f.member(f.agency(Kind.JUSTICE, **child)),
    }
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    found["alert"] = f.sent_alert(nurse, danger="yes", minor="doubt")
    return found


def post(people, who, route, **data):
    client = Client()
    client.force_login(people[who].user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"referral:{route}", args=[people["alert"].pk])
    return client.post(address, {"_membership": people[who].pk, **data}, follow=True)


def row(people, who) -> AlertDesk:
    with as_role("nrm_owner"):
        return AlertDesk.objects.get(alert=people["alert"], agency=people[who].agency)


def test_who_has_not_answered_reads_what_answers(people):
    client = Client()
    client.force_login(people["prosecutor"].user, backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get(reverse("referral:inbox-alert", args=[people["alert"].pk])))
    assert (
        "Pour répondre : déclarez ce que fait votre service" in page
        and "Ce que fait votre service, et depuis quand" in page
    )
    assert "confirmez que votre service n'a rien" not in page, "no service that acts said so"
    assert "ce n'est pas une réponse" in page, "who follows it in the service answers nothing"
    done = text(post(people, "prosecutor", "alert-declare", what="acting", words="Enquête ouverte."))
    assert "Pour répondre :" not in done


def test_others_have_nothing_to_do_once_each_confirmed(people):
    post(people, "crip", "alert-declare", what="with_person", words="Une éducatrice est avec elle.")
    assert row(people, "crip").answer == "with_person" and row(people, "prosecutor").due_at, "its own time limit runs"
    empty = post(people, "crip", "alert-stand-down", words="")
    assert "Écrivez pourquoi l&#x27;intervention des autres services" in empty.content.decode()
    too_long = post(people, "crip", "alert-stand-down", words="Elle est à l'abri. " * 40)
    assert "500" in too_long.content.decode() and "Elle est à l&#x27;abri." in too_long.content.decode()
    with as_role("nrm_owner"):
        assert not DeskAnswer.objects.filter(code="stand_down").exists()
    assert post(people, "prosecutor", "alert-confirm").status_code == 409, "nobody told it anything yet"
    post(people, "crip", "alert-stand-down", words="Elle est à l'abri.")
    assert row(people, "prosecutor").due_at, "told is not confirmed"
    asked = Client()
    asked.force_login(people["prosecutor"].user, backend="django.contrib.auth.backends.ModelBackend")
    offered = text(asked.get(reverse("referral:inbox-alert", args=[people["alert"].pk])))
    assert "ou confirmez que l'intervention de votre service n'est plus nécessaire." in offered
    post(people, "prosecutor", "alert-confirm")
    assert (row(people, "prosecutor").answer, row(people, "prosecutor").due_at) == ("nothing_to_do", None)


def test_service_reached_by_phone_is_noted_with_the_function_of_who_answered(people):
    prosecutor = people["prosecutor"].agency_id
    wrong = post(people, "crip", "alert-reach", desk="0", at="", function="Substitut")
    assert "Choisissez parmi les services proposés." in wrong.content.decode() and "Substitut" in wrong.content.decode()
    assert row(people, "prosecutor").answer == ""
    post(people, "crip", "alert-declare", what="acting", words="Une éducatrice est en route.")
    post(people, "crip", "alert-reach", desk=str(prosecutor), at="00:01", function="Substitut")
    assert (row(people, "prosecutor").answer, row(people, "prosecutor").due_at) == ("reached", None)
    for who in ("crip", "prosecutor"):
        page = text(Hand(people[who]).get("inbox-alert", people["alert"].pk))
        assert "Joint par téléphone le" in page and "Substitut" in page, f"{who} knows whom to ask for"
