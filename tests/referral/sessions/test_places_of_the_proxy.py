"""The sizes that the application counts by are those that the proxy sorts by: said in two languages, compared here."""

import re
from pathlib import Path

from referral.config.bodies import SMALL
from referral.sessions.operations.places import MOST, TEXT

PROXY = (Path(__file__).parents[3] / "deploy" / "Caddyfile").read_text()


def test_a_long_text_is_the_same_for_the_proxy_and_for_who_gives_the_places():
    (proxy,) = re.findall(r"@text header_regexp Content-Length (\S+)", PROXY)
    for length in (9_999, 10_000, 99_999, 100_000, 319_999, 320_000, 1_000_000):
        is_text = 10_000 <= length < 320_000
        assert bool(re.search(proxy, str(length))) is is_text, length
        assert bool(TEXT.fullmatch(str(length))) is is_text, length


def test_a_body_waits_for_a_place_from_the_same_length_on():
    (without,) = re.findall(r"not header_regexp Content-Length (\S+)", PROXY)
    assert not re.search(without, str(SMALL))
    assert re.search(without, str(SMALL - 1))
    assert re.search(without, "0")


def test_the_longest_body_is_the_same():
    assert re.findall(r"max_size (\d+)MB", PROXY) == [str(MOST // 1_000_000)]
    assert MOST % 1_000_000 == 0
