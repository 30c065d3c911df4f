"""Load the shared catalogue: indicators, dimensions, rules, overrides; checked whole, published as a version."""

from indicators.assessment.rules.overrides import CHILD_SEX_FORM, CHILD_SEX_INDICATOR, TRIGGERS
from indicators.assessment.rules.snapshot import CatalogueSnapshot, catalogue_from_pack
from indicators.models import Catalogue, Dimension, Indicator, Ruleset

from . import code_lists
from .pack import Entry, Pack, checked
from .publishing import publish
from .shape import flag, refer, rows, text, text_or_null, texts, whole

FILE = "indicators.yaml"
LABELS = {"code": text, "label_fr": text, "label_en": text}
SHAPES = {
    "catalogues": {**LABELS, "kind": text, "strength_note_fr": text_or_null},
    "sources": {"code": text, "title": text, "access": text_or_null},
    "profiles": {**LABELS, "age_group": text},
    "dimensions": {**LABELS, "order": whole, "phase": text, "palermo_element": text, "scored": flag},
    "strengths": {**LABELS, "order": whole},
    "observation_values": {**LABELS, "counts": flag},
    "dimension_rules": {
        **LABELS,
        "order": whole,
        "min_strong": whole,
        "min_medium": whole,
        "min_weak": whole,
        "min_medium_or_weak": whole,
        "source": text,
    },
    "reading_rules": {"code": text, "text_fr": text},
    "rulesets": {**LABELS, "evaluation": text, "catalogues": texts, "status": text},
    "case_rules": {
        "code": text,
        "ruleset": text,
        "order": whole,
        "age_group": text,
        "label_fr": text,
        "all_positive": texts,
        "any_positive": texts,
        "result": text,
        "status": text,
        "note_fr": text_or_null,
    },
    "case_results": {**LABELS, "level": whole},
    "safety_overrides": {
        "code": text,
        "order": whole,
        "trigger": text,
        "trigger_detail_fr": text,
        "label_fr": text,
        "status": text,
    },
    "indicators": {
        **LABELS,
        "catalogue": text,
        "profile": text,
        "form": text,
        "dimension": text,
        "concept": text_or_null,
        "strength": text,
        "strength_status": text,
        "known_by": text,
        "guidance_fr": text_or_null,
        "source": text,
    },
}
# stored as JSON with the version; the other lists have tables of their own
READING = [name for name in SHAPES if name not in ("dimensions", "rulesets", "case_rules", "indicators")]
MINIMUMS = ("min_strong", "min_medium", "min_weak", "min_medium_or_weak")


def snapshot(pack: Pack) -> CatalogueSnapshot:
    """Return the snapshot of the catalogue of the file."""
    return catalogue_from_pack(pack[FILE], code_lists.form_codes(pack))


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape)
    for name in ("disclaimer_fr", "disclaimer_en"):
        if text(pack[FILE]["meta"].get(name)):
            pack.wrong(FILE, f"meta.{name}", "expected a text")
    _check_indicators(pack)
    _check_reading(pack)
    _check_rulesets(pack)
    _check_overrides(pack)


def _codes(pack: Pack, name: str) -> list[str]:
    return [entry["code"] for entry in pack[FILE][name]]


def counting_values(pack: Pack) -> list[str]:
    """Return the codes of the observation values that count: how a sign may be known."""
    return [entry["code"] for entry in pack[FILE]["observation_values"] if entry["counts"]]


def _check_indicators(pack: Pack) -> None:
    known = {
        "catalogue": _codes(pack, "catalogues"),
        "profile": _codes(pack, "profiles"),
        "form": ["any", *code_lists.form_codes(pack)],
        "dimension": _codes(pack, "dimensions"),
        "strength": _codes(pack, "strengths"),
        "source": _codes(pack, "sources"),
        "known_by": counting_values(pack),
    }
    for entry in pack[FILE]["indicators"]:
        for name, codes in known.items():
            refer(pack, FILE, f"indicators[{entry['code']}].{name}", entry[name], codes, name)


def _check_reading(pack: Pack) -> None:
    """Check what assess() relies on: three strengths, known age groups, rules with a condition."""
    if set(_codes(pack, "strengths")) != {"strong", "medium", "weak"}:
        pack.wrong(FILE, "strengths", "expected strong, medium and weak")
    for entry in pack[FILE]["profiles"]:
        refer(
            pack,
            FILE,
            f"profiles[{entry['code']}].age_group",
            entry["age_group"],
            ("adult", "child", "any"),
            "age group",
        )
    if not any(entry["counts"] for entry in pack[FILE]["observation_values"]):
        pack.wrong(FILE, "observation_values", "none of them counts")
    for entry in pack[FILE]["dimension_rules"]:
        if not any(entry[name] for name in MINIMUMS):
            pack.wrong(FILE, f"dimension_rules[{entry['code']}]", "asks for nothing, so it would always hold")
        refer(
            pack,
            FILE,
            f"dimension_rules[{entry['code']}].source",
            entry["source"],
            _codes(pack, "sources"),
            "source",
        )


