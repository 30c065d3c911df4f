"""Danger immédiat, and what became of an alert: who follows it, who does not, and what a company reads."""

import uuid
from copy import deepcopy
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import declare, open_alert
from referral.models import Alert, AlertContent
from tests import factories as f
from tests.referral.pages import text
from tests.roles import as_role
from victims.cases.display import story
from victims.cases.words import when_in_words

from .alert_pages import STEP1, STEP2, Browser, contact, make_people

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


DANGER = {"territory": "75", "minor": "no", "callback": "01 99 00 00 00"}


def test_danger_is_one_page_and_prefilled(nurse, people):
    with f.as_role("nrm_owner"):
        people["nurse"].user.phone = "01 99 00 00 09"
        people["nurse"].user.save()
    nurse.client.force_login(people["nurse"].user)
    page = nurse.get("danger").content.decode()
    assert "01 99 00 00 09" in page
    assert '<option value="75" selected>' in page
    assert page.index('href="tel:17"') < page.index('class="rp-quick"')
    draft = uuid.uuid4()
    sent = nurse.post("danger", draft=str(draft), where="Derrière la gare", **DANGER)
    assert sent.url == reverse("referral:alert-received", args=[draft])
    assert nurse.post("danger", draft=str(draft), **DANGER).url == sent.url
    with acting_as(people["nurse"]):
        alert = Alert.objects.get()
        assert (alert.urgency, alert.state) == ("vital", "sent")
        told = set(alert.moves.get().to_agencies)
    assert told == {people["unit"].pk, people["shelter"].pk}
    with acting_as(people["coord"]):
        assert AlertContent.objects.get().data["where"] == "Derrière la gare"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minor": ""}, "Dites si la personne est mineure"),
        ({"minor": "perhaps"}, "Choisissez une des réponses"),
        ({"territory": ""}, "Choisissez le département"),
        ({"callback": ""}, "Donnez un numéro"),
        ({"callback": "appelez-moi"}, "Écrivez un numéro"),
        ({"callback": "0" * 40}, "Raccourcissez"),
        ({"where": "x" * 201}, "Raccourcissez"),
    ],
)
def test_danger_refuses_in_words_and_writes_nothing(nurse, people, change, words):
    page = nurse.post("danger", draft="not-a-uuid", **{**DANGER, **change})
    assert page.status_code == 200
    assert words in page.content.decode()
    with acting_as(people["nurse"]):
        assert not Alert.objects.exists()


def test_danger_of_somebody_else_s_id_is_not_found(nurse, people, client):
    draft = nurse.start()
    assert Browser(client, people["colleague"]).post("danger", draft=str(draft), **DANGER).status_code == 404


def test_the_list_says_what_really_happened_in_the_words_of_the_page(nurse, people):
    alert = f.sent_alert(people["nurse"])

    def row() -> str:
        page = unescape(nurse.get("alert-list").content.decode())
        return page[page.index(f">{alert.reference}<") :].partition("</tr>")[0]

    assert ">Envoyée</span>" in row()
    with acting_as(people["coord"]):
        open_alert(people["coord"], alert.pk)
    assert f'>Lue</span> <span class="fr-text--sm">par {people["coord"].agency}</span>' in row()
    with acting_as(people["coord"]):
        alerts.open_case(people["coord"], alert.pk)
    assert ">Dossier ouvert</span>" in row()
    with acting_as(people["coord"]):
        f.orientation(people["coord"], alert.links.get().case, f.shelter())
    assert ">Première démarche engagée</span>" in row()
    with as_role("nrm_owner"):
        type(alert).objects.filter(pk=alert.pk).update(persons=2)
    several = "remière démarche engagée pour une partie des personnes"
    assert f">P{several}</span>" in row()
    page = unescape(nurse.get("alert-detail", alert.pk).content.decode())
    assert page.count(several) == 2 and "Une première démarche est engagée pour une partie des personnes." in page
    with acting_as(people["coord"]):
        declare(people["coord"], alert.pk, what="acting", words="Nous y allons.")
    assert ">Un service intervient</span>" in row()
    with acting_as(people["coord"]):
        declare(people["coord"], alert.pk, what="with_person", words="Elle est avec nous.")
    assert ">Quelqu'un est auprès de la personne</span>" in row()
    assert "auprès de la personne</span>" in unescape(nurse.get("alert-detail", alert.pk).content.decode())


