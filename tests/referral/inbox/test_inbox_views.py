"""The coordinator's inbox: order, opening, what may be done, and what those who may not are answered."""

import gzip
import re
from copy import deepcopy
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from foundation.paging import PAGE
from foundation.workflow import NotAllowed
from journal.models import Entry
from referral.inbox.operations.alerts import declare, open_alert, redirect_alert
from referral.models import Alert, AlertDesk
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, CaseAccess

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "nurse": nurse,
        "coord": f.member(unit, Role.COORDINATOR),
        "other": f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
    }


def late(alert, minutes=60):
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(answer_by=timezone.now() - timedelta(minutes=minutes))


def test_by_time_left_with_danger_first(world):
    ordinary = f.sent_alert(world["nurse"])
    child = f.sent_alert(world["nurse"], minor="yes")
    overdue = f.sent_alert(world["nurse"])
    vital = f.sent_alert(world["nurse"], danger="yes")
    late(overdue)
    page = text(Hand(world["coord"]).get("alert-inbox"))
    places = [page.index(a.reference) for a in (vital, overdue, child, ordinary)]
    assert places == sorted(places)
    assert "rp-left--late" in page


def test_danger_comes_first_even_when_an_ordinary_one_is_late(world):
    overdue, vital = f.sent_alert(world["nurse"]), f.sent_alert(world["nurse"], danger="yes")
    late(overdue, minutes=9000)
    page = text(Hand(world["coord"]).get("alert-inbox"))
    assert page.index(vital.reference) < page.index(overdue.reference)


def test_row_tells_sender_strongest_sign_and_state_of_the_own_desk(world):
    alert = f.sent_alert(world["nurse"], observations={"ILO-AL-EX-01": "observed", "ILO-AL-CD-01": "observed"})
    hand, mate = Hand(world["coord"]), f.member(world["coord"].agency, Role.COORDINATOR)
    page = text(hand.get("alert-inbox"))
    assert str(world["nurse"].agency) in page and 'fr-badge--no-icon">Reçue<' in page and "Je m'en charge" in page
    assert "À traiter par votre service" in page
    assert "Journées sans fin" in page and "accès à l'éducation" not in page, "the strongest sign, and it alone"
    assert "travail excessifs" not in page, "in the words it was ticked in, not those of the catalogue"
    hand.get("inbox-alert", alert.pk)
    assert 'fr-badge--no-icon">Lue<' in text(hand.get("alert-inbox"))
    assert 'fr-badge--no-icon">Reçue<' not in text(hand.get("alert-inbox"))
    back = hand.post("alert-charge", alert.pk, act="mine", listed="1")
    assert back.status_code == 302 and back.url == reverse("referral:alert-inbox")
    for reader in (hand, Hand(mate)):
        page = text(reader.get("alert-inbox"))
        assert "Prise" in page and world["coord"].user.full_name in page and "Je m'en charge" not in page


def test_taking_charge_returns_to_the_page_it_was_pressed_on(world):
    for _ in range(PAGE + 1):
        alert = f.sent_alert(world["nurse"])
    hand = Hand(world["coord"])
    second = re.search(r'rel="next" href="([^"]+)"', text(hand.get("alert-inbox")))[1]
    page = text(hand.get("alert-inbox", query=second))
    assert alert.reference in page
    back = hand.post("alert-charge", alert.pk, query=second, act="mine", listed="1")
    assert back.url == reverse("referral:alert-inbox") + second
    assert f'action="{reverse("referral:alert-charge", args=[alert.pk])}{second}"' in page
    shown = text(hand.get("inbox-alert", alert.pk, query=second))
    assert f'href="{reverse("referral:alert-inbox")}{second}"' in shown, "the breadcrumb too"
    assert "avec les mêmes filtres" not in shown


