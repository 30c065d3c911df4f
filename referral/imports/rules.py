"""Define the columns an import may bring: meaning, recognition by title, parsing of cells.

No column brings a name, a contact or a story: a case has the organisation's own reference and codes only. A table of
the HTCDS is recognised by the codes of its columns (`referral.htcds`), and says of each why it is not read.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Territory
from foundation.words import countries
from foundation.words.comparison import plain
from foundation.words.days import day_in
from foundation.words.spoken_languages import LANGUAGES, OWN_NAMES, name_in
from indicators.codes.selectors import FORMS, labels, named_in
from referral.htcds.rules.tables import LANGUAGE_OF, codes_of, parts, standard_name, taken_as
from referral.htcds.words import CLOSING, OWN
from victims.models import AgeSide, CaseAccess

IGNORED = ""
WORDS = 1000  # different texts that no list has, of which the lines are counted; others come once these are matched
SAMPLE = 5  # good lines shown before the load


@dataclass(frozen=True)
class Field:
    code: str
    label: str
    hint: str
    names: tuple[str, ...]  # titles by which it is recognised, normalised by `plain`
    required: bool = False

    def named(self, name: str) -> bool:
        return name in self.names or name == plain(str(self.label))


FIELDS = {
    f.code: f
    for f in (
        Field("reference", gettext_lazy("Your own reference"), gettext_lazy("A number, never a name. Required."),
              ("reference", "ref", "numero", "n", "id", "identifiant", "code", "dossier", "n dossier"), True),
        Field("age_side", gettext_lazy("Adult or child"), gettext_lazy("majeure, mineur, doute, or an age. Required."),
              ("majeur mineur", "age", "majeur", "mineur", "minorite", "adulte enfant"), True),
        Field("territory", gettext_lazy("Département"),
              gettext_lazy("93, its name or its chef-lieu. Yours when empty."),
              ("departement", "dept", "dep", "territoire", "lieu", "ville", "commune")),
        Field("form", gettext_lazy("Form of exploitation"), gettext_lazy("The words of the list, or its code."),
              ("forme", "forme d exploitation", "exploitation", "form", "type d exploitation")),
        Field("received_on", gettext_lazy("Followed since"), gettext_lazy("15/03/2026. Today when empty."),
              ("date", "date d ouverture", "date de prise en charge", "suivi depuis", "ouverture", "date d entree",
               "date de premier contact", "date du premier contact", "date de 1er contact", "date du 1er contact")),
        Field("language", gettext_lazy("Language"), gettext_lazy("Its name or its code."), ("langue", "language")),
        Field("sex", gettext_lazy("Sex"), gettext_lazy("femme, homme…"), ("sexe", "genre", "sex")),
        Field("age_group", gettext_lazy("Age group"), gettext_lazy("The words of the list, or an age."),
              ("tranche d age", "classe d age", "groupe d age", "age group")),
        Field("nationality", gettext_lazy("Nationality"), gettext_lazy("The name of the country."),
              ("nationalite", "pays", "pays d origine", "nationality")),
        Field("detection", gettext_lazy("How the person was detected"), gettext_lazy("The words of the list."),
              ("detection", "reperage", "contexte de detection", "mode de reperage", "origine")),
        Field("consent", gettext_lazy("Agreement of the person"),
              gettext_lazy("oui or empty. An adult's is recorded, for your organisation alone; somebody else agrees for"
                           " a child: record it in the case. A line with non is not loaded."),
              ("accord", "consentement", "accord de la personne", "consent")),
        Field("status", gettext_lazy("Status"), gettext_lazy("en cours or empty. A closed case is not loaded."),
              ("statut", "etat", "etat du dossier", "status")),
    )
}  # fmt: skip
NAMING = re.compile(
    r"\b(nom|noms|prenom|prenoms|name|telephone|tel|portable|mobile|mail|email|courriel|adresse|naissance|ne le|"
    r"passeport|agdref|contact|recit|histoire|observations?|commentaires?|notes?)\b"
)
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}[ ,-]+[^\W\d_]{2,}")
_BY_HAND = {
    "age_side": {
        "adult": ("majeur", "majeure", "adulte", "adult"),
        "minor": ("mineur", "mineure", "enfant", "minor", "child"),
        "doubt": ("doute", "incertain", "age en doute", "inconnu", "doubt", "unknown", "?"),
    },
    "sex": {"female": ("f", "femme", "feminin"), "male": ("m", "h", "homme", "masculin")},
    "consent": {"yes": ("oui", "yes", "true", "vrai", "1", "o"), "no": ("non", "no", "false", "faux", "0", "n")},
    "status": {
        "open": ("en cours", "ouvert", "actif", "suivi", "active", "followup", "open"),
        "closed": ("clos", "ferme", "cloture", "termine", "closed", "closedreferred"),
    },
}


# what organisations write for a form of exploitation: proposed, never taken without the reader's yes
LIKELY = {
    "form": {
        "prostitution": "sexual_exploitation", "proxenetisme": "sexual_exploitation", "sexuelle": "sexual_exploitation",
        "travail force": "labour_exploitation", "travail": "labour_exploitation", "domestique": "domestic_servitude",
        "esclavage domestique": "domestic_servitude", "mendicite": "forced_begging", "vol": "forced_criminality",
        "delinquance": "forced_criminality", "delinquance forcee": "forced_criminality", "mariage": "forced_marriage",
        "mariage force": "forced_marriage", "servitude": "domestic_servitude",
    },
}  # fmt: skip
MAPPED = (
    "age_side",
    "territory",
    "form",
    "language",
    "sex",
    "age_group",
    "nationality",
    "detection",
    "consent",
    "status",
)
_CHOSEN = {
    "consent": {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")},
    "status": {"open": gettext_lazy("Goes on"), "closed": gettext_lazy("Closed")},
}
_AGE = re.compile(r"(\d{1,3})(?: ans?)?")


def template_rows() -> tuple[list[str], list[list[str]]]:
    """Return column titles and three clearly fictitious lines in the reader's words, for the template to fill in."""
    form = labels(FORMS)[FORMS]["labour_exploitation"].partition("(")[0].strip()
    lines = [
        [
            "DEMO-001",
            "majeure",
            "75",
            form,
            "15/03/2026",
            "anglais",
            "femme",
            "25 ans",
            "Roumanie",
            "",
            "oui",
            "en cours",
        ],
        ["DEMO-002", "mineur", "93", "", "3 février 2026", "français", "homme", "16 ans", "", "", "", ""],
        ["DEMO-003", "doute", "13", "", "", "", "", "", "Vietnam", "", "", ""],
    ]
    return [str(field.label) for field in FIELDS.values()], lines


