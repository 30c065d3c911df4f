"""Countries by name in both languages: those of ISO 3166 and Kosovo, each found again by what it is called."""

from django.utils import translation

from foundation.words import countries


def test_the_countries_are_those_of_iso_3166_and_kosovo():
    """A count that changes with a new version of Unicode's names: look up what came, in ISO 3166-1 (249 in 2026)."""
    assert len(countries.CODES) == 250
    assert {"FR", "XK", "PS", "TW", "BQ", "SS", "AQ", "EH"} <= countries.CODES
    assert not countries.CODES & {"EU", "UN", "ZZ", "XA", "IC", "UK", "SU", "YU"}


def test_each_country_is_found_by_its_name_in_both_languages():
    for tongue in ("fr", "en"):
        with translation.override(tongue):
            names = {code: countries.label(code) for code in countries.CODES}
            assert all(name != code for code, name in names.items()), "each has a name"
            assert {countries.code_of(name) for name in names.values()} == countries.CODES
            assert len(countries.names()) == 251, "and the stateless"


def test_a_country_is_found_without_accents_or_capitals():
    assert countries.code_of("cote d'ivoire") == countries.code_of("Côte d’Ivoire") == "CI"
    assert countries.code_of("Apatride") == countries.STATELESS
    assert countries.code_of("Ascension") is None
