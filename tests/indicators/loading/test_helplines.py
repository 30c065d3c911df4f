"""Details of public numbers are checked with the pack: known numbers, days, times, a span within one day."""

import re

import pytest

from agencies.models import Helpline
from indicators.loading import PackRefused

pytestmark = pytest.mark.django_db
FILE = "helplines_details.yaml"
SPAN = "open: [{days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '20:00'}]"
WRONG = [
    (
        "    number: '116006'\n",
        "    number: '116007'\n",
        "lines[hl_116006].number: another number than in agencies.yaml",
    ),
    ("  - code: hl_3114\n", "  - code: hl_9999\n", "lines[hl_9999]: unknown line 'hl_9999'"),
    (SPAN, SPAN.replace("7]", "8]"), "lines[hl_116006].open[1].days: expected days, 1 (Monday) to 7"),
    (SPAN, SPAN.replace("20:00", "25:00"), "lines[hl_116006].open[1].to: expected a time"),
    (SPAN, SPAN.replace("20:00", "08:00"), "lines[hl_116006].open: a span ends after it begins"),
    (SPAN, "open: sometimes", "lines[hl_116006].open: expected always, null or a list of spans"),
]


@pytest.mark.parametrize(("old", "new", "reason"), WRONG)
def test_wrong_details_are_refused(folder, old, new, reason):
    folder.edit(FILE, old, new)
    with pytest.raises(PackRefused, match=re.escape(reason)):
        folder.load()


def test_details_follow_the_file(folder):
    folder.edit(FILE, SPAN, SPAN.replace("20:00", "19:00"))
    folder.load()
    assert Helpline.objects.get(pk="hl_116006").opening == [
        {"days": [1, 2, 3, 4, 5, 6, 7], "from": "09:00", "to": "19:00"}
    ]
    assert not Helpline.objects.filter(pk="acse").exists(), "no number was read: not opened"
