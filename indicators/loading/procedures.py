"""Load procedures, their steps, and the legal texts they rest on."""

from agencies.models import Kind
from indicators.models import Consent, LegalText, Procedure, ProcedureStep, Unit

from .pack import Entry, Pack, checked
from .shape import check_rows, entries, refer, rows, text, text_or_null, texts, whole

FILE = "procedures.yaml"
LABEL = {"code": text, "label_fr": text}
SHAPES = {
    "urgency_levels": {**LABEL, "order": whole, "label_en": text, "ack_hours": whole},
    "procedure_kinds": LABEL,
    "consent_values": LABEL,
    "legal_texts": {
        "code": text,
        "title": text,
        "topic": text,
        "summary_fr": text,
        "provenance": text,
        "citation": text_or_null,
    },
    "procedures": {
        **LABEL,
        "label_en": text,
        "kind": text,
        "profiles": texts,
        "urgency": text,
        "trigger_fr": text,
        "note_fr": text_or_null,
        "steps": entries,
    },
}
STEP = {
    "order": whole,
    "actor_kind": text,
    "action_fr": text,
    "legal_basis": texts,
    "deadline": lambda value: None if value is None or isinstance(value, dict) else "expected a time limit or null",
    "inform_victim_fr": texts,
    "consent": text,
    "next_procedures": texts,
}
DEADLINE = {"value": whole, "unit": text, "counted_from": text, "label_fr": text}
PROFILES = ("adult", "adult_labour", "adult_sexual", "child", "child_labour", "child_sexual")
CHILDREN = {profile for profile in PROFILES if profile.startswith("child")}
PROVENANCES = ("seen", "general_knowledge", "project_proposal")
ANYBODY = ("any", "public_agent")
# events from which time limits are counted; worded in `indicators.procedures.selectors`
EVENTS = ("event", "detection", "receipt", "decision", "placement", "request", "acceptance", "notification",
          "hearing_set", "first_contact", "registration", "due_date", "contract_end", "facts",
          "decision_notified", "place_agreed")  # fmt: skip
# in a label of the pack: no law sets this time limit
TARGET = "délai proposé"


def check(pack: Pack) -> None:
    for name, shape in SHAPES.items():
        rows(pack, FILE, name, shape)
    data = pack[FILE]
    if texts(data.get("deadline_units")) is not None:
        pack.wrong(FILE, "deadline_units", "expected a list of texts")
    for name, known in (("procedure_kinds", Procedure.Kind.values), ("consent_values", Consent.values)):
        refer(pack, FILE, name, [entry["code"] for entry in data[name]], known, name)
    refer(pack, FILE, "deadline_units", data.get("deadline_units"), Unit.values, "unit")
    for entry in data["legal_texts"]:
        refer(pack, FILE, f"legal_texts[{entry['code']}].provenance", entry["provenance"], PROVENANCES, "provenance")
    for entry in data["procedures"]:
        _check_procedure(pack, entry)


def _codes(pack: Pack, name: str) -> list[str]:
    return [entry["code"] for entry in pack[FILE][name]]


def _check_procedure(pack: Pack, entry: Entry) -> None:
    where = f"procedures[{entry['code']}]"
    refer(pack, FILE, f"{where}.kind", entry["kind"], _codes(pack, "procedure_kinds"), "kind")
    refer(pack, FILE, f"{where}.urgency", entry["urgency"], _codes(pack, "urgency_levels"), "urgency")
    refer(pack, FILE, f"{where}.profiles", entry["profiles"], PROFILES, "profile")
    steps = check_rows(pack, FILE, f"{where}.steps", entry["steps"], STEP, key="order")
    if [step["order"] for step in steps] != list(range(1, len(steps) + 1)):
        pack.wrong(FILE, f"{where}.steps", "expected orders 1, 2, 3…")
    for step in steps:
        name = f"{where}.steps[{step['order']}]"
        refer(pack, FILE, f"{name}.actor_kind", step["actor_kind"], [*Kind.values, *ANYBODY], "actor_kind")
        refer(pack, FILE, f"{name}.consent", step["consent"], _codes(pack, "consent_values"), "consent")
        if step["consent"] in Consent.conditions() and CHILDREN.intersection(entry["profiles"]):
            pack.wrong(FILE, f"{name}.consent", "a child's agreement is never a condition: write a sheet for children")
        refer(pack, FILE, f"{name}.legal_basis", step["legal_basis"], _codes(pack, "legal_texts"), "legal text")
        refer(pack, FILE, f"{name}.next_procedures", step["next_procedures"], _codes(pack, "procedures"), "procedure")
        if step["deadline"] is not None:
            _check_deadline(pack, f"{name}.deadline", step["deadline"])


