"""The gate and the differences between versions, over contents written by hand: pure functions, expected by hand."""

import copy

import pytest
from django.utils import translation

from plans.plan.rules import gate
from plans.plan.rules.changes import changes

PLAN = {
    "code": "plan9", "title_fr": "Plan d'essai", "title_en": "", "lead": "miprof", "start": "2028-01-01", "end": None,
    "measures_announced": None, "axes_announced": None, "summary_fr": "",
}  # fmt: skip
AXES = [{"code": "a1", "number": 1, "title_fr": "Protéger"}, {"code": "a2", "number": 2, "title_fr": "Poursuivre"}]


def metric(**more):
    base = {"label_fr": "Places ouvertes", "unit": "places", "baseline": "40.00", "target": "80.00"}
    return {**base, "baseline_on": None, "target_on": "2029-12-31", "label_en": "", "feed": "", **more}


def measure(code="m1", **more):
    base = {
        "code": code, "number": 1, "place": 1, "title_fr": "Ouvrir des places", "title_en": "", "text_fr": "",
        "lead": "dgcs", "start": "2028-01-01", "end": "2029-12-31", "not_funded": False, "not_funded_reason": "",
        "procedures": [], "tags": [], "axis": "a1", "carried_from": None, "partners": [], "commitments": [],
        "envelopes": ["e1"], "steps": [], "metrics": [metric()],
    }  # fmt: skip
    return {**base, **more}


def content(*measures, **plan):
    return {"plan": {**PLAN, **plan}, "axes": copy.deepcopy(AXES), "measures": list(measures)}


# -- the gate ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "lacks"),
    [
        ({}, ()),
        ({"lead": None}, ("lead",)),
        ({"end": None}, ("date",)),
        ({"metrics": []}, ("metric",)),
        ({"metrics": [metric(target=None)]}, ("metric",)),
        ({"metrics": [metric(target=None), metric(label_fr="Autre")]}, ()),
        ({"envelopes": []}, ("envelope",)),
        ({"envelopes": [], "not_funded": True, "not_funded_reason": "À négocier"}, ()),
        ({"envelopes": [], "not_funded": True, "not_funded_reason": ""}, ("envelope",)),
        ({"lead": None, "end": None, "metrics": [], "envelopes": []}, ("lead", "date", "metric", "envelope")),
    ],
)
def test_what_a_measure_lacks(more, lacks):
    found = gate.report(content(measure(**more)), {"e1"})
    assert [line.lacks for line in found] == ([lacks] if lacks else [])


def test_an_envelope_counts_once_it_has_a_figure():
    openly = {"not_funded": True, "not_funded_reason": "À négocier"}
    assert gate.lacks(measure(), {"e1"}) == ()
    assert gate.lacks(measure(), {"another"}) == gate.lacks(measure(), set()) == ("figure",)
    assert gate.lacks(measure(**openly), set()) == ()
    assert gate.lacks(measure()) == (), "a page that shows the figures beside does not ask"


def test_only_what_lacks_something_is_reported_and_an_empty_plan_is():
    found = gate.report(content(measure("m1"), measure("m2", lead=None)), {"e1"})
    assert [(line.measure, line.lacks) for line in found] == [("m2", ("lead",))]
    assert [line.lacks for line in gate.report(content(), set())] == [("measures",)]
    assert found[0].plain() == {"measure": "m2", "title_fr": "Ouvrir des places", "lacks": ["lead"]}


# -- what changed, in words --------------------------------------------------------------------------------------------
def said(before, after, **names) -> list[tuple[str, str, list[str]]]:
    with translation.override("fr"):
        return [(c.kind, c.code, c.sentences) for c in changes(before, after, names)]


def test_nothing_changed():
    assert said(content(measure()), content(measure())) == []


def test_a_measure_comes_another_goes():
    found = said(content(measure("m1")), content(measure("m2", carried_from="plan3-x01"), measure("m3")))
    assert found == [
        ("measure", "m2", ["Nouvelle mesure, reprise de plan3-x01."]),
        ("measure", "m3", ["Nouvelle mesure."]),
        ("measure", "m1", ["Retirée du plan."]),
    ]


@pytest.mark.parametrize(
    ("more", "sentences"),
    [
        ({"title_fr": "Ouvrir 80 places"}, ["Titre : de « Ouvrir des places » à « Ouvrir 80 places »."]),
        ({"lead": "dpjj"}, ["Pilote : de DGCS à DPJJ."]),
        ({"lead": None}, ["Pilote : de DGCS à personne."]),
        ({"axis": "a2"}, ["Axe : de Protéger à Poursuivre."]),
        ({"place": 3}, ["Place : de 1 à 3."]),
        ({"end": "2030-06-30"}, ["Fin : du 31 déc. 2029 au 30 juin 2030."]),
        ({"end": None}, ["Fin : plus de date, 31 déc. 2029 auparavant."]),
        ({"partners": ["dpjj"]}, ["Partenaire ajouté : DPJJ."]),
        ({"text_fr": "Texte"}, ["Son texte a été récrit."]),
        ({"envelopes": []}, ["Enveloppe qui n'est plus liée : e1."]),
        ({"commitments": ["GRETA-3"]}, ["Engagement lié : GRETA-3."]),
        ({"not_funded": True, "not_funded_reason": "À négocier"}, ["Désormais déclarée sans moyens : À négocier"]),
        ({"metrics": []}, ["Indicateur retiré : « Places ouvertes »."]),
        ({"metrics": [metric(target="1200.00")]}, ["cible de « Places ouvertes » : de 80 à 1 200."]),
        ({"metrics": [metric(), metric(label_fr="Refus")]}, ["Indicateur ajouté : « Refus »."]),
        ({"steps": [{"year": 2028, "text": "Appel", "cost": None}]}, ["Étape de 2028 ajoutée."]),
    ],
)
def test_what_changed_in_a_measure(more, sentences):
    found = said(content(measure()), content(measure(**more)), dgcs="DGCS", dpjj="DPJJ")
    assert [(kind, code) for kind, code, _ in found] == [("measure", "m1")]
    assert [s.replace("\u202f", " ").replace("\xa0", " ") for s in found[0][2]] == sentences


def test_a_step_costs_more_and_the_plan_itself_changes():
    step = {"year": 2028, "text": "Appel", "cost": "1000.00"}
    before = content(measure(steps=[step]))
    after = content(measure(steps=[{**step, "cost": "2500.00"}]), end="2031-12-31")
    after["axes"][1]["title_fr"] = "Poursuivre et juger"
    found = said(before, after)
    assert [s.replace("\u202f", " ").replace("\xa0", " ") for _k, _c, said_ in found for s in said_] == [
        "Fin : 31 déc. 2031, sans date auparavant.",
        "Titre : de « Poursuivre » à « Poursuivre et juger ».",
        "Coût de 2028, en euros : de 1 000 à 2 500.",
    ]
