"""French spacing: signs that stay with their word at the end of a line.

Authors type plain spaces; the catalogue of sentences and the pack's content pass through here. What a person typed
never does: it is shown, and given back, as it was written.
"""

import re

WIDE, THIN = "\u00a0", "\u202f"
RULES = (
    (re.compile(r"(?<=\S) (?=[;!?](?!\w))"), THIN),
    (re.compile(r"(?<=\S) (?=:(?!\S*//)(?![\w-]))"), WIDE),
    (re.compile(r"(?<=«) | (?=»)"), WIDE),
    # after a number, or where one is put in
    (re.compile(r"(?:(?<=\d)|(?<=\)[sd])) (?=(?:%(?!\()|€|h)(?:\W|$))"), WIDE),
    (re.compile(r"(?<=\d[ \u00a0]h) (?=\d\d\b)"), WIDE),
)


def breathe(text: str) -> str:
    """The same sentence, with spaces that do not break where French forbids it."""
    for rule, space in RULES:
        text = rule.sub(space, text)
    return text
