"""Countries by name in both languages: those of ISO 3166 and Kosovo, each found again by what it is called."""

from django.utils import translation

from referral import nationalities


def test_the_countries_are_those_of_iso_3166_and_kosovo():
    """A count that changes with a new version of Unicode's names: look up what came, in ISO 3166-1 (249 in 2026)."""
    assert len(nationalities.CODES) == 250
    assert {"FR", "XK", "PS", "TW", "BQ", "SS", "AQ", "EH"} <= nationalities.CODES
    assert not nationalities.CODES & {"EU", "UN", "ZZ", "XA", "IC", "UK", "SU", "YU"}


def test_each_country_is_found_by_its_name_in_both_languages():
    for tongue in ("fr", "en"):
        with translation.override(tongue):
            names = {code: nationalities.label(code) for code in nationalities.CODES}
            assert all(name != code for code, name in names.items()), "each has a name"
            assert {nationalities.code_of(name) for name in names.values()} == nationalities.CODES
            assert len(nationalities.names()) == 251, "and the stateless"


def test_a_country_is_found_without_accents_or_capitals():
    assert nationalities.code_of("cote d'ivoire") == nationalities.code_of("Côte d’Ivoire") == "CI"
    assert nationalities.code_of("Apatride") == nationalities.STATELESS
    assert nationalities.code_of("Ascension") is None
