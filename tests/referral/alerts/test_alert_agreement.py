"""The page of the agreement in Signaler: who is told, the safe contact, the child's opinion."""

from copy import deepcopy

import pytest

from agencies.models import Membership
from foundation.actor import acting_as
from referral.models import Alert
from tests import factories as f
from tests.referral.pages import text
from tests.roles import as_role

from .alert_pages import STEP1, STEP2, STEP3, Browser, contact, content, make_people

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


def test_help_of_an_association_is_one_answer_and_stays_it_when_the_page_is_opened_again(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2)
    opened = nurse.get("alert-step", draft, 3).context["form"]
    assert not opened["agreement"].value() and not opened["recipients"].value(), "nothing is answered in advance"
    for posted, kept, shown in (
        ({"agreement": "yes_association"}, ["association"], "yes_association"),
        ({"agreement": "yes_association", "recipients": ["police"]}, ["association"], "yes_association"),
        ({"agreement": "yes", "recipients": ["association"]}, ["association"], "yes_association"),
        ({"agreement": "yes", "recipients": ["association", "police"]}, ["association", "police"], "yes"),
        ({"agreement": "yes"}, [], "yes"),
    ):
        assert nurse.post("alert-step", draft, 3, **posted).status_code == 302
        answers = content(people["nurse"], draft)
        assert (answers["agreement"], answers["recipients"]) == ("yes", kept), posted
        form = nurse.get("alert-step", draft, 3).context["form"]
        assert form["agreement"].value() == shown, posted
    refused = nurse.post("alert-step", draft, 3, agreement="no", recipients=["association"])
    assert refused.status_code == 302
    assert content(people["nurse"], draft)["recipients"] == []


def test_safe_contact_comes_after_agreement_and_is_cleared_on_confirmation(nurse, people):
    draft = nurse.start()
    typed = {"channel": "sms", "value": "01 99 00 00 01", "whose": "hers", "code_word": "jardin"}
    nurse.fill(draft, STEP1, STEP2, {**STEP3, **typed})
    assert contact(people["nurse"], draft) == typed
    assert "01 99" not in str(content(people["nurse"], draft))
    assert "jardin" in nurse.get("alert-step", draft, 4).content.decode()
    asked = nurse.post("alert-step", draft, 3, agreement="no", **typed)
    assert asked.status_code == 200
    assert "Le contact sûr va être effacé" in asked.content.decode()
    assert contact(people["nurse"], draft) == typed
    assert content(people["nurse"], draft)["agreement"] == "yes"
    nurse.post("alert-step", draft, 3, agreement="no", clear_contact="1", **typed)
    assert contact(people["nurse"], draft) is None
    assert content(people["nurse"], draft)["agreement"] == "no"


@pytest.mark.parametrize("whose", ["controller", "unknown"])
def test_a_number_that_may_be_the_exploiter_s_is_not_a_contact(nurse, people, whose):
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2, {**STEP3, "value": "01 99 00 00 02", "whose": whose})
    assert contact(people["nurse"], draft) == {"whose": whose, "do_not_call": True}
    assert "Ne pas appeler" in nurse.get("alert-step", draft, 4).content.decode()


def test_no_desk_is_ticked_for_an_adult_and_a_child_does_not_wait(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2)
    page = nurse.get("alert-step", draft, 3).content.decode()
    assert "Brigade d&#x27;essai" in page
    assert "Alertés d&#x27;office" not in page
    assert "La personne est-elle d&#x27;accord" in page and "l&#x27;alerte reste dans votre organisme" in page
    assert "Votre organisme garde l'alerte et rien n'est envoyé" in page  # if the adult says no
    nurse.post("alert-step", draft, 1, **{**STEP1, "minor": "doubt"})
    page = text(nurse.get("alert-step", draft, 3))
    assert "Alertés d'office" in page
    assert "Les services alertés d'office lisent quand même l'alerte" in page  # if the child says no
    assert "Votre organisme garde l'alerte et rien n'est envoyé" not in page
    assert "Avis de l'enfant : est-il d'accord" in page and "La personne est-elle d'accord" not in page
    assert "Sans autre service coché, seuls les services alertés d'office" in page
    assert "226-2-1" in page
    nurse.post("alert-step", draft, 2, none_of_these="on")
    nurse.post("alert-step", draft, 3, agreement="no")
    page = nurse.get("alert-step", draft, 4).content.decode()
    assert "<dt>Avis de l&#x27;enfant</dt>" in page and "<dt>Accord</dt>" not in page
    assert "CRIP d&#x27;essai" in page
    assert "L226-2-1 vers la cellule de recueil des informations préoccupantes (CRIP)" in page


def test_no_is_kept_and_police_needs_agreement(nurse, people):
    for typed, readers in [
        ({"agreement": "no"}, {people["nurse"].agency_id}),
        ({"agreement": "yes"}, {people["nurse"].agency_id}),
        ({"agreement": "not_asked", "desks": [people["police"].pk]}, {people["unit"].pk}),
        ({"agreement": "yes", "desks": [people["police"].pk]}, {people["unit"].pk, people["police"].pk}),
        ({"agreement": "no", "share_anyway": "on", "legal_ground": "article_40", "desks": [people["police"].pk]},
         {people["unit"].pk, people["police"].pk}),
    ]:  # fmt: skip
        draft = nurse.start()
        nurse.fill(draft, STEP1, STEP2, typed)
        nurse.post("alert-step", draft, 4, go="send")
        with acting_as(people["nurse"]):
            assert set(Alert.objects.get(pk=draft).moves.get().to_agencies) == readers


