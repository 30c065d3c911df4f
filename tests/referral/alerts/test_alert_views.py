"""Signaler, page by page, through the client: what is asked, kept, refused; and near misses beside each success."""

import re
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from indicators.catalogue import selectors as catalogue_selectors
from referral.alerts.operations import alerts
from referral.models import Alert, AlertContent, AlertDesk
from tests import factories as f
from tests.referral.pages import text
from tests.roles import as_role

from .alert_pages import SIGN, STEP1, STEP2, STEP3, Browser, contact, content, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return make_people()


@pytest.fixture
def nurse(client, people):
    return Browser(client, people["nurse"])


def test_four_pages_one_alert(nurse, people):
    draft = nurse.start()
    sent = nurse.fill(draft, STEP1, STEP2, {**STEP3, "desks": [people["shelter"].pk]})
    assert sent.url == reverse("referral:alert-step", args=[draft, 4])
    page = nurse.get("alert-step", draft, 4).content.decode()
    for words in ("Coordination d&#x27;essai", "Foyer d&#x27;essai", "Accord de la personne", "Modifier",
                  "il ne décide pas et ne vaut pas qualification pénale."):  # fmt: skip
        assert words in page
    assert "Brigade d&#x27;essai" not in page
    first = nurse.post("alert-step", draft, 4, go="send")
    assert first.url == reverse("referral:alert-received", args=[draft])
    with acting_as(people["nurse"]):
        alert = Alert.objects.get(pk=draft)
    assert (alert.state, alert.step) == ("sent", 4)
    receipt = nurse.get("alert-received", draft).content.decode()
    assert alert.reference in receipt and "ni le signalement au procureur" in receipt
    with acting_as(people["nurse"]):
        assert alerts.send_alert(people["nurse"], draft).reference == alert.reference
    # sent twice, by the button or by « back »: one alert, the same reference
    assert nurse.post("alert-step", draft, 4, go="send").url == first.url
    assert nurse.get("alert-step", draft, 1).url == first.url
    answers = content(people["nurse"], draft)
    assert answers["grid_version"] and answers["catalogue_version"]
    assert answers["observations"] == {SIGN: "observed"}
    with acting_as(people["coord"]):
        assert AlertDesk.objects.get().alert_id == draft


def new_draft(page) -> tuple[uuid.UUID, str]:
    """Return the id and the address under which the page of a new alert makes its draft."""
    found = re.search(r'action="(/signaler/[^"]+)".*?name="draft" value="([^"]+)"', text(page), re.S)
    assert found
    return uuid.UUID(found[2]), found[1]


def test_page_of_a_new_alert_makes_one_draft_once_it_is_sent(nurse, people):
    page = nurse.get("alert-start")
    draft, address = new_draft(page)
    assert "Rien ne part avant votre confirmation" in text(page) and "Commencer" not in text(page)
    with acting_as(people["nurse"]):
        assert not Alert.objects.exists(), "showing the page makes no row"
    assert address == reverse("referral:alert-step", args=[draft, 1])
    for _twice in range(2):
        sent = nurse.post("alert-step", draft, 1, draft=str(draft), **STEP1)
        assert sent.url == reverse("referral:alert-step", args=[draft, 2])
    with acting_as(people["nurse"]):
        assert Alert.objects.get().pk == draft
    assert new_draft(nurse.get("alert-start"))[0] != draft


def test_page_of_a_new_alert_kept_as_it_is_typed_or_sent_with_errors_keeps_what_can_be_read(nurse, people):
    draft, _address = new_draft(nurse.get("alert-start"))
    kept = nurse.post("alert-step", draft, 1, draft=str(draft), go="auto", minor="doubt")
    assert kept.status_code == 200 and "Enregistré à" in text(kept)
    page = text(nurse.post("alert-step", draft, 1, draft=str(draft), when="today", minor="doubt"))
    assert "<title>Erreur" in page and 'name="draft"' not in page
    answers = content(people["nurse"], draft)
    assert (answers["minor"], answers["when"]) == ("doubt", "today")


def test_only_the_page_of_a_new_alert_makes_a_draft(nurse, people, client):
    other = uuid.uuid4()
    assert nurse.get("alert-step", other, 1).status_code == 404
    assert nurse.post("alert-step", other, 1, **STEP1).status_code == 404
    assert nurse.post("alert-step", other, 1, draft=str(uuid.uuid4()), **STEP1).status_code == 404
    assert nurse.post("alert-step", other, 2, draft=str(other), **STEP2).status_code == 404
    hers = nurse.start()
    colleague = Browser(client, people["colleague"])
    assert colleague.post("alert-step", hers, 1, draft=str(hers), **STEP1).status_code == 404
    admin = Browser(client, people["admin"])
    assert admin.post("alert-step", other, 1, draft=str(other), **STEP1).status_code == 403
    with as_role("nrm_owner"):
        assert [alert.pk for alert in Alert.objects.all()] == [hers]


