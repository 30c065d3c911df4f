"""An end that nobody answers: who may answer it besides the keeper, from which day, and who is told of that day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.templatetags.words import day
from foundation.workflow import NotAllowed
from referral.erasure import operations as erasure
from referral.models import LegalHold
from tests.referral.pages import Hand, plain, text
from tests.roles import as_role

from .house import House, people, reminded, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def test_a_second_person_who_does_not_come_is_asked_for_each_month(house, monkeypatch):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    _changed(made, 300)
    assert reminded("hold_waits", house) == set(), "it waits for nobody"
    house.do(house.reader, erasure.end_hold, made)
    for days, told_again in ((30, False), (31, True), (61, False), (63, True), (93, True)):
        monkeypatch.setattr(erasure, "database_now", lambda days=days: timezone.now() + timedelta(days=days))
        assert bool(reminded("hold_waits", house)) is told_again, days
    assert people("hold_waits", house) == {"lead", "mate", "keeper", "second", "unit"}


def _changed(hold, days) -> None:
    with as_role("nrm_owner"):
        LegalHold.objects.filter(pk=hold.pk).update(changed_at=timezone.now() - timedelta(days=days))


def _end_asked(hold, days) -> None:
    """Have the end of this hold have been asked for, for the first time, so many days ago."""
    _changed(hold, days)
    with as_role("nrm_owner"):
        LegalHold.objects.filter(pk=hold.pk).update(end_asked_at=timezone.now() - timedelta(days=days))


def test_an_end_that_nobody_answers_is_answered_by_the_coordination_and_later_by_the_lead(house):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.do(house.reader, erasure.end_hold, made)
    for days, unit, lead in ((61, False, False), (63, True, False), (123, True, False), (125, True, True)):
        _end_asked(made, days)
        assert house.may(house.unit) == ({"confirm_end", "keep", "end"} if unit else set()), days
        assert house.may(house.mate) == ({"confirm_end", "keep", "end"} if lead else set()), days
        assert house.may(house.second) == {"confirm_end", "keep", "end"}, "who keeps it has its say to the end"
    _end_asked(made, 63)
    with pytest.raises(NotAllowed):
        house.do(house.mate, erasure.confirm_end, made)
    house.do(house.unit, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_who_answers_after_the_keeper_loses_nothing_by_asking_in_its_place(house):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.do(house.reader, erasure.end_hold, made)
    _end_asked(made, 63)
    house.do(house.unit, erasure.end_hold, made)
    assert house.may(house.unit) == {"keep"}, "it goes on being asked; its own asking needs another one"
    house.do(house.reader, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_an_end_asked_again_after_it_was_refused_is_counted_anew(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    _end_asked(made, 200)
    house.do(house.second, erasure.keep_hold, made)
    house.do(house.lead, erasure.end_hold, made)
    assert house.may(house.unit) == house.may(house.mate) == set()


def test_a_keeper_with_the_state_alone_that_never_answers_holds_a_closed_case_no_longer(house, monkeypatch):
    """The coordination does not see the case any more: the lead's turn comes on its own day all the same, the keeper
    being reminded each month until then."""
    made = house.hold(house.keeper)
    house.close()
    house.do(house.lead, erasure.end_hold, made)
    for days in (61, 63, 123):
        _end_asked(made, days)
        assert house.may(house.mate) == set(), days
        with pytest.raises(NotAllowed):
            house.do(house.mate, erasure.confirm_end, made)
    _end_asked(made, 0)
    for days in (32, 63, 94):
        monkeypatch.setattr(erasure, "database_now", lambda days=days: timezone.now() + timedelta(days=days))
        assert {"keeper", "second"} <= reminded("hold_waits", house), days
    _end_asked(made, 125)
    house.do(house.mate, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_asking_in_the_place_of_others_puts_no_reminder_off(house, monkeypatch):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    _end_asked(made, 30)
    house.do(house.keeper, erasure.end_hold, made)
    monkeypatch.setattr(erasure, "database_now", lambda: timezone.now() + timedelta(days=2))
    assert reminded("hold_waits", house)


@pytest.mark.parametrize("closed", [False, True])
def test_the_page_says_on_which_day_others_may_answer_the_keeper_first(house, closed):
    made = house.hold(house.keeper)
    if closed:
        house.close()
    house.do(house.lead, erasure.end_hold, made)
    # days of 24 hours: asked for late in a winter's evening, 124 of them end in summer, past midnight
    after = (timezone.localtime(timezone.now() + timedelta(days=days)) for days in (62, 124))
    unit, lead = (plain(day(moment.date())) for moment in after)
    name = "hold-detail" if closed else "case-keeping"
    said = text(Hand(house.second).get(name, made.pk if closed else house.case.pk))
    assert "Si votre service ne répond pas, d'autres peuvent répondre à sa place, et le dossier peut alors être" in said
    assert f"à compter du {unit}, la coordination, si elle suit le dossier" in said
    assert f"à compter du {lead}, le service chef de file" in said
    assert said.index(unit) < said.index("Refuser la levée"), "before what one presses"
    assert "Demander la levée à leur place" in said
    others = text(Hand(house.mate).get("case-keeping", house.case.pk))
    assert f"Sans réponse de {house.keeper.agency.name}, d'autres peuvent répondre" in others
    assert unit in others and lead in others


def test_the_page_of_a_closed_case_says_that_silence_does_not_keep_it(house):
    made = house.hold(house.keeper)
    house.close()
    said = text(Hand(house.second).get("hold-detail", made.pk))
    assert "ne pas répondre à une demande de levée ne conserve pas le dossier" in said
    assert "Si votre service ne répond pas" not in said, "nobody asks for its end"


def test_no_day_is_said_of_an_end_that_the_keeper_asked_for_or_of_a_turn_that_is_its_own(house):
    mine = house.hold(house.keeper)
    house.do(house.keeper, erasure.end_hold, mine)
    assert "Sans réponse de" not in text(Hand(house.mate).get("case-keeping", house.case.pk))
    house.do(house.reader, erasure.confirm_end, mine)
    of_the_lead = house.hold(house.lead)
    house.do(house.reader, erasure.end_hold, of_the_lead)
    said = text(Hand(house.mate).get("case-keeping", house.case.pk))
    assert "la coordination, si elle suit le dossier" in said
    assert ", le service chef de file" not in said
