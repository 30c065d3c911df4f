"""Where a commitment stands: who says it, who checks it, who contests it, and since when it is asked."""

from datetime import date

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from plans.commitments.datasets import rows as dataset_rows
from plans.commitments.operations import commitments as ops
from plans.commitments.selectors.repetitions import certainly_before, chains, years_since
from plans.models import (
    Commitment,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentStatus,
    Measure,
)
from plans.models.bodies import STATE
from tests import factories as f
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SAID = {"status": "in_progress", "on": date(2026, 10, 1), "text": "Un décret est en préparation."}


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except ProgrammingError as error:
        assert error.__cause__.pgcode == "42501"
        return True
    return False


def stated(actor, code="G1-04", **changes):
    with acting_as(actor):
        return ops.state_progress(actor, code, **{**SAID, **changes})


def test_the_statuses_are_those_of_the_pack():
    pack = yaml.safe_load((settings.BASE_DIR / "data" / "commitments.yaml").read_text())
    assert CommitmentStatus.values == [entry["code"] for entry in pack["statuses"]]


# -- the official position --------------------------------------------------------------------------------------------
def test_a_ministry_states_for_itself_and_the_last_position_counts():
    justice = people.ministry("dacg")
    stated(justice)
    stated(justice, status="partial", on=date(2026, 11, 2), text="Le décret est publié.")
    stated(justice, status="not_started", on=date(2026, 1, 5), text="Rappel de l'état de janvier.")
    with acting_as(justice):
        found = list(Commitment.objects.get(pk="G1-04").progress.all())
        assert [p.status for p in found] == ["partial", "in_progress", "not_started"], "by day, the last one first"
        assert {p.responsible_id for p in found} == {"dacg"}
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="commitment.progress").count() == 3


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (lambda: people.ministry("dgt", Kind.LABOUR), False),  # another body is in charge
        (lambda: people.cncdh(), False),
        (lambda: people.speaker(), False),
        (lambda: people.ministry(None), False),  # a ministry's unit that speaks for no body
        (lambda: people.speaker(Kind.JUSTICE, Role.CASE_WORKER, body="dacg"), False),  # the body, without the role
        (lambda: people.ministry("dacg"), True),
        (lambda: people.coordination(), True),
    ],
)
def test_who_states_where_a_body_is_in_charge(who, may):
    """By the operation, and by the bare table as the application's role."""
    stated(people.ministry("dacg"))
    actor = who()

    def bare():
        body = actor.agency.profile_id or "dacg"
        row = CommitmentProgress(commitment_id="G1-04", responsible_id=body, agency=actor.agency, by=actor, **SAID)
        CommitmentProgress.objects.bulk_create([row])

    with acting_as(actor):
        if may:
            ops.state_progress(actor, "G1-04", **SAID)
            bare()
        else:
            with pytest.raises(NotAllowed):
                ops.state_progress(actor, "G1-04", **SAID)
            assert refused(bare)


def test_a_ministry_cannot_name_another_in_charge_and_the_coordination_can():
    justice, coordination = people.ministry("dacg"), people.coordination()
    labour = Directory.objects.get(pk="dgt")
    assert stated(justice, "G1-05", responsible=labour).responsible_id == "dacg", "it speaks for itself"

    def bare(actor, agency=None, by=None):
        row = CommitmentProgress(
            commitment_id="G1-06", responsible_id="dgt", agency=agency or actor.agency, by=by or actor, **SAID
        )
        CommitmentProgress.objects.bulk_create([row])

    with acting_as(justice):
        assert refused(lambda: bare(justice))
        assert refused(lambda: bare(justice, agency=coordination.agency, by=coordination)), "nor sign for another"
    assert stated(coordination, "G1-06", responsible=labour).responsible_id == "dgt"
    with acting_as(justice), pytest.raises(NotAllowed):
        ops.state_progress(justice, "G1-06", **SAID)