def test_new_alert_whose_session_ended_is_kept_and_makes_its_draft_after_sign_in(people):
    browser = Client(headers={"sec-fetch-mode": "navigate"})
    hand = Browser(browser, people["nurse"])
    draft, address = new_draft(hand.get("alert-start"))
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    asked = hand.post("alert-step", draft, 1, draft=str(draft), **STEP1)
    assert asked.status_code == 302 and "/connexion/" in asked.url
    browser.force_login(people["nurse"].user)
    page = text(browser.get(reverse("kept")))
    assert f'action="{address}"' in page and f'name="draft" value="{draft}"' in page and 'value="75"' in page
    again = hand.post("alert-step", draft, 1, draft=str(draft), **STEP1)
    assert again.url == reverse("referral:alert-step", args=[draft, 2])


def test_start_twice_is_one_draft(nurse, people):
    draft = nurse.start()
    nurse.start(draft)
    with acting_as(people["nurse"]):
        assert Alert.objects.count() == 1
    assert "Reprendre" in nurse.get("alert-start").content.decode()


def test_a_union_begins_on_labour_exploitation_and_may_change_it(nurse, people):
    def begun(member):
        hand = Browser(Client(), member)
        draft = hand.start()
        return hand, draft, text(hand.get("alert-step", draft, 1))

    chosen = '<option value="labour_exploitation" selected'
    assert chosen not in begun(people["nurse"])[2]
    hand, draft, page = begun(f.member(f.agency(Kind.UNION, desk=False), Role.FRONTLINE))
    assert chosen in page and '<details class="fr-accordion" open>' in page, "in sight, not folded away"
    for form in ("sexual_exploitation", ""):
        hand.fill(draft, {**STEP1, "form": form})
        page = text(hand.get("alert-step", draft, 1))
        assert chosen not in page and f'<option value="{form}" selected' in page, "what was chosen stays"


def test_a_draft_is_the_author_s_alone(nurse, people, client):
    draft = nurse.start()
    for name in ("colleague", "worker", "coord"):
        other = Browser(client, people[name])
        assert other.get("alert-step", draft, 1).status_code == 404
        assert other.post("alert-step", draft, 1, **STEP1).status_code == 404
        assert other.post("alert-start", draft=str(draft)).status_code == 404
        assert other.post("alert-reading", draft).status_code == 404
        assert other.post("alert-discard", draft).status_code == 404
        assert other.get("alert-received", draft).status_code == 404
    admin = Browser(client, people["admin"])
    assert admin.get("alert-start").status_code == 403
    assert admin.get("danger").status_code == 403


def test_another_hat_is_refused_and_keeps_what_was_typed(nurse, people):
    draft = nurse.start()
    answer = nurse.post("alert-step", draft, 1, **{**STEP1, "_membership": people["worker"].pk})
    assert answer.status_code == 409
    assert content(people["nurse"], draft) == {"detection": "school"}


def test_out_of_order_goes_to_the_first_missing(nurse):
    draft = nurse.start()
    first = reverse("referral:alert-step", args=[draft, 1])
    assert nurse.get("alert-step", draft, 4).url == first
    assert nurse.post("alert-step", draft, 4, go="send").url == first
    assert nurse.get("alert-step", draft, 9).url == first
    nurse.fill(draft, STEP1)
    assert nurse.get("alert-step", draft, 3).url == reverse("referral:alert-step", args=[draft, 2])


def test_the_six_required_answers_and_no_other(nurse):
    draft = nurse.start()
    for name in STEP1:
        page = nurse.post("alert-step", draft, 1, **{k: v for k, v in STEP1.items() if k != name})
        text = page.content.decode()
        assert page.status_code == 200
        assert "<title>Erreur" in text
        assert f'href="#id_{name}' in text
    nurse.fill(draft, STEP1)
    page = nurse.post("alert-step", draft, 2, note="Mot gardé")
    assert page.status_code == 200
    assert "Cochez les signes" in page.content.decode()
    assert "Mot gardé" in nurse.get("alert-step", draft, 2).content.decode()
    assert nurse.post("alert-step", draft, 2, none_of_these="on").status_code == 302
    page = nurse.post("alert-step", draft, 3)
    assert page.status_code == 200
    assert "Dites si la personne est d&#x27;accord" in page.content.decode()
    assert nurse.post("alert-step", draft, 3, agreement="not_asked").status_code == 302
    assert nurse.post("alert-step", draft, 4, go="send").url == reverse("referral:alert-received", args=[draft])


