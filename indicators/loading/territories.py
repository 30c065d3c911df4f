"""Load regions, departments and overseas collectivities, with their neighbours."""

from zoneinfo import available_timezones

from agencies.models import Territory

from .pack import Pack, checked
from .shape import flag, number, refer, rows, text, text_or_null, texts, whole

FILE = "territories.yaml"
PLACE = {"code": text, "label_fr": text, "label_en": text, "seat_code": text, "seat": text, "time_zone": text}
POINT = {"lat": number, "lon": number, "neighbours": texts, "tncc": whole, "iso_country": text}
SHAPES = {
    "regions": {**PLACE, "zone": text, "iso_3166_2": text_or_null, "department_count": whole},
    "departments": {
        **PLACE,
        **POINT,
        "region": text,
        "zone": text,
        "iso_3166_2": text_or_null,
        "authority_note_fr": text_or_null,
    },
    "collectivities": {
        **PLACE,
        **POINT,
        "kind_fr": text,
        "other_time_zones": texts,
        "law_note_fr": text_or_null,
    },
}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape, may_have={} if name == "regions" else {"seat_shared": flag})
    data, zones = pack[FILE], available_timezones()
    regions = {entry["code"] for entry in data["regions"]}
    places = {entry["code"]: entry for name in ("departments", "collectivities") for entry in data[name]}
    if len(places) != len(data["departments"]) + len(data["collectivities"]):
        pack.wrong(FILE, "collectivities", "a code is also that of a department")
    for name in SHAPES:
        for entry in data[name]:
            refer(pack, FILE, f"{name}[{entry['code']}].time_zone", entry["time_zone"], zones, "time zone")
    for code, entry in places.items():
        if not (-90 <= entry["lat"] <= 90 and -180 <= entry["lon"] <= 180):
            pack.wrong(FILE, f"[{code}]", "lat or lon is not on the globe")
        refer(pack, FILE, f"[{code}].neighbours", entry["neighbours"], places, "territory")
        for other in entry["neighbours"]:
            if other == code or code not in places.get(other, entry)["neighbours"]:
                pack.wrong(FILE, f"[{code}].neighbours", f"{other} does not name {code} in return")
    for entry in data["departments"]:
        refer(pack, FILE, f"departments[{entry['code']}].region", entry["region"], regions, "region")
    for entry in data["regions"]:
        count = sum(department["region"] == entry["code"] for department in data["departments"])
        if count != entry["department_count"]:
            pack.wrong(FILE, f"regions[{entry['code']}].department_count", f"the file has {count}")


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the territories. One is never removed: people and desks are attached to it."""
    data, sort = pack[FILE], Territory.Sort
    regions = [_row(entry, sort.REGION, code=f"R{entry['code']}", seat="") for entry in data["regions"]]
    places = [_row(entry, sort.DEPARTMENT, region_id=f"R{entry['region']}") for entry in data["departments"]]
    places += [_row(entry, sort.COLLECTIVITY) for entry in data["collectivities"]]
    for row in (*regions, *places):
        checked(pack, FILE, row.sort, row, row.code)
    stored = set(Territory.objects.using(using).values_list("pk", flat=True))
    for code in sorted(stored - {row.code for row in (*regions, *places)}):
        pack.wrong(FILE, code, "was loaded before and is missing: a territory is never removed")
    pack.refuse_if_wrong()
    for batch in (regions, places):
        Territory.objects.using(using).bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["sort", "label_fr", "label_en", "region", "seat", "time_zone", "lat", "lon"],
        )
    pairs = {
        (e["code"], other) for n in ("departments", "collectivities") for e in data[n] for other in e["neighbours"]
    }
    _store_neighbours(pairs, using)
    return {
        "regions": len(regions),
        "departments and collectivities": len(places),
        "neighbours": len(pairs) // 2,
    }


def _row(entry: dict, sort: str, **more) -> Territory:
    """Return the row of an entry. A seat whose name another town has stands for no place."""
    more = {"seat": "" if entry.get("seat_shared") else entry["seat"], **more}
    direct = ("code", "label_fr", "label_en", "time_zone", "lat", "lon")
    return Territory(**{**{name: entry.get(name) for name in direct}, "sort": sort, **more})


def _store_neighbours(pairs: set[tuple[str, str]], using: str) -> None:
    links = Territory.neighbours.through.objects.using(using)
    stored = {(a, b): pk for pk, a, b in links.values_list("pk", "from_territory_id", "to_territory_id")}
    links.filter(pk__in=[pk for pair, pk in stored.items() if pair not in pairs]).delete()
    links.bulk_create([links.model(from_territory_id=a, to_territory_id=b) for a, b in sorted(pairs - stored.keys())])
