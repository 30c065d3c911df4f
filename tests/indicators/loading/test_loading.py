"""The domain pack: what a load writes, publishes and withdraws, and what it leaves alone."""

import re
import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from agencies.models import Directory, Helpline, Service, Territory
from indicators.assessment.rules.snapshot import catalogue_from_pack, grid_book_from_pack
from indicators.catalogue import selectors as catalogue_selectors
from indicators.loading import DATA, PackRefused, load_domain
from indicators.loading.pack import Pack
from indicators.models import (
    Catalogue,
    Code,
    Indicator,
    LegalText,
    Procedure,
    ProcedureStep,
    ShortGrid,
    ShortGridItem,
)
from indicators.procedures import selectors as procedures_selectors
from tests.indicators.pack import raw
from tests.indicators.rows import stored
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def test_everything_of_the_pack_is_there():
    assert Indicator.objects.count() == len(raw("indicators")["indicators"]) == 327
    assert ShortGrid.objects.count() == 27 and ShortGridItem.objects.count() == 395
    assert Code.objects.filter(code_list="forms_of_exploitation").count() == 13
    assert Code.objects.values("code_list").distinct().count() == 25
    assert (Directory.objects.count(), Service.objects.count(), Helpline.objects.count()) == (115, 33, 14)
    assert Territory.objects.filter(sort="department").count() == 101
    assert Territory.objects.filter(sort="region").count() == 18
    assert Territory.objects.filter(sort="collectivity").count() == 6
    ain = Territory.objects.get(code="01")
    assert (ain.label_fr, ain.region.label_fr) == ("Ain", "Auvergne-Rhône-Alpes")
    assert sorted(ain.neighbours.values_list("code", flat=True)) == ["38", "39", "69", "71", "73", "74"]
    assert Territory.objects.get(code="974").time_zone == "Indian/Reunion"
    miprof = Directory.objects.get(code="miprof")
    assert miprof.kind == "coordination" and miprof.services.filter(code="data").exists()
    assert Directory.objects.filter(is_template=True).count() == 27
    assert Helpline.objects.get(number="119").label_en and Helpline.objects.get(number="119").reviewed_on is None
    assert Catalogue.objects.get(code="indicators").validated_by is None
    assert (Procedure.objects.count(), ProcedureStep.objects.count(), LegalText.objects.count()) == (37, 114, 52)


def test_stored_pictures_equal_those_of_the_files(folder):
    """With the translations in: the rows say the same as the files, entry by entry."""
    from indicators.loading import translations
    from indicators.loading.pack import FILES, read_pack

    pack = read_pack(DATA, FILES)
    pack.parse()
    translations.complete(pack)
    forms = [form["code"] for form in raw("forms")["forms_of_exploitation"]]
    assert catalogue_selectors.current() == catalogue_from_pack(pack["indicators.yaml"], forms)
    assert catalogue_selectors.grids() == grid_book_from_pack(pack["short_grids.yaml"])
    assert all(i.guidance_en for i in catalogue_selectors.current().indicators.values())
    assert all(o.label_en for o in catalogue_selectors.current().overrides)


def test_loading_again_asks_one_query_and_parses_nothing(folder, monkeypatch, django_assert_num_queries):
    before, parsed = stored(), []
    monkeypatch.setattr(Pack, "parse", parsed.append)
    with as_role("nrm_owner"), django_assert_num_queries(1):
        assert load_domain(using="default").changed is False
    assert parsed == [] and stored() == before


def test_another_layout_of_the_same_content_is_the_same_version(folder):
    folder.edit("indicators.yaml", "meta:\n", "# a remark\nmeta:\n")
    before = stored()
    assert folder.load().changed
    after = stored()
    assert before.pop("PackFile") != after.pop("PackFile") and before == after
    assert folder.load().changed is False


