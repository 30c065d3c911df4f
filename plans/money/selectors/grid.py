"""Read the yearly grid of a body: its envelopes, last year's figures, what was typed and what it means.

A row is typed as texts, `{"ae": "1,2 M€", "evidence": "PLF"}`, and kept so in the draft, valid or not. `Row.read`
returns what it means, or sets what to correct.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import pgettext

from plans.models import BudgetLine, Campaign, Envelope, Nature, ResourceKind
from plans.money.rules import typed_amounts

FLAGS = ("same", "hidden")
TEXTS = ("ae", "cp", "amount", "share", "evidence")
LENGTH = 400
EXACT, ESTIMATED, HIDDEN = (
    BudgetLine.Exactness.EXACT,
    BudgetLine.Exactness.ESTIMATED,
    BudgetLine.Exactness.NOT_ISOLABLE,
)


@dataclass(frozen=True)
class TypedLine:
    """Hold one line to write, as the operations take it."""

    nature: str
    amount: Decimal | None
    exactness: str
    share: Decimal | None
    evidence: str


@dataclass
class Row:
    """Hold a row of the grid: an envelope, its figures, what was typed, and the errors."""

    envelope: Envelope
    last: list[BudgetLine]  # last year, same stage
    before: list[BudgetLine]  # last year, at another stage or period: shown, never copied
    now: list[BudgetLine]  # already handed over for this year
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def money(self) -> bool:
        return self.envelope.resource_kind == ResourceKind.FINANCIAL

    @property
    def locked(self) -> bool:
        """Return whether a figure is published: it is then corrected on its own page, with a reason."""
        return any(line.checked_at for line in self.now)

    @property
    def blank(self) -> bool:
        return not any(self.typed.get(name, "").strip() for name in (*FLAGS, *TEXTS))

    @property
    def answered(self) -> bool:
        return self.locked or (bool(self.now) and self.blank)

    @property
    def inputs(self) -> dict[str, dict[str, str]]:
        """Return, for each text of the row, what was typed and what to correct."""
        return {name: {"value": self.typed.get(name, ""), "error": self.errors.get(name, "")} for name in TEXTS}

    def read(self) -> list[TypedLine]:
        """Return what was typed as lines to write; with mistakes, set `errors` and return none."""
        self.errors = {}
        if self.answered:
            return []
        if self.blank:
            self.errors["row"] = pgettext("money", "Not answered: tick unchanged, not isolable, or write the amount.")
            return []
        found = self._same() if self.typed.get("same") else self._hidden() if self.typed.get("hidden") else self._new()
        return [] if self.errors else found

    def _amounts_typed(self) -> bool:
        return any(self.typed.get(name, "").strip() for name in ("ae", "cp", "amount"))

    def _same(self) -> list[TypedLine]:
        if self.typed.get("hidden"):
            self.errors["row"] = pgettext("money", "Unchanged or not isolable: keep one of the two.")
        elif self._amounts_typed():
            self.errors["row"] = pgettext("money", "Unchanged, and an amount: keep one of the two.")
        elif not self.last:
            self.errors["row"] = pgettext("money", "There is no figure of last year at this stage: write the amount.")
        evidence = self.typed.get("evidence", "").strip()
        return [
            TypedLine(line.nature, line.amount, line.exactness, line.share, evidence or line.evidence)
            for line in self.last
        ]

    def _hidden(self) -> list[TypedLine]:
        if self._amounts_typed():
            self.errors["row"] = pgettext("money", "Cannot be separated out, and an amount: keep one of the two.")
        return [TypedLine(Nature.NONE, None, HIDDEN, None, self.typed.get("evidence", "").strip())]

    def _new(self) -> list[TypedLine]:
        names = {"ae": Nature.AE, "cp": Nature.CP} if self.money else {"amount": Nature.NONE}
        found = {name: self._parsed(name, typed_amounts.amount) for name in names}
        share = self._parsed("share", typed_amounts.percent)
        evidence = self.typed.get("evidence", "").strip()
        if not self.errors and all(value is None for value in found.values()):
            self.errors[next(iter(names))] = pgettext("money", "Write an amount.")
        if not evidence:
            self.errors["evidence"] = pgettext("money", "Say where this figure can be read.")
        exactness = EXACT if share is None else ESTIMATED
        return [
            TypedLine(names[name], value, exactness, share, evidence)
            for name, value in found.items()
            if value is not None
        ]

    def _parsed(self, name: str, reader):
        try:
            return reader(self.typed.get(name, ""))
        except typed_amounts.NotAnAmount as error:
            self.errors[name] = str(error)
            return None


def own_envelopes(body: str):
    """Return the envelopes a body is asked about: those it funds, and those of measures it leads."""
    return (
        Envelope.objects.filter(Q(funder=body) | Q(measure__lead=body))
        .select_related("measure", "funder")
        .order_by("resource_kind", "label_fr", "code")
    )


def rows(actor, campaign: Campaign, body: str, typed: dict | None = None) -> list[Row]:
    """Return the grid of a body, each row with what was typed. Two queries."""
    envelopes = list(own_envelopes(body))
    lines = BudgetLine.objects.live(actor).filter(envelope__in=envelopes, year__in=[campaign.year, campaign.year - 1])
    found: dict[int, list[BudgetLine]] = {}
    for line in lines.order_by("nature", "id"):
        found.setdefault(line.envelope_id, []).append(line)
    return [_row(campaign, envelope, found.get(envelope.pk, []), (typed or {})) for envelope in envelopes]


def _row(campaign: Campaign, envelope: Envelope, lines: list[BudgetLine], typed: dict) -> Row:
    for line in lines:
        line.envelope = envelope
    last = [line for line in lines if line.year == campaign.year - 1]
    same = [line for line in last if line.stage == campaign.stage and not line.period_fr]
    return Row(
        envelope=envelope,
        last=same,
        before=[line for line in last if line not in same],
        now=[line for line in lines if line.year == campaign.year and line.stage == campaign.stage],
        typed=typed.get(str(envelope.pk), {}),
    )


def typed_in(data, envelopes) -> dict[str, dict[str, str]]:
    """Return the texts of a submitted grid by envelope, cut to LENGTH and without NUL characters."""
    return {
        str(pk): {name: str(data.get(f"e{pk}-{name}", "")).replace("\0", "")[:LENGTH] for name in (*FLAGS, *TEXTS)}
        for pk in envelopes
    }
