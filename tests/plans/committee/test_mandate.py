"""The mandate passes on by the platform's administrator alone; a vacancy is seen at once, by the hub and the public."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.templatetags.words import day
from foundation.workflow import NotAllowed, WrongState
from plans.committee.operations import mandate as ops
from plans.models import Mandate
from plans.models.coordination import coordinates
from tests import factories as f
from tests.plans import people
from tests.plans.evaluation.test_evaluation import signed

pytestmark = pytest.mark.django_db

DECREE = {"function_fr": "Délégation", "legal_basis_fr": "Décret d'essai"}


def administrator():
    return f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def body(code="delegation"):
    from agencies.models import Directory

    return Directory.objects.get(pk=code)


def running() -> Mandate:
    return Mandate.objects.get(body="miprof")


def _told_as_coordination(member) -> bool:
    """What due work asks of the database, nobody acting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.coordinates_today(%s)", [member.agency_id])
        return cursor.fetchone()[0]


def test_a_vacancy_is_shown_at_once_in_the_hub_and_to_the_public_with_since_when():
    admin, coordination = administrator(), people.coordination()
    public, hub = reverse("policy:coordination"), reverse("plans:hub")
    assert "Personne n'exerce" not in Client().get(public).content.decode().replace("&#x27;", "'")
    with acting_as(admin):
        ops.end_mandate(admin, running().pk, end=yesterday())
    shown = Client().get(public).content.decode().replace("&#x27;", "'").replace("\u00a0", " ")
    assert "Personne n'exerce la coordination" in shown
    assert f"depuis le {day(timezone.localdate())}".replace("\u00a0", " ") in shown
    assert "Décret n° 2013-7" in shown, "the history stays"
    assert "Personne n" in signed(coordination).get(hub).content.decode()
    assert not coordinates(coordination)


def test_given_to_another_body_the_former_ends_the_day_before():
    admin, former, coming = administrator(), people.coordination(), people.speaker(Kind.COORDINATION, body="delegation")
    today = timezone.localdate()
    with acting_as(admin):
        ops.give_mandate(admin, body=body(), start=today, **DECREE)
        assert running().end == yesterday()
        with pytest.raises(WrongState):
            ops.give_mandate(admin, body=body("miprof"), start=today, **DECREE)  # a second one, the same day
        with pytest.raises(WrongState):
            ops.give_mandate(admin, body=body("miprof"), start=today - timedelta(days=9), **DECREE)  # another follows
        with pytest.raises(WrongState):
            ops.end_mandate(admin, running().pk, end=today)  # it ended
    assert (coordinates(former), coordinates(coming)) == (False, True)
    assert "Décret d" in Client().get(reverse("policy:coordination")).content.decode()


def test_nobody_else_gives_or_ends_it():
    for actor in (people.coordination(), people.ministry(), people.cncdh()):
        with acting_as(actor):
            with pytest.raises(NotAllowed):
                ops.end_mandate(actor, running().pk, end=yesterday())
            with pytest.raises(NotAllowed):
                ops.give_mandate(actor, body=body(), start=timezone.localdate(), **DECREE)
        client = signed(actor)
        assert client.get(reverse("plans:mandate")).status_code == 403
        assert client.post(reverse("plans:mandate"), {**client.hat, "act": "end"}).status_code == 403
    assert running().end is None


def test_the_page_shows_back_before_it_does_and_keeps_what_was_typed():
    client, today = signed(administrator()), timezone.localdate()
    page = reverse("plans:mandate")
    assert client.get(page).status_code == 200
    sent = {**client.hat, "act": "give", "body": "delegation", "start": today.isoformat(), "contact": "",
            "function_fr": "Délégation", "legal_basis_fr": "", "end": ""}  # fmt: skip
    answer = client.post(page, sent).content.decode()
    assert "Nommez le texte" in answer
    assert 'value="Délégation"' in answer
    sent["legal_basis_fr"] = "Décret d'essai"
    answer = client.post(page, sent).content.decode()
    assert "Vérifiez avant de confirmer" in answer
    assert "Aucun service" in answer, "nobody speaks for that body yet"
    assert running().end is None, "nothing is done before the answer"
    assert client.post(page, {**sent, "sure": "1"}).status_code == 302
    assert Mandate.objects.live().get().body_id == "delegation"
    answer = client.post(page, {**client.hat, "act": "end", "end": "2000-01-01"}).content.decode()
    assert "Choisissez un jour après" in answer