def test_empty_inbox_tells_a_child_that_another_desk_has_not_read(world):
    protecting = f.agency(Kind.CHILD_PROTECTION, services=("child_care",), desk_fields={"takes_adults": False})
    alert, hand = f.sent_alert(world["nurse"], minor="yes"), Hand(world["coord"])
    told = "Un autre service n'a pas encore lu une alerte sur un enfant :"
    assert told not in text(hand.get("alert-inbox")), "not while something waits here"
    with acting_as(world["coord"]):
        open_alert(world["coord"], alert.pk)
        declare(world["coord"], alert.pk, what="acting", words="Une équipe est sur place.")
    page = text(hand.get("alert-inbox"))
    assert told in page and alert.reference in page
    with acting_as(guard := f.member(protecting)):
        open_alert(guard, alert.pk)
    assert told not in text(hand.get("alert-inbox")) and told not in text(Hand(guard).get("alert-inbox"))


def test_row_does_not_name_an_asylum_body_to_a_desk_that_must_not_know(world):
    ofpra = f.member(f.agency(Kind.ASYLUM, desk=False, name="Office d'essai"), Role.FRONTLINE)
    home = f.shelter()
    alert = f.sent_alert(ofpra, desks=[home.pk])
    page = text(Hand(f.member(home)).get("alert-inbox"))
    assert alert.reference in page and str(ofpra.agency) not in page and "un service public" in page


def test_after_an_act_the_next_alert_is_one_press_away(world):
    first, second = f.sent_alert(world["nurse"], danger="yes"), f.sent_alert(world["nurse"])
    third, hand = f.sent_alert(world["nurse"], danger="yes"), Hand(world["coord"])
    assert f"Alerte suivante : {third.reference}" in text(hand.get("inbox-alert", first.pk)), "danger to life first"
    assert f"Alerte suivante : {third.reference}" in text(hand.get("inbox-alert", second.pk)), "nobody read it yet"
    hand.get("inbox-alert", third.pk)
    assert f"Alerte suivante : {first.reference}" in text(hand.get("inbox-alert", second.pk)), "round the list"
    opened = hand.post("alert-open-case", first.pk)
    assert f">Alerte suivante : {third.reference}</a>" in text(hand.client.get(opened.url))
    hand.post("alert-charge", third.pk, act="mine")
    assert f"Alerte suivante : {second.reference}" in text(hand.get("inbox-alert", third.pk))
    hand.post("alert-charge", second.pk, act="mine")
    assert "Alerte suivante" not in text(hand.get("inbox-alert", third.pk)), "a colleague has taken the others"


def test_after_a_request_is_sent_the_coordination_goes_on_with_the_next_alert(world):
    home = f.shelter()
    case, waiting = f.case(world["coord"], author=world["nurse"]), f.sent_alert(world["nurse"])
    draft = f.orientation(world["coord"], case, home, state="draft")
    hand = Hand(world["coord"])
    sent = hand.post("orientation-preview", draft.pk)
    assert f">Alerte suivante : {waiting.reference}</a>" in text(hand.client.get(sent.url))


def test_filters_stand_in_the_address_and_can_be_cleared(world):
    adult, child = f.sent_alert(world["nurse"]), f.sent_alert(world["nurse"], minor="yes")
    page = text(Hand(world["coord"]).get("alert-inbox", query="?age_side=minor"))
    assert child.reference in page and adult.reference not in page
    assert "1 sur 2" in page and "Retirer tous les filtres" in page
    empty = text(Hand(world["coord"]).get("alert-inbox", query="?late=true"))
    assert "Aucune alerte avec ces filtres" in empty
    # a value that is not in the list is said, and widens nothing in silence
    odd = Hand(world["coord"]).get("alert-inbox", query="?urgency=nonsense&cursor=nonsense")
    assert odd.status_code == 200 and "Erreur" in text(odd)


def test_only_desks_see_it(world):
    alert = f.sent_alert(world["nurse"])
    assert Hand(world["coord"]).get("inbox-alert", alert.pk).status_code == 200
    assert Hand(world["other"]).get("inbox-alert", alert.pk).status_code == 404
    assert alert.reference not in text(Hand(world["other"]).get("alert-inbox"))
    # the author has other pages; an empty inbox would be believed
    refused = Hand(world["nurse"]).get("alert-inbox")
    assert refused.status_code == 403
    assert "Cette action n'est pas ouverte à votre rôle" in text(refused)


