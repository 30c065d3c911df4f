"""Load practical sheets: one for each profession, in French and in English, short enough to be read at once."""

from agencies.models import Kind
from indicators.models import Sheet

from .pack import Entry, Pack, checked
from .shape import refer, rows, text, texts, whole

FILE = "sheets.yaml"
URGENCIES = ("vital", "high", "normal")
TEXTS = ("title", "look_for", "first_words", "avoid", "alert", "duty", "after")
LISTS = {  # codes of a sheet: where they are defined
    "indicators": ("indicators.yaml", "indicators"),
    "legal_texts": ("procedures.yaml", "legal_texts"),
    "procedures": ("procedures.yaml", "procedures"),
}
SHAPES = {
    "sheets": {
        "code": text,
        "order": whole,
        "label_fr": text,
        "label_en": text,
        "translation_status": text,
        "actor_kinds": texts,
        "bodies": texts,
        **dict.fromkeys(LISTS, texts),
    },
    "alerts": {"code": text, "sheet": text, "urgency": text, "procedure": text, "helplines": texts, "agencies": texts},
    "texts": {"code": text, "sheet": text, "language": text, **dict.fromkeys(TEXTS, text)},
}
# when an urgency is said in words of the sheet rather than by its name
WHEN = {"when_fr": text, "when_en": text}


def check(pack: Pack) -> None:
    may_have = {"alerts": WHEN}
    found = {name: rows(pack, FILE, name, shape, may_have=may_have.get(name)) for name, shape in SHAPES.items()}
    pack.refuse_if_wrong()
    for entry in found["sheets"]:
        where = f"sheets[{entry['code']}]"
        refer(pack, FILE, f"{where}.actor_kinds", entry["actor_kinds"], Kind.values, "kind")
        refer(pack, FILE, f"{where}.bodies", entry["bodies"], _codes(pack, "agencies.yaml", "agencies"), "agencies")
        for name, (file, list_name) in LISTS.items():
            refer(pack, FILE, f"{where}.{name}", entry[name], _codes(pack, file, list_name), name)
        _check_parts(pack, where, found, entry["code"])
    for entry in found["alerts"]:
        where = f"alerts[{entry['code']}]"
        refer(pack, FILE, f"{where}.procedure", entry["procedure"], _codes(pack, *LISTS["procedures"]), "procedure")
        for name in ("helplines", "agencies"):
            refer(pack, FILE, f"{where}.{name}", entry[name], _codes(pack, "agencies.yaml", name), name)
    most = pack[FILE]["meta"].get("max_words_per_language")
    for entry in found["texts"]:
        if (words := sum(len(entry[name].split()) for name in TEXTS)) > most:
            pack.wrong(FILE, f"texts[{entry['code']}]", f"{words} words: a sheet is read at once, {most} at most")


def _codes(pack: Pack, file: str, list_name: str) -> set[str]:
    return {entry["code"] for entry in pack[file][list_name]}


def _check_parts(pack: Pack, where: str, found: dict, code: str) -> None:
    """Check that a sheet has each of its languages and urgencies once."""
    for name, key, wanted in (("texts", "language", ("fr", "en")), ("alerts", "urgency", URGENCIES)):
        if sorted(e[key] for e in found[name] if e["sheet"] == code) != sorted(wanted):
            pack.wrong(FILE, f"{where}.{name}", f"expected one for each {key}: {', '.join(wanted)}")


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the sheets. One that left the file is withdrawn (`active`), never deleted."""
    data = pack[FILE]
    found = [_sheet(pack, data, entry) for entry in data["sheets"]]
    pack.refuse_if_wrong()
    Sheet.objects.using(using).exclude(pk__in=[row.pk for row in found]).update(active=False)
    Sheet.objects.using(using).bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.name for field in Sheet._meta.concrete_fields if not field.primary_key],
    )
    return {"practical sheets": len(found)}


def _sheet(pack: Pack, data: Entry, entry: Entry) -> Sheet:
    said = {line["language"]: line for line in data["texts"] if line["sheet"] == entry["code"]}
    ways = sorted(
        (line for line in data["alerts"] if line["sheet"] == entry["code"]), key=lambda a: URGENCIES.index(a["urgency"])
    )
    row = Sheet(
        **{name: entry[name] for name in ("code", "order", "label_fr", "label_en", *LISTS)},
        **{f"{name}_{language}": lines[name].strip() for language, lines in said.items() for name in TEXTS},
        kinds=entry["actor_kinds"],
        bodies=entry["bodies"],
        alerts=[
            {name: way[name] for name in ("urgency", "procedure", "helplines", "agencies", *WHEN) if name in way}
            for way in ways
        ],
    )
    return checked(pack, FILE, "sheets", row, entry["code"])