def test_a_coming_vacancy_is_told_before_it_is_there():
    admin = administrator()
    end = timezone.localdate() + timedelta(days=30)
    with acting_as(admin):
        ops.end_mandate(admin, running().pk, end=end)
    shown = Client().get(reverse("policy:coordination")).content.decode()
    assert "Une vacance approche" in shown
    with acting_as(admin):
        ops.give_mandate(admin, body=body(), start=end + timedelta(days=1), **DECREE)
    assert "Une vacance approche" not in Client().get(reverse("policy:coordination")).content.decode()


def test_a_mandate_given_by_mistake_is_taken_back_the_same_day_and_stays_readable():
    admin, former, mistaken = (
        administrator(),
        people.coordination(),
        people.speaker(Kind.COORDINATION, body="delegation"),
    )
    known = timezone.localdate() + timedelta(days=200)
    with acting_as(admin):
        ops.end_mandate(admin, running().pk, end=known)
        made = ops.give_mandate(admin, body=body(), start=timezone.localdate(), **DECREE)
    assert coordinates(mistaken)
    assert (_told_as_coordination(former), _told_as_coordination(mistaken)) == (False, True)
    client = signed(admin)
    page = reverse("plans:mandate")
    assert "Donné par erreur" in client.get(page).content.decode()
    sent = {**client.hat, "act": "annul", "target": str(made.pk)}
    assert "Dites pourquoi" in client.post(page, {**sent, "reason": ""}).content.decode()
    assert client.post(page, {**sent, "reason": "MARQUEUR-ERREUR"}).status_code == 302
    assert (coordinates(former), coordinates(mistaken)) == (True, False)
    assert (_told_as_coordination(former), _told_as_coordination(mistaken)) == (True, False)
    assert running().end == known, "as it was before"
    shown = Client().get(reverse("policy:coordination")).content.decode()
    assert "donné par erreur" in shown and "MARQUEUR-ERREUR" in shown
    with acting_as(admin):
        again = ops.give_mandate(admin, body=body(), start=timezone.localdate(), **DECREE)
    assert again.pk != made.pk, "and given again, the same day"
    with acting_as(mistaken):
        assert Mandate.objects.filter(pk=again.pk).update(annulled_on=timezone.localdate(), annulled_reason="x") == 0
        with pytest.raises(NotAllowed):
            ops.annul_mandate(mistaken, again.pk, reason="Non")


def test_a_mandate_that_ran_a_day_is_ended_and_no_longer_taken_back():
    admin = administrator()
    with acting_as(admin):
        made = ops.give_mandate(admin, body=body(), start=timezone.localdate(), **DECREE)
        coming = ops.give_mandate(admin, body=body("miprof"), start=timezone.localdate() + timedelta(days=9), **DECREE)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        client = signed(admin)
        shown = client.get(reverse("plans:mandate")).content.decode()
        assert f'value="{made.pk}"' not in shown
        assert f'value="{coming.pk}"' in shown, "one to come may be, until its first day"
        with acting_as(admin):
            with pytest.raises(WrongState):
                ops.annul_mandate(admin, made.pk, reason="Trop tard")
            ops.annul_mandate(admin, coming.pk, reason="Reporté")
    assert Mandate.objects.get(pk=made.pk).end is None, "it runs on, as before the one that was to follow"
    with acting_as(admin), pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=made.pk).update(
            annulled_on=timezone.localdate() + timedelta(days=1), annulled_reason="Trop tard"
        )
