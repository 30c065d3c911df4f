"""Compare texts as people type them."""

import unicodedata


def plain(text: str) -> str:
    """Return the text without accents, capitals and signs: « Nº de dossier » becomes « n de dossier »."""
    apart = unicodedata.normalize("NFKD", str(text)).casefold()
    letters = "".join(c if c.isalnum() or c == "?" else " " for c in apart if not unicodedata.combining(c))
    return " ".join(letters.split())