def test_a_position_is_never_rewritten_and_done_shows_its_evidence():
    justice = people.ministry("dacg")
    made = stated(justice)
    with acting_as(justice):
        assert refused(lambda: CommitmentProgress.objects.filter(pk=made.pk).update(status="done"))
        assert refused(lambda: CommitmentProgress.objects.filter(pk=made.pk)._raw_delete("default"))
        with pytest.raises(Exception, match="done_shows_its_evidence"), transaction.atomic():
            ops.state_progress(justice, "G1-04", **{**SAID, "status": "done"})
        with pytest.raises(Exception, match="contested_comes_from_an_opinion"), transaction.atomic():
            ops.state_progress(justice, "G1-04", **{**SAID, "status": "contested"})
        ops.state_progress(justice, "G1-04", **{**SAID, "status": "done", "evidence": "Décret du 3 mars 2026"})


def test_the_list_of_state_kinds_is_the_same_in_the_database():
    for kind in Kind.values:
        actor = people.speaker(kind, body="dacg")
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.policy_state()")
            assert cursor.fetchone()[0] is (kind in STATE), kind


# -- its check --------------------------------------------------------------------------------------------------------
def test_the_coordination_checks_once_and_what_is_missing_stays_among_members():
    justice, coordination = people.ministry("dacg"), people.coordination()
    first, second = stated(justice), stated(justice, on=date(2026, 10, 2))
    with acting_as(justice), pytest.raises(NotAllowed):
        ops.check_progress(justice, first.pk, verdict="confirmed")
    with acting_as(coordination):
        ops.check_progress(coordination, first.pk, verdict="confirmed")
        with pytest.raises(WrongState):
            ops.check_progress(coordination, first.pk, verdict="to_complete", text="Quelle date ?")
        ops.check_progress(coordination, second.pk, verdict="to_complete", text="Quelle date ?")
    with acting_as(justice):
        assert CommitmentCheck.objects.count() == 2
        row = CommitmentCheck(progress=second, verdict="confirmed", agency=justice.agency, by=justice)
        assert refused(lambda: CommitmentCheck.objects.bulk_create([row]))
        assert refused(lambda: CommitmentCheck.objects.update(text=""))
    assert [c.verdict for c in CommitmentCheck.objects.all()] == ["confirmed"], "the public reads what is confirmed"


# -- opinions beside it -----------------------------------------------------------------------------------------------
def test_a_draft_opinion_is_its_unit_s_alone_and_stays_once_released():
    cncdh, collective, coordination = people.cncdh(), people.collective(), people.coordination()
    with acting_as(cncdh):
        ops.write_opinion(cncdh, "G1-04", stance="contests", text="Aucun texte n'est paru.")
        ops.write_opinion(cncdh, "G1-04", stance="contests", text="Aucun texte n'est paru à ce jour.")
        assert CommitmentOpinion.objects.get().text == "Aucun texte n'est paru à ce jour."
    assert not CommitmentOpinion.objects.exists(), "nor the public"
    for other in (collective, coordination, people.ministry()):
        with acting_as(other):
            assert not CommitmentOpinion.objects.exists(), other
    with acting_as(cncdh):
        made = ops.write_opinion(cncdh, "G1-04", stance="contests", text="Aucun texte n'est paru.", release=True)
    assert CommitmentOpinion.objects.get().text == "Aucun texte n'est paru.", "the public too"
    with acting_as(collective):
        assert CommitmentOpinion.objects.get().text == "Aucun texte n'est paru."
    with acting_as(cncdh):
        assert CommitmentOpinion.objects.filter(pk=made.pk).update(text="Autre") == 0
        assert CommitmentOpinion.objects.filter(pk=made.pk)._raw_delete("default") == 0
        newer = ops.write_opinion(cncdh, "G1-04", stance="partly", text="Un décret est paru.", release=True)
        assert list(CommitmentOpinion.objects.current()) == [newer]
        assert CommitmentOpinion.objects.count() == 2, "the former one stays"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("position", [True, False])
