"""Sixty persons of one event: opened in batches, asked one by one."""

import uuid

import pytest
from django.urls import reverse

from agencies.models import Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.models import AlertDesk, Orientation, SituationBatch
from referral.situations import display
from referral.situations.operations import asking, opening, situations, split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Assignment, ChildOpinion, Consent

from .test_situations import QUESTION, event, opened

pytestmark = pytest.mark.django_db
Group = opening.Group


def lines_of(actor, situation):
    with acting_as(actor):
        return situations.lines(actor, situation)


def asked(actor, situation, **fields):
    with acting_as(actor):
        asking.set_question(actor, situation.pk, QUESTION | fields)


def answered(actor, situation, line, said, **part):
    with acting_as(actor):
        return asking.answer(actor, situation.pk, line.pk, said, part=part or None)


def waits(actor, situation) -> list[str]:
    with acting_as(actor):
        found = situations.lines(actor, situation)
        split.follow(actor, found)
        display.show_waits(found)
        return [str(line.wait) for line in found]


# opening, in batches


def test_sixty_persons_of_several_languages_are_opened_in_batches(lou):
    situation, hand = event(lou), Hand(lou)
    counted = {"adults": "38", "language": "vi", "minors": "2", "adults_2": "15", "language_2": "ro", "doubts_2": "5"}
    first = hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), **counted)
    assert first.headers["Location"].endswith("/ouverture/")
    page = text(hand.get("situation-opening", situation.pk))
    assert "20 dossiers ouverts sur 60." in page and "data-press-on" in page
    assert "40 dossiers restent à ouvrir." in text(hand.get("situation-detail", situation.pk))
    hand.post("situation-opening", situation.pk, first="21")
    hand.post("situation-opening", situation.pk, first="21")  # pressed twice
    done = hand.post("situation-opening", situation.pk, first="41")
    assert done.headers["Location"].endswith(f"/evenements/{situation.pk}/")
    assert "60 dossiers sont ouverts, un par personne." in text(hand.get("situation-detail", situation.pk))
    found = lines_of(lou, situation)
    assert [line.number for line in found] == list(range(1, 61))
    told = [(line.known.age_side, line.known.language) for line in found]
    assert told == [("adult", "vi")] * 38 + [("minor", "vi")] * 2 + [("adult", "ro")] * 15 + [("doubt", "ro")] * 5
    with acting_as(lou):
        assert Assignment.objects.filter(case__in=[line.case_id for line in found], membership=lou).count() == 60
    assert hand.get("situation-opening", situation.pk).status_code == 302, "nothing is left to open"


def test_a_batch_that_fails_changes_nothing_of_the_others_and_is_resumed(lou, monkeypatch):
    situation, hand = event(lou), Hand(lou)
    hand.client.raise_request_exception = False
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="60")
    with monkeypatch.context() as broken:
        broken.setattr(opening, "_copy_signs", lambda *_: 1 / 0)
        assert hand.post("situation-opening", situation.pk, first="21").status_code == 500
    assert len(lines_of(lou, situation)) == 20
    page = text(hand.get("situation-detail", situation.pk))
    assert "40 dossiers restent à ouvrir." in page, "what was ordered is kept"
    for first in ("41", "21"):  # any order: numbers are those of the order
        hand.post("situation-opening", situation.pk, first=first)
    assert [line.number for line in lines_of(lou, situation)] == list(range(1, 61))


def test_an_alert_no_longer_read_stops_the_batch_until_it_is_left_out(lou):
    alert = f.sent_alert(f.member(f.agency("education"), Role.FRONTLINE), persons=25)
    situation, hand = event(lou), Hand(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="25", alerts=str(alert.pk))
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=False)
    page = text(hand.get("situation-opening", situation.pk))
    assert "Ouvrir les 5 suivants sans ses signes" in page and "data-press-on" not in page
    with acting_as(lou), pytest.raises(WrongState):
        opening.open_batch(lou, opening.planned(lou, situation.pk).get().pk)
    hand.post("situation-opening", situation.pk, first="21", without="1")
    assert len(lines_of(lou, situation)) == 25


