"""Evaluations: nothing leaks before release, by page, count or bare query; released, nothing is rewritten."""

from datetime import date
from html import unescape

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from plans.evaluation import operations as ops
from plans.evaluation.selectors.crossing import compare_plan
from plans.models import Evaluation, EvaluationNote, MeasureOpinion, Plan, RightOfReply
from tests import factories as f
from tests.plans import people
from tests.plans.test_access import refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db

MARK = "MARQUEUR-BROUILLON"
FIRST, SECOND, THIRD = "plan2-m08", "plan2-m09", "plan2-m16"
SAID = {"status": "done", "score": 4, "evidence": MARK, "comment": MARK}


def plan(code="plan2") -> Plan:
    return Plan.objects.get(code=code)


def draft(actor, opinions=None, **head) -> Evaluation:
    with acting_as(actor):
        made = ops.start_evaluation(actor, "plan2", "final")
        ops.save_evaluation(actor, made.pk, head={"text_fr": MARK, **head}, opinions=opinions or {FIRST: SAID})
    return made


def release(actor, made) -> Evaluation:
    return people.released(actor, made)


def signed(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    client.hat = {"_membership": member.pk}
    return client


def pages(made) -> list[str]:
    """Every page that could tell of it."""
    return [
        reverse("plans:hub"),
        reverse("plans:evaluation-list"),
        reverse("plans:evaluation-detail", args=[made.pk]),
        reverse("plans:evaluation-release", args=[made.pk]),
        reverse("policy:evaluations"),
        reverse("policy:evaluation", args=[made.pk]),
        reverse("policy:crossing", args=["plan2"]),
        reverse("policy:crossing", args=["plan2"]) + "?tri=gap&avis=one",
        reverse("policy:home"),
    ]


# -- before release ---------------------------------------------------------------------------------------------------
OTHERS = {
    "coordination": people.coordination,
    "ministry": people.ministry,
    "another unit that speaks for the same body": people.cncdh,
    "collective": people.collective,
    "association": people.speaker,
}


@pytest.mark.parametrize("who", OTHERS)
def test_a_draft_is_nowhere_for_every_other_unit(who):
    author, other = people.cncdh(), OTHERS[who]()
    before = Evaluation.objects.count(), MeasureOpinion.objects.count()
    made = draft(author)
    with acting_as(other):
        # bare queries, no filter of ours: the policy alone
        assert (Evaluation.objects.count(), MeasureOpinion.objects.count()) == before
        assert not Evaluation.objects.filter(plan=plan(), state="draft").exists()
        assert not MeasureOpinion.objects.filter(evidence=MARK).exists()
        assert Evaluation.objects.filter(pk=made.pk).update(text_fr="pris") == 0
        assert MeasureOpinion.objects.filter(evaluation=made.pk).update(comment="pris") == 0
        assert Evaluation.objects.filter(pk=made.pk).delete()[0] == 0
        with pytest.raises(NotFound):
            ops.release_evaluation(other, made.pk)
        assert [row.cells for row in compare_plan(plan()).rows if row.measure["code"] == FIRST and row.opinions] == []
    client = signed(other)
    for address in pages(made):
        answer = client.get(address)
        assert MARK not in answer.content.decode(), address
        assert answer.status_code == (404 if str(made.pk) in address else 200), address


def test_a_draft_is_nowhere_for_the_public_and_whole_for_its_own_unit():
    author = people.cncdh()
    made = draft(author)
    for address in pages(made)[4:]:
        answer = Client().get(address)
        assert MARK not in answer.content.decode(), address
    assert MARK in signed(author).get(reverse("plans:evaluation-detail", args=[made.pk])).content.decode()
    with acting_as(author):
        assert Evaluation.objects.filter(pk=made.pk).exists()
        assert not any(row.opinions for row in compare_plan(plan()).rows if row.measure["code"] == FIRST), (
            "not even one's own draft is crossed before its release"
        )


def test_an_evaluator_evaluates_and_the_others_do_not():
    for actor in (people.ministry(), people.speaker()):
        with acting_as(actor), pytest.raises(NotAllowed):
            ops.start_evaluation(actor, "plan2", "final")
        with acting_as(actor):
            version = plan().versions.first()
            assert refused(
                lambda a=actor, v=version: Evaluation.objects.bulk_create(
                    [Evaluation(plan=plan(), version=v, evaluator_id="dacg", agency=a.agency, by=a, kind="final")]
                )
            )
    collective = people.collective()
    with acting_as(collective):
        made = ops.start_evaluation(collective, "plan2", "final")
        assert ops.start_evaluation(collective, "plan2", "yearly") == made, "the draft already begun"
        version = plan().versions.first()
        borrowed = Evaluation(
            plan=plan("plan1"),
            version=version,
            evaluator_id="cncdh",
            agency=collective.agency,
            by=collective,
            kind="final",
        )
        assert refused(lambda: Evaluation.objects.bulk_create([borrowed])), "nobody speaks for another body"
        with pytest.raises(WrongState):
            ops.start_evaluation(collective, "plan4", "final")  # a draft plan has no version


# -- release ----------------------------------------------------------------------------------------------------------
def test_released_it_is_public_at_once_and_frozen():
    author = people.cncdh()
    made = draft(author)
    release(author, made)
    body = Client().get(reverse("policy:evaluation", args=[made.pk])).content.decode()
    assert MARK in body
    with as_role("nrm_owner"):
        told = Entry.objects.filter(subject="evaluation", subject_id=str(made.pk)).values_list("action", flat=True)
        assert set(told) == {"evaluation.start", "evaluation.ask", "evaluation.release"}
    with acting_as(author):
        for act in (
            lambda: ops.save_evaluation(author, made.pk, head={"text_fr": "autre"}),
            lambda: ops.release_evaluation(author, made.pk),
            lambda: ops.discard_evaluation(author, made.pk),
        ):
            with pytest.raises(WrongState):
                act()
        assert Evaluation.objects.filter(pk=made.pk).update(text_fr="réécrit") == 0
        assert refused(lambda: Evaluation.objects.filter(pk=made.pk).update(state="draft"), DatabaseError)
        assert MeasureOpinion.objects.filter(evaluation=made.pk).update(status="not_done") == 0
        assert MeasureOpinion.objects.filter(evaluation=made.pk).delete()[0] == 0
        late = MeasureOpinion(evaluation=made, measure=SECOND, status="done")
        assert refused(lambda: MeasureOpinion.objects.bulk_create([late]), DatabaseError)


def test_an_empty_evaluation_is_not_released():
    author = people.cncdh()
    with acting_as(author):
        made = ops.start_evaluation(author, "plan2", "final")
        with pytest.raises(WrongState):
            ops.ask_release(author, made.pk)
        with pytest.raises(NotFound):
            ops.save_evaluation(author, made.pk, opinions={"plan1-m01": SAID})  # a measure of another plan


def test_a_correction_is_a_dated_note_by_its_evaluator_alone():
    author, other = people.cncdh(), people.collective()
    made = draft(author)
    with acting_as(author), pytest.raises(WrongState):
        ops.add_note(author, made.pk, "Trop tôt")
    release(author, made)
    with acting_as(other):
        with pytest.raises(NotAllowed):
            ops.add_note(other, made.pk, "Non")
        note = EvaluationNote(evaluation=made, text="Non", agency=other.agency, by=other)
        assert refused(lambda: EvaluationNote.objects.bulk_create([note]))
    with acting_as(author):
        ops.add_note(author, made.pk, "MARQUEUR-CORRECTION")
        assert refused(lambda: EvaluationNote.objects.update(text="autre"))
    said = Client().get(reverse("policy:evaluation", args=[made.pk])).content.decode()
    assert "MARQUEUR-CORRECTION" in said
    assert MARK in said, "what was released stays"


def test_the_body_in_charge_replies_once_released_and_nobody_else():
    """dgcs leads a measure of plan 3 (pack); dgt leads another; miprof leads the plan."""
    author, dgcs, dgt = people.cncdh(), people.ministry("dgcs"), people.ministry("dgt")
    mine, theirs = "plan3-x06", "plan3-x14"
    with acting_as(author):
        made = ops.start_evaluation(author, "plan3", "final")
        ops.save_evaluation(author, made.pk, opinions={mine: SAID, theirs: SAID})
    with acting_as(dgcs), pytest.raises(NotFound):
        ops.reply(dgcs, made.pk, measure=mine, text="Trop tôt")
    release(author, made)
    with acting_as(dgcs):
        assert [opinion.measure for opinion in ops.to_answer(dgcs)] == [mine]
        ops.reply(dgcs, made.pk, measure=mine, text="MARQUEUR-REPONSE")
        assert ops.to_answer(dgcs) == []
        for measure in (theirs, ""):
            with pytest.raises(NotAllowed):
                ops.reply(dgcs, made.pk, measure=measure, text="Non")
            row = RightOfReply(
                evaluation=made, measure=measure, body_id="dgcs", text="Non", agency=dgcs.agency, by=dgcs
            )
            assert refused(lambda r=row: RightOfReply.objects.bulk_create([r])), measure
        assert refused(lambda: RightOfReply.objects.update(text="autre"))
    with acting_as(dgt):
        stolen = RightOfReply(evaluation=made, measure=mine, body_id="dgcs", text="Non", agency=dgt.agency, by=dgt)
        assert refused(lambda: RightOfReply.objects.bulk_create([stolen]))
    coordination = people.coordination()
    with acting_as(coordination):
        ops.reply(coordination, made.pk, text="MARQUEUR-PLAN")
        with pytest.raises(NotAllowed):
            ops.reply(coordination, made.pk, measure=mine, text="Non")
    said = Client().get(reverse("policy:evaluation", args=[made.pk])).content.decode()
    assert "MARQUEUR-REPONSE" in said
    assert "MARQUEUR-PLAN" in said


# -- crossing ---------------------------------------------------------------------------------------------------------
def opinion(status, score=None, comment=""):
    return {"status": status, "score": score, "evidence": "", "comment": comment}


def test_two_evaluators_disagree_and_the_crossing_says_so():
    rapporteur, collective = people.cncdh(), people.collective()
    theirs = {FIRST: opinion("done", 4), SECOND: opinion("partial"), THIRD: opinion("started", 1)}
    ours = {FIRST: opinion("not_done", 1), SECOND: opinion("partial"), THIRD: opinion("partial", 2)}
    made = draft(rapporteur, theirs), draft(collective, ours)
    address = reverse("policy:crossing", args=["plan2"])
    before = Client().get(address).content.decode()
    release(rapporteur, made[0])
    half = {row.measure["code"]: row.verdict for row in compare_plan(plan()).rows}
    assert [half[code] for code in (FIRST, SECOND, THIRD)] == ["one"] * 3, "the other's draft does not count"
    release(collective, made[1])
    found = compare_plan(plan())
    rows = {row.measure["code"]: row for row in found.rows}
    assert [rows[code].verdict for code in (FIRST, SECOND, THIRD)] == ["wide_gap", "agreement", "gap"]
    assert (rows[FIRST].gap, str(rows[FIRST].points)) == (4, "3 points d'écart")
    assert [body.pk for body in rows[FIRST].missing] == ["miprof"]
    # the pack's own opinions of CNCDH 2023 on measures 1 to 6 stay: the collective says nothing of them
    assert [rows[f"plan2-m0{n}"].verdict for n in range(1, 7)] == ["one"] * 6
    assert {total["code"]: total["count"] for total in found.totals} == {
        "wide_gap": 1, "gap": 1, "agreement": 1, "one": 6, "none": len(found.rows) - 9,
    }  # fmt: skip
    assert [row.measure["code"] for row in found.sorted("gap")][:2] == [FIRST, THIRD]
    body = unescape(Client().get(address + "?tri=gap&avis=wide_gap").content.decode())
    assert "Écart important" in body
    assert rows[FIRST].measure["title_fr"][:20] in body
    assert rows[SECOND].measure["title_fr"][:20] not in body.split("rp-list")[1].split("</table>")[0]
    assert "Écart important" not in before


def test_the_last_word_of_an_evaluator_counts():
    rapporteur = people.cncdh()
    for status, on in (("done", date(2024, 1, 1)), ("not_done", date(2025, 1, 1)), ("started", date(2023, 6, 1))):
        release(rapporteur, draft(rapporteur, {FIRST: opinion(status)}, on=on))
    row = next(row for row in compare_plan(plan()).rows if row.measure["code"] == FIRST)
    assert row.opinions["cncdh"].status == "not_done"


def test_the_pack_is_loaded_as_released_history_with_its_source():
    known = Evaluation.objects.exclude(code=None)
    assert known.count() == 9
    assert set(known.values_list("state", flat=True)) == {"released"}
    said = MeasureOpinion.objects.filter(evaluation__code="ev2-cncdh-2023").order_by("measure")
    assert list(said.values_list("measure", "status")) == [
        ("plan2-m01", "partial"), ("plan2-m02", "not_done"), ("plan2-m03", "partial"),
        ("plan2-m04", "not_done"), ("plan2-m05", "partial"), ("plan2-m06", "partial"),
    ]  # fmt: skip
    page = Client().get(reverse("policy:evaluation", args=[known.get(code="ev2-cncdh-2023").pk])).content.decode()
    assert "cncdh.fr" in page
    assert "Lu dans la source citée" in page


# -- pages ------------------------------------------------------------------------------------------------------------
def test_the_grid_keeps_each_answer_that_holds_and_says_what_does_not():
    author = people.cncdh()
    with acting_as(author):
        made = ops.start_evaluation(author, "plan2", "final")
    client = signed(author)
    address = reverse("plans:evaluation-detail", args=[made.pk])
    head = {"kind": "final", "on": "2025-03-01", "text_fr": "Vu", "title_fr": "", "title_en": "", "text_en": ""}
    grid = {f"{FIRST}-status": "done", f"{FIRST}-score": "9", f"{FIRST}-evidence": "Rapport", f"{FIRST}-comment": "Oui"}
    answer = client.post(address, {**client.hat, **head, **grid, "go": "auto"})
    assert "Enregistré à" in answer.content.decode()
    assert "ne convient pas" in answer.content.decode()
    with acting_as(author):
        kept = MeasureOpinion.objects.get(evaluation=made)
        assert (kept.measure, kept.status, kept.score, kept.evidence) == (FIRST, "done", None, "Rapport")
    answer = client.post(address, {**client.hat, **head, "on": "2999-01-01", **grid, "go": "save"})
    assert answer.status_code == 200
    assert "Choisissez aujourd" in answer.content.decode()
    assert "Rapport" in answer.content.decode(), "what was typed is kept"
    answer = client.post(address, {**client.hat, **head, f"{FIRST}-status": "", f"{FIRST}-evidence": "", "go": "check"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/publier/")


def test_release_asks_first_and_the_reply_page_is_for_those_in_charge():
    author, dacg = people.cncdh(), people.ministry("dacg")
    colleague = f.member(author.agency, Role.POLICY)
    made = draft(author)
    client = signed(author)
    address = reverse("plans:evaluation-release", args=[made.pk])
    shown = client.get(address).content.decode()
    assert "rien ne peut être repris" in shown
    with acting_as(author):
        assert Evaluation.objects.get(pk=made.pk).state == "draft"
    assert client.post(address, {**client.hat, "act": "ask"}).status_code == 302
    second = signed(colleague)
    assert second.post(address, {**second.hat, "act": "release"}).status_code == 302
    assert client.get(address).status_code == 302
    assert signed(dacg).get(reverse("plans:evaluation-reply", args=[made.pk])).status_code == 403
    assert signed(people.coordination()).get(reverse("plans:evaluation-reply", args=[made.pk])).status_code == 200


def test_the_crossing_asks_as_much_for_two_opinions_as_for_ten():
    rapporteur = people.cncdh()
    address = reverse("policy:crossing", args=["plan2"])

    def asked():
        Client().get(address)
        with CaptureQueriesContext(connection) as seen:
            Client().get(address)
        return len(seen)

    release(rapporteur, draft(rapporteur, {FIRST: opinion("done")}))
    few = asked()
    codes = [row.measure["code"] for row in compare_plan(plan()).rows]
    collective = people.collective()
    release(collective, draft(collective, {code: opinion("done") for code in codes[:10]}))
    assert asked() == few


def test_what_waits_for_an_answer_is_named_by_its_measure():
    author, dgcs = people.cncdh(), people.ministry("dgcs")
    with acting_as(author):
        made = ops.start_evaluation(author, "plan3", "final")
        ops.save_evaluation(author, made.pk, opinions={"plan3-x06": SAID, "plan3-x14": SAID})
    release(author, made)
    shown = unescape(signed(dgcs).get(reverse("plans:evaluation-list")).content.decode())
    assert "Soutenir durant trois ans des projets associatifs" in shown
    assert "Faire piloter en région" not in shown, "dgt leads it"
