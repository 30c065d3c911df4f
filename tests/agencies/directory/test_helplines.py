"""Public numbers: whether a line answers now, in Paris, at night and on public holidays; what the help page shows."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from agencies.directory.display import described
from agencies.directory.rules import PARIS, Line, answers
from agencies.models import Helpline

EVERY_DAY = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "09:00", "to": "20:00"}]
FOUR_DAYS = [{"days": [1, 2, 4, 5], "from": "10:00", "to": "17:00"}]
LATE = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "to": "24:00"}]


def paris(*when) -> datetime:
    return datetime(*when, tzinfo=PARIS)


# by hand on a calendar: 27 November 2026 is a Friday, 6 April 2026 Easter Monday
CASES = [
    ("always", paris(2026, 12, 25, 3, 0), Line.ALWAYS, None),
    (None, paris(2026, 11, 27, 12, 0), Line.UNKNOWN, None),
    (EVERY_DAY, paris(2026, 11, 27, 9, 0), Line.OPEN, paris(2026, 11, 27, 20, 0)),
    (EVERY_DAY, paris(2026, 11, 27, 19, 59), Line.OPEN, paris(2026, 11, 27, 20, 0)),
    (EVERY_DAY, paris(2026, 11, 27, 20, 0), Line.CLOSED, paris(2026, 11, 28, 9, 0)),
    (EVERY_DAY, paris(2026, 11, 28, 2, 30), Line.CLOSED, paris(2026, 11, 28, 9, 0)),
    (EVERY_DAY, paris(2026, 12, 25, 10, 0), Line.OPEN, paris(2026, 12, 25, 20, 0)),
    (FOUR_DAYS, paris(2026, 11, 27, 16, 0), Line.OPEN, paris(2026, 11, 27, 17, 0)),
    (FOUR_DAYS, paris(2026, 11, 27, 17, 0), Line.CLOSED, paris(2026, 11, 30, 10, 0)),  # over the week-end
    (FOUR_DAYS, paris(2026, 11, 25, 11, 0), Line.CLOSED, paris(2026, 11, 26, 10, 0)),  # a Wednesday
    (FOUR_DAYS, paris(2026, 4, 6, 11, 0), Line.HOLIDAY, None),
    (FOUR_DAYS, paris(2026, 4, 3, 18, 0), Line.CLOSED, paris(2026, 4, 7, 10, 0)),  # not on Easter Monday
    (LATE, paris(2026, 11, 27, 23, 59), Line.OPEN, paris(2026, 11, 28, 0, 0)),
    (LATE, paris(2026, 11, 28, 0, 0), Line.CLOSED, paris(2026, 11, 28, 18, 0)),
    # 7 h UTC is 9 h in Paris in summer, 8 h in winter
    (EVERY_DAY, datetime(2026, 7, 1, 7, 0, tzinfo=UTC), Line.OPEN, paris(2026, 7, 1, 20, 0)),
    (EVERY_DAY, datetime(2026, 12, 1, 7, 59, tzinfo=UTC), Line.CLOSED, paris(2026, 12, 1, 9, 0)),
    # the night the clocks go back
    (EVERY_DAY, datetime(2026, 10, 25, 7, 30, tzinfo=UTC), Line.CLOSED, paris(2026, 10, 25, 9, 0)),
]


@pytest.mark.parametrize(("opening", "now", "state", "changes"), CASES)
def test_a_line_answers_by_its_hours_in_paris(opening, now, state, changes):
    found = answers(opening, now)
    assert (found.state, found.changes) == (state, changes)


@pytest.mark.parametrize(
    ("code", "now", "french", "english"),
    [
        ("hl_17", paris(2026, 11, 28, 2, 30), "Ouvert jour et nuit", "Open day and night"),
        ("hl_116006", paris(2026, 11, 27, 12, 0), "Ouvert maintenant, jusqu'à 20 h", "Open now, until 20:00"),
        ("hl_116006", paris(2026, 11, 27, 21, 0), "ouvre demain à 9 h", "opens tomorrow at 09:00"),
        ("hl_116006", paris(2026, 11, 27, 5, 0), "ouvre aujourd'hui à 9 h", "opens today at 09:00"),
        ("hl_mariage_force", paris(2026, 11, 27, 18, 0), "ouvre lundi à 10 h", "opens on Monday at 10:00"),
        ("hl_mariage_force", paris(2026, 4, 6, 11, 0), "Jour férié : peut être fermé", "Public holiday: may be closed"),
        ("hl_ccem", paris(2026, 11, 27, 12, 0), "Horaires non connus", "Hours not known"),
    ],
)
@pytest.mark.django_db
def test_the_state_is_said_in_words(code, now, french, english):
    line = Helpline.objects.get(pk=code)
    for language, words in (("fr", french), ("en", english)):
        with translation.override(language):
            assert described(line, now)["state"].replace("\xa0", " ").endswith(words)


@pytest.mark.django_db
def test_each_line_has_its_details_in_both_languages():
    for line in Helpline.objects.filter(active=True):
        assert line.source and line.read_on and line.audience_fr and line.cost_fr, line.pk
        for name in ("hours", "languages", "audience", "cost", "text_relay", "note"):
            assert bool(getattr(line, f"{name}_fr")) == bool(getattr(line, f"{name}_en")), (line.pk, name)
        assert (line.opening in ("always", "always_unconfirmed")) == ("jour et nuit" in line.hours_fr), line.pk


@pytest.mark.django_db
def test_an_english_page_says_in_english_where_a_number_was_read():
    line = Helpline.objects.get(pk="hl_115")
    with translation.override("fr"):
        assert described(line, timezone.now())["source"].startswith("sans source écrite")
    with translation.override("en"):
        assert described(line, timezone.now())["source"].startswith("no written source, to be checked")
    assert not Helpline.objects.filter(active=True, source_en="").exists()


@pytest.mark.django_db
def test_the_help_page_puts_nothing_above_the_numbers_for_danger(client: Client):
    html = client.get("/besoin-d-aide/").content.decode().replace("\xa0", " ").replace("&#x27;", "'")
    main = html[html.index("<main") :]
    banner = main.index("Contenu non validé")
    for number in ("tel:17", "tel:112", "sms:114"):
        assert main.index(f'href="{number}"') < banner, number
    assert main.index("tel:0144528890") < main.index("tel:116006"), "trafficking comes before victims in general"
    assert "Traite et travail forcé" in main and "Langue" in main and "Par écrit ou en langue des signes" in main
    assert "france-victimes.fr" in main and "27 nov. 2026" in main
    assert main.count("Ouvert jour et nuit") == 9 and "Jour et nuit (à confirmer)" in main


@pytest.mark.django_db
def test_the_page_says_closed_at_night(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: paris(2026, 11, 28, 2, 30))
    html = client.get("/besoin-d-aide/").content.decode().replace("\xa0", " ")
    assert "Fermé maintenant : ouvre aujourd&#x27;hui à 9 h" in html and "2 h 30" in html
