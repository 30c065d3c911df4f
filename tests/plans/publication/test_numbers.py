"""Numbers in words and signs, in the language of the reader."""

from django.utils.translation import override

from plans.publication.rules import numbers


def test_numbers_are_said_in_the_readers_language():
    with override("fr"):
        assert numbers.amount(4823, "person") == "4\u202f823" or numbers.amount(4823, "person") == "4\xa0823"
        assert numbers.amount("13.60", "per_100k") == "13,6"
        assert numbers.amount(86, "percent") == "86\u202f%"
        assert numbers.amount(None) == "non connu"
        assert numbers.number(0) == "0"
        assert numbers.number(100) == "100"
    with override("en"):
        assert numbers.amount(4823, "person") == "4,823"
        assert numbers.amount(86, "percent") == "86%"
        assert numbers.amount(None) == "not known"
