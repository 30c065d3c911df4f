"""A frozen sheet, a preview and an assessment said in words, the same for who sends and who reads."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from agencies.models import Service, Territory
from agencies.templatetags.words import day
from agencies.typography import breathe
from indicators import catalogue
from victims.models import AgeSide, ChildOpinion, Urgency

from . import category_words, nationalities
from .alert_answers import PLACES, said_contact, when_said, word
from .code_labels import FORMS, labels
from .languages import read_as
from .models import Orientation

TITLES = {
    "summary": gettext_lazy("Summary"),
    "file": gettext_lazy("Signs, assessment, story"),
    "identity": gettext_lazy("Identity"),
    "contact": gettext_lazy("Safe ways to reach the person"),
    "health": gettext_lazy("Health"),
    "offence": gettext_lazy("Offence data"),
    "residence": gettext_lazy("Residence"),
}
SEXES = [
    ("woman", gettext_lazy("Woman")),
    ("man", gettext_lazy("Man")),
    ("other", gettext_lazy("Another answer")),
]

# read by the sender and by the addressee, so it says who and not « here »
VERBS = [
    (Orientation.Verb.REFER, gettext_lazy("Referral: the sender keeps the lead")),
    (Orientation.Verb.TRANSFER, gettext_lazy("Transfer: the addressee leads the case once it accepts")),
]


@dataclass
class Part:
    """One part of a sheet: its title and either facts, or a sentence saying that nothing is written there."""

    name: str
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    reading: dict | None = None
    sentence: str = ""


def in_words(parts: dict[str, dict]) -> list[Part]:
    """Parts of a sheet in their order. Nothing that is in the data is left out, nothing is added."""
    return [_part(name, parts[name]) for name in TITLES if name in parts]


def _part(name: str, data: dict) -> Part:
    part = Part(name, TITLES[name])
    if data.get("sealed"):
        part.sentence = _("Not readable by the sender. Opened to the addressee when it accepts.")
    elif data.get("empty"):
        part.sentence = _("Nothing is recorded yet. What is recorded later will be visible after acceptance.")
    elif name == "summary":
        part.facts = summary(data)
    elif name == "file":
        part.facts, part.reading = file_facts(data), reading(data.get("assessment"))
        if not part.facts and not part.reading:
            part.sentence = _("Nothing is recorded yet. What is recorded later will be visible after acceptance.")
    elif name == "identity":
        part.facts = identity(data)
    elif name in ("health", "offence", "residence"):
        part.facts = category_words.sheet(name, data)
    elif name == "contact":
        part.facts = [(str(line.question), line.answer) for way in data.get("ways", []) for line in said_contact(way)]
    return part


def summary(data: dict) -> list[tuple[str, str]]:
    place = Territory.objects.filter(pk=data["territory"]).first()
    need = Service.objects.filter(pk=data.get("service")).first()
    english = (get_language() or "fr").startswith("en")
    facts = [
        (_("Need"), (need.label_en if english else need.label_fr) if need else ""),
        (_("What is asked"), word(VERBS, data.get("verb"))),
        (_("Urgency"), word(Urgency.choices, data.get("urgency"))),
        (_("Form of exploitation"), labels(FORMS)[FORMS].get(data["form"], data["form"])),
        (_("Age"), word(AgeSide.choices, data["age_side"])),
        (_("The child's opinion"), _child_opinion(data)),
        (_("Département"), f"{place.pk} · {place}" if place else data["territory"]),
        (_("Language"), read_as(data.get("language") or "")),
        (_("Persons concerned"), str(data.get("persons") or "")),
    ]
    return [(question, answer) for question, answer in facts if answer]


def _child_opinion(data: dict) -> str:
    if not data.get("opinion"):
        return ""
    return f"{word(ChildOpinion.Stance.choices, data['opinion'])}, {day(date.fromisoformat(data['opinion_on']))}"


def file_facts(data: dict) -> list[tuple[str, str]]:
    return signs(data.get("observations") or []) + [fact for text in data.get("texts") or [] for fact in story(text)]


def signs(observations: list[dict]) -> list[tuple[str, str]]:
    """(sign, what was noted) for each observation; a code of an older version is shown as it stands."""
    if not observations:
        return []
    known = catalogue.current()
    return [
        (
            _wording(known.indicators.get(o["indicator"]), o["indicator"]),
            _wording(known.values.get(o["value"]), o["value"]),
        )
        for o in observations
    ]


def _wording(entry, code: str) -> str:
    english = (get_language() or "fr").startswith("en")
    return (getattr(entry, "label_en" if english else "label_fr", "") or getattr(entry, "label_fr", "")) or code


def story(text: dict) -> list[tuple[str, str]]:
    facts = [
        (pgettext_lazy("alert", "When"), when_said(text)),
        (_("Kind of place"), labels(PLACES)[PLACES].get(text.get("place"), "")),
        (_("Where the person is"), text.get("where") or ""),
        (_("Note"), text.get("note") or ""),
    ]
    return [(str(question), answer) for question, answer in facts if answer]


def identity(data: dict) -> list[tuple[str, str]]:
    births = [f"{born} {_('(estimated)')}" if guessed else born for born, guessed in births_in_words(data)]
    facts = [
        (_("Family name"), data.get("family_name", "")),
        (_("Given names"), data.get("given_names", "")),
        (_("Other names used"), " · ".join(data.get("aliases", []))),
        (_("Dates of birth given") if len(births) > 1 else _("Date of birth"), " · ".join(births)),
        (_("Nationality"), ", ".join(map(nationalities.label, data.get("nationalities", [])))),
        (_("Sex"), word(SEXES, data.get("sex"))),
    ]
    return [(question, answer) for question, answer in facts if answer]


def births_in_words(data: dict) -> list[tuple[str, bool]]:
    """Each birth as it is read aloud (12/03/1998, 03/1998, 1998), and whether it is estimated."""
    return [("/".join(reversed(b["date"].split("-"))), b.get("estimated", False)) for b in data.get("births", [])]


def reading(result: dict | None) -> dict | None:
    """An assessment as it was computed and stored, in the reader's language."""
    if not result:
        return None
    tongue = "en" if (get_language() or "fr").startswith("en") else "fr"
    shown = str if tongue == "en" else breathe  # stored as the pack writes it, with plain spaces
    return {
        "headline": shown(result["headline"][f"label_{tongue}"]),
        "urgent": result["headline"]["kind"] == "override",
        "overrides": [
            {"label": shown(o[f"label_{tongue}"]), "why": shown(o["words"][tongue])} for o in result["overrides"]
        ],
        "results": [
            {
                "ruleset": shown(r[f"ruleset_label_{tongue}"]),
                "label": shown(r[f"label_{tongue}"]),
                "reasons": [shown(reason[tongue]) for reason in r["reasons"]],
            }
            for r in result["results"]
        ],
        "disclaimer": shown(result[f"disclaimer_{tongue}"]),
        "short": result["scope"] == "short",
        "version": result["catalogue_version"],
    }
