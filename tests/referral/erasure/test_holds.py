"""Who is told that a case is kept, or no longer, and that no two others let go what an agency keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from notifications.models import Notice
from referral.erasure import operations as erasure
from referral.erasure.display import holds_in_words
from referral.erasure.selectors import holds
from referral.models import LegalHold
from referral.tasks import forget
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, told
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SAID = {"ground": "complaint", "authority": "MARQUEUR-TRIBUNAL", "reason": "MARQUEUR-MOTIF"}


class House:
    """A case that one shelter leads, and of which two other services read the summary; a third reads nothing of it."""

    def __init__(self):
        f.national()
        unit = f.coordination()
        self.lead = f.member(f.shelter())
        self.mate = f.member(self.lead.agency)
        self.case = f.own_case(self.lead)
        self.keeper, self.reader = self.joined(f.shelter()), self.joined(f.shelter())
        self.unit = self.joined(unit, Role.COORDINATOR)
        self.second = f.member(self.keeper.agency)
        self.stranger = f.member(f.shelter())

    def joined(self, agency, *roles) -> Membership:
        """A member of this service, to which the summary is opened."""
        member = f.member(agency, *roles)
        f.orientation(self.lead, self.case, member.agency, state="accepted", level=2, answerer=member)
        return member

    def hold(self, by) -> LegalHold:
        with acting_as(by):
            day = timezone.localdate() + timedelta(days=90)
            return erasure.hold_case(by, self.case.pk, review_on=day, **SAID)

    def do(self, actor, act, hold) -> None:
        with acting_as(actor):
            act(actor, hold.pk)

    def may(self, actor) -> tuple[bool, bool]:
        """Return which buttons the page offers: confirm, ask for the end."""
        with acting_as(actor):
            (shown,) = holds_in_words(actor, holds(actor))
            return shown.may_confirm, shown.may_end


@pytest.fixture
def house():
    return House()


def state(hold) -> str:
    with as_role("nrm_owner"):
        return LegalHold.objects.get(pk=hold.pk).state


def people(kind: str, house) -> set[str]:
    """Return who was told of this, by name."""
    names = {
        getattr(house, name).pk: name for name in ("unit", "lead", "mate", "keeper", "second", "reader", "stranger")
    }
    return {names[pk] for pk in told(kind)}


def test_who_put_it_who_confirmed_it_and_the_lead_are_told_what_becomes_of_it(house, mailoutbox):
    made = house.hold(house.keeper)
    house.do(house.reader, erasure.confirm_hold, made)
    house.do(house.second, erasure.end_hold, made)
    house.do(house.mate, erasure.confirm_hold, made)
    fan_out()
    assert people("hold_asked", house) >= {"lead", "mate", "second"}
    assert people("hold_end_asked", house) == {"lead", "mate", "keeper", "reader", "unit"}
    assert people("hold_ended", house) == {"lead", "keeper", "second", "reader", "unit"}
    mailoutbox.clear()
    one_pass()
    assert mailoutbox
    assert not [m for m in mailoutbox if "MARQUEUR" in m.body + m.subject or house.lead.agency.name in m.body]


def test_before_anybody_confirmed_it_no_other_service_is_told(house):
    house.hold(house.keeper)
    fan_out()
    assert people("hold_asked", house) == {"lead", "mate", "second"}


def test_who_lost_the_case_is_told_nothing(house):
    made = house.hold(house.keeper)
    house.do(house.reader, erasure.confirm_hold, made)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=house.reader.pk).update(active=False)
    house.do(house.second, erasure.end_hold, made)
    fan_out()
    assert "reader" not in people("hold_end_asked", house)


def test_the_day_of_its_review_is_told_once(house):
    made = house.hold(house.keeper)
    for day, expected in ((1, set()), (0, {"lead", "mate", "keeper", "second"}), (-9, set())):
        with as_role("nrm_owner"):
            LegalHold.objects.update(review_on=timezone.localdate() + timedelta(days=day))
            Notice.objects.all().delete()
        for _ in range(2):
            with as_role("nrm_worker"):
                forget()
            fan_out()
        assert people("hold_review", house) == expected, day
    assert state(made) == "asked", "the day passing ends nothing"


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
        assert house.may(other) == (False, False)
        with pytest.raises(NotAllowed):
            house.do(other, erasure.confirm_hold, made)
    assert state(made) == "ending"
    assert house.may(house.second) == (True, True)
    assert "doit relever de l'organisme qui a demandé la conservation" in text(
        Hand(house.reader).get("case-keeping", house.case.pk)
    )
    house.do(house.second, erasure.confirm_hold, made)
    assert state(made) == "ended"


def test_the_keeper_asks_in_their_place_and_then_anybody_else_confirms(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    house.do(house.keeper, erasure.end_hold, made)
    assert house.may(house.keeper) == (False, False)
    house.do(house.reader, erasure.confirm_hold, made)
    assert state(made) == "ended"


def test_once_nobody_of_it_is_left_the_coordination_is_one_of_the_two(house):
    made = house.hold(house.keeper)
    house.do(house.lead, erasure.end_hold, made)
    assert house.may(house.unit) == (False, False)
    with as_role("nrm_owner"):
        Membership.objects.filter(agency=house.keeper.agency).update(active=False)
    assert house.may(house.reader) == (False, False)
    assert house.may(house.unit) == (True, True)
    house.do(house.unit, erasure.confirm_hold, made)
    assert state(made) == "ended"


def test_where_the_coordination_does_not_see_it_either_the_lead_is(house):
    made = house.hold(house.keeper)
    with as_role("nrm_owner"):
        Membership.objects.filter(agency__in=[house.keeper.agency, house.unit.agency]).update(active=False)
    house.do(house.reader, erasure.end_hold, made)
    assert house.may(house.reader) == (False, False)
    assert house.may(house.mate) == (True, True)
    house.do(house.mate, erasure.confirm_hold, made)
    assert state(made) == "ended"


def test_a_notice_opens_the_page_of_the_case(house):
    made = house.hold(house.keeper)
    page = Hand(house.mate).get("hold-detail", made.pk)
    assert page.status_code == 302
    assert page.url.endswith(f"/dossiers/{house.case.pk}/conservation/")
    assert Hand(house.stranger).get("hold-detail", made.pk).status_code == 404
