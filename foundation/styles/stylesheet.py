"""Build the one stylesheet of the site: the DSFR rules that our pages can match, then our own.

`django-dsfr` ships the whole design system: 575 KB of rules, one request per icon. A phone on a slow network must be
able to type its first answer after 90 KB and six requests. So the shipped file is parsed (tinycss2), selectors with a
class that no template uses are dropped, icons are inlined, and compressed copies are written beside the result, where
whitenoise looks for them. Why it is not committed: docs/decisions/0006-one-stylesheet.md.
"""

import re
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

import dsfr
import tinycss2
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from . import css
from .made import write_with_copies

PACKAGE = Path(dsfr.__file__).parent / "static"
DIST = PACKAGE / "dsfr/dist"
SHIPPED = DIST / "dsfr.main.min.css"
VERSION_FILE = PACKAGE / "dsfr/dsfr_version"
LOOKED_AT = "v1.14.4"  # last version of the design system checked by eye, in both themes
FONTS = ("Marianne-Regular", "Marianne-Bold")  # 42 KB each: a third would exceed the budget of a first visit
SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'

TEMPLATES = Path(settings.BASE_DIR) / "templates"
BADGES = frozenset(
    f"fr-badge--{family}" for family in ("new", "info", "success", "warning", "error")
)  # of many colours
MENU = {"fr-nav__item", "fr-nav__link"}
FIGURES = {"fr-table", "fr-table--sm", "fr-table--multiline", "fr-table__wrapper", "fr-table__container"}
FIGURES |= {"fr-table__content", "fr-sr-only"}
FROM_PYTHON = (
    BADGES | MENU | FIGURES | {"fr-badge", "fr-badge--no-icon", "fr-hint-text", "fr-input", "fr-select"}
)  # classes set by Python code
PARTS_FROM_PYTHON = frozenset({"html", "input", "select", "textarea", "option", "optgroup"})
NOWHERE = frozenset({"target"})  # a word of scripts, but no link opens a window: the way out would leave it open
LINK_TITLES = ("fr-tile__title", "fr-card__title")  # the title of a tile or card is a link here, never a button
WITHOUT_ADDRESS = ":not([href])"  # every link leads somewhere: what must not be followed is no link here
OF_THE_STATE = frozenset({"fr-logo", "fr-header__logo"})

DARK = ":root[data-fr-theme=dark]"

OWN = Path(settings.BASE_DIR) / "static/repere"
OWN_PARTS = (
    "shell.css",
    "parts.css",
    "pages.css",
    "alerts.css",
    "cases.css",
)
# what few pages have, and none that a phone opens first: components of the design system, and parts of our own
RARE_COMPONENTS = ("fr-table", "fr-card", "fr-sidemenu", "fr-summary")
RARE_PARTS = ("sides.css", "desks.css", "group.css", "policy.css", "evaluation.css")


def sheet(state_identity: bool) -> str:
    """Return the whole stylesheet as text. Without the identity of the State no rule names its fonts."""
    used = {name for name in names_in_use(TEMPLATES) | FROM_PYTHON if not is_rare(name)}
    if not state_identity:
        used -= OF_THE_STATE
    shipped = _shipped(lambda selector, known: can_match(selector, used, known))
    rules = [rule for rule in shipped if rule.head != "@font-face" or state_identity and _is_served(rule)]
    rules += _own(OWN_PARTS)
    css.drop_idle_variables([*rules, *_rare()])
    text = css.write(rules)
    if not state_identity:
        text = text.replace("Marianne,arial,sans-serif", SYSTEM_FONTS)
    version = VERSION_FILE.read_text().strip()
    return f"/*! Parts of the DSFR {version}, MIT licence, restricted use of the State's identity. */\n{text}"


def rare_sheet() -> str:
    """Return what few pages have beside the sheet of all: tables of figures, cards, side menus, charts, papers."""
    return css.write(_rare())


def is_rare(name: str) -> bool:
    """Return whether a class of the design system stands in the sheet of few pages."""
    return re.split("__|--", name)[0] in RARE_COMPONENTS


def _rare() -> list[css.Rule]:
    used = names_in_use(TEMPLATES) | FROM_PYTHON

    def wanted(selector, known):
        return any(is_rare(name) for name, _whole in css.classes(selector)) and can_match(selector, used, known)

    return [rule for rule in _shipped(wanted) if rule.head != "@font-face"] + _own(RARE_PARTS)


def _shipped(wanted) -> list[css.Rule]:
    known = parts_in_use()
    rules = css.read(SHIPPED.read_text(encoding="utf-8"), lambda selector: wanted(selector, known))
    return css.replace_addresses(rules, lambda address: _inside(address, DIST))


