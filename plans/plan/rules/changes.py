"""Describe what changed between two versions of a plan. Pure: from two contents and names of bodies to sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from foundation.templatetags.words import day


@dataclass
class Change:
    """Hold what changed on one object: the plan, an axis or a measure (`kind`), and the sentences about it."""

    kind: str
    code: str
    title: str
    sentences: list[str] = field(default_factory=list)


def changes(before: dict, after: dict, names: Mapping[str, str] | None = None) -> list[Change]:
    """Return the changes in plan order: plan, axes, measures (added and changed, then removed).

    `names`: as `names_of_changes`. Empty when both read the same.
    """
    words = _Words(names or {}, before, after)
    found = [Change("plan", after["plan"]["code"], _title(after["plan"]), _plan(before["plan"], after["plan"], words))]
    found += _axes(before, after)
    old = {m["code"]: m for m in before["measures"]}
    for measure in after["measures"]:
        former = old.pop(measure["code"], None)
        sentences = _measure(former, measure, words) if former else [_added(measure)]
        found.append(Change("measure", measure["code"], _title(measure), sentences))
    found += [Change("measure", m["code"], _title(m), [_("Taken out of the plan.")]) for m in old.values()]
    return [change for change in found if change.sentences]


class _Words:
    """Format values: bodies by name, axes by title, dates and numbers in the language of the reader."""

    def __init__(self, names, before, after):
        self.names = names
        self.axes = {axis["code"]: _title(axis) for content in (before, after) for axis in content["axes"]}

    def body(self, code):
        return self.names.get(code, code) if code else _("nobody")

    def envelope(self, code):
        """Return the label of an envelope visible to the reader, else its code."""
        label = self.names.get(f"envelope:{code}")
        return _quoted(label) if label else code

    def axis(self, code):
        return self.axes.get(code, code) if code else _("no axis")

    @staticmethod
    def day(value):
        return day(date.fromisoformat(value)) if value else ""

    @staticmethod
    def amount(value):
        return number_format(Decimal(value).normalize(), use_l10n=True, force_grouping=True) if value else _("none")

    @staticmethod
    def number(value):
        return str(value) if value is not None else _("none")

    @staticmethod
    def text(value):
        return _quoted(value) if value else _("nothing")


def _quoted(text: str) -> str:
    """Quote a text with no-break spaces."""
    return f"«\u00a0{text}\u00a0»"


def _title(entry: dict) -> str:
    return (get_language() == "en" and entry.get("title_en")) or entry["title_fr"]


def _from_to(label: str, before, after, say) -> list[str]:
    if before == after:
        return []
    if say is _Words.day:
        return [_DAYS[bool(before), bool(after)] % {"what": label, "before": say(before), "after": say(after)}]
    return [_("%(what)s: from %(before)s to %(after)s.") % {"what": label, "before": say(before), "after": say(after)}]


_DAYS = {
    (True, True): pgettext_lazy("days", "%(what)s: from %(before)s to %(after)s."),
    (False, True): pgettext_lazy("days", "%(what)s: %(after)s, no date before."),
    (True, False): pgettext_lazy("days", "%(what)s: no date any more, %(before)s before."),
}


def _plan(before: dict, after: dict, words: _Words) -> list[str]:
    sentences = _from_to(_("Title"), before["title_fr"], after["title_fr"], words.text)
    sentences += _from_to(_("Leading body"), before["lead"], after["lead"], words.body)
    sentences += _from_to(_("Begins"), before["start"], after["start"], _Words.day)
    sentences += _from_to(_("Ends"), before["end"], after["end"], _Words.day)
    for name, label in (("measures_announced", _("Measures announced")), ("axes_announced", _("Axes announced"))):
        sentences += _from_to(label, before[name], after[name], words.number)
    if before["summary_fr"] != after["summary_fr"]:
        sentences.append(_("Its summary was written again."))
    return sentences


def _axes(before: dict, after: dict) -> list[Change]:
    old, found = {axis["code"]: axis for axis in before["axes"]}, []
    for axis in after["axes"]:
        former = old.pop(axis["code"], None)
        if former is None:
            sentences = [_("New axis.")]
        else:
            sentences = _from_to(_("Title"), former["title_fr"], axis["title_fr"], _Words.text)
            sentences += _from_to(_("Place"), former["number"], axis["number"], _Words.number)
        found.append(Change("axis", axis["code"], _title(axis), sentences))
    return found + [Change("axis", axis["code"], _title(axis), [_("Axis taken out.")]) for axis in old.values()]


def _added(measure: dict) -> str:
    if measure.get("carried_from"):
        return _("New measure, carried over from %(code)s.") % {"code": measure["carried_from"]}
    return _("New measure.")


def _measure(before: dict, after: dict, words: _Words) -> list[str]:
    sentences = _from_to(_("Title"), before["title_fr"], after["title_fr"], words.text)
    sentences += _from_to(_("Official number"), before["number"], after["number"], words.number)
    sentences += _from_to(_("Axis"), before["axis"], after["axis"], words.axis)
    if before["axis"] == after["axis"]:
        sentences += _from_to(_("Place"), before["place"], after["place"], words.number)
    sentences += _from_to(_("Leading body"), before["lead"], after["lead"], words.body)
    sentences += _listed(before["partners"], after["partners"], words.body, _("Partner added"), _("Partner gone"))
    sentences += _from_to(_("Begins"), before["start"], after["start"], _Words.day)
    sentences += _from_to(_("Ends"), before["end"], after["end"], _Words.day)
    if before["text_fr"] != after["text_fr"]:
        sentences.append(_("Its text was written again."))
    sentences += _funding(before, after)
    sentences += _metrics(before["metrics"], after["metrics"], words)
    sentences += _steps(before.get("steps", []), after.get("steps", []), words)
    for name, say, more, less in (
        ("commitments", str, _("Commitment linked"), _("Commitment no longer linked")),
        ("procedures", str, _("Procedure linked"), _("Procedure no longer linked")),
        ("envelopes", words.envelope, _("Envelope linked"), _("Envelope no longer linked")),
        ("tags", str, _("Tag added"), _("Tag gone")),
    ):
        sentences += _listed(before.get(name, []), after.get(name, []), say, more, less)
    return sentences


def _listed(before, after, say, more: str, less: str) -> list[str]:
    gained = [_("%(what)s: %(which)s.") % {"what": more, "which": say(code)} for code in after if code not in before]
    return gained + [
        _("%(what)s: %(which)s.") % {"what": less, "which": say(code)} for code in before if code not in after
    ]


def _funding(before: dict, after: dict) -> list[str]:
    if after["not_funded"] and not before["not_funded"]:
        return [_("Now said to be without money: %(reason)s") % {"reason": after["not_funded_reason"]}]
    if before["not_funded"] and not after["not_funded"]:
        return [_("No longer said to be without money.")]
    return _from_to(_("Why it has no money"), before["not_funded_reason"], after["not_funded_reason"], _Words.text)


def _metrics(before: list[dict], after: list[dict], words: _Words) -> list[str]:
    old, sentences = {metric["label_fr"]: metric for metric in before}, []
    for metric in after:
        former = old.pop(metric["label_fr"], None)
        label = _quoted(metric["label_fr"])
        if former is None:
            sentences.append(_("Metric added: %(metric)s.") % {"metric": label})
            continue
        for name, what in (("baseline", _("baseline of %(metric)s")), ("target", _("target of %(metric)s"))):
            sentences += _from_to(what % {"metric": label}, former[name], metric[name], words.amount)
        sentences += _from_to(
            _("date of the target of %(metric)s") % {"metric": label},
            former["target_on"],
            metric["target_on"],
            _Words.day,
        )
    return sentences + [_("Metric gone: %(metric)s.") % {"metric": _quoted(label)} for label in old]


def _steps(before: list[dict], after: list[dict], words: _Words) -> list[str]:
    old, sentences = {step["year"]: step for step in before}, []
    for step in after:
        former = old.pop(step["year"], None)
        if former is None:
            sentences.append(_("Step of %(year)s added.") % {"year": step["year"]})
            continue
        if former["text"] != step["text"]:
            sentences.append(_("Step of %(year)s written again.") % {"year": step["year"]})
        sentences += _from_to(
            _("Cost of %(year)s, in euros") % {"year": step["year"]}, former["cost"], step["cost"], words.amount
        )
    return sentences + [_("Step of %(year)s gone.") % {"year": year} for year in old]
