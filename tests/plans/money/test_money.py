"""What is done with money by the operations: who enters, corrects, checks, signs; what each then reads."""

from decimal import Decimal

import pytest

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from plans.models import BudgetLine, Envelope, Measure, Plan
from plans.money.operations import envelopes as acts
from plans.money.selectors import figures
from tests import factories as f
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db
EURO = {"resource_kind": "financial", "unit": "EUR"}
SAID = {"stage": "voted", "evidence": "LFI"}


def auditor():
    return f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)


def body(code) -> Directory:
    return Directory.objects.get(pk=code)


def entered(actor, label="Accueil", year=2026, amount=100, **line) -> BudgetLine:
    """An envelope of the actor's own body with one line, by the operations."""
    with acting_as(actor):
        made = acts.add_envelope(
            actor, funder=body(actor.agency.profile_id), label_fr=label, scope_fr="Tout l'appel à projets", **EURO
        )
        return acts.add_line(actor, made, **{"year": year, "nature": "AE", "amount": Decimal(amount), **SAID, **line})


def test_a_ministry_enters_the_coordination_checks_an_auditor_signs():
    own, check, audit = people.ministry(), people.coordination(), auditor()
    line = entered(own, evidence="PLF 2026")
    assert line.envelope.code.startswith("accueil-")
    assert not BudgetLine.objects.live(None).filter(pk=line.pk).exists()
    for actor, act in ((own, acts.check_line), (audit, acts.check_line), (check, acts.sign_line)):
        with acting_as(actor), pytest.raises(NotAllowed):
            act(actor, line)
    with acting_as(audit), pytest.raises(WrongState):
        acts.sign_line(audit, line)
    with acting_as(check):
        acts.check_line(check, line)
    with acting_as(audit):
        acts.sign_line(audit, line, "Conforme au rapport annuel")
    assert line.signed_at
    assert BudgetLine.objects.live(None).filter(pk=line.pk).exists()
    with as_role("nrm_owner"):
        written = Entry.objects.filter(subject="budgetline", subject_id=str(line.pk))
        assert set(written.values_list("action", flat=True)) == {"money.line", "money.checked", "money.signed"}


@pytest.mark.parametrize("who", ["other ministry", "association", "auditor", "ministry without the role"])
def test_others_enter_nothing(who):
    line = entered(people.ministry())
    actor = {
        "other ministry": lambda: people.ministry("dgt", Kind.LABOUR),
        "association": lambda: people.speaker(body="ccem"),
        "auditor": auditor,
        "ministry without the role": lambda: people.speaker(Kind.JUSTICE, Role.FRONTLINE, body="dacg"),
    }[who]()
    with acting_as(actor):
        with pytest.raises(NotAllowed):
            acts.add_envelope(actor, funder=body("dacg"), label_fr="Essai", scope_fr="Essai", **EURO)
        with pytest.raises(NotAllowed):
            acts.add_line(actor, line.envelope, year=2027, stage="voted", amount=Decimal(1))
        with pytest.raises(NotAllowed):
            acts.correct_line(actor, line, amount=Decimal(1), reason="Essai")


def test_a_figure_is_corrected_with_a_reason_once_published_and_both_stay():
    own, check = people.ministry(), people.coordination()
    first = entered(own)
    with acting_as(own):
        with pytest.raises(WrongState):
            acts.add_line(own, first.envelope, year=2026, nature="AE", **SAID, amount=Decimal(5))
        second = acts.correct_line(own, first, amount=Decimal(120), evidence="LFI")  # nobody read it yet
    with acting_as(check):
        acts.check_line(check, second)
    second.refresh_from_db()
    with acting_as(own):
        with pytest.raises(WrongState):
            acts.correct_line(own, second, amount=Decimal(90), evidence="LFI")
        third = acts.correct_line(own, second, amount=Decimal(90), evidence="LFI", reason="Gel de crédits")
        mine = BudgetLine.objects.live(own).filter(envelope=first.envelope).get()
    public = BudgetLine.objects.live(None).filter(envelope=first.envelope).get()
    assert (mine.amount, public.amount) == (90, 120)
    with acting_as(check):
        acts.check_line(check, third)
    assert BudgetLine.objects.live(None).filter(envelope=first.envelope).get().amount == 90
    kept = BudgetLine.objects.visible_to(None).filter(envelope=first.envelope)
    assert [line.amount for line in kept.order_by("pk")] == [120, 90], "what was public once stays readable"


