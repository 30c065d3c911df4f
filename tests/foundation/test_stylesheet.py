"""The one stylesheet: light, complete for what pages use, and silent about the State's identity when it is off."""

import gzip
import os
import re

import pytest
import tinycss2
from django.conf import settings

from foundation.styles import css, stylesheet
from tests.guarantees.conventions import python

VERSION_CHANGED = (
    "the design system is now {now}: read its change log, look at ten pages in both themes at 390 and 1280 pixels "
    "(./run, then as a state service: STATE_IDENTITY=1 ./run), then write {now} in "
    "foundation.styles.stylesheet.LOOKED_AT"
)


def names_with_a_rule(text: str) -> set[str]:
    rules = css.every(css.read(text))
    heads = [tinycss2.parse_component_value_list(rule.head) for rule in rules if not rule.head.startswith("@")]
    return {name for head in heads for name, whole in css.classes(head) if whole}


def test_every_class_of_the_design_system_in_use_has_a_rule():
    known = names_with_a_rule(stylesheet.sheet(True)) | names_with_a_rule(stylesheet.rare_sheet())
    used = stylesheet.names_in_use(stylesheet.TEMPLATES) | stylesheet.FROM_PYTHON
    missing = {
        name
        for name in used
        if name not in known and not (name.endswith("-") and any(each.startswith(name) for each in known))
    }
    assert not missing, f"{missing}: neither the design system nor static/repere/ has a rule for it; use another class"


def test_templates_write_whole_names_or_the_beginning_of_one_component():
    """`fr-{{ kind }}-group` would keep every rule of the design system; `fr-btn{% if … %}--sm` would lose one."""
    broken = {
        (path.name, each)
        for path in stylesheet.TEMPLATES.rglob("*.html")
        for shape in (r"(?<![\w-])fr-\{", r"(?<![\w-])fr-[\w-]*\w(?:\{[%{][^}]*\}\}?)+[\w-]+")
        for each in re.findall(shape, re.sub(r"\{% el[^%]*%\}", " ", path.read_text()))
    }
    assert not broken, "write each whole name in its branch of the condition"


def test_classes_that_code_writes_are_those_declared():
    written = set()
    for name, _tree, _inside in python(settings.BASE_DIR):
        if name not in ("foundation/styles/css.py", "foundation/styles/stylesheet.py"):
            written |= set(re.findall(r"""["' ](fr-[a-z_][\w-]*)""", (settings.BASE_DIR / name).read_text()))
    assert written == stylesheet.FROM_PYTHON, "put it in foundation.styles.stylesheet.FROM_PYTHON, or take it out there"


def test_a_new_version_of_the_design_system_is_looked_at_before_it_is_used():
    now = stylesheet.VERSION_FILE.read_text().strip()
    assert now == stylesheet.LOOKED_AT, VERSION_CHANGED.format(now=now)
    assert f"DSFR {now}," in stylesheet.sheet(False)[:100], "the made sheet says of which version it is"


OF_RARE_PAGES = ("plans/", "referral/dashboard/", "referral/survey/own_data.html", "components/chart.html")


def test_components_of_few_pages_are_on_pages_that_load_their_sheet():
    """`base.html` loads it for public policy, the dashboard and one's own data; another page says so itself."""
    assert "rare.html" in (stylesheet.TEMPLATES / "base.html").read_text()
    assert ".fr-table" in stylesheet.rare_sheet() and ".fr-table" not in stylesheet.sheet(True)
    homeless = []
    for path in stylesheet.TEMPLATES.rglob("*.html"):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(stylesheet.TEMPLATES).as_posix()
        rare = {each for each in re.findall(r"(?<![\w-])fr-[\w-]*\w", text) if stylesheet.is_rare(each)}
        if (rare or "{% figures" in text) and not name.startswith(OF_RARE_PAGES) and "components/rare.html" not in text:
            homeless.append((name, rare))
    assert not homeless


# -- identity and weight --------------------------------------------------------
def test_off_the_state_identity_nothing_can_ask_for_its_fonts_or_mark():
    text = stylesheet.sheet(False)
    assert "@font-face" not in text
    assert "Marianne" not in text
    assert ".fr-logo" not in text


def test_on_the_state_identity_the_first_visit_keeps_its_weight_and_its_fonts_are_served():
    text, finder = stylesheet.sheet(True), stylesheet.Finder()
    assert ".fr-logo" in text
    fonts = {f"dsfr/dist/fonts/{name}" for name in re.findall(r"fonts/([\w-]+\.woff2?)", text)}
    assert len(fonts) == 4
    served = {name: storage for name, storage in finder.list([]) if name in fonts}
    assert set(served) == fonts
    assert all(storage.exists(name) and storage.path(name) == finder.find(name) for name, storage in served.items())
    weight = sum(served[name].size(name) for name in fonts if name.endswith(".woff2"))
    assert weight + len(gzip.compress(text.encode(), 9)) < 125_000


def test_the_sheet_asks_for_nothing_else():
    assert not [u for u in re.findall(r"url\(([^)]{0,60})", stylesheet.sheet(False)) if not u.startswith('"data:')]


def test_the_sheet_is_small():
    assert len(gzip.compress(stylesheet.sheet(False).encode(), 9)) < 19_500
    assert len(gzip.compress(stylesheet.rare_sheet().encode(), 9)) < 4_200


def test_colours_of_both_themes_are_kept():
    text = stylesheet.sheet(False)
    assert ":root[data-fr-theme=dark]" in text
    for name in re.findall(r"var\((--(?:text|background|border)-[\w-]+)\)", text):
        assert f"{name}:" in text or name.endswith(("-hover", "-active")), name