def test_first_load_writes_each_list_in_one_statement(folder, django_assert_max_num_queries):
    """From nothing; the cascade of TRUNCATE is what a flushed test database looks like. The pack has 327 indicators and
    115 bodies: one statement an entry would be hundreds."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE indicators_catalogue, indicators_codelist, indicators_packfile CASCADE")
        cursor.execute("TRUNCATE agencies_territory, agencies_service, agencies_helpline, agencies_directory CASCADE")
        with django_assert_max_num_queries(40):
            loaded = load_domain(using="default")
    assert loaded.changed and loaded.stale_translations == 0
    assert Indicator.objects.count() == 327


def test_published_version_refuses_another_content_and_a_new_version_stands_beside_it(folder):
    former = catalogue_selectors.current()
    folder.edit("indicators.yaml", "label_fr: Tromperie sur la rémunération", "label_fr: Tromperie sur la paie")
    with pytest.raises(PackRefused, match="version 0.31: already published with another content"):
        folder.load()
    assert catalogue_selectors.current() is former

    folder.edit("indicators.yaml", "version: '0.31'", "version: '0.32'")
    folder.load()
    assert catalogue_selectors.current().version == "0.32"
    assert catalogue_selectors.current().indicators["ILO-AL-DR-08"].label_fr == "Tromperie sur la paie"
    assert catalogue_selectors.at("0.31") == former
    with pytest.raises(catalogue_selectors.NoCatalogue, match="1.0"):
        catalogue_selectors.at("1.0")
    # going back is a publication too, under its own number
    shutil.copy(DATA / "indicators.yaml", folder.path)
    with pytest.raises(PackRefused, match="already replaced by version 0.32"):
        folder.load()


def test_a_grid_keeps_its_version_when_the_grids_change(folder):
    question = "Journées sans fin, tôt, tard ou la nuit, sans jour de repos"
    folder.edit("short_grids.yaml", question, "Journées sans fin")
    folder.edit("short_grids.yaml", "meta:\n  version: '0.10'", "meta:\n  version: '0.11'")
    folder.edit("short_grids.yaml", "    version: '0.10'", "    version: '0.11'")  # its first grid
    folder.load()
    now, then = (
        catalogue_selectors.short_grid("labour_exploitation", "adult"),
        catalogue_selectors.short_grid("labour_exploitation", "adult", begun_with=("SG-LAB-AD", "0.10")),
    )
    assert (now.version, now.items[0].question_fr) == ("0.11", "Journées sans fin")
    assert (then.version, then.items[0].question_fr) == ("0.10", question)
    assert catalogue_selectors.short_grid("organ_removal", "minor").version == "0.10"


def test_who_vouches_may_be_written_after_publication(folder):
    folder.edit("indicators.yaml", "  validated_by: null\n", "  validated_by: MIPROF\n")
    folder.edit("agencies.yaml", "  validated_by: null\n", "  validated_by: MIPROF\n")
    folder.load()
    assert catalogue_selectors.current().validated_by == "MIPROF"
    assert Catalogue.objects.get(code="indicators").version == "0.31"
    assert Helpline.objects.get(number="17").reviewed_on == date(2026, 11, 27)


def test_what_leaves_the_pack_is_withdrawn_and_may_come_back(folder):
    folder.drop("agencies.yaml", "- code: hl_3018", "- code: hl_115")
    folder.drop("helplines_details.yaml", "- code: hl_3018", "- code: hl_115")
    folder.drop("agencies.yaml", "- code: trajectoires", "- code: france_victimes")
    folder.drop("forms.yaml", "- code: distance", "- code: profile")
    text = (folder.path / "translations_en.yaml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=  - file: )", text)
    kept = "".join(part for part in parts if "'hl_3018'" not in part)
    (folder.path / "translations_en.yaml").write_text(kept, encoding="utf-8")
    folder.load()
    assert not Helpline.objects.get(number="3018").active and Helpline.objects.get(number="115").active
    assert not Directory.objects.get(code="trajectoires").active
    assert Code.objects.of("decline_reasons").count() == 6
    assert Code.objects.filter(code_list="decline_reasons", code="distance").exists()
    with as_role("nrm_owner"):
        load_domain(using="default")
    assert Helpline.objects.get(number="3018").active and Code.objects.of("decline_reasons").count() == 8


def test_a_territory_or_a_service_never_leaves(folder):
    folder.drop("territories.yaml", "- code: '986'", "- code: '987'")
    with pytest.raises(PackRefused, match="986: was loaded before and is missing"):
        folder.load()
    shutil.copy(DATA / "territories.yaml", folder.path)
    folder.edit("agencies.yaml", "meta:", "# a remark\nmeta:")
    with as_role("nrm_owner"):
        Service.objects.create(code="dowsing", label_fr="Radiesthésie", label_en="Dowsing")
    with pytest.raises(PackRefused, match=re.escape("services[dowsing]: was loaded before and is missing")):
        folder.load()


def test_steps_say_what_the_file_says_in_both_languages():
    """Three steps read by eye in the file: a time limit of the project, one of the law, one at once."""
    step = ProcedureStep.objects.get(procedure="mineur_information_preoccupante", order=1)
    assert (step.deadline_value, step.deadline_unit, step.counted_from) == (24, "hour", "detection")
    assert step.target and step.deadline_fr == "Dès que possible, sous 24 heures (délai proposé)"
    assert step.inform_fr == ["L'enfant est informé avec des mots adaptés"] and all(step.inform_en)
    law = ProcedureStep.objects.get(procedure="mineur_information_preoccupante", order=3)
    assert (law.deadline_value, law.deadline_unit, law.target) == (3, "month", False)
    assert law.next_procedures == ["mineur_placement", "administrateur_ad_hoc"]
    call = ProcedureStep.objects.get(procedure="danger_immediat", order=1)
    assert call.action_en == "Call 17, 112 or 114 (SMS); 15 for a medical emergency. Keep yourself safe."
    assert (call.deadline_value, call.deadline_en, call.legal_basis) == (0, "Immediate", ["cp_223_6"])
    text = LegalText.objects.get(code="cp_122_2")
    assert (text.provenance, text.citation) == ("general_knowledge", "") and text.title_en and text.summary_en


def test_a_procedure_that_leaves_is_withdrawn_and_stays_readable(folder):
    folder.edit("procedures.yaml", "  - code: retour_volontaire\n", "  - code: retour_choisi\n")
    text = (folder.path / "translations_en.yaml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=  - file: )", text)
    kept = "".join(part for part in parts if "'retour_volontaire" not in part)
    (folder.path / "translations_en.yaml").write_text(kept, encoding="utf-8")
    folder.load()
    assert not Procedure.objects.get(code="retour_volontaire").active
    found = procedures_selectors.book()
    assert "retour_volontaire" not in found.procedures and "retour_choisi" in found.procedures
    assert found.get("retour_volontaire").steps[0].actor_kind == "asylum"


def test_stale_translation_is_counted_and_the_french_is_shown(folder):
    folder.edit("agencies.yaml", "label_fr: Police secours", "label_fr: Police et gendarmerie")
    assert folder.load().stale_translations == 1
    police = Helpline.objects.get(number="17")
    assert (police.label_fr, police.label_en) == ("Police et gendarmerie", "")


def test_command_says_what_it_did_and_needs_the_owner(folder, monkeypatch, capsys):
    out = StringIO()
    call_command("load_domain", stdout=out)
    assert "unchanged" in out.getvalue()
    folder.edit("forms.yaml", "  version: '0.11'\n", "  version: 1\n")
    with pytest.raises(CommandError, match="(?s)Nothing was loaded.*forms.yaml, meta.version"):
        call_command("load_domain", folder=folder.path)
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("load_domain")


def test_the_page_of_the_packs_gives_their_versions():
    page = (DATA / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"`(\w+\.yaml)` ([\d.]+)", page))
    held = {name: re.search(r"version: '([\d.]+)'", (DATA / name).read_text(encoding="utf-8"))[1] for name in told}
    assert len(told) > 6 and told == held
