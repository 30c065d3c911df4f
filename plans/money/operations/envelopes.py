"""Write money: a body enters and corrects, the coordination checks or returns, an auditor signs."""

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
    """Return the envelope of this code. Raises NotFound."""
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
    """Return the line. Raises NotFound."""
    rows = BudgetLine.objects.visible_to(actor).select_related("envelope__measure", "envelope__funder", "body")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_enter(actor, envelope: Envelope) -> bool:
    """Return whether the actor may enter figures in this envelope."""
    return access.enters_money(actor, funder=envelope.funder_id, leads=_lead(envelope))


def _lead(envelope: Envelope) -> str | None:
    return envelope.measure.lead_id if envelope.measure_id else None


def add_envelope(actor, *, funder, resource_kind: str, unit: str, **words) -> Envelope:
    """Add an envelope. `words`: fields of WORDS; the plan is that of the measure.

    Raises NotAllowed for the money of another body, WrongState for a funder or measure the actor may not name.
    """
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
    """Return the bodies and measures that an envelope may name.

    The actor's body and the measures it leads or joins; any for the coordination. Never measures of a closed plan.
    """
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
    """Return a readable code that does not change with the label."""
    return f"{slugify(label)[:48].strip('-') or 'enveloppe'}-{secrets.token_hex(3)}"


def change_envelope(actor, envelope: Envelope, **words) -> Envelope:
    """Change fields of WORDS, never funder, kind or unit, on which figures depend."""
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


def record_overlap(actor, envelope: Envelope, other: Envelope) -> None:
    """Record that two envelopes count some of the same money, so that they are never added.

    Either side may record it. Raises WrongState for the same envelope or another unit.
    """
    if not may_enter(actor, envelope):
        raise NotAllowed("overlap")
    if other.pk == envelope.pk or other.unit != envelope.unit:
        raise WrongState("overlap")
    with guarded():
        envelope.overlaps.add(other)
    record("money.overlap", envelope)


def drop_overlap(actor, envelope: Envelope, other: Envelope) -> None:
    """Remove an overlap recorded by mistake, by somebody who may enter in both envelopes.

    The other side may have recorded it, so it cannot be removed without a right there too.
    """
    if other.pk not in droppable(actor, envelope, [other]):
        raise NotAllowed("overlap")
    with guarded():
        envelope.overlaps.remove(other)
    record("money.overlap_dropped", envelope)


def droppable(actor, envelope: Envelope, others: list[Envelope]) -> set[int]:
    """Return the keys of `others` whose overlap the actor may remove. Rights are read once."""
    enters = access.money_entered(actor)
    if not enters(envelope.funder_id, _lead(envelope)):
        return set()
    return {other.pk for other in others if enters(other.funder_id, _lead(other))}


def name_beneficiary(actor, envelope: Envelope, name: str, public_source: str) -> EnvelopeBeneficiary:
    """Name an association that receives money. Public only with the place where its grant is published."""
    if not may_enter(actor, envelope) or body_of(actor) is None:
        raise NotAllowed("beneficiary")
    with guarded():
        made = EnvelopeBeneficiary.objects.create(
            envelope=envelope, name=name, public_source=public_source, body_id=body_of(actor)
        )
    record("money.beneficiary", envelope)
    return made


def visible_beneficiary(actor, envelope: Envelope, pk: int) -> EnvelopeBeneficiary:
    """Return a current beneficiary visible to the actor, by row security. Raises NotFound."""
    found = envelope.beneficiaries.filter(pk=pk, ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def correct_beneficiary(
    actor, wrong: EnvelopeBeneficiary, reason: str, name: str = "", public_source: str = ""
) -> EnvelopeBeneficiary | None:
    """Remove a wrong name, and put another in its place if `name` is given.

    Raises NotAllowed, or WrongState when it was removed meanwhile.
    """
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
    """Add a figure. `amount` in the unit of the envelope, `share` in per cent.

    Raises NotAllowed, or WrongState without a stage, without an amount or evidence (unless it cannot be isolated), and
    when this year, stage and nature already have a figure: it must be corrected.
    """
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
        **_figure(amount, exactness, share, evidence),
    )
    former = found_at(line)
    if former is not None and former.exactness != BudgetLine.Exactness.WITHDRAWN:
        raise WrongState("line")
    if former is not None:
        line.replaces, line.reason = former, pgettext("money", "Entered again after it was withdrawn")
    return _insert(actor, line, "money.line")


def found_at(line: BudgetLine) -> BudgetLine | None:
    """Return the current line entered at the same place (year, period, stage, nature), after its corrections."""
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
    """Replace a line; the former stays readable with the reason.

    Raises NotAllowed, or WrongState when it is published and no reason is given, or it was corrected meanwhile.
    """
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
        **_figure(amount, exactness, share, evidence),
    )
    return _insert(actor, made, "money.correction")


def is_published(line: BudgetLine) -> bool:
    """Return whether a line is public: checked, or from the pack."""
    return line.checked_at is not None or line.provenance != "entered"


def _figure(amount, exactness, share, evidence) -> dict:
    known = exactness in (BudgetLine.Exactness.EXACT, BudgetLine.Exactness.ESTIMATED)
    if known and (amount is None or not evidence.strip()):
        raise WrongState("evidence")  # a figure is published with its evidence
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
    """Check a line, which makes it public. Raises NotAllowed (`may_check`)."""
    if not may_check(actor, line):
        raise NotAllowed("check")
    _review(actor, line, LineReview.Sort.CHECKED)


def may_check(actor, line: BudgetLine) -> bool:
    """Return whether the actor may check a line: the coordination, unless it entered the line for another body.

    That body, if it takes part here, takes the line over. Lines for itself, or for bodies without a unit here, it may
    check; the page then says so.
    """
    return coordinates(actor) and not entered_for_another(actor, line, bodies_here())


def entered_for_another(actor, line: BudgetLine, here: set[str]) -> bool:
    """Return whether the actor's body entered a line for a body of `here` (as nrm.for_another does)."""
    if line.body_id != body_of(actor):
        return False
    envelope = line.envelope
    owners = {envelope.funder_id, envelope.measure.lead_id if envelope.measure else None} - {None, line.body_id}
    return bool(owners & here)


def bodies_here() -> set[str]:
    """Return the codes of the bodies that take part."""
    return set(access.payers().values_list("profile", flat=True))


def check_all(actor, lines) -> int:
    """Check these lines in one transaction, all or none; return their number."""
    with transaction.atomic():
        lines = list(lines)
        for line in lines:
            check_line(actor, line)
    return len(lines)


def return_line(actor, line: BudgetLine, text: str) -> None:
    """Ask the body that entered a line to look at it again. Coordination only; the text is read by both only."""
    if not coordinates(actor):
        raise NotAllowed("return")
    _review(actor, line, LineReview.Sort.RETURNED, text)


def sign_line(actor, line: BudgetLine, text: str = "") -> None:
    """Sign a line that agrees with its evidence. Auditors only."""
    if not audits(actor):
        raise NotAllowed("sign")
    _review(actor, line, LineReview.Sort.SIGNED, text)


def _review(actor, line: BudgetLine, sort: str, text: str = "") -> None:
    with guarded():
        LineReview.objects.create(line=line, sort=sort, text=text, agency=actor.agency, by=actor)
    line.refresh_from_db(fields=["checked_at", "signed_at"])
    record(f"money.{sort}", line)