def test_reading_opens_once_and_is_journalled_each_time(world):
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["coord"])
    for _ in range(2):
        page = text(hand.get("inbox-alert", alert.pk))
    assert "MARQUEUR-RECIT" in page
    with as_role("nrm_owner"):
        assert list(alert.moves.values_list("action", flat=True)) == ["send", "open"]
        assert Entry.objects.filter(action="alert.read", membership_id=world["coord"].pk).count() == 2
    with acting_as(world["nurse"]):
        assert Alert.objects.get().state == "opened"


def test_open_a_case_then_a_second_click(world):
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["coord"])
    first = hand.post("alert-open-case", alert.pk)
    with acting_as(world["coord"]):
        case = Case.objects.get()
    assert first.status_code == 302 and str(case.pk) in first.url
    again = hand.post("alert-open-case", alert.pk)
    assert again.status_code == 409
    assert alert.reference in text(again) and "Dossier ouvert" in text(again)
    with acting_as(world["coord"]):
        assert Case.objects.count() == 1


def test_open_a_case_straight_to_a_need(world):
    f.shelter()
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["coord"])
    assert 'value="safe_housing"' in text(hand.get("inbox-alert", alert.pk))
    answer = hand.post("alert-open-case", alert.pk, need="safe_housing")
    assert answer.url.endswith("/orienter/?service=safe_housing")
    # an unknown need opens the case all the same: the case is what matters
    other = f.sent_alert(world["nurse"])
    assert "/orienter/" not in hand.post("alert-open-case", other.pk, need="x" * 500).url


def test_an_address_of_an_act_opened_by_hand_leads_to_its_page(world):
    alert = f.sent_alert(world["nurse"])
    for route in ("alert-open-case", "alert-close", "alert-redirect", "alert-join"):
        answer = Hand(world["coord"]).get(route, alert.pk)
        assert answer.status_code == 302 and answer.url.endswith(f"/boite/{alert.pk}/")


def test_an_agency_that_neither_coordinates_nor_supports_opens_no_case(world):
    labour = f.agency(Kind.LABOUR, code="it-75")
    inspector, alert = f.member(labour), f.sent_alert(world["nurse"], desks=[labour.pk])
    page = text(Hand(inspector).get("inbox-alert", alert.pk))
    assert "MARQUEUR-RECIT" in page and "/dossier/" not in page
    assert Hand(inspector).post("alert-open-case", alert.pk).status_code == 403
    with as_role("nrm_owner"):
        assert not Case.objects.exists()
        assert Entry.objects.filter(action="referral:alert-open-case", outcome="refused").count() == 1


def test_join_only_a_case_one_leads(world):
    hand = Hand(world["coord"])
    mine = f.case(world["coord"], author=world["nurse"])
    theirs = f.case(world["other"], alert=f.sent_alert(world["nurse"], territory="13"))
    alert = f.sent_alert(world["nurse"])
    for wrong in ("", "AAAA-BBBB", theirs.reference, "é" * 20, "A" * 400):
        answer = hand.post("alert-join", alert.pk, reference=wrong)
        assert answer.status_code == 200 and "Erreur" in text(answer)
        assert "id_reference" in text(answer)
    with acting_as(world["coord"]):
        assert Alert.objects.get(pk=alert.pk).state == "sent"
    typed = mine.reference.lower().replace("-", " ")
    assert hand.post("alert-join", alert.pk, reference=typed).url.endswith(f"/dossiers/{mine.pk}/")
    with acting_as(world["coord"]):
        assert CaseAccess.objects.filter(case__alert_links__alert=alert.pk).get().case_id == mine.pk


