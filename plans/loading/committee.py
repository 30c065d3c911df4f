"""Load the meetings of plans.yaml, as public sources report them."""

from datetime import date

from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import flag, rows, text, text_or_null
from plans.models import Meeting

from .keeping import keep, sourcing
from .plans import FILE, whole_or_null

SHAPE = {
    "code": text,
    "date": text,
    "month_only": flag,
    "title_fr": text,
    "state": text,
    "people": whole_or_null,
    "reason_fr": text_or_null,
    "note_fr": text_or_null,
    "provenance": text,
    "source": text,
}


def check(pack: Pack) -> None:
    rows(pack, FILE, "meetings", SHAPE)


def store(pack: Pack, using: str) -> dict[str, int]:
    found = [checked(pack, FILE, "meetings", _meeting(e), e["code"]) for e in pack[FILE]["meetings"]]
    pack.refuse_if_wrong()
    keep(Meeting, "code", found, using)
    return {"meetings": len(found)}


def _meeting(entry: Entry) -> Meeting:
    return Meeting(
        code=entry["code"],
        on=date.fromisoformat(entry["date"]),
        month_only=entry["month_only"],
        title_fr=entry["title_fr"],
        title_en=entry.get("title_en", ""),
        state=entry["state"],
        people=entry["people"],
        reason_fr=entry["reason_fr"] or "",
        reason_en=entry.get("reason_en", ""),
        **sourcing(entry),
    )
