"""Load bodies, themes, urgencies, sources and commitments of commitments.yaml."""

from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import refer, rows, text, text_or_null, texts, whole
from plans.commitments.selectors.repetitions import certainly_before
from plans.models import (
    Commitment,
    CommitmentBody,
    CommitmentSource,
    CommitmentStatus,
    CommitmentTheme,
    CommitmentUrgency,
)

from .keeping import keep, sourcing
from .plans import day

FILE = "commitments.yaml"
LABEL = {"code": text, "label_fr": text}
SHAPES = {
    "bodies": {**LABEL, "label_en": text},
    "urgency_levels": {**LABEL, "order": whole, "label_en": text},
    "themes": LABEL,
    "statuses": {**LABEL, "order": whole, "label_en": text},
    "repetitions": {**LABEL, "members": texts},
    "sources": {"code": text, "title": text, "access": text_or_null, "date": text_or_null},
    "commitments": {
        "code": text,
        "body": text,
        "source": text,
        "paragraph": text_or_null,
        "urgency": text,
        "theme": text,
        "text_fr": text,
        "due_date": text_or_null,
        "provenance": text,
    },
}
LABELS = (("bodies", CommitmentBody), ("urgency_levels", CommitmentUrgency), ("themes", CommitmentTheme))


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape, open_to_more=name == "commitments")
    data = pack[FILE]
    for entry in data["commitments"]:
        for field, known in (
            ("body", "bodies"),
            ("urgency", "urgency_levels"),
            ("theme", "themes"),
            ("source", "sources"),
        ):
            codes = [row["code"] for row in data[known]]
            refer(pack, FILE, f"commitments[{entry['code']}].{field}", entry[field], codes, field)
    known = [entry["code"] for entry in data["commitments"]]
    for entry in data["repetitions"]:
        refer(pack, FILE, f"repetitions[{entry['code']}].members", entry["members"], known, "commitment")
    for entry in data["statuses"]:
        refer(pack, FILE, f"statuses[{entry['code']}]", entry["code"], CommitmentStatus.values, "status")


def store(pack: Pack, using: str) -> dict[str, int]:
    data = pack[FILE]
    for name, model in LABELS:
        rows_ = [
            model(code=e["code"], order=e.get("order", n), label_fr=e["label_fr"], label_en=e.get("label_en", ""))
            for n, e in enumerate(data[name], start=1)
        ]
        keep(model, "code", [checked(pack, FILE, name, row, row.code) for row in rows_], using)
    sources = [
        CommitmentSource(
            code=e["code"],
            order=n,
            title_fr=e["title"],
            title_en=e.get("title_en", ""),
            access_fr=e["access"] or "",
            dated=e["date"] or "",
        )
        for n, e in enumerate(data["sources"], start=1)
    ]
    keep(CommitmentSource, "code", [checked(pack, FILE, "sources", s, s.code) for s in sources], using)
    found = [
        checked(pack, FILE, "commitments", _commitment(n, e), e["code"])
        for n, e in enumerate(data["commitments"], start=1)
    ]
    pack.refuse_if_wrong()
    keep(Commitment, "code", found, using)
    links = _repeat(data["repetitions"], using)
    return {"commitments": len(found), "commitment sources": len(sources), "repetitions": links}


def _repeat(chains: list[Entry], using: str) -> int:
    """Link each text of a chain to those certainly older; return the number of links.

    Links changed here by a member are kept.
    """
    stored = Commitment.objects.using(using).select_related("from_text").in_bulk()
    wanted = {
        (newer, older)
        for chain in chains
        for newer in chain["members"]
        for older in chain["members"]
        if certainly_before(stored[older].from_text.dated, stored[newer].from_text.dated)
    }
    through = Commitment.repeats.through
    theirs = through.objects.using(using).exclude(from_commitment__edited_at=None)
    kept = {commitment.pk for commitment in stored.values() if commitment.edited_at}
    through.objects.using(using).exclude(pk__in=theirs.values("pk")).delete()
    through.objects.using(using).bulk_create(
        through(from_commitment_id=newer, to_commitment_id=older)
        for newer, older in sorted(wanted)
        if newer not in kept
    )
    return len(wanted)


def _commitment(order: int, entry: Entry) -> Commitment:
    return Commitment(
        code=entry["code"],
        order=order,
        body_id=entry["body"],
        from_text_id=entry["source"],
        paragraph=entry["paragraph"] or "",
        paragraph_en=entry.get("paragraph_en", ""),
        urgency_id=entry["urgency"],
        theme_id=entry["theme"],
        text_fr=entry["text_fr"],
        text_en=entry.get("text_en", ""),
        due_date=day(entry["due_date"]),
        **{**sourcing(entry), "source": ""},
    )