def test_send_it_on_with_a_reason(world):
    hand, alert = Hand(world["coord"]), f.sent_alert(world["nurse"])
    target = world["other"].agency
    page = text(hand.post("alert-redirect", alert.pk))
    assert "Cochez au moins un service" in page and "Dites pourquoi" in page
    kept = text(hand.post("alert-redirect", alert.pk, desks=[target.pk]))
    assert f'value="{target.pk}" class' in kept.replace("checked ", "") or "checked" in kept
    assert hand.post("alert-redirect", alert.pk, desks=[target.pk], reason="place").status_code == 302
    gone = text(hand.get("inbox-alert", alert.pk))
    assert "MARQUEUR-RECIT" not in gone and "Un autre département" in gone
    assert "MARQUEUR-RECIT" in text(Hand(world["other"]).get("inbox-alert", alert.pk))


def test_it_is_not_sent_back_to_the_service_that_sent_it(world):
    sender, other = f.shelter(name="Foyer qui alerte"), f.shelter(name="Foyer qui accueille")
    alert = f.sent_alert(f.member(sender))
    hand = Hand(world["coord"])
    page = text(hand.get("inbox-alert", alert.pk))
    assert f'name="desks" value="{other.pk}"' in page and f'name="desks" value="{sender.pk}"' not in page
    assert hand.post("alert-redirect", alert.pk, desks=[sender.pk], reason="competence").status_code == 200
    # near miss: a unit that wrote an alert sorts it all the same
    unit = world["other"]
    alert = f.sent_alert(unit)
    assert f'name="desks" value="{unit.agency_id}"' in text(hand.get("inbox-alert", alert.pk))


def test_it_is_not_sent_to_a_desk_its_answers_exclude(world):
    """Not asked: nameless, support desks only (ux, 8). A police desk typed into the form is refused."""
    police = f.agency(Kind.INTERIOR)
    alert = f.sent_alert(world["nurse"], agreement="not_asked", recipients=[])
    answer = Hand(world["coord"]).post("alert-redirect", alert.pk, desks=[police.pk], reason="competence")
    assert answer.status_code == 200 and "choisissez" in text(answer).lower()
    with as_role("nrm_owner"):
        assert not AlertDesk.objects.filter(agency=police).exists()


def test_what_the_person_refused_is_sent_on_by_no_colleague_of_its_author(world):
    """The author's agency keeps it: a colleague cannot undo the refusal, by the form or by the operation."""
    worker = f.member(f.shelter())
    refused = f.sent_alert(worker, agreement="no", recipients=[])
    colleague, target = f.member(worker.agency), world["coord"].agency
    page = text(Hand(colleague).get("inbox-alert", refused.pk))
    assert "La personne a refusé que d'autres soient prévenus" in page and ">Réadresser</button>" not in page
    Hand(colleague).post("alert-redirect", refused.pk, desks=[target.pk], reason="place")
    with acting_as(colleague), pytest.raises(NotAllowed):
        redirect_alert(colleague, refused.pk, [target.pk], reason="place")
    with as_role("nrm_owner"):
        assert not AlertDesk.objects.filter(alert=refused, agency=target).exists()
    grounded = f.sent_alert(worker, agreement="no", danger="yes", recipients=[])
    assert "La personne a refusé" not in text(Hand(colleague).get("inbox-alert", grounded.pk))


def test_close_with_a_coded_reason(world):
    hand, alert = Hand(world["coord"]), f.sent_alert(world["nurse"])
    assert "Dites pourquoi" in text(hand.post("alert-close", alert.pk, **{"close-reason": "low_score"}))
    assert hand.post("alert-close", alert.pk, **{"close-reason": "duplicate"}).status_code == 302
    assert hand.post("alert-close", alert.pk, **{"close-reason": "duplicate"}).status_code == 409
    assert alert.reference in text(hand.get("alert-inbox", query="?view=handled"))
    assert alert.reference not in text(hand.get("alert-inbox"))


def test_a_form_opened_under_another_hat_is_kept(world):
    alert = f.sent_alert(world["nurse"])
    second = f.member(f.shelter(), user=world["coord"].user)
    hand = Hand(world["coord"])
    session = hand.client.session
    session["membership"] = second.pk
    session.save()
    answer = hand.post("alert-close", alert.pk, **{"close-reason": "duplicate"})
    assert answer.status_code == 409 and "duplicate" in text(answer)


