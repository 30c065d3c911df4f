"""The public site of the policy: found in one click, read without a session, never a draft, one content for page, CSV,
JSON and PDF."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from foundation.actor import acting_as
from foundation.cache import ImpatientRedis
from plans.commitments.operations import commitments
from plans.models import Commitment, Mandate, Measure, Plan, PlanVersion
from plans.publication.operations.opendata import release
from plans.publication.rules import opendata
from tests.plans import people
from tests.plans.pdf_text import Pdf
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SPACES = re.compile(r"[\s\u00a0\u202f]+")
PAGES = ("/plan/", "/plan/recherche/?q=mineurs", "/statistiques/", "/statistiques/recorded_victims/", "/annuaire/",
         "/donnees/", "/donnees/public_figures/")  # fmt: skip


def text(html: str) -> str:
    return SPACES.sub(" ", unescape(re.sub(r"<[^>]+>", " ", html)))


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def draft_measure(title="Zibeline secrète du quatrième plan") -> Measure:
    with acting_as(people.coordination()):
        plan = Plan.objects.get(code="plan4")
        Measure.objects.bulk_create([Measure(plan=plan, code="p4-zibeline", title_fr=title, lead_id="dacg")])
    return title


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_light_sets_no_cookie_and_may_be_quoted(address):
    answer = Client().get(address)
    html = answer.content.decode()
    assert not answer.cookies
    assert len(html.encode()) <= 25_000, len(html.encode())
    assert '<link rel="canonical" href="http' in html
    assert not re.search(r'(?:src|srcset|action)="(?:https?:)?//', html)
    assert ('content="noindex"' in html) == ("recherche" in address)
    assert re.search(r'<meta name="description" content="[^"]{40,}"', html)
    assert html.count("<h1") == 1


def test_it_is_one_click_from_the_home_of_the_site():
    home = page("/")
    assert 'href="/plan/"' in home
    assert 'href="/plan/"' in page("/plan-du-site/")
    for signed_only in ("/pilotage/",):
        assert Client().get(signed_only).status_code == 302


def test_the_same_page_answers_in_english_and_each_names_the_other():
    french, english = page("/plan/"), page("/en/plan/")
    assert '<html lang="fr"' in french
    assert '<html lang="en"' in english
    assert 'href="/en/plan/" lang="en"' in french
    assert 'href="/plan/" lang="fr"' in english
    assert 'hreflang="en" href="http' in french
    assert "/en/statistiques/" in english
    assert Client().get("/en/plan/rien/").status_code == 404


def test_a_member_whose_language_is_english_reads_both_addresses():
    member = people.speaker()
    with as_role("nrm_owner"):
        type(member.user).objects.filter(pk=member.user_id).update(language="en")
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/plan/").status_code == 200
    assert '<html lang="en"' in client.get("/en/plan/").content.decode()
    assert 'content="noindex"' in client.get("/plan/").content.decode()


def test_the_home_says_where_the_plan_stands():
    """plan3 by hand from plans.yaml: 60 measures announced, fewer known; none with a date: none late, none done."""
    said = text(page("/plan/"))
    known = Measure.objects.filter(plan__code="plan3").count()
    assert 0 < known < 60
    assert f"{known} mesures connues ici" in said
    assert "60 mesures annoncées, dont 46 ne figurent pas encore sur ce site" in said
    assert "cela ne veut pas dire qu'elle n'existe pas" in said and "sans pilote" not in said
    assert "4 823 personnes accompagnées par les associations, 2024" in said
    assert "environ 2 100 personnes enregistrées par la police et la gendarmerie, 2024" in said
    assert "Contenu non validé" in said


def test_the_home_counts_the_answers_that_are_recorded():
    """A list that is not complete says how far it goes; “not yet” only while nothing is linked."""
    none = "n'indique pas encore quelle mesure"
    with as_role("nrm_owner"):
        Commitment.measures.through.objects.all().delete()
    assert none in text(page("/plan/"))
    with acting_as(people.coordination()) as actor:
        commitments.link_measure(actor, "G3-07", Measure.objects.public().first())
    said = text(page("/plan/"))
    assert none not in said
    assert "n'indique la mesure qui y répond que pour 1 des 115 engagements et recommandations" in said


def test_the_home_says_that_nobody_coordinates():
    with as_role("nrm_owner"):
        Mandate.objects.update(end="2020-01-01")
    assert "Personne aujourd'hui : aucun mandat ne court." in text(page("/plan/"))


@pytest.mark.parametrize("address", ["/donnees/", "/statistiques/"])
def test_what_is_counted_from_cases_is_said(address):
    read = text(page(address))
    assert "Rien ici ne vient du dossier" not in read
    if address == "/statistiques/":
        assert "L'enquête des associations menée dans Repère, présentée à part, l'est." in read
    else:
        assert "Seule l'enquête" not in read, "figures of the mechanism are counted from cases too, and of all of them"
        assert "Un seul de ces fichiers est compté à partir des dossiers" in read and "avec le nombre de celles" in read


def test_a_draft_is_on_no_public_page_nor_in_any_file():
    title = draft_measure()
    client = Client()
    found = [page(address) for address in (*PAGES, "/plan/recherche/?q=zibeline")]
    for dataset in opendata.datasets().values():
        with as_role("nrm_worker"):
            release(dataset)
        found.append(client.get(f"/donnees/{dataset.code}.csv").content.decode())
        found.append(client.get(f"/donnees/{dataset.code}.json").content.decode())
    assert not [one for one in found if title in one or "p4-zibeline" in one]
    assert client.get("/plan/plan4.pdf").status_code == 404
    with acting_as(people.ministry()):  # it was there to be found
        assert Measure.objects.filter(title_fr=title).exists()


def test_search_finds_measures_commitments_and_bodies_whatever_the_accents():
    said = text(page("/plan/recherche/?q=mineurs"))
    assert "Mesures des plans" in said
    assert "Engagements et recommandations" in said
    assert text(page("/plan/recherche/?q=MINEURS")).count("résultat") == said.count("résultat")
    assert "Mission interministérielle pour la protection" in text(page("/plan/recherche/?q=interministerielle"))
    assert "Aucun résultat" in text(page("/plan/recherche/?q=introuvablissime"))


@pytest.mark.parametrize("asked", ["%", "'", '"', "a & | ! ( :*", "<script>", "\\", "x" * 300, "%00"])
def test_search_takes_whatever_is_typed(asked):
    answer = Client().get("/plan/recherche/", {"q": asked})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert b'value="<script>' not in answer.content


def test_search_costs_the_same_for_any_number_of_results(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page("/plan/recherche/?q=de")


def test_a_plan_reads_the_same_in_csv_json_and_pdf():
    """Each public plan: its measures by their titles, in the order of the version, none more and none less."""
    client = Client()
    table = list(csv.DictReader(io.StringIO(client.get("/donnees/measures.csv").content.decode())))
    documents = client.get("/donnees/measures.json").json()["rows"]
    assert [row["code"] for row in table] == [row["code"] for row in documents]
    checked = 0
    for plan in Plan.objects.public():
        version = plan.versions.order_by("-number").first()
        if version is None:
            continue
        expected = [m["title_fr"] for m in version.content["measures"]]
        rows = [row for row in table if row["plan"] == plan.code]
        assert [row["title"] for row in rows] == expected
        assert {row["checksum"] for row in rows} <= {version.checksum}
        answer = client.get(f"/plan/{plan.code}.pdf")
        assert answer.status_code == 200
        printed = joined(Pdf(answer.content).text)
        for title in expected:
            assert joined(title) in printed, (plan.code, title)
            checked += 1
        assert f"Mesures dans ce document : {len(expected)}" in SPACES.sub(" ", Pdf(answer.content).text)
        if plan.measures_announced:
            assert f"Mesures annoncées : {plan.measures_announced}" in SPACES.sub(" ", Pdf(answer.content).text)
        assert version.checksum in joined(Pdf(answer.content).text)
    assert checked == len(table) == 82  # plans.yaml: 18 + 21 + 14, and 3 + 10 + 10 + 3 + 3 of the neighbouring plans


def joined(words: str) -> str:
    """Without what a narrow line changes: spaces, hyphens at its end."""
    return SPACES.sub("", words).replace("-", "").replace("’", "'")


def test_each_version_keeps_its_own_document():
    plan = Plan.objects.get(code="plan3")
    first = plan.versions.order_by("number").first()
    before = Client().get(f"/plan/plan3/versions/{first.number}.pdf").content
    content = {**first.content, "measures": first.content["measures"][:1]}
    with as_role("nrm_owner"):
        PlanVersion.objects.create(
            plan=plan, number=first.number + 1, kind="review", content=content, checksum="0" * 64
        )
    assert Client().get(f"/plan/plan3/versions/{first.number}.pdf").content == before
    assert "Mesures dans ce document : 1" in SPACES.sub(" ", Pdf(Client().get("/plan/plan3.pdf").content).text)
    assert Client().get("/plan/plan3/versions/99.pdf").status_code == 404
    assert f'href="/plan/plan3/versions/{first.number}.pdf"' in page("/plan/")


def test_what_is_typed_in_a_plan_is_printed_as_typed():
    plan = Plan.objects.get(code="plan3")
    version = plan.versions.order_by("-number").first()
    typed = 'Ouvrir #read("/etc/passwd") *dix* places'
    content = {**version.content, "measures": [{**version.content["measures"][0], "title_fr": typed}]}
    with as_role("nrm_owner"):
        PlanVersion.objects.create(plan=plan, number=99, kind="review", content=content, checksum="1" * 64)
    assert joined(typed) in joined(Pdf(Client().get(reverse("policy:plan-pdf", args=["plan3"])).content).text)


def test_the_pdf_of_a_plan_needs_no_cache(settings):
    """Redis refuses connections: the file is made again each time."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert Client().get(reverse("policy:plan-pdf", args=["plan3"])).status_code == 200
    ImpatientRedis.away_until = 0.0
