"""An event groups persons and opens nothing: who sees what before and after, one case a person, drafts that wait."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from indicators.catalogue import selectors as catalogue_selectors
from journal.models import Entry
from journal.selectors import read_quota
from referral.models import AlertDesk, AlertLink, Orientation, Situation, SituationAlert, SituationCase
from referral.orientations.operations.orientations import draft_orientation
from referral.situations.operations import asking, opening, situations, split
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case
from victims.models import CaseAccess, Consent, Contact, Grant, Observation

pytestmark = pytest.mark.django_db
QUESTION = {
    "purpose": "share_named", "agencies": [], "kinds": ["ngo"], "level": 2, "categories": 0, "explained": ["purpose"],
    "proof": "oral", "language": "", "interpreter": "phone", "until": "", "asked_by": "Inspectrice, interprète",
}  # fmt: skip


def event(actor, **fields):
    values = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory(), **fields}
    with acting_as(actor):
        return situations.start_situation(actor, **values)


def opened(actor, situation, *, adults=0, minors=0, doubts=0, language="", **how):
    """Open cases, two adults by default: all batches of the order."""
    counted = {"adult": adults, "minor": minors, "doubt": doubts}
    groups = [opening.Group(side, language, n) for side, n in counted.items() if n] or [opening.Group("adult", "", 2)]
    with acting_as(actor):
        first = opening.open_persons(actor, situation.pk, **{"token": uuid.uuid4(), "groups": groups, **how})
        for batch in opening.planned(actor, situation.pk):
            opening.open_batch(actor, batch.pk)
    return first


def cases_of(actor, situation):
    with acting_as(actor):
        return [line.known for line in situations.lines(actor, situation)]


def test_only_a_coordination_unit_writes_an_event_down_and_only_it_sees_it(unit, lou):
    situation = event(lou, note="Portail bleu.")
    colleague, worker = f.member(unit, Role.COORDINATOR), f.member(f.shelter())
    other = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    with acting_as(colleague):
        assert Situation.objects.visible_to(colleague).get().data["note"] == "Portail bleu."
    for stranger in (worker, other):
        with acting_as(stranger):
            assert not Situation.objects.visible_to(stranger).exists()
            assert Situation.objects.count() == 0, "the wall alone"
            with pytest.raises(NotFound):
                situations.read_group(stranger, situation.pk)
    with acting_as(worker), pytest.raises(NotAllowed):
        situations.start_situation(worker, sort="raid", happened_on=timezone.localdate(), territory=f.territory())


def test_an_event_grants_nothing_and_its_lines_are_read_by_their_own_sight(lou):
    """The line of a case one no longer sees is neither shown nor counted; the state-only one shows its state."""
    situation = event(lou)
    opened(lou, situation, adults=2)
    first, second = cases_of(lou, situation)
    home = f.shelter()
    f.orientation(lou, first, home, state="accepted", verb="transfer", level=2)
    with acting_as(lou):
        lines = situations.lines(lou, situation)
        assert [(line.number, line.known is not None) for line in lines] == [(1, False), (2, True)]
        assert split.led_lines(lou, situation) == [lines[1]]
    reader = f.member(home)
    with acting_as(reader):
        assert SituationCase.objects.count() == 0 and Situation.objects.count() == 0
    with as_role("nrm_owner"):
        Grant.objects.filter(content_object=first, group_id=lou.agency_id).delete()
    with acting_as(lou):
        assert [line.case_id for line in situations.lines(lou, situation)] == [second.pk]
        assert SituationCase.objects.count() == 1, "the wall alone"
        assert situations.counts(lou, [situation.pk]) == {situation.pk: 1}


def test_a_restricted_case_of_the_event_is_hidden_from_colleagues(unit, lou):
    situation, colleague = event(lou), f.member(unit, Role.COORDINATOR)
    opened(lou, situation, adults=2)
    kept = cases_of(lou, situation)[0]
    with acting_as(lou):
        assign_member(lou, kept.pk, lou)
        restrict_case(lou, kept.pk)
        assert len(situations.lines(lou, situation)) == 2
    with acting_as(colleague):
        assert [line.number for line in situations.lines(colleague, situation)] == [2]
        assert SituationCase.objects.count() == 1


def test_one_case_a_person_with_the_event_signs_and_no_agreement(lou):
    situation = event(lou, form="labour_exploitation")
    with acting_as(lou):
        grid = catalogue_selectors.short_grid("labour_exploitation", "adult")
        situations.set_signs(lou, situation.pk, [item.indicator for item in grid.items[:2]])
    batch = opened(lou, situation, adults=3, minors=1, doubts=1, language="vi")
    assert batch.count == 5
    found = cases_of(lou, situation)
    assert [case.age_side for case in found] == ["adult"] * 3 + ["minor", "doubt"]
    assert [case.urgency for case in found] == ["normal"] * 3 + ["high", "high"]
    assert {case.language for case in found} == {"vi"} and {case.persons for case in found} == {1}
    assert {case.lead_id for case in found} == {lou.agency_id}
    with as_role("nrm_owner"):
        assert {Observation.objects.filter(case=case).count() for case in found} == {2}
        assert not Consent.objects.filter(case__in=found).exists()
        assert set(SituationCase.objects.values_list("agreement", flat=True)) == {"not_asked"}


def test_a_double_click_opens_each_case_once(lou):
    situation, token = event(lou), uuid.uuid4()
    first = opened(lou, situation, token=token, adults=4)
    again = opened(lou, situation, token=token, adults=4)
    assert first.pk == again.pk
    with acting_as(lou):
        assert CaseAccess.objects.of(lou).count() == 4
    other = event(lou)
    with pytest.raises(NotFound):
        opened(lou, other, token=token, adults=4)
    opened(lou, situation, adults=1)
    with acting_as(lou):
        assert [line.number for line in situations.lines(lou, situation)] == [1, 2, 3, 4, 5]


def test_from_an_alert_its_author_follows_all_and_its_contact_goes_to_nobody(lou):
    """Four persons, one sealed number: whose it is nobody can say, so an acceptance with contact copies none."""
    nurse = f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE)
    contact = {"channel": "sms", "value": "01 99 00 00 09", "whose": "hers"}
    alert = f.sent_alert(nurse, persons=4, agreement="yes", recipients=["association", "contact"], contact=contact)
    situation = event(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
        situations.add_alert(lou, situation.pk, alert.pk)
        assert SituationAlert.objects.count() == 1
    opened(lou, situation, adults=2, alerts=[alert.pk])
    opened(lou, situation, adults=2, alerts=[alert.pk])
    found = cases_of(lou, situation)
    with as_role("nrm_owner"):
        assert AlertLink.objects.filter(alert=alert).count() == 4
        assert not Consent.objects.filter(case__in=found).exists(), "an agreement is each person's own"
    home = f.shelter()
    f.orientation(lou, found[0], home, state="accepted", verb="transfer", level=3, categories=2)
    with as_role("nrm_owner"):
        assert not Contact.objects.exists()
    with acting_as(nurse):
        alert.refresh_from_db()
        assert (alert.state, alert.case_status) == ("taken_up", "open"), "a request followed the case"


def test_the_content_of_an_alert_one_no_longer_reads_is_not_copied(lou):
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE))
    situation = event(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(live=False)
    with pytest.raises(WrongState):
        opened(lou, situation, alerts=[alert.pk])
    unseen = f.sent_alert(f.member(f.agency(Kind.EDUCATION, territories=("13",)), Role.FRONTLINE), territory="13")
    with acting_as(lou), pytest.raises(NotFound):
        situations.add_alert(lou, situation.pk, unseen.pk)


def test_persons_are_shared_by_declared_places_and_a_desk_without_number_takes_the_rest(lou):
    small = f.shelter(desk_fields={"places": 2}, name="Deux places")
    f.shelter(desk_fields={"places": 0}, name="Complet")
    open_ended = f.shelter(desk_fields={"places": None}, name="Sans nombre")
    situation = event(lou)
    opened(lou, situation, adults=4)
    for case in cases_of(lou, situation):
        f.consent(lou, case, agencies=[small.pk, open_ended.pk], level=2)
    with acting_as(lou):
        parts = split.propose(lou, situation, f.service())
        assert [part.chosen for part in parts] == [small.pk, small.pk, open_ended.pk, open_ended.pk]
        assert all("Complet" not in [s.agency.name for s in part.desks] for part in parts)


def test_nobody_is_prepared_for_a_desk_that_their_own_agreement_does_not_name(lou):
    home, other = f.shelter(desk_fields={"places": 9}), f.shelter(desk_fields={"places": 9})
    situation = event(lou)
    opened(lou, situation, adults=2, minors=1)
    agreed, silent, child = cases_of(lou, situation)
    f.consent(lou, agreed, agencies=[home.pk], kinds=[], level=2)
    reason = "Trois enfants sans adulte sur place."
    how = {"service": f.service(), "verb": "refer", "level": 2, "child_reason": reason}
    with acting_as(lou):
        assert [part.chosen for part in split.propose(lou, situation, f.service())] == [home.pk, None, home.pk]
        for nobody in ({silent.pk: home.pk}, {agreed.pk: other.pk}):
            with pytest.raises(WrongState):
                split.draft_all(lou, situation.pk, chosen=nobody, **how)
        chosen = {agreed.pk: home.pk, child.pk: home.pk}
        assert split.draft_all(lou, situation.pk, chosen=chosen, **how) == 2
        assert split.draft_all(lou, situation.pk, chosen=chosen, **how) == 2
        assert Orientation.objects.sent_by(lou).count() == 2, "the same drafts"
        assert split.send_covered(lou, situation.pk) == (2, 0)
        assert split.send_covered(lou, situation.pk) == (0, 0), "a second click sends nothing more"
        states = {o.case_id: (o.state, o.legal_ground) for o in Orientation.objects.sent_by(lou)}
    assert states == {agreed.pk: ("sent", ""), child.pk: ("sent", "child_in_danger")}
    f.consent(lou, silent, agencies=[home.pk], level=2)
    with acting_as(lou):
        split.draft_all(lou, situation.pk, **{**how, "chosen": {silent.pk: home.pk}})
        assert split.send_covered(lou, situation.pk) == (1, 0)


def test_another_desk_chosen_takes_the_former_draft_back_and_a_full_one_is_refused(lou):
    near, far = f.shelter(desk_fields={"places": 1}), f.shelter(desk_fields={"places": 1})
    full = f.shelter(desk_fields={"places": 0})
    situation = event(lou)
    opened(lou, situation, adults=1)
    (case,) = cases_of(lou, situation)
    f.consent(lou, case, agencies=[near.pk, far.pk, full.pk], level=2)
    how = {"service": f.service(), "verb": "refer", "level": 2}
    with acting_as(lou):
        split.draft_all(lou, situation.pk, chosen={case.pk: near.pk}, **how)
        split.draft_all(lou, situation.pk, chosen={case.pk: far.pk}, **how)
        states = dict(Orientation.objects.sent_by(lou).values_list("addressee_id", "state"))
        assert states == {near.pk: "withdrawn", far.pk: "draft"}
        with pytest.raises(WrongState):
            split.draft_all(lou, situation.pk, chosen={case.pk: full.pk}, **how)
        with pytest.raises(WrongState):
            split.draft_all(lou, situation.pk, chosen={uuid.uuid4(): near.pk}, **how)


def test_group_readings_are_counted_by_the_hour(lou, monkeypatch):
    monkeypatch.setattr(situations, "READINGS_AN_HOUR", 2)
    situation, hand = event(lou), Hand(lou)
    opened(lou, situation, adults=3)
    assert hand.get("situation-detail", situation.pk).status_code == 200
    assert hand.get("situation-intake", situation.pk).status_code == 200
    reached = hand.get("situation-detail", situation.pk)
    assert reached.status_code == 429 and "Trop de lectures en une heure" in text(reached)
    with acting_as(lou):
        assert Entry.objects.filter(action=situations.GROUP_READING).count() == 2, "one entry for the whole page"
        other = f.member(lou.agency, Role.COORDINATOR)
    assert Hand(other).get("situation-detail", situation.pk).status_code == 200, "each member has an own budget"
    with as_role("nrm_owner"):
        old = Entry.objects.filter(membership_id=lou.pk, action=situations.GROUP_READING).order_by("at").first()
        Entry.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(minutes=61))
    with acting_as(lou):
        situations.read_group(lou, situation.pk)
        with pytest.raises(read_quota.Exhausted):
            situations.read_group(lou, situation.pk)


def test_the_pages_from_alert_to_intake_list(lou):
    """The walk by the pages alone: alert, event, persons, list, share, send."""
    home = f.shelter(desk_fields={"places": 5}, name="Foyer des essais")
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE), persons=3)
    hand = Hand(lou)
    assert "Notez d'abord la situation collective, puis ouvrez un dossier pour chacune" in text(
        hand.get("inbox-alert", alert.pk)
    )
    page = hand.get("situation-from-alert", alert.pk)
    assert alert.reference in text(page) and "vous ouvrez sur sa page un dossier pour chaque personne" in text(page)
    wrong = hand.post(
        "situation-from-alert", alert.pk, sort="raid", happened_on="2099-01-01", territory="75", form="unknown"
    )
    assert wrong.status_code == 200 and "Ce jour n'est pas encore passé" in text(wrong) and "2099-01-01" in text(wrong)
    made = hand.post(
        "situation-from-alert", alert.pk, sort="raid", happened_on=timezone.localdate().isoformat(), territory="75",
        form="unknown", note="Atelier au fond de la cour.",
    )  # fmt: skip
    with acting_as(lou):
        situation = Situation.objects.visible_to(lou).get()
    assert made.headers["Location"].endswith(f"/evenements/{situation.pk}/personnes/")
    page = text(hand.get("situation-persons", situation.pk))
    assert 'name="adults" value="3"' in page
    none = hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="0")
    assert none.status_code == 200 and "au moins une" in text(none)
    hand.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="2", minors="1", alerts=str(alert.pk))
    with acting_as(lou):
        lines = situations.lines(lou, situation)
        first = lines[0]
    again = text(hand.get("situation-persons", situation.pk))  # a second visit does not propose to open them again
    assert 'name="adults" value="0"' in again and "3 personnes de cette situation ont déjà un dossier" in again
    intake = text(hand.get("situation-intake", situation.pk))
    assert all(line.access.reference in intake for line in lines) and "Atelier" not in intake
    assert hand.get("situation-ask", situation.pk).headers["Location"].endswith("/question/")
    question = {"purpose": "share_named", "agencies": [home.pk], "level": "2", "proof": "oral", "language": "ro"}
    asked = hand.post("situation-question", situation.pk, **question)
    assert asked.headers["Location"].endswith("/accords/")
    assert "Personne 1" in text(hand.get("situation-ask", situation.pk))
    unheard = hand.post("situation-ask", situation.pk, n="1", said="unheard-of")
    assert "Une réponse ne vient pas de cette page : rien n'a été enregistré." in text(
        hand.client.get(unheard.headers["Location"])
    )
    assert hand.post("situation-ask", situation.pk, n="99", said="yes").status_code == 404
    hand.post("situation-ask", situation.pk, n="1", said="yes")
    assert "1 réponse sur 3." in text(hand.get("situation-ask", situation.pk))
    with acting_as(lou):
        assert [line.agreement for line in situations.lines(lou, situation)] == ["yes", "not_asked", "not_asked"]
        assert list(Consent.objects.values_list("case", flat=True)) == [first.case_id]
    hand.post("situation-signs", situation.pk, sign="ILO-AL-XX-99")
    assert "La liste des signes a changé entre-temps" in text(hand.get("situation-signs", situation.pk))
    with acting_as(lou):
        assert situations.lines(lou, situation)[0].agreement == "yes"
        assert Situation.objects.visible_to(lou).get().data["observations"] == {}
    assert "safe_housing" in text(hand.get("situation-split", situation.pk))
    page = text(hand.get("situation-split", situation.pk, query="?service=safe_housing"))
    assert "2 personnes à Foyer des essais" in page and "Pas encore demandé (2)" in page
    assert page.count(f'name="desk_{first.case_id}"') == 1 and f'name="desk_{lines[1].case_id}"' not in page
    desks = {f"desk_{line.case_id}": home.pk for line in (lines[0], lines[2])}
    choices = {"service": "safe_housing", "verb": "refer", "level": "2", **desks}
    short = hand.post("situation-split", situation.pk, **choices, child_reason="trop court")
    assert short.status_code == 200 and "20 caractères" in text(short) and "trop court" in text(short)
    done = hand.post(
        "situation-split", situation.pk, **choices, child_reason="Un enfant seul dans l'atelier de couture."
    )
    assert done.headers["Location"].endswith("/envois/")
    page = text(hand.get("situation-drafts", situation.pk))
    assert "2 demandes prêtes à partir" in page and "Déjà sollicité pour ce besoin" not in page
    hand.post("situation-drafts", situation.pk)
    with acting_as(lou):
        assert sorted(Orientation.objects.sent_by(lou).values_list("state", flat=True)) == ["sent", "sent"]
        sent = Orientation.objects.sent_by(lou).get(case=lines[2].case_id)
        draft_orientation(
            lou, sent.case, addressee=f.shelter(name="Foyer du second essai"), service=sent.service,
            legal_ground=sent.legal_ground, legal_reason="Un enfant seul dans l'atelier de couture.",
        )  # fmt: skip
    page = text(hand.get("situation-drafts", situation.pk))  # one press would ask a second service for the same bed
    assert "1 demande prête à partir" in page and "Déjà sollicité pour ce besoin : Foyer des essais." in page
    page = text(hand.get("situation-detail", situation.pk))
    assert "Le service doit répondre" in page and "Accord pas encore demandé : demandez-le-lui" in page
    hand.post("situation-charge", situation.pk)
    assert "Accord pas encore demandé : demandez-le-lui" in text(
        hand.get("situation-detail", situation.pk, query="?attend=ask")
    )


def test_a_worker_of_a_shelter_is_told_no_and_an_unseen_event_is_not_found(lou):
    situation = event(lou)
    worker = Hand(f.member(f.shelter()))
    other = Hand(f.member(f.coordination(territories=("13",)), Role.COORDINATOR))
    for route in ("situation-detail", "situation-signs", "situation-persons", "situation-intake", "situation-split",
                  "situation-drafts", "situation-question"):  # fmt: skip
        assert worker.get(route, situation.pk).status_code == 403
        assert other.get(route, situation.pk).status_code == 404
        assert Hand(lou).get(route, situation.pk).status_code == 200
    assert other.post("situation-persons", situation.pk, token=str(uuid.uuid4()), adults="1").status_code == 404


def test_an_alert_is_put_with_the_event_by_its_reference(lou):
    situation, hand = event(lou), Hand(lou)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE))
    wrong = hand.post("situation-alert", situation.pk, reference="ZZZZ-ZZZZ")
    assert wrong.status_code == 200 and "ZZZZ-ZZZZ" in text(wrong) and "vérifiez-la" in text(wrong)
    hand.post("situation-alert", situation.pk, reference=alert.reference.lower())
    assert alert.reference in text(hand.get("situation-detail", situation.pk))


@pytest.mark.parametrize(
    "route", ["situation-detail", "situation-intake", "situation-drafts", "situation-split", "situation-ask"]
)
def test_pages_of_the_event_cost_the_same_for_two_and_for_twenty(lou, route):
    f.shelter(desk_fields={"places": 30})
    situation, hand = event(lou), Hand(lou)
    with acting_as(lou):
        asking.set_question(lou, situation.pk, QUESTION)
    query = "?service=safe_housing" if route == "situation-split" else ""
    costs = []
    for adults in (2, 18):
        opened(lou, situation, adults=adults)
        hand.get(route, situation.pk, query=query)
        with CaptureQueriesContext(connection) as found:
            assert hand.get(route, situation.pk, query=query).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_the_list_of_events_costs_the_same_for_two_and_for_twenty(lou):
    hand, costs = Hand(lou), []
    for more in (2, 18):
        for _ in range(more):
            opened(lou, event(lou), adults=1)
        hand.get("situation-list")
        with CaptureQueriesContext(connection) as found:
            page = hand.get("situation-list")
        costs.append(len(found))
    assert costs[0] == costs[1] and text(page).count("Contrôle ou intervention") >= 20
    assert "Aucune situation collective avec ces filtres" in text(hand.get("situation-list", query="?sort=network"))
