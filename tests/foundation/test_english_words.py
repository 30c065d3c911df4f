"""The English sentences say what an English reader says: a person is referred to a service, by a referral."""

import re
from pathlib import Path

FRAGMENTS = Path(__file__).parents[2] / "locale" / "fr" / "fragments"
ENGLISH = re.compile(r'^msgid(?:_plural)? ((?:"(?:[^"\\]|\\.)*"\n)+)', re.MULTILINE)
ORIENT = re.compile(r"(?<!sexual )\borient(s|ed|ing|ation|ations)?\b", re.IGNORECASE)


def test_sending_a_person_to_a_service_is_a_referral_in_english():
    sentences = [
        "".join(re.findall(r'"(.*)"', found))
        for path in FRAGMENTS.glob("*.po")
        for found in ENGLISH.findall(path.read_text())
    ]
    assert len(sentences) > 3000, "the fragments are read"
    assert [sentence for sentence in sentences if ORIENT.search(sentence)] == []
