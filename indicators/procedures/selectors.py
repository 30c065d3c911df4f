"""Read procedures as an immutable snapshot cached in the process; one small query tells whether the file changed."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from agencies.models import Kind
from indicators.models import Consent, LegalText, PackFile, Procedure, ProcedureStep

FILE = "procedures.yaml"
CHILD, ADULT = "child", "adult"
# words that follow « counted from » a time limit
EVENTS = {
    "event": _("the facts that call for it"),
    "detection": _("the moment the situation is noticed"),
    "receipt": _("receipt of the report"),
    "decision": _("the decision"),
    "decision_notified": _("the notification of the decision"),
    "placement": _("the arrival in care"),
    "request": _("the request"),
    "acceptance": _("the acceptance"),
    "place_agreed": _("the day the person agrees to look for a place far away"),
    "notification": _(
        "the day the receipt is given; to be safe, Repère counts from the day the person takes the period"
    ),
    "hearing_set": _("the setting of the hearing"),
    "first_contact": _("the first presentation"),
    "registration": _("the registration of the claim"),
    "due_date": _("the day the pay was due"),
    "contract_end": _("the day the end of the contract is notified, even if the contract ends later"),
    "facts": _("the facts (for a child: the eighteenth birthday)"),
}
ANYBODY = {"any": _("Any professional"), "public_agent": _("Any public agent")}
# kinds whose members are public agents (code of criminal procedure, article 40)
PUBLIC = {
    Kind.COORDINATION, Kind.JUSTICE, Kind.INTERIOR, Kind.LABOUR, Kind.EDUCATION, Kind.SOCIAL_AFFAIRS, Kind.HEALTH,
    Kind.FOREIGN_AFFAIRS, Kind.ASYLUM, Kind.CHILD_PROTECTION, Kind.EQUALITY, Kind.FINANCE, Kind.LOCAL_AUTHORITY,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """Wrap a step with its legal texts and its words; other attributes are those of the row."""

    row: ProcedureStep
    texts: tuple[LegalText, ...]

    def __getattr__(self, name):
        return getattr(self.row, name)

    @property
    def who(self):
        """Return who acts, in words."""
        return ANYBODY.get(self.row.actor_kind) or Kind(self.row.actor_kind).label

    @property
    def consent_words(self):
        return Consent(self.row.consent).label

    @property
    def consent_words_for_child(self):
        """Return the words for a child, whose agreement is never a condition, whatever the sheet begun says."""
        asked = Consent(self.row.consent)
        return (Consent.CHILD_OPINION if asked in Consent.conditions() else asked).label

    @property
    def counted_words(self):
        return EVENTS.get(self.row.counted_from, "")

    @property
    def at_once(self) -> bool:
        return self.row.deadline_value == 0

    @property
    def runs(self) -> bool:
        """Return whether the step has a time limit that is not « at once »."""
        return bool(self.row.deadline_value)

    @property
    def told(self) -> list[dict]:
        """Return what the person must be told, as entries for `wording`."""
        english = self.row.inform_en or [""] * len(self.row.inform_fr)
        return [{"label_fr": fr, "label_en": en} for fr, en in zip(self.row.inform_fr, english, strict=True)]

    def falls_to(self, kind: str) -> bool:
        """Return whether members of agencies of this kind are those who act."""
        mine = {"any", kind} | ({"public_agent"} if kind in PUBLIC or kind == "public_agent" else set())
        return self.row.actor_kind in mine


@dataclass(frozen=True)
class Shown:
    """Wrap a procedure with its steps; other attributes are those of the row."""

    row: Procedure
    steps: tuple[Step, ...]

    def __getattr__(self, name):
        return getattr(self.row, name)

    def step(self, order: int) -> Step | None:
        return next((s for s in self.steps if s.order == order), None)

    def falls_to(self, kind: str) -> bool:
        return any(step.falls_to(kind) for step in self.steps)

    @property
    def next_codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for step in self.steps for code in step.next_procedures))


@dataclass(frozen=True)
class Book:
    """Hold all procedures in use by code, in the order of the pack.

    `withdrawn` ones stay readable where they were started.
    """

    version: str
    date: object
    validated_by: str | None
    procedures: dict[str, Shown]
    withdrawn: dict[str, Shown]
    texts: dict[str, LegalText]

    def get(self, code: str) -> Shown | None:
        return self.procedures.get(code) or self.withdrawn.get(code)

    def for_profile(self, profile: str) -> list[Shown]:
        return [p for p in self.procedures.values() if profile in p.profiles]

    def followed_by(self, found: Shown) -> list[Shown]:
        return [self.procedures[code] for code in found.next_codes if code in self.procedures]


def book() -> Book:
    """Return the procedures as last loaded. Raises PackFile.DoesNotExist when the pack was never loaded."""
    file = PackFile.objects.get(pk=FILE)
    return _book(file.checksum, file.version, file.date, file.validated_by)


@lru_cache(maxsize=4)
def _book(checksum: str, version: str, date, validated_by: str | None) -> Book:
    """Build the book. `checksum` is that of the file, the cache key: another content is another book."""
    texts = LegalText.objects.in_bulk()
    steps: dict[str, list[Step]] = {}
    for row in ProcedureStep.objects.order_by("procedure", "order"):
        found = Step(row, tuple(texts[code] for code in row.legal_basis if code in texts))
        steps.setdefault(row.procedure_id, []).append(found)
    shown = [Shown(row, tuple(steps.get(row.pk, ()))) for row in Procedure.objects.all()]
    return Book(
        version,
        date,
        validated_by,
        {p.code: p for p in shown if p.active},
        {p.code: p for p in shown if not p.active},
        {code: text for code, text in texts.items() if text.active},
    )
