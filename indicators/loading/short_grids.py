"""Load the short grids, what a frontline worker can see in a minute: grids and fallbacks, one version."""

from collections import Counter
from itertools import product

from indicators.assessment.rules.assess import AGE_GROUPS, assess, replayed
from indicators.assessment.rules.snapshot import ShortGridSnapshot, grid_book_from_pack
from indicators.models import Catalogue, ShortGrid, ShortGridItem

from . import code_lists, indicators
from .pack import Entry, Pack, checked
from .publishing import publish
from .shape import check_rows, entries, flag, refer, rows, text, text_or_null, texts, whole

FILE = "short_grids.yaml"
SIDES = ("adult", "minor", "doubt")
LABELS = {"code": text, "label_fr": text, "label_en": text}
REACH = ("reach_ilo_2009", "reach_fr_225_4_1", "reach_adult_ilo_2009", "reach_adult_fr_225_4_1")
AGE_SIDES = {**LABELS, "read_as": text}
ANSWERS = {**LABELS, "order": whole, "observation_value": text}
FALLBACKS = {"form": text, "age_side": text, "grid": text}
LOW_RESULT = {**LABELS, "replaces": texts, "closes_case": flag}
GRIDS = {
    **LABELS,
    "form": text,
    "age_side": text,
    "version": text,
    "validated_by": text_or_null,
    **dict.fromkeys(REACH, text_or_null),
    "items": entries,
}
SITUATIONS = {
    **LABELS,
    **dict.fromkeys(("contexts", "places", "leave_out"), texts),
    **dict.fromkeys(("add", "wordings"), lambda found: None if found == [] else entries(found)),
}
ADDED = {"indicator": text, "forms": texts}
WORDINGS = {"indicators": texts, "forms": texts, "question_fr": text, "question_en": text, "known_by": text}
ITEMS = {
    "indicator": text,
    "question_fr": text,
    "question_en": text,
    "known_by": text,
    "why_fr": text,
    "paired_indicator": text_or_null,
}


def check(pack: Pack) -> None:
    rows(pack, FILE, "age_sides", AGE_SIDES)
    rows(pack, FILE, "answers", ANSWERS)
    rows(pack, FILE, "fallbacks", FALLBACKS, key=None)
    rows(pack, FILE, "grids", GRIDS)
    check_rows(pack, FILE, "low_result", [pack[FILE].get("low_result")], LOW_RESULT)
    if whole(pack[FILE]["meta"].get("max_items")):
        pack.wrong(FILE, "meta.max_items", "expected a whole number")
    pack.refuse_if_wrong()
    _check_reading(pack)
    for grid in pack[FILE]["grids"]:
        _check_grid(pack, grid)
    pack.refuse_if_wrong()
    _check_pairs(pack)
    _check_every_form_has_a_grid(pack)
    pack.refuse_if_wrong()
    _check_reach(pack)
    _check_situations(pack)


def _check_reading(pack: Pack) -> None:
    data, shared = pack[FILE], pack[indicators.FILE]
    read_as = {entry["code"]: entry["read_as"] for entry in data["age_sides"]}
    if read_as != {side: AGE_GROUPS[side] for side in SIDES}:
        pack.wrong(FILE, "age_sides", "expected adult read as adult, minor and doubt read as child")
    values = [entry["code"] for entry in shared["observation_values"]]
    for entry in data["answers"]:
        refer(pack, FILE, f"answers[{entry['code']}]", entry["observation_value"], values, "value")
    low = data["low_result"]
    results = {entry["code"]: entry["level"] for entry in shared["case_results"]}
    refer(pack, FILE, "low_result.replaces", low["replaces"], results, "result")
    if low["closes_case"] or any(results.get(code) for code in low["replaces"]):
        pack.wrong(FILE, "low_result", "closes nothing, and renames results of level 0 only")


