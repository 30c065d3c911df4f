"""Put an assessment in words, in both languages.

The words are stored with it, so that whoever reads it later sees what its author saw. They name signs and rules by
their labels, beside the codes. Standard library only.
"""

from dataclasses import replace
from typing import Any

from .overrides import CHILD_SEX_FORM, CHILD_SEX_INDICATOR
from .readings import Assessment, DimensionReading, Ignored, OverrideReading, RulesetReading
from .snapshot import CaseResult, CaseRule, CatalogueSnapshot, Indicator, LowResult, Ruleset, ShortGridSnapshot

Text = dict[str, str]  # language -> sentence

SIDES = {
    "adult": {"fr": "adulte", "en": "adult"},
    "minor": {"fr": "mineur", "en": "minor"},
    "doubt": {"fr": "doute sur l'âge", "en": "age in doubt"},
    "unknown": {"fr": "âge inconnu", "en": "age unknown"},
}
GROUPS = {
    "adult": {"fr": "des adultes", "en": "adults"},
    "child": {"fr": "des mineurs", "en": "minors"},
}
NO_COMBINATION = {
    "adult": {"fr": "un adulte", "en": "an adult"},
    "child": {"fr": "un mineur", "en": "a minor"},
}
READ_AS = {
    "adult": {"fr": "adulte", "en": "an adult"},
    "child": {"fr": "mineure", "en": "a minor"},
}


def explain(found: Assessment, catalogue: CatalogueSnapshot, short_grid: ShortGridSnapshot | None) -> dict[str, Any]:
    """Return an assessment with its words: plain dicts, lists and scalars, as stored and as the API shows them.

    `catalogue` and `short_grid` are those it was made with.
    """
    catalogue = _as_ticked(catalogue, short_grid)
    overrides = [_override(reading, found, catalogue, short_grid) for reading in found.overrides]
    results = [_result(reading, found, catalogue, short_grid) for reading in found.results]
    shown = next(entry for entry in (overrides or results) if entry["code"] == found.headline.code)
    return {
        "catalogue_version": found.catalogue_version,
        "grid": found.grid,
        "grid_version": found.grid_version,
        "scope": found.scope,
        "age_side": found.age_side,
        "read_as": found.read_as,
        "form": found.form,
        "immediate_danger": found.immediate_danger,
        "headline": {"kind": found.headline.kind, **_named(shown["code"], shown["label_fr"], shown["label_en"])},
        "overrides": overrides,
        "results": results,
        "supporting": list(found.supporting),
        "disclaimer_fr": catalogue.disclaimer_fr,
        "disclaimer_en": catalogue.disclaimer_en,
    }


def _as_ticked(catalogue: CatalogueSnapshot, short_grid: ShortGridSnapshot | None) -> CatalogueSnapshot:
    """Return the catalogue with the signs that the grid asks in the words of the grid, as they were ticked."""
    if short_grid is None:
        return catalogue
    worded = {
        item.indicator: replace(
            catalogue.indicators[item.indicator], label_fr=item.question_fr, label_en=item.question_en
        )
        for item in short_grid.items
        if item.indicator in catalogue.indicators
    }
    return replace(catalogue, indicators={**catalogue.indicators, **worded})


def _named(code: str, label_fr: str, label_en: str) -> Text:
    return {"code": code, "label_fr": label_fr, "label_en": label_en}


def _override(
    reading: OverrideReading, found: Assessment, catalogue: CatalogueSnapshot, short_grid: ShortGridSnapshot | None
) -> dict[str, Any]:
    override = next(entry for entry in catalogue.overrides if entry.code == reading.code)
    low = short_grid.low_result.code if short_grid else None
    inconclusive = any(result.code == low for result in found.results)
    return {
        **_named(override.code, override.label_fr, override.label_en or override.label_fr),
        "order": override.order,
        "trigger": override.trigger,
        "words": _set_off_by(override.trigger, reading.evidence, SIDES[found.age_side], catalogue, inconclusive),
    }