def test_open_data_says_the_stance_in_words(language, position):
    """« (alone) » was published, a code that no file explained."""
    cncdh = people.cncdh()
    if position:
        stated(people.ministry())
    with acting_as(cncdh):
        ops.write_opinion(cncdh, "G1-04", stance="contests", text="Aucun texte n'est paru.", release=True)
    with translation.override(language):  # whatever the worker speaks
        [said] = next(row for row in dataset_rows() if row["code"] == "G1-04")["opinions"]
    words = "Conteste la position officielle" if position else "Donné sans position officielle enregistrée"
    assert said == f"CNCDH ({words}) : Aucun texte n'est paru."


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (lambda: people.ministry(), False),
        (lambda: people.coordination(), False),
        (lambda: people.speaker(Kind.LABOUR), False),  # of the State, and it speaks for no body
        (lambda: f.member(f.agency(Kind.NGO, desk=False), Role.CASE_WORKER), False),
        (lambda: people.cncdh(), True),
        (lambda: people.speaker(Kind.UNION), True),
        (lambda: people.speaker(Kind.EMPLOYER), True),
        (lambda: people.speaker(), True),
    ],
)
def test_who_gives_an_opinion(who, may):
    actor = who()

    def bare(agency=actor.agency):
        row = CommitmentOpinion(commitment_id="G1-05", stance="agrees", text="Oui.", agency=agency, by=actor)
        CommitmentOpinion.objects.bulk_create([row])

    with acting_as(actor):
        if may:
            ops.write_opinion(actor, "G1-04", stance="agrees", text="Oui.")
            bare()
            assert refused(lambda: bare(people.cncdh().agency)), "nobody speaks for another unit"
        else:
            with pytest.raises(NotAllowed):
                ops.write_opinion(actor, "G1-04", stance="agrees", text="Oui.")
            assert refused(bare)


def test_nobody_agrees_with_a_position_that_does_not_exist():
    cncdh, justice = people.cncdh(), people.ministry()
    with acting_as(cncdh):
        first = ops.write_opinion(cncdh, "G1-04", stance="contests", text="Aucun texte n'est paru.", release=True)
        assert first.stance == "alone", "there is nothing to contest"
    with acting_as(justice):
        ops.state_progress(justice, "G1-04", **SAID)
    with acting_as(cncdh):
        second = ops.write_opinion(cncdh, "G1-04", stance="contests", text="Rien n'a changé.", release=True)
        assert second.stance == "contests"
        with pytest.raises(WrongState):
            ops.write_opinion(cncdh, "G1-04", stance="alone", text="Rien n'a changé.")


def test_a_draft_is_thrown_away_by_its_unit_alone():
    cncdh, collective = people.cncdh(), people.collective()
    with acting_as(cncdh):
        ops.write_opinion(cncdh, "G1-04", stance="partly", text="À voir.")
    with acting_as(collective), pytest.raises(WrongState):
        ops.discard_opinion(collective, "G1-04")
    with acting_as(cncdh):
        ops.discard_opinion(cncdh, "G1-04")
        assert not CommitmentOpinion.objects.exists()


# -- adding, linking --------------------------------------------------------------------------------------------------
NEW = {"body_id": "cncdh", "theme_id": "training", "urgency_id": "recommend", "text_fr": "Former les greffiers."}


def test_the_coordination_and_cncdh_add_the_others_do_not():
    for actor in (people.cncdh(), people.coordination()):
        with acting_as(actor):
            made = ops.add_commitment(actor, from_text=None, source_title="Avis de 2026", source_dated="2026-05", **NEW)
            assert (made.from_text.title_fr, made.from_text.dated, made.provenance) == (
                "Avis de 2026", "2026-05", "entered",
            )  # fmt: skip
    with as_role("nrm_owner"):
        assert list(Commitment.objects.filter(code__startswith="A-").values_list("code", flat=True)) == ["A-01", "A-02"]
    for actor in (people.ministry(), people.collective(), people.speaker(Kind.INDEPENDENT)):
        with acting_as(actor):
            with pytest.raises(NotAllowed):
                ops.add_commitment(actor, from_text=None, source_title="Avis", source_dated="2026", **NEW)
            row = Commitment(code="X-1", order=999, from_text_id="cncdh2023", **NEW)
            assert refused(lambda row=row: Commitment.objects.bulk_create([row]))


