"""Are two identities one person's? Expected answers written by hand, and the figures on a small sample."""

import pytest

from dev.management.commands.match_figures import measure
from dev.seeding.planted_pairs import planted, unrelated
from victims.matching.rules import compare, tokens
from victims.matching.rules.births import Birth, weight_of
from victims.matching.rules.spelling import skeletons, words


def who(family="", given="", born="", nation="", **more):
    found = {"family_name": family, "given_names": given, **more}
    if born:
        found["births"] = [{"date": born}]
    if nation:
        found["nationalities"] = [nation]
    return found


def asked(one, two) -> bool:
    both = bool(tokens(one) & tokens(two)) and compare(one, two) is not None
    assert both == (bool(tokens(two) & tokens(one)) and compare(two, one) is not None), "not the same both ways"
    return both


KNOWN = who("Belkhafaoui", "Khadija Houda", "1998-03-12", "MA")


@pytest.mark.parametrize(
    ("family", "given", "born", "nation"),
    [
        ("BELKHAFAOUI", "Khadija Houda", "1998-03-12", "MA"),
        ("Belkhafawi", "Hadidja", "1998-03-12", "MA"),  # as heard
        ("Khadija", "Belkhafaoui", "1998-03-12", "MA"),  # the wrong way round
        ("Belkhafaoui", "Khadija", "", ""),  # birth and country unknown
        ("Belkhafaoui", "Khadija", "1998-12-03", "MA"),  # day and month the other way round
        ("Belkhafaoui", "Khadija", "1998", "MA"),
        ("Belkhafoui", "Kahdija", "1998-03-12", "MA"),  # a slip of the finger in each
        ("El Belkhafaoui", "Khadija", "1998-03-12", "FR"),
    ],
)
def test_the_same_person_written_down_again(family, given, born, nation):
    assert asked(KNOWN, who(family, given, born, nation))


@pytest.mark.parametrize(
    ("family", "given", "born", "nation"),
    [
        ("Belkhafaoui", "Soufiane", "2004-11-02", "MA"),  # a brother
        ("Raddaidi", "Khadija", "1998-07-30", "MA"),  # the same first name, the same year
        ("Belkhafaoui", "Khadija", "1961-03-12", "DZ"),  # an aunt
        ("Nwobiyemi", "Osas", "1998-03-12", "NG"),  # the same day
        ("", "Khadija", "", ""),  # a first name alone says nothing
        ("", "Khadija", "1998", "MA"),
    ],
)
def test_somebody_else(family, given, born, nation):
    assert not asked(KNOWN, who(family, given, born, nation))


def test_every_name_and_every_birth_counts():
    """Known at work by another name, and with a second date that suited somebody."""
    other = who("Zerouki", "Nadia", "2001-01-15", "MA", aliases=["Khadija Belkhafaoui"])
    assert not asked(KNOWN, who("Zerouki", "Nadia", "2001-01-15", "MA"))
    assert not asked(KNOWN, other)  # the name alone, against a birth of another year
    other["births"].append({"date": "1998-03-12"})
    assert asked(KNOWN, other)


def test_a_first_of_january_is_a_year():
    """Written where nobody knows the day."""
    assert weight_of(Birth(1998), Birth(1998, 3, 12)) == (2.0, "birth_year")
    one, two = who("Diamarou", "Awa", "1998-01-01", "ML"), who("Koulibaré", "Awa", "1998-01-01", "ML")
    assert not asked(one, two)
    assert asked(one, who("Diamarou", "Hawa", "1998-06-20", "ML"))


def test_reasons_are_codes_and_hold_no_value():
    found = compare(KNOWN, who("Belkhafaoui", "Khadija Houda", "1998-12-03", "MA"))
    assert found.reasons == ["names_same", "birth_swapped", "nation_same"]
    assert found.strength == "strong"
    assert compare(KNOWN, who("Belkhafaoui", "Khadija")).strength == "likely"


@pytest.mark.parametrize(
    "same",
    [
        ("Mohamed", "Muhammad", "Mamadou", "محمد"),
        ("Ouattara", "Wattara"),
        ("Abderrahmane", "Abd al-Rahman", "Abdul Rahman"),
        ("Kovaltchik", "Kowalczyk"),
        ("Nguyễn", "Nguyen"),
        ("Zhang", "Tchang"),
        ("Youssef", "Yusuf"),
    ],
)
def test_names_heard_alike_share_a_skeleton(same):
    heard = [{key for word in words(name) for key in skeletons(word)} for name in same]
    assert set.intersection(*heard)


def test_particles_go_only_when_two_words_stay():
    assert words("de la Rosalva Maria") == words("Rosalva Maria")
    assert len(words("Lê Le")) == 1  # a family name, here


def test_no_token_stands_for_one_common_name_alone():
    assert tokens({"given_names": "Fatima"}) == set()
    assert {token.split()[0] for token in tokens(KNOWN)} == {"pair", "year", "nation", "date"}


def test_the_figures_on_a_sample():
    """The whole is `manage.py match_figures`; a fifth of it here, by another seed."""
    all_, found, _ = measure(planted, 100, 7)
    assert sum(found.values()) >= 95
    assert len(all_) >= 8, "the sample leaves out kinds of variation"
    all_, found, _ = measure(unrelated, 1000, 7)
    assert sum(found.values()) <= 10
    assert len(all_) == 5
