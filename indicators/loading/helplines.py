"""Load public numbers (agencies.yaml), with their hours, languages and cost (helplines_details.yaml)."""

import re
from datetime import date

from agencies.directory.rules import ALWAYS, UNCONFIRMED
from agencies.models import Helpline

from .pack import Entry, Pack, checked
from .shape import check_rows, entries, flag, refer, rows, text, text_or_null

FILE, DETAILS = "agencies.yaml", "helplines_details.yaml"
SHAPE = {
    "code": text,
    "number": text,
    "label_fr": text,
    "kind": text,
    "use_fr": text,
    "free": flag,
    "provenance": text,
}
ASIDE = {
    "code": text,
    "number": text_or_null,
    "hours_fr": text_or_null,
    "languages_fr": text_or_null,
    "audience_fr": text,
    "cost_fr": text,
    "text_relay_fr": text_or_null,
    "provenance": text,
    "source": text,
    "note_fr": text_or_null,
    "last_checked": text,
}
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _opening(value) -> str | None:
    """Return what is wrong with opening hours (agencies/directory/rules.py), or None."""
    known = (None, ALWAYS, UNCONFIRMED)
    return None if value in known or not entries(value) else "expected always, null or a list of spans"


def _days(value) -> str | None:
    known = isinstance(value, list) and value and all(type(day) is int and 1 <= day <= 7 for day in value)
    return None if known else "expected days, 1 (Monday) to 7"


def _clock(value) -> str | None:
    return None if isinstance(value, str) and CLOCK.fullmatch(value) else "expected a time, '09:00'"


LINE = {**ASIDE, "number": text, "open": _opening}
SPAN = {"days": _days, "from": _clock, "to": _clock}


def check(pack: Pack) -> None:
    rows(pack, FILE, "helplines", SHAPE)
    rows(pack, DETAILS, "lines", LINE)
    rows(pack, DETAILS, "not_opened", ASIDE)
    numbers = {entry["code"]: entry["number"] for entry in pack[FILE]["helplines"]}
    for entry in pack[DETAILS]["lines"]:
        name = f"lines[{entry['code']}]"
        refer(pack, DETAILS, name, entry["code"], numbers, "line")
        if numbers.get(entry["code"], entry["number"]) != entry["number"]:
            pack.wrong(DETAILS, f"{name}.number", f"another number than in {FILE}")
        if isinstance(entry["open"], list):
            for span in check_rows(pack, DETAILS, f"{name}.open", entry["open"], SPAN, key=None):
                if span["to"] <= span["from"]:
                    pack.wrong(DETAILS, f"{name}.open", "a span ends after it begins; write a night as two spans")


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the numbers. What left the file is withdrawn (`active`), never deleted."""
    details = {entry["code"]: entry for entry in pack[DETAILS]["lines"]}
    found = [
        _helpline(pack, place, entry, details.get(entry["code"]))
        for place, entry in enumerate(pack[FILE]["helplines"], start=1)
    ]
    pack.refuse_if_wrong()
    Helpline.objects.using(using).exclude(pk__in=[row.pk for row in found]).update(active=False)
    Helpline.objects.using(using).bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.name for field in Helpline._meta.concrete_fields if not field.primary_key],
    )
    return {"help lines": len(found)}


def _helpline(pack: Pack, place: int, entry: Entry, details: Entry | None) -> Helpline:
    """Build a number; it counts as reviewed on the date of the file only if somebody validated the file."""
    meta = pack[FILE]["meta"]
    row = Helpline(
        order=place,
        label_en=entry.get("label_en", ""),
        use_en=entry.get("use_en", ""),
        reviewed_on=date.fromisoformat(meta["date"]) if meta["validated_by"] else None,
        **{name: entry[name] for name in SHAPE},
        **(_details(details) if details else {}),
    )
    return checked(pack, FILE, "helplines", row, entry["code"])


def _details(entry: Entry) -> dict:
    texts = {
        f"{name}_{language}": entry.get(f"{name}_{language}") or ""
        for name in ("hours", "languages", "audience", "cost", "text_relay", "note")
        for language in ("fr", "en")
    }
    read_on = date.fromisoformat(entry["last_checked"])
    return {
        **texts,
        "opening": entry["open"],
        "source": entry["source"],
        "source_en": entry.get("source_en", ""),
        "read_on": read_on,
    }
