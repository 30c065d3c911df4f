"""The life of a case: who moves it, what a closing asks and ends, what a reopening does not give back."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.models import Category, Level, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.closing import operations as closing
from referral.models import Alert, CaseMove, CaseOutcome, Orientation
from referral.orientations.operations import orientations
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents import operations as consents
from victims.models import Case, CaseAccess, Consent, Grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    coordinator = f.member(unit, Role.COORDINATOR)
    school = f.agency("education", desk=False)
    author = f.member(school, Role.FRONTLINE)
    lead = f.member(f.shelter(name="Foyer Horizon (fictif)"))
    case = f.case(coordinator, author=author)
    f.orientation(coordinator, case, lead.agency, state="accepted", answerer=lead, verb="transfer", level=3)
    partner = f.member(f.shelter(name="Les Calanques (fictif)"))
    waiting = f.member(f.shelter(name="Accueil Mistral (fictif)"))
    given = {"level": 3, "categories": Category.CONTACT}
    carried = f.orientation(lead, case, partner.agency, state="in_progress", answerer=partner, **given)
    asked = f.orientation(lead, case, waiting.agency, state="opened", answerer=waiting)
    return {
        "lead": lead,
        "case": case,
        "partner": partner,
        "waiting": waiting,
        "coordinator": coordinator,
        "author": author,
        "carried": carried,
        "asked": asked,
        "stranger": f.member(f.shelter()),
    }


def move(actor, case, action, **fields):
    with acting_as(actor):
        return closing.move_case(actor, case.pk, action, **fields)


def status(case) -> tuple[str, str]:
    with as_role("nrm_owner"):
        found = Case.objects.get(pk=case.pk)
    return found.status, found.closure_reason


def level(actor, case) -> int:
    with acting_as(actor):
        row = CaseAccess.objects.of(actor).filter(case=case.pk).first()
        return row.level if row else 0


def test_the_lead_moves_it_and_others_do_not(world):
    case, lead = world["case"], world["lead"]
    for who, refusal in (("partner", NotAllowed), ("coordinator", NotFound), ("stranger", NotFound)):
        with pytest.raises(refusal):
            move(world[who], case, "start_support")
    with pytest.raises(NotAllowed):  # an administrator of the lead's agency works on no case
        move(f.member(lead.agency, Role.CASE_WORKER, Role.AGENCY_ADMIN), case, "merge")
    assert status(case) == ("open", "")
    move(lead, case, "start_support")
    with pytest.raises(WrongState):
        move(lead, case, "start_support")
    move(lead, case, "follow_up")
    assert status(case) == ("follow_up", "")
    with acting_as(lead):
        steps = list(CaseMove.objects.filter(case=case).values_list("action", "before", "after", "membership"))
    assert steps == [
        ("start_support", "open", "in_support", lead.pk),
        ("follow_up", "in_support", "follow_up", lead.pk),
    ]


def test_the_author_of_the_alert_sees_the_state_follow(world):
    move(world["lead"], world["case"], "start_support")
    with acting_as(world["author"]):
        assert Alert.objects.visible_to(world["author"]).get().case_status == "in_support"


def test_a_closing_ends_what_was_given_and_leaves_partners_the_state(world):
    case, lead, partner = world["case"], world["lead"], world["partner"]
    assert (level(partner, case), level(world["coordinator"], case)) == (3, 1)
    move(lead, case, "close", reason="autonomy", outcome={"wish": "MARQUEUR-SOUHAIT", "feedback": "MARQUEUR-RETOUR"})
    assert status(case) == ("closed", "autonomy")
    assert (level(partner, case), level(world["waiting"], case), level(lead, case)) == (1, 0, 3)
    with acting_as(partner):
        assert CaseAccess.objects.of(partner).get(case=case.pk).categories == 0
        assert not Case.objects.visible_to(partner).exists()
        assert not CaseOutcome.objects.exists()
    assert Hand(partner).get("case-detail", case.pk).status_code == 404
    with as_role("nrm_owner"):
        asked = Orientation.objects.filter(case=case, verb="refer")
        states = {o.pk: (o.state, "".join(m.reason for m in o.moves.all())) for o in asked}
        grounds = set(
            Grant.objects.filter(content_object=case, group=partner.agency_id).values_list("ground", flat=True)
        )
        assert Consent.objects.filter(case=case, withdrawn_at=None).exists()  # the agreement is the person's
    assert states == {
        world["carried"].pk: ("completed", "case_closed"),
        world["asked"].pk: ("withdrawn", "case_closed"),
    }
    assert grounds == {"former"}
    with acting_as(lead):
        assert CaseOutcome.objects.get(case=case).data["wish"] == "MARQUEUR-SOUHAIT"


def test_a_reopening_keeps_history_and_gives_nothing_back(world):
    case, lead, partner = world["case"], world["lead"], world["partner"]
    move(lead, case, "close", reason="lost_contact")
    with acting_as(lead), pytest.raises(WrongState):
        orientations.draft_orientation(
            lead, case, addressee=partner.agency, service=f.service(), level=2, consent=world["carried"].consent
        )
    with pytest.raises(NotFound):
        move(partner, case, "reopen")
    move(lead, case, "reopen")
    assert status(case) == ("open", "")
    assert level(partner, case) == 1
    with acting_as(lead):
        assert [m.reason for m in CaseMove.objects.filter(case=case)] == ["lost_contact", ""]
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=2)
    assert level(partner, case) == 2


def test_a_closing_has_a_known_reason_and_another_move_has_none(world):
    with pytest.raises(closing.UnknownReason):
        move(world["lead"], world["case"], "close", reason="because")
    with pytest.raises(WrongState):
        move(world["lead"], world["case"], "start_support", reason="autonomy")
    assert status(world["case"]) == ("open", "")


BARE = """INSERT INTO referral_casemove
  (id, case_id, action, before, after, membership_id, agency_id, at, reason, to_agencies)
          VALUES (gen_random_uuid(), %s, %s, 'open', %s, %s, %s, now(), %s, '{}')"""


@pytest.mark.parametrize(
    ("who", "action", "after", "code"),
    [
        ("lead", "close", "closed", None),
        ("lead", "close", "follow_up", "NRM01"),
        ("lead", "merge", "closed", "42501"),
        ("partner", "close", "closed", "42501"),
        ("coordinator", "start_support", "in_support", "42501"),
        ("stranger", "start_support", "in_support", "42501"),
    ],
)
def test_the_database_alone_refuses(world, who, action, after, code):
    actor, found = world[who], None
    try:
        with acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
            reason = "autonomy" if action == "close" else ""
            cursor.execute(BARE, [world["case"].pk, action, after, actor.pk, actor.agency_id, reason])
    except DatabaseError as error:
        found = error.__cause__.pgcode
    assert found == code
    assert status(world["case"])[0] == ("closed" if code is None else "open")


def test_the_state_is_never_written_past_a_move(world):
    lead, case = world["lead"], world["case"]
    with acting_as(lead):
        assert Case.objects.filter(pk=case.pk).update(urgency="high") == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(status="in_support")
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(closure_reason="autonomy")


def test_an_accepted_request_proposes_support_and_starts_nothing(world):
    case, lead = world["case"], world["lead"]
    page = text(Hand(lead).get("case-life", case.pk))
    assert "Votre service a accepté la demande" in page and status(case)[0] == "open"
    assert "a accepté" not in text(Hand(world["partner"]).get("case-life", case.pk))
    done = Hand(lead).post("case-life", case.pk, act="start_support")
    assert done.status_code == 302 and status(case)[0] == "in_support"
    assert "a accepté" not in text(Hand(lead).get("case-life", case.pk))
    again = Hand(lead).post("case-life", case.pk, act="start_support")
    assert again.status_code == 409
    assert Hand(world["partner"]).post("case-life", case.pk, act="follow_up").status_code == 403
    assert Hand(world["stranger"]).get("case-life", case.pk).status_code == 404


def test_the_page_of_closing_says_what_ends_and_keeps_what_was_typed(world):
    case, lead = world["case"], world["lead"]
    page = text(Hand(lead).get("case-close", case.pk))
    assert "Les Calanques (fictif)" in page and "Accueil Mistral (fictif)" in page and "ne voient plus" in page
    kept = Hand(lead).post("case-close", case.pk, wish="Rester à Marseille")
    assert kept.status_code == 200 and "Rester à Marseille" in text(kept) and "Choisissez" in text(kept)
    assert status(case)[0] == "open"
    done = Hand(lead).post("case-close", case.pk, reason="autonomy", wish="Rester à Marseille")
    assert done.status_code == 302 and status(case) == ("closed", "autonomy")
    assert "Rester à Marseille" in text(Hand(lead).get("case-life", case.pk))
    assert Hand(world["partner"]).get("case-close", case.pk).status_code == 404  # it keeps the state only
    closed = Hand(lead).get("case-close", case.pk)
    assert closed.status_code == 409


def test_a_lead_at_summary_closes_and_does_not_read_the_outcome_back(world):
    case = f.case(world["coordinator"], author=world["author"])
    unit = world["coordinator"]
    assert level(unit, case) == Level.SUMMARY
    move(unit, case, "close", reason="autonomy", outcome={"wish": "MARQUEUR-SOUHAIT", "feedback": ""})
    page = text(Hand(unit).get("case-life", case.pk))
    assert "Autonomie" in page and "MARQUEUR-SOUHAIT" not in page


def test_a_withdrawn_agreement_after_the_closing_finds_nothing_left(world):
    case, lead = world["case"], world["lead"]
    move(lead, case, "close", reason="autonomy")
    with acting_as(lead):
        consents.withdraw_consent(lead, world["carried"].consent_id)
    assert level(world["partner"], case) == 1


def test_a_draft_is_not_said_to_be_a_request_left_without_an_answer(world):
    """One would think that a service was asked and never answered, and reproach it to that service."""
    lead = world["lead"]
    f.orientation(lead, world["case"], f.shelter(name="Foyer Aubépine (fictif)"), state="draft")
    page = text(Hand(lead).get("case-close", world["case"].pk))
    (drafted,) = [line for line in page.splitlines() if "Foyer Aubépine" in line]
    assert "le brouillon de demande, jamais envoyé, est abandonné" in drafted
    (asked,) = [line for line in page.splitlines() if "Accueil Mistral (fictif) (" in line]
    assert "la demande restée sans réponse est retirée" in asked, "near miss: it was sent"
