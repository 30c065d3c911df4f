"""Pages of participation: what each sees, types, is told; drafts kept; the same cost at any size."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from plans.models import Consultation, Contribution, Signal, SurvivorSummary
from plans.participation.operations import participation
from plans.publication.rules.opendata import as_files, datasets
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people

pytestmark = pytest.mark.django_db


def client_of(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    client.hat = {"_membership": member.pk}
    return client


def post(client, route, *args, query="", **data):
    return client.post(reverse(route, args=args) + query, {**client.hat, **data}, follow=True)


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def coordination():
    return people.coordination()


@pytest.fixture
def association():
    return people.speaker()


def mine(actor) -> Contribution:
    with acting_as(actor):
        return Contribution.objects.of(actor).get()


# -- consulting -------------------------------------------------------------------------------------------------------
def test_the_coordination_opens_a_consultation_and_puts_its_end_off(coordination):
    client, today = client_of(coordination), timezone.localdate()
    said = {"subject": "plan", "title": "Et après ?", "text": "Dites-nous.", "questions": "Un ?\n\nDeux ?",
            "opens": today.isoformat(), "closes": (today + timedelta(10)).isoformat()}  # fmt: skip
    wrong = post(client, "plans:consultation-new", **{**said, "title": "", "closes": "2020-01-01"})
    assert wrong.status_code == 200
    assert ">plan3<" not in text_of(wrong), "a plan is chosen by its code"
    assert ">Plan national de lutte contre" in text_of(wrong)
    assert "Donnez un titre à la consultation." in text_of(wrong) and "Dites-nous." in text_of(wrong), "kept"
    assert post(client, "plans:consultation-new", **said).status_code == 200
    made = Consultation.objects.get()
    assert made.questions == ["Un ?", "Deux ?"] and made.told_at is not None
    later = today + timedelta(20)
    post(client, "plans:consultation-edit", made.pk, closes=later.isoformat(), title="Réécrit")
    made.refresh_from_db()
    assert (made.closes, made.title) == (later, "Et après ?")
    sooner = post(client, "plans:consultation-edit", made.pk, closes=today.isoformat())
    assert "ne peut qu" in text_of(sooner)


def test_withdrawing_asks_for_a_reason_that_is_public(coordination):
    made, client = p.consultation(coordination), client_of(coordination)
    assert "Dites pourquoi" in text_of(post(client, "plans:consultation-withdraw", made.pk, reason=""))
    post(client, "plans:consultation-withdraw", made.pk, reason="Le calendrier change.")
    page = text_of(Client().get(reverse("policy:consultation-detail", args=[made.pk])))
    assert "Le calendrier change." in page and "Contribuer depuis votre espace" not in page


# -- contributing -----------------------------------------------------------------------------------------------------
def test_an_association_answers_a_consultation_checks_and_sends(association, coordination):
    consultation, client = p.consultation(coordination), client_of(association)
    query = f"?consultation={consultation.pk}"
    empty = post(client, "plans:contribution-new", query=query, title="Des lits", then="send")
    assert "Répondez à une question au moins." in text_of(empty) and 'value="Des lits"' in text_of(empty)
    check = post(
        client, "plans:contribution-new", query=query, title="Des lits", answer_0="Voir M. Dupont, 06 12 34 56 78",
        then="send",
    )  # fmt: skip
    assert "Ceci peut désigner quelqu" in text_of(check)
    assert "06 12 34 56 78" in text_of(check) and "M. Dupont" in text_of(check)
    draft = mine(association)
    assert draft.state == "draft", "pointed out before anything leaves"
    post(client, "plans:contribution-edit", draft.pk, title="Des lits", answer_0="Plus de lits.", then="keep")
    clean = client.get(reverse("plans:contribution-send", args=[draft.pk]))
    assert "désigner quelqu" not in text_of(clean)
    post(client, "plans:contribution-send", draft.pk)
    assert mine(association).state == "submitted"


def test_by_itself_on_a_measure_found_by_its_words(association):
    client = client_of(association)
    found = client.get(reverse("plans:contribution-new"), {"objet": "indicator", "q": "location de courte durée"})
    assert "FR-SEX-01" in text_of(found)
    nothing = client.get(reverse("plans:contribution-new"), {"objet": "plan", "q": "licorne"})
    assert "Rien trouvé" in text_of(nothing)
    post(client, "plans:contribution-new", query="?sur=indicator:FR-SEX-01", title="Préciser", text="L'hôtel aussi.")
    made = mine(association)
    assert (made.subject, made.target, made.state) == ("indicator", "FR-SEX-01", "draft")
    unknown = client.get(reverse("plans:contribution-new") + "?sur=measure:inconnue")
    assert "De quoi s" in text_of(unknown), "asked again rather than written about nothing"


def test_only_an_association_is_asked_in_whose_name(association, coordination):
    query = f"?consultation={p.consultation(coordination).pk}"
    asked = "Au nom de qui"
    assert asked in text_of(client_of(association).get(reverse("plans:contribution-new") + query))
    union = client_of(people.speaker(Kind.UNION))
    assert asked not in text_of(union.get(reverse("plans:contribution-new") + query))


def test_another_agency_finds_neither_the_draft_nor_the_confidential_one(association, coordination):
    draft, hidden = p.draft(association), p.sent(association, confidential=True)
    stranger = client_of(people.cncdh())
    for found in (draft, hidden):
        assert stranger.get(reverse("plans:contribution-detail", args=[found.pk])).status_code == 404
        assert Client().get(reverse("policy:contribution-detail", args=[found.pk])).status_code == 404
    chief = client_of(coordination)
    assert chief.get(reverse("plans:contribution-detail", args=[draft.pk])).status_code == 404
    assert chief.get(reverse("plans:contribution-detail", args=[hidden.pk])).status_code == 200
    # seen by all, changed by its author alone
    shown = p.published(association, coordination)
    assert stranger.get(reverse("plans:contribution-edit", args=[shown.pk])).status_code == 403
    assert post(stranger, "plans:contribution-withdraw", shown.pk, act="withdraw").status_code == 403


# -- moderating, answering --------------------------------------------------------------------------------------------
def test_the_coordination_publishes_then_answers_and_the_public_reads_both(association, coordination):
    sent, client = p.sent(association), client_of(coordination)
    public = reverse("policy:contribution-detail", args=[sent.pk])
    assert Client().get(public).status_code == 404
    post(client, "plans:contribution-moderate", sent.pk, act="publish")
    assert Client().get(public).status_code == 200
    wrong = post(client, "plans:contribution-answer", sent.pk, text="Sans verdict")
    assert "Choisissez ce qui en est fait." in text_of(wrong) and "Sans verdict" in text_of(wrong)
    post(client, "plans:contribution-answer", sent.pk, verdict="not_followed", text="La loi ne le permet pas.")
    page = text_of(Client().get(public))
    assert "Non retenue" in page and "La loi ne le permet pas." in page


NAMED = "M. Jean Dupont, chef de chantier, 06 12 34 56 78, retient les passeports."


def test_one_press_never_publishes_a_name_and_a_number_beside_an_accusation(association, coordination):
    sent, client = p.sent(association, text=NAMED), client_of(coordination)
    public = reverse("policy:contribution-detail", args=[sent.pk])
    page = text_of(client.get(reverse("plans:contribution-detail", args=[sent.pk])))
    assert "Ceci peut désigner quelqu" in page and "06 12 34 56 78</strong>" in page
    asked = post(client, "plans:contribution-moderate", sent.pk, act="publish")
    assert asked.redirect_chain[-1][0] == reverse("plans:contribution-publish", args=[sent.pk])
    assert "M. Jean Dupont</strong>" in text_of(asked) and Client().get(public).status_code == 404
    # what was not on that page is asked for again: another passage, or one that came since
    post(client, "plans:contribution-moderate", sent.pk, act="publish", seen="M. Jean Dupont")
    assert Client().get(public).status_code == 404
    post(client, "plans:contribution-moderate", sent.pk, act="publish", seen=["M. Jean Dupont", "06 12 34 56 78"])
    assert Client().get(public).status_code == 200


def test_passages_are_taken_out_before_publication_by_who_moderates(association, coordination):
    sent, client = p.sent(association, text=NAMED), client_of(coordination)
    out = {"act": "withdraw", "name-reason": "name"}
    own = client_of(association)
    assert post(own, "plans:contribution-name", sent.pk, **out, **{"name-passage": "Jean"}).status_code == 409
    post(client, "plans:contribution-name", sent.pk, **out, **{"name-passage": "M. Jean Dupont"})
    out["name-reason"] = "contact"
    post(client, "plans:contribution-name", sent.pk, **out, **{"name-passage": "06 12 34 56 78"})
    post(client, "plans:contribution-moderate", sent.pk, act="publish")
    page = text_of(Client().get(reverse("policy:contribution-detail", args=[sent.pk])))
    assert "[nom retiré 1], chef de chantier, [nom retiré 2], retient" in page and "Dupont" not in page
    assert "M. Jean Dupont" in text_of(own.get(reverse("plans:contribution-detail", args=[sent.pk]))), "sealed for it"


def test_setting_aside_asks_why_and_is_not_offered_on_an_independent_body(association, coordination):
    sent, client = p.sent(association), client_of(coordination)
    assert "Dites pourquoi" in text_of(post(client, "plans:contribution-moderate", sent.pk, act="set_aside"))
    post(client, "plans:contribution-moderate", sent.pk, **{"act": "set_aside", "aside-reason": "Une adresse."})
    assert "Une adresse." in text_of(client_of(association).get(reverse("plans:contribution-detail", args=[sent.pk])))
    free = p.sent(people.cncdh())
    page = text_of(client.get(reverse("plans:contribution-detail", args=[free.pk])))
    assert "Écarter" not in page and "Répondre" in page
    refused = client.post(
        reverse("plans:contribution-moderate", args=[free.pk]),
        {**client.hat, "act": "set_aside", "aside-reason": "Non"},
    )
    assert refused.status_code == 403


def test_what_waits_is_sorted_by_time_left_and_what_is_late_is_public(coordination):
    first = p.published(people.speaker(), coordination, title="La première")
    late = p.published(people.speaker(Kind.UNION), coordination, title="La tardive")
    p.long_ago(late)
    page = text_of(client_of(coordination).get(reverse("plans:contribution-waiting")))
    assert page.index("La tardive") < page.index("La première") and "en retard" in page
    public = text_of(Client().get(reverse("policy:contribution-list")))
    assert "Réponses en retard" in public
    only = text_of(Client().get(reverse("policy:contribution-list"), {"etat": "attente", "qui": "association"}))
    assert first.title in only.split('id="contributions"')[1] and late.title not in only.split('id="contributions"')[1]


def test_the_rate_and_the_delay_are_on_the_public_page(association, coordination):
    assert "—" in text_of(Client().get(reverse("policy:contribution-list"))), "nothing due yet"
    p.answered(association, coordination)
    p.long_ago(p.sent(association, confidential=True))
    page = text_of(Client().get(reverse("policy:contribution-list")))
    assert "50 %" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "1 sur les 2 contributions" in page.replace("\u00a0", " ")


def test_pages_promise_the_time_that_is_set(association, settings):
    settings.CONTRIBUTION_ANSWER_DAYS = 45
    assert "45 jours au plus" in text_of(Client().get(reverse("policy:contribution-list"))).replace("\u00a0", " ")
    mine = text_of(client_of(association).get(reverse("plans:contribution-list")))
    assert "la coordination répond sous 45 jours" in mine.replace("\u00a0", " ")


# -- survivors --------------------------------------------------------------------------------------------------------
def test_survivors_words_reach_the_public_as_a_summary_only(association, coordination):
    consultation = p.consultation(coordination)
    post(
        client_of(association), "plans:contribution-new", query=f"?consultation={consultation.pk}", title="TITRE-BRUT",
        voice="survivor_with_support", answer_0="MARQUEUR-BRUT", then="send",
    )  # fmt: skip
    draft = mine(association)
    assert draft.confidential
    post(client_of(association), "plans:contribution-send", draft.pk)
    chief = client_of(coordination)
    assert draft.reference in text_of(chief.get(reverse("plans:summary-new")))
    post(chief, "plans:summary-new", title="Dormir", text="Un lieu sûr d'abord.", consultation=consultation.pk)
    assert SurvivorSummary.objects.count() == 1
    for address in (
        reverse("policy:contribution-list"),
        reverse("policy:consultation-detail", args=[consultation.pk]),
    ):
        page = text_of(Client().get(address))
        assert "Un lieu sûr d&#x27;abord." in page
        assert "MARQUEUR-BRUT" not in page and "TITRE-BRUT" not in page and association.agency.name not in page


def test_an_association_finds_how_to_carry_words_and_the_form_opens_with_that_voice(association, coordination):
    client = client_of(association)
    page = text_of(client.get(reverse("plans:space")))
    assert "Espace des associations" in page and "à l'écart de tout téléphone" in page
    assert f"{reverse('plans:contribution-new')}?voix=survivantes" in page
    for other in (people.speaker(Kind.UNION), people.speaker(Kind.EMPLOYER)):
        assert "voix=survivantes" not in text_of(client_of(other).get(reverse("plans:space")))
    chosen = text_of(client.get(reverse("plans:contribution-new"), {"voix": "survivantes", "objet": "plan"}))
    assert "?sur=plan%3Aplan3&amp;voix=survivantes" in chosen
    form = text_of(client.get(reverse("plans:contribution-new") + "?sur=plan:plan3&voix=survivantes"))
    assert re.search(r'value="survivor_with_support"[^>]*checked', form)
    plain = text_of(client.get(reverse("plans:contribution-new") + "?sur=plan:plan3"))
    assert not re.search(r'value="survivor_with_support"[^>]*checked', plain)
    query = "?sur=plan:plan3&voix=survivantes"
    post(client, "plans:contribution-new", query=query, title="x", text="y", voice="survivor_with_support")
    assert mine(association).confidential, "without a case, without a name: read by the coordination alone"


# -- spaces, signals --------------------------------------------------------------------------------------------------
def test_each_kind_finds_its_own_space():
    union = people.speaker(Kind.UNION, Role.POLICY, Role.FRONTLINE)
    page = text_of(client_of(union).get(reverse("plans:space")))
    assert "Espace des syndicats" in page and reverse("referral:alert-start") in page
    assert "prud" in page and "inspection du travail" in page and "Contenu non validé" in page
    desk_only = text_of(client_of(people.speaker(Kind.UNION)).get(reverse("plans:space")))
    assert "rp-door--main" not in desk_only
    company = text_of(client_of(people.speaker(Kind.EMPLOYER)).get(reverse("plans:space")))
    assert "Espace des entreprises" in company and "2017-399" in company
    assert reverse("plans:sector-signal", args=["hotels"]) in company
    association = text_of(client_of(people.speaker()).get(reverse("plans:space")))
    assert reverse("plans:sector-signal", args=["hotels"]) not in association
    assert reverse("policy:sector-detail", args=["hotels"]) in association


def test_a_hotel_sends_a_signal_and_a_note_with_a_number_is_refused_and_kept_on_screen():
    f.territory()
    hotel = people.speaker(Kind.EMPLOYER)
    client, month = client_of(hotel), timezone.localdate().replace(day=1).isoformat()
    said = {"signs": ["FR-SEX-05"], "territory": "75", "month": month, "persons": "2-5", "done": ["informed"]}
    refused = post(client, "plans:sector-signal", "hotels", **said, note="Chambre 12, appeler 06 12 34 56 78")
    assert "un signal ne nomme personne" in text_of(refused) and "06 12 34 56 78" in text_of(refused)
    nothing = post(client, "plans:sector-signal", "hotels")
    for asked in ("Cochez un signe", "Choisissez le département", "Choisissez le mois", "Choisissez combien"):
        assert asked in text_of(nothing)
    received = post(client, "plans:sector-signal", "hotels", **said, note="Trois nuits de suite.")
    assert "Reçu" in text_of(received)
    with acting_as(hotel):
        signal = Signal.objects.get()
    coordination = client_of(people.coordination())
    assert "Trois nuits" in text_of(coordination.get(reverse("plans:signal-detail", args=[signal.pk])))
    listed = text_of(client.get(reverse("plans:signal-list")))
    assert ">Lu<" in listed
    association = client_of(people.speaker())
    assert association.get(reverse("plans:sector-signal", args=["hotels"])).status_code == 403
    assert association.get(reverse("plans:signal-detail", args=[signal.pk])).status_code == 404


def test_guides_are_public_with_signs_numbers_and_their_state(client):
    assert "Fiches par secteur" in text_of(client.get(reverse("policy:sector-list")))
    page = text_of(client.get(reverse("policy:sector-detail", args=["hotels"])))
    assert "autre gère ses annonces sexuelles en ligne" in page, "the words in which alerts ask it"
    assert 'href="tel:119"' in page and "2017-399" in page and "Contenu non validé" in page
    english = text_of(client.get("/en" + reverse("policy:sector-detail", args=["hotels"])))
    assert "Hotels and short-term rental" in english and "Do not search" not in english
    assert "Hôtels et locations" not in english, "nor in the trail above the title"
    assert client.get(reverse("policy:sector-detail", args=["inconnu"])).status_code == 404


# -- cost -------------------------------------------------------------------------------------------------------------
LISTS = [
    ("policy:contribution-list", ""),
    ("plans:contribution-list", "?vue=publiees"),
    ("plans:contribution-list", ""),
    ("plans:contribution-waiting", ""),
    ("plans:consultation-list", ""),
]


def test_lists_cost_the_same_at_two_sizes(association, coordination, subtests):
    clients = {who: client_of(who) for who in (association, coordination)}

    def cost(route, query) -> int:
        client = clients[coordination if route.endswith("waiting") else association]
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(route) + query).status_code == 200
        return len(seen)

    def grow():
        consultation = p.consultation(coordination)
        p.answered(association, coordination, to=consultation)
        p.published(people.speaker(Kind.UNION), coordination)

    grow()
    for each in LISTS:  # what the process keeps from its first page on
        cost(*each)
    few = {each: cost(*each) for each in LISTS}
    for _time in range(3):
        grow()
    for (route, query), asked in few.items():
        with subtests.test(route + query):
            assert cost(route, query) == asked


def test_a_text_of_the_longest_size_is_shown_whole(association, coordination):
    found = p.published(association, coordination, title="L" * 200, text="mot " * 1900)
    page = text_of(Client().get(reverse("policy:contribution-detail", args=[found.pk])))
    assert page.count("mot ") >= 1900
    with acting_as(coordination):
        participation.answer_contribution(coordination, found.pk, verdict="accepted", text="r" * 3999)


def test_open_data_holds_what_is_published_and_not_its_text(association, coordination):
    shown = p.answered(association, coordination, title="MARQUEUR-TITRE")
    for hidden in (p.draft(association), p.sent(association), p.sent(association, confidential=True)):
        assert hidden.reference != shown.reference
    files = as_files(datasets()["contributions"])
    (row,) = json.loads(files["json"])["rows"]
    assert (row["reference"], row["answer"], row["author_kind"]) == (shown.reference, "partly", "association")
    assert row["answer_text"] == "Repris dans la mesure 4." and row["subject"] == "plan"
    for kept_out in (p.TEXT, "MARQUEUR-TITRE"):
        assert kept_out not in (files["json"] + files["csv"]).decode()
