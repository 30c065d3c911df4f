"""The person's path, and a case that moves: who sees what before and after, counted without the Python filter too."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.models import AlertContent, Orientation
from referral.orientations.operations import orientations
from referral.relocation import operations as relocation
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, CaseAccess, Episode, GrantLog, Profile, Relocation
from victims.path import operations as path

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    f.territory("13", "Bouches-du-Rhône")
    f.territory("93", "Seine-Saint-Denis")
    return {"national": f.national(), "paris": f.coordination(territories=("75", "93")),
            "sud": f.coordination(territories=("13",))}  # fmt: skip


@pytest.fixture
def paris(places):
    return f.member(places["paris"], Role.COORDINATOR)


@pytest.fixture
def sud(places):
    return f.member(places["sud"], Role.COORDINATOR)


def led(paris):
    """A case opened by the coordination, handed over to a shelter: (case, the shelter's member)."""
    case, home = f.case(paris), f.shelter()
    worker = f.member(home)
    f.orientation(paris, case, home, state="accepted", verb="transfer", level=3, answerer=worker)
    return case, worker


def move(actor, case, code):
    with acting_as(actor):
        return relocation.move_case(actor, case.pk, f.territory(code))


def seen(actor, case) -> dict:
    """What bare reads give this member of the case."""
    with acting_as(actor):
        row = CaseAccess.objects.filter(case=case).first()
        return {
            "level": row.level if row else 0,
            "place": row.territory_id if row else None,
            "case": Case.objects.count(),
            "moves": Relocation.objects.count(),
        }


def test_the_coordination_changes_the_lead_stays_and_the_former_does_not_learn_the_place(places, paris, sud):
    case, worker = led(paris)
    assert seen(paris, case) == {"level": 1, "place": "75", "case": 0, "moves": 0}
    assert seen(sud, case) == {"level": 0, "place": None, "case": 0, "moves": 0}
    move(worker, case, "13")
    assert seen(worker, case) == {"level": 3, "place": "13", "case": 1, "moves": 1}
    assert seen(paris, case) == {"level": 1, "place": "75", "case": 0, "moves": 0}, "state only, and the place it knew"
    assert seen(sud, case) == {"level": 2, "place": "13", "case": 1, "moves": 1}
    with acting_as(worker):
        moved = Case.objects.get()
        assert (moved.lead_id, moved.coordination_id, moved.territory_id) == (worker.agency_id, places["sud"].pk, "13")
        log = GrantLog.objects.filter(case_id=case.pk, agency_id=places["sud"].pk)
        assert [(row.permission, row.ground, row.ended) for row in log] == [("summary_case", "coordination", False)]
        assert Entry.objects.filter(action="case.move", case_id=case.pk).count() == 1
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM nrm.access_differences()")
        assert cursor.fetchone() == (0,), "what is derived is what the rules say"
        cursor.execute("SELECT nrm.recompute(ARRAY[%s]::uuid[])", [case.pk])
    assert seen(paris, case)["place"] == "75", "a repair does not give the place away"


def test_what_the_former_unit_held_on_another_ground_stays(places, paris, sud):
    """An orientation accepted by the coordination unit's agency is not what it coordinated by."""
    case, worker = led(paris)
    with as_role("nrm_owner"):
        from victims.access.access import grant

        grant(case, places["paris"].pk, level=2, ground="consent", ground_id=case.pk, given_by=None)
    move(worker, case, "13")
    assert seen(paris, case) == {"level": 2, "place": "13", "case": 1, "moves": 1}


def test_a_move_on_takes_the_summary_from_the_second_unit(places, paris, sud):
    case, worker = led(paris)
    move(worker, case, "13")
    move(worker, case, "75")
    assert seen(sud, case) == {"level": 1, "place": "13", "case": 0, "moves": 0}
    assert seen(paris, case) == {"level": 2, "place": "75", "case": 1, "moves": 2}


def test_within_the_same_unit_only_the_place_changes(places, paris):
    case, worker = led(paris)
    with acting_as(worker):
        before = set(case.grants.values_list("pk", flat=True))
    assert move(worker, case, "93").same_unit
    with acting_as(worker):
        assert set(case.grants.values_list("pk", flat=True)) == before
    assert seen(paris, case) == {"level": 1, "place": "75", "case": 0, "moves": 0}


def test_an_internal_case_stays_internal(places, sud):
    worker = f.member(f.shelter())
    case = f.own_case(worker)
    told = move(worker, case, "13")
    assert told.internal and not told.same_unit
    assert seen(sud, case)["level"] == 0
    with acting_as(worker):
        assert Case.objects.get().coordination_id == places["sud"].pk


def test_a_coordination_that_leads_for_now_hands_that_over_too(places, paris, sud):
    case = f.case(paris)
    waiting = f.orientation(paris, case, f.shelter(), state="draft")
    sent = f.orientation(paris, case, f.shelter(), state="sent")
    told = move(paris, case, "13")
    assert told.provisional
    assert seen(paris, case) == {"level": 1, "place": "75", "case": 0, "moves": 0}
    assert seen(sud, case) == {"level": 2, "place": "13", "case": 1, "moves": 1}
    with acting_as(sud):
        assert CaseAccess.objects.get().lead and Case.objects.get().lead_id == places["sud"].pk
        assert orientations.draft_orientation(sud, case, addressee=f.shelter(), service=f.service()).state == "draft"
    with acting_as(paris):
        states = dict(Orientation.objects.sent_by(paris).values_list("pk", "state"))
        assert states == {waiting.pk: "withdrawn", sent.pk: "sent"}
        assert AlertContent.objects.count() == 0, "the story goes with the lead"
        with pytest.raises(NotAllowed):
            orientations.draft_orientation(paris, case, addressee=f.shelter(), service=f.service())


def test_a_transfer_that_waits_is_answered_or_withdrawn_first(paris, sud):
    case, home = f.case(paris), f.shelter(name="Foyer qui répond")
    asked = f.orientation(paris, case, home, verb="transfer")
    with pytest.raises(relocation.TransferWaits, match="Foyer qui répond"):
        move(paris, case, "13")
    page = Hand(paris).post("case-place", case.pk, territory="13")
    assert page.status_code == 200 and "Foyer qui répond n'a pas encore répondu" in text(page)
    with acting_as(paris), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.move_case(%s, '13')", [case.pk])
    assert seen(sud, case)["level"] == 0
    with acting_as(paris):
        orientations.withdraw_orientation(paris, asked.pk)
    move(paris, case, "13")
    assert seen(sud, case)["level"] == 2


def test_only_the_lead_moves_a_case_and_not_to_where_it_is(places, paris, sud):
    case, worker = led(paris)
    legal = f.member(f.shelter())
    f.orientation(worker, case, legal.agency, state="accepted", level=2, answerer=legal)
    with pytest.raises(NotAllowed):
        move(legal, case, "13")
    for stranger in (paris, sud, f.member(worker.agency, Role.FRONTLINE)):
        with pytest.raises((NotFound, NotAllowed)):
            move(stranger, case, "13")
    with pytest.raises(WrongState):
        move(worker, case, "75")
    # the walls alone: the function, and the columns themselves
    for actor, code in ((legal, "42501"), (sud, "P0002"), (paris, "P0002")):
        with acting_as(actor), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as c:
            c.execute("SELECT nrm.move_case(%s, '13')", [case.pk])
        assert refused.value.__cause__.pgcode == code
    for column, value in (("territory_id", "13"), ("coordination_id", places["sud"].pk)):
        with acting_as(worker), pytest.raises(DatabaseError) as refused, transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**{column: value})
        assert refused.value.__cause__.pgcode == "42501"
    assert seen(worker, case)["moves"] == 0


