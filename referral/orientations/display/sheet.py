"""Present a frozen sheet, a preview and an assessment in words, the same for sender and addressee."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.models import Service, Territory
from foundation.templatetags.words import day
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import FORMS, labels
from referral.models import Orientation
from referral.orientations.words import PREGNANT
from victims.cases.display import file_facts, reading
from victims.cases.words import contact_in_words, word
from victims.categories import display as categories_display
from victims.identity.display import identity
from victims.identity.words import SEXES
from victims.models import AgeSide, ChildOpinion, Urgency

TITLES = {
    "summary": gettext_lazy("Summary"),
    "file": gettext_lazy("Signs, assessment, story"),
    "identity": gettext_lazy("Identity"),
    "contact": gettext_lazy("Safe contact (ways to reach the person)"),
    "health": gettext_lazy("Health"),
    "offence": gettext_lazy("Presumed authors"),
    "residence": gettext_lazy("Residence"),
}

# read by sender and addressee: name the parties instead of « here »
VERBS = [
    (Orientation.Verb.REFER, gettext_lazy("Referral: the sender keeps the lead")),
    (Orientation.Verb.TRANSFER, gettext_lazy("Transfer: the addressee leads the case once it accepts")),
]


@dataclass
class Part:
    """Hold one part of a sheet: title, and either facts or a sentence that says why there are none.

    `warnings`: codes of `Case.WARNINGS`, with the summary. `hidden`: it is shown once it is asked for.
    """

    name: str
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    reading: dict | None = None
    sentence: str = ""
    warnings: list[str] = field(default_factory=list)
    hidden: bool = False


def in_words(
    parts: dict[str, dict], *, received: bool = False, accepted: bool = False, report: bool = False
) -> list[Part]:
    """Return the parts of a sheet in their order. Nothing of the data is left out or added.

    `received`: read by the addressee, else by the sender; `accepted`: the case is open to the addressee; `report`: the
    addressee is a prosecutor, which acknowledges receipt and accepts nothing.
    """
    later = _later(received, report)
    return [_part(name, parts[name], later, received and accepted) for name in TITLES if name in parts]


class Later(NamedTuple):
    """Hold what is said of a part that the addressee reads once it has answered: now sealed, or still empty."""

    sealed: str
    empty: str


def _later(received: bool, report: bool) -> Later:
    if report:
        empty = _("Nothing is recorded yet. What is recorded later will be visible once receipt is acknowledged.")
        if received:
            return Later(_("It opens to your organisation once it acknowledges receipt of the report."), empty)
        return Later(_("Not readable by the sender. Opened to the prosecutor when it acknowledges receipt."), empty)
    empty = _("Nothing is recorded yet. What is recorded later will be visible after acceptance.")
    if received:
        return Later(_("It opens to your service once it accepts the request."), empty)
    return Later(_("Not readable by the sender. Opened to the addressee when it accepts."), empty)


def _part(name: str, data: dict, later: Later, opened: bool) -> Part:
    part = Part(name, TITLES[name])
    if data.get("sealed"):
        part.sentence = _("Read it in the case, which is open to your service.") if opened else later.sealed
    elif data.get("hidden"):
        part.hidden = True
        part.sentence = _("Each reading is written in the journal, with your name and the time.")
    elif data.get("spent"):
        part.sentence = _(
            "You have read as many as one account may for now. A second person can lift this limit; the request is"
            " answered without it."
        )
    elif data.get("empty"):
        part.sentence = later.empty
    elif name == "summary":
        part.facts, part.warnings = summary(data), data.get("warnings", [])
    elif name == "file":
        part.facts, part.reading = file_facts(data), reading(data.get("assessment"))
        if not part.facts and not part.reading:
            part.sentence = later.empty
    elif name == "identity":
        part.facts = identity(data)
    elif name in ("health", "offence", "residence"):
        part.facts = categories_display.sheet(name, data)
    elif name == "contact":
        part.facts = [
            (str(line.question), line.answer) for way in data.get("ways", []) for line in contact_in_words(way)
        ]
    return part


def summary(data: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of the summary, without empty answers."""
    place = Territory.objects.filter(pk=data["territory"]).first()
    need = Service.objects.filter(pk=data.get("service")).first()
    english = (get_language() or "fr").startswith("en")
    facts = [
        (_("Need"), (need.label_en if english else need.label_fr) if need else ""),
        (_("What is asked"), word(VERBS, data.get("verb"))),
        (_("Urgency"), word(Urgency.choices, data.get("urgency"))),
        (_("Form of exploitation"), labels(FORMS)[FORMS].get(data["form"], data["form"])),
        (_("Age"), word(AgeSide.choices, data["age_side"])),
        (_("The child's opinion of what is proposed"), _child_opinion(data)),
        (_("Département"), f"{place.pk} · {place}" if place else data["territory"]),
        (_("Language"), read_as(data.get("language") or "")),
        (_("Number of people"), str(data.get("persons") or "")),
        (_("Lot of requests"), data.get("lot", "")),
        (_("Sex"), word(SEXES, data.get("sex"))),
        (_("Children with the person"), str(data.get("children", ""))),
        (_("Pregnant"), word(PREGNANT, data.get("pregnant"))),
        (_("What was already offered to the person"), data.get("offered", "")),
        (_("A word from the sender"), data.get("note", "")),
    ]
    return [(question, answer) for question, answer in facts if answer]


def _child_opinion(data: dict) -> str:
    if not data.get("opinion"):
        return ""
    return f"{word(ChildOpinion.Stance.choices, data['opinion'])}, {day(date.fromisoformat(data['opinion_on']))}"
