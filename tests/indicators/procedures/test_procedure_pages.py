"""Public pages of procedures: by « qui je suis » and « pour qui », without login, in both languages."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.referral.pages import plain

pytestmark = pytest.mark.django_db


def page(client, route, *args, query="") -> str:
    answer = client.get(reverse(f"procedures:{route}", args=args) + query)
    assert answer.status_code == 200
    return plain(unescape(answer.content.decode()))


def test_two_questions_lead_to_ones_steps(client):
    start = page(client, "start")
    assert "Qui êtes-vous ?" in start and "Contenu non validé" in start
    answer = client.get(reverse("procedures:start") + "?qui=sante&pour=enfant")
    assert answer.status_code == 302 and answer.url == "/procedures/sante/enfant/"
    half = page(client, "start", query="?qui=sante&pour=")
    assert "Choisissez qui vous êtes et pour qui" in half and 'value="sante" selected' in half


def test_a_nurse_and_a_union_see_other_steps_of_the_same_child(client):
    nurse, union = page(client, "list", "sante", "enfant"), page(client, "list", "syndicat", "adulte-travail")
    mine = nurse[: nurse.index("Là où d'autres agissent")]
    # a public carer acts on article 40 and on care; child protection alone acts on the placement
    assert "Agent public : avis au procureur" in mine and "Mineur : soins et soutien psychologique" in mine
    assert "mise à l'abri et accueil loin" in nurse and "mise à l'abri et accueil loin" not in mine
    assert "n'attend ni accord" in nurse and nurse.index("Danger immédiat") < nurse.index("soins et soutien")
    assert "information préoccupante" not in union and "Saisir d'abord le conseil de prud'hommes" in union
    assert "Agent public" not in union[: union.index("Là où d'autres agissent")]


def test_a_step_says_who_acts_the_text_the_time_and_what_to_tell(client):
    detail = page(client, "detail", "mineur_information_preoccupante")
    assert "Tout professionnel" in detail and "Accord non requis (protection)" in detail
    assert "Sans valeur légale" in detail and "Trois mois au plus" in detail
    assert "jamais s'ils peuvent être impliqués" in detail.partition("À dire à la personne")[0]
    assert "guides départementaux" in detail  # where the text was read
    assert "/procedures/administrateur_ad_hoc/" in detail
    assert "Délai légal, à vérifier." in detail


def test_a_target_of_the_project_is_never_said_to_be_law(client):
    shelter = page(client, "detail", "mise_a_labri")
    first = shelter[: shelter.index("etape-2")]
    assert "Sans valeur légale" in first and "Délai légal" not in first


def test_texts_say_whether_they_were_read(client):
    first = page(client, "text-list")
    second = unescape(client.get("/procedures/textes/?page=2").content.decode())
    third = unescape(client.get("/procedures/textes/?page=3").content.decode())
    assert [page.count("<section") for page in (first, second, third)] == [24, 24, 4]
    assert "écrit sans source consultée" in first + second and "aucune étape ne s'y appuie" in first + second + third
    assert "?page=2" in first and "?page=1" in second and "?page=3" in second and "?page=4" not in third


@pytest.mark.parametrize("address", ["/procedures/magie/", "/procedures/sante/martien/", "/procedures/x/enfant/"])
def test_what_does_not_exist_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_pages_cost_no_more_for_a_longer_procedure(client):
    """One step or four: the picture is kept in the process."""
    client.get("/procedures/danger_immediat/")
    costs = []
    for address in ("/procedures/retour_volontaire/", "/procedures/entretien_confidentiel/"):
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 6, costs


def test_english_stands_where_it_exists():
    from indicators.codes.words import wording
    from indicators.procedures.selectors import book

    step = book().procedures["danger_immediat"].step(1)
    with translation.override("en"):
        assert wording(step, "action") == "Call 17, 112 or 114 (SMS); 15 for a medical emergency. Keep yourself safe."
        assert wording(step.told[0]) == "That the alert has been raised, and why"