def test_who_read_each_alert_is_asked_at_once(nurse, people):
    counted = []
    for more in (1, 3):
        for _ in range(more):
            with acting_as(people["coord"]):
                open_alert(people["coord"], f.sent_alert(people["nurse"]).pk)
        nurse.get("alert-list")
        with CaptureQueriesContext(connection) as said:
            page = unescape(nurse.get("alert-list").content.decode())
        assert page.count(f"par {people['coord'].agency}") == (1, 4)[more > 1]
        counted.append(len(said))
    assert counted[0] == counted[1]


def test_the_author_follows_and_near_misses_do_not(nurse, people, client):
    alert = f.sent_alert(people["nurse"])
    page = nurse.get("alert-detail", alert.pk).content.decode()
    assert "pas encore lue" in page and "MARQUEUR-RECIT" in page
    with acting_as(people["coord"]):
        open_alert(people["coord"], alert.pk)
        alerts.open_case(people["coord"], alert.pk)
    page = nurse.get("alert-detail", alert.pk).content.decode()
    assert "pas encore lue" not in page
    # what really happened: opening a case is not acting
    assert "Un dossier est ouvert. Aucun service n'a encore dit qu'il intervient." in unescape(page)
    assert "émarche engagée" not in page and "émarche est engagée" not in page
    with acting_as(people["coord"]):
        f.orientation(people["coord"], alert.links.get().case, f.shelter())
    page = unescape(nurse.get("alert-detail", alert.pk).content.decode())
    assert "Une première démarche est engagée." in page and "Un dossier est ouvert." not in page, "said by the state"
    assert "Un service intervient" not in page, "a request sent and not read is told as help"
    with acting_as(people["coord"]):
        declare(people["coord"], alert.pk, what="acting", words="Nous y allons.")
    assert "Un service intervient." in unescape(nurse.get("alert-detail", alert.pk).content.decode())
    with acting_as(people["coord"]):
        declare(people["coord"], alert.pk, what="with_person", words="MARQUEUR-INTERVENTION")
    page = unescape(nurse.get("alert-detail", alert.pk).content.decode())
    assert "Quelqu'un est auprès de la personne." in page and "MARQUEUR-INTERVENTION" not in page
    assert alert.reference in nurse.get("alert-list").content.decode()
    assert Browser(client, people["colleague"]).get("alert-detail", alert.pk).status_code == 404
    assert Browser(client, people["admin"]).get("alert-detail", alert.pk).status_code == 404
    worker = Browser(client, people["worker"]).get("alert-detail", alert.pk)
    assert worker.status_code == 200
    assert "MARQUEUR-RECIT" not in worker.content.decode()
    # a desk has its own page for it
    assert Browser(client, people["coord"]).get("alert-detail", alert.pk).status_code == 404


def test_a_company_reads_received_then_read_never_more(client, people):
    hotel = f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(hotel, agreement="not_asked")
    browser = Browser(client, hotel)
    assert "Envoyée" in browser.get("alert-list").content.decode()
    with acting_as(people["coord"]):
        open_alert(people["coord"], alert.pk)
        alerts.open_case(people["coord"], alert.pk)
    for page in (
        browser.get("alert-detail", alert.pk),
        browser.get("alert-list"),
        browser.get("alert-received", alert.pk),
    ):
        text = page.content.decode()
        assert "Dossier ouvert" not in text
        assert "Coordination d&#x27;essai" not in text
    assert "Lue" in browser.get("alert-detail", alert.pk).content.decode()
    promised = browser.get("alert-received", alert.pk).content.decode()
    assert "quand un service l'a lue" in promised and "quand un dossier est ouvert" not in promised
    draft = browser.start()
    browser.fill(draft, STEP1, STEP2)
    assert 'name="value"' not in browser.get("alert-step", draft, 3).content.decode()
    browser.post("alert-step", draft, 3, agreement="yes", value="01 99 00 00 01", whose="hers")
    assert contact(hotel, draft) is None


def test_we_support_this_person(client, people):
    agency = f.shelter(name="Association d'essai")
    worker, front = f.member(agency, Role.FRONTLINE, Role.CASE_WORKER), f.member(agency, Role.FRONTLINE)
    kept = f.sent_alert(worker, recipients=[])
    browser = Browser(client, worker)
    assert "Nous suivons cette personne" in browser.get("alert-detail", kept.pk).content.decode()
    assert Browser(client, front).post("alert-follow", kept.pk).status_code == 404
    browser = Browser(client, worker)
    sent_on = f.sent_alert(worker)
    assert "Nous suivons cette personne" not in browser.get("alert-detail", sent_on.pk).content.decode()
    assert browser.post("alert-follow", sent_on.pk).status_code == 403
    page = browser.get("alert-detail", kept.pk).content.decode()
    assert "Enregistrée, gardée par votre organisme" in page and "Votre organisme seul" in page
    assert "enregistrée le" in page and "envoyée le" not in page and "Envoyée à" not in page
    followed = browser.post("alert-follow", kept.pk)
    assert followed.status_code == 302
    page = browser.get("alert-detail", kept.pk).content.decode()
    assert "Nous suivons cette personne" not in page, "offered again, and refused: the case is open"
    assert followed.url in page
    assert "Aucun service" not in page and "les services alertés" not in page, "no other was told"
    here = browser.get("inbox-alert", kept.pk).content.decode()
    assert "Enregistrée, gardée par votre organisme" in here and "Enregistrée par" in here and "Envoyée" not in here
    assert "Indiquer aux autres services" not in here, "offered to tell others, and there are none"
    assert browser.post("alert-follow", kept.pk).status_code == 409
    assert agency.may_hold & Category.IDENTITY


