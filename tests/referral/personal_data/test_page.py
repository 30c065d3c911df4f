"""The public page « Données personnelles » says what the declarations and the constants say, in both languages."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agencies.models import Category, Kind, Level
from journal.models import Checkpoint
from referral.models import erasures
from referral.personal_data import display, rules
from referral.personal_data.words import Purpose, Sort, Whose
from victims.identity.operations import identity_needs_consent
from victims.models import AgeSide, Case, CaseAccess, DataRequest

pytestmark = pytest.mark.django_db


def page(language: str = "fr") -> str:
    """Return the words of the page, without the spaces that do not break."""
    prefix = "" if language == "fr" else f"/{language}"
    text = unescape(Client().get(prefix + reverse("personal-data")).content.decode())
    return text.split("<main")[1].split("</main>")[0].replace("\u00a0", " ").replace("\u202f", " ")


def words(label) -> str:
    with translation.override("fr"):
        return str(label).replace("\u00a0", " ").replace("\u202f", " ")


def part(text: str, purpose: Purpose) -> str:
    """Return what the page says of one purpose."""
    return text.split(f">{words(purpose.label)}</h3>")[1].split("<h")[0]


def test_each_purpose_that_concerns_somebody_says_of_whom_and_which_data():
    text = page()
    assert [each for each in Purpose if f">{words(each.label)}</h3>" not in text] == [Purpose.REFERENCE]
    protects = part(text, Purpose.SUPPORT)
    assert words(Whose.PERSON.label) in protects and words(Whose.RELATIVE.label) in protects
    assert all(words(sort.label) in protects for sort in (Sort.IDENTIFYING, Sort.ART9, Sort.ART10, Sort.MINORS))
    assert words(Sort.ACCESS.label) not in protects
    directory = part(text, Purpose.DIRECTORY)
    assert words(Whose.MEMBER.label) in directory and words(Sort.ACCESS.label) in directory
    assert words(Whose.PERSON.label) not in directory and words(Sort.ART9.label) not in directory


def test_what_is_declared_reaches_the_page(monkeypatch):
    assert words(Sort.ART10.label) not in part(page(), Purpose.DIRECTORY)
    column = rules.Column("agencies_user", "criminal_record", frozenset({Sort.ART10}), "", "")
    monkeypatch.setattr(rules, "columns", lambda: {("agencies_user", "criminal_record"): column})
    display.purposes.cache_clear()
    try:
        assert words(Sort.ART10.label) in part(page(), Purpose.DIRECTORY)
    finally:
        display.purposes.cache_clear()


def test_durations_are_those_that_end_things(monkeypatch):
    text = page()
    assert "Un dossier clos : 2 ans après sa clôture" in text
    assert "Une alerte classée sans dossier : 1 an après son dernier mouvement" in text
    assert "Un brouillon : 28 jours." in text
    assert "24 heures sur la plateforme" in text
    assert "qui a ouvert quoi : 365 jours" in text
    assert "compte professionnel désactivé : 5 ans" in text
    monkeypatch.setattr(display, "CASE_KEPT_YEARS", 5)
    monkeypatch.setattr(Checkpoint, "KEPT", timedelta(days=180))
    text = page()
    assert "Un dossier clos : 5 ans" in text and "2 ans" not in text
    assert "qui a ouvert quoi : 180 jours" in text


def test_levels_categories_and_rights_are_those_of_the_product():
    text = page()
    for label in [each.label for words_of in (Level, Category, DataRequest.Kind) for each in words_of]:
        assert words(label) in text, label
    assert "dans un délai de 1 mois, ou de 3 mois" in text


@pytest.mark.parametrize("side", AgeSide)
def test_an_identity_without_agreement_is_told_where_there_may_be_one(side):
    held = CaseAccess(categories=Category.IDENTITY)
    assert identity_needs_consent(Case(age_side=side), held) == (side == AgeSide.ADULT)
    text = page()
    assert "l'accord de la personne ou, pour un enfant, par le service qui suit le dossier, s'il a le droit" in text
    assert "Pour un enfant, ou quand l'âge est incertain" in text
    assert "or, for a child, by the service that follows the case and already has access" in page("en")


def test_who_may_take_part_is_told_kind_by_kind():
    (told,) = [line for line in page().splitlines() if "Organismes qui peuvent participer" in line]
    assert [kind for kind in Kind if words(kind.label) not in told] == []
    assert "Police, gendarmerie, préfectures" in told and "Justice" in told and "Asile" in told


def test_who_reads_an_alert_or_a_request_without_an_access_is_told():
    reads = page().split(">Qui les lit<")[1].split("<h2")[0]
    assert "Une alerte est lue, sans accès à aucun dossier" in reads
    assert "Quand un service demande l'aide d'un autre pour la personne, celui-ci lit, avant même d'accepter" in reads
    assert "jamais un dossier" in reads


def test_each_of_those_concerned_has_a_way_and_the_cnil_waits_for_no_refusal():
    rights = page().split(">Vos droits<")[1].split("<h2")[0]
    for whose in {*Whose} - {Whose.PERSON, Whose.NOBODY}:
        assert words(whose.label).lower() in rights.lower(), whose
    assert "À préciser par le responsable de traitement : le nom du délégué" in rights
    (cnil,) = [line for line in rights.splitlines() if "CNIL" in line]
    assert "Toute personne peut à tout moment" in cnil and "négative" not in cnil


def test_sources_are_told():
    sources = page().split(">D'où viennent les données<")[1].split("<h2")[0]
    assert sources.count("<li>") == 4 and "une entreprise ou un syndicat" in sources


def test_what_has_no_end_and_what_keeps_a_closed_case_longer_is_told(monkeypatch):
    text = page()
    assert "que personne n'a clos : aucune échéance" in text
    assert "puis 7 jours encore" in text and "puis 62 jours après la réponse" in text and "365 jours au moins" in text
    assert display.AFTER_A_HOLD == erasures.AFTER_A_HOLD and display.AFTER_AN_ANSWER == erasures.AFTER_AN_ANSWER
    monkeypatch.setattr(display, "AFTER_A_HOLD", timedelta(days=9))
    assert "puis 9 jours encore" in page()


def test_the_page_is_whole_in_english():
    text = page("en")
    assert "An alert closed without a case: 1 year after it last moved" in text and "no end yet" in text
    with translation.override("en"):
        assert [kind for kind in Kind if str(kind.label) not in text] == []
    with translation.override("en"):
        assert all(str(each.label) in text for each in Purpose if each != Purpose.REFERENCE)
        assert all(str(each.label) in text for each in DataRequest.Kind)
    assert "A closed case: 2 years after its closing" in text
    assert "within 1 month, or within 3 months" in text


def test_the_footer_leads_to_it():
    assert f'href="{reverse("personal-data")}"' in Client().get("/").content.decode().split("<footer")[1]
