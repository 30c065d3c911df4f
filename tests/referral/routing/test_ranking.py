"""Which service first, and why in words: hand-written answers over a few desks; places, answer times and distance."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from agencies.models import Agency, Desk, Kind, Role, Territory
from foundation.actor import SYSTEM, acting_as
from notifications.models import Event
from referral.models import AnswerTime, Orientation, OrientationMove, UnmetNeed
from referral.orientations.operations import orientations
from referral.routing.operations.figures import count_answer_times, count_unmet_needs
from referral.routing.selectors import ranking, unmet_needs
from referral.tasks import figures
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.territory("75", "Paris", lat=48.86, lon=2.35)
    f.territory("13", "Bouches-du-Rhône", lat=43.30, lon=5.37)
    f.national()
    unit = f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    coord = f.member(unit, Role.COORDINATOR)
    return {"coord": coord, "nurse": nurse, "case": f.case(coord, author=nurse, language="ro")}


def ranked(w, **how):
    with acting_as(w["coord"]):
        w["case"].refresh_from_db()
        return ranking.ranked_for_orientation(
            w["case"], "safe_housing", sender_id=w["coord"].agency_id, language="ro", **how
        )


def reasons(w, agency) -> list[str]:
    return next(s.reasons for s in ranked(w) if s.agency.pk == agency.pk)


def count_figures():
    with as_role("nrm_worker"), acting_as(SYSTEM):
        return figures()


# -- distance ----------------------------------------------------------------------------------------------------------
def test_distance_between_chief_towns():
    """Paris to Marseille is 660 km as the crow flies; Pointe-à-Pitre 6,760; an unknown point gives none."""
    paris, marseille = Territory(code="75", lat=48.86, lon=2.35), Territory(code="13", lat=43.30, lon=5.37)
    antilles, nowhere = Territory(code="971", lat=16.24, lon=-61.53), Territory(code="R11")
    assert ranking.distance(paris, marseille) == 660
    assert ranking.distance(marseille, paris) == 660
    assert 6700 <= ranking.distance(paris, antilles) <= 6800
    assert ranking.distance(paris, paris) == 0
    assert ranking.distance(paris, nowhere) is None and ranking.distance(None, paris) is None


def test_near_is_said_and_orders_only_when_the_reader_asks(w):
    near, far = f.shelter(name="Z près"), f.shelter(name="A loin", territories=("13",))
    assert [s.agency.pk for s in ranked(w)] == [far.pk, near.pk]  # names alone: no merit in being near
    assert [s.agency.pk for s in ranked(w, sort="near")] == [near.pk, far.pk]
    assert [s.agency.pk for s in ranked(w, sort="far")] == [far.pk, near.pk]
    assert [s.agency.pk for s in ranked(w, sort="nonsense")] == [far.pk, near.pk]
    assert "À 660 km environ, entre chefs-lieux" in reasons(w, far)
    assert "Même département" in reasons(w, near)
    page = text(Hand(w["coord"]).get("orientation-new", w["case"].pk, query="?service=safe_housing&sort=near"))
    assert page.index("Z près") < page.index("A loin")
    assert "La distance ne compte que si vous la choisissez" in page


# -- merits ------------------------------------------------------------------------------------------------------------
def test_what_is_taken_comes_first(w):
    plain = f.shelter(name="A")
    speaks = f.shelter(name="B", desk_fields={"languages": ["ro"], "places": 2})
    both = f.shelter(name="C", desk_fields={"languages": ["ro"], "forms": ["labour_exploitation"]})
    assert [s.agency.pk for s in ranked(w)] == [both.pk, speaks.pk, plain.pk]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"takes_adults": False}, "N'accueille pas d'adultes"),
        ({"forms": ["forced_begging"]}, "Ne traite pas cette forme d'exploitation"),
        ({"places": 0}, "Se déclare complet"),
    ],
)
def test_who_cannot_take_the_person_is_greyed_with_the_reason(w, fields, why):
    off, able = f.shelter(name="A", desk_fields=fields), f.shelter(name="B")
    last = ranked(w)[-1]
    assert last.agency.pk == off.pk and last.blocked == why
    page = text(Hand(w["coord"]).get("orientation-new", w["case"].pk, query="?service=safe_housing"))
    assert why in page and f'value="{able.pk}"' in page and f'value="{off.pk}"' not in page


def test_old_places_say_so_and_close_nothing(w):
    """Full twelve days ago may be free today: not greyed, after the others, with its age."""
    old = timezone.now() - timedelta(days=12)
    stale = f.shelter(name="A", desk_fields={"places": 0, "places_updated_at": old})
    hopeful = f.shelter(name="B", desk_fields={"places": 3, "places_updated_at": old})
    sure = f.shelter(name="C", desk_fields={"places": 1, "places_updated_at": timezone.now() - timedelta(days=6)})
    found = ranked(w)
    assert [s.agency.pk for s in found] == [sure.pk, hopeful.pk, stale.pk]
    assert not any(s.blocked for s in found)
    assert "3 places déclarées, il y a 12 jours : vérifiez avant d'y compter" in reasons(w, hopeful)
    assert "1 place déclarée" in reasons(w, sure)


# -- answer times ------------------------------------------------------------------------------------------------------
def answered(w, home, hours, how="declined"):
    made = f.orientation(w["coord"], w["case"], home.agency, state="sent" if how == "expired" else how, answerer=home)
    with as_role("nrm_owner"):
        sent = timezone.now() - timedelta(hours=200)
        Orientation.objects.filter(pk=made.pk).update(sent_at=sent)
        OrientationMove.objects.filter(orientation=made, action="decline").update(at=sent + timedelta(hours=hours))
    return made


def test_the_median_of_the_answers_and_few_answers(w):
    quick, new = f.member(f.shelter(name="Z rapide")), f.member(f.shelter(name="A neuf"))
    for hours in (1, 2, 5, 30, 90):
        answered(w, quick, hours)
    answered(w, new, 1)
    count_figures()
    with as_role("nrm_owner"):
        times = {t.agency_id: (t.answers, t.median) for t in AnswerTime.objects.all()}
    assert times == {quick.agency_id: (5, timedelta(hours=5)), new.agency_id: (1, timedelta(hours=1))}
    assert [s.agency.name for s in ranked(w)] == ["Z rapide", "A neuf"]
    assert "Répond en 5 heures environ (la moitié de ses réponses, sur 90 jours)" in reasons(w, quick.agency)
    assert "Peu de réponses : pas encore de délai habituel à indiquer" in reasons(w, new.agency)
    assert [s.agency.name for s in ranked(w, sort="quick")] == ["Z rapide", "A neuf"]


def test_silence_counts_and_what_is_old_does_not(w):
    home = f.member(f.shelter())
    made = answered(w, home, 1)
    with as_role("nrm_owner"):
        Orientation.objects.filter(pk=made.pk).update(sent_at=timezone.now() - timedelta(days=91))
        assert count_figures() is not None
        assert not AnswerTime.objects.exists()
        OrientationMove.objects.filter(orientation=made, action="decline").update(action="expire")
        Orientation.objects.filter(pk=made.pk).update(sent_at=timezone.now() - timedelta(days=89))
    count_figures()
    with as_role("nrm_owner"):
        assert AnswerTime.objects.get().answers == 1


# -- refusals for lack of place ----------------------------------------------------------------------------------------
def test_refusals_for_lack_of_place_are_kept_without_any_case(w):
    """Two services refuse one person, one another person: 3 refusals, 2 situations. Other reasons do not count."""
    homes = [f.member(f.shelter()) for _ in range(3)]
    second = f.case(w["coord"], author=w["nurse"], minor="doubt")
    for home in homes[:2]:
        f.orientation(w["coord"], w["case"], home.agency, state="declined", answerer=home)
    for home in homes[:1]:
        f.orientation(w["coord"], second, home.agency, state="declined", answerer=home,
                      legal_ground="child_in_danger", legal_reason="Doute sérieux sur l'âge, en danger.")  # fmt: skip
    made = f.orientation(w["coord"], w["case"], homes[2].agency)
    with acting_as(homes[2]):
        orientations.decline_orientation(homes[2], made.pk, reason="out_of_scope")
    count_figures()
    count_figures()  # again: the same figures
    month = timezone.localdate().replace(day=1)
    with as_role("nrm_owner"):
        rows = {(r.profile, r.month, r.refusals, r.situations) for r in UnmetNeed.objects.all()}
        assert rows == {("adult", month, 2, 1), ("minor", month, 1, 1)}
        assert {r.name for r in UnmetNeed._meta.fields} == {
            "id", "service", "territory", "profile", "month", "refusals", "situations"
        }  # fmt: skip
        w["case"].orientations.all().delete()
    count_figures()
    with as_role("nrm_owner"):
        assert UnmetNeed.objects.get(profile="adult").refusals == 2  # the need was there


def test_who_reads_the_needs(w):
    """Coordination, over its own territories; the worker alone writes."""
    for home in [f.member(f.shelter()) for _ in range(3)]:
        f.orientation(w["coord"], f.case(w["coord"], author=w["nurse"]), home.agency, state="declined", answerer=home)
    count_figures()
    page = text(Hand(w["coord"]).get("unmet-needs"))
    assert "Hébergement sécurisé" in page and ">3<" in page
    elsewhere = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    assert "Aucun refus faute de place" in text(Hand(elsewhere).get("unmet-needs"))
    worker = f.member(f.shelter())
    assert Hand(worker).get("unmet-needs").status_code == 403
    with acting_as(worker):
        assert not UnmetNeed.objects.exists()
    with acting_as(w["coord"]):
        assert UnmetNeed.objects.count() == 1
        assert UnmetNeed.objects.update(refusals=0) == 0


def test_places_are_told_by_region_and_by_whom_they_take(w):
    """Supply beside the need: a unit's own territories and what is nationwide; the national unit, everywhere."""
    declared = {
        "both": {"desk_fields": {"places": 4}},
        "minors": {"desk_fields": {"places": 2, "takes_adults": False}},
        "old": {"desk_fields": {"places": 7, "takes_minors": False,
                                "places_updated_at": timezone.now() - timedelta(30)}},
        "far": {"desk_fields": {"places": 9}, "territories": ("13",)},
        "everywhere": {"desk_fields": {"places": 1}, "territories": ()},
    }  # fmt: skip
    homes = {name: f.member(f.shelter(**fields)) for name, fields in declared.items()}
    f.orientation(w["coord"], w["case"], homes["both"].agency, state="declined", answerer=homes["both"])
    count_figures()

    def supply(agency):
        with acting_as(w["coord"]):
            return [
                (str(row["where"] or ""), str(row["taken"]), row["known"], row["old"])
                for row in unmet_needs.unmet(agency)["supply"]
            ]

    anybody, grown, young = (
        "Majeurs, mineurs et personnes d'âge incertain",
        "Majeurs",
        "Mineurs et personnes d'âge incertain",
    )
    here = [
        ("Île-de-France", anybody, 4, None),
        ("Île-de-France", grown, None, 7),
        ("Île-de-France", young, 2, None),
        ("", anybody, 1, None),
    ]
    assert sorted(supply(w["coord"].agency)) == sorted(here)
    national = Agency.objects.get(mandate=Agency.Mandate.NATIONAL)
    assert sorted(supply(national)) == sorted([*here, ("Provence-Alpes-Côte d'Azur", anybody, 9, None)])
    assert young in text(Hand(w["coord"]).get("unmet-needs"))


def test_small_numbers_are_not_said(w):
    home = f.member(f.shelter())
    f.orientation(w["coord"], w["case"], home.agency, state="declined", answerer=home)
    count_figures()
    page = text(Hand(w["coord"]).get("unmet-needs"))
    assert "1 ou 2" in page


def test_the_application_makes_no_figure(w):
    home = f.member(f.shelter())
    f.orientation(w["coord"], w["case"], home.agency, state="declined", answerer=home)
    for make in (count_answer_times, count_unmet_needs):
        with acting_as(w["coord"]), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            make()


# -- places not kept up ------------------------------------------------------------------------------------------------
def test_an_agency_is_reminded_once_a_week(w):
    old = f.shelter(desk_fields={"places": 2, "places_updated_at": timezone.now() - timedelta(days=8)})
    f.shelter(desk_fields={"places": 2})
    f.shelter()
    count_figures()
    count_figures()
    with as_role("nrm_owner"):
        assert [e.agencies for e in Event.objects.filter(kind="capacity_stale")] == [[old.pk]]
        Desk.objects.filter(pk=old.pk).update(places_updated_at=timezone.now())
