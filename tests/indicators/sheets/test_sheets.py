"""Practical sheets: one for each profession, the same for all, short, and with nothing that the pack does not know."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Helpline, Kind, Role
from indicators.loading import PackRefused
from indicators.models import Sheet
from indicators.sheets.selectors import sheet_book
from tests import factories as f
from tests.indicators.rows import stored
from tests.referral.pages import text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
# by hand, from the professions named in the design: who reads which sheet
OWN = {
    Kind.INTERIOR: ["police_gendarmerie"],
    Kind.LABOUR: ["labour_inspection"],
    Kind.EDUCATION: ["school"],
    Kind.HEALTH: ["health"],
    Kind.SOCIAL_AFFAIRS: ["social_worker"],
    Kind.CHILD_PROTECTION: ["social_worker"],
    Kind.ASYLUM: ["asylum_desk"],
    Kind.JUSTICE: ["prosecutor", "prison_pjj"],
    Kind.UNION: ["union_rep"],
    Kind.EMPLOYER: ["company"],
    Kind.NGO: ["social_worker", "outreach", "hotline"],
    Kind.FINANCE: [],
}


def shown(sheet: str, prefix="") -> str:
    return text(Client().get(f"{prefix}/fiches/{sheet}/"))


@pytest.mark.parametrize("kind", OWN)
def test_each_profession_has_its_sheets(kind):
    assert [sheet.code for sheet in sheet_book().of_kind(kind)] == OWN[kind]


@pytest.mark.parametrize(
    ("body", "own"), [("parquet_mineurs", ["prosecutor"]), ("dpjj", ["prison_pjj"]), ("bav", OWN[Kind.JUSTICE])]
)
def test_prosecutors_and_youth_justice_have_each_their_own(body, own):
    """Both are « justice »: a prosecutor was given the sheet of prisons."""
    assert [sheet.code for sheet in sheet_book().of_kind(Kind.JUSTICE, body)] == own
    law = Client()
    law.force_login(f.member(f.agency(Kind.JUSTICE, profile_id=body), Role.FRONTLINE).user)
    found = re.findall(r'href="/fiches/(\w+)/"', text(law.get("/signaler/")))
    assert found == own


def test_sheet_says_what_to_say_whom_to_call_and_that_nobody_validated_it():
    page = shown("school")
    for words in ("Je m'inquiète pour toi", "Prévenir la famille si elle est peut-être impliquée.", 'href="tel:17"',
                  'href="tel:119"', "Que regarder", "À ne pas faire", "Contenu non validé", "116 000"):  # fmt: skip
        assert words in page, words
    assert page.index('href="tel:17"') < page.index("Que regarder"), "the numbers come first"


def test_a_sheet_spells_the_letters_of_the_bodies_it_names():
    spelled = 'CRIP : <span lang="fr">Cellule de recueil des informations préoccupantes'
    assert spelled in shown("school") and spelled in shown("outreach") and spelled not in shown("company")
    assert "Office français de l'immigration et de l'intégration" in shown("asylum_desk")


def test_one_procedure_is_not_urgent_and_ordinary_on_one_sheet():
    page = shown("school")
    assert page.index("Signalement au procureur (mineur en danger grave") < page.index("Doute, sans danger grave ni")
    assert page.partition("Qui alerter")[2].partition("Devoir légal")[0].count("Mineur : information préoccupante") == 1
    assert "Ordinaire" not in page and "Ordinaire" in shown("health"), "said in words of the sheet, or by its name"
    assert "Doubt, without serious or immediate danger" in shown("school", "/en")
    for sheet in sheet_book().sheets.values():
        named = [way.procedure.code for way in sheet.ways if way.procedure]
        assert len(named) == len(set(named)), sheet.code


def test_sheet_is_read_in_english_and_another_address_is_none():
    assert "I am worried about you." in shown("school", "/en")
    assert "Je m'inquiète" not in shown("school", "/en")
    assert Client().get("/fiches/mineur/").status_code == 404


def test_every_sheet_is_light_shows_what_it_names_and_asks_for_no_sign_in():
    listed = re.findall(r'href="(/fiches/\w+/)"', text(Client().get(reverse("sheets:list"))))
    assert len(listed) == 12
    for address in listed:
        page = Client().get(address)
        assert page.status_code == 200 and len(page.content) <= 25_000, address
    for sheet in sheet_book().sheets.values():
        row = sheet.row
        assert (len(sheet.signs), len(sheet.texts)) == (len(row.indicators), len(row.legal_texts)), sheet.code
        assert [way.urgency for way in sheet.ways] == ["vital", "high", "normal"]
        for way, said in zip(sheet.ways, row.alerts, strict=True):
            assert (len(way.lines), len(way.agencies)) == (len(said["helplines"]), len(said["agencies"])), sheet.code
        assert sheet.ways[0].lines, "each sheet says whom to call in danger"


def test_member_finds_the_sheet_of_the_own_profession_on_the_first_page_and_where_an_alert_begins():
    nurse = Client()
    nurse.force_login(f.member(f.agency(Kind.HEALTH, desk=False), Role.FRONTLINE).user)
    for address in ("/", "/signaler/"):
        page = text(nurse.get(address))
        assert 'href="/fiches/health/"' in page and 'href="/fiches/school/"' not in page
    customs = Client()
    customs.force_login(f.member(f.agency(Kind.FINANCE, desk=False), Role.FRONTLINE).user)
    assert 'href="/fiches/"' in text(customs.get("/signaler/"))


REFUSED = [
    ("      - FR-CRIM-11\n", "      - FR-CRIM-99\n", "sheets[school].indicators"),
    ("      - education\n", "      - schools\n", "sheets[school].actor_kinds"),
    ("    sheet: school\n    urgency: high", "    sheet: school\n    urgency: normal", "sheets[school].alerts"),
    ("    when_fr: Doute", "    if_fr: Doute", "alerts[school-normal]"),
    ("      - hl_116000\n", "      - hl_0\n", "alerts[school-high].helplines"),
    ("      Fouiller le téléphone", "      " + "mot " * 160 + "Fouiller le téléphone", "texts[school-fr]"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=[case[2] for case in REFUSED])
def test_sheet_that_names_what_nobody_knows_or_is_too_long_is_refused(folder, case):
    old, new, where = case
    before = stored()
    folder.edit("sheets.yaml", old, new)
    with pytest.raises(PackRefused, match=re.escape(where)):
        folder.load()
    assert stored() == before


def test_sheet_that_leaves_the_file_is_withdrawn(folder):
    file = folder.path / "sheets.yaml"
    file.write_text(re.sub(r"\bhotline\b", "listener", file.read_text()))
    folder.load()
    assert not Sheet.objects.get(pk="hotline").active
    assert Client().get("/fiches/hotline/").status_code == 404
    assert Client().get("/fiches/listener/").status_code == 200


def test_number_that_changes_is_on_the_sheet_at_once():
    """By other means than the pack too: who is in danger would call the former one."""
    assert 'href="tel:119"' in shown("school")
    with as_role("nrm_owner"):
        assert Helpline.objects.filter(number="119").update(number="118 999")
    assert 'href="tel:119"' not in shown("school") and "118 999" in shown("school")
