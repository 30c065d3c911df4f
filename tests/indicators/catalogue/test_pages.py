"""The public catalogue: what it shows, to whom, and that it never passes for validated."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from indicators.codes.words import wording
from indicators.models import PackFile
from indicators.templatetags.shared_content import provenance
from tests.indicators.pack import raw
from tests.roles import as_role

pytestmark = pytest.mark.django_db
LIST = "indicators:indicator-list"
BANNER = "Contenu non validé"


def detail(code, **query):
    address = reverse("indicators:dimension-detail", args=[code])
    return address + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_anybody_reads_the_catalogue_with_its_version_origin_and_banner(client):
    page = client.get(reverse(LIST))
    text = page.content.decode()
    assert page.status_code == 200
    for dimension in raw("indicators")["dimensions"]:
        assert detail(dimension["code"]).rstrip("?") in text
    assert BANNER in text and gettext("Content not validated") in text
    assert "Version 0.31 du 1er déc" in text and "327 indicateurs" in text
    # « moyen » is the word of the law: no degree has that name
    assert ">Intermédiaire</th>" in text and ">Moyen</th>" not in text
    assert text.count("la première ligne qui correspond à la situation donne le résultat") == 1, "said once"
    assert text.count("Compte les signes de ces listes, sauf les indicateurs d'appui") == 2, (
        "each reading names the lists it counts"
    )
    assert "WCMS_105023" in text and "continuez à la protéger, et ne fermez ni alerte ni dossier" in text
    assert client.post(reverse(LIST)).status_code == 405


def test_banner_goes_when_somebody_vouches_for_the_content(client):
    from indicators.models import Catalogue

    with as_role("nrm_owner"):
        Catalogue.objects.filter(code="indicators").update(validated_by="MIPROF")
        PackFile.objects.filter(name="indicators.yaml").update(checksum="reloaded")
    assert BANNER not in client.get(reverse(LIST)).content.decode()


def test_indicators_of_a_dimension_strongest_first_and_narrowed(client):
    everything = client.get(detail("exploitative_conditions"))
    shown = [row[0].strength for row in everything.context["indicators"]]
    assert shown == sorted(shown, key=["strong", "medium", "weak"].index) and len(shown) == 50
    assert BANNER in everything.content.decode()

    children = client.get(detail("exploitative_conditions", age="child", form="labour_exploitation"))
    rows = children.context["indicators"]
    assert {row[0].age_group for row in rows} == {"any", "child"}
    assert {row[0].form for row in rows} == {"labour_exploitation"}
    word = client.get(detail("exploitative_conditions", text="AL-EX-01"))
    assert [row[0].code for row in word.context["indicators"]] == ["ILO-AL-EX-01"]
    assert "Aucun indicateur ne correspond" in client.get(detail("coercion_destination", text="zzz")).content.decode()


def test_unknown_dimension_or_filter(client):
    assert client.get(detail("palm_reading")).status_code == 404
    wrong = client.get(detail("exploitative_conditions", age="old"))
    assert wrong.status_code == 200 and len(wrong.context["indicators"]) == 50
    assert wrong.context["form"].errors


def test_pages_read_the_catalogue_from_memory_and_stay_light(client):
    """One query tells whether the catalogue changed; the rows are not read again."""
    client.get(reverse(LIST))
    for address in (reverse(LIST), detail("coercion_destination")):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, headers={"accept-encoding": "gzip"})
        asked = [query["sql"] for query in queries if "indicators_" in query["sql"]]
        assert all("indicators_packfile" in sql or "indicators_code" in sql for sql in asked) and len(asked) <= 2
        assert len(page.content) < 25_000


def test_wording_follows_the_language_and_says_when_it_cannot():
    entry = {"label_fr": "Départ <imposé>", "label_en": "", "note_fr": "n", "note_en": "N"}
    with translation.override("en"):
        assert wording(entry) == '<span lang="fr">Départ &lt;imposé&gt;</span>'
        assert wording(entry, "note") == "N"
        assert wording({"label_fr": None}) == ""
    with translation.override("fr"):
        assert wording(entry) == "Départ <imposé>" and wording(entry, "note") == "n"
        assert (
            str(provenance("to_verify")) == "à vérifier (force pas encore comparée au document d'origine)"
            and provenance("dreamt") == "dreamt"
        )
