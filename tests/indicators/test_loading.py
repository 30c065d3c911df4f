"""The domain pack: loaded whole or refused whole, with the file, the entry and the reason."""

import re
import shutil
import time
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from agencies.models import Directory, Helpline, Service, Territory
from indicators import catalogue
from indicators.loading import DATA, PackRefused, load_domain
from indicators.models import Catalogue, Code, Indicator, PackFile, ShortGrid, ShortGridItem
from indicators.snapshot import catalogue_from_pack, grid_book_from_pack
from tests.indicators.pack import raw
from tests.roles import as_role

pytestmark = pytest.mark.django_db

COUNTED = [
    Catalogue,
    Indicator,
    ShortGrid,
    ShortGridItem,
    Code,
    PackFile,
    Directory,
    Helpline,
    Service,
    Territory,
]


@pytest.fixture
def folder(tmp_path):
    """A copy of the pack that a test may spoil: `folder.edit(file, old, new)` then `folder.load()`."""

    class Folder:
        path = tmp_path / "pack"

        def edit(self, name, old, new, *, count=1):
            file = self.path / name
            text = file.read_text(encoding="utf-8")
            assert old in text, old
            file.write_text(text.replace(old, new, count), encoding="utf-8")

        def drop(self, name, start, end):
            """Take out of a file the lines from the one that holds `start` up to the one that holds `end`."""
            text = (self.path / name).read_text(encoding="utf-8")
            first = text.rindex("\n", 0, text.index(start))
            last = text.rindex("\n", 0, text.index(end, first))
            (self.path / name).write_text(text[:first] + text[last:], encoding="utf-8")

        def load(self):
            with as_role("nrm_owner"):
                return load_domain(using="default", folder=self.path)

    shutil.copytree(DATA, Folder.path)
    return Folder()


def stored():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in COUNTED}


def test_everything_of_the_pack_is_there():
    assert Indicator.objects.count() == len(raw("indicators")["indicators"]) == 327
    assert ShortGrid.objects.count() == 27 and ShortGridItem.objects.count() == 395
    assert Code.objects.filter(code_list="forms_of_exploitation").count() == 13
    assert Code.objects.values("code_list").distinct().count() == 23
    assert (Directory.objects.count(), Service.objects.count(), Helpline.objects.count()) == (115, 33, 12)
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


def test_stored_pictures_equal_those_of_the_files(folder):
    """With the translations in: the rows say the same as the files, entry by entry."""
    from indicators.loading import translations
    from indicators.loading.pack import read_pack

    pack = read_pack(DATA)
    pack.parse()
    translations.complete(pack)
    forms = [form["code"] for form in raw("forms")["forms_of_exploitation"]]
    assert catalogue.current() == catalogue_from_pack(pack["indicators.yaml"], forms)
    assert catalogue.grids() == grid_book_from_pack(pack["short_grids.yaml"])
    assert all(i.guidance_en for i in catalogue.current().indicators.values())
    assert all(o.label_en for o in catalogue.current().overrides)


def test_loading_again_does_nothing_and_is_quick(folder, django_assert_num_queries):
    before, started = stored(), time.monotonic()
    with as_role("nrm_owner"), django_assert_num_queries(1):
        assert load_domain(using="default").changed is False
    assert time.monotonic() - started < 0.5
    assert stored() == before


def test_another_layout_of_the_same_content_is_the_same_version(folder):
    folder.edit("indicators.yaml", "meta:\n", "# a remark\nmeta:\n")
    before = stored()
    assert folder.load().changed
    after = stored()
    assert before.pop("PackFile") != after.pop("PackFile") and before == after
    assert folder.load().changed is False