def _set_off_by(
    trigger: str, evidence: tuple[str, ...], side: Text, catalogue: CatalogueSnapshot, inconclusive: bool
) -> Text:
    match trigger:
        case "immediate_danger":
            return {
                "fr": "Vous avez répondu que la personne est en danger maintenant.",
                "en": "You answered that the person is in danger now.",
            }
        case "minor_or_age_doubt":
            return {
                "fr": f"Tranche d'âge retenue : {side['fr']}. La protection ne dépend d'aucun résultat.",
                "en": f"Age group: {side['en']}. Protection depends on no result.",
            }
        case "child_commercial_sex":
            grounds = [COMMERCIAL_SEX[code] for code in evidence]
            return {
                "fr": f"Tranche d'âge retenue : {side['fr']} ; {' et '.join(ground['fr'] for ground in grounds)}.",
                "en": f"Age group: {side['en']}; {' and '.join(ground['en'] for ground in grounds)}.",
            }
        case "one_strong_indicator":
            signs = [catalogue.indicators[code] for code in evidence]
            fr, en = (
                ("Signes forts constatés", "Strong signs noted")
                if signs[1:]
                else ("Signe fort constaté", "Strong sign noted")
            )
            return {
                "fr": f"{fr} : " + " ; ".join(_lower(sign.label_fr) for sign in signs) + ".",
                "en": f"{en}: " + "; ".join(_lower(sign.label_en) for sign in signs) + ".",
            }
        case "low_score":
            rulesets = [ruleset for ruleset in catalogue.rulesets if ruleset.code in evidence]
            fr, en = ("Non concluant", "Not conclusive") if inconclusive else ("Résultat insuffisant", "Low result")
            return {
                "fr": f"{fr} : " + " ; ".join(_lower(ruleset.label_fr) for ruleset in rulesets) + ".",
                "en": f"{en}: " + "; ".join(_lower(ruleset.label_en) for ruleset in rulesets) + ".",
            }
    raise ValueError(f"no words for the trigger {trigger!r}")


COMMERCIAL_SEX = {
    CHILD_SEX_INDICATOR: {
        "fr": "un signe d'exploitation sexuelle est constaté",
        "en": "a sign of sexual exploitation is noted",
    },
    CHILD_SEX_FORM: {
        "fr": "la forme notée est l'exploitation sexuelle",
        "en": "the form noted is sexual exploitation",
    },
}


def _result(
    reading: RulesetReading, found: Assessment, catalogue: CatalogueSnapshot, short_grid: ShortGridSnapshot | None
) -> dict[str, Any]:
    ruleset = next(entry for entry in catalogue.rulesets if entry.code == reading.ruleset)
    rule = next(entry for entry in ruleset.rules if entry.code == reading.rule)
    plain = catalogue.results[rule.result]
    shown: CaseResult | LowResult = plain
    dimensions = [_dimension(dimension, catalogue) for dimension in reading.dimensions]
    ignored = [_ignored(item, found, ruleset, catalogue) for item in reading.ignored]
    reasons = [dimension["words"] for dimension in dimensions if dimension["indicators"]]
    reasons += [_rule_met(rule), *(item["words"] for item in ignored)]
    if short_grid and reading.code != plain.code:
        shown = short_grid.low_result
        reasons.append(SHORT_GRID_LOW)
    if found.outside:
        reasons.append(_beyond_short_grid([catalogue.indicators[code] for code in found.outside]))
    return {
        "ruleset": ruleset.code,
        "ruleset_label_fr": ruleset.label_fr,
        "ruleset_label_en": ruleset.label_en,
        **_named(reading.code, shown.label_fr, shown.label_en),
        "level": reading.level,
        "rule": reading.rule,
        "positive": list(reading.positive),
        "dimensions": dimensions,
        "ignored": ignored,
        "reasons": reasons,
    }


def _dimension(reading: DimensionReading, catalogue: CatalogueSnapshot) -> dict[str, Any]:
    dimension = catalogue.dimensions[reading.code]
    rule = next((entry for entry in catalogue.dimension_rules if entry.code == reading.rule), None)
    strong, medium, weak = reading.strong, reading.medium, reading.weak
    fr = f"{_some(strong, 'fort')}, {_some(medium, 'intermédiaire')}, {_some(weak, 'faible')}"
    en = f"{strong} strong, {medium} medium, {weak} weak"
    if rule:
        words = {
            "fr": f"La dimension « {dimension.label_fr} » est retenue ({fr}), selon la règle « {rule.label_fr} ».",
            "en": f"The dimension “{dimension.label_en}” is positive ({en}), under the rule “{rule.label_en}”.",
        }
    else:
        words = {
            "fr": f"La dimension « {dimension.label_fr} » n'est pas retenue ({fr}) : cela ne suffit pas.",
            "en": f"The dimension “{dimension.label_en}” is not positive ({en}): this is not enough.",
        }
    return {
        **_named(dimension.code, dimension.label_fr, dimension.label_en),
        "strong": strong,
        "medium": medium,
        "weak": weak,
        "positive": reading.positive,
        "rule": reading.rule,
        "indicators": list(reading.indicators),
        "words": words,
    }


