"""A breach is decided and closed by two persons, one of them national."""

import json
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from foundation.workflow import NotAllowed, WrongState
from referral.breaches.display import shown
from referral.breaches.forms.entries import FORMS
from referral.breaches.rules import may
from referral.models import Breach
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .house import FOUND, READ, Sort, agree, close, decided, report, row, told, write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sort", [Sort.NO_RISK, Sort.NOTIFIED])
def test_what_one_decides_is_told_to_all_and_stops_no_reminder(world, sort):
    breach = report(world, hours=73)
    write(world, "admin", breach, sort, happened_at=timezone.now() if sort == Sort.NOTIFIED else None, text="x")
    sent = told(world)
    assert {who for kind, who in sent if kind == "breach_decided"} == READ - {"admin"}
    assert {who for kind, who in sent if kind == "breach_late"} >= {"admin", "national"}
    stands = shown(row(breach.pk))
    assert stands.late and not stands.cnil_agreed


@pytest.mark.parametrize("who", ["admin", "second_admin", "dpo"])
def test_no_agency_agrees_with_itself(world, who):
    breach = report(world)
    decided(world, breach)
    with pytest.raises(NotAllowed):
        agree(world, who, breach)
    agree(world, "national", breach)
    stands = row(breach.pk)
    assert stands.cnil_agreed and stands.persons_agreed and stands.is_open


def test_the_agency_agrees_to_what_the_nation_decided_and_each_to_what_the_other_did(world):
    breach = report(world)
    write(world, "national", breach, Sort.NO_RISK, text="x")
    write(world, "admin", breach, Sort.NOT_INFORMED, reason="protected", text="x")
    agree(world, "admin", breach)
    stands = row(breach.pk)
    assert stands.cnil_agreed and not stands.persons_agreed
    with pytest.raises(NotAllowed):
        agree(world, "admin", breach)
    agree(world, "national", breach)
    assert row(breach.pk).persons_agreed
    with pytest.raises(WrongState):
        agree(world, "national_admin", breach)


def test_a_decision_written_since_the_page_was_read_is_not_agreed_to(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    read = row(breach.pk).decided_id
    write(world, "admin", breach, Sort.INFORMED, happened_at=timezone.now(), text="x")
    with pytest.raises(WrongState):
        write(world, "national", breach, Sort.AGREE, answered=read)
    agree(world, "national", breach)
    write(world, "admin", breach, Sort.INFORMED, happened_at=timezone.now(), text="x")  # more of the same
    assert row(breach.pk).persons_agreed
    write(world, "admin", breach, Sort.NOTIFIED, happened_at=timezone.now(), number="N-1")  # another decision
    assert not row(breach.pk).cnil_agreed


def test_the_page_offers_to_agree_to_whoever_may(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    assert 'value="agree"' not in text(Hand(world["second_admin"]).get("breach", breach.pk))
    hand = Hand(world["national"])
    page, asked = text(hand.get("breach", breach.pk)), str(row(breach.pk).decided_id)
    assert asked in page and 'value="undecide"' in page
    assert hand.post("breach", breach.pk, act="agree", **{"agree-answered": asked}).status_code == 302
    assert row(breach.pk).cnil_agreed


# -- closing -----------------------------------------------------------------------------------------------------------
def test_closed_by_two_after_both_decisions(world):
    breach = report(world, ongoing=True)
    write(world, "admin", breach, Sort.ASSESS, **FOUND)
    for missing in (Sort.NO_RISK, Sort.NOT_INFORMED, Sort.ENDED):
        with pytest.raises(WrongState):
            write(world, "admin", breach, Sort.CLOSE)
        words = {"reason": "public"} if missing == Sort.NOT_INFORMED else {}
        write(world, "admin", breach, missing, text="x", **words)
    closed = close(world, breach)
    assert closed.closed_by_id == world["national"].pk and closed.closing_by_id == world["admin"].pk
    with pytest.raises(WrongState):
        write(world, "admin", breach, Sort.ASSESS, **FOUND)


@pytest.mark.parametrize(("first", "second"), [("admin", "admin"), ("admin", "second_admin"), ("dpo", "admin")])
def test_an_agency_closes_no_breach_of_its_own(world, first, second):
    breach = report(world)
    decided(world, breach)
    asked = write(world, first, breach, Sort.CLOSE)
    with pytest.raises(NotAllowed):
        write(world, second, breach, Sort.CONFIRM, answered=asked.pk)
    assert row(breach.pk).is_open


def test_nor_does_one_who_invited_the_other(world):
    breach = report(world)
    decided(world, breach)
    asked = write(world, "national_admin", breach, Sort.CLOSE)
    with as_role("nrm_owner"):
        type(world["national"]).objects.filter(pk=world["national"].pk).update(invited_by=world["national_admin"])
    with pytest.raises(NotAllowed):
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)
    write(world, "admin", breach, Sort.CONFIRM, answered=asked.pk)  # one of the two is above


def test_what_is_written_after_the_request_takes_it_back(world):
    """The first cannot slip a decision under what the second person has read."""
    breach = report(world)
    decided(world, breach)
    asked = write(world, "admin", breach, Sort.CLOSE)
    write(world, "admin", breach, Sort.ASSESS, **FOUND)
    with pytest.raises(WrongState):
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)
    write(world, "admin", breach, Sort.CLOSE)
    with pytest.raises(WrongState):  # of the request that the page showed, not of another
        write(world, "national", breach, Sort.CONFIRM, answered=asked.pk)


