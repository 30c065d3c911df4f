"""The pages: until when, what holds, who confirms; each act by its button, and what is refused by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.actor import acting_as
from foundation.templatetags.words import day
from referral.closing.operations import move_case
from referral.models import AlertMove, CaseMove, CaseTerm, LegalHold
from tests import factories as f
from tests.referral.pages import Hand, plain, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.models import DataRequest

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + timedelta(days=90)
SAID = {"act": "ask", "ground": "complaint", "authority": "Tribunal d'essai", "reason": "Tout", "review_on": f"{DAY}"}


@pytest.fixture
def home():
    f.national()
    f.coordination()
    lead = f.member(f.shelter())
    mate, stranger = f.member(lead.agency), f.member(f.shelter())
    case = f.own_case(lead)
    return Hand(lead), Hand(mate), Hand(stranger), case


def closed(hand, case) -> None:
    with acting_as(hand.member):
        move_case(hand.member, case.pk, "close", reason="autonomy")
    with as_role("nrm_owner"):
        CaseTerm.objects.create(case=case, closed_at=timezone.now(), erased_on=timezone.localdate() - timedelta(days=1))


def test_the_case_says_on_which_day_it_is_erased_and_that_it_is_held(home):
    lead, _, _, case = home
    for page in ("case-life", "case-keeping"):
        assert "n'est pas clos : rien n'est effacé" in text(lead.get(page, case.pk))
    closed(lead, case)
    for page in ("case-life", "case-keeping"):
        assert "si personne ne l'empêche" in text(lead.get(page, case.pk))
    assert lead.post("case-keeping", case.pk, **SAID).status_code == 302
    for page in ("case-life", "case-keeping"):
        said = text(lead.get(page, case.pk))
        assert "Conservé : rien n'est effacé" in said
        assert "si personne ne l'empêche" not in said


def test_a_second_person_has_the_button_and_the_first_has_not(home):
    lead, mate, stranger, case = home
    lead.post("case-keeping", case.pk, **SAID)
    with acting_as(lead.member):
        made = LegalHold.objects.visible_to(lead.member).get()
    assert "Confirmer la conservation" not in text(lead.get("case-keeping", case.pk))
    assert "Confirmer la conservation" in text(mate.get("case-keeping", case.pk))
    assert stranger.get("case-keeping", case.pk).status_code == 404
    assert stranger.post("case-keeping", case.pk, act="confirm", hold=str(made.pk)).status_code == 404
    assert lead.post("case-keeping", case.pk, act="confirm", hold=str(made.pk)).status_code == 403
    assert mate.post("case-keeping", case.pk, act="confirm", hold="x").status_code == 404
    assert mate.post("case-keeping", case.pk, act="confirm", hold=str(made.pk)).status_code == 302
    assert case.reference in text(mate.get("hold-list"))
    assert case.reference not in text(stranger.get("hold-list"))
    for hand, act in ((lead, "end"), (mate, "confirm_end")):
        assert "Rien n'est effacé avant le" not in text(lead.get("case-keeping", case.pk))
        assert hand.post("case-keeping", case.pk, act=act, hold=str(made.pk)).status_code == 302
    assert case.reference not in text(mate.get("hold-list"))
    for page in ("case-life", "case-keeping"):
        assert "Rien n'est effacé avant le" in text(lead.get(page, case.pk))
    with as_role("nrm_owner"):
        LegalHold.objects.update(changed_at=timezone.now() - timedelta(days=8))
    assert "Rien n'est effacé avant le" not in text(lead.get("case-keeping", case.pk))


def test_a_day_that_is_over_or_too_far_is_asked_again(home):
    lead, _, _, case = home
    for on in (timezone.localdate(), timezone.localdate() + timedelta(days=400)):
        page = lead.post("case-keeping", case.pk, **SAID | {"review_on": f"{on}"})
        assert "Choisissez un jour à venir, dans l'année." in text(page)
        assert "Tribunal d'essai" in text(page), "what was typed stays"
    with acting_as(lead.member):
        assert not LegalHold.objects.visible_to(lead.member).exists()


def aged(days: int) -> None:
    """Have the case be closed, and nothing of it moved, for so many days."""
    with as_role("nrm_owner"):
        for moves in (CaseMove, AlertMove):
            moves.objects.update(at=timezone.now() - timedelta(days=days))
        CaseTerm.objects.update(closed_at=timezone.now() - timedelta(days=days))


def asked_of(hand, case) -> DataRequest:
    with acting_as(hand.member):
        said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand"}
        return data_requests.add_request(hand.member, case.pk, received_on=timezone.localdate(), **said)


def test_what_else_prevents_the_erasure_is_said_without_saying_what(home):
    lead, mate, _, case = home
    closed(lead, case)
    assert "Autre chose l'empêche encore." not in text(mate.get("case-keeping", case.pk)), (
        "its closing is no such thing"
    )
    made = asked_of(lead, case)
    for days in (0, 900):
        aged(days)
        said = text(mate.get("case-keeping", case.pk))
        assert "Autre chose l'empêche encore." in said, days
        assert "si personne ne l'empêche" not in said
    with acting_as(lead.member):
        data_requests.answer(lead.member, made.pk, text="Remise en main propre.")
    with as_role("nrm_owner"):
        DataRequest.objects.update(ended_at=timezone.now() - timedelta(days=400))
    said = text(mate.get("case-keeping", case.pk))
    assert "Autre chose l'empêche encore." not in said
    assert "Personne n'a demandé" in said


def test_a_case_that_is_held_and_that_something_else_keeps_says_both(home):
    lead, mate, _, case = home
    closed(lead, case)
    aged(900)
    assert lead.post("case-keeping", case.pk, **SAID).status_code == 302
    for page in ("case-life", "case-keeping"):
        assert "Autre chose empêche aussi" not in text(mate.get(page, case.pk))
    asked_of(lead, case)
    for page in ("case-life", "case-keeping"):
        said = text(mate.get(page, case.pk))
        assert "Conservé : rien n'est effacé" in said
        assert "Autre chose empêche aussi l'effacement." in said


def test_the_day_of_the_page_is_never_one_that_has_passed(home):
    """After the end of a hold, after an answer, and where the worker did not come yet."""
    lead, mate, _, case = home
    closed(lead, case)
    aged(900)

    def says(days: int) -> None:
        on = plain(day(timezone.localdate() + timedelta(days=days)))
        for page in ("case-life", "case-keeping"):
            said = text(mate.get(page, case.pk))
            assert "Effacé le" not in said
            assert f"Rien n'est effacé avant le {on}" in said, page

    says(0)
    lead.post("case-keeping", case.pk, **SAID)
    with as_role("nrm_owner"):
        LegalHold.objects.update(state="ended", changed_at=timezone.now() - timedelta(days=2))
    says(5)
    made = asked_of(lead, case)
    with acting_as(lead.member):
        data_requests.answer(lead.member, made.pk, text="Remise en main propre.")
    says(62)
    with as_role("nrm_owner"):
        CaseTerm.objects.update(erased_on=timezone.localdate() + timedelta(days=63))
    assert "Effacé le" in text(mate.get("case-life", case.pk)), "the day of the term, when it is the later one"
