"""Emergency access, which anybody takes by a reference, decides nothing of the person's rights and takes no copy."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.actor import acting_as
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations import emergency
from victims.data_requests import operations as data_requests
from victims.data_requests.rules import due_day
from victims.models import DataRequest, Limitation

pytestmark = pytest.mark.django_db
WANTED = {"kind": "limitation", "asked_by": "person", "identity": "known", "way": "hand", "text": "Inventée"}


@pytest.fixture
def world(db):
    f.national()
    lead, partner, insider = (f.member(f.shelter()) for _ in range(3))
    case = f.own_case(lead)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    said = {"received_on": timezone.localdate(), **WANTED}
    with acting_as(lead):
        data_requests.answer(lead, data_requests.add_request(lead, case.pk, **said).pk, text="Accordée.")
        asked = data_requests.add_request(lead, case.pk, **said | {"kind": "access"})
    for member in (partner, insider):
        with acting_as(member):
            emergency.break_glass(member, reference=case.reference, reason="Danger immédiat, appel de nuit")
    return {"lead": lead, "partner": partner, "insider": insider, "case": case, "asked": asked}


def state() -> tuple:
    with as_role("nrm_owner"):
        requests = sorted(DataRequest.objects.values_list("kind", "state"))
        return requests, Limitation.objects.in_force().count()


def acts(world) -> dict:
    """Each act on the person's rights, by its page."""
    case, asked = world["case"].pk, world["asked"].pk
    received = (timezone.localdate() - timedelta(days=1)).isoformat()
    return {
        "record": ("data-request-new", case, {**WANTED, "received_on": received}),
        "end the limitation": ("case-data-requests", case, {"because": "asked", "told": "on"}),
        "copy": ("data-copy-print", asked, {"act": "reveal"}),
        "refuse": ("data-request", asked, {"act": "refuse", "refuse-text": "Refus inventé.", "refuse-told": "on"}),
    }


@pytest.mark.parametrize("act", ["record", "end the limitation", "copy", "refuse"])
def test_one_hour_decides_nothing_of_the_rights_of_the_person(world, act):
    """One invented limitation would keep the case from erasure without end; one copy takes the file out on paper."""
    hand, before = Hand(world["insider"]), state()
    page, pk, said = acts(world)[act]
    assert hand.get("case-detail", world["case"].pk).status_code == 200, "the file is read"
    assert hand.post(page, pk, **said).status_code == 403
    assert state() == before
    own = Hand(world["partner"]).post(page, pk, **said)
    assert own.status_code in (200, 302), "who holds the file in its own right goes on"
    assert act == "copy" or state() != before, text(own)[:2000]


def test_the_pages_read_for_an_hour_offer_none_of_it(world):
    hand = Hand(world["insider"])
    for page, pk in (("case-data-requests", world["case"].pk), ("data-request", world["asked"].pk)):
        said = text(hand.get(page, pk))
        assert "Enregistrer une demande" not in said and "Mettre fin à la limitation" not in said
        assert "Préparer la copie" not in said
    assert hand.get("data-request-new", world["case"].pk).status_code == 403
    assert hand.get("data-copy", world["asked"].pk).status_code == 403


@pytest.mark.parametrize("held", ["insider", "partner"])
def test_database_refuses_what_the_page_refuses(world, held):
    """With the account of somebody who reads for an hour, and statements in place of the pages."""
    member, today, before = world[held], timezone.localdate(), state()
    by = {"case_id": world["case"].pk, "agency_id": member.agency_id, "by": member}
    said = {name: value for name, value in WANTED.items() if name != "text"} | {"data": {"text": "Inventée"}}
    asked = DataRequest(**by, **said, reference=world["case"].reference, received_on=today, due_on=due_day(today, 1))
    ends = {"ended_at": timezone.now(), "ended_by": member}
    refused = []
    with acting_as(member):
        ended = Limitation.objects.in_force().update(**ends, ended_because="asked")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE victims_datarequest SET state = 'refused', ended_at = now(), ended_by_id = %s,"
                " outcome = '\\x01' WHERE id = %s",
                [member.pk, world["asked"].pk],
            )
            answered = cursor.rowcount
        for row in (asked, Limitation(**by)):
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except DatabaseError as error:
                refused.append(str(error))
    assert (len(refused), ended, answered) == ((2, 0, 0) if held == "insider" else (0, 1, 1)), refused
    assert all("row-level security" in words for words in refused), refused
    assert (state() == before) is (held == "insider")
