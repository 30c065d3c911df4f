"""Money behind the walls, by bare ORM as the application's role: who enters, who checks, who signs, who reads what."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from plans.models import BudgetLine, Envelope, EnvelopeBeneficiary, LineReview, Measure, Plan
from tests import factories as f
from tests.plans import people

pytestmark = pytest.mark.django_db
NRM01, DENIED, BROKEN = DatabaseError, ProgrammingError, IntegrityError


def refused(act, error=ProgrammingError) -> bool:
    try:
        with transaction.atomic():
            act()
    except error:
        return True
    return False


def envelope(code, funder="dacg", **fields) -> Envelope:
    made = Envelope(
        code=code, label_fr="Essai", scope_fr="Essai", resource_kind="financial", unit="EUR", funder_id=funder, **fields
    )
    Envelope.objects.bulk_create([made])
    return made


def line(actor, on, amount="100.00", **fields) -> BudgetLine:
    made = BudgetLine(
        envelope=on,
        year=2026,
        stage="voted",
        amount=amount and Decimal(amount),
        body_id=actor.agency.profile_id,
        agency=actor.agency,
        by=actor,
    )
    for name, value in fields.items():
        setattr(made, name, value)
    BudgetLine.objects.bulk_create([made])
    return made


def review(actor, on, sort, text="") -> None:
    LineReview.objects.bulk_create([LineReview(line=on, sort=sort, text=text, agency=actor.agency, by=actor)])


def auditor():
    return f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)


def test_a_ministry_enters_its_own_money_and_the_coordination_any():
    own = people.ministry("dacg")
    with acting_as(own):
        line(own, envelope("essai-dacg"))
        assert refused(lambda: envelope("essai-dgt", funder="dgt"))
        assert refused(lambda: envelope("essai-lu", provenance="seen")), "what it enters is not read in a source"
        assert refused(lambda: line(own, Envelope.objects.get(code="miprof-etp"))), "another body's envelope"
    association, network = people.speaker(body="ccem"), people.collective()
    for actor in (association, network):
        with acting_as(actor):
            assert refused(lambda body=actor.agency.profile_id: envelope("essai-asso", funder=body)), (
                "no money of the State"
            )
    auditing = auditor()
    with acting_as(auditing):
        assert refused(lambda: envelope("essai-audit"))
    with acting_as(people.coordination()):
        envelope("essai-agrasc", funder="agrasc")


def test_a_ministry_enters_in_the_measures_it_leads():
    plan4 = people.coordination()
    with acting_as(plan4):
        draft = Plan.objects.get(code="plan4")
        measures = [
            Measure(plan=draft, code=f"essai-{lead}", title_fr="Essai", lead_id=lead) for lead in ("dacg", "dgt")
        ]
        Measure.objects.bulk_create(measures)
    with acting_as(people.ministry("dacg")):
        envelope("menee", funder="dgcs", measure=measures[0])
        assert refused(lambda: envelope("pas-menee", funder="dgcs", measure=measures[1]))
    assert not Envelope.objects.filter(code="menee").exists(), "the public does not read the money of a draft"
    with acting_as(people.speaker()):
        assert Envelope.objects.filter(code="menee").exists()


def test_a_line_is_public_from_its_check_on():
    own, check, other, audit = people.ministry(), people.coordination(), people.ministry("dgt", Kind.LABOUR), auditor()
    with acting_as(own):
        entered = line(own, envelope("essai"))

    def seen(actor):
        if actor is None:
            return BudgetLine.objects.filter(pk=entered.pk).exists()
        with acting_as(actor):
            return BudgetLine.objects.filter(pk=entered.pk).exists()

    readers = {"own": own, "coordination": check, "auditor": audit, "other ministry": other, "public": None}
    assert [name for name, who in readers.items() if seen(who)] == ["own", "coordination", "auditor"]
    with acting_as(own):
        assert refused(lambda: review(own, entered, "checked"))
    with acting_as(audit):
        assert refused(lambda: review(audit, entered, "signed"), NRM01), "an auditor signs what was checked"
        assert refused(lambda: review(audit, entered, "checked"))
    with acting_as(check):
        review(check, entered, "returned", "De quel programme ?")
        review(check, entered, "checked")
        assert refused(lambda: review(check, entered, "signed")), "who checks does not sign"
    assert [name for name, who in readers.items() if seen(who)] == list(readers)
    with acting_as(audit):
        review(audit, entered, "signed")
    assert list(LineReview.objects.filter(line=entered).values_list("sort", flat=True)) == ["checked", "signed"], (
        "what the coordination asked stays between it and the ministry"
    )
    with acting_as(own):
        assert LineReview.objects.filter(line=entered, sort="returned").exists()


def test_nothing_entered_is_rewritten():
    own, check = people.ministry(), people.coordination()
    with acting_as(own):
        first = line(own, envelope("essai"))
        assert refused(lambda: BudgetLine.objects.filter(pk=first.pk).update(amount=1))
        assert refused(lambda: BudgetLine.objects.filter(pk=first.pk)._raw_delete("default"))
        assert refused(lambda: Envelope.objects.filter(code="essai").update(unit="FTE", resource_kind="human"))
        assert refused(lambda: line(own, first.envelope), BROKEN), "one line a year, a stage, a nature"
        assert refused(lambda: line(own, first.envelope, replaces=first, year=2025), NRM01)
        second = line(own, first.envelope, "120.00", replaces=first)  # not published yet: no reason asked
        assert refused(lambda: line(own, first.envelope, replaces=first, reason="Encore"), NRM01)
        forged = line(own, second.envelope, nature="AE", checked_at=timezone.now())
        assert BudgetLine.objects.get(pk=forged.pk).checked_at is None, "nobody publishes alone"
    with acting_as(check):
        assert refused(lambda: review(check, first, "checked"), NRM01), "it was replaced"
        review(check, second, "checked")
    with acting_as(own):
        assert refused(lambda: line(own, second.envelope, "90.00", replaces=second), NRM01)
        line(own, second.envelope, "90.00", replaces=second, reason="Annulation de fin d'année")
    assert BudgetLine.objects.get(envelope__code="essai", year=2026, nature="").amount == 120, (
        "the public reads the figure checked, until its correction is"
    )


def test_the_name_of_an_association_is_public_with_its_grant_alone():
    own = people.ministry()
    with acting_as(own):
        made = envelope("essai")
        EnvelopeBeneficiary.objects.bulk_create(
            [
                EnvelopeBeneficiary(envelope=made, name="Association publique", public_source="Jaune", body_id="dacg"),
                EnvelopeBeneficiary(envelope=made, name="Association cachée", body_id="dacg"),
            ]
        )
        assert EnvelopeBeneficiary.objects.count() == 2
    assert list(EnvelopeBeneficiary.objects.values_list("name", flat=True)) == ["Association publique"]
    with acting_as(people.ministry("dgt", Kind.LABOUR)):
        assert EnvelopeBeneficiary.objects.count() == 1
        assert refused(
            lambda: EnvelopeBeneficiary.objects.bulk_create(
                [EnvelopeBeneficiary(envelope=made, name="Autre", body_id="dgt")]
            )
        )


def test_the_pack_s_figures_and_the_year_its_sources_disagree():
    assert Envelope.objects.count() == 20
    lines = BudgetLine.objects.filter(envelope__code="acse-2018")
    assert {(int(one.amount), one.evidence) for one in lines} == {
        (234000, "Rapport des États-Unis sur la traite (TIP) 2019 (TIP 2018 annonçait 220 000)"),
        (220000, "Rapport des États-Unis sur la traite (TIP) 2018"),
    }
    assert BudgetLine.objects.count() == 22
    assert set(BudgetLine.objects.values_list("stage", flat=True)) == {"unknown"}
    team = Envelope.objects.get(code="miprof-etp")
    assert (team.unit, team.resource_kind, team.funder_id) == ("FTE", "human", "miprof")
