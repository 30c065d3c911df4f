"""Guides by sector; nameless signals: who sends, who reads, what their author learns, what the public may count."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from indicators.catalogue import selectors as catalogue_selectors
from plans.models import Advice, SectorGuide, Signal
from plans.participation.forms.sectors import signs_of
from plans.participation.operations import sectors
from plans.participation.rules import found_in
from plans.participation.selectors import figures
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel():
    return people.speaker(Kind.EMPLOYER)


def send(actor, sector="hotels", **fields) -> Signal:
    with acting_as(actor):
        guide = p.sector(sector)
        return sectors.send_signal(actor, guide, **p.signal_fields(**{"signs": guide.signs[2:3], **fields}))


def test_six_guides_stand_on_the_shared_indicators_and_the_directory():
    assert list(SectorGuide.objects.values_list("pk", flat=True)) == [
        "construction",
        "agriculture",
        "hotels",
        "cleaning",
        "domestic",
        "delivery",
    ]
    known = catalogue_selectors.current().indicators
    for guide in SectorGuide.objects.all():
        assert guide.provenance == "project_proposal"
        assert guide.signs and set(guide.signs) <= set(known)
        assert len(guide.steps_fr) == len(guide.steps_en) >= 4
        assert guide.contacts().count() == len(guide.bodies) >= 2
    law = Advice.objects.get(audience="company")
    assert "2017-399" in law.label_fr and "27 mars 2017" in law.label_fr
    union = set(Advice.objects.filter(audience="union").values_list("pk", flat=True))
    assert {"union_inspection", "union_labour_court", "union_alert"} <= union


def test_companies_and_unions_send_signals_and_others_do_not(hotel):
    send(hotel)
    send(people.speaker(Kind.UNION))
    association = people.speaker()
    with pytest.raises(NotAllowed):
        send(association)
    made = Signal(sector=p.sector(), agency=association.agency, by=association, **p.signal_fields())
    with acting_as(association), pytest.raises(ProgrammingError), transaction.atomic():
        Signal.objects.bulk_create([made])


def test_a_signal_is_read_by_its_author_and_the_coordination_alone(hotel):
    sent, coordination = send(hotel), people.coordination()
    readers = {
        "colleague": f.member(hotel.agency, Role.POLICY),
        "colleague without the role": f.member(hotel.agency, Role.FRONTLINE),
        "coordination": coordination,
        "another company": people.speaker(Kind.EMPLOYER),
        "labour inspectorate": people.ministry("dgt", Kind.LABOUR),
        "CNCDH": people.cncdh(),
    }
    seen = {}
    for name, actor in readers.items():
        with acting_as(actor):
            seen[name] = Signal.objects.filter(pk=sent.pk).exists()
    assert seen == {
        "colleague": True,
        "colleague without the role": False,
        "coordination": True,
        "another company": False,
        "labour inspectorate": False,
        "CNCDH": False,
    }
    assert not Signal.objects.filter(pk=sent.pk).exists(), "nor the public"
    with acting_as(readers["another company"]), pytest.raises(NotFound):
        sectors.read_signal(readers["another company"], sent.pk)


def test_its_author_learns_that_it_was_read_and_nothing_more(hotel):
    sent, coordination = send(hotel), people.coordination()
    with acting_as(hotel):
        assert sectors.read_signal(hotel, sent.pk).read_at is None, "its own reading says nothing"
        with pytest.raises(ProgrammingError), transaction.atomic():
            Signal.objects.filter(pk=sent.pk).update(note="Autre")
        assert Signal.objects.filter(pk=sent.pk).update(read_at=timezone.now()) == 0
    with acting_as(coordination):
        first = sectors.read_signal(coordination, sent.pk).read_at
        assert sectors.read_signal(coordination, sent.pk).read_at == first
    with acting_as(hotel):
        assert Signal.objects.get(pk=sent.pk).read_at == first
    assert {field.name for field in Signal._meta.concrete_fields} == {
        "id", "reference", "sector", "territory", "month", "signs", "persons", "done", "note", "agency", "by", "at",
        "read_at", "read_for_child", "alert_reference",
    }, "a new column of a signal: it names nobody, and its author learns no more, or say so here"  # fmt: skip


NAMING = {
    "phone": "Appeler le 06 12 34 56 78",
    "email": "écrire à chef@exemple.invalid",
    "plate": "camion AB-123-CD",
    "name": "le chef est M. Dupont",
    "passport": "passeport 12AB34567",
    "social security": "numéro 1 84 12 76 451 089 46",
}


@pytest.mark.parametrize("note", NAMING.values(), ids=NAMING)
def test_a_note_that_names_somebody_is_refused(hotel, note):
    assert found_in(note)
    with pytest.raises(sectors.NamesSomebody):
        send(hotel, note=note)
    with acting_as(hotel):
        assert not Signal.objects.exists()


@pytest.mark.parametrize(
    "note",
    ["Trois nuits de suite, rideaux fermés.", "De 6 h à 22 h, 12 personnes pour 4 lits.", "Payés 20 euros la journée"],
)
def test_a_note_that_names_nobody_is_kept(hotel, note):
    assert send(hotel, note=note).note == note


def test_a_signal_says_the_month_and_never_the_day(hotel):
    with pytest.raises(IntegrityError, match="signal_says_the_month_only"):
        send(hotel, month=date(2026, 10, 14))


def a_quarter_ago():
    start = timezone.localtime().replace(day=1, hour=12)
    return (start - timedelta(days=1 + 31 * ((start.month - 1) % 3))).replace(day=15)


def test_figures_are_masked_below_eleven_and_wait_for_the_end_of_the_quarter(hotel):
    for sector, number in (("hotels", 11), ("construction", 10), ("cleaning", 1)):
        for _signal in range(number):
            send(hotel, sector)
    assert figures.signals()["quarters"] == [], "the running quarter is not told"
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE plans_signal SET at = %s", [a_quarter_ago()])
    send(hotel, "domestic")
    found = figures.signals()
    assert len(found["quarters"]) == 1
    assert {row["guide"].pk: row["cells"][0][1] for row in found["rows"]} == {
        "hotels": 11,
        "construction": None,
        "cleaning": None,
        "agriculture": 0,
        "domestic": 0,
        "delivery": 0,
    }


@pytest.mark.parametrize(
    ("sector", "sign", "words", "elsewhere"),
    [
        ("construction", "ILO-AL-EX-03", "Travail dangereux", "mendie"),
        ("agriculture", "ILO-AL-EX-02", "Mauvaises conditions de vie ou d'hébergement", "avec les enfants"),
        # near misses: asked by the grid of its own form, and of every form, in plain words
        ("construction", "ILO-AL-EX-08", "On retient sur sa paie le lit, le trajet ou des amendes", "Manipulation"),
        ("hotels", "FR-GEN-02", "Quelqu'un répond toujours à sa place", "tiers parler"),
    ],
)
def test_a_sign_of_a_sector_is_not_in_the_words_of_another_exploitation(sector, sign, words, elsewhere):
    """One who saw dangerous work on a site would tick nothing: the list asked whether the person begs among cars."""
    with override("fr"):
        shown = dict(signs_of(SectorGuide.objects.get(pk=sector)))
    assert shown[sign] == words and not any(elsewhere in label for label in shown.values())
