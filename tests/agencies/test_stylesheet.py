"""The one stylesheet: light, complete for what pages use, and silent about the State's identity when it is off."""

import gzip
import os
import re

from django.conf import settings

from referral import stylesheet

TEMPLATES = settings.BASE_DIR / "templates"


def classes_in_templates() -> set[str]:
    """Whole class names only: those a template builds from a variable are not readable here."""
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        for value in re.findall(r'class="([^"]*)"', re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\x00", path.read_text())):
            found |= {name for name in value.split() if name.startswith("fr-") and "\x00" not in name}
    return found


def test_every_class_of_the_design_system_in_use_has_a_rule():
    css = stylesheet.sheet(True)
    missing = {name for name in classes_in_templates() if not re.search(rf"\.{name}(?![\w-])", css)}
    assert not missing, f"{missing}: add their component to referral.stylesheet.COMPONENTS, or use one of ours"


def test_off_the_state_identity_nothing_can_ask_for_its_fonts_or_mark():
    css = stylesheet.sheet(False)
    assert "@font-face" not in css
    assert "Marianne" not in css
    assert ".fr-logo" not in css
    assert "Marianne-Regular.woff2" in stylesheet.sheet(True)


def test_on_the_state_identity_the_first_visit_keeps_its_weight():
    css = stylesheet.sheet(True)
    fonts = {stylesheet.DIST / "fonts" / name for name in re.findall(r"fonts/([\w-]+\.woff2)", css)}
    assert fonts
    assert sum(font.stat().st_size for font in fonts) + len(gzip.compress(css.encode(), 9)) < 135_000


def test_the_sheet_asks_for_nothing_else():
    assert not [u for u in re.findall(r"url\(([^)]{0,60})", stylesheet.sheet(False)) if not u.startswith('"data:')]


def test_the_sheet_is_small():
    assert len(gzip.compress(stylesheet.sheet(False).encode(), 9)) < 40_000


def test_colours_of_both_themes_are_kept():
    css = stylesheet.sheet(False)
    assert ":root[data-fr-theme=dark]" in css
    for name in re.findall(r"var\((--(?:text|background|border)-[\w-]+)\)", css):
        assert f"{name}:" in css or name.endswith(("-hover", "-active")), name


def test_braces_inside_media_are_read():
    found = list(stylesheet.rules("a{b:c}@media (x){d{e:f}g{h:i}}j{k:l}"))
    assert found == [("a", "b:c"), ("@media (x)", "d{e:f}g{h:i}"), ("j", "k:l")]


def test_the_finder_makes_it_again_when_a_source_changed(tmp_path, settings):
    settings.STATE_DIR = tmp_path
    finder = stylesheet.Finder()
    first = finder.root / "repere/site.css"
    assert finder.find("repere/site.css") == str(first)
    assert first.with_name("site.css.gz").exists()
    assert first.with_name("site.css.br").exists()
    assert finder.find("repere/other.css") is None
    first.write_text("old")
    os.utime(first, (0, 0))
    finder.find("repere/site.css")
    assert first.read_text() != "old"
    assert [name for name, _ in finder.list([])] == list(stylesheet.SHEETS)