def test_a_colleague_kept_out_of_the_case_does_not_move_it(paris):
    from victims.access.operations.assignment import assign_member, restrict_case

    case, worker = led(paris)
    colleague = f.member(worker.agency)
    with acting_as(worker):
        assign_member(worker, case.pk, worker)
        restrict_case(worker, case.pk)
    with pytest.raises(NotFound):
        move(colleague, case, "13")
    move(worker, case, "13")


def test_orientations_go_on_after_a_move(paris, sud):
    case, worker = led(paris)
    legal = f.member(f.shelter())
    asked = f.orientation(worker, case, legal.agency, level=2)
    move(worker, case, "13")
    with acting_as(legal):
        orientations.accept_orientation(legal, asked.pk)
    assert seen(legal, case) == {"level": 2, "place": "13", "case": 1, "moves": 1}


def test_both_units_are_told_and_nobody_outside(places, paris, sud):
    case, worker = led(paris)
    colleague, outsider = f.member(worker.agency), f.member(f.shelter())
    nurse = f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE)
    move(worker, case, "13")
    fan_out()
    assert told("case_relocated") == {paris.pk, sud.pk, colleague.pk}
    assert not {outsider.pk, nurse.pk, worker.pk} & told("case_relocated")


def test_the_page_says_what_changes_before_it_does(places, paris, sud):
    case, worker = led(paris)
    hand = Hand(worker)
    assert "Si la personne a déménagé" in text(hand.get("case-place", case.pk))
    same = hand.post("case-place", case.pk, territory="75")
    assert same.status_code == 200 and "y est déjà" in text(same)
    page = text(hand.post("case-place", case.pk, territory="13"))
    assert f"{places['paris']} n'en voit plus que l'avancement. Elle ne voit pas le nouveau lieu" in page
    assert f"{places['sud']} le coordonne désormais." in page and "Elle lit le résumé." in page
    assert seen(sud, case)["level"] == 0, "nothing is done yet"
    done = hand.post("case-place", case.pk, territory="13", act="confirm")
    assert done.headers["Location"].endswith("/lieu/")
    shown = text(Hand(sud).get("case-place", case.pk)).split("Lieux précédents")[0].split("Coordonné par")[0]
    assert ">75" not in shown and "75 ·" not in shown  # the case's id may well hold these digits
    assert Hand(paris).get("case-place", case.pk).status_code == 404
    assert Hand(sud).post("case-place", case.pk, territory="75", act="confirm").status_code == 403
    listed = text(Hand(paris).get("case-list"))
    assert case.reference in listed and "Bouches-du-Rhône" not in listed.split("<tbody>")[1]


