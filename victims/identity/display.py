"""Present an identity in words."""

from django.utils.translation import gettext as _

from foundation.words import countries
from victims.cases.words import word

from .words import SEXES


def identity(data: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of an identity, without empty answers."""
    births = [f"{born} {_('(estimated)')}" if guessed else born for born, guessed in births_in_words(data)]
    facts = [
        (_("Family name"), data.get("family_name", "")),
        (_("Given names"), data.get("given_names", "")),
        (_("Other names used"), " · ".join(data.get("aliases", []))),
        (_("Dates of birth given") if len(births) > 1 else _("Date of birth"), " · ".join(births)),
        (_("Nationality"), ", ".join(map(countries.label, data.get("nationalities", [])))),
        (_("Sex"), word(SEXES, data.get("sex"))),
    ]
    return [(question, answer) for question, answer in facts if answer]


def births_in_words(data: dict) -> list[tuple[str, bool]]:
    """Return each birth in French order (12/03/1998, 03/1998, 1998), and whether it is estimated."""
    return [("/".join(reversed(b["date"].split("-"))), b.get("estimated", False)) for b in data.get("births", [])]
