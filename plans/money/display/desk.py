"""Read what waits for a member about money, and what it may choose from, for pages and the hub."""

from collections import defaultdict
from collections.abc import Callable

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, Q, When
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from plans.models import (
    BudgetLine,
    Campaign,
    CampaignAnswer,
    CampaignReminder,
    Envelope,
    FigureCode,
    Measure,
    Provenance,
    PushedFigure,
    Stage,
    bodies,
    coordination,
)
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from plans.money.selectors import figures, grid
from plans.money.selectors.waiting import returned, to_check, to_sign, to_take

# what a quantity (places, hours, staff) is at each stage: a parliament votes money, not hours
QUANTITY = {
    Stage.PLANNED: pgettext_lazy("money", "Quantity planned"),
    Stage.VOTED: pgettext_lazy("money", "Quantity that the money voted is to pay for"),
    Stage.COMMITTED: pgettext_lazy("money", "Quantity that the money committed is to pay for"),
    Stage.PAID: pgettext_lazy("money", "Quantity that the money paid has paid for"),
}


def desk(actor) -> dict[str, int]:
    """Count the figures that wait for the actor, by what is to be done: check, sign, returned (or asked), take."""
    found = {}
    if coordination.coordinates(actor):
        found["check"] = to_check(actor).count()
    if bodies.audits(actor):
        found["sign"] = to_sign(actor).count()
    if bodies.is_state(actor):
        found["asked" if coordination.coordinates(actor) else "returned"] = returned(actor).count()
        found["take"] = to_take(actor).count()
    return found


def waiting(actor) -> int:
    """Count what waits for the actor, for the hub, without what it asked of others."""
    found = desk(actor)
    return sum(found.values()) - found.get("asked", 0) + len(campaigns.waiting_for(actor))


def envelopes(actor):
    """Return the envelopes of the actor's body, each with its current figures, newest year first.

    All visible envelopes for the coordination, auditors and those who enter no money.
    """
    body = bodies.body_of(actor)
    everything = coordination.coordinates(actor) or bodies.audits(actor) or not bodies.is_state(actor)
    seen = Envelope.objects.visible_to(actor)
    if not everything:
        seen = seen.filter(pk__in=grid.own_envelopes(body).values("pk"))
    rows = list(seen.select_related("funder", "measure__plan").order_by("label_fr", "code"))
    lines = defaultdict(list)
    for line in figures.standing(actor).filter(envelope__in=rows):
        lines[line.envelope_id].append(line)
    for row in rows:
        row.figures = figures.mark_disputed(lines[row.pk])
    return rows


def history(actor, envelope: Envelope) -> dict:
    """Return every line of an envelope visible to the actor, current ones first, with reviews and beneficiaries."""
    rows = list(
        BudgetLine.objects.visible_to(actor)
        .filter(envelope=envelope)
        .select_related("body", "replaced_by")
        .prefetch_related("reviews__agency")
        .order_by("-year", "stage", "nature", "-id")
    )
    live = set(BudgetLine.objects.live(actor).filter(envelope=envelope).values_list("pk", flat=True))
    may, body = reviewing(actor), bodies.body_of(actor)
    for row in rows:
        row.envelope = envelope
        row.may = may(row) if row.pk in live else []
        row.theirs = row.pk in live and row.body_id is not None and row.body_id != body
        for review in row.reviews.all():
            review.by_itself = review.sort == "checked" and review.agency.profile_id == review.line_body_id
    standing = figures.mark_disputed([row for row in rows if row.pk in live])
    return {
        "lines": standing,
        "former": [row for row in rows if row.pk not in live],
        "beneficiaries": envelope.beneficiaries.filter(ended_at=None).order_by("name"),
        "corrections": envelope.beneficiary_corrections.filter(was_public=True),
        "overlaps": envelope.overlaps.order_by("label_fr"),
    }


def reviewer(actor) -> bool:
    """Return whether the actor may review lines."""
    return coordination.coordinates(actor) or bodies.audits(actor)


def checkable(actor, lines) -> dict[str, list[int]]:
    """Split unchecked lines: those the actor may check, and those its body entered for another (`for_another`)."""
    found: dict[str, list[int]] = {"checkable": [], "for_another": []}
    if not coordination.coordinates(actor):
        return found
    here = acts.bodies_here()
    for line in lines:
        if line.provenance == Provenance.ENTERED and line.checked_at is None:
            found["for_another" if acts.entered_for_another(actor, line, here) else "checkable"].append(line.pk)
    return found


def reviewing(actor) -> Callable[[BudgetLine], list[str]]:
    """Return a function giving the acts open to the actor on a line: check, return, sign.

    The rights of the actor are read once for all lines of a page.
    """
    coordinates, audits = coordination.coordinates(actor), bodies.audits(actor)
    here = acts.bodies_here() if coordinates else set()

    def may(line: BudgetLine) -> list[str]:
        if line.provenance != Provenance.ENTERED:
            return []
        if line.checked_at is None:
            return ["check", "return"] if coordinates and not acts.entered_for_another(actor, line, here) else []
        return ["sign"] if audits and line.signed_at is None else []

    return may


