"""The site's one stylesheet: the parts of the State's design system in use, and our own rules, in a single small file.

The package ships the whole system: 700 KB of rules, one file a component, one request an icon. A phone on a slow
network must be able to type its first answer after 90 KB and six requests. So the parts in use are read from the
installed package, what no page can reach is left out, icons are written inside, and the result is compressed beside
itself, where whitenoise looks for it. Why not a copy in the repository: docs/decisions/0006-one-stylesheet.md.
"""

import gzip
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import brotli
import dsfr
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

DIST = Path(dsfr.__file__).parent / "static/dsfr/dist"
OWN = Path(settings.BASE_DIR) / "static/repere"
OWN_PARTS = (
    "shell.css",
    "parts.css",
    "pages.css",
    "alerts.css",
    "cases.css",
    "work.css",
    "desks.css",
    "policy.css",
    "evaluation.css",
    "commitments.css",
)
COMPONENTS = (
    "link", "button", "form", "input", "radio", "checkbox", "select", "password", "upload", "alert", "badge",
    "callout", "card", "stepper",
)  # fmt: skip
WEIGHTS = ("Regular", "Bold")  # 42 KB each: a third would put the first visit over its budget
SHEETS = {"repere/site.css": False, "repere/site-state.css": True}  # True: with the State's identity

# Selectors no page of ours uses: spacing by screen size, offsets, the decorative accents, old icon names.
ACCENTS = "green-|blue-ecume|blue-cumulus|purple-glycine|pink-|yellow-|orange-|brown-|beige-gris"
UNUSED = re.compile(
    rf"\.fr-[mp][trblxy]?-(?:(?:sm|md|lg|xl|first|last)-|n\d)|\.fr-col-offset|--(?:{ACCENTS})|fr-fi-|\.fr-ratio|"
    r"fr-responsive|\.fr-display|\.fr-grid-row--(?:right|center|left|top|bottom)|fr-link--close|fr-tag--dismiss|"
    r"fr-consent|fr-btns-group--(?:between|center|right|lg|sm|icon)|fr-btn--(?:close|display|briefcase|account|team|"
    r"fullscreen|tooltip|sort)|fr-connect|fr-enlarge-button|fr-card--(?:download|horizontal|lg|sm|no-)|"
    r"fr-card__(?:header|img|badge|start)|type=range|contacts-auto-fill|fr-stepper--|::-ms-"
)
VARIABLE = re.compile(r"(--[\w-]+):")
SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'


def sheet(state_identity: bool) -> str:
    """The whole stylesheet. Off the State's identity no rule names its fonts, so that none can be asked for."""
    parts = [DIST / "core/core.main.min.css", DIST / "scheme/scheme.min.css"]
    names = (*COMPONENTS, "logo") if state_identity else COMPONENTS
    parts += [DIST / f"component/{name}/{name}.main.min.css" for name in names]
    kept = [text for part in parts for text in _kept(_read(part), part.parent, state_identity)]
    kept += [_small((OWN / name).read_text(encoding="utf-8"), OWN) for name in OWN_PARTS]
    text = "".join(kept)
    if not state_identity:
        text = re.sub(r"Marianne,arial,sans-serif", SYSTEM_FONTS, text)
    return (
        "/*! Contains parts of the DSFR, MIT licence, restricted use of the State's identity. */\n"
        + _without_idle_variables(text)
    )


def _read(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _small(text: str, folder: Path) -> str:
    """Our own rules are written to be read: comments, indentation and line ends do not travel."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return _with_icons(re.sub(r" ?([{};,]) ?|: ", lambda m: m.group(1) or ":", text).strip(), folder)


def rules(css: str):
    """Top-level rules as (what stands before the brace, what stands inside)."""
    start = 0
    while (opening := css.find("{", start)) >= 0:
        depth, at = 1, opening
        while depth:
            at += 1
            depth += {"{": 1, "}": -1}.get(css[at], 0)
        yield css[start:opening].strip(), css[opening + 1 : at]
        start = at + 1


def _kept(css: str, folder: Path, state_identity: bool):
    for before, body in rules(css):
        if before == "@font-face":
            if state_identity and any(f"Marianne-{weight}." in body for weight in WEIGHTS):
                yield f"{before}{{{body.replace('../fonts/', '../dsfr/dist/fonts/')}}}"
        elif before.startswith(("@media", "@supports")):
            if "-ms-high-contrast" not in before and (inner := "".join(_kept(body, folder, state_identity))):
                yield f"{before}{{{inner}}}"
        elif before.startswith("@"):
            yield f"{before}{{{body}}}"
        elif selectors := [s for s in _selectors(before) if not UNUSED.search(s)]:
            yield f"{','.join(selectors)}{{{_with_icons(body, folder)}}}"


def _selectors(text: str) -> list[str]:
    """Split at commas, those inside parentheses apart."""
    return re.split(r",(?![^(]*\))", text)


def _with_icons(css: str, folder: Path) -> str:
    """Icons are a few hundred bytes each: inside the file they cost no request."""

    def inside(match):
        address = match.group(1).strip("\"'")
        path = DIST / address.removeprefix("dsfr:") if address.startswith("dsfr:") else folder / address
        return f'url("{_icon(path.resolve())}")'

    return re.sub(r"url\(([^)\"]+\.svg|\"[^)\"]+\.svg\")\)", inside, css)


@cache
def _icon(path: Path) -> str:
    svg = re.sub(r"<\?xml[^>]*>|<!--.*?-->|\n", "", path.read_text(encoding="utf-8")).replace('"', "'")
    return "data:image/svg+xml," + quote(svg, safe=" =:/'(),;-._~!*@&+$")


def _without_idle_variables(css: str) -> str:
    """Colours nobody reads are left out, then those only they read, until all that remain are used."""
    while True:
        used = set(re.findall(r"var\((--[\w-]+)", css))
        idle = {name for name in VARIABLE.findall(css) if name not in used}
        if not idle:
            return css
        names = "|".join(sorted(map(re.escape, idle), key=len, reverse=True))
        css, changed = re.subn(rf"(?<=[{{;])(?:{names}):[^;{{}}]*(?:;|(?=}}))", "", css)
        if not changed:
            return css


class Finder(BaseFinder):
    """Gives the stylesheet to the development server and to collectstatic, made again when a source changed."""

    @property
    def root(self) -> Path:
        return Path(settings.STATE_DIR) / "styles"

    def find(self, path, find_all=False):
        made = str(self._made(path)) if path in SHEETS else None
        if find_all:
            return [made] if made else []
        return made

    def list(self, ignore_patterns):
        storage = FileSystemStorage(location=self.root)
        for path in SHEETS:
            self._made(path)
            yield path, storage

    def check(self, **kwargs):
        return []

    def _made(self, name: str) -> Path:
        target = self.root / name
        sources = [Path(__file__), DIST.parent / "dsfr_version", *(OWN / part for part in OWN_PARTS)]
        newest = max(path.stat().st_mtime for path in sources)
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            css = sheet(SHEETS[name]).encode()
            # compressed copies first: a reader that finds the sheet finds them too
            _write(target.with_name(target.name + ".gz"), gzip.compress(css, 9, mtime=0))
            _write(target.with_name(target.name + ".br"), brotli.compress(css))
            _write(target, css)
        return target


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
