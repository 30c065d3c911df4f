"""What is done with money: a body enters and corrects, the coordination checks or returns, an auditor signs."""

import secrets
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import pgettext

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans import access
from plans.models import (
    BeneficiaryCorrection,
    BudgetLine,
    Envelope,
    EnvelopeBeneficiary,
    LineReview,
    Measure,
    ResourceKind,
    Stage,
)
from plans.models.bodies import audits, body_of
from plans.models.coordination import coordinates
from plans.steering import selectors as steering_selectors

WORDS = (
    "label_fr", "label_en", "measure", "commitment", "service", "programme", "action", "scope_fr", "scope_en",
    "beneficiary", "money_source", "knowledge", "note_fr",
)  # fmt: skip


def visible_envelope(actor, code: str) -> Envelope:
    found = (
        Envelope.objects.visible_to(actor)
        .select_related("measure__plan", "plan", "funder", "service", "commitment")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def visible_line(actor, pk) -> BudgetLine:
    rows = BudgetLine.objects.visible_to(actor).select_related("envelope__measure", "envelope__funder", "body")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_enter(actor, envelope: Envelope) -> bool:
    return access.enters_money(actor, funder=envelope.funder_id, leads=_lead(envelope))


def _lead(envelope: Envelope) -> str | None:
    return envelope.measure.lead_id if envelope.measure_id else None


def add_envelope(actor, *, funder, resource_kind: str, unit: str, **words) -> Envelope:
    """Fields: those of WORDS. The plan follows from the measure. Raises NotAllowed for another body's money."""
    measure = words.get("measure")
    if not access.enters_money(actor, funder=funder and funder.pk, leads=measure.lead_id if measure else None):
        raise NotAllowed("envelope")
    _check_named(actor, funder, measure)
    made = Envelope(
        code=_code(words["label_fr"]),
        funder=funder,
        resource_kind=resource_kind,
        unit=unit,
        plan=measure.plan if measure else None,
        edited_at=timezone.now(),
        **{name: value for name, value in words.items() if name in WORDS},
    )
    with guarded():
        made.save(force_insert=True)
    record("money.envelope", made)
    return made


def choices(actor) -> tuple[QuerySet, QuerySet]:
    """Return the bodies and the measures that an envelope may name: one's own body with the measures it leads or
    joins; any for the coordination. What is said of a closed plan is said."""
    found, measures = steering_selectors.acting(), Measure.objects.visible_to(actor).exclude(plan__state="closed")
    if coordinates(actor):
        return found, measures
    body = body_of(actor)
    return found.filter(pk=body), measures.filter(Q(lead=body) | Q(partners=body)).distinct()


def _check_named(actor, funder, measure) -> None:
    _own, measures = choices(actor)
    steering_selectors.require(funder, steering_selectors.acting())
    if measure is not None and not measures.filter(pk=measure.pk).exists():
        raise WrongState("measure")


def _code(label: str) -> str:
    """An address that says what it is, and never changes with it."""
    return f"{slugify(label)[:48].strip('-') or 'enveloppe'}-{secrets.token_hex(3)}"


def change_envelope(actor, envelope: Envelope, **words) -> Envelope:
    """What says what it is: label, scope, measure... Never its funder, kind or unit: figures stand on them."""
    if not may_enter(actor, envelope):
        raise NotAllowed("envelope")
    if words.get("measure") != envelope.measure:
        _check_named(actor, envelope.funder, words.get("measure"))
    changed = [name for name, value in words.items() if name in WORDS and getattr(envelope, name) != value]
    for name in changed:
        setattr(envelope, name, words[name])
    envelope.plan, envelope.edited_at = envelope.measure.plan if envelope.measure else envelope.plan, timezone.now()
    with guarded():
        envelope.save(update_fields=[*changed, "plan", "edited_at"])
    record("money.envelope_changed", envelope)
    return envelope


def say_overlap(actor, envelope: Envelope, other: Envelope) -> None:
    """Both count some of the same money: they are never added. Each side may say it of the other."""
    if not may_enter(actor, envelope):
        raise NotAllowed("overlap")
    if other.pk == envelope.pk or other.unit != envelope.unit:
        raise WrongState("overlap")
    with guarded():
        envelope.overlaps.add(other)
    record("money.overlap", envelope)


def drop_overlap(actor, envelope: Envelope, other: Envelope) -> None:
    """Said by mistake. The other side may be the one who said it: its word is not taken back without it."""
    if other.pk not in droppable(actor, envelope, [other]):
        raise NotAllowed("overlap")
    with guarded():
        envelope.overlaps.remove(other)
    record("money.overlap_dropped", envelope)


def droppable(actor, envelope: Envelope, others: list[Envelope]) -> set[int]:
    """Of which of these the overlap may be taken back: who enters both, asked once whatever their number."""
    enters = access.money_entered(actor)
    if not enters(envelope.funder_id, _lead(envelope)):
        return set()
    return {other.pk for other in others if enters(other.funder_id, _lead(other))}


def name_beneficiary(actor, envelope: Envelope, name: str, public_source: str) -> EnvelopeBeneficiary:
    """An association that receives. Without the place where its grant is public, only its funder reads the name."""
    if not may_enter(actor, envelope) or body_of(actor) is None:
        raise NotAllowed("beneficiary")
    with guarded():
        made = EnvelopeBeneficiary.objects.create(
            envelope=envelope, name=name, public_source=public_source, body_id=body_of(actor)
        )
    record("money.beneficiary", envelope)
    return made


def visible_beneficiary(actor, envelope: Envelope, pk: int) -> EnvelopeBeneficiary:
    """One that stands; the database says whose names this reader sees."""
    found = envelope.beneficiaries.filter(pk=pk, ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def correct_beneficiary(
    actor, wrong: EnvelopeBeneficiary, reason: str, name: str = "", public_source: str = ""
) -> EnvelopeBeneficiary | None:
    """Take a wrong name out at once, and put another in its place if `name` is given. WrongState if it was taken out
    meanwhile."""
    envelope, body = wrong.envelope, body_of(actor)
    if not may_enter(actor, envelope) or body is None:
        raise NotAllowed("beneficiary")
    with guarded():
        BeneficiaryCorrection.objects.create(
            beneficiary=wrong, envelope=envelope, reason=reason, body_id=body, agency=actor.agency, by=actor
        )
        made = name_beneficiary(actor, envelope, name, public_source) if name else None
    record("money.beneficiary_corrected", envelope)
    return made


def add_line(
    actor,
    envelope: Envelope,
    *,
    year: int,
    stage: str,
    nature: str = "",
    amount: Decimal | None = None,
    exactness: str = BudgetLine.Exactness.EXACT,
    share: Decimal | None = None,
    on=None,
    evidence: str = "",
    period_fr: str = "",
) -> BudgetLine:
    """Enter one figure. Raises WrongState without an amount or evidence, unless it cannot be isolated; without a
    stage; and when the same year, stage and nature already has one: it is corrected, not doubled."""
    if not may_enter(actor, envelope):
        raise NotAllowed("line")
    if envelope.resource_kind != ResourceKind.FINANCIAL and nature:
        raise WrongState("nature")
    if stage == Stage.UNKNOWN:
        raise WrongState("stage")
    line = BudgetLine(
        envelope=envelope,
        year=year,
        period_fr=period_fr,
        stage=stage,
        nature=nature,
        on=on,
        **_said(amount, exactness, share, evidence),
    )
    former = found_at(line)
    if former is not None and former.exactness != BudgetLine.Exactness.WITHDRAWN:
        raise WrongState("line")
    if former is not None:
        line.replaces, line.reason = former, pgettext("money", "Entered again after it was withdrawn")
    return _insert(actor, line, "money.line")


def found_at(line: BudgetLine) -> BudgetLine | None:
    """The line entered here that stands in the same place, corrections followed to the last."""
    return (
        BudgetLine.objects.filter(
            envelope=line.envelope,
            year=line.year,
            period_fr=line.period_fr,
            stage=line.stage,
            nature=line.nature,
            provenance="entered",
            replaced_by=None,
        )
        .order_by("-id")
        .first()
    )


def correct_line(
    actor,
    line: BudgetLine,
    *,
    amount: Decimal | None = None,
    exactness: str = BudgetLine.Exactness.EXACT,
    share: Decimal | None = None,
    evidence: str = "",
    reason: str = "",
) -> BudgetLine:
    """A line that takes the place of another; the former stays readable with the reason. WrongState if published and
    no reason is given, or if it was corrected meanwhile."""
    if not may_enter(actor, line.envelope):
        raise NotAllowed("line")
    if BudgetLine.objects.filter(replaces=line).exists() or (is_published(line) and not reason):
        raise WrongState("correction")
    made = BudgetLine(
        envelope=line.envelope,
        year=line.year,
        period_fr=line.period_fr,
        stage=line.stage,
        nature=line.nature,
        on=line.on,
        replaces=line,
        reason=reason,
        **_said(amount, exactness, share, evidence),
    )
    return _insert(actor, made, "money.correction")


def is_published(line: BudgetLine) -> bool:
    return line.checked_at is not None or line.provenance != "entered"


def _said(amount, exactness, share, evidence) -> dict:
    known = exactness in (BudgetLine.Exactness.EXACT, BudgetLine.Exactness.ESTIMATED)
    if known and (amount is None or not evidence.strip()):
        raise WrongState("evidence")  # figures are read with the paper where they stand
    return {
        "amount": amount if known else None,
        "exactness": exactness,
        "share": share if exactness == BudgetLine.Exactness.ESTIMATED else None,
        "evidence": evidence,
    }


def _insert(actor, line: BudgetLine, verb: str) -> BudgetLine:
    line.body_id, line.agency, line.by = body_of(actor), actor.agency, actor
    with guarded():
        line.save(force_insert=True)
    record(verb, line)
    return line


def check_line(actor, line: BudgetLine) -> None:
    """From now on the public reads it."""
    if not may_check(actor, line):
        raise NotAllowed("check")
    _review(actor, line, LineReview.Sort.CHECKED)


def may_check(actor, line: BudgetLine) -> bool:
    """By the coordination. What it entered itself for a body that takes part here is that body's to take over; its own
    money, and that of bodies without a unit here, has nobody else to look at it, and the page says so."""
    return coordinates(actor) and not entered_for_another(actor, line, bodies_here())


def entered_for_another(actor, line: BudgetLine, here: set[str]) -> bool:
    """`here`: the bodies that take part (nrm.for_another says the same)."""
    if line.body_id != body_of(actor):
        return False
    envelope = line.envelope
    owners = {envelope.funder_id, envelope.measure.lead_id if envelope.measure else None} - {None, line.body_id}
    return bool(owners & here)


def bodies_here() -> set[str]:
    return set(access.payers().values_list("profile", flat=True))


def check_all(actor, lines) -> int:
    """Those of a list, in one transaction: all, or none."""
    with transaction.atomic():
        lines = list(lines)
        for line in lines:
            check_line(actor, line)
    return len(lines)


def return_line(actor, line: BudgetLine, text: str) -> None:
    """Ask its body to look again; the question stays between the two."""
    if not coordinates(actor):
        raise NotAllowed("return")
    _review(actor, line, LineReview.Sort.RETURNED, text)


def sign_line(actor, line: BudgetLine, text: str = "") -> None:
    if not audits(actor):
        raise NotAllowed("sign")
    _review(actor, line, LineReview.Sort.SIGNED, text)


def _review(actor, line: BudgetLine, sort: str, text: str = "") -> None:
    with guarded():
        LineReview.objects.create(line=line, sort=sort, text=text, agency=actor.agency, by=actor)
    line.refresh_from_db(fields=["checked_at", "signed_at"])
    record(f"money.{sort}", line)