def _check_rulesets(pack: Pack) -> None:
    scored = [entry["code"] for entry in pack[FILE]["dimensions"] if entry["scored"]]
    for entry in pack[FILE]["rulesets"]:
        name = f"rulesets[{entry['code']}]"
        refer(pack, FILE, f"{name}.catalogues", entry["catalogues"], _codes(pack, "catalogues"), "catalogue")
        if entry["evaluation"] != "first_match_by_order":
            pack.wrong(FILE, f"{name}.evaluation", f"unknown evaluation {entry['evaluation']!r}")
        for group in ("adult", "child"):
            own = [
                rule
                for rule in pack[FILE]["case_rules"]
                if (rule["ruleset"], rule["age_group"]) == (entry["code"], group)
            ]
            _check_ladder(pack, name, group, sorted(own, key=lambda rule: rule["order"]))
    for rule in pack[FILE]["case_rules"]:
        name = f"case_rules[{rule['code']}]"
        refer(pack, FILE, f"{name}.ruleset", rule["ruleset"], _codes(pack, "rulesets"), "ruleset")
        refer(pack, FILE, f"{name}.age_group", rule["age_group"], ("adult", "child"), "age group")
        refer(pack, FILE, f"{name}.result", rule["result"], _codes(pack, "case_results"), "result")
        for part in ("all_positive", "any_positive"):
            refer(pack, FILE, f"{name}.{part}", rule[part], scored, "scored dimension")


def _check_ladder(pack: Pack, name: str, group: str, rules: list[Entry]) -> None:
    """Check that each case meets one rule: the last has no condition, and no earlier one is without."""
    free = [rule for rule in rules if not rule["all_positive"] and not rule["any_positive"]]
    if not rules or free != rules[-1:]:
        pack.wrong(FILE, name, f"the last rule for {group}, and only it, must ask for nothing")
    if len({rule["order"] for rule in rules}) != len(rules):
        pack.wrong(FILE, name, f"two rules for {group} have the same order")


def _check_overrides(pack: Pack) -> None:
    for entry in pack[FILE]["safety_overrides"]:
        refer(pack, FILE, f"safety_overrides[{entry['code']}].trigger", entry["trigger"], TRIGGERS, "trigger")
    missing = TRIGGERS.keys() - {entry["trigger"] for entry in pack[FILE]["safety_overrides"]}
    for trigger in sorted(missing):
        pack.wrong(FILE, "safety_overrides", f"no override for {trigger!r}: a protection would vanish")
    # the override on commercial sex names an indicator and a form
    refer(pack, FILE, "safety_overrides", CHILD_SEX_INDICATOR, _codes(pack, "indicators"), "indicator")
    refer(pack, FILE, "safety_overrides", CHILD_SEX_FORM, code_lists.form_codes(pack), "form")


def store(pack: Pack, using: str) -> dict[str, int]:
    data = pack[FILE]
    reading = {"meta": data["meta"], **{name: data[name] for name in READING}}
    with publish(pack, FILE, Catalogue.Code.INDICATORS, reading, using) as catalogue:
        if catalogue:
            _write(pack, catalogue, using)
    return {
        "indicators": len(data["indicators"]),
        "dimensions": len(data["dimensions"]),
        "rulesets": len(data["rulesets"]),
    }


def _write(pack: Pack, catalogue: Catalogue, using: str) -> None:
    data = pack[FILE]
    dimensions = [
        checked(
            pack,
            FILE,
            "dimensions",
            Dimension(catalogue=catalogue, **_fields(Dimension, entry)),
            entry["code"],
        )
        for entry in data["dimensions"]
    ]
    rulesets = [
        Ruleset(
            catalogue=catalogue,
            order=place,
            parts=entry["catalogues"],
            rules=[rule for rule in data["case_rules"] if rule["ruleset"] == entry["code"]],
            **_fields(Ruleset, entry),
        )
        for place, entry in enumerate(data["rulesets"], start=1)
    ]
    for row in rulesets:
        checked(pack, FILE, "rulesets", row, row.code)
    pack.refuse_if_wrong()
    Ruleset.objects.using(using).bulk_create(rulesets)
    by_code = {row.code: row for row in Dimension.objects.using(using).bulk_create(dimensions)}
    indicators = [
        checked(
            pack,
            FILE,
            "indicators",
            Indicator(
                catalogue=catalogue,
                order=place,
                part=entry["catalogue"],
                dimension=by_code[entry["dimension"]],
                **_fields(Indicator, {**entry, "concept": entry["concept"] or ""}, skip={"dimension"}),
            ),
            entry["code"],
        )
        for place, entry in enumerate(data["indicators"], start=1)
    ]
    pack.refuse_if_wrong()
    Indicator.objects.using(using).bulk_create(indicators)


def _fields(model: type, entry: Entry, skip: frozenset[str] | set[str] = frozenset()) -> Entry:
    """Return the values of an entry that are columns of the model."""
    names = {field.name for field in model._meta.concrete_fields} - {"id", "catalogue"} - set(skip)
    return {name: value for name, value in entry.items() if name in names and value is not None}
