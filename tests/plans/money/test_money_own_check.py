"""A check is somebody else's: what the coordination entered for a body that takes part here, that body takes over."""

import pytest

from agencies.models import Kind
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from plans.models import BudgetLine, LineReview
from plans.money.operations import envelopes as acts
from plans.money.selectors.waiting import to_check, to_take
from tests.plans import people

from .test_money_overlaps import envelope
from .test_money_pages import LINE, Hand, newest
from .test_money_walls import refused

pytestmark = pytest.mark.django_db


def entered(hand, made) -> BudgetLine:
    hand.post("plans:money-line", made.code, **LINE)
    with acting_as(hand.member):
        return BudgetLine.objects.live(hand.member).get(envelope=made)


def test_the_body_takes_over_what_was_entered_for_it_and_then_it_is_checked():
    check, own, public = Hand(people.coordination()), Hand(people.ministry()), Hand()
    line = entered(check, envelope(check.member, "Pour la justice", funder="dacg"))
    with acting_as(check.member):
        with pytest.raises(NotAllowed):
            acts.check_line(check.member, line)
        own_review = LineReview(line=line, sort="checked", agency=check.member.agency, by=check.member)
        assert refused(lambda: LineReview.objects.bulk_create([own_review])), "the database says it too"
        assert line not in to_check(check.member)
    check.post("plans:money-check-all", line=[line.pk], status=403)
    said = check.get("plans:money-lines", query="?year=2026")
    assert "Saisi par vous pour un autre organisme" in said
    assert f'value="{line.pk}"' not in said
    assert "À confirmer par l'organisme qui finance" in own.get("plans:money")
    assert "1 250 000 €" in own.get("plans:money-lines", query="?state=take")
    assert "Confirmer ce montant au nom de votre organisme" in own.get("plans:money-envelope", line.envelope.code)
    own.post("plans:money-correct", line.pk, exactness="exact", amount="1,25 M€", evidence="LFI")
    assert "À confirmer par l'organisme qui finance" not in own.get("plans:money")
    check.post("plans:money-check-all", line=[newest(check)])
    said = public.get("policy:money-envelope", line.envelope.code)
    assert "1 250 000 €" in said
    assert "personne d'autre ne le relit" not in said


def test_another_ministry_neither_sees_nor_takes_it():
    check = Hand(people.coordination())
    people.ministry()
    line = entered(check, envelope(check.member, "Pour la justice", funder="dacg"))
    other = people.ministry("dgt", Kind.LABOUR)
    with acting_as(other):
        assert not BudgetLine.objects.filter(pk=line.pk).exists()
        assert not to_take(other).exists()
    assert not BudgetLine.objects.filter(pk=line.pk).exists(), "nor the public"


@pytest.mark.parametrize("funder", ["miprof", "agrasc"])
def test_its_own_money_or_that_of_a_body_without_a_unit_is_checked_and_said_so(funder):
    check, public = Hand(people.coordination()), Hand()
    line = entered(check, envelope(check.member, "Sans autre lecteur", funder=funder))
    check.post("plans:money-check-all", line=[line.pk])
    assert "par l'organisme qui l'a saisi" in public.get("policy:money-envelope", line.envelope.code)


def test_who_may_not_check_is_shown_no_form_of_checks():
    check, own = Hand(people.coordination()), Hand(people.ministry())
    with acting_as(own.member):
        made = envelope(own.member, "À vérifier")
    line = entered(own, made)
    for hand in (own, Hand(people.speaker(body="ccem"))):
        said = hand.get("plans:money-lines")
        assert "montants/verifier/" not in said
        assert f"/montants/{line.pk}/avis/" not in said, "no link that refuses"
    assert f'id="line-{line.pk}">' in check.get("plans:money-lines", query="?state=check")
    ticked = check.get("plans:money-lines", query="?state=check&tout=1")
    assert f'id="line-{line.pk}" checked>' in ticked