BAD = [
    (1, {"territory": "999"}, "Choisissez le département"),
    (1, {"territory": "R11"}, "Choisissez le département"),
    (1, {"territory": "x" * 5000}, "Choisissez le département"),
    (1, {"when": "tomorrow"}, "Choisissez une des réponses"),
    (1, {"when": "date"}, "Donnez la date"),
    (1, {"when": "date", "when_date": "2999-01-01"}, "à venir"),
    (1, {"when": "date", "when_date": "hier"}, "Écrivez la date"),
    (1, {"other_territory": "999"}, "Écrivez le numéro"),
    (1, {"other_territory": "R11"}, "Écrivez le numéro"),
    (1, {"other_territory": "75; x"}, "Raccourcissez"),
    (1, {"persons": "0"}, "de 1 à 500"),
    (1, {"persons": "-3"}, "de 1 à 500"),
    (1, {"persons": "beaucoup"}, "de 1 à 500"),
    (1, {"persons": "99999999999999999999"}, "de 1 à 500"),
    (1, {"reachable_until": "demain"}, "Écrivez la date et l"),
    (1, {"reachable_until": "2001-01-01T10:00"}, "à venir"),
    (1, {"form": "nope"}, "Choisissez une des réponses"),
    (1, {"place": "nope"}, "Choisissez une des réponses"),
    (1, {"language": "klingon"}, "Choisissez une des réponses"),
    (2, {"sign": ["NOPE-1"]}, "Un signe inconnu"),
    (2, {"sign": [SIGN], f"by_{SIGN}": "guessed"}, "Un signe inconnu"),
    (2, {"sign": [SIGN], "none_of_these": "on"}, "Des signes sont cochés"),
    (2, {"sign": [SIGN], "note": "x" * 501}, "Raccourcissez"),
    (3, {"agreement": "maybe"}, "Choisissez une des réponses"),
    (3, {"agreement": "no", "share_anyway": "on"}, "indiquez le fondement légal"),
    (3, {"agreement": "no", "share_anyway": "on", "legal_ground": "mine"}, "Choisissez une des réponses"),
    (3, {"agreement": "yes", "desks": ["0"]}, "Choisissez une des réponses"),
    (3, {"agreement": "yes", "recipients": ["neighbour"]}, "Choisissez une des réponses"),
    (3, {"agreement": "yes", "value": "01 99 00 00 00"}, "à qui est ce numéro"),
    (3, {"agreement": "yes", "code_word": "x" * 41}, "Raccourcissez"),
    (3, {"agreement": "yes", "hours": "nul\x00"}, ""),
]


@pytest.mark.parametrize(("step", "typed", "words"), BAD)
def test_bad_input_is_said_in_french_and_keeps_the_rest(nurse, people, step, typed, words):
    draft = nurse.start()
    good = [STEP1, STEP2, STEP3]
    if step > 1:
        nurse.fill(draft, *good[: step - 1])
    page = nurse.post("alert-step", draft, step, **{**(good[0] if step == 1 else {}), **typed})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Erreur" in text
    assert words.lower() in text.lower()
    if step == 1:
        assert content(people["nurse"], draft)["minor"] == "no"


def test_a_draft_is_kept_as_it_is_typed(nurse, people, client):
    draft = nurse.start()
    saved = nurse.post("alert-step", draft, 1, go="auto", when="yesterday")
    assert "Enregistré à" in saved.content.decode()
    nurse.post("alert-step", draft, 1, go="later", when="yesterday", minor="doubt")
    client.logout()
    back = Browser(client, people["nurse"])  # another device: the draft is in the database
    page = back.get("alert-step", draft, 1).content.decode()
    assert 'value="yesterday" inline' in page or "checked" in page
    assert content(people["nurse"], draft)["minor"] == "doubt"


def test_previous_page_loses_nothing(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, STEP1)
    answer = nurse.post("alert-step", draft, 2, go="back", sign=[SIGN], note="à suivre")
    assert answer.url == reverse("referral:alert-step", args=[draft, 1])
    assert content(people["nurse"], draft)["note"] == "à suivre"
    assert content(people["nurse"], draft)["observations"] == {SIGN: "observed"}