def _check_deadline(pack: Pack, name: str, deadline: Entry) -> None:
    (found,) = check_rows(pack, FILE, name, [deadline], DEADLINE, key=None)
    refer(pack, FILE, f"{name}.unit", found["unit"], pack[FILE]["deadline_units"], "unit")
    refer(pack, FILE, f"{name}.counted_from", found["counted_from"], EVENTS, "event")


def store(pack: Pack, using: str) -> dict[str, int]:
    """Write the procedures. What left the file is withdrawn (`active`), never deleted: cases keep its code.

    Steps are replaced by those of the file.
    """
    data = pack[FILE]
    legal = [_text(pack, place, entry) for place, entry in enumerate(data["legal_texts"], start=1)]
    procedures = [_procedure(pack, place, entry) for place, entry in enumerate(data["procedures"], start=1)]
    steps = [_step(pack, entry["code"], step) for entry in data["procedures"] for step in entry["steps"]]
    pack.refuse_if_wrong()
    for model, found in ((LegalText, legal), (Procedure, procedures)):
        model.objects.using(using).exclude(pk__in=[row.pk for row in found]).update(active=False)
        model.objects.using(using).bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[field.name for field in model._meta.concrete_fields if not field.primary_key],
        )
    ProcedureStep.objects.using(using).filter(procedure__in=[row.pk for row in procedures]).delete()
    ProcedureStep.objects.using(using).bulk_create(steps)
    return {"procedures": len(procedures), "steps": len(steps), "legal texts": len(legal)}


def _text(pack: Pack, place: int, entry: Entry) -> LegalText:
    row = LegalText(
        order=place,
        title_fr=entry["title"],
        title_en=entry.get("title_en", ""),
        summary_en=entry.get("summary_en", ""),
        citation=entry["citation"] or "",
        **{name: entry[name] for name in ("code", "topic", "summary_fr", "provenance")},
    )
    return checked(pack, FILE, "legal_texts", row, entry["code"])


def _procedure(pack: Pack, place: int, entry: Entry) -> Procedure:
    row = Procedure(
        order=place,
        trigger_en=entry.get("trigger_en", ""),
        note_fr=entry["note_fr"] or "",
        note_en=entry.get("note_en", ""),
        **{name: entry[name] for name in ("code", "kind", "urgency", "profiles", "label_fr", "label_en", "trigger_fr")},
    )
    return checked(pack, FILE, "procedures", row, entry["code"])


def _step(pack: Pack, code: str, entry: Entry) -> ProcedureStep:
    deadline = entry["deadline"] or {}
    inform_fr = entry["inform_victim_fr"]
    row = ProcedureStep(
        procedure_id=code,
        action_en=entry.get("action_en", ""),
        inform_fr=inform_fr,
        inform_en=entry.get("inform_victim_en", [""] * len(inform_fr)),
        deadline_value=deadline.get("value"),
        deadline_unit=deadline.get("unit", ""),
        counted_from=deadline.get("counted_from", ""),
        deadline_fr=deadline.get("label_fr", ""),
        deadline_en=deadline.get("label_en", ""),
        target=TARGET in deadline.get("label_fr", ""),
        **{name: entry[name] for name in ("order", "actor_kind", "action_fr", "consent", "legal_basis")},
        next_procedures=entry["next_procedures"],
    )
    return checked(pack, FILE, f"procedures[{code}].steps", row, str(entry["order"]))