def test_what_is_not_wanted_is_given_up_and_leaves_no_gap(lou):
    situation, hand = event(lou), Hand(lou)
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="45")
    hand.post("situation-opening", situation.pk, drop="1")
    with acting_as(lou):
        assert set(SituationBatch.objects.values_list("state", flat=True)) == {"opened", "dropped"}
        assert not opening.planned(lou, situation.pk).exists()
        dropped = SituationBatch.objects.filter(state="dropped").first()
        with pytest.raises(WrongState):
            opening.open_batch(lou, dropped.pk)
    opened(lou, situation, adults=1)
    assert [line.number for line in lines_of(lou, situation)] == list(range(1, 22))


@pytest.mark.parametrize("count", [0, opening.MOST + 1])
def test_an_order_has_one_to_five_hundred_persons(lou, count):
    with pytest.raises(ValueError):
        opened(lou, event(lou), groups=[Group("adult", "", count)])
    page = Hand(lou).post("situation-persons", event(lou).pk, token=str(uuid.uuid4()), adults=str(count))
    assert page.status_code == 200 and f'value="{count}"' in text(page)


def test_a_batch_of_another_unit_is_not_found_and_a_worker_is_refused(lou):
    situation = event(lou)
    Hand(lou).post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="21")
    for stranger, status in ((f.coordination(territories=("13",)), 404), (f.shelter(), 403)):
        hand = Hand(f.member(stranger, Role.COORDINATOR if status == 404 else Role.CASE_WORKER))
        assert hand.get("situation-opening", situation.pk).status_code == status
        assert hand.post("situation-opening", situation.pk, first="21").status_code == status
        assert hand.get("situation-ask", situation.pk).status_code == status
        assert hand.post("situation-charge", situation.pk).status_code == status
    assert len(lines_of(lou, situation)) == 20


# asking, one by one


def test_each_answer_is_a_record_of_its_own_and_nobody_answers_for_another(lou):
    home = f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=4, language="vi")
    asked(lou, situation, agencies=[home.pk], kinds=[])
    yes, no, later, silent = lines_of(lou, situation)
    answered(lou, situation, yes, "yes")
    answered(lou, situation, yes, "yes")  # tapped twice
    answered(lou, situation, no, "no")
    answered(lou, situation, later, "later")
    with acting_as(lou):
        (consent,) = Consent.objects.all()
        assert (consent.case_id, consent.agencies, consent.level, consent.obtained_by_id) == (
            yes.case_id, [home.pk], 2, lou.pk,
        )  # fmt: skip
        assert (consent.language, consent.interpreter, consent.proof) == ("vi", "phone", "oral")
    kept = {line.pk: (line.agreement, line.answered_by_id) for line in lines_of(lou, situation)}
    assert kept == {
        yes.pk: ("yes", lou.pk), no.pk: ("no", lou.pk), later.pk: ("later", lou.pk), silent.pk: ("not_asked", None),
    }  # fmt: skip
    with as_role("nrm_owner"):
        told = Entry.objects.filter(action="situation.answer").values_list("case_id", flat=True)
        assert sorted(told) == sorted([yes.case_id, no.case_id, later.case_id])


def test_no_answer_speaks_for_several_persons(lou):
    """There is no way to say « the next twenty said yes »: one answer names one person."""
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    asked(lou, situation)
    hand.post("situation-ask", situation.pk, n=["1", "2", "3"], said=["yes", "yes"])
    assert [line.agreement for line in lines_of(lou, situation)].count("yes") == 1