def test_first_load_is_quick(folder):
    """From nothing; the cascade of TRUNCATE is what a flushed test database looks like."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE indicators_catalogue, indicators_codelist, indicators_packfile CASCADE")
        cursor.execute("TRUNCATE agencies_territory, agencies_service, agencies_helpline, agencies_directory CASCADE")
        started = time.monotonic()
        loaded = load_domain(using="default")
        took = time.monotonic() - started
    assert loaded.changed and loaded.stale_translations == 0 and took < 5
    assert Indicator.objects.count() == 327


AL01 = "  - code: ILO-AL-DR-01\n    catalogue: ilo_ec_2009\n    profile: adult_labour\n"
REFUSALS = {
    "missing key": (
        "indicators.yaml",
        (AL01, "  - code: ILO-AL-DR-01\n    catalogue: ilo_ec_2009\n"),
        "indicators[ILO-AL-DR-01].profile",
        "missing",
    ),
    "unknown key": (
        "indicators.yaml",
        (AL01, AL01 + "    weight: 3\n"),
        "indicators[ILO-AL-DR-01].weight",
        "unknown key",
    ),
    "a key written twice": (
        "indicators.yaml",
        (AL01, AL01 + "    profile: child\n"),
        "line",
        "'profile' is written twice",
    ),
    "a code that comes twice": (
        "indicators.yaml",
        ("  - code: ILO-AL-DR-02\n", "  - code: ILO-AL-DR-01\n"),
        "indicators[ILO-AL-DR-01]",
        "comes twice",
    ),
    "unknown reference": (
        "indicators.yaml",
        (AL01, AL01.replace("adult_labour", "adult_work")),
        "indicators[ILO-AL-DR-01].profile",
        "unknown profile 'adult_work'",
    ),
    "too long": (
        "forms.yaml",
        ("    label_en: Organ removal\n", "    label_en: " + "x" * 161 + "\n"),
        "forms_of_exploitation[organ_removal].label_en",
        "at most 160",
    ),
    "broken file": ("indicators.yaml", ("catalogues:\n", "catalogues: [\n"), "line", ""),
    "rule without last resort": (
        "indicators.yaml",
        (
            "    all_positive: []\n    any_positive: []\n",
            "    all_positive: [coercion_destination]\n    any_positive: []\n",
        ),
        "rulesets[ilo_2009]",
        "the last rule for adult, and only it, must ask for nothing",
    ),
    "rule on signs that never count": (
        "indicators.yaml",
        ("      - exploitative_conditions\n", "      - corroborating_signs\n"),
        "case_rules[ILO-ADULT-1].all_positive",
        "unknown scored dimension 'corroborating_signs'",
    ),
    "dimension rule that asks for nothing": (
        "indicators.yaml",
        ("    min_strong: 2\n", "    min_strong: 0\n"),
        "dimension_rules[DIM-A]",
        "asks for nothing",
    ),
    "override that vanished": (
        "indicators.yaml",
        ("    trigger: low_score\n", "    trigger: immediate_danger\n"),
        "safety_overrides",
        "no override for 'low_score'",
    ),
    "override nobody knows": (
        "indicators.yaml",
        ("    trigger: low_score\n", "    trigger: low_mood\n"),
        "safety_overrides[SAFE-NO-DOWNGRADE].trigger",
        "unknown trigger 'low_mood'",
    ),
    "grid with an unknown sign": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-AL-EX-99\n"),
        "grids[SG-LAB-AD].items[ILO-AL-EX-99]",
        "unknown indicator 'ILO-AL-EX-99'",
    ),
    "grid with a sign of the other side": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-CL-EX-01\n"),
        "grids[SG-LAB-AD].items[ILO-CL-EX-01]",
        "other age side",
    ),
    "grid out of order": (
        "short_grids.yaml",
        ("      - indicator: ILO-AL-EX-01\n", "      - indicator: ILO-AL-EX-02\n"),
        "grids[SG-LAB-AD]",
        "not in order",
    ),
    "grid that says it reaches more than it does": (
        "short_grids.yaml",
        ("    reach_ilo_2009: ILO-CHILD-9\n", "    reach_ilo_2009: ILO-CHILD-1\n"),
        "grids[SG-ORG-MI].reach_ilo_2009",
        "says ILO-CHILD-1, all its signs together reach ILO-CHILD-9",
    ),
    "form without a grid": (
        "short_grids.yaml",
        ("  - form: slavery\n    age_side: adult\n    grid: SG-ANY-AD\n", ""),
        "fallbacks",
        "no grid for form 'slavery' and age side 'adult'",
    ),
    "low result that closes": (
        "short_grids.yaml",
        ("  closes_case: false\n", "  closes_case: true\n"),
        "low_result",
        "closes nothing",
    ),
    "answer worth an unknown value": (
        "short_grids.yaml",
        ("    observation_value: reported\n", "    observation_value: told\n"),
        "answers[told_by_person]",
        "unknown value 'told'",
    ),
    "code without a label": (
        "forms.yaml",
        ("    label_en: Organ removal\n", "    label_en: ''\n"),
        "forms_of_exploitation[organ_removal].label_en",
        "expected a text",
    ),
    "number instead of text": (
        "territories.yaml",
        ("departments:\n  - code: '01'\n", "departments:\n  - code: 1\n"),
        "departments[1].code",
        "expected a text",
    ),
    "neighbour that does not answer": (
        "territories.yaml",
        ("['38', '39', '69', '71'", "['75', '39', '69', '71'"),
        "[01].neighbours",
        "75 does not name 01 in return",
    ),
    "unknown time zone": (
        "territories.yaml",
        ("    time_zone: Indian/Reunion\n", "    time_zone: Indian/Bourbon\n"),
        "regions[04].time_zone",
        "unknown time zone 'Indian/Bourbon'",
    ),
    "organisation of an unknown kind": (
        "agencies.yaml",
        ("    kind: coordination\n    ministry", "    kind: secret_service\n    ministry"),
        "agencies[miprof].kind",
        "unknown kind 'secret_service'",
    ),
    "bad address": (
        "agencies.yaml",
        ("website: https://www.egalite-femmes-hommes.gouv.fr", "website: egalite"),
        "agencies[miprof].website",
        "valid URL",
    ),
    "translation of nothing": (
        "translations_en.yaml",
        ("    list: helplines\n    code: 'hl_17'", "    list: helplines\n    code: 'hl_99'"),
        "agencies.yaml/helplines/hl_99",
        "translates a text that does not exist",
    ),
    "no version": (
        "forms.yaml",
        ("  version: '0.1'\n", "  version: 0.1\n"),
        "meta.version",
        "expected a text",
    ),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_bad_file_is_refused_whole(folder, case):
    name, (old, new), entry, reason = case
    folder.edit(name, old, new)
    # a sound change in another file must not go through either
    folder.edit("agencies.yaml", "label_fr: Police secours", "label_fr: Police")
    before = stored()
    with pytest.raises(PackRefused) as refusal:
        folder.load()
    wanted = [p for p in refusal.value.problems if p.file == name and p.entry.startswith(entry) and reason in p.reason]
    assert wanted, str(refusal.value)
    assert stored() == before


def test_missing_file_is_named(folder):
    (folder.path / "forms.yaml").unlink()
    with pytest.raises(PackRefused, match=re.escape("forms.yaml, file: missing")):
        folder.load()


def test_published_version_refuses_another_content_and_a_new_version_stands_beside_it(folder):
    former = catalogue.current()
    folder.edit("indicators.yaml", "label_fr: Tromperie sur la rémunération", "label_fr: Tromperie sur la paie")
    with pytest.raises(PackRefused, match="version 0.3: already published with another content"):
        folder.load()
    assert catalogue.current() is former

    folder.edit("indicators.yaml", "version: '0.3'", "version: '0.4'")
    folder.load()
    assert catalogue.current().version == "0.4"
    assert catalogue.current().indicators["ILO-AL-DR-08"].label_fr == "Tromperie sur la paie"
    assert catalogue.at("0.3") == former
    with pytest.raises(catalogue.NoCatalogue, match="0.9"):
        catalogue.at("0.9")
    # going back is a publication too, under its own number
    shutil.copy(DATA / "indicators.yaml", folder.path)
    with pytest.raises(PackRefused, match="already replaced by version 0.4"):
        folder.load()


def test_a_grid_keeps_its_version_when_the_grids_change(folder):
    question = "Voyez-vous des journées sans fin, tôt, tard ou la nuit, sans jour de repos ?"
    folder.edit("short_grids.yaml", question, "Voyez-vous des journées sans fin ?")
    folder.edit("short_grids.yaml", "version: '0.1'", "version: '0.2'", count=2)  # the file, and its first grid
    folder.load()
    now, then = (
        catalogue.short_grid("labour_exploitation", "adult"),
        catalogue.short_grid_at("SG-LAB-AD", "0.1"),
    )
    assert (now.version, now.items[0].question_fr) == ("0.2", "Voyez-vous des journées sans fin ?")
    assert (then.version, then.items[0].question_fr) == ("0.1", question)
    assert catalogue.short_grid("organ_removal", "minor").version == "0.1"


def test_who_vouches_may_be_written_after_publication(folder):
    folder.edit("indicators.yaml", "  validated_by: null\n", "  validated_by: MIPROF\n")
    folder.edit("agencies.yaml", "  validated_by: null\n", "  validated_by: MIPROF\n")
    folder.load()
    assert catalogue.current().validated_by == "MIPROF"
    assert Catalogue.objects.get(code="indicators").version == "0.3"
    assert Helpline.objects.get(number="17").reviewed_on == date(2026, 11, 24)


def test_what_leaves_the_pack_is_withdrawn_and_may_come_back(folder):
    folder.drop("agencies.yaml", "- code: hl_3018", "- code: hl_115")
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
    assert Helpline.objects.get(number="3018").active and Code.objects.of("decline_reasons").count() == 7


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


def test_stale_translation_is_counted_and_the_french_is_shown(folder):
    folder.edit("agencies.yaml", "label_fr: Police secours", "label_fr: Police et gendarmerie")
    assert folder.load().stale_translations == 1
    police = Helpline.objects.get(number="17")
    assert (police.label_fr, police.label_en) == ("Police et gendarmerie", "")


def test_command_says_what_it_did_and_needs_the_owner(folder, monkeypatch, capsys):
    out = StringIO()
    call_command("load_domain", stdout=out)
    assert "unchanged" in out.getvalue()
    folder.edit("forms.yaml", "  version: '0.1'\n", "  version: 1\n")
    with pytest.raises(CommandError, match="(?s)Nothing was loaded.*forms.yaml, meta.version"):
        call_command("load_domain", folder=folder.path)
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("load_domain")