def test_a_line_withdrawn_counts_no_more_and_may_be_entered_again():
    own = people.ministry()
    line = entered(own)
    with acting_as(own):
        acts.correct_line(own, line, exactness="withdrawn")
        assert not BudgetLine.objects.live(own).filter(envelope=line.envelope).exists()
        again = acts.add_line(own, line.envelope, year=2026, nature="AE", **SAID, amount=Decimal(7))
        assert BudgetLine.objects.live(own).filter(envelope=line.envelope).get() == again


def test_what_is_said_of_an_amount_goes_with_it():
    own = people.ministry()
    hidden = entered(own, exactness="not_isolable")
    shared = entered(own, exactness="estimated", share=Decimal(25), amount=50)
    exact = entered(own, share=Decimal(25))
    assert (hidden.amount, shared.amount, shared.share, exact.share) == (None, 50, 25, None)


def measures(*codes) -> dict[str, Measure]:
    check = people.coordination()
    with acting_as(check):
        plan = Plan.objects.get(code="plan4")
        made = [Measure(plan=plan, code=code, title_fr=code, lead_id="dacg") for code in codes]
        Measure.objects.bulk_create(made)
    return {measure.code: measure for measure in made}


def test_measures_without_money_are_listed_by_what_they_lack():
    own = people.ministry()
    found = measures("avec", "vide", "rien", "assume")
    with acting_as(own):
        Measure.objects.filter(code="assume").update(not_funded=True, not_funded_reason="À moyens constants")
        for code in ("avec", "vide"):
            made = acts.add_envelope(own, funder=body("dacg"), label_fr=code, scope_fr="x", measure=found[code], **EURO)
            if code == "avec":
                acts.add_line(own, made, year=2026, nature="AE", **SAID, amount=Decimal(3))
        missing = figures.missing(own, Plan.objects.get(code="plan4"))
    named = {
        name: {measure.code for measure in getattr(missing, name)} & set(found)
        for name in ("not_funded", "unsaid", "empty")
    }
    assert named == {"not_funded": {"assume"}, "unsaid": {"rien"}, "empty": {"vide"}}
    public = figures.missing(None)
    assert not {measure.plan.code for measure in public.unsaid} & {"plan4", "plan1", "plan2"}, (
        "a draft, and closed plans"
    )
    assert "plan3" not in {measure.plan.code for measure in public.unsaid}, "its list is not declared complete"


def test_the_years_of_the_grant_stand_beside_each_other_and_2018_has_no_single_number():
    found = {one.code: one for one in figures.series(figures.mark_disputed(list(figures.standing(None))))}
    assert set(found) == {"acse", "agrasc-appel", "acse-lieux"}
    grant = found["acse"]
    assert {year: sorted(int(line.amount) for line in lines) for year, lines in grant.years.items()} == {
        2016: [170000],
        2017: [220000],
        2018: [220000, 234000],
        2019: [240000],
        2020: [234000],
    }
    assert [step.change for step in grant.changes] == [None, Decimal("29.4"), None, None, Decimal("-2.5")]
    assert [line.disputed for line in grant.years[2018]] == [True, True]
    assert not grant.years[2017][0].disputed
    assert [step.change for step in found["agrasc-appel"].changes] == [None, Decimal("38.5")]


def test_pages_of_money_cost_the_same_at_any_size(django_assert_num_queries):
    own = people.ministry()
    entered(own)

    def read():
        return [(line.envelope.funder, line.body) for line in figures.standing(own)]

    with acting_as(own):
        with django_assert_num_queries(3):  # the mandate for the lines and for what replaces them, the lines
            few = len(read())
        for number in range(4):
            entered(own, f"Enveloppe {number}")
        with django_assert_num_queries(3):
            assert len(read()) == few + 4
    assert Envelope.objects.count() == 25