def test_a_part_goes_no_further_than_what_was_asked(lou):
    home, other, third = f.shelter(), f.shelter(), f.shelter()
    situation = event(lou)
    opened(lou, situation, adults=1)
    asked(lou, situation, agencies=[home.pk, other.pk], kinds=[], level=3, categories=2)
    (line,) = lines_of(lou, situation)
    part = {"agencies": [other.pk], "kinds": [], "level": 2, "categories": 0}
    for beyond in ({"agencies": [third.pk]}, {"kinds": ["ngo"]}, {"level": 4}, {"categories": 4}, {"agencies": []}):
        with pytest.raises(ValueError):
            answered(lou, situation, line, "part", **part | beyond)
    with pytest.raises(ValueError):
        answered(lou, situation, line, "part")
    answered(lou, situation, line, "part", **part)
    with acting_as(lou):
        consent = Consent.objects.get()
        assert (consent.agencies, consent.level, consent.categories) == ([other.pk], 2, 0)


def test_another_answer_ends_the_agreement_of_the_first_and_what_was_prepared(lou):
    home = f.shelter(desk_fields={"places": 3})
    situation = event(lou)
    opened(lou, situation, adults=2)
    asked(lou, situation)
    line, sent = lines_of(lou, situation)
    answered(lou, situation, line, "yes")
    answered(lou, situation, sent, "yes")
    how = {"service": f.service(), "verb": "refer", "level": 2}
    with acting_as(lou):
        split.draft_all(lou, situation.pk, chosen={sent.case_id: home.pk}, **how)
        split.send_covered(lou, situation.pk)
        split.draft_all(lou, situation.pk, chosen={line.case_id: home.pk}, **how)
    for one in (line, sent):
        answered(lou, situation, one, "no")
    with acting_as(lou):
        assert not Consent.objects.filter(withdrawn_at=None).exists()
        states = dict(Orientation.objects.sent_by(lou).values_list("case_id", "state"))
    assert states[sent.case_id] == "consent_withdrawn" and states[line.case_id] in ("withdrawn", "consent_withdrawn")
    assert waits(lou, situation) == ["stays", "stays"]
    page = text(Hand(lou).get("situation-detail", situation.pk))
    for one in (line, sent):  # to the case: the requests have ended
        case = reverse("referral:case-detail", args=[one.case_id])
        assert f'<a href="{case}">A dit non : reste avec vous' in page
    assert "/orientations/" not in page[page.index("<tbody>") : page.index("</tbody>")]
    answered(lou, situation, line, "not_asked")  # noted by mistake
    assert waits(lou, situation) == ["ask", "stays"]


def test_a_child_gives_an_opinion_and_never_an_agreement(lou):
    situation = event(lou)
    opened(lou, situation, minors=4)
    asked(lou, situation)
    for line, said in zip(lines_of(lou, situation), ("yes", "part", "no", "later"), strict=True):
        answered(lou, situation, line, said)
    with acting_as(lou):
        assert not Consent.objects.exists()
        stances = {o.case_id: o.stance for o in ChildOpinion.objects.all()}
        found = situations.lines(lou, situation)
    assert [stances[line.case_id] for line in found] == ["favourable", "mixed", "unfavourable", "silent"]
    assert waits(lou, situation) == ["share"] * 4, "protection waits for no agreement"


def test_who_leads_alone_answers_and_nothing_before_it_is_asked(unit, lou):
    situation = event(lou)
    opened(lou, situation, adults=1)
    (line,) = lines_of(lou, situation)
    with pytest.raises(WrongState):
        answered(lou, situation, line, "yes")
    asked(lou, situation)
    with pytest.raises(ValueError):
        answered(lou, situation, line, "unheard-of")
    f.orientation(lou, line.known, f.shelter(), state="accepted", verb="transfer", level=2)
    with pytest.raises((NotAllowed, NotFound)):
        answered(lou, situation, line, "no")


def test_a_question_names_only_services_that_receive_requests(lou):
    closed = f.agency("ngo", desk=False)
    with pytest.raises(NotAllowed):
        asked(lou, event(lou), agencies=[closed.pk])
