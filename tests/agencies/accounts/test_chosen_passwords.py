"""What may be chosen as a password: expected answers are written by hand."""

import gzip

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from agencies.models import User

PERSON = User(email="camille.durand@foyer-horizon.invalid", full_name="Camille Durand")

REFUSED = [
    "motdepasse2026",
    "Motdepasse2026!",
    "azertyuiop12",
    "123456789012",
    "passwordpassword",
    "Bonjour2026!!",
    "soleil soleil soleil",
    "aaaaaaaaaaaa",
    "Marseille-2026",
    "camille.durand13",
    "Repère2026!Repère",
    "foyer-horizon-26",
    "Signalement2026",
    "Gendarmerie1!",
    "qwertyuiop123",
    "31121999 31121999",
    "court",
]
TAKEN = [
    "un chat lit sous la pluie",
    "cinq lampes et une valise",
    "98347502938475206631",  # digits alone, twenty of them: no rule of composition
    "vélo tambour brouillard",
    "x9 kd 83 lqmv tz",
    "J'aime le chocolat noir",
    "é" * 3 + "quinze poires bleues",
    "b" + "Vq7#kLm2" * 15,
]


@pytest.mark.parametrize("password", REFUSED)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, PERSON)


@pytest.mark.parametrize("password", TAKEN)
def test_what_takes_long_to_guess_is_taken(password):
    validate_password(password, PERSON)


def test_a_word_of_the_organisation_counts_as_known():
    other = User(email="camille.durand@autre.invalid", full_name="Camille Durand")
    validate_password("tilleulsargent77", other)
    with pytest.raises(ValidationError):
        validate_password("tilleulsargent77", User(email="a.b@tilleuls-argent.invalid", full_name="A B"))


def test_every_thousandth_leaked_password_of_our_length_is_refused():
    with gzip.open(settings.BASE_DIR / "data" / "common_passwords.txt.gz", "rt", encoding="utf-8") as lines:
        leaked = lines.read().split("\n")[:-1]
    assert len(leaked) == 43_940 and min(map(len, leaked)) == 12
    for password in leaked[::1000]:
        with pytest.raises(ValidationError):
            validate_password(password.title())
