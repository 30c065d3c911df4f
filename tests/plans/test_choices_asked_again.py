"""What a form offers, its operation asks again: called directly with a choice that no form shows, it refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from plans.commitments.operations import commitments
from plans.committee.operations import committee, mandate
from plans.models import Axis, Commitment, Measure, Plan
from plans.money.operations import campaigns, envelopes
from plans.participation.operations import admissions, participation, sectors
from plans.plan.operations import measures, plans
from plans.steering import selectors as steering_selectors
from tests import factories as f
from tests.roles import as_role

from . import participants as p
from . import people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def body(code="dgcs") -> Directory:
    return Directory.objects.get(pk=code)


@pytest.fixture
def closed_body():
    """A line of the directory that is out of use."""
    with as_role("nrm_owner"):
        Directory.objects.filter(pk="dacg").update(active=False)
    return body("dacg")


@pytest.fixture
def keeper():
    return people.coordination()


@pytest.fixture
def template():
    """A type of local units, that no unit is."""
    return Directory.objects.filter(is_template=True, active=True).first()


def test_a_plan_and_its_measures_are_led_by_a_body_in_use(keeper, closed_body):
    with acting_as(keeper):
        with pytest.raises(WrongState):
            plans.create_plan(keeper, kind="related", title_fr="Essai", lead=closed_body)
        made = plans.create_plan(keeper, kind="related", title_fr="Essai", lead=body())
        with pytest.raises(WrongState):
            plans.edit_plan(keeper, made.code, seen=made.edited_at, lead=closed_body)
        with pytest.raises(WrongState):
            measures.add_measure(keeper, made.code, title_fr="Essai", lead=closed_body)
        measure = measures.add_measure(keeper, made.code, title_fr="Essai", lead=body())
        with pytest.raises(WrongState):
            measures.edit_measure(keeper, measure.code, seen=measure.edited_at, lead=closed_body)


def test_a_body_that_is_out_of_use_stays_where_it_was_named(keeper):
    with acting_as(keeper):
        made = plans.create_plan(keeper, kind="related", title_fr="Essai", lead=body("dacg"))
        measure = measures.add_measure(keeper, made.code, title_fr="Essai", lead=body("dacg"))
    with as_role("nrm_owner"):
        Directory.objects.filter(pk="dacg").update(active=False)
    with acting_as(keeper):
        said = plans.edit_plan(keeper, made.code, seen=made.edited_at, title_fr="Autre", lead=body("dacg"))
        assert said.title_fr == "Autre"
        kept = measures.edit_measure(keeper, measure.code, seen=measure.edited_at, title_fr="Autre", lead=body("dacg"))
        assert kept.title_fr == "Autre"


def test_a_measure_stands_in_an_axis_of_its_own_plan(keeper):
    other = Axis.objects.filter(plan__code="plan3").first()
    with acting_as(keeper):
        with pytest.raises(WrongState):
            measures.add_measure(keeper, "plan4", title_fr="Essai", axis=other)
        made = measures.add_measure(
            keeper, "plan4", title_fr="Essai", axis=plans.add_axis(keeper, "plan4", title_fr="A")
        )
        with pytest.raises(WrongState):
            measures.edit_measure(keeper, made.code, seen=made.edited_at, axis=other)


def test_nothing_is_said_of_a_day_to_come(keeper):
    measure = Measure.objects.filter(plan__code="plan3", lead="miprof").first()
    said = {"status": "in_progress", "on": TODAY + timedelta(1), "text": "Essai"}
    with acting_as(keeper):
        with pytest.raises(WrongState):
            measures.report_progress(keeper, measure.code, status="started", on=TODAY + timedelta(1))
        assert measures.report_progress(keeper, measure.code, status="started", on=TODAY).pk
        with pytest.raises(WrongState):
            commitments.state_progress(keeper, "G1-04", responsible=body("dacg"), **said)


def test_the_mandate_is_held_by_a_body_of_the_state(template):
    platform = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)
    said = {"start": TODAY, "function_fr": "Essai", "legal_basis_fr": "Essai"}
    with acting_as(platform):
        for other in (body("collectif"), body("cncdh"), body("mairie_paris"), template):
            with pytest.raises(WrongState):
                mandate.give_mandate(platform, body=other, **said)
        assert mandate.give_mandate(platform, body=body("delegation"), **said).pk


def test_a_seat_and_a_decision_name_who_acts_by_itself(keeper, template, closed_body):
    with acting_as(keeper):
        for other in (template, closed_body):
            with pytest.raises(WrongState):
                committee.give_seat(keeper, body=other, college="state", start=TODAY)
        held = committee.plan_meeting(keeper, on=TODAY, title_fr="Essai")
        committee.settle_meeting(keeper, held.pk, state="held")
        with pytest.raises(WrongState):
            committee.decide(keeper, held.pk, text="Essai", responsible=template)


def test_a_meeting_that_was_not_held_says_why_and_is_put_off_to_a_day_to_come(keeper):
    with acting_as(keeper):
        made = committee.plan_meeting(keeper, on=TODAY, title_fr="Essai")
        for said in ({"reason_fr": ""}, {"reason_fr": "Grève", "new_on": TODAY}):
            with pytest.raises(WrongState):
                committee.settle_meeting(keeper, made.pk, state="postponed", **said)
        coming = committee.plan_meeting(keeper, on=TODAY + timedelta(9), title_fr="Essai")
        with pytest.raises(WrongState):  # nobody knows yet
            committee.settle_meeting(keeper, coming.pk, state="not_held", reason_fr="Grève")
        assert committee.settle_meeting(keeper, made.pk, state="cancelled", reason_fr="Grève").state == "cancelled"


def test_the_state_alone_is_in_charge_of_a_commitment(keeper):
    said = {"status": "in_progress", "on": TODAY, "text": "Essai"}
    with acting_as(keeper):
        for other in ("collectif", "cncdh"):
            with pytest.raises(WrongState):
                commitments.state_progress(keeper, "G1-04", responsible=body(other), **said)
        assert commitments.state_progress(keeper, "G1-04", responsible=body("dacg"), **said).pk


def test_a_text_repeats_no_later_one(keeper):
    newer, older = Commitment.objects.get(pk="G3-02"), Commitment.objects.get(pk="G1-04")
    with acting_as(keeper):
        with pytest.raises(WrongState):
            commitments.link_repeat(keeper, older.pk, newer)
        commitments.link_repeat(keeper, newer.pk, older)
        assert newer.repeats.filter(pk=older.pk).exists()


def envelope(**fields) -> dict:
    said = {"label_fr": "Essai", "scope_fr": "Essai", "unit": "EUR", "resource_kind": "financial"}
    return {**said, **fields}


def test_an_envelope_hangs_on_a_measure_that_its_body_leads_or_joins(keeper):
    ministry = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    with acting_as(keeper):
        own, joined, other = (
            measures.add_measure(keeper, "plan4", title_fr="Essai", lead=body(lead), partners=partners)
            for lead, partners in (("dgcs", ()), ("dacg", [body()]), ("dacg", ()))
        )
    with acting_as(ministry):
        with pytest.raises(WrongState):
            envelopes.add_envelope(ministry, funder=body(), **envelope(measure=other))
        made = envelopes.add_envelope(ministry, funder=body(), **envelope(measure=joined))
        with pytest.raises(WrongState):
            envelopes.change_envelope(ministry, made, measure=other)
        assert envelopes.change_envelope(ministry, made, measure=own).measure == own
        with pytest.raises(NotAllowed):
            envelopes.add_envelope(ministry, funder=body("dacg"), **envelope())


def test_the_coordination_names_no_funder_out_of_use(keeper, closed_body):
    with acting_as(keeper), pytest.raises(WrongState):
        envelopes.add_envelope(keeper, funder=closed_body, **envelope())


def test_a_grid_is_handed_over_to_a_member_of_the_same_body(keeper):
    ministry, stranger = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS), people.ministry()
    with acting_as(keeper):
        campaign = campaigns.open_campaign(keeper, year=2031, stage="voted", opens=TODAY, closes=TODAY)
    with acting_as(ministry), pytest.raises(NotAllowed):
        campaigns.hand_over(ministry, campaign, stranger)
    campaign.closes = TODAY - timedelta(1)
    colleague = f.member(ministry.agency, Role.POLICY)
    with acting_as(ministry), pytest.raises(WrongState):
        campaigns.hand_over(ministry, campaign, colleague)


def test_no_check_of_what_one_entered_for_a_body_that_takes_part(keeper):
    people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    with acting_as(keeper):
        made = envelopes.add_envelope(keeper, funder=body(), **envelope())
        line = envelopes.add_line(keeper, made, year=2031, stage="voted", amount=Decimal(5), evidence="Essai")
        with pytest.raises(NotAllowed):
            envelopes.check_line(keeper, line)
        with pytest.raises(NotAllowed):
            envelopes.check_all(keeper, [line])


@pytest.mark.parametrize("taken", ["agency", "directory"])
def test_no_organisation_is_proposed_under_a_name_that_is_taken(keeper, taken):
    name = f.agency(Kind.NGO, desk=False).name if taken == "agency" else body("ccem").name
    told = {"acronym": "", "profile": None, "territory": None, "services": [], "website": ""}
    who = {"first_name": "Première Démo", "first_email": "premiere@exemple.invalid"}
    with acting_as(keeper):
        with pytest.raises(WrongState, match=taken):
            admissions.propose(keeper, kind=Kind.NGO, name=name.upper(), **told, **who)
        assert admissions.propose(keeper, kind=Kind.NGO, name="Association nouvelle (fictive)", **told, **who).pk
        with pytest.raises(WrongState, match="proposed"):
            admissions.propose(keeper, kind=Kind.NGO, name="ASSOCIATION nouvelle (fictive)", **told, **who)


def test_a_contribution_is_about_something_public():
    author = people.speaker()
    with acting_as(author):
        assert Plan.objects.get(code="plan4").state == Plan.State.DRAFT
        for target in ("plan4", "nothing"):
            with pytest.raises(WrongState):
                participation.start_contribution(author, subject="plan", target=target, title="Essai", text="Essai")
        made = participation.start_contribution(author, subject="plan", target="plan3", title="Essai", text="Essai")
    assert made.pk


def test_a_signal_names_signs_of_its_sector_and_no_month_to_come():
    union = people.speaker(Kind.UNION)
    later = (TODAY.replace(day=1) + timedelta(40)).replace(day=1)
    with acting_as(union):
        for said in ({"signs": ["FR-SEX-05"]}, {"signs": ["INVENTED"]}, {"month": later}):
            with pytest.raises(WrongState):
                sectors.send_signal(union, p.sector(), **p.signal_fields(**said))
        assert sectors.send_signal(union, p.sector(), **p.signal_fields()).pk


def test_the_form_and_the_operation_ask_the_same_bodies(template, closed_body):
    assert template in steering_selectors.leading() and template not in steering_selectors.acting()
    for offered in (
        steering_selectors.leading(),
        steering_selectors.acting(),
        steering_selectors.possible_coordinators(),
        steering_selectors.responsible(),
        steering_selectors.speaking(),
    ):
        assert closed_body not in offered


def test_a_figure_says_how_much_at_which_stage_and_where_it_is_read():
    ministry = people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    right = {"year": 2031, "stage": "voted", "amount": Decimal(5), "evidence": "Essai"}
    with acting_as(ministry):
        made = envelopes.add_envelope(ministry, funder=body(), **envelope())
        for wrong in ({"amount": None}, {"evidence": " "}, {"stage": "unknown"}):
            with pytest.raises(WrongState):
                envelopes.add_line(ministry, made, **{**right, **wrong})
        line = envelopes.add_line(ministry, made, **right)
        with pytest.raises(WrongState):
            envelopes.correct_line(ministry, line, amount=Decimal(6))
        assert envelopes.correct_line(ministry, line, exactness="not_isolable").amount is None
