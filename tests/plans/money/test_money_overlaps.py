"""What two envelopes are said to count in both: said by either side, taken back by who enters in both, read by all."""

import pytest

from agencies.models import Directory, Kind
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from plans.models import Envelope
from plans.money.display import desk
from plans.money.operations import envelopes as acts
from tests.plans import people

from .test_money_pages import ENVELOPE, Hand

pytestmark = pytest.mark.django_db


def envelope(actor, label, funder=None, unit="EUR", kind="financial", **words) -> Envelope:
    with acting_as(actor):
        body = Directory.objects.get(pk=funder or actor.agency.profile_id)
        return acts.add_envelope(
            actor, funder=body, label_fr=label, scope_fr="Essai", unit=unit, resource_kind=kind, **words
        )


def test_said_by_hand_read_by_anybody_and_taken_back():
    own, public = Hand(people.ministry()), Hand()
    first, second = envelope(own.member, "Première"), envelope(own.member, "Seconde")
    assert "Aucun chevauchement déclaré" in own.get("plans:money-envelope", first.code)
    own.post("plans:money-overlaps", first.code, act="say", other=second.code)
    for code, other in ((first.code, "Seconde"), (second.code, "Première")):
        assert other in public.get("policy:money-envelope", code), "both sides say it"
    own.post("plans:money-overlaps", second.code, act="drop", other=first.code)
    assert "Seconde" not in public.get("policy:money-envelope", first.code)
    own.post("plans:money-overlaps", first.code, act="say", other="inconnue", status=404)


def test_it_is_taken_back_by_who_enters_in_both_alone():
    justice, labour = people.ministry(), people.ministry("dgt", Kind.LABOUR)
    check = people.coordination()
    mine, theirs = envelope(justice, "Justice"), envelope(labour, "Travail")
    with acting_as(justice):
        acts.record_overlap(justice, mine, theirs)
        with pytest.raises(NotAllowed):
            acts.drop_overlap(justice, mine, theirs)
        mine.overlaps.through.objects.all()._raw_delete("default")
        assert mine.overlaps.exists(), "the database says it too"
    with acting_as(labour):
        with pytest.raises(NotAllowed):
            acts.record_overlap(labour, mine, theirs)  # from another's envelope
        assert theirs.overlaps.get() == mine
    said = Hand(justice).get("plans:money-overlaps", mine.code)
    assert "la coordination peut retirer" in said
    Hand(people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)).get("plans:money-overlaps", mine.code, status=403)
    with acting_as(check):
        acts.drop_overlap(check, mine, theirs)
    assert not mine.overlaps.exists()


def test_only_the_same_unit_and_never_itself():
    own = people.ministry()
    euros, people_at_work = envelope(own, "Euros"), envelope(own, "Équipe", unit="FTE", kind="human")
    with acting_as(own):
        for other in (euros, people_at_work):
            with pytest.raises(WrongState):
                acts.record_overlap(own, euros, other)
        assert people_at_work not in desk.similar_envelopes(own, euros)


def test_the_nearest_come_first_and_a_word_finds_the_others():
    own = people.ministry()
    asked = envelope(own, "Demandée", programme="P101")
    envelope(own, "Zzz programme", programme="P101")
    envelope(own, "Zzz organisme")
    with acting_as(own):
        found = [one.label_fr for one in desk.similar_envelopes(own, asked)]
        assert found[:2] == ["Zzz programme", "Zzz organisme"]
        assert len(found) > 2, "then those of the pack"
        assert {one.series for one in desk.similar_envelopes(own, asked, "ac.sé 2018")} <= {"acse"}
    said = Hand(own).get("plans:money-overlaps", asked.code, query="?q=introuvable")
    assert "Aucune enveloppe trouvée" in said


def test_the_form_of_an_envelope_offers_measures_by_plan_and_no_list_without_end():
    own = Hand(people.ministry())
    form = own.get("plans:money-new")
    assert 'name="overlaps"' not in form
    whole = Hand(people.coordination()).get("plans:money-new")
    assert whole.count("<optgroup") > 3, "units by kind, measures by plan"
    own.post("plans:money-new", **ENVELOPE)
    made = Envelope.objects.get(label_fr=ENVELOPE["label_fr"])
    assert "Aussi compté ailleurs" in own.get("plans:money-envelope", made.code)
