"""Load code lists: forms of exploitation, contexts of detection, reasons of refusal, and their correspondences."""

from indicators.models import Code, CodeList

from .pack import Entry, Pack, checked
from .shape import check_rows, text, whole

FILE = "forms.yaml"
SHAPE = {"code": text, "order": whole, "label_fr": text, "label_en": text}
FORMS = "forms_of_exploitation"
# the standards of fields: a note to developers, not a list of codes
NOT_LISTS = {"meta", "standards"}


def lists(pack: Pack) -> dict[str, list[Entry]]:
    """Return name -> entries, for each code list of the file."""
    return {name: found for name, found in pack[FILE].items() if name not in NOT_LISTS}


def form_codes(pack: Pack) -> list[str]:
    return [entry["code"] for entry in pack[FILE][FORMS]]


def check(pack: Pack) -> None:
    for name, found in lists(pack).items():
        check_rows(pack, FILE, name, found, SHAPE, open_to_more=True)
        orders = [entry["order"] for entry in found]
        for entry in found:
            if orders.count(entry["order"]) > 1:
                pack.wrong(FILE, f"{name}[{entry['code']}].order", f"{entry['order']} comes twice")
    if FORMS not in pack[FILE]:
        pack.wrong(FILE, FORMS, "missing")


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the codes. One that left the file is withdrawn, never deleted: what used it keeps its label."""
    found = lists(pack)
    known = list(found)
    CodeList.objects.using(using).bulk_create([CodeList(code=name) for name in known], ignore_conflicts=True)
    codes = [
        checked(
            pack,
            FILE,
            name,
            Code(
                code_list_id=name,
                **{key: entry[key] for key in SHAPE},
                data={key: value for key, value in entry.items() if key not in SHAPE},
            ),
            entry["code"],
        )
        for name, entries in found.items()
        for entry in entries
    ]
    pack.refuse_if_wrong()
    rows = Code.objects.using(using)
    rows.update(active=False)
    rows.bulk_create(
        codes,
        update_conflicts=True,
        unique_fields=["code_list", "code"],
        update_fields=["order", "label_fr", "label_en", "data", "active"],
    )
    return {"code lists": len(found), "codes": len(codes)}
