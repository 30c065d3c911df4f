"""The sheet of a case: the reference alone unless more was ticked, never a name, for who reads the case."""

import pytest
from django.utils import timezone

from agencies.models import Category, Role
from foundation.actor import acting_as
from indicators.procedures.selectors import book
from journal.models import Entry
from referral.models import Clock
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.plans.pdf_text import Pdf
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.operations import emergency
from victims.identity.operations import enter_identity

pytestmark = pytest.mark.django_db
NAME, SHELTER = "MARQUEUR-NOM", "Foyer Fictif Aux Tilleuls"


@pytest.fixture
def world(db):
    f.national()
    lead = f.member(f.shelter(may_hold=31))
    case = f.own_case(lead)
    partner = f.member(f.shelter(name=SHELTER))
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=2)
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=f.consent(lead, case, categories=int(Category.IDENTITY)),
                       data={"family_name": NAME, "births": []})  # fmt: skip
        for code, step in (("indemnisation_civi", 2), ("asile", 3)):
            begun = checklists.start_procedure(lead, case.pk, code)
            clocks.start_clock(lead, begun.pk, step, counted_on=timezone.localdate())
    return {"lead": lead, "partner": partner, "case": case}


def sheet(member, case, *parts):
    return Hand(member).post("case-sheet", case.pk, parts=list(parts))


def words(answer) -> str:
    assert answer.status_code == 200, answer.content[:500]
    assert answer["Content-Type"] == "application/pdf"
    return " ".join(Pdf(answer.content).text.split())


def test_it_bears_the_reference_and_nothing_else_by_default(world):
    case, said = world["case"], words(sheet(world["lead"], world["case"]))
    assert case.reference in said
    assert str(world["lead"].agency) in said, "who answers for this paper"
    for more in (str(case.territory), str(case.get_age_side_display()), SHELTER, NAME, "Repère", "traite"):
        assert more not in said, more


def test_what_is_ticked_stands_on_it_and_a_name_never(world):
    said = words(sheet(world["lead"], world["case"], "situation", "requests", "limits"))
    assert str(world["case"].territory) in said
    assert SHELTER in said
    assert NAME not in said


def test_it_leaves_its_entry_and_its_page_leaves_none(world):
    page = Hand(world["lead"]).get("case-sheet", world["case"].pk)
    assert page.content.decode().count("fr-checkbox-group") == 3, "each with a label that a thumb finds"
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="case.read.paper").exists()
    sheet(world["lead"], world["case"])
    with as_role("nrm_owner"):
        assert (
            Entry.objects.filter(
                action="case.read.paper", membership_id=world["lead"].pk, case_id=world["case"].pk
            ).count()
            == 1
        )


def test_who_reads_the_summary_takes_no_time_limit(world):
    assert (
        "Délais" not in Hand(world["partner"]).get("case-sheet", world["case"].pk).content.decode().split("<form")[-1]
    )
    refused = sheet(world["partner"], world["case"], "limits")
    assert refused.status_code == 200
    assert refused["Content-Type"].startswith("text/html"), "an answer that is not offered is no answer"
    assert SHELTER in words(sheet(world["partner"], world["case"], "requests"))


def test_a_time_limit_of_asylum_goes_on_no_paper(world):
    with acting_as(world["lead"]):
        running = list(Clock.objects.filter(case=world["case"], state="running").select_related("checklist"))
    sealed, others = [c for c in running if c.sealed], [c for c in running if not c.sealed]
    assert sealed, "a time limit under the right to stay runs"
    assert others
    said = words(sheet(world["lead"], world["case"], "limits"))
    for clock, there in [(c, False) for c in sealed] + [(c, True) for c in others]:
        assert (book().get(clock.checklist.code).label_fr in said) is there


def test_whoever_does_not_see_the_case_has_none(world):
    case = world["case"]
    for member in (
        f.member(f.shelter()),
        f.member(f.shelter(), Role.AUDITOR),
        f.member(f.coordination(), Role.COORDINATOR),
    ):
        assert sheet(member, case).status_code in (403, 404), member


@pytest.mark.parametrize("who", ["stranger", "partner"])
def test_there_is_none_while_emergency_access_runs(world, who):
    """A partner that reads the summary breaks glass to read the file, and would leave with it."""
    case = world["case"]
    other = world["partner"] if who == "partner" else f.member(f.shelter())
    with acting_as(other):
        emergency.break_glass(other, reference=case.reference, reason="Danger immédiat, appel de nuit")
    assert Hand(other).get("case-detail", case.pk).status_code == 200
    assert Hand(other).get("case-sheet", case.pk).status_code == 403
    assert sheet(other, case, "situation").status_code == 403
    assert sheet(world["lead"], case).status_code == 200, "the others' papers do not wait for it"


def test_a_request_for_care_or_asylum_goes_on_no_paper(world):
    lead, case = world["lead"], world["case"]
    for service, name in (("health_care", "Clinique Fictive"), ("asylum", "Guichet Fictif")):
        partner = f.member(f.shelter(name=name))
        f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, service=f.service(service))
    said = words(sheet(lead, case, "situation", "requests", "limits"))
    assert SHELTER in said
    for name in ("Clinique Fictive", "Guichet Fictif", "Asile", "Soins"):
        assert name not in said, name
