"""A nameless signal that tells a child becomes an alert: by its author with all that was typed, or by due work."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from plans.models import Signal
from referral.alerts.operations.alerts import send_alert
from referral.models import Alert, AlertDesk
from referral.tasks import due
from tests import factories as f
from tests.plans import participants as p
from tests.plans.participation.test_participation_views import client_of, text_of
from tests.roles import as_role

pytestmark = pytest.mark.django_db

# the words a child's alert needs no agreement for: the unit of the département, and the protection desk
HERE = {"territories": ("75",)}


@pytest.fixture
def desks():
    """Return the coordination of the territory, the national one, a child protection desk."""
    return {
        "territorial": f.agency(Kind.COORDINATION, mandate=Agency.Mandate.TERRITORIAL, **HERE),
        "national": f.agency(Kind.COORDINATION, mandate=Agency.Mandate.NATIONAL, **HERE),
        "crip": f.agency(Kind.CHILD_PROTECTION, services=("child_care",), desk_fields={"takes_minors": True}, **HERE),
    }


@pytest.fixture
def hotel():
    return f.member(f.agency(Kind.EMPLOYER, desk=False), Role.POLICY, Role.FRONTLINE)


def before(author, **fields) -> Signal:
    """Put a signal in the database as one filed before children's signs were held."""
    row = Signal(sector=p.sector("hotels"), agency=author.agency, by=author, **p.signal_fields(**fields))
    with as_role("nrm_owner"):
        Signal.objects.bulk_create([row])
    return row


def run_due() -> int:
    with as_role("nrm_worker"):
        return due()


def rows_of(agency) -> list[AlertDesk]:
    reader = f.member(agency, Role.COORDINATOR)
    with acting_as(reader):
        return list(AlertDesk.objects.of(reader).filter(live=True).select_related("alert__content"))


def test_everything_typed_in_a_signal_is_in_the_alert_form(desks, hotel):
    f.territory()
    client, draft = client_of(hotel), uuid.uuid4()
    every = [code for code, _label in Signal.Done.choices]
    note = "Mineure de 15 ans environ dans une chambre. " + "x" * 256
    typed = {
        "draft": str(draft), "carried": "signal", "signs": ["FR-SEX-01", "FR-SEX-05"], "territory": "75",
        "month": timezone.localdate().replace(day=1).isoformat(), "persons": "2-5", "done": every, "note": note,
    }  # fmt: skip
    for _twice in range(2):
        page = client.post(reverse("referral:alert-start"), {**client.hat, **typed})
        assert page.status_code == 302 and page["Location"] == reverse("referral:alert-step", args=[draft, 1])
    with acting_as(hotel):
        answers = Alert.objects.get(pk=draft).content.data
    assert answers["territory"] == "75" and answers["minor"] == "yes" and answers["persons"] == 2
    assert set(answers["observations"]) == {"FR-SEX-01", "FR-SEX-05"}
    assert note in answers["note"] and "2 à 5" in answers["note"] and "Rien encore" in answers["note"]
    first = text_of(client.get(reverse("referral:alert-step", args=[draft, 1])))
    assert 'value="yes" id="id_minor_0"' in first or "checked" in first
    rest = {**client.hat, "territory": "75", "when": "today", "minor": "yes", "danger": "no", "persons": "2"}
    client.post(reverse("referral:alert-step", args=[draft, 1]), rest)
    second = text_of(client.get(reverse("referral:alert-step", args=[draft, 2])))
    assert "Mineure de 15 ans environ" in second
    assert 'value="FR-SEX-01" id="s-FR-SEX-01" checked' in second
    posted = {**client.hat, "sign": ["FR-SEX-01", "FR-SEX-05"], "note": answers["note"]}
    kept = client.post(reverse("referral:alert-step", args=[draft, 2]), posted)
    assert kept.status_code == 302, "the note of a signal with all that was said fits the note of an alert"


@pytest.mark.parametrize(
    "typed", [{}, {"signs": ["?"], "territory": "zz", "month": "hier", "persons": "9", "done": ["?"]}]
)
def test_what_a_signal_says_wrongly_is_left_to_the_pages_of_the_alert(hotel, typed):
    client, draft = client_of(hotel), uuid.uuid4()
    page = client.post(
        reverse("referral:alert-start"), {**client.hat, "draft": str(draft), "carried": "signal", **typed}
    )
    assert page.status_code == 302
    with acting_as(hotel):
        assert not Alert.objects.get(pk=draft).content.data.get("territory")


@pytest.mark.parametrize(
    ("fields", "side"),
    [({"signs": ["FR-SEX-01"]}, "minor"), ({"signs": ["FR-SEX-05"], "note": "Une fille de 15 ans"}, "doubt")],
)
def test_a_signal_of_before_that_tells_a_child_is_an_alert_with_a_clock(desks, hotel, fields, side):
    signal = before(hotel, **fields)
    assert run_due() == 1
    for name in ("territorial", "crip"):
        (row,) = rows_of(desks[name])
        assert row.due_at and row.urgency == "high" and row.age_side == side, name
    assert signal.reference in row.alert.content.data["note"]
    with acting_as(hotel):
        assert Signal.objects.get(pk=signal.pk).alert_reference == row.reference
    assert run_due() == 0, "read once"
    assert len(rows_of(desks["crip"])) == 1


def test_a_signal_of_before_without_a_child_stays_a_signal(desks, hotel):
    signal = before(hotel, signs=["FR-SEX-05"], note="Trois nuits de suite.")
    assert run_due() == 0
    assert rows_of(desks["crip"]) == []
    with acting_as(hotel):
        kept = Signal.objects.get(pk=signal.pk)
    assert kept.alert_reference == "" and kept.read_for_child > 0


def test_the_system_sends_only_what_it_wrote_and_answers_nothing(desks, hotel):
    """The database lets due work send an alert of its own; a draft of a person it cannot even see."""
    before(hotel, signs=["FR-SEX-01"])
    run_due()
    (row,) = rows_of(desks["territorial"])
    with as_role("nrm_owner"):
        alert = Alert.objects.select_related("author__agency").get(pk=row.alert_id)
    assert alert.author.kind == "system" and alert.author.agency_id == hotel.agency_id
    with as_role("nrm_worker"), acting_as(alert.author):
        assert send_alert(alert.author, alert.pk).state != Alert.State.DRAFT