def age_in(text: str) -> int | None:
    """Return the age that a cell says: « 17 » or « 17 ans »; None for anything else."""
    found = _AGE.fullmatch(plain(text))
    return int(found[1]) if found else None


def naming(header: str) -> bool:
    """Return whether the title announces a name, a contact or a story. Such a column is never read.

    A day is none of these: « date de premier contact » is the day since when the case is followed.
    """
    if standard_name(header):
        return not taken_as(header)
    title = plain(header)
    return bool(NAMING.search(title)) and not FIELDS["received_on"].named(title)


def guess_columns(headers: list[str], remembered: dict[str, str]) -> dict[int, str]:
    """Return {column number: field}, as matched in the last import or by title; each field once."""
    found: dict[int, str] = {}
    # columns of our extension first: they say exactly what those of the standard say in fewer words
    for number, header in sorted(enumerate(headers), key=lambda one: (standard_name(one[1]) not in OWN, one[0])):
        if naming(header):
            continue
        name = plain(header)
        code = taken_as(header) or remembered.get(name) or next((f.code for f in FIELDS.values() if f.named(name)), "")
        if code in FIELDS and code not in found.values():
            found[number] = code
    return found


@dataclass
class Line:
    """Hold one line of the table: values of a case, and faults in words."""

    number: int
    values: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unknown: dict[tuple[str, str], str] = field(default_factory=dict)  # {(listed field, text) to be matched: its fault}
    earlier: int | None = None  # number of an earlier line of the same reference
    twin: CaseAccess | None = None  # the case that has its own reference already, when the reader sees it

    @property
    def good(self) -> bool:
        return not self.faults