def reviews(actor, line: BudgetLine) -> list[str]:
    """Return the acts open to the actor on one line."""
    return reviewing(actor)(line)


def act(actor, line: BudgetLine, name: str, text: str) -> None:
    """Run an act of `reviewing` on a line."""
    if name == "check":
        acts.check_line(actor, line)
    elif name == "return":
        acts.return_line(actor, line, text)
    else:
        acts.sign_line(actor, line, text)


def initial(actor, envelope: Envelope | None, measure: str) -> dict:
    """Return the initial values of the form of an envelope, or of a new one for a `measure`."""
    if envelope is None:
        code = measure.replace("\0", "")  # of an address: the database takes none
        found = Measure.objects.visible_to(actor).filter(code=code).first() if code else None
        return {"funder": bodies.body_of(actor), "measure": found, "unit": "EUR"}
    names = ("label_fr", "measure", "scope_fr", "programme", "action", "money_source", "beneficiary", "knowledge")
    return {
        **{name: getattr(envelope, name) for name in (*names, "service", "commitment")},
    }


def measure_page(actor, envelope: Envelope) -> str:
    """Return the working page of the measure of an envelope; empty for an auditor, who has none."""
    if envelope.measure is None or not bodies.builds_policy(actor):
        return ""
    return reverse("plans:measure-detail", args=[envelope.measure.code])


ALIKE = 20


def similar_envelopes(actor, envelope: Envelope, search: str = ""):
    """Return envelopes that may count the same money: same unit, those with the same measure or programme first."""
    near = Case(
        When(measure__isnull=False, measure=envelope.measure, then=0),
        When(Q(programme=envelope.programme) & ~Q(programme=""), then=1),
        When(funder__isnull=False, funder=envelope.funder, then=2),
        default=3,
    )
    found = Envelope.objects.visible_to(actor).filter(unit=envelope.unit).exclude(pk=envelope.pk)
    found = found.annotate(years=ArrayAgg("lines__year", distinct=True, filter=Q(lines__isnull=False), default=[]))
    found = found.exclude(pk__in=envelope.overlaps.values("pk")).select_related("funder")
    for word in search.split():
        found = found.filter(
            Q(label_fr__icontains=word)
            | Q(scope_fr__icontains=word)
            | Q(programme__icontains=word)
            | Q(funder__name__icontains=word)
            | Q(funder__acronym__icontains=word)
        )
    return found.order_by(near, "label_fr", "code")


def campaign_progress(actor, campaign: Campaign) -> list[dict]:
    """Return each body asked in a campaign: its answer, its lines to check, its last reminder."""
    answers = _last(CampaignAnswer.objects.visible_to(actor).filter(campaign=campaign))
    reminders = _last(CampaignReminder.objects.visible_to(actor).filter(campaign=campaign))
    lines = to_check(actor).filter(year=campaign.year, stage=campaign.stage)
    left = dict(lines.order_by().values_list("body").annotate(n=Count("pk")))
    return [
        {"body": body, "answer": answers.get(body.pk), "reminder": reminders.get(body.pk), "left": left.get(body.pk, 0)}
        for body in campaigns.expected_bodies()
    ]


def _last(rows) -> dict:
    """Return the newest row of each body."""
    return {row.body_id: row for row in rows.order_by("at")}


def page_links(query, page) -> dict[str, str]:
    """Return the addresses of the next and previous pages, filters kept."""
    found = {}
    for name in ("next", "previous"):
        kept = query.copy()
        kept["cursor"] = getattr(page, name)
        found[name] = f"?{kept.urlencode()}" if kept["cursor"] else ""
    return found


NEEDED, SUPPLIED = FigureCode.REFUSED_NO_PLACE, FigureCode.PLACES_DECLARED


def needs() -> dict | None:
    """Return refusals for lack of place and places declared, by region, for the last period pushed.

    None when nothing was pushed.
    """
    rows = PushedFigure.objects.filter(metric__in=(NEEDED, SUPPLIED)).select_related("territory")
    last = rows.order_by("-period_start").first()
    if last is None:
        return None
    by_place: dict = defaultdict(dict)
    for row in rows.filter(period_start=last.period_start, period_end=last.period_end):
        by_place[row.territory][row.metric] = row
    whole = by_place.pop(None, {})
    places = sorted(by_place.items(), key=lambda item: item[0].label_fr)
    return {
        "from": last.period_start,
        "to": last.period_end,
        "country": (whole.get(NEEDED), whole.get(SUPPLIED)),
        "regions": [(place, found.get(NEEDED), found.get(SUPPLIED)) for place, found in places],
    }
