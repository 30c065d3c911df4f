"""Who is told that a case is kept, or no longer, and that no two others let go what an agency keeps."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.erasure import operations as erasure
from referral.models import LegalHold
from referral.tasks import forget
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import CaseAccess

from .house import SAID, House, people, reminded, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def test_who_put_it_who_confirmed_it_and_the_lead_are_told_what_becomes_of_it(house, mailoutbox):
    made = house.hold(house.keeper)
    house.do(house.reader, erasure.confirm_hold, made)
    house.do(house.second, erasure.end_hold, made)
    house.do(house.mate, erasure.confirm_end, made)
    fan_out()
    assert people("hold_asked", house) >= {"lead", "mate", "second", "unit"}
    assert people("hold_end_asked", house) == {"lead", "mate", "keeper", "reader", "unit"}
    assert people("hold_ended", house) == {"lead", "keeper", "second", "reader", "unit"}
    mailoutbox.clear()
    one_pass()
    assert mailoutbox
    assert not [m for m in mailoutbox if "MARQUEUR" in m.body + m.subject or house.lead.agency.name in m.body]


def test_before_anybody_confirmed_it_only_the_coordination_is_told_besides(house):
    house.hold(house.keeper)
    fan_out()
    assert people("hold_asked", house) == {"lead", "mate", "second", "unit"}


def test_who_lost_the_case_is_told_nothing(house):
    made = house.hold(house.keeper)
    house.do(house.reader, erasure.confirm_hold, made)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=house.reader.pk).update(active=False)
    house.do(house.second, erasure.end_hold, made)
    fan_out()
    assert "reader" not in people("hold_end_asked", house)


def test_the_day_of_its_review_is_told_once_a_month(house):
    made = house.hold(house.keeper)
    all_of_it = {"lead", "mate", "keeper", "second", "unit"}
    for day, expected in ((1, set()), (0, all_of_it), (-9, set()), (-31, all_of_it), (-61, set()), (-62, all_of_it)):
        with as_role("nrm_owner"):
            LegalHold.objects.update(review_on=timezone.localdate() + timedelta(days=day))
        assert reminded("hold_review", house) == expected, day
    assert state(made) == "asked", "the day passing ends nothing"
    again = house.hold(house.mate)
    for confirmed, expected, days in ((False, all_of_it, 93), (True, set(), 124)):
        if confirmed:
            house.do(house.reader, erasure.confirm_hold, again)
        with as_role("nrm_owner"):
            LegalHold.objects.filter(pk=made.pk).update(review_on=timezone.localdate() - timedelta(days=days))
        assert reminded("hold_review", house) == expected, "put again with a day to come, and confirmed: looked at"
        page = text(Hand(house.mate).get("case-keeping", house.case.pk))
        assert ("La date de réexamen est passée" in page) is not confirmed


def test_the_day_of_its_review_is_that_of_paris_half_an_hour_after_midnight_there(house, monkeypatch):
    house.hold(house.keeper)
    with as_role("nrm_owner"):
        LegalHold.objects.update(review_on=date(2027, 1, 15))
    for hour, told_now in ((22, False), (23, True)):
        at = datetime(2027, 1, 14, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(erasure, "database_now", lambda at=at: at)
        assert bool(reminded("hold_review", house)) is told_now, hour


@pytest.mark.parametrize(("act", "kind"), [("keep_hold", "hold_stays"), ("confirm_end", "hold_ended")])
def test_who_asked_for_an_end_is_told_of_the_answer_whatever_its_agency(house, act, kind):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.do(house.reader, erasure.end_hold, made)
    house.do(house.second, getattr(erasure, act), made)
    fan_out()
    assert people(kind, house) == {"lead", "mate", "keeper", "reader", "unit"}


def test_the_page_says_when_it_was_asked_and_when_its_end_was(house):
    made = house.hold(house.keeper)
    with as_role("nrm_owner"):
        LegalHold.objects.update(at=datetime(2026, 1, 5, 9, tzinfo=UTC), changed_at=datetime(2026, 2, 6, 9, tzinfo=UTC))
    assert f"Enregistrée par {house.keeper.agency.name}, 5 janv. 2026 à" in facts(house)
    assert "6 févr." not in facts(house)
    house.do(house.mate, erasure.confirm_hold, made)
    _on(made, datetime(2026, 2, 6, 9, tzinfo=UTC))
    assert "Confirmée le 6 févr. 2026" in facts(house)
    house.do(house.reader, erasure.end_hold, made)
    _on(made, datetime(2026, 3, 7, 9, tzinfo=UTC))
    assert f"Levée demandée par {house.reader.agency.name}, 7 mars 2026" in facts(house)
    assert "5 janv. 2026" in facts(house)
    house.do(house.second, erasure.confirm_end, made)
    _on(made, datetime(2026, 4, 8, 9, tzinfo=UTC))
    assert f"Levée demandée par {house.reader.agency.name} Levée le 8 avr. 2026" in facts(house)


def facts(house) -> str:
    """Return what the page says, without its tags."""
    page = text(Hand(house.mate).get("case-keeping", house.case.pk))
    return " ".join(re.sub("<[^>]+>", " ", page).split()).replace(" ,", ",")


def _on(hold, at) -> None:
    with as_role("nrm_owner"):
        LegalHold.objects.filter(pk=hold.pk).update(changed_at=at)


def test_a_hold_that_ended_is_not_to_be_looked_at_again(house):
    house.hold(house.keeper)
    with as_role("nrm_owner"):
        LegalHold.objects.update(state="ended", review_on=timezone.localdate())
    with as_role("nrm_worker"):
        forget()
    fan_out()
    assert not told("hold_review")


def test_two_others_do_not_let_go_what_an_agency_keeps(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.confirm_hold, made)
    house.do(house.lead, erasure.end_hold, made)
    for other in (house.mate, house.reader):
        assert house.may(other) == set()
        with pytest.raises(NotAllowed):
            house.do(other, erasure.confirm_end, made)
    assert state(made) == "ending"
    assert house.may(house.second) == {"confirm_end", "keep", "end"}
    assert "doit relever de l'organisme qui a demandé la conservation" in text(
        Hand(house.reader).get("case-keeping", house.case.pk)
    )
    house.do(house.second, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_the_keeper_asks_in_their_place_and_then_anybody_else_confirms(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    house.do(house.keeper, erasure.end_hold, made)
    assert house.may(house.keeper) == {"keep"}
    house.do(house.reader, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_once_nobody_of_it_is_left_the_coordination_is_one_of_the_two(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    assert house.may(house.unit) == set()
    with as_role("nrm_owner"):
        Membership.objects.filter(agency=house.keeper.agency).update(active=False)
    assert house.may(house.reader) == set()
    assert house.may(house.unit) == {"confirm_end", "keep", "end"}
    house.do(house.unit, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_where_the_coordination_does_not_see_it_either_the_lead_is(house):
    made = house.hold(house.keeper)
    with as_role("nrm_owner"):
        Membership.objects.filter(agency__in=[house.keeper.agency, house.unit.agency]).update(active=False)
    house.do(house.reader, erasure.end_hold, made)
    assert house.may(house.reader) == set()
    assert house.may(house.mate) == {"confirm_end", "keep", "end"}
    house.do(house.mate, erasure.confirm_end, made)
    assert state(made) == "ended"


def test_a_notice_opens_the_page_of_the_case(house):
    made = house.hold(house.keeper)
    page = Hand(house.mate).get("hold-detail", made.pk)
    assert page.status_code == 302
    assert page.url.endswith(f"/dossiers/{house.case.pk}/conservation/")
    assert Hand(house.stranger).get("hold-detail", made.pk).status_code == 404


# -- which of the two is confirmed ------------------------------------------------------------------------------------
def test_a_page_that_was_open_meanwhile_does_not_end_what_it_meant_to_confirm(house):
    made = house.hold(house.keeper)
    page = Hand(house.mate)
    assert 'value="confirm"' in page.get("case-keeping", house.case.pk).content.decode()
    house.do(house.second, erasure.end_hold, made)
    sent = page.post("case-keeping", house.case.pk, act="confirm", hold=str(made.pk))
    assert sent.status_code == 409
    assert state(made) == "ending"
    with pytest.raises(WrongState):
        house.do(house.lead, erasure.confirm_hold, made)
    shown = page.get("case-keeping", house.case.pk).content.decode()
    assert 'value="confirm_end"' in shown
    assert 'value="confirm"' not in shown
    house.do(house.mate, erasure.confirm_end, made)
    assert state(made) == "ended"


@pytest.mark.parametrize("act", ["confirm_end", "keep_hold"])
def test_an_end_that_nobody_asked_is_neither_confirmed_nor_refused(house, act):
    made = house.hold(house.keeper)
    for confirmed in (False, True):
        if confirmed:
            house.do(house.lead, erasure.confirm_hold, made)
        with pytest.raises(WrongState):
            house.do(house.second, getattr(erasure, act), made)
        assert state(made) == ("standing" if confirmed else "asked")


def test_the_agency_that_keeps_it_says_no_to_its_end_and_who_was_told_is_told(house):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.do(house.lead, erasure.end_hold, made)
    for other in (house.mate, house.reader, house.unit):
        with pytest.raises(NotAllowed):
            house.do(other, erasure.keep_hold, made)
    assert "Refuser la levée" in text(Hand(house.second).get("case-keeping", house.case.pk))
    assert Hand(house.second).post("case-keeping", house.case.pk, act="keep", hold=str(made.pk)).status_code == 302
    assert state(made) == "standing"
    fan_out()
    assert people("hold_stays", house) == {"lead", "mate", "keeper", "unit"}
    with pytest.raises(WrongState):
        house.do(house.second, erasure.confirm_end, made)
    house.do(house.lead, erasure.end_hold, made)
    assert state(made) == "ending", "it may be asked again"


def test_what_nobody_had_confirmed_waits_again_for_a_second_person(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    house.do(house.keeper, erasure.keep_hold, made)
    assert state(made) == "asked"
    house.do(house.reader, erasure.confirm_hold, made)
    assert state(made) == "standing"


# -- on a closed case, where an erasure can come ----------------------------------------------------------------------
def test_who_keeps_a_case_still_decides_once_it_is_closed(house):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.close()
    assert house.sees(house.keeper) == [made.pk]
    assert house.sees(house.reader) == house.sees(house.stranger) == []
    house.do(house.lead, erasure.end_hold, made)
    with pytest.raises(NotAllowed):
        house.do(house.mate, erasure.confirm_end, made)
    with pytest.raises(NotFound):
        house.do(house.reader, erasure.confirm_end, made)
    house.do(house.second, erasure.keep_hold, made)
    house.do(house.lead, erasure.end_hold, made)
    house.do(house.keeper, erasure.confirm_end, made)
    assert state(made) == "ended"
    fan_out()
    assert {"keeper", "second"} <= people("hold_end_asked", house)
    assert "second" in people("hold_ended", house)
    assert not {"reader", "stranger"} & people("hold_end_asked", house)
    assert state(house.hold(house.second)) == "asked", "and puts another"
    for other, refused in ((house.reader, NotAllowed), (house.stranger, NotFound)):
        with pytest.raises(refused):
            house.hold(other)


def test_who_keeps_a_closed_case_has_a_page_of_it_and_reads_no_more_of_the_case(house):
    made = house.hold(house.keeper)
    house.do(house.mate, erasure.confirm_hold, made)
    house.close()
    house.do(house.lead, erasure.end_hold, made)
    hand = Hand(house.second)
    assert hand.get("case-keeping", house.case.pk).status_code == 404
    assert house.case.reference in text(hand.get("hold-list"))
    shown = text(hand.get("hold-detail", made.pk))
    assert "MARQUEUR-TRIBUNAL" in shown
    assert "Refuser la levée" in shown
    assert "Confirmer la levée" in shown
    assert Hand(house.reader).get("hold-detail", made.pk).status_code == 404
    assert Hand(house.reader).post("hold-detail", made.pk, act="keep", hold=str(made.pk)).status_code == 404
    assert hand.post("hold-detail", made.pk, act="confirm_end", hold=str(made.pk)).status_code == 302
    assert state(made) == "ended"
    over = text(hand.get("hold-detail", made.pk))
    assert "n'est plus conservé à la demande de votre service" in over and "sept jours après la levée" in over
    day = f"{timezone.localdate() + timedelta(days=90)}"
    asked = hand.post("hold-detail", made.pk, act="ask", review_on="", **SAID)
    assert "MARQUEUR-MOTIF" in text(asked), "what was typed stays"
    assert hand.post("hold-detail", made.pk, act="ask", review_on=day, **SAID).status_code == 302
    assert len(house.sees(house.second)) == 2


def test_who_lost_the_case_altogether_reads_its_hold_no_more(house):
    made = house.hold(house.keeper)
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=house.case, agency=house.keeper.agency).delete()
    assert house.sees(house.keeper) == []
    with pytest.raises(NotFound):
        house.do(house.second, erasure.end_hold, made)
    with pytest.raises(NotFound):
        house.hold(house.keeper)


# -- a single person --------------------------------------------------------------------------------------------------
def test_where_nobody_else_sees_the_case_the_page_says_who_is_needed():
    f.national()
    f.coordination()
    alone = f.member(f.shelter())
    case = f.own_case(alone)
    said = {"act": "ask", "review_on": f"{timezone.localdate() + timedelta(days=90)}", **SAID}
    hand = Hand(alone)
    assert "Une seconde personne doit confirmer la conservation" in text(hand.get("case-keeping", case.pk))
    assert hand.post("case-keeping", case.pk, **said).status_code == 302
    assert "un autre service auquel le dossier est ouvert" in text(hand.get("case-keeping", case.pk))
