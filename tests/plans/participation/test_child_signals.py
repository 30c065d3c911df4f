"""A child is never filed as a nameless signal: by its sign, by words, by page, by operation, by row."""

import uuid

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.words.child_words import child_words
from plans.models import Signal
from plans.participation.operations import sectors
from referral.models import Alert, AlertDesk
from referral.tasks import due
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people
from tests.roles import as_role

from .test_participation_views import client_of, text_of

pytestmark = pytest.mark.django_db

TELL = [
    "Mineure de 15 ans environ dans une chambre",
    "une fille de quinze ans",
    "14-15 ans, peut-être",
    "15 à 20 ans",
    "moins de 18 ans",
    "âgée de 16, dit-elle",
    "Des mineur·e·s logés au fond",
    "l'ecole n'est jamais faite",
    "un bébé pleure",
    "deux collégiens livrent la nuit",
    "lycéenne",
    "un ado sur un scooter",
    "She is 16 years old",
    "two children",
    "née en 2012",
]
TELL_NOT = [
    "",
    "Sous-sol aménagé en dortoir, paie en retard de deux mois.",
    "Trois nuits de suite, chambre 12.",
    "Elle travaille ici depuis 3 ans",
    "il y a dix ans déjà",
    "une femme de 35 ans",
    "une majeure de 18 ans",
    "trente-cinq ans, vingt-deux ans",
    "un adoucisseur, le trottoir, une majoration mineure".replace(" mineure", ""),
]


@pytest.mark.parametrize("note", TELL)
def test_words_that_tell_a_child_are_found(note):
    assert child_words(note), note


@pytest.mark.parametrize("note", TELL_NOT)
def test_other_words_tell_no_child(note):
    assert child_words(note) == [], note


@pytest.fixture
def hotel():
    return f.member(f.agency(Kind.EMPLOYER, desk=False), Role.POLICY, Role.FRONTLINE)


def said(**fields) -> dict:
    month = timezone.localdate().replace(day=1).isoformat()
    given = {"signs": ["FR-SEX-05"], "territory": "93", "month": month, "persons": "1", "done": ["informed"]}
    return {**given, **fields}


def test_page_refuses_a_child_signal_shows_119_and_carries_what_was_typed_to_the_alert(hotel):
    f.territory("93")
    client = client_of(hotel)
    typed = said(signs=["FR-SEX-01"], note="Mineure de 15 ans environ dans une chambre")
    page = client.post(reverse("plans:sector-signal", args=["hotels"]), {**client.hat, **typed})
    text = text_of(page)
    with acting_as(hotel):
        assert not Signal.objects.exists(), "filed as a signal only"
    assert 'href="tel:119"' in text and 'href="tel:17"' in text
    assert f'action="{reverse("referral:alert-start")}"' in text
    for value in ("FR-SEX-01", "93", "Mineure de 15 ans environ dans une chambre"):
        assert f'type="hidden" name="signs" value="{value}"' in text or f'value="{value}"' in text


def test_a_member_who_sends_no_alert_has_it_sent_by_the_platform(hotel):
    """Who builds the policy alone may not report: the child is not left to whether a colleague is found."""
    f.national()
    child_care, unit = f.shelter(services=("child_care",), territories=("93",)), f.coordination(territories=("93",))
    silent = f.member(hotel.agency, Role.POLICY)
    client = client_of(silent)
    address, typed = reverse("plans:sector-signal", args=["hotels"]), said(signs=["FR-SEX-01"], note="Une enfant")
    text = text_of(client.post(address, {**client.hat, **typed}))
    assert 'href="tel:119"' in text and f'action="{reverse("referral:alert-start")}"' not in text
    assert hotel.user.full_name in text and 'name="as_alert"' in text and "Faire envoyer l'alerte" in text
    with acting_as(silent):
        assert not Signal.objects.exists(), "nothing is sent before it is pressed"
    sent = client.post(address, {**client.hat, **typed, "as_alert": "on"}, follow=True)
    assert "Transmis comme alerte" in text_of(sent)
    with as_role("nrm_worker"):
        assert due() == 1
    with as_role("nrm_owner"):
        signal = Signal.objects.get()
        alert = Alert.objects.get(pk=signal.pk)
        told = set(AlertDesk.objects.filter(alert=alert, due_at__isnull=False).values_list("agency", flat=True))
    assert told == {child_care.pk, unit.pk} and alert.age_side == "minor"
    assert alert.reference in text_of(client.get(reverse("plans:signal-detail", args=[signal.pk])))


def test_who_may_report_is_never_spared_the_report(hotel):
    f.territory("93")
    client = client_of(hotel)
    typed = said(signs=["FR-SEX-01"], as_alert="on")
    page = client.post(reverse("plans:sector-signal", args=["hotels"]), {**client.hat, **typed})
    assert f'action="{reverse("referral:alert-start")}"' in text_of(page)
    with as_role("nrm_owner"):
        assert not Signal.objects.exists()


@pytest.mark.parametrize("fields", [{"signs": ["FR-SEX-01"]}, {"signs": ["FR-SEX-05"], "note": "Lycéenne"}])
def test_operation_refuses_a_child_signal(hotel, fields):
    with acting_as(hotel), pytest.raises(sectors.TellsChild):
        sectors.send_signal(hotel, p.sector("hotels"), **p.signal_fields(**fields))


def test_database_refuses_the_ticked_sign_of_a_child(hotel):
    row = Signal(
        id=uuid.uuid4(), sector=p.sector("hotels"), agency=hotel.agency, by=hotel,
        **p.signal_fields(signs=["FR-SEX-05", "FR-SEX-01"]),
    )  # fmt: skip
    with acting_as(hotel), pytest.raises(ProgrammingError), transaction.atomic():
        Signal.objects.bulk_create([row])


def test_author_of_a_signal_of_before_reads_that_it_is_an_alert(hotel):
    with acting_as(hotel):
        sent = sectors.send_signal(hotel, p.sector("hotels"), **p.signal_fields(signs=["FR-SEX-05"]))
    with as_role("nrm_owner"):
        Signal.objects.filter(pk=sent.pk).update(alert_reference="9DQ5-56HP")
    for reader in (hotel, people.coordination()):
        client = client_of(reader)
        assert "9DQ5-56HP" in text_of(client.get(reverse("plans:signal-detail", args=[sent.pk])))
        assert "9DQ5-56HP" in text_of(client.get(reverse("plans:signal-list")))
