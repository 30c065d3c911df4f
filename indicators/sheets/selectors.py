"""Read practical sheets with the words of the codes they name, kept by the version of the reference lists."""

import re
from dataclasses import dataclass

from agencies.directory.selectors import spoken
from agencies.models import Agency, Directory, Helpline
from foundation.words.reference_lists import kept
from indicators.catalogue import selectors as catalogue_selectors
from indicators.models import LegalText, PackFile, Sheet
from indicators.procedures import selectors as procedures_selectors

FILE = "sheets.yaml"
TEXTS = ("look_for", "first_words", "avoid", "alert", "duty", "after")


@dataclass(frozen=True)
class Way:
    """Hold whom to alert at one urgency."""

    urgency: str
    procedure: procedures_selectors.Shown | None
    lines: tuple[Helpline, ...]
    agencies: tuple[Directory, ...]
    when_fr: str = ""  # in place of the name of the urgency
    when_en: str = ""

    @property
    def numbers(self) -> list[dict]:
        """Return the numbers to call, as pages show them in the reader's language."""
        return [spoken(line) for line in self.lines]


@dataclass(frozen=True)
class Shown:
    """Wrap a sheet with what its codes mean; other attributes are those of the row."""

    row: Sheet
    signs: tuple
    texts: tuple[LegalText, ...]
    procedures: tuple[procedures_selectors.Shown, ...]
    ways: tuple[Way, ...]
    acronyms: tuple[Directory, ...]  # bodies that its texts name by their letters alone: the page spells them

    def __getattr__(self, name):
        return getattr(self.row, name)


@dataclass(frozen=True)
class SheetBook:
    """Hold the sheets in use by code, in the order of the pack."""

    version: str
    date: object
    validated_by: str | None
    sheets: dict[str, Shown]

    def of_kind(self, kind: str, body: str | None = None) -> list[Shown]:
        """Return the sheets for members of agencies of this kind: those for their body of the directory, if any is."""
        found = [sheet for sheet in self.sheets.values() if kind in sheet.kinds]
        return [sheet for sheet in found if body in sheet.bodies] or found


def sheet_book() -> SheetBook:
    """Return the sheets as last loaded, with the numbers of now. Raises PackFile.DoesNotExist without a pack."""
    return kept(_book)


def own_sheets(agency: Agency) -> list[Shown]:
    """Return the sheets for the members of an agency."""
    return sheet_book().of_kind(agency.kind, agency.profile_id)


def _book() -> SheetBook:
    own = PackFile.objects.get(name=FILE)
    grids, catalogue = catalogue_selectors.grids(), catalogue_selectors.current()
    words = {**catalogue.indicators, **grids.worded}
    book, bodies = procedures_selectors.book(), Directory.objects.in_bulk()
    lines = {line.pk: line for line in Helpline.objects.filter(active=True)}

    def shown(row: Sheet) -> Shown:
        return Shown(
            row,
            _known(words, row.indicators),
            _known(book.texts, row.legal_texts),
            _known(book.procedures, row.procedures),
            tuple(
                Way(
                    way["urgency"],
                    book.procedures.get(way["procedure"]),
                    _known(lines, way["helplines"]),
                    _known(bodies, way["agencies"]),
                    way.get("when_fr", ""),
                    way.get("when_en", ""),
                )
                for way in row.alerts
            ),
            tuple(bodies_named(row, bodies.values())),
        )

    return SheetBook(
        own.version, own.date, own.validated_by, {row.pk: shown(row) for row in Sheet.objects.filter(active=True)}
    )


def bodies_named(row: Sheet, bodies) -> list[Directory]:
    """Return the bodies of the pack that a sheet names by their letters alone."""
    said = " ".join(getattr(row, f"{field}_{tongue}") for field in TEXTS for tongue in ("fr", "en"))
    letters = set(re.findall(r"\w+", said))
    return [
        body
        for body in bodies
        if body.active and body.acronym in letters and body.provenance not in Directory.NOT_OF_THE_PACK
    ]


def _known(words, codes: list[str]) -> tuple:
    return tuple(words[code] for code in codes if code in words)
