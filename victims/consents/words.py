"""Closed lists on how an agreement was given, and their text."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Kind, Level
from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from victims.cases.words import INTERPRETER

PROOFS = [
    ("oral", _("Said aloud")),
    ("written", _("Signed on paper")),
    ("interpreted", _("Said through an interpreter")),
    ("witnessed", _("Said before a witness the person chose")),
]
NO_INTERPRETER = ("none", _("No interpreter needed"))
INTERPRETERS = [NO_INTERPRETER, *INTERPRETER]
SPOKEN = [*LANGUAGES, OTHER_LANGUAGE]


LEVELS = [
    (Level.SUMMARY, _("Summary: no story, no identity")),
    (Level.FILE, _("File: signs, assessment and story too")),
]
CATEGORIES = [
    (Category.IDENTITY, _("Identity")),
    (Category.CONTACT, _("Safe contact (ways to reach the person)")),
    (Category.HEALTH, _("Health")),
    (Category.OFFENCE, _("Presumed authors")),
    (Category.RESIDENCE, _("Right to stay, asylum included")),
]
# what these allow stays with the agency that asks: a service named in one would read by an agreement to be counted
TELLS_NOBODY = ("record", "statistics", "participation")
# kinds of agencies that an agreement may cover as a whole; others are named one by one
AGREED_KINDS = (Kind.NGO, Kind.NGO_NETWORK, Kind.SOCIAL_AFFAIRS, Kind.HEALTH, Kind.CHILD_PROTECTION, Kind.LABOUR,
                Kind.UNION, Kind.INTERIOR, Kind.JUSTICE)  # fmt: skip


def kind_words(kind: Kind) -> str:
    """Return what an agreement by kind covers: of the Interior, never a préfecture (`Consent.names`)."""
    return _("Police, gendarmerie; a préfecture only when it is named") if kind == Kind.INTERIOR else kind.label