def dark_sheet() -> str:
    """Return the colours of the dark theme alone, for a browser without scripts on a device that is dark.

    With scripts, `theme.js` names the theme, and the rules that are the same in the sheet of every page apply.
    """
    dark = [rule for rule in css.read(sheet(False)) if rule.head.startswith(DARK)]
    return css.write([css.Rule(rule.head.replace(DARK, ":root"), rule.declarations, []) for rule in dark])


def _own(parts: tuple[str, ...]) -> list[css.Rule]:
    rules = [rule for part in parts for rule in css.read((OWN / part).read_text(encoding="utf-8"))]
    return css.replace_addresses(rules, lambda address: _inside(address, OWN))


def names_in_use(folder: Path) -> set[str]:
    """Return the `fr-` classes named in the templates of a folder.

    A name that ends with a variable (`fr-alert--{{ level }}`) is returned as its beginning, `fr-alert--`.
    """
    found: set[str] = set()
    for path in folder.rglob("*.html"):
        found |= set(re.findall(r"(?<![\w-])fr-[\w-]*", path.read_text(encoding="utf-8")))
    return found - {"fr-badge--"}  # what follows is one of BADGES


def parts_in_use() -> set[str]:
    """Return the words of our templates and scripts: an element or an attribute that is not among them is nowhere."""
    texts = [path.read_text(encoding="utf-8") for path in (*TEMPLATES.rglob("*.html"), *OWN.parent.rglob("*.js"))]
    words = set(re.findall(r"[a-z][a-z0-9-]*", "\n".join(texts)))
    return (words | PARTS_FROM_PYTHON) - NOWHERE


def can_match(selector: list, used: set[str], parts: set[str]) -> bool:
    """Return whether each `fr-` class required by a selector, and each element and attribute, is in use."""
    return (
        parts.issuperset(css.parts(selector))
        and all(any(_fits(known, name, whole) for known in used) for name, whole in css.classes(selector))
        and WITHOUT_ADDRESS not in tinycss2.serialize(selector)
        and not ("button" in css.parts(selector) and any(t in tinycss2.serialize(selector) for t in LINK_TITLES))
    )


def _fits(known: str, name: str, whole: bool) -> bool:
    if not name.startswith("fr-"):
        return True
    if whole:
        return name == known or known.endswith("-") and name.startswith(known)
    return name in known


def _is_served(font: css.Rule) -> bool:
    return any(f"/{name}." in css.declaration(each) for each in font.declarations for name in FONTS)


def _inside(address: str, folder: Path) -> str:
    """Return an icon as a data URL (a few hundred bytes, no request). `dsfr:` means the folder of the package."""
    if address.startswith("fonts/"):
        return f"../dsfr/dist/{address}"
    if not address.endswith(".svg"):
        return address
    path = DIST / address.removeprefix("dsfr:") if address.startswith("dsfr:") else folder / address
    return _icon(path.resolve())


@cache
def _icon(path: Path) -> str:
    svg = re.sub(r"<\?xml[^>]*>|<!--.*?-->|\n", "", path.read_text(encoding="utf-8")).replace('"', "'")
    return "data:image/svg+xml," + quote(svg, safe=" =:/'(),;-._~!*@&+$")


SHEETS = {
    "repere/site.css": partial(sheet, False),
    "repere/site-state.css": partial(sheet, True),  # with the identity of the State
    "repere/rare.css": rare_sheet,
    "repere/dark.css": dark_sheet,
}


class Finder(BaseFinder):
    """Serve the stylesheet to the development server and to collectstatic; rebuild it when a source changed.

    Of the other files of the package only the fonts needed by the identity of the State are served.
    """

    @property
    def root(self) -> Path:
        return Path(settings.STATE_DIR) / "styles"

    def find(self, path, find_all=False):
        found = None
        if path in SHEETS:
            found = str(self._made(path))
        elif path in _fonts():
            found = str(PACKAGE / path)
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns):
        made, shipped = FileSystemStorage(location=self.root), FileSystemStorage(location=PACKAGE)
        for path in SHEETS:
            self._made(path)
            yield path, made
        for path in _fonts():
            yield path, shipped

    def check(self, **kwargs):
        return []

    def _made(self, name: str) -> Path:
        target = self.root / name
        sources = [
            Path(__file__),
            VERSION_FILE,
            *(OWN / part for part in (*OWN_PARTS, *RARE_PARTS)),
            *TEMPLATES.rglob("*.html"),
        ]
        newest = max(path.stat().st_mtime for path in sources)
        if not target.exists() or target.stat().st_mtime < newest:
            write_with_copies(target, SHEETS[name]().encode())
        return target


@cache
def _fonts() -> list[str]:
    return [f"dsfr/dist/fonts/{name}.{kind}" for name in FONTS for kind in ("woff2", "woff")]