def test_pages_by_key_there_and_back(world):
    hand = Hand(world["coord"])
    made = [f.sent_alert(world["nurse"]).reference for _ in range(27)]
    first = text(hand.get("alert-inbox"))
    assert [r in first for r in made] == [True] * 25 + [False] * 2
    second = text(hand.get("alert-inbox", query=re.search(r'rel="next" href="([^"]+)"', first)[1]))
    assert [r in second for r in made] == [False] * 25 + [True] * 2
    back = text(hand.get("alert-inbox", query=re.search(r'rel="prev" href="([^"]+)"', second)[1]))
    assert [r in back for r in made] == [True] * 25 + [False] * 2
    print("inbox of 25 rows:", len(first.encode()), "bytes,", len(gzip.compress(first.encode())), "compressed")


JUNK = ["", "\x00", "é" * 5000, "-1", str(10**30), "[]", "../..", "<script>", "00000000-0000-0000-0000-000000000000"]


@pytest.mark.parametrize("junk", JUNK)
def test_nothing_typed_breaks_a_page(world, junk):
    """Every field of every form, and every filter: a page that says what to do, or a refusal, never an error."""
    case, alert = f.case(world["coord"], author=world["nurse"]), f.sent_alert(world["nurse"])
    made = f.orientation(world["coord"], case, f.shelter(), state="draft")
    names = ("reference", "desks", "reason", "close-reason", "service", "addressee", "basis", "level", "categories",
             "verb", "purpose", "agencies", "kinds", "proof", "until", "language", "interpreter", "member", "act",
             "consent", "family_name", "comment")  # fmt: skip
    fields = dict.fromkeys(names, junk)
    hand = Hand(world["coord"])
    for route in ("alert-join", "alert-redirect", "alert-close"):
        assert hand.post(route, alert.pk, **fields).status_code == 200, route
    for route in ("orientation-new", "consent-new", "case-assign"):
        assert hand.post(route, case.pk, **fields).status_code in (200, 302), route
    for route in ("orientation-accept", "orientation-decline", "orientation-complete"):
        assert hand.post(route, made.pk, **fields).status_code in (200, 403, 409), route
    assert hand.post("alert-open-case", alert.pk, need=junk).status_code == 302
    filters = (
        "status",
        "state",
        "urgency",
        "form",
        "territory",
        "reference",
        "cursor",
        "late",
        "view",
        "verb",
        "service",
    )
    query = "?" + urlencode(dict.fromkeys(filters, junk))
    for route in ("alert-inbox", "case-list", "orientation-sent", "orientation-received"):
        assert hand.get(route, query=query).status_code == 200, route
    assert hand.get("orientation-new", case.pk, query=query).status_code == 200


def test_same_number_of_queries_at_two_sizes(world):
    hand = Hand(world["coord"])

    def more_alerts():
        f.sent_alert(world["nurse"])
        f.sent_alert(world["nurse"], danger="yes")

    def more_agencies():
        f.agency(Kind.NGO)
        f.coordination(territories=("13",))

    assert_same_cost(more_alerts, lambda: hand.get("alert-inbox"), at_most=40)
    alert = f.sent_alert(world["nurse"])
    assert_same_cost(more_agencies, lambda: hand.get("inbox-alert", alert.pk), at_most=60)
    assert world["coord"].agency.mandate == Agency.Mandate.TERRITORIAL


def test_page_whose_last_alert_was_answered_shows_the_first_one(world):
    """« Nothing is waiting » stood over 25 alerts, and a danger to life."""
    made, hand = [f.sent_alert(world["nurse"]) for _ in range(26)], Hand(world["coord"])
    query = re.search(r'rel="next" href="([^"]+)"', text(hand.get("alert-inbox")))[1]
    vital = f.sent_alert(world["nurse"], danger="yes")
    second = text(hand.get("alert-inbox", query=query))
    assert made[25].reference in second and vital.reference in second, "a danger to life stands on each page"
    back = hand.post("alert-close", made[25].pk, query=query, **{"close-reason": "duplicate"})
    page = text(hand.client.get(back.url))
    assert made[0].reference in page and vital.reference in page and "Aucune alerte à traiter" not in page
