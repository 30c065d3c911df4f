"""assess() against situations read by hand, and against a second reading of the pack."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.assessment.rules.assess import UnknownObservation, assess, merged, replayed
from indicators.assessment.rules.explanation import explain
from tests.indicators import reading
from tests.indicators.pack import book, catalogue, raw

VIGNETTES = yaml.safe_load((Path(__file__).parents[1] / "vignettes.yaml").read_text(encoding="utf-8"))
CODES = [indicator["code"] for indicator in raw("indicators")["indicators"]]
VALUES = [value["code"] for value in raw("indicators")["observation_values"]]
FORMS = [None, *(form["code"] for form in raw("forms")["forms_of_exploitation"])]
SIDES = ["adult", "minor", "doubt", "unknown"]
GRIDS = {grid["code"]: grid for grid in raw("short_grids")["grids"]}


def ask(observations, *, age_side="adult", form=None, immediate_danger=False, grid=None):
    return assess(
        observations,
        age_side=age_side,
        form=form,
        immediate_danger=immediate_danger,
        short_grid=book().grids[grid] if grid else None,
        catalogue=catalogue(),
    )


def ask_in_words(observations, *, grid=None, **situation):
    found = ask(observations, grid=grid, **situation)
    return explain(found, catalogue(), book().grids[grid] if grid else None)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette["name"])
def test_situation_read_by_hand(vignette):
    expected = vignette["expected"]
    found = ask(
        vignette["observations"],
        age_side=vignette["age_side"],
        form=vignette["form"],
        immediate_danger=vignette.get("immediate_danger", False),
        grid=vignette.get("grid"),
    )
    assert found.scope == expected["scope"]
    assert [override.code for override in found.overrides] == expected["overrides"]
    assert found.headline.code == expected["headline"]
    assert list(found.supporting) == expected.get("supporting", [])
    assert [result.ruleset for result in found.results] == ["ilo_2009", "fr_225_4_1"]
    for result in found.results:
        wanted = expected[result.ruleset]
        counts = {d.code: [d.strong, d.medium, d.weak] for d in result.dimensions if d.indicators}
        positive = {d.code: d.rule for d in result.dimensions if d.positive}
        assert (result.code, result.rule, result.level) == (wanted["result"], wanted["rule"], wanted["level"])
        assert (counts, positive) == (wanted["counts"], wanted["positive"])
        if "ignored" in wanted:
            assert {item.code: item.reason for item in result.ignored} == wanted["ignored"]


def test_hand_read_situations_cover_the_demand():
    """The list of situations is a promise: every age side, override, result, case and dimension rule."""
    sides = {vignette["age_side"] for vignette in VIGNETTES}
    overrides = {code for vignette in VIGNETTES for code in vignette["expected"]["overrides"]}
    readings = [v["expected"][rs] for v in VIGNETTES for rs in ("ilo_2009", "fr_225_4_1")]
    rules = {rule for found in readings for rule in found["positive"].values()}
    assert len(VIGNETTES) >= 12 and sides == set(SIDES)
    assert overrides == {override["code"] for override in raw("indicators")["safety_overrides"]}
    assert {found["rule"] for found in readings} == {rule["code"] for rule in raw("indicators")["case_rules"]}
    assert {found["result"] for found in readings} > {r["code"] for r in raw("indicators")["case_results"]}
    assert rules == {rule["code"] for rule in raw("indicators")["dimension_rules"]}


# Few dimensions and lists at a time, so that rules are reached and concepts collide; chance finds neither.
CLOSE = {
    "own": [i["code"] for i in raw("indicators")["indicators"] if i["dimension"].startswith(("expl", "coercion"))],
    "recruitment": [i["code"] for i in raw("indicators")["indicators"] if "recruitment" in i["dimension"]],
    "french": [code for code in CODES if code.startswith("FR-")],
    "child": [c for c in CODES if c.startswith(("ILO-CL", "ILO-CS", "FR-"))],
    "adult": [c for c in CODES if c.startswith(("ILO-AL", "ILO-AS"))],
    "any": CODES,
}


# signs that some short grid asks, and their pairs of the other side of age
ASKED = {code for g in GRIDS.values() for i in g["items"] for code in (i["indicator"], i["paired_indicator"]) if code}


@st.composite
def situations(draw):
    grid = draw(st.none() | st.sampled_from(sorted(GRIDS)))
    pools = [CLOSE[name] for name in draw(st.lists(st.sampled_from(sorted(CLOSE)), min_size=1, max_size=2))]
    if grid and draw(st.booleans()):
        pools = [[item["indicator"] for item in GRIDS[grid]["items"]]]
    codes = draw(st.lists(st.sampled_from([c for pool in pools for c in pool]), max_size=16, unique=True))
    value = st.sampled_from(["observed", "observed", "reported", *VALUES])
    return {
        "observations": {code: draw(value) for code in codes},
        "age_side": draw(st.sampled_from(SIDES)),
        "form": draw(st.sampled_from(FORMS)),
        "immediate_danger": draw(st.booleans()),
        "grid": grid,
    }


@settings(max_examples=600, deadline=None)
@given(situations())
def test_agrees_with_the_slow_reading(situation):
    found = ask(**situation)
    grid = GRIDS[situation["grid"]] if situation["grid"] else None
    wanted = reading.read(raw("indicators"), **{**situation, "grid": grid, "asked": ASKED})
    assert [override.code for override in found.overrides] == wanted["overrides"]
    assert found.scope == wanted["scope"]
    assert {
        result.ruleset: {
            "rule": result.rule,
            "result": result.code,
            "positive": {d.code: d.rule for d in result.dimensions if d.positive},
        }
        for result in found.results
    } == wanted["results"]
    if wanted["overrides"]:
        assert found.headline.code == wanted["overrides"][0]
    else:
        assert found.headline.kind == "result" and found.results[0].level > 0


@settings(max_examples=150, deadline=None)
@given(situations(), st.sampled_from(CODES))
def test_one_more_sign_never_lowers_a_level(situation, code):
    before = ask(**situation)
    after = ask(**{**situation, "observations": {**situation["observations"], code: "observed"}})
    for was, now in zip(before.results, after.results, strict=True):
        assert now.level >= was.level


@settings(max_examples=100, deadline=None)
@given(situations())
def test_every_sign_seen_is_counted_or_explained(situation):
    found = ask(**situation)
    seen = {code for code, value in situation["observations"].items() if catalogue().values[value].counts}
    for result in found.results:
        counted = {code for dimension in result.dimensions for code in dimension.indicators}
        ignored = {item.code for item in result.ignored}
        assert counted | ignored == seen and not counted & ignored
    told = ask_in_words(**situation)
    assert all(text["fr"] and text["en"] for result in told["results"] for text in result["reasons"])
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("side", SIDES)
def test_order_of_observations_changes_nothing(side):
    codes = ["FR-DOM-05", "ILO-AL-CD-01", "ILO-CL-CD-01", "FR-TRV-01", "ILO-AL-EX-04"]
    assert ask(dict.fromkeys(codes, "observed"), age_side=side) == ask(
        dict.fromkeys(reversed(codes), "observed"), age_side=side
    )


@pytest.mark.parametrize(
    ("observations", "options", "code"),
    [
        ({"ILO-AL-EX-01": "observed", "ILO-AL-EX-99": "observed"}, {}, "ILO-AL-EX-99"),
        ({"ILO-AL-EX-01": "maybe"}, {}, "ILO-AL-EX-01"),
        ({"ilo-al-ex-01": "observed"}, {}, "ilo-al-ex-01"),
        ({}, {"form": "sexual"}, "sexual"),
        ({}, {"age_side": "child"}, "child"),
    ],
)
def test_unknown_code_or_value_refuses_the_whole(observations, options, code):
    with pytest.raises(UnknownObservation) as refusal:
        ask(observations, **options)
    assert refusal.value.code == code and code in str(refusal.value)


def test_same_indicator_noted_twice_counts_once_and_a_counting_value_wins():
    for first, second in product(VALUES, VALUES):
        noted = merged([("ILO-AL-CD-01", first), ("ILO-AL-CD-01", second)], catalogue())
        counting = {first, second} & {"observed", "reported", "third_party", "document"}
        assert noted["ILO-AL-CD-01"] in (counting or {first, second})
    twice = ask([("ILO-AL-CD-01", "observed"), ("ILO-AL-CD-01", "reported"), ("ILO-AL-CD-01", "unknown")])
    assert [d.strong for d in twice.results[0].dimensions if d.indicators] == [1]


def test_replay_takes_the_pair_of_the_other_side_and_leaves_the_rest():
    noted = {
        "ILO-CL-EX-01": "observed",
        "FR-TRV-01": "reported",
        "FR-SEX-06": "observed",
        "ILO-CL-CD-01": "unknown",
    }
    as_adult = replayed(noted, age_side="adult", pairs=book().pairs, catalogue=catalogue())
    assert as_adult == {
        "ILO-AL-EX-01": "observed",
        "FR-TRV-01": "reported",  # any age
        "FR-SEX-06": "observed",  # no pair: stays noted, will not count
        "ILO-AL-CD-01": "unknown",
    }
    # from doubt to minor the reading side is the same: nothing moves
    assert replayed(noted, age_side="minor", pairs=book().pairs, catalogue=catalogue()) == noted


def test_grid_of_each_form_and_side_and_its_fallbacks():
    forms = [code for code in FORMS if code]
    for form, side in product(forms, SIDES):
        grid = book().choose(form, side)
        assert grid.form in (form, "any")
        assert grid.age_side == ("doubt" if side == "unknown" else side)
    assert book().choose(None, "adult").code == "SG-ANY-AD"
    assert book().choose("surrogacy_exploitation", "adult").code == "SG-GPA-AD"
    assert book().choose("surrogacy_exploitation", "unknown").code == "SG-ANY-DO"
    with pytest.raises(KeyError):
        book().choose("sexual", "adult")


def test_versions_and_words_are_kept_with_the_assessment():
    found = ask_in_words({"ILO-AL-CD-01": "observed"}, form="labour_exploitation", grid="SG-LAB-AD")
    assert (found["catalogue_version"], found["grid"], found["grid_version"]) == ("0.31", "SG-LAB-AD", "0.10")
    reasons = " ".join(text["fr"] for text in found["results"][0]["reasons"])
    assert "La grille courte ne permet pas de conclure" in reasons and "insuffisant" not in reasons
    assert "1 fort, 0 intermédiaire, 0 faible" in reasons
    assert found["overrides"][0]["words"]["fr"] == "Signe fort constaté : quelqu'un d'autre garde ses papiers."


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette["name"])
def test_reasons_name_signs_and_rules_by_their_words(vignette):
    """A frontline worker reads them: a code says nothing to her, and a reason is said once."""
    found = ask_in_words(
        {**vignette["observations"], "FR-SEX-06": "observed", "FR-TRV-01": "observed"},
        age_side=vignette["age_side"],
        form=vignette["form"],
        grid=vignette.get("grid"),
    )
    lists = [[override["words"] for override in found["overrides"]], *(r["reasons"] for r in found["results"])]
    for said in lists:
        for language in ("fr", "en"):
            texts = [text[language] for text in said]
            assert texts and len(texts) == len(set(texts))
            for text in texts:
                assert not re.search(r"\b[A-Z]{2,5}-[A-Z0-9]", text), text


def test_low_result_is_called_not_conclusive_on_a_short_grid_only():
    words = [override["words"]["fr"] for override in ask_in_words({}, grid="SG-ANY-AD")["overrides"]]
    assert any(said.startswith("Non concluant : ") for said in words), words
    words = [override["words"]["fr"] for override in ask_in_words({})["overrides"]]
    assert any(said.startswith("Résultat insuffisant : ") for said in words), words


def test_assess_needs_nothing_but_the_standard_library():
    """Pure by construction: neither Django nor any other package is reachable from it."""
    import ast
    import sys

    import indicators.assessment.rules.assess as module

    folder = Path(module.__file__).parent
    for name in ("assess", "explanation", "overrides", "readings", "snapshot"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in sys.stdlib_module_names, (name, node.module)
            elif isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names), name


@pytest.mark.parametrize("grid", [g for g in sorted(GRIDS) if GRIDS[g]["age_side"] != "adult"])
def test_a_doubt_that_becomes_adult_on_a_short_grid_is_inconclusive(grid):
    """Each sign asked in doubt, alone, then read on the adult short grid of the same form: never « insuffisant »."""
    form = None if GRIDS[grid]["form"] == "any" else GRIDS[grid]["form"]
    adult = book().choose(form or "unknown", "adult").code
    for item in GRIDS[grid]["items"]:
        noted = replayed({item["indicator"]: "observed"}, age_side="adult", pairs=book().pairs, catalogue=catalogue())
        found = ask(noted, age_side="adult", form=form, grid=adult)
        assert found.scope == "short", item["indicator"]
        assert "insufficient" not in {result.code for result in found.results}, item["indicator"]
