"""Taken out, brought into another base, taken out again: equal for all that an import takes."""

import pytest

from foundation.actor import acting_as
from foundation.tables.reading import read
from foundation.tables.writing import WRITERS
from referral.htcds import selectors as htcds
from referral.htcds.rules.records import columns
from referral.htcds.rules.tables import taken_as
from referral.htcds.words import FIELDS
from referral.imports import operations as imports
from tests import factories as f
from victims.models import Case, Consent
from victims.own_labels.operations import set_label
from victims.path import operations as path

from .test_official_templates import brought, loaded, matched

pytestmark = pytest.mark.django_db
# by hand: the columns that a table brings back. Statements, episodes and states are written in the case (decision 70).
BACK = {
    "con_Consent", "prs_Gender", "prs_PrimaryLanguage", "prs_Citizenship", "vic_TypeOfExploitation", "cas_Status",
    "cas_IncomingReferralDate", "repere_own_reference", "repere_age_side", "repere_age_group", "repere_territory",
    "repere_form", "repere_language", "repere_nationality", "repere_detection",
}  # fmt: skip
HEAD = columns(named=False)
PEOPLE = [
    {"form": "domestic_servitude", "language": "prs", "territory": "75",
     "profile": {"sex": "female", "nationality": "AF", "age_group": "25_29", "detection": "street_outreach"}},
    {"form": "slavery", "language": "fr", "territory": "93", "profile": {"sex": "unknown", "nationality": "stateless"}},
    {"form": "forced_criminality", "language": "", "territory": "75", "profile": {"sex": "non_binary"}},
    {"form": "unknown", "language": "mis", "territory": "93", "profile": {}},
]  # fmt: skip


@pytest.fixture
def places():
    f.territory("93", "Seine-Saint-Denis")
    f.national()
    f.coordination(territories=("75", "93"))


def table(actor) -> list[list[str]]:
    """Return the rows that an export of all cases of the agency holds, by their own reference."""
    with acting_as(actor):
        keys = [str(pk) for pk in Case.objects.values_list("pk", flat=True)]
        made = htcds.lines(actor, keys, HEAD, named=False)
    return sorted((row["cells"] for row in made.values()), key=lambda row: row[HEAD.index("repere_own_reference")])


def written(actor) -> None:
    for number, told in enumerate(PEOPLE, 1):
        case = f.bare_case(
            actor, form=told["form"], language=told["language"], territory=f.territory(told["territory"])
        )
        f.consent(actor, case, kinds=[], agencies=[actor.agency_id], purpose="record")
        with acting_as(actor):
            set_label(actor, case.pk, reference=f"R-{number}", nickname="")
            path.record_profile(actor, case.pk, data=told["profile"])


def back(row: list[str]) -> dict[str, str]:
    return {name: text for name, text in zip(HEAD, row, strict=True) if name in BACK}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_out_in_and_out_again_is_equal(places, kind):
    first, second = f.member(f.shelter()), f.member(f.shelter())
    written(first)
    out = table(first)
    assert len(out) == len(PEOPLE)
    made = loaded(second, matched(second, brought(second, WRITERS[kind](HEAD, out))))
    assert (made.done, made.total) == (len(PEOPLE), len(PEOPLE))
    again = table(second)
    assert [back(row) for row in again] == [back(row) for row in out]
    filled = {name for row in out for name, text in back(row).items() if text}
    assert filled == BACK, "each column is tried with something in it"


def test_columns_that_come_back_are_those_an_import_takes():
    standard = {name for name, field in FIELDS.items() if field.taken} - {"prs_Birthdate"}
    assert standard | {name for name in HEAD if name.startswith("repere_") and taken_as(name)} == BACK


def test_a_childs_agreement_does_not_come_back_and_its_case_does(places):
    first, second = f.member(f.shelter()), f.member(f.shelter())
    child = f.bare_case(first, age_side="minor")
    f.consent(first, child, kinds=[], agencies=[first.agency_id], purpose="record")
    loaded(second, matched(second, brought(second, WRITERS["csv"](HEAD, table(first)))))
    with acting_as(second):
        assert [case.age_side for case in Case.objects.all()] == ["minor"]
        assert not Consent.objects.exists()
    assert table(second) == [], "until who may agree for the child has"


def test_what_the_standard_says_in_fewer_words_is_read_from_our_column(places):
    """« Servitude » is two forms here, and Persian stands for Dari: the exact code travels beside."""
    actor = f.member(f.shelter())
    written(actor)
    data = read(WRITERS["csv"](HEAD, table(actor)))
    with acting_as(actor):
        made = imports.start_import(actor, data)
    named = {data.headers[int(n)]: code for n, code in made.content["matching"].items()}
    assert named["repere_form"] == "form" and "vic_TypeOfExploitation" not in named
    assert named["repere_language"] == "language" and "prs_PrimaryLanguage" not in named
