"""A bad pack is refused whole, with the file, the entry and the reason, and nothing changes."""

import re

import pytest

from indicators.loading import PackRefused
from tests.indicators.rows import stored

pytestmark = pytest.mark.django_db

AL01 = "  - code: ILO-AL-DR-01\n    catalogue: ilo_ec_2009\n    profile: adult_labour\n"
REFUSALS = {
    "missing key": (
        "indicators.yaml",
        (AL01, "  - code: ILO-AL-DR-01\n    catalogue: ilo_ec_2009\n"),
        "indicators[ILO-AL-DR-01].profile",
        "missing",
    ),
    "unknown key": (
        "indicators.yaml",
        (AL01, AL01 + "    weight: 3\n"),
        "indicators[ILO-AL-DR-01].weight",
        "unknown key",
    ),
    "a key written twice": (
        "indicators.yaml",
        (AL01, AL01 + "    profile: child\n"),
        "line",
        "'profile' is written twice",
    ),
    "a code that comes twice": (
        "indicators.yaml",
        ("  - code: ILO-AL-DR-02\n", "  - code: ILO-AL-DR-01\n"),
        "indicators[ILO-AL-DR-01]",
        "comes twice",
    ),
    "unknown reference": (
        "indicators.yaml",
        (AL01, AL01.replace("adult_labour", "adult_work")),
        "indicators[ILO-AL-DR-01].profile",
        "unknown profile 'adult_work'",
    ),
    "too long": (
        "forms.yaml",
        ("    label_en: Organ removal\n", "    label_en: " + "x" * 161 + "\n"),
        "forms_of_exploitation[organ_removal].label_en",
        "at most 160",
    ),
    "broken file": ("indicators.yaml", ("catalogues:\n", "catalogues: [\n"), "line", ""),
    "rule without last resort": (
        "indicators.yaml",
        (
            "    all_positive: []\n    any_positive: []\n",
            "    all_positive: [coercion_destination]\n    any_positive: []\n",
        ),
        "rulesets[ilo_2009]",
        "the last rule for adult, and only it, must ask for nothing",
    ),
    "rule on signs that never count": (
        "indicators.yaml",
        ("      - exploitative_conditions\n", "      - corroborating_signs\n"),
        "case_rules[ILO-ADULT-1].all_positive",
        "unknown scored dimension 'corroborating_signs'",
    ),
    "dimension rule that asks for nothing": (
        "indicators.yaml",
        ("    min_strong: 2\n", "    min_strong: 0\n"),
        "dimension_rules[DIM-A]",
        "asks for nothing",
    ),
    "override that vanished": (
        "indicators.yaml",
        ("    trigger: low_score\n", "    trigger: immediate_danger\n"),
        "safety_overrides",
        "no override for 'low_score'",
    ),
    "override nobody knows": (
        "indicators.yaml",
        ("    trigger: low_score\n", "    trigger: low_mood\n"),
        "safety_overrides[SAFE-NO-DOWNGRADE].trigger",
        "unknown trigger 'low_mood'",
    ),
    "grid with an unknown sign": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-AL-EX-99\n"),
        "grids[SG-LAB-AD].items[ILO-AL-EX-99]",
        "unknown indicator 'ILO-AL-EX-99'",
    ),
    "grid with a sign of the other side": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-CL-EX-01\n"),
        "grids[SG-LAB-AD].items[ILO-CL-EX-01]",
        "other age side",
    ),
    "grid out of order": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-AL-EX-02\n"),
        "grids[SG-LAB-AD]",
        "not in order",
    ),
    "grid that says it reaches more than it does": (
        "short_grids.yaml",
        ("    reach_ilo_2009: ILO-CHILD-9\n", "    reach_ilo_2009: ILO-CHILD-1\n"),
        "grids[SG-ORG-MI].reach_ilo_2009",
        "says ILO-CHILD-1, all its signs together reach ILO-CHILD-9",
    ),
    "form without a grid": (
        "short_grids.yaml",
        ("  - form: slavery\n    age_side: adult\n    grid: SG-ANY-AD\n", ""),
        "fallbacks",
        "no grid for form 'slavery' and age side 'adult'",
    ),
    "situation of an unknown context": (
        "short_grids.yaml",
        ("    contexts: [healthcare]\n", "    contexts: [hospital]\n"),
        "situations[health].contexts",
        "unknown contexts 'hospital'",
    ),
    "situation with the words of an unknown sign": (
        "short_grids.yaml",
        ("      - indicators: [FR-SEX-05]\n", "      - indicators: [FR-SEX-99]\n"),
        "situations[lodging]",
        "unknown indicator 'FR-SEX-99'",
    ),
    "situation that asks too much": (
        "short_grids.yaml",
        ("leave_out: [ILO-AL-DR-08, ILO-CL-DR-08, FR-CRIM-06]", "leave_out: []"),
        "situations[health]",
        "longer than a short grid may be",
    ),
    "situation that asks a fact twice": (
        "short_grids.yaml",
        ("      - indicator: FR-CRIM-11\n", "      - indicator: FR-TRV-01\n"),
        "situations[school]",
        "asks the same fact twice in SG-ANY-",
    ),
    "low result that closes": (
        "short_grids.yaml",
        ("  closes_case: false\n", "  closes_case: true\n"),
        "low_result",
        "closes nothing",
    ),
    "answer worth an unknown value": (
        "short_grids.yaml",
        ("    observation_value: reported\n", "    observation_value: told\n"),
        "answers[told_by_person]",
        "unknown value 'told'",
    ),
    "code without a label": (
        "forms.yaml",
        ("    label_en: Organ removal\n", "    label_en: ''\n"),
        "forms_of_exploitation[organ_removal].label_en",
        "expected a text",
    ),
    "number instead of text": (
        "territories.yaml",
        ("departments:\n  - code: '01'\n", "departments:\n  - code: 1\n"),
        "departments[1].code",
        "expected a text",
    ),
    "neighbour that does not answer": (
        "territories.yaml",
        ("['38', '39', '69', '71'", "['75', '39', '69', '71'"),
        "[01].neighbours",
        "75 does not name 01 in return",
    ),
    "unknown time zone": (
        "territories.yaml",
        ("    time_zone: Indian/Reunion\n", "    time_zone: Indian/Bourbon\n"),
        "regions[04].time_zone",
        "unknown time zone 'Indian/Bourbon'",
    ),
    "organisation of an unknown kind": (
        "agencies.yaml",
        ("    kind: coordination\n    ministry", "    kind: secret_service\n    ministry"),
        "agencies[miprof].kind",
        "unknown kind 'secret_service'",
    ),
    "bad address": (
        "agencies.yaml",
        ("website: https://www.egalite-femmes-hommes.gouv.fr", "website: egalite"),
        "agencies[miprof].website",
        "valid URL",
    ),
    "translation of nothing": (
        "translations_en.yaml",
        ("    list: helplines\n    code: 'hl_17'", "    list: helplines\n    code: 'hl_99'"),
        "agencies.yaml/helplines/hl_99",
        "translates a text that does not exist",
    ),
    "step on an unknown text": (
        "procedures.yaml",
        ("          - cp_223_6\n", "          - cp_999\n"),
        "procedures[danger_immediat].steps[1].legal_basis",
        "unknown legal text 'cp_999'",
    ),
    "agreement asked of a child": (
        "procedures.yaml",
        ("        consent: child_opinion\n", "        consent: required\n"),
        "procedures[entretien_mineur].steps[1].consent",
        "a child's agreement is never a condition",
    ),
    "time limit in an unknown unit": (
        "procedures.yaml",
        ("          value: 24\n          unit: hour\n", "          value: 24\n          unit: week\n"),
        "procedures[danger_immediat].steps[3].deadline.unit",
        "unknown unit 'week'",
    ),
    "time limit counted from nothing known": (
        "procedures.yaml",
        ("          counted_from: hearing_set\n", "          counted_from: full_moon\n"),
        "procedures[protection_victime].steps[2].deadline.counted_from",
        "unknown event 'full_moon'",
    ),
    "step followed by an unknown procedure": (
        "procedures.yaml",
        ("          - mise_a_labri\n          - signalement_procureur\n", "          - mise_en_boite\n"),
        "procedures[danger_immediat].steps[3].next_procedures",
        "unknown procedure 'mise_en_boite'",
    ),
    "steps out of order": (
        "procedures.yaml",
        ("      - order: 2\n", "      - order: 5\n"),
        "procedures[danger_immediat].steps",
        "expected orders 1, 2, 3",
    ),
    "procedure for nobody known": (
        "procedures.yaml",
        ("      - adult_labour\n", "      - adult_work\n"),
        "procedures[danger_immediat].profiles",
        "unknown profile 'adult_work'",
    ),
    "no version": (
        "forms.yaml",
        ("  version: '0.11'\n", "  version: 0.8\n"),
        "meta.version",
        "expected a text",
    ),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_bad_file_is_refused_whole(folder, case):
    name, (old, new), entry, reason = case
    folder.edit(name, old, new)
    # a sound change in another file must not go through either
    folder.edit("agencies.yaml", "label_fr: Police secours", "label_fr: Police")
    before = stored()
    with pytest.raises(PackRefused) as refusal:
        folder.load()
    wanted = [p for p in refusal.value.problems if p.file == name and p.entry.startswith(entry) and reason in p.reason]
    assert wanted, str(refusal.value)
    assert stored() == before


def test_missing_file_is_named(folder):
    (folder.path / "forms.yaml").unlink()
    with pytest.raises(PackRefused, match=re.escape("forms.yaml, file: missing")):
        folder.load()