def test_without_scripts_a_dark_device_gets_each_dark_colour_and_nothing_else():
    dark = stylesheet.dark_sheet()
    named = css.read(stylesheet.sheet(False))
    wanted = {
        css.declaration(each) for rule in named if "data-fr-theme=dark" in rule.head for each in rule.declarations
    }
    assert {css.declaration(each) for rule in css.read(dark) for each in rule.declarations} == wanted
    assert "color-scheme:dark" in dark and "data-fr-theme" not in dark
    assert len(gzip.compress(dark.encode(), 9)) < 6_000


def test_who_forces_colours_keeps_the_outlines_of_the_design_system():
    forced = [rule for rule in css.read(stylesheet.sheet(False)) if "(forced-colors:active)" in rule.head]
    kept = {head for rule in forced for inner in rule.rules for head in inner.head.split(",")}
    assert {".fr-alert", "button.fr-btn", ".fr-btn:disabled"} <= kept


# -- reading and writing rules --------------------------------------------------
@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a { b : c ; }\n/* no */ d > e,\n f { g: h, i }", "a{b:c}d > e,f{g:h,i}"),
        ("@media (x: y) { d { e: f } g { h: i !important } } j { k: l }", "@media (x:y){d{e:f}g{h:i!important}}j{k:l}"),
        ("@page paper { margin: 0 } @supports selector(:has(*)) { a { b: c } }",
         "@page paper{margin:0}@supports selector(:has(*)){a{b:c}}"),
        ("@page { margin: 0; @bottom-right { content: counter(page) ' / ' } } a { b: c }",
         '@page{margin:0;@bottom-right{content:counter(page) " / "}}a{b:c}'),
        ('a::before { content: "} /* , "; width: calc(1px + (2px * 3)) }',
         'a::before{content:"} /* , ";width:calc(1px + (2px * 3))}'),
        ("a { } @media print { b { } } @charset 'utf-8';", ""),
    ],
)  # fmt: skip
def test_rules_are_written_small_and_mean_the_same(given, wanted):
    assert css.write(css.read(given)) == wanted


@pytest.mark.parametrize("broken", ["a { b: c ) }", "a { & b { c: d } }", "a { b }", "} a { b: c }"])
def test_what_is_not_plain_css_is_refused(broken):
    with pytest.raises(ValueError, match=r"^line 1"):
        css.write(css.read(broken))


@pytest.mark.parametrize(
    ("selector", "kept"),
    [
        (".fr-btn", True),
        (".fr-btn:not(.fr-tag)", True),
        (".fr-btn.rp-wide > a", True),
        (".fr-btn .fr-tag", False),
        (".fr-btn--sm", False),
        (".fr-alert--info::before", True),
        (".fr-alert", False),
        (".fr-btn:is(.fr-tag)", False),
        ('.fr-btn[class*=" fr-icon-"]', False),
        ("[class^=fr-bt]", True),
        ("input[type=checkbox]", True),
        ("audio.fr-btn", False),
        ("a[target=_blank]", False),
        (".fr-btn:not(audio)", True),
        ("a.fr-btn:not([href])", False),
    ],
)
def test_a_selector_is_kept_when_each_class_it_requires_is_in_use(selector, kept):
    tokens = tinycss2.parse_component_value_list(selector)
    assert stylesheet.can_match(tokens, {"fr-btn", "fr-alert--"}, {"a", "input", "type"}) is kept


def test_links_lead_somewhere_and_open_no_window():
    """Rules for others are left out of the sheet, and the way out would leave a second window open."""
    links = [
        (path.name, each)
        for path in stylesheet.TEMPLATES.rglob("*.html")
        for each in re.findall(r"<a\s(?:\{%[^%]*%\}|\{\{[^}]*\}\}|[^>{])*>", path.read_text(encoding="utf-8"))
    ]
    assert len(links) > 500
    assert not [link for link in links if "target=" in link[1] or "href" not in link[1]]


def test_variables_that_only_idle_ones_read_are_left_out():
    rules = css.read(":root{--a:var(--b);--b:1;--c:2;--d:var(--e, 3)}p{x:calc(var(--d) + 1px)}")
    css.drop_idle_variables(rules)
    assert css.write(rules) == ":root{--d:var(--e,3)}p{x:calc(var(--d) + 1px)}"


def test_the_finder_makes_it_again_when_a_source_changed(tmp_path, settings):
    settings.STATE_DIR = tmp_path
    finder = stylesheet.Finder()
    first = finder.root / "repere/site.css"
    assert finder.find("repere/site.css") == str(first)
    assert first.with_name("site.css.gz").exists()
    assert first.with_name("site.css.br").exists()
    assert finder.find("repere/other.css") is None
    assert finder.find("dsfr/dist/dsfr.main.min.css") is None
    first.write_text("old")
    os.utime(first, (0, 0))
    finder.find("repere/site.css")
    assert first.read_text() != "old"
    assert [name for name, _ in finder.list([])][: len(stylesheet.SHEETS)] == list(stylesheet.SHEETS)


OWN_CLASSES = 62  # 304 before the parts of pages were the design system's


def test_classes_of_our_own_only_get_fewer():
    """A part that the design system has is written with its classes."""
    places = [
        *stylesheet.TEMPLATES.rglob("*.html"), *stylesheet.OWN.rglob("*.css"), *stylesheet.OWN.parent.rglob("*.js")
    ]  # fmt: skip
    own = {name for path in places for name in re.findall(r"\brp-[a-z][\w-]*", path.read_text(encoding="utf-8"))}
    assert len(own) <= OWN_CLASSES, "write a new part with classes of the design system (docs/decisions/0006)"
    assert len(own) == OWN_CLASSES, f"fewer: write {len(own)} in OWN_CLASSES, so that they stay"
