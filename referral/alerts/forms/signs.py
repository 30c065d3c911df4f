"""Ask for the signs, by the short grid of the form and age or the whole catalogue: the second page."""

from dataclasses import dataclass

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy

from indicators.assessment.rules.assess import AGE_GROUPS
from indicators.assessment.rules.snapshot import CatalogueSnapshot, GridItem, ShortGridSnapshot
from referral.alerts.rules import REQUIRED, SIGNS, age_side
from referral.alerts.selectors import best_of, catalogue_of, grid_of, reading_of
from referral.alerts.words import LABOUR
from referral.routing.rules.discretion import IMMUNITY_SIGN

from .step import NOTE_LENGTH, StepForm, too_long


@dataclass(frozen=True)
class Row:
    """Hold one sign: `entry` (a question of the grid, or the indicator), whether it is ticked, how it is known."""

    code: str
    entry: object
    question: bool
    ticked: bool
    source: str


def note_field(length: int) -> forms.CharField:
    """Return the field of the note, of this many characters at most."""
    return forms.CharField(
        required=False,
        max_length=length,
        label=pgettext_lazy("alert", "Something to add?"),
        help_text=pgettext_lazy("alert", "500 characters, no name, no number. The services alerted read it."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": length, "autocomplete": "off"}),
        error_messages=too_long(length),
    )


class SignsForm(StepForm):
    """Ask for the signs, the second page: at least one tick, or « rien de tout cela »."""

    step, template = SIGNS, "referral/alerts/alert_step_signs.html"

    signs = forms.Field(required=False)  # only carries the error beside the list; ticks are read by `observations`
    none_of_these = forms.BooleanField(required=False, label=pgettext_lazy("alert", "None of these"))
    note = note_field(NOTE_LENGTH)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # what a nameless signal carried here may be longer: it is kept whole
        length = max(NOTE_LENGTH, len(self.answers.get("note") or ""))
        if length > NOTE_LENGTH:
            self.fields["note"] = note_field(length)

    @cached_property
    def grid(self) -> ShortGridSnapshot:
        return grid_of(self.answers)

    @cached_property
    def asked(self) -> dict[str, GridItem]:
        """Return the signs of the short grid, by code, in its order."""
        return {item.indicator: item for item in self.grid.items}

    @cached_property
    def catalogue(self) -> CatalogueSnapshot:
        return catalogue_of(self.answers)

    @property
    def observations(self) -> dict[str, str]:
        """Return {indicator code: how it is known} for the ticked signs, as posted or as the draft holds them."""
        if not self.is_bound:
            noted = self.answers.get("observations") or {}
            # the page before asked: its answer stands ticked, and says here how it is known
            given = {IMMUNITY_SIGN: self.catalogue.known_by(IMMUNITY_SIGN)}
            return {**given, **noted} if self.answers.get("employer_immunity") else noted
        ticked = self.data.getlist("sign") if hasattr(self.data, "getlist") else self.data.get("sign", [])
        return {code: self.data.get(f"by_{code}") or self._known_by(code) for code in ticked}

    def _known_by(self, code: str) -> str:
        """Return how the wording of a sign says that it is known: no other source is assumed."""
        if code in self.asked:
            return self.asked[code].known_by
        return self.catalogue.known_by(code) if code in self.catalogue.indicators else ""

    def clean(self):
        data, seen = self.cleaned_data, self.observations
        unknown = [
            c
            for c, source in seen.items()
            if c not in self.catalogue.indicators or source not in self.catalogue.ways_known
        ]
        if unknown:
            self.add_error(
                "signs", pgettext_lazy("alert", "A sign that is not in the list was sent. Tick the signs again.")
            )
        elif seen and data.get("none_of_these"):
            self.add_error(
                "none_of_these", pgettext_lazy("alert", "Signs are ticked: untick “none of these”, or the signs.")
            )
        elif not seen and not data.get("none_of_these"):
            self.add_error("signs", REQUIRED["indications"])
        if not unknown:
            data["observations"] = seen
        return data

    def kept(self):
        """Return the answers to keep, with the versions of the grid and of the catalogue they were given with."""
        return {
            **{name: value for name, value in super().kept().items() if name != "signs"},
            "grid": self.grid.code,
            "grid_version": self.grid.version,
            "catalogue_version": self.catalogue.version,
        }

    def shown(self, answers):
        """Return what the shared rules say of the signs noted."""
        found = reading_of(answers)
        return {"reading": found, "best": best_of(found)}

    @property
    def groups(self) -> list[tuple[object, list[Row]]]:
        """Return (dimension, rows) in the order of the grid; ticked signs outside the grid come after it."""
        seen, rows = self.observations, {}
        asked = self.asked
        codes = [*asked, *(c for c in seen if c not in asked and c in self.catalogue.indicators)]
        if self.whole:
            codes += self._rest(codes)
        for code in codes:
            sign = self.catalogue.indicators.get(code)
            if sign is None or (code == IMMUNITY_SIGN and code not in seen):  # asked on the page before
                continue
            row = Row(code, asked.get(code, sign), code in asked, code in seen, seen.get(code) or self._known_by(code))
            rows.setdefault(sign.dimension, []).append(row)
        return [(self.catalogue.dimensions[code], found) for code, found in rows.items()]

    def _rest(self, shown: list[str]) -> list[str]:
        """Return the codes of the other indicators of this age side and form, each wording once.

        Forms without an ILO list read the labour one; an unknown form reads them all, and some lists share words.
        """
        form, group = self.grid.form, AGE_GROUPS[age_side(self.answers)]
        every = self.catalogue.indicators
        own = {i.form for i in every.values() if i.part.startswith("ilo")}
        forms_read = {form, "any", *(() if form in own else (LABOUR,))}
        said = {(every[code].dimension, every[code].label_fr) for code in shown if code in every}
        left_out = self.grid.situation.leave_out if self.grid.situation else ()
        rest = []
        for sign in sorted(every.values(), key=lambda i: (self.catalogue.strengths[i.strength].order, i.order)):
            fits = sign.age_group in ("any", group) and (form == "any" or sign.form in forms_read)
            if fits and sign.code not in (*shown, *left_out) and (sign.dimension, sign.label_fr) not in said:
                said.add((sign.dimension, sign.label_fr))
                rest.append(sign.code)
        return rest

    @property
    def sources(self):
        """Return the ways in which a sign may be known, as entries of the catalogue."""
        return [self.catalogue.values[code] for code in self.catalogue.ways_known]
