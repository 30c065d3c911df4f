"""Define the words of an address, « qui je suis » and « pour qui », and what they mean in the pack."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Kind


@dataclass(frozen=True)
class Reader:
    """Describe who reads: a word of the address and the kind of agency it means."""

    slug: str
    code: str  # a kind of agency, or any, public_agent
    label: str


@dataclass(frozen=True)
class Person:
    """Describe for whom: a word of the address and the profile it means."""

    slug: str
    profile: str
    label: str


READERS = (
    Reader("tout-professionnel", "any", _("Any professional, or I do not know")),
    Reader("sante", Kind.HEALTH, _("Care: hospital, midwife, school nurse, pharmacy")),
    Reader("ecole", Kind.EDUCATION, _("School, college, university")),
    Reader("action-sociale", Kind.SOCIAL_AFFAIRS, _("Social work, emergency housing")),
    Reader("commune-departement", Kind.LOCAL_AUTHORITY, _("Town hall, département, social centre")),
    Reader("protection-enfance", Kind.CHILD_PROTECTION, _("Child protection: CRIP, ASE, homes for children")),
    Reader("association", Kind.NGO, _("Association")),
    Reader("syndicat", Kind.UNION, _("Trade union")),
    Reader("entreprise", Kind.EMPLOYER, _("Company, hotel, platform")),
    Reader("police-gendarmerie", Kind.INTERIOR, _("Police, gendarmerie, prefecture")),
    Reader("justice", Kind.JUSTICE, _("Prosecutor, judge, lawyer of the court")),
    Reader("travail", Kind.LABOUR, _("Labour inspection")),
    Reader("asile", Kind.ASYLUM, _("Asylum: OFPRA, OFII, reception")),
    Reader("consulat", Kind.FOREIGN_AFFAIRS, _("Consulate, foreign affairs")),
    Reader("agent-public", "public_agent", _("Another public agent")),
)
PERSONS = (
    Person("adulte", "adult", pgettext_lazy("for whom", "An adult, form not known or another form")),
    Person("adulte-travail", "adult_labour", _("An adult exploited by work or at home")),
    Person("adulte-sexuelle", "adult_sexual", _("An adult exploited sexually")),
    Person("enfant", "child", pgettext_lazy("for whom", "A child, or age in doubt")),
    Person("enfant-travail", "child_labour", _("A child exploited by work or at home")),
    Person("enfant-sexuelle", "child_sexual", _("A child exploited sexually")),
)
BY_SLUG = {reader.slug: reader for reader in READERS}
BY_PERSON = {person.slug: person for person in PERSONS}