def _check_grid(pack: Pack, grid: Entry) -> None:
    name = f"grids[{grid['code']}]"
    known = {entry["code"]: entry for entry in pack[indicators.FILE]["indicators"]}
    ages = {entry["code"]: entry["age_group"] for entry in pack[indicators.FILE]["profiles"]}
    refer(pack, FILE, f"{name}.form", grid["form"], ["any", *code_lists.form_codes(pack)], "form")
    refer(pack, FILE, f"{name}.age_side", grid["age_side"], SIDES, "age side")
    items = check_rows(pack, FILE, f"{name}.items", grid["items"], ITEMS, key="indicator")
    if len(items) > pack[FILE]["meta"]["max_items"]:
        pack.wrong(FILE, name, f"{len(items)} signs, more than {pack[FILE]['meta']['max_items']}")
    group = AGE_GROUPS.get(grid["age_side"])
    for item in items:
        place = f"{name}.items[{item['indicator']}]"
        refer(pack, FILE, f"{place}.known_by", item["known_by"], indicators.counting_values(pack), "value")
        own, pair = known.get(item["indicator"]), known.get(item["paired_indicator"] or "")
        refer(
            pack,
            FILE,
            place,
            [c for c in (item["indicator"], item["paired_indicator"]) if c],
            known,
            "indicator",
        )
        if own and ages[own["profile"]] not in ("any", group):
            pack.wrong(FILE, place, "belongs to the other age side: it would never count")
        if own and pair:
            same = all(own[part] == pair[part] for part in ("dimension", "concept"))
            if not same or {ages[own["profile"]], ages[pair["profile"]]} != {"adult", "child"}:
                pack.wrong(FILE, place, "its pair is not the same fact on the other age side")
    if [_place(pack, known, item) for item in items] != sorted(_place(pack, known, item) for item in items):
        pack.wrong(FILE, name, "not in order: strong, medium, weak, then the signs that do not score")


def _place(pack: Pack, known: dict[str, Entry], item: Entry) -> tuple[bool, int]:
    entry = known.get(item["indicator"])
    if not entry:
        return (True, 0)
    scored = {dimension["code"]: dimension["scored"] for dimension in pack[indicators.FILE]["dimensions"]}
    order = {strength["code"]: strength["order"] for strength in pack[indicators.FILE]["strengths"]}
    return (not scored[entry["dimension"]], order[entry["strength"]])


def _check_pairs(pack: Pack) -> None:
    """Check that an indicator has the same pair in every grid."""
    pairs: dict[str, str | None] = {}
    for grid in pack[FILE]["grids"]:
        for item in grid["items"]:
            known = pairs.setdefault(item["indicator"], item["paired_indicator"])
            if known != item["paired_indicator"]:
                pack.wrong(
                    FILE,
                    f"grids[{grid['code']}].items[{item['indicator']}]",
                    f"another grid pairs it with {known}",
                )


def _check_every_form_has_a_grid(pack: Pack) -> None:
    by_code, seen = {grid["code"]: grid for grid in pack[FILE]["grids"]}, set()
    for grid in by_code.values():
        if (grid["form"], grid["age_side"]) in seen:
            pack.wrong(FILE, f"grids[{grid['code']}]", "a second grid for this form and age side")
        seen.add((grid["form"], grid["age_side"]))
    for entry in pack[FILE]["fallbacks"]:
        name = f"fallbacks[{entry['form']}/{entry['age_side']}]"
        refer(pack, FILE, f"{name}.grid", entry["grid"], by_code, "grid")
        grid = by_code.get(entry["grid"])
        if grid and grid["age_side"] != entry["age_side"]:
            pack.wrong(FILE, name, "the grid is of another age side")
    pack.refuse_if_wrong()
    book = grid_book_from_pack(pack[FILE])
    for form, side in product(code_lists.form_codes(pack), SIDES):
        try:
            book.choose(form, side)
        except KeyError:
            pack.wrong(FILE, "fallbacks", f"no grid for form {form!r} and age side {side!r}")


def _check_situations(pack: Pack) -> None:
    """Check the signs, the forms and the codes that situations name, and that each grid seen from them stays short."""
    known = {entry["code"] for entry in pack[indicators.FILE]["indicators"]}
    forms = ["any", *code_lists.form_codes(pack)]
    lists = code_lists.lists(pack)
    for entry in rows(pack, FILE, "situations", SITUATIONS):
        name = f"situations[{entry['code']}]"
        added = check_rows(pack, FILE, f"{name}.add", entry["add"], ADDED, key="indicator") if entry["add"] else []
        said = check_rows(pack, FILE, f"{name}.wordings", entry["wordings"], WORDINGS, key=None)
        pack.refuse_if_wrong()
        for field, code_list in (("contexts", "detection_contexts"), ("places", "place_kinds")):
            refer(pack, FILE, f"{name}.{field}", entry[field], {e["code"] for e in lists[code_list]}, field)
        named = [line["indicator"] for line in added] + [code for line in said for code in line["indicators"]]
        refer(pack, FILE, name, [*named, *entry["leave_out"]], known, "indicator")
        refer(pack, FILE, name, [form for line in (*added, *said) for form in line["forms"]], forms, "form")
        for line in said:
            refer(pack, FILE, f"{name}.wordings", line["known_by"], indicators.counting_values(pack), "value")
    pack.refuse_if_wrong()
    book = grid_book_from_pack(pack[FILE])
    for situation, grid in product(book.situations, book.grids.values()):
        place = next(iter(situation.places), "")
        seen = [book.seen_from(grid, context, place) for context in situation.contexts]
        if any(len(one.items) > pack[FILE]["meta"]["max_items"] for one in seen):
            pack.wrong(FILE, f"situations[{situation.code}]", f"makes {grid.code} longer than a short grid may be")
        once = _facts(pack, grid)
        if any(count > max(1, once[fact]) for one in seen for fact, count in _facts(pack, one).items()):
            pack.wrong(FILE, f"situations[{situation.code}]", f"asks the same fact twice in {grid.code}")