def test_discard_takes_everything(nurse, people):
    draft = nurse.start()
    assert nurse.get("alert-discard", draft).status_code == 405
    nurse.post("alert-discard", draft)
    with acting_as(people["nurse"]):
        assert not Alert.objects.exists()
        assert not AlertContent.objects.exists()


def test_the_reading_is_live_and_the_server_s(nurse, people):
    draft = nurse.start()
    assert nurse.post("alert-reading", draft, sign=[SIGN]).status_code == 302
    nurse.fill(draft, {**STEP1, "form": "labour_exploitation"})
    text = nurse.post("alert-reading", draft, sign=[SIGN]).content.decode()
    assert "<html" not in text
    assert "il ne décide pas et ne vaut pas qualification pénale." in text
    assert "Dès le premier signe fort, proposez" in text
    assert "Enregistré à" in text
    assert content(people["nurse"], draft)["observations"] == {SIGN: "observed"}
    low = nurse.post("alert-reading", draft, none_of_these="on").content.decode()
    assert "Grille courte" in low
    assert "nsuffisant" not in low.split("<details>")[0]


def test_whole_grid_opens_the_rest(nurse):
    draft = nurse.start()
    nurse.fill(draft, {**STEP1, "form": "labour_exploitation"})
    short = nurse.get("alert-step", draft, 2).content.decode()
    assert short.count('name="sign"') <= 15
    assert "Contenu non validé" in short
    opened = nurse.post("alert-step", draft, 2, go="whole", sign=[SIGN])
    whole = nurse.client.get(opened.url.split("#")[0]).content.decode()
    assert whole.count('name="sign"') > 60
    assert f'id="s-{SIGN}" checked' in whole


def test_changing_the_side_of_age_replays_the_signs(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, {**STEP1, "form": "labour_exploitation"}, STEP2)
    nurse.post("alert-step", draft, 1, **{**STEP1, "form": "labour_exploitation", "minor": "doubt"})
    assert content(people["nurse"], draft)["observations"] == {"ILO-CL-EX-01": "observed"}


def test_a_note_with_a_number_is_pointed_out_never_blocked(nurse, people):
    draft = nurse.start()
    note = "Joindre au 06 12 34 56 78, voiture AB-123-CD, x@exemple.fr."
    nurse.fill(draft, STEP1, {**STEP2, "note": note}, STEP3)
    page = nurse.get("alert-step", draft, 4).content.decode()
    for words in ("un numéro de téléphone", "une plaque", "une adresse électronique", "Déplacer"):
        assert words in page
    moved = nurse.post("alert-step", draft, 4, note="move")
    assert moved.url.endswith("/3/#id_value")
    assert contact(people["nurse"], draft)["value"] == "x@exemple.fr"
    nurse.post("alert-step", draft, 4, note="erase")
    left = content(people["nurse"], draft)["note"]
    assert "06 12" not in left and "AB-123-CD" not in left
    assert left.startswith("Joindre au")


def test_until_when_shortens_the_deadline_in_the_place_s_own_hour(nurse, people):
    draft = nurse.start()
    until = timezone.localtime(timezone.now() + timedelta(hours=6)).replace(second=0, microsecond=0)
    nurse.fill(draft, {**STEP1, "reachable_until": until.strftime("%Y-%m-%dT%H:%M"), "persons": "2"}, STEP2, STEP3)
    page = nurse.get("alert-step", draft, 1).content.decode()
    assert until.strftime("%Y-%m-%dT%H:%M") in page
    nurse.post("alert-step", draft, 4, go="send")
    with acting_as(people["coord"]):
        desk = AlertDesk.objects.get(alert=draft)
    assert desk.due_at == until - timedelta(hours=2)
    assert desk.urgency == "high"


def test_no_page_asks_the_database_more_than_it_needs(nurse, people):
    catalogue_selectors.grids(), catalogue_selectors.at(catalogue_selectors.current().version)  # kept by the process
    draft, seen = nurse.start(), {}
    for step, data in enumerate((STEP1, STEP2, STEP3), 1):
        with CaptureQueriesContext(connection) as asked:
            nurse.get("alert-step", draft, step)
        seen[step] = len(asked)
        nurse.post("alert-step", draft, step, **data)
    for name, args in (("alert-step", (draft, 4)), ("danger", ()), ("alert-start", ())):
        with CaptureQueriesContext(connection) as asked:
            nurse.get(name, *args)
        seen[args[-1] if args else name] = len(asked)
    assert max(seen.values()) <= 28, seen  # the check page asks once more since desks are chosen with discretion