def _ignored(item: Ignored, found: Assessment, ruleset: Ruleset, catalogue: CatalogueSnapshot) -> dict[str, Any]:
    sign = catalogue.indicators[item.code]
    match item.reason:
        case "wrong_age_side":
            words = _wrong_age_side(sign, found)
        case "unscored":
            words = {
                "fr": f"« {sign.label_fr} » est un signe d'appui : noté, hors calcul.",
                "en": f"“{sign.label_en}” is a corroborating sign: noted, outside the count.",
            }
        case "other_part":
            part = catalogue.parts[sign.part]
            words = {
                "fr": f"« {sign.label_fr} » ne compte pas ici : ce signe, tiré de « {part.label_fr} », n'est pas "
                "dans la liste de cette lecture.",
                "en": f"“{sign.label_en}” does not count here: this sign, from “{part.label_en}”, is not in the list "
                "of this reading.",
            }
        case "same_concept":
            words = _same_concept(sign, catalogue.indicators[item.counted])
        case _:
            raise ValueError(f"no words for the reason {item.reason!r}")
    return {"code": item.code, "reason": item.reason, "words": words}


def _wrong_age_side(sign: Indicator, found: Assessment) -> Text:
    group, side, read = GROUPS[sign.age_group], SIDES[found.age_side], READ_AS[found.read_as]
    return {
        "fr": f"« {sign.label_fr} » reste noté mais ne compte pas : cet indicateur est celui {group['fr']}, "
        f"la personne est lue comme {read['fr']} ({side['fr']}).",
        "en": f"“{sign.label_en}” stays noted but does not count: this indicator is for {group['en']}, "
        f"the person is read as {read['en']} ({side['en']}).",
    }


def _same_concept(sign: Indicator, counted: Indicator) -> Text:
    if sign.label_fr == counted.label_fr:
        return {
            "fr": f"« {sign.label_fr} » est noté dans deux listes : compté une fois, avec la force la plus haute.",
            "en": f"“{sign.label_en}” is noted in two lists: counted once, with the highest strength.",
        }
    return {
        "fr": f"« {sign.label_fr} » dit le même fait que « {counted.label_fr} » : "
        "compté une fois, avec la force la plus haute.",
        "en": f"“{sign.label_en}” states the same fact as “{counted.label_en}”: "
        "counted once, with the highest strength.",
    }


def _rule_met(rule: CaseRule) -> Text:
    note_fr = f" {rule.note_fr}" if rule.note_fr else ""
    note_en = f" {rule.note_en}" if rule.note_en else ""
    if not rule.all_positive and not rule.any_positive:
        who = NO_COMBINATION[rule.age_group]
        return {
            "fr": f"Aucune des combinaisons prévues pour {who['fr']} n'est réunie.{note_fr}",
            "en": f"None of the combinations for {who['en']} is met.{note_en}",
        }
    return {
        "fr": f"La règle « {rule.label_fr} » s'applique.{note_fr}",
        "en": f"The rule “{rule.label_en or rule.label_fr}” applies.{note_en}",
    }


SHORT_GRID_LOW = {
    "fr": "La grille courte ne permet pas de conclure. D'autres signes peuvent changer ce résultat : ceux de la grille"
    " complète, ou ceux que connaît la personne qui a envoyé l'alerte. Une association spécialisée peut aider.",
    "en": "The short grid is not enough to conclude. Other signs may change this result: those of the whole grid, or"
    " those that the sender of the alert knows. A specialised association can help.",
}


def _beyond_short_grid(signs: list[Indicator]) -> Text:
    fr, en = ", ".join(_lower(sign.label_fr) for sign in signs), ", ".join(_lower(sign.label_en) for sign in signs)
    return {
        "fr": f"Des signes hors de la grille courte sont notés ({fr}) : le résultat est celui de la grille complète.",
        "en": f"Signs outside the short grid are noted ({en}): the result is that of the whole grid.",
    }


def _some(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"


def _lower(label: str) -> str:
    """Lower the first letter of a label inside a sentence, unless its first word is an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
