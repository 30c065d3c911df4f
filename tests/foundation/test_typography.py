"""Spaces that do not break in French, and what they must leave alone."""

import pytest

from foundation.words.typography import with_no_break_spaces


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Où ?", "Où\u202f?"),
        ("Vite ! Ici ; là : voilà.", "Vite\u202f! Ici\u202f; là\u00a0: voilà."),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("20 % et 30 €", "20\u00a0% et 30\u00a0€"),
        ("100 %%", "100\u00a0%%"),
        ("24 h/24, 10 h 22, 3 heures", "24\u00a0h/24, 10\u00a0h\u00a022, 3 heures"),
        ("%(n)s € et %(n)s %%", "%(n)s\u00a0€ et %(n)s\u00a0%%"),
        ("Où\u00a0?", "Où\u00a0?"),  # already said
        ("%(n)s %(what)s", "%(n)s %(what)s"),
        ("https://exemple.invalid/?a=1;b:c", "https://exemple.invalid/?a=1;b:c"),
        ("à 10:30, ?page=2 :nth-child", "à 10:30, ?page=2 :nth-child"),
        ("", ""),
    ],
)
def test_spaces_that_do_not_break(typed, shown):
    assert with_no_break_spaces(typed) == shown
    assert with_no_break_spaces(shown) == shown