def test_links_are_the_coordination_s_and_the_pack_leaves_them_alone_after():
    coordination, cncdh = people.coordination(), people.cncdh()
    measure = Measure.objects.public().first()
    older = Commitment.objects.get(pk="G2-01")
    with acting_as(cncdh), pytest.raises(NotAllowed):
        ops.link_measure(cncdh, "G3-02", measure)
    with acting_as(coordination):
        ops.link_measure(coordination, "G3-02", measure)
        ops.link_repeat(coordination, "G3-02", older)
        for code in ("G1-04", "R-02", "R-03", "O-01"):
            ops.unlink(coordination, "G3-02", f"repeat/{code}")
        with pytest.raises(WrongState):
            ops.unlink(coordination, "G3-02", "repeat/G1-04")  # no longer linked
        with pytest.raises(WrongState):
            ops.link_repeat(coordination, "G3-02", Commitment.objects.get(pk="G3-02"))
        assert [c.pk for c in Commitment.objects.get(pk="G3-02").repeats.all()] == ["G2-01"]
    call_command("load_plans", verbosity=0)
    found = Commitment.objects.get(pk="G3-02")
    assert ([m.pk for m in found.measures.all()], [c.pk for c in found.repeats.all()]) == ([measure.pk], ["G2-01"])


def test_a_line_put_aside_is_no_longer_there_for_the_others():
    with as_role("nrm_owner"):
        Commitment.objects.filter(pk="G1-04").update(active=False)
    justice = people.ministry()
    with acting_as(justice), pytest.raises(NotFound):
        ops.state_progress(justice, "G1-04", **SAID)


# -- asked again and again --------------------------------------------------------------------------------------------
def test_the_national_mechanism_was_asked_by_all_of_them_since_2013():
    """Mission, section 4: GRETA 2013 and 2022, OSCE 2021 and 2024, CNCDH 2019, 2020, 2023."""
    found = {c.pk: c for c in Commitment.objects.public()}
    chain = chains([found["O-05"]])["O-05"]
    asked = [(c.body_id, c.from_text.dated[:4]) for c in chain.before]
    assert {
        ("greta", "2013"), ("cncdh", "2019"), ("cncdh", "2020"), ("osce", "2021"), ("greta", "2022"), ("cncdh", "2023"),
    } <= set(asked)  # fmt: skip
    assert (chain.first.pk, chain.years(date(2026, 11, 24)), chain.repeated) == ("G1-04", 13, True)
    first = chains([found["G1-04"]])["G1-04"]
    assert (first.before, first.years(date(2026, 1, 27)), first.times) == ([], 12, 9)
    assert {chains([c])[c.pk].times for c in first.every} == {9}, "the same number, whichever one reads"
    assert [c.from_text.dated for c in first.every] == sorted(c.from_text.dated for c in first.every)
    alone = chains([found["G3-04"]])["G3-04"]
    assert (alone.repeated, alone.times, alone.years(date(2026, 11, 24))) == (False, 1, 4)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2021-07-02", "2022-02-18", True),
        ("2022-02-18", "2021-07-02", False),
        ("2022", "2022-02-18", False),  # the day of the first is not known
        ("2022-02-18", "2022", False),
        ("2022", "2023-01", True),
        ("", "2023", False),
    ],
)
def test_before_for_certain(one, other, before):
    assert certainly_before(one, other) is before


@pytest.mark.parametrize(
    ("dated", "years"),
    [
        ("2013-01-28", 13),
        ("2013-11-24", 13),
        ("2013-11-25", 12),
        ("2013-11", 12),  # perhaps the 30th
        ("2013", 12),
        ("2026", 0),
        ("2027", 0),
        ("", None),
    ],
)
def test_years_gone_by_for_certain(dated, years):
    assert years_since(dated, date(2026, 11, 24)) == years


def test_links_of_links_count_once_and_never_turn_in_circles():
    with as_role("nrm_owner"):
        a, b, c = Commitment.objects.filter(pk__in=["G1-02", "G2-08", "G3-04"]).order_by("order")
        c.repeats.set([b])
        b.repeats.set([a])
        a.repeats.set([c])  # a mistake somebody made
    found = chains([c])[c.pk]
    assert [x.pk for x in found.before] == ["G1-02", "G2-08"]
