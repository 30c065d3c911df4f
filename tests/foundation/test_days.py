"""A day in a cell is read in one place, whoever asks: since when a case is followed, and a date of birth."""

from datetime import date

import pytest
from django.utils import timezone

from foundation.words.days import day_in
from referral.htcds.rules.tables import age_on_today


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/03/2026", date(2026, 3, 15)),
        ("2026-03-15", date(2026, 3, 15)),
        ("15.03.2026", date(2026, 3, 15)),
        ("15-03-2026", date(2026, 3, 15)),
        ("15/03/26", date(2026, 3, 15)),
        ("3 février 2026", date(2026, 2, 3)),
        ("1er mars 2026", date(2026, 3, 1)),
        ("31/02/2026", None),
        ("31 février 2026", None),
        ("3 brumaire 2026", None),
        ("03/15/2026", None),
        ("", None),
    ],
)
def test_a_day_as_people_write_it(text, day):
    assert day_in(text) == day


@pytest.mark.parametrize("shape", ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "1er janvier %Y"])
def test_an_age_is_that_of_today_however_the_day_is_written(shape):
    born = date(timezone.localdate().year - 20, 1, 1)
    assert age_on_today(born.strftime(shape)) == "20"


@pytest.mark.parametrize("text", ["01/01/2999", "1899-01-01", "vingt ans", ""])
def test_no_age_of_what_gives_none(text):
    assert age_on_today(text) == ""
