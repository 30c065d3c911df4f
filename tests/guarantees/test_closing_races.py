"""A case is closed while one of its requests is sent, answered or written: one serial order, no deadlock, and after
it nobody but the lead holds more than the state. Real connections, behind a barrier; both orders of starting."""

import pytest

from agencies.models import Level
from referral.closing import operations as closing_operations
from referral.models import Orientation, OrientationDesk
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, CaseAccess, Grant

from .test_races import differences, p  # noqa: F401 the second is a fixture
from .test_request_races import lawful, raced

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def closing(p, case):  # noqa: F811
    return p["coord"], lambda: closing_operations.move_case(p["coord"], case.pk, "close", reason="autonomy")


def nothing_left(case, *, former) -> None:
    """Closed, no live desk row, no grant beside the lead's, the unit's and `former`: these keep the state."""
    with as_role("nrm_owner"):
        assert Case.objects.get(pk=case.pk).status == "closed"
        assert not OrientationDesk.objects.filter(orientation__case=case, live=True).exists()
        assert not Grant.objects.filter(content_object=case, ground__in=["orientation", "consent", "legal"]).exists()
        held = dict(CaseAccess.objects.filter(case=case, lead=False).values_list("agency", "level"))
    assert held == dict.fromkeys(former, Level.STATUS)
    assert differences() == []


@pytest.mark.long
def test_closed_while_a_request_is_sent(p):  # noqa: F811
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        made = f.orientation(p["coord"], case, p["home"].agency, state="draft")
        closed, sent = raced(
            turn,
            closing(p, case),
            (p["coord"], lambda: orientations.send_orientation(p["coord"], made.pk)),  # noqa: B023
        )
        assert (closed, sent) in {("done", "done"), ("done", "wrong_state")}
        with as_role("nrm_owner"):
            rows = OrientationDesk.objects.filter(orientation=made)
            # a draft that was never sent never was at a desk
            assert rows.exists() == (sent == "done")
            assert Orientation.objects.get(pk=made.pk).state == "withdrawn"
        if sent == "done":
            assert lawful(made) == "withdrawn"
        nothing_left(case, former=[])


@pytest.mark.long
def test_closed_while_a_request_is_accepted(p):  # noqa: F811
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        made = f.orientation(p["coord"], case, p["home"].agency)
        closed, accepted = raced(
            turn,
            closing(p, case),
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
        )
        assert closed == "done"
        assert accepted in {"done", "wrong_state", "NotAllowed"}  # the last: its desk row had already ended
        assert lawful(made) == ("completed" if accepted == "done" else "withdrawn")
        nothing_left(case, former=[p["home"].agency_id] if accepted == "done" else [])


def test_closed_while_the_lead_is_handed_over(p):  # noqa: F811
    """Either the case is closed and stays with its lead, or the new lead has it and the former may not close it."""
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        made = f.orientation(p["coord"], case, p["home"].agency, verb="transfer", level=3)
        ends = raced(
            turn,
            closing(p, case),
            (p["home"], lambda: orientations.accept_orientation(p["home"], made.pk)),  # noqa: B023
        )
        assert ends.count("done") == 1, ends
        assert set(ends) <= {"done", "wrong_state", "NotAllowed", "NotFound"}, ends
        with as_role("nrm_owner"):
            now = Case.objects.get(pk=case.pk)
        if ends[0] == "done":
            assert (now.lead_id, lawful(made)) == (p["coord"].agency_id, "withdrawn")
            nothing_left(case, former=[])
        else:
            assert (now.status, now.lead_id) == ("open", p["home"].agency_id)
            assert lawful(made, lead=True) == "accepted"
    assert differences() == []


def test_closed_while_a_request_is_written(p):  # noqa: F811
    """A draft written first is taken back by the closing; one that comes after it is refused."""
    service = f.service()
    for turn in range(ROUNDS):
        case = f.case(p["coord"], author=p["nurse"])
        consent = f.consent(p["coord"], case)

        def write(case=case, consent=consent):
            orientations.draft_orientation(
                p["coord"],
                case,
                addressee=p["home"].agency,
                service=service,
                consent=consent,
            )

        closed, written = raced(turn, closing(p, case), (p["coord"], write))
        assert (closed, written) in {("done", "done"), ("done", "wrong_state")}
        with as_role("nrm_owner"):
            states = list(Orientation.objects.filter(case=case).values_list("state", flat=True))
        assert states == (["withdrawn"] if written == "done" else [])
        nothing_left(case, former=[])