# -- episodes ---------------------------------------------------------------------------------------------------------
def write(actor, case, **data):
    values = {"form": "labour_exploitation", **data}
    with acting_as(actor):
        return path.write_episode(actor, case.pk, data=values)


def test_level_three_reads_and_writes_the_path_and_nobody_else(paris):
    case, worker = led(paris)
    write(worker, case, country="IT", began="2023-05", ended="2024")
    summary, full = f.member(f.shelter()), f.member(f.shelter())
    f.orientation(worker, case, summary.agency, state="accepted", level=2, answerer=summary)
    f.orientation(worker, case, full.agency, state="accepted", level=3, answerer=full)
    for actor, rows in ((worker, 1), (full, 1), (summary, 0), (paris, 0), (f.member(f.shelter()), 0)):
        with acting_as(actor):
            assert Episode.objects.count() == rows
        assert Hand(actor).get("case-path", case.pk).status_code == (200 if rows else 404)
    for stranger in (summary, paris):
        with acting_as(stranger), pytest.raises(NotFound):
            path.write_episode(stranger, case.pk, data={"form": "unknown"})
        with acting_as(stranger), pytest.raises(DatabaseError), transaction.atomic():
            Episode.objects.bulk_create([Episode(case_id=case.pk, by=stranger, data={"form": "unknown"})])
    write(full, case, department="75", ongoing=True)
    with acting_as(worker):
        assert len(path.current(case)) == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            Episode.objects.update(at=timezone.now() - timedelta(days=1))


def test_a_correction_is_a_version_and_two_at_once_are_told(paris):
    case, worker = led(paris)
    first = write(worker, case, began="2023")
    with acting_as(worker):
        second = path.write_episode(
            worker, case.pk, data={"form": "domestic_servitude", "began": "2022-11"}, replaces=first.pk
        )
        (now,) = path.current(case)
        assert now.pk == second.pk and [old.data["began"] for old in now.former] == ["2023"]
        with pytest.raises(WrongState):
            path.write_episode(worker, case.pk, data={"form": "unknown"}, replaces=first.pk)
        path.remove_episode(worker, case.pk, second.pk)
        assert path.current(case) == [] and Episode.objects.count() == 3
        with pytest.raises(WrongState):
            path.remove_episode(worker, case.pk, second.pk)
    other, hers = led(paris)
    with acting_as(hers), pytest.raises(NotFound):
        path.remove_episode(hers, other.pk, first.pk)


def test_the_main_form_is_said_by_the_lead_alone(paris):
    case, worker = led(paris)
    full = f.member(f.shelter())
    f.orientation(worker, case, full.agency, state="accepted", level=3, answerer=full)
    with acting_as(full), pytest.raises(NotAllowed):
        path.write_episode(full, case.pk, data={"form": "forced_begging"}, main=True)
    with acting_as(worker):
        path.write_episode(worker, case.pk, data={"form": "forced_begging"}, main=True)
        assert Case.objects.get(pk=case.pk).form == "forced_begging"
        assert CaseAccess.objects.of(worker).get().form == "forced_begging"