def _facts(pack: Pack, grid: ShortGridSnapshot) -> Counter:
    """Return how often a grid asks each fact (dimension and concept): it counts once."""
    known = {entry["code"]: entry for entry in pack[indicators.FILE]["indicators"]}
    entries = [known[item.indicator] for item in grid.items]
    return Counter((entry["dimension"], entry["concept"] or entry["code"]) for entry in entries)


def _check_reach(pack: Pack) -> None:
    """Check the rule that the file claims for each grid against `assess`: a changed strength may make it false."""
    catalogue, book = indicators.snapshot(pack), grid_book_from_pack(pack[FILE])
    for grid in pack[FILE]["grids"]:
        seen = {item["indicator"]: _counting(catalogue) for item in grid["items"]}
        sides = {"reach_": grid["age_side"]}
        if grid["age_side"] == "doubt":
            sides["reach_adult_"] = "adult"
        for prefix, side in sides.items():
            found = assess(
                replayed(seen, age_side=side, pairs=book.pairs, catalogue=catalogue),
                age_side=side,
                form=None,
                immediate_danger=False,
                short_grid=None,
                catalogue=catalogue,
            )
            for result in found.results:
                claimed = grid.get(f"{prefix}{result.ruleset}")
                if claimed != result.rule:
                    pack.wrong(
                        FILE,
                        f"grids[{grid['code']}].{prefix}{result.ruleset}",
                        f"says {claimed}, all its signs together reach {result.rule}",
                    )


def _counting(catalogue) -> str:
    return next(value.code for value in catalogue.values.values() if value.counts)


def store(pack: Pack, using: str) -> dict[str, int]:
    data = pack[FILE]
    reading = {name: data[name] for name in ("meta", "low_result", "age_sides", "answers", "fallbacks", "situations")}
    with publish(pack, FILE, Catalogue.Code.SHORT_GRIDS, reading, using) as catalogue:
        if catalogue:
            _write(pack, catalogue, using)
        else:
            _write_validation(pack, using)
    return {"short grids": len(data["grids"]), "signs": sum(len(grid["items"]) for grid in data["grids"])}


def _write(pack: Pack, catalogue: Catalogue, using: str) -> None:
    direct = ("code", "version", "validated_by", "form", "age_side", "label_fr", "label_en")
    grids = [
        checked(
            pack,
            FILE,
            "grids",
            ShortGrid(
                catalogue=catalogue,
                order=place,
                reach={name: entry[name] for name in REACH},
                **{name: entry[name] for name in direct},
            ),
            entry["code"],
        )
        for place, entry in enumerate(pack[FILE]["grids"], start=1)
    ]
    pack.refuse_if_wrong()
    by_code = {row.code: row for row in ShortGrid.objects.using(using).bulk_create(grids)}
    items = [
        checked(
            pack,
            FILE,
            f"grids[{grid['code']}].items",
            ShortGridItem(
                grid=by_code[grid["code"]], order=place, **{name: value or "" for name, value in item.items()}
            ),
            item["indicator"],
        )
        for grid in pack[FILE]["grids"]
        for place, item in enumerate(grid["items"], start=1)
    ]
    pack.refuse_if_wrong()
    ShortGridItem.objects.using(using).bulk_create(items)


def _write_validation(pack: Pack, using: str) -> None:
    """Update `validated_by` of grids already published."""
    grids = ShortGrid.objects.using(using).filter(catalogue__version=pack[FILE]["meta"]["version"])
    for grid in pack[FILE]["grids"]:
        grids.filter(code=grid["code"]).exclude(validated_by=grid["validated_by"]).update(
            validated_by=grid["validated_by"]
        )