def test_article_40_against_a_refusal_tells_no_service_that_helps(nurse, people):
    """An adult refused; the alert went to a shelter on a ground that is the prosecutor's and the police's."""
    home = f.shelter(name="Foyer fictif")
    against = {"agreement": "no", "share_anyway": "on", "legal_reason": "Faits graves, essai."}
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2)
    both = [home.pk, people["police"].pk]
    page = text(nurse.post("alert-step", draft, 3, **against, legal_ground="article_40", desks=both))
    assert "le procureur et les forces de l'ordre : décochez Foyer fictif" in page
    assert content(people["nurse"], draft)["desks"] == [people["police"].pk], "the police stays ticked meanwhile"
    nurse.post("alert-step", draft, 3, **against, legal_ground="article_40", desks=[people["police"].pk])
    assert people["police"].pk in content(people["nurse"], draft)["desks"]
    # near miss: a danger to life lets who helps be told
    again = nurse.start()
    nurse.fill(again, STEP1, STEP2, {**against, "legal_ground": "vital_danger", "desks": [home.pk]})
    assert home.pk in content(people["nurse"], again)["desks"]


def test_error_about_the_services_stands_beside_their_boxes(nurse, people):
    """The summary led to no field, and no box said that it was the one at fault."""
    first, home = f.shelter(name="Abri fictif"), f.shelter(name="Foyer fictif")
    against = {"agreement": "no", "share_anyway": "on", "legal_ground": "article_40"}
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2)
    page = text(nurse.post("alert-step", draft, 3, **against, desks=[home.pk, people["police"].pk]))
    words = "L'article 40 ne permet de prévenir que le procureur et les forces de l'ordre : décochez Foyer fictif."
    assert f'<li><a href="#d-{home.pk}">{words}</a></li>' in page
    said = f'<p class="fr-message fr-message--error" id="id_desks_error">{words}</p>'
    assert page.count(said) == 1
    assert f'id="d-{home.pk}" checked aria-invalid="true" aria-describedby="id_desks_error">' in page.split(said)[1]
    assert f'id="d-{first.pk}">' in page, "near miss: the box of a service that was not ticked"
    assert f'id="d-{people["police"].pk}" checked>' in page, "near miss: one that the ground tells"
    # a service that the page does not offer: the error leads to the first box
    page = text(nurse.post("alert-step", draft, 3, **against, desks=["inconnu"]))
    assert f'<li><a href="#d-{first.pk}">' in page
    assert f'id="d-{first.pk}" aria-invalid="true" aria-describedby="id_desks_error">' in page
    page = text(nurse.get("alert-step", draft, 3))
    assert "id_desks_error" not in page and f'id="d-{home.pk}">' in page


def test_agreed_alert_with_nobody_ticked_says_that_nobody_will_be_told(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2, {"agreement": "yes"})
    page = text(nurse.get("alert-step", draft, 4))
    assert "Personne ne sera prévenu en dehors de votre organisme" in page and "ne lira cette alerte" not in page
    assert "Seuls vos collègues qui suivent des dossiers la voient" in page
    assert "d'accord pour que d'autres soient prévenus, mais aucun service n'est coché" in page
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=people["worker"].pk).update(active=False)
    page = text(nurse.get("alert-step", draft, 4))
    assert "Personne ne lira cette alerte" in page, "no colleague of the nurse follows cases any more"
    assert "Seuls vos collègues" not in page
    nurse.fill(draft, STEP1, STEP2, {"agreement": "yes", "desks": [people["shelter"].pk]})
    assert "Personne ne sera prévenu" not in text(nurse.get("alert-step", draft, 4))


def test_receipt_of_a_kept_alert_promises_no_reader_where_there_is_none(nurse, people):
    def receipt(agreement):
        draft = nurse.start()
        nurse.fill(draft, STEP1, STEP2, {"agreement": agreement})
        nurse.post("alert-step", draft, 4, go="send")
        return text(nurse.get("alert-received", draft))

    told = "Vous êtes prévenu dans la plateforme"
    page = receipt("no")
    assert "Seuls vos collègues qui suivent des dossiers la voient" in page and told in page
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=people["worker"].pk).update(active=False)
    page = receipt("no")
    assert "Votre organisme la garde. Rien n'a été envoyé." in page and "Seuls vos collègues" not in page
    assert told not in page and "La personne ne reçoit aucun message" in page
    page = receipt("yes")
    assert "Seuls vos collègues" not in page and told in page, "near miss: the coordination reads it afterwards"


def test_several_persons_are_asked_in_the_plural(nurse):
    one, several = (
        "La personne est-elle d'accord",
        "Les personnes sont-elles d'accord pour que d'autres soient prévenus",
    )
    for persons, said in ((None, one), (1, one), (3, several)):
        draft = nurse.start()
        nurse.fill(draft, {**STEP1, **({"persons": persons} if persons else {})}, STEP2)
        page = text(nurse.get("alert-step", draft, 3))
        assert (one in page, several in page) == (said == one, said == several)
    # a child among several: the child's opinion is asked
    nurse.post("alert-step", draft, 1, **{**STEP1, "minor": "yes", "persons": 3})
    page = text(nurse.get("alert-step", draft, 3))
    assert "Avis de l'enfant : est-il d'accord" in page and several not in page
