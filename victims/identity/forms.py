"""Enter the identity as far as it is known: several names, births and nationalities; only one name is required.

One more line of a list is added by the server: no script is needed, and typed input is kept.
"""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.words import countries as countries_words
from indicators.codes.forms import radios
from victims.consents.display import agreement_choices

from .display import births_in_words
from .rules import NoSuchDay, OutOfRange, known_date
from .words import SEXES

AT_MOST = 10
LISTS = ("aliases", "births", "nationalities")
BIRTH = re.compile(r"^(?:(?:(\d{1,2})[/. -])?(\d{1,2})[/. -])?(\d{4})$")


class BirthField(forms.CharField):
    """Accept « 12/03/1998 », « 03/1998 » or « 1998 »; return « 1998-03-12 », « 1998-03 » or « 1998 »."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        parts = BIRTH.match(text.strip())
        if not parts:
            raise forms.ValidationError(_("Write the birth as 12/03/1998, 03/1998 or 1998."))
        day, month, year = (int(part) if part else 0 for part in parts.groups())
        try:
            return known_date(year, month, day)
        except NoSuchDay as error:
            raise forms.ValidationError(_("This day does not exist: check it, or write the year only.")) from error
        except OutOfRange as error:
            raise forms.ValidationError(_("Choose a birth between 1900 and today.")) from error


class NationalityField(forms.CharField):
    def clean(self, value):
        text = super().clean(value)
        if not text:
            return ""
        code = countries_words.code_of(text)
        if code is None:
            raise forms.ValidationError(_("Choose a country of the list, as it is written there."))
        return code


class IdentityForm(forms.Form):
    family_name = forms.CharField(required=False, max_length=120, label=_("Family name"))
    given_names = forms.CharField(required=False, max_length=120, label=_("Given names"))
    sex = forms.ChoiceField(
        required=False,
        choices=[("", _("Not known")), *SEXES],
        widget=forms.RadioSelect,
        label=_("Sex"),
        error_messages={"invalid_choice": _("Choose among the answers shown.")},
    )
    consent = radios([], _("Choose the agreement on which the identity is kept."), label=_("On which agreement?"))

    def __init__(self, data=None, *, consents, needs_consent=True, known=None, more=""):
        """Build one field per line of each list.

        `known`: data already recorded. `more`: name of a list to show with one more line; nothing is validated then.
        """
        known = known or {}
        rows = {name: _rows(data, name, known) + (name == more) for name in LISTS}
        again = _typed(data) if more else _initial(known)
        super().__init__(None if more else data, initial=again)
        self.rows = {name: min(count, AT_MOST) for name, count in rows.items()}
        self.consents = {f"consent:{c.pk}": c for c in consents}
        self.fields["consent"].choices = list(agreement_choices(consents))
        if not needs_consent:
            del self.fields["consent"]
        elif len(self.consents) == 1:
            self.initial.setdefault("consent", next(iter(self.consents)))
        for index in range(self.rows["aliases"]):
            self.fields[f"alias_{index}"] = forms.CharField(
                required=False, max_length=120, label=_("Other name used, %(n)s") % {"n": index + 1}
            )
        for index in range(self.rows["births"]):
            label = _("Date of birth") if index == 0 else _("Other date of birth given, %(n)s") % {"n": index + 1}
            self.fields[f"birth_{index}"] = BirthField(required=False, max_length=10, label=label)
            self.fields[f"estimated_{index}"] = forms.BooleanField(required=False, label=_("Estimated"))
        for index in range(self.rows["nationalities"]):
            label = _("Nationality") if index == 0 else _("Other nationality, %(n)s") % {"n": index + 1}
            field = NationalityField(required=False, max_length=80, label=label)
            field.widget.attrs["list"] = "pays"
            self.fields[f"nationality_{index}"] = field
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def alias_lines(self):
        return [self[f"alias_{i}"] for i in range(self.rows["aliases"])]

    def birth_lines(self):
        return [(self[f"birth_{i}"], self[f"estimated_{i}"]) for i in range(self.rows["births"])]

    def nationality_lines(self):
        return [self[f"nationality_{i}"] for i in range(self.rows["nationalities"])]

    def countries(self) -> list[str]:
        return countries_words.names()

    def clean(self):
        given = super().clean()
        named = [given.get("family_name"), given.get("given_names"), *self._values("alias")]
        if not self.errors and not any(named):
            self.add_error("family_name", _("Write a family name, given names or another name used."))
        return given

    def _values(self, name) -> list[str]:
        found = (self.cleaned_data.get(f"{name}_{i}") for i in range(AT_MOST))
        return list(dict.fromkeys(value for value in found if value))

    def parts(self) -> dict:
        """Return the value of `Identity.data`; unknown parts are left out."""
        given = self.cleaned_data
        births = {
            given[f"birth_{i}"]: bool(given.get(f"estimated_{i}")) for i in range(AT_MOST) if given.get(f"birth_{i}")
        }
        found = {
            **{name: given.get(name) for name in ("family_name", "given_names", "sex")},
            "aliases": self._values("alias"),
            "births": [{"date": said, "estimated": guessed} for said, guessed in births.items()],
            "nationalities": self._values("nationality"),
        }
        return {name: value for name, value in found.items() if value}


def _rows(data, name: str, known: dict) -> int:
    said = (data or {}).get(f"{name}_rows", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else max(1, len(known.get(name, [])))


def _typed(data) -> dict:
    return {name: data.get(name) for name in data}


def _initial(known: dict) -> dict:
    """Return recorded data as initial values of the form."""
    found = {name: known.get(name, "") for name in ("family_name", "given_names", "sex")}
    found |= {f"alias_{i}": name for i, name in enumerate(known.get("aliases", []))}
    for i, (born, guessed) in enumerate(births_in_words(known)):
        found |= {f"birth_{i}": born, f"estimated_{i}": guessed}
    return found | {f"nationality_{i}": countries_words.label(c) for i, c in enumerate(known.get("nationalities", []))}