@pytest.mark.parametrize(
    ("began", "ended", "said"),
    [
        ("2023", "2024", None),
        ("03/2024", "15/03/2024", None),
        ("2024", "03/2024", None),
        ("15/03/2024", "2024", None),
        ("2024", "2023", "La fin est avant le début"),
        ("04/2024", "03/2024", "La fin est avant le début"),
        ("31/02/2024", "", "n'existe pas"),
        ("13/2024", "", "n'existe pas"),
        ("hier", "", "Écrivez une année"),
        ("2099", "", "à venir"),
        ("1850", "", "trop ancienne"),
    ],
)
def test_dates_are_as_precise_as_they_are_known(paris, began, ended, said):
    case, worker = led(paris)
    page = Hand(worker).post("case-path", case.pk, act="episode", form="unknown", began=began, ended=ended)
    if said is None:
        assert page.status_code == 302
    else:
        assert page.status_code == 200 and said in text(page) and f'value="{began}"' in text(page)


def test_the_page_of_the_path(paris):
    case, worker = led(paris)
    hand = Hand(worker)
    assert "Aucun épisode" in text(hand.get("case-path", case.pk))
    wrong = hand.post("case-path", case.pk, act="episode", form="unknown", where="Atlantide", note="Ce qui fut dit.")
    assert wrong.status_code == 200 and "Atlantide" in text(wrong) and "Ce qui fut dit." in text(wrong)
    both = hand.post("case-path", case.pk, act="episode", form="unknown", ended="2024", ongoing="on")
    assert "Cela continue ou c'est fini" in text(both)
    hand.post("case-path", case.pk, act="episode", form="labour_exploitation", where="italie", began="05/2023")
    hand.post("case-path", case.pk, act="episode", form="forced_begging", where="75", began="2021", ended="2022")
    page = text(hand.get("case-path", case.pk))
    assert page.index("de 2021 à 2022") < page.index("à partir de 05/2023")
    assert "Italie" in page and "Paris" in page
    with acting_as(worker):
        episode = path.current(case)[1]
    assert 'value="Italie"' in text(hand.get("episode-correct", case.pk, episode.pk))
    hand.post("episode-correct", case.pk, episode.pk, form="labour_exploitation", where="Espagne", began="05/2023")
    page = text(hand.get("case-path", case.pk))
    assert "Espagne" in page and "1 version précédente" in page
    assert hand.get("episode-correct", case.pk, episode.pk).status_code == 404
    stale = hand.post("episode-correct", case.pk, episode.pk, form="unknown")
    assert stale.status_code == 409


def test_the_survey_answers_are_kept_once(paris):
    case, worker = led(paris)
    hand = Hand(worker)
    wrong = hand.post("case-path", case.pk, act="profile", sex="female", nationality="Nulle part")
    assert wrong.status_code == 200 and "Nulle part" in text(wrong)
    hand.post("case-path", case.pk, act="profile", sex="female", nationality="roumanie", support=["safe_housing"])
    hand.post("case-path", case.pk, act="profile", sex="female", nationality="Roumanie", age_group="18_24")
    with acting_as(worker):
        assert Profile.objects.get().data == {"sex": "female", "nationality": "RO", "age_group": "18_24"}
    assert 'value="Roumanie"' in text(hand.get("case-path", case.pk))
    with acting_as(paris):
        assert Profile.objects.count() == 0


def test_the_path_and_the_place_cost_the_same_for_two_and_twenty(paris):
    case, worker = led(paris)
    hand, costs = Hand(worker), []
    for more in (2, 18):
        for n in range(more):
            first = write(worker, case, department="75", began=str(2000 + n))
            with acting_as(worker):
                path.write_episode(worker, case.pk, data=first.data | {"ongoing": True}, replaces=first.pk)
        move(worker, case, "13")
        move(worker, case, "75")
        found = []
        for route in ("case-path", "case-place"):
            hand.get(route, case.pk)
            with CaptureQueriesContext(connection) as asked:
                assert hand.get(route, case.pk).status_code == 200
            found.append(len(asked))
        costs.append(found)
    assert costs[0] == costs[1]
