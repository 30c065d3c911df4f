"""Load the guides by sector of sectors.yaml; their signs and contacts refer to the catalogue and the directory."""

from agencies.models import Directory, Helpline
from indicators.loading.pack import Entry, Pack, checked
from indicators.loading.shape import refer, rows, text, texts, whole
from indicators.models import Catalogue
from plans.models import Advice, SectorGuide

from .keeping import keep, sourcing

FILE = "sectors.yaml"
SHAPES = {
    "sectors": {
        "code": text,
        "order": whole,
        "label_fr": text,
        "intro_fr": text,
        "vigilance_fr": text,
        "steps_fr": texts,
        "signs": texts,
        "helplines": texts,
        "bodies": texts,
        "provenance": text,
    },
    "advice": {"code": text, "audience": text, "label_fr": text, "text_fr": text, "provenance": text},
}


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape)


def store(pack: Pack, using: str) -> dict[str, int]:
    catalogue = Catalogue.objects.using(using).current(Catalogue.Code.INDICATORS)
    known = {
        "signs": set(catalogue.indicators.using(using).values_list("code", flat=True)) if catalogue else set(),
        "helplines": set(Helpline.objects.using(using).values_list("pk", flat=True)),
        "bodies": set(Directory.objects.using(using).values_list("pk", flat=True)),
    }
    for entry in pack[FILE]["sectors"]:
        for name, codes in known.items():
            refer(pack, FILE, f"sectors[{entry['code']}].{name}", entry[name], codes, name.removesuffix("s"))
    pack.refuse_if_wrong()
    found = [checked(pack, FILE, "sectors", _guide(entry), entry["code"]) for entry in pack[FILE]["sectors"]]
    pack.refuse_if_wrong()
    advice = [checked(pack, FILE, "advice", _advice(n, e), e["code"]) for n, e in enumerate(pack[FILE]["advice"], 1)]
    pack.refuse_if_wrong()
    keep(SectorGuide, "code", found, using)
    keep(Advice, "code", advice, using)
    return {"sector guides": len(found)}


def _advice(order: int, entry: Entry) -> Advice:
    texts_ = {f"{name}_{lang}": entry.get(f"{name}_{lang}", "") for name in ("label", "text") for lang in ("fr", "en")}
    return Advice(code=entry["code"], order=order, audience=entry["audience"], **texts_, **sourcing(entry))


def _guide(entry: Entry) -> SectorGuide:
    texts_ = {f"{name}_{lang}": entry.get(f"{name}_{lang}", "") for name in ("label", "intro", "vigilance")
            for lang in ("fr", "en")}  # fmt: skip
    return SectorGuide(
        code=entry["code"],
        order=entry["order"],
        steps_fr=entry["steps_fr"],
        steps_en=entry.get("steps_en", []),
        signs=entry["signs"],
        helplines=entry["helplines"],
        bodies=entry["bodies"],
        **texts_,
        **sourcing(entry),
    )