def values_of(remembered: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the words matched in former imports: kept beside the titles, as « field=text », which no title is."""
    found: dict[str, dict[str, str]] = {}
    for name, code in remembered.items():
        field, sign, text = name.partition("=")
        if sign:
            found.setdefault(field, {})[text] = code
    return found


def count_in(content: dict, lines: list[Line]) -> None:
    """Add to what the check found in all lines: the texts that no list has, the first good lines."""
    words = {(field, text): count for field, text, count in content["words"]}
    for word in (word for line in lines for word in line.unknown):
        if word in words or len(words) < WORDS:
            words[word] = words.get(word, 0) + 1
    ordered = sorted(words.items(), key=lambda one: -one[1])  # as they come, when as frequent
    content["words"] = [[field, text, count] for (field, text), count in ordered]
    good = ({"number": line.number, "values": line.values} for line in lines if line.good)
    content["sample"] += islice(good, SAMPLE - len(content["sample"]))


class Reader:
    """Parse lines with the current code lists, loaded once.

    `taken`: {digest of an own reference in use: access row of its case, or None when unseen}; `mapped`: {field: {text
    as `plain` gives it: code}}, the words of the organisation, as it matched them; `unnamed`: a line may come without a
    reference.
    """

    def __init__(
        self,
        agency,
        taken: dict[str, CaseAccess | None],
        digest,
        mapped: dict[str, dict[str, str]] | None = None,
        *,
        unnamed: bool = False,
    ):
        self.agency, self.taken, self.digest = agency, taken, digest
        self.seen: dict[str, int] = {}  # own references of earlier lines
        self.unnamed = unnamed
        self.mapped = mapped or {}
        self.of = Line(0)  # the line at work
        lists = labels(FORMS, "sexes", "age_groups", "detection_contexts")
        self.lists = {
            "form": lists[FORMS],
            "sex": lists["sexes"],
            "age_group": lists["age_groups"],
            "detection": lists["detection_contexts"],
            "language": OWN_NAMES,
            **_CHOSEN,
        }
        self.words = {name: _words(codes, _BY_HAND.get(name, {})) for name, codes in self.lists.items()}
        self.words["age_side"] = _words({code: code for code in AgeSide.values}, _BY_HAND["age_side"])
        standard = named_in("htcds", FORMS, "sexes")
        self.words["sex"] |= codes_of("", standard["sexes"])
        self.words["form"] |= codes_of("vic_TypeOfExploitation", standard[FORMS])
        self.words["language"] |= {plain(name_in(tongue, code)): code for code in OWN_NAMES for tongue in ("fr", "en")}
        self.words["language"] |= LANGUAGE_OF
        places = Territory.objects.exclude(sort=Territory.Sort.REGION)
        self.labels_of_places = {t.pk: t.label_fr for t in places}
        self.places = {plain(t.seat): t.pk for t in places if t.seat}
        self.places |= {plain(name): t.pk for t in places for name in (t.pk, t.pk.lstrip("0"), t.label_fr)}

    def line(self, number: int, cells: dict[str, str]) -> Line:
        """Parse one line. `cells`: {field: text of the cell}."""
        line = Line(number)
        self.of = line
        for code in FIELDS:
            text = cells.get(code, "")
            value, fault = self._parsed(code, text)
            if fault:
                line.faults.append(fault)
                if code == "reference":
                    line.twin = self.taken.get(self.digest(text))
                if code in MAPPED and (text or code == "age_side") and not self._said(code, text):
                    line.unknown[code, text] = fault
            elif value:
                line.values[code] = value
        age = age_in(cells.get("age_side", ""))
        if "age_group" not in line.values and age is not None:
            line.values["age_group"] = self._group_of(age)[0]
        return line

    def options(self, code: str, text: str) -> list[tuple[str, str]]:
        """Return the (code, words) that a text of this field may be matched to.

        An age that is not written can only be in doubt: what is remembered for it must never make a child an adult.
        """
        if code == "age_side":
            return [one for one in AgeSide.choices if text or one[0] == AgeSide.DOUBT]
        if code == "territory":
            return [(pk, f"{pk} · {label}") for pk, label in sorted(self.labels_of_places.items())]
        if code == "nationality":
            return sorted(((code, countries.label(code)) for code in countries.CODES), key=lambda one: one[1])
        if code == "language":
            return list(LANGUAGES)
        return list(self.lists[code].items())

    def _parsed(self, code: str, text: str):
        if (known := self.mapped.get(code, {}).get(plain(text))) is not None:
            if code not in _CHOSEN:
                return known, ""
            text = known
        return getattr(self, f"_{code}", self._listed)(*((code, text) if code in self.lists else (text,)))

    def _listed(self, code: str, text: str):
        if not text:
            return "", ""
        if (found := self.words[code].get(plain(text))) is not None:
            return found, ""
        if code == "age_group" and (age := age_in(text)) is not None:
            return self._group_of(age)
        label = str(FIELDS[code].label)
        return "", _("%(column)s: “%(text)s” is not in the list. Use its words, or leave it empty.") % {
            "column": label, "text": text[:40],
        }  # fmt: skip

    def _group_of(self, age: int):
        for code in self.lists["age_group"]:
            low, _sign, high = code.partition("_")
            if low.isdecimal() and int(low) <= age and (not high.isdecimal() or age <= int(high)):
                return code, ""
        return "", _("Age group: check the age.")

    def _said(self, code: str, text: str) -> bool:
        """Return whether the cell says in plain words what stops its line: a no, a case closed."""
        return code in _CHOSEN and plain(text) in self.words[code]

    def _form(self, code: str, text: str):
        """Parse one form, or several values of the standard that are one form here."""
        found = {self.words[code].get(plain(part)) for part in parts(text)}
        return (found.pop(), "") if len(found) == 1 and None not in found else self._listed(code, text)

    def _reference(self, text: str):
        if not text:
            return "", "" if self.unnamed else _("Reference: write your own number for this case.")
        if "@" in text or _TWO_WORDS.fullmatch(text):
            return "", _("Reference: it looks like a name. Use a number of yours, never a name.")
        if len(text) > 60:
            return "", _("Reference: 60 characters at most.")
        key = self.digest(text)
        if key in self.taken:
            return "", _("Reference: your organisation has a case under it already.")
        if key in self.seen:
            self.of.earlier = self.seen[key]
            return "", _("Reference: it is also on line %(n)d.") % {"n": self.seen[key]}
        self.seen[key] = self.of.number
        return text, ""

    def _age_side(self, text: str):
        if (age := age_in(text)) is not None:
            return ("minor" if age < 18 else "adult"), ""
        if (found := self.words["age_side"].get(plain(text))) is not None:
            return found, ""
        return "", _("Adult or child: write majeure, mineur, doute, or an age.")

    def _territory(self, text: str):
        if not text:
            own = self.agency.territory_id or ""
            ok = own in self.places.values()
            return (own, "") if ok else ("", _("Département: write its number, 93 for instance."))
        found = self.places.get(plain(text))
        return (found, "") if found else ("", _("Département: write its number, 93 for instance."))

    def _consent(self, code: str, text: str):
        value, fault = self._listed(code, text)
        if value == "no":
            return "", _("Agreement: the person said no. Such a line is not loaded: open the case by hand, if need be.")
        return value, fault

    def _status(self, code: str, text: str):
        value, fault = self._listed(code, text)
        return ("", str(CLOSING)) if value == "closed" else (value, fault)

    def _received_on(self, text: str):
        if not text:
            return "", ""
        day = day_in(text)
        if day and date(1990, 1, 1) <= day <= timezone.localdate():
            return day.isoformat(), ""
        return "", _("Followed since: write a past day as 15/03/2026.")

    def _nationality(self, text: str):
        if not text:
            return "", ""
        code = text.upper() if text.upper() in countries.CODES else countries.code_of(text.strip("; "))
        return (code, "") if code else ("", _("Nationality: write the name of a country, or leave it empty."))


def _words(codes: dict[str, str], by_hand: dict[str, tuple]) -> dict[str, str]:
    found = {plain(word): code for code, words in by_hand.items() for word in words}
    for code, label in codes.items():
        found |= {plain(code): code, plain(label): code, plain(label.partition("(")[0]): code}
    return found
