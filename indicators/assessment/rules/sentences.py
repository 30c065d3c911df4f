"""Make the sentences that explain an assessment, in both languages.

They are stored with the assessment, so that whoever reads it later sees the words its author saw. They name signs and
rules by their labels; the codes are in the assessment itself. Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .snapshot import CaseRule, DimensionRule, Indicator, Part, Ruleset


@dataclass(frozen=True, slots=True)
class Text:
    """Hold one text in French and English."""

    fr: str
    en: str


SIDES = {
    "adult": Text("adulte", "adult"),
    "minor": Text("mineur", "minor"),
    "doubt": Text("doute sur l'âge", "age in doubt"),
    "unknown": Text("âge inconnu", "age unknown"),
}
GROUPS = {
    "adult": Text("des adultes", "adults"),
    "child": Text("des mineurs", "minors"),
}
READ_AS = {
    "adult": Text("adulte", "an adult"),
    "child": Text("mineure", "a minor"),
}


def counts(strong: int, medium: int, weak: int) -> Text:
    return Text(
        f"{_some(strong, 'fort')}, {_some(medium, 'moyen')}, {_some(weak, 'faible')}",
        f"{strong} strong, {medium} medium, {weak} weak",
    )


def dimension_positive(label: Text, rule: DimensionRule, found: Text) -> Text:
    return Text(
        f"« {label.fr} » est positive : {found.fr}. Règle : {_lower(rule.label_fr)}.",
        f"“{label.en}” is positive: {found.en}. Rule: {_lower(rule.label_en)}.",
    )


def dimension_negative(label: Text, found: Text) -> Text:
    return Text(
        f"« {label.fr} » n'est pas positive : {found.fr}, aucune règle de dimension n'est satisfaite.",
        f"“{label.en}” is not positive: {found.en}, no dimension rule is met.",
    )


def rule_met(rule: CaseRule) -> Text:
    note_fr = f" {rule.note_fr}" if rule.note_fr else ""
    note_en = f" {rule.note_en}" if rule.note_en else ""
    return Text(
        f"Première règle satisfaite : {_lower(rule.label_fr)}.{note_fr}",
        f"First rule met: {_lower(rule.label_en or rule.label_fr)}.{note_en}",
    )


def short_grid_low(plain: Text) -> Text:
    return Text(
        f"La grille courte ne suffit pas à conclure : son résultat ne se lit pas « {plain.fr} » "
        "et ne ferme rien. La grille complète ou l'appel à une association restent possibles.",
        f"The short grid is not enough to conclude: its result does not read “{plain.en}” "
        "and closes nothing. The whole grid or a call to an association remain possible.",
    )


def beyond_short_grid(outside: Sequence[Indicator]) -> Text:
    return Text(
        f"Des signes hors de la grille courte sont notés ({', '.join(_lower(i.label_fr) for i in outside)}) : "
        "le résultat est celui de la grille complète.",
        f"Signs outside the short grid are noted ({', '.join(_lower(i.label_en) for i in outside)}): "
        "the result is that of the whole grid.",
    )


def wrong_side(indicator: Indicator, age_side: str, age_group: str) -> Text:
    group, side, read = GROUPS[indicator.age_group], SIDES[age_side], READ_AS[age_group]
    return Text(
        f"« {indicator.label_fr} » reste noté mais ne compte pas : cet indicateur est celui {group.fr}, "
        f"la personne est lue comme {read.fr} ({side.fr}).",
        f"“{indicator.label_en}” stays noted but does not count: this indicator is for {group.en}, "
        f"the person is read as {read.en} ({side.en}).",
    )


def unscored(indicator: Indicator) -> Text:
    return Text(
        f"« {indicator.label_fr} » est un signe d'appui : noté, hors calcul.",
        f"“{indicator.label_en}” is a corroborating sign: noted, outside the count.",
    )


def other_part(indicator: Indicator, part: Part, ruleset: Ruleset) -> Text:
    return Text(
        f"« {indicator.label_fr} » ne compte pas ici : « {ruleset.label_fr} » ne lit pas « {part.label_fr} ».",
        f"“{indicator.label_en}” does not count here: “{ruleset.label_en}” does not read “{part.label_en}”.",
    )


def same_concept(indicator: Indicator, kept: Indicator) -> Text:
    if indicator.label_fr == kept.label_fr:
        return Text(
            f"« {indicator.label_fr} » est noté dans deux listes : compté une fois, avec la force la plus haute.",
            f"“{indicator.label_en}” is noted in two lists: counted once, with the highest strength.",
        )
    return Text(
        f"« {indicator.label_fr} » dit le même fait que « {kept.label_fr} » : "
        "compté une fois, avec la force la plus haute.",
        f"“{indicator.label_en}” states the same fact as “{kept.label_en}”: counted once, with the highest strength.",
    )


def danger() -> Text:
    return Text(
        "Vous avez répondu que la personne est en danger maintenant.",
        "You answered that the person is in danger now.",
    )


def child(age_side: str) -> Text:
    return Text(
        f"Côté d'âge : {SIDES[age_side].fr}. La protection ne dépend d'aucun résultat.",
        f"Age side: {SIDES[age_side].en}. Protection depends on no result.",
    )


def child_commercial_sex(age_side: str, seen: bool, form: bool) -> Text:
    """Explain the override. `seen`: the indicator is noted; `form`: the form is noted. At least one is true."""
    grounds_fr = ["un signe d'exploitation sexuelle est constaté"] * seen + [
        "la forme notée est l'exploitation sexuelle"
    ] * form
    grounds_en = ["a sign of sexual exploitation is noted"] * seen + ["the form noted is sexual exploitation"] * form
    return Text(
        f"Côté d'âge : {SIDES[age_side].fr} ; {' et '.join(grounds_fr)}.",
        f"Age side: {SIDES[age_side].en}; {' and '.join(grounds_en)}.",
    )


def one_strong(strong: Sequence[Indicator]) -> Text:
    return Text(
        "Signe fort constaté : " + " ; ".join(_lower(i.label_fr) for i in strong) + ".",
        "Strong sign noted: " + "; ".join(_lower(i.label_en) for i in strong) + ".",
    )


def low_score(rulesets: Sequence[Ruleset]) -> Text:
    return Text(
        "Résultat bas selon : " + " ; ".join(r.label_fr for r in rulesets) + ".",
        "Low result under: " + "; ".join(r.label_en for r in rulesets) + ".",
    )


def _some(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"


def _lower(label: str) -> str:
    """Lower the first letter of a label inside a sentence, unless its first word is an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
