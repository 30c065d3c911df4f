"""Who is counted with whom: said by hand, without a database."""

import pytest

from agencies.tries import rules

HERE, EMAIL = "203.0.113.9", "a@exemple.invalid"


def kinds(what, **known) -> list[str]:
    return sorted(limit.kind for limit in rules.limits(what, EMAIL, HERE, **{"known": False, **known}).values())


@pytest.mark.parametrize(
    ("what", "known", "counted"),
    [
        (rules.PASSWORD, {}, ["account", "address", "pair", "total"]),
        (rules.PASSWORD, {"word": "faux"}, ["account", "address", "pair", "total", "word"]),
        (rules.PASSWORD, {"known": True, "word": "faux"}, ["pair"]),
        (rules.PASSWORD, {"browser": "proof", "word": "faux"}, ["browser"]),
        (rules.PASSWORD, {"known": True}, ["pair"]),
        (rules.PASSWORD, {"browser": "proof"}, ["browser"]),
        (rules.PASSWORD, {"browser": "proof", "known": True}, ["browser"]),
        (rules.CODE, {}, ["address", "pair", "total"]),  # too long to be guessed: nobody closes it from elsewhere
        (rules.OWN, {}, ["account", "pair"]),
        (rules.SECRET, {}, ["address", "pair", "rate", "total"]),
        (rules.SECRET, {"known": True}, ["pair", "rate"]),
    ],
)
def test_what_counts_a_try(what, known, counted):
    assert kinds(what, **known) == counted


def test_what_names_no_account_closes_no_other_place():
    """A passkey alone, an identity of the State: whoever tries wrong ones elsewhere keeps nobody from signing in."""
    for what in (rules.FACTOR, rules.PROVIDER):
        here, there = (rules.limits(what, "", place, known=False) for place in (HERE, "203.0.113.10"))
        assert sorted(limit.kind for limit in here.values()) == ["address", "total"]
        assert [here[digest].kind for digest in here.keys() & there.keys()] == ["total"]
    assert kinds(rules.FACTOR) == ["account", "address", "pair", "total"]  # the near miss: a second factor of somebody


def test_each_thing_tried_has_counts_of_its_own():
    found = [set(rules.limits(what, EMAIL, HERE, known=False)) for what in ("password", "own", "code", "secret")]
    assert sum(map(len, found)) == len(set.union(*found))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one subscriber has the whole /64
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", False),  # IPv4, as a socket of both kinds writes it
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("", "203.0.113.9", False),
    ],
)
def test_callers_that_are_one(one, other, same):
    assert (rules.network(one) == rules.network(other)) is same
    assert (rules.known_as("password", EMAIL, one) == rules.known_as("password", EMAIL, other)) is same


def test_digests_tell_neither_account_nor_address():
    assert all(
        len(digest) == 64 and EMAIL not in digest for digest in rules.limits("password", EMAIL, HERE, known=False)
    )
    assert rules.digest("a", "b") != rules.digest("b", "a")


def test_a_password_falls_on_a_heap_of_thousands():
    heaps = {rules.heap(f"mot de passe {n}") for n in range(2000)}
    assert len(heaps) > 1900 and all(len(one) == 4 for one in heaps)
    assert rules.heap("trois girafes") == rules.heap("trois girafes")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.7.1", True),  # a telephone on its operator's network
        ("203.0.113.9", "203.1.113.9", False),
        ("2001:db8:1:2::1", "2001:db8:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db9:1:2::1", False),
        ("::ffff:203.0.113.9", "203.0.7.1", True),
    ],
)
def test_places_that_are_one(one, other, same):
    assert (rules.placed_as(EMAIL, one) == rules.placed_as(EMAIL, other)) is same
