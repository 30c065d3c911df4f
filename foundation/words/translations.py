"""Compile the French catalogue from one fragment per area.

Fragments let several people add sentences without conflicts. The compiler is polib: `msgfmt` is a system program that a
new machine may not have. Fragments are written with plain spaces; French spacing (« Où ? ») is added here.
"""

import os
from pathlib import Path

import polib

from foundation.words import typography
from foundation.words.typography import with_no_break_spaces

HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "fr",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}


class TranslationError(Exception):
    """Signal an unusable fragment; the message names the file, the sentence and the reason."""


def build(locale: Path) -> int:
    """Join fragments into LC_MESSAGES/django.po and .mo; return the number of sentences, 0 when up to date.

    Raises TranslationError.
    """
    fragments = sorted((locale / "fragments").glob("*.po"))
    target = locale / "LC_MESSAGES" / "django.mo"
    sources = [*fragments, locale / "fragments", Path(__file__), Path(typography.__file__)]
    if target.exists() and all(f.stat().st_mtime < target.stat().st_mtime for f in sources if f.exists()):
        return 0
    catalogue = join(fragments)
    target.parent.mkdir(parents=True, exist_ok=True)
    for path, save in ((target.with_suffix(".po"), catalogue.save), (target, catalogue.save_as_mofile)):
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        save(str(draft))
        draft.replace(path)  # readers see the old file or the new one, never a partial one
    return len(catalogue)


def join(fragments: list[Path]) -> polib.POFile:
    """Join the fragments in the order of file names.

    Raises TranslationError for a sentence that is repeated, empty or fuzzy.
    """
    catalogue = polib.POFile()
    origin: dict[tuple[str | None, str], Path] = {}
    catalogue.metadata = HEADER
    for path in fragments:
        for entry in _read(path):
            key = (entry.msgctxt, entry.msgid)
            if key in origin:
                raise TranslationError(f"{path.name}: “{entry.msgid}” is already in {origin[key].name}.")
            if not all([entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values()):
                raise TranslationError(f"{path.name}: “{entry.msgid}” has no French.")
            if entry.fuzzy:
                raise TranslationError(f"{path.name}: “{entry.msgid}” is marked fuzzy and would be left out.")
            origin[key] = path
            entry.msgstr = with_no_break_spaces(entry.msgstr)
            entry.msgstr_plural = {n: with_no_break_spaces(text) for n, text in entry.msgstr_plural.items()}
            catalogue.append(entry)
    return catalogue


def _read(path: Path) -> polib.POFile:
    """Parse a fragment.

    polib accepts a line without its closing quote and loses its last letter, so quotes are checked.
    """
    try:
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(map(str.strip, text.splitlines()), 1):
            if line and not line.startswith("#") and not (line.endswith('"') and line.count('"') > 1):
                raise TranslationError(f"{path.name}:{number}: a quote is missing: {line}")
        return polib.pofile(text, check_for_duplicates=False)
    except (OSError, UnicodeDecodeError) as error:
        raise TranslationError(f"{path.name}: {error}") from error