def test_refused_asked_again_closed_and_opened_again(world):
    breach = report(world)
    decided(world, breach)
    write(world, "admin", breach, Sort.CLOSE)
    write(world, "national", breach, Sort.KEEP, text="x")
    close(world, breach)
    write(world, "dpo", breach, Sort.REOPEN, text="x")
    again = row(breach.pk)
    assert again.is_open and again.closing_id is None and again.known_at == breach.known_at
    assert (again.assessed, again.cnil, again.persons, again.cnil_agreed) == (False, "", "", False)
    with pytest.raises(WrongState):
        write(world, "dpo", breach, Sort.CLOSE)
    write(world, "dpo", breach, Sort.GOES_ON, text="x")
    decided(world, breach, "dpo")
    with pytest.raises(WrongState):  # it goes on
        write(world, "dpo", breach, Sort.CLOSE)
    write(world, "dpo", breach, Sort.ENDED, text="x")
    assert close(world, breach, "national", "national_admin").closed_at


def test_the_agency_takes_no_notification_back(world):
    breach = report(world)
    write(world, "admin", breach, Sort.NO_RISK, text="x")
    write(world, "admin", breach, Sort.NOTIFIED, happened_at=timezone.now(), number="N-1")
    write(world, "admin", breach, Sort.MORE, happened_at=timezone.now(), text="x")
    for sort in (Sort.NO_RISK, Sort.NOTIFIED):
        with pytest.raises(WrongState):
            write(world, "admin", breach, sort, happened_at=timezone.now(), text="x")
    for who in ("admin", "dpo"):
        with pytest.raises(NotAllowed):
            write(world, who, breach, Sort.UNDECIDE, text="x")
    write(world, "national", breach, Sort.UNDECIDE, text="x")
    again = row(breach.pk)
    assert (again.cnil, again.notified_at, again.persons, again.decided_id) == ("", None, "", None)
    write(world, "admin", breach, Sort.NO_RISK, text="x")


def test_python_and_the_database_say_alike_what_may_be_written():
    names = ("ongoing", "assessed", "cnil_agreed", "persons_agreed")
    shapes = product(*[[False, True]] * 4, ["", "notified", "no_risk"], ["", "informed"], [None, 1], [None, 1])
    for *flags, cnil, persons, closing, closed in shapes:
        breach = Breach(**dict(zip(names, flags, strict=True)), cnil=cnil, persons=persons)
        breach.closing_id = closing and breach.pk
        breach.closed_at = closed and timezone.now()
        for sort in FORMS:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nrm.breach_may(jsonb_populate_record(NULL::referral_breach, %s), %s)",
                    [_as_json(breach), sort],
                )
                assert cursor.fetchone()[0] == may(breach, sort), (sort, breach.__dict__)


def _as_json(breach) -> str:
    names = ("ongoing", "assessed", "cnil_agreed", "persons_agreed", "cnil", "persons")
    said = {name: getattr(breach, name) for name in names}
    said |= {"closing_id": breach.closing_id and str(breach.closing_id)}
    return json.dumps(said | {"closed_at": breach.closed_at and breach.closed_at.isoformat()})