def test_the_list_costs_the_same_at_any_length(nurse, people):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = nurse.get("alert-list")
        return len(seen), page.content.decode()

    f.sent_alert(people["nurse"])
    cost()  # caches of the process
    few, _text = cost()
    for _ in range(29):
        f.sent_alert(people["nurse"])
    many, text = cost()
    assert few == many
    assert text.count("/mes-signalements/") >= 25
    assert "COUNT(" not in text
    following = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = nurse.client.get(reverse("referral:alert-list") + following).content.decode()
    assert "Précédent" in rest
    assert nurse.get("alert-list", cursor="nope").status_code == 302
    assert nurse.get("alert-list", state="nope").status_code == 200
    assert "Aucune alerte dans cet état" in nurse.get("alert-list", state="closed").content.decode()


def test_every_optional_answer_reaches_the_desk_and_the_case(nurse, people, client):
    draft = nurse.start()
    situation = {"when": "date", "when_date": "2026-01-02", "persons": "3", "language": "ar"}
    nurse.fill(
        draft,
        {**STEP1, **situation, "form": "labour_exploitation", "place": "farm", "other_territory": "13"},
        {**STEP2, "note": "Trois lits dans la réserve."},
        {
            "agreement": "yes",
            "recipients": ["association", "contact"],
            "explained": ["purpose", "withdrawal"],
            "interpreter": "phone",
            "channel": "sms",
            "value": "01 99 00 00 01",
            "whose": "trusted",
            "hours": "le soir",
        },
    )
    page = nurse.get("alert-step", draft, 4).content.decode()
    for words in ("2026", "Arabe", "13 · ", "Interprète par téléphone", "vignoble", "École"):
        assert words in page, words
    nurse.post("alert-step", draft, 4, go="send")
    desk = Browser(client, people["coord"])
    read = desk.get("inbox-alert", draft).content.decode()
    assert "Trois lits dans la réserve." in read
    assert "01 99 00 00 01" not in read
    with acting_as(people["coord"]):
        case = alerts.open_case(people["coord"], draft)
    assert (case.language, case.persons, case.form) == ("ar", 3, "labour_exploitation")


@pytest.mark.parametrize(
    "answers, words",
    [
        ({"when": "today"}, "Le jour de l'alerte"),
        ({"when": "yesterday"}, "La veille de l'alerte"),
        ({"when": "past"}, "Dans le passé, date non précisée"),
        ({"when": "date", "when_date": "2026-01-02"}, "2 janv. 2026"),
        ({}, ""),
    ],
)
def test_when_it_happened_stays_true_on_the_day_it_is_read(answers, words):
    with override("fr"):
        assert when_in_words(answers) == words
        assert str(dict(story(answers)).get("Quand", "")) == words


def test_an_asylum_body_is_proposed_no_number_since_every_service_reads_it():
    for kind, shown in ((Kind.ASYLUM, False), (Kind.NGO, True)):
        member = f.member(f.agency(kind), Role.FRONTLINE)
        with as_role("nrm_owner"):
            type(member.user).objects.filter(pk=member.user_id).update(phone="01 99 00 00 77")
            member.user.refresh_from_db()
        client = Client()
        client.force_login(member.user)
        page = text(client.get(reverse("referral:danger")))
        assert ("01 99 00 00 77" in page) is shown
        assert ("donnez-en un qui ne dit pas où vous travaillez" in page) is not shown


@pytest.mark.parametrize(("minor", "said"), [("yes", True), ("unknown", True), ("no", False)])
def test_author_of_an_alert_about_a_child_is_reminded_of_the_report_it_does_not_replace(minor, said):
    f.national()
    author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(author, minor=minor)
    client = Client()
    client.force_login(author.user)
    page = text(client.get(reverse("referral:alert-detail", args=[alert.pk])))
    assert ("ne remplace ni l'information préoccupante" in page) is said
