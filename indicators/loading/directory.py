"""Load services and organisations (reference, not participants)."""

from agencies.models import Directory, Kind, Service

from .pack import Entry, Pack, checked
from .shape import flag, refer, rows, text, text_or_null, texts

FILE = "agencies.yaml"
LABELS = {"code": text, "label_fr": text, "label_en": text}
SHAPES = {
    "kinds": LABELS,
    "services": LABELS,
    "territory_scopes": {"code": text, "label_fr": text},
    "agencies": {
        "code": text,
        "name": text,
        "acronym": text_or_null,
        "kind": text,
        "ministry": text_or_null,
        "territory_scope": text,
        "is_template": flag,
        "competences": texts,
        "website": text_or_null,
        "provenance": text,
        "note_fr": text_or_null,
    },
}
# public telephone and département, where they are; `unlisted`: a shelter whose place must stay unknown
MAY_HAVE = {"agencies": {"phone": text, "department": text, "unlisted": flag}}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape, may_have=MAY_HAVE.get(name))
    data = pack[FILE]
    refer(pack, FILE, "kinds", [entry["code"] for entry in data["kinds"]], Kind.values, "kind")
    known = {
        "kind": [entry["code"] for entry in data["kinds"]],
        "territory_scope": [entry["code"] for entry in data["territory_scopes"]],
        "competences": [entry["code"] for entry in data["services"]],
    }
    for entry in data["agencies"]:
        for name, codes in known.items():
            refer(pack, FILE, f"agencies[{entry['code']}].{name}", entry[name], codes, name)


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the directory. What left the file is withdrawn (`active`), never deleted.

    A service that is missing is refused: agencies may still offer it.
    """
    data = pack[FILE]
    services = [
        checked(pack, FILE, "services", Service(**{name: entry[name] for name in LABELS}), entry["code"])
        for entry in data["services"]
    ]
    organisations = [_organisation(pack, entry) for entry in data["agencies"]]
    stored = set(Service.objects.using(using).values_list("pk", flat=True))
    for code in sorted(stored - {row.code for row in services}):
        pack.wrong(FILE, f"services[{code}]", "was loaded before and is missing: a service is never removed")
    pack.refuse_if_wrong()
    Service.objects.using(using).bulk_create(
        services, update_conflicts=True, unique_fields=["code"], update_fields=["label_fr", "label_en"]
    )
    # the pack does not know the others
    here = Directory.objects.using(using).exclude(provenance__in=Directory.NOT_OF_THE_PACK)
    here.exclude(pk__in=[row.pk for row in organisations]).update(active=False)
    Directory.objects.using(using).bulk_create(
        organisations,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.name for field in Directory._meta.concrete_fields if not field.primary_key],
    )
    _store_competences({(e["code"], service) for e in data["agencies"] for service in e["competences"]}, using)
    return {"services": len(services), "organisations": len(organisations)}


def _organisation(pack: Pack, entry: Entry) -> Directory:
    row = Directory(
        code=entry["code"],
        name=entry["name"],
        kind=entry["kind"],
        scope=entry["territory_scope"],
        is_template=entry["is_template"],
        phone=entry.get("phone", ""),
        department=entry.get("department", ""),
        unlisted=entry.get("unlisted", False),
        provenance=entry["provenance"],
        **{name: entry[name] or "" for name in ("acronym", "ministry", "website", "note_fr")},
    )
    return checked(pack, FILE, "agencies", row, entry["code"])


def _store_competences(pairs: set[tuple[str, str]], using: str) -> None:
    links = Directory.services.through.objects.using(using)
    of_pack = links.exclude(directory__provenance__in=Directory.NOT_OF_THE_PACK)
    stored = {(a, b): pk for pk, a, b in of_pack.values_list("pk", "directory_id", "service_id")}
    links.filter(pk__in=[pk for pair, pk in stored.items() if pair not in pairs]).delete()
    links.bulk_create([links.model(directory_id=a, service_id=b) for a, b in sorted(pairs - stored.keys())])
