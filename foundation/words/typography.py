"""Apply French spacing: keep punctuation marks with their word at the end of a line.

Applied to the catalogue of sentences and to the content of the pack, whose authors type plain spaces. Never applied to
what a user typed: that is shown and returned as written.
"""

import re

WIDE, THIN = "\u00a0", "\u202f"
RULES = (
    (re.compile(r"(?<=\S) (?=[;!?](?!\w))"), THIN),
    (re.compile(r"(?<=\S) (?=:(?!\S*//)(?![\w-]))"), WIDE),
    (re.compile(r"(?<=«) | (?=»)"), WIDE),
    # after a number, or a placeholder for one
    (re.compile(r"(?:(?<=\d)|(?<=\)[sd])) (?=(?:%(?!\()|€|h)(?:\W|$))"), WIDE),
    (re.compile(r"(?<=\d[ \u00a0]h) (?=\d\d\b)"), WIDE),
)


def with_no_break_spaces(text: str) -> str:
    """Return the sentence with no-break spaces where French requires them."""
    for rule, space in RULES:
        text = rule.sub(space, text)
    return text
