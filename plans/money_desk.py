"""What waits for a member about money, and what it may choose from: read once here for pages and the hub."""

from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q

from agencies.models import Directory

from . import access, grid, money
from .models import (
    BudgetLine,
    Campaign,
    CampaignAnswer,
    CampaignReminder,
    Envelope,
    FigureCode,
    LineReview,
    Measure,
    Provenance,
    PushedFigure,
)
from .operations import campaigns
from .operations import money as acts


def to_check(actor):
    """Entered, not looked at since: neither published nor returned nor replaced."""
    returned = LineReview.objects.filter(line=OuterRef("pk"), sort=LineReview.Sort.RETURNED)
    return (
        BudgetLine.objects.live(actor).filter(provenance=Provenance.ENTERED, checked_at=None).filter(~Exists(returned))
    )


def to_sign(actor):
    return BudgetLine.objects.live(actor).filter(checked_at__isnull=False, signed_at=None)


def returned(actor):
    """What the coordination asks the actor's body to look at again."""
    asked = LineReview.objects.filter(line=OuterRef("pk"), sort=LineReview.Sort.RETURNED)
    rows = BudgetLine.objects.live(actor).filter(checked_at=None).filter(Exists(asked))
    return rows if access.coordinates(actor) else rows.filter(body=access.body_of(actor))


def desk(actor) -> dict[str, int]:
    """How many figures wait for this member, by what is to be done."""
    found = {}
    if access.coordinates(actor):
        found["check"] = to_check(actor).count()
    if access.audits(actor):
        found["sign"] = to_sign(actor).count()
    if access.is_state(actor):
        found["returned"] = returned(actor).count()
    return found


def waiting(actor) -> int:
    """The number on the door of the hub."""
    return sum(desk(actor).values()) + len(campaigns.waiting_for(actor))


def envelopes(actor):
    """A body's own; for the coordination and auditors, all. Each with its figures that stand, newest year first."""
    body = access.body_of(actor)
    everything = access.coordinates(actor) or access.audits(actor) or not access.is_state(actor)
    seen = Envelope.objects.visible_to(actor)
    if not everything:
        seen = seen.filter(pk__in=grid.own_envelopes(body).values("pk"))
    rows = list(seen.select_related("funder", "measure__plan").order_by("label_fr", "code"))
    lines = defaultdict(list)
    for line in money.standing(actor).filter(envelope__in=rows):
        lines[line.envelope_id].append(line)
    for row in rows:
        row.figures = money.mark_disputed(lines[row.pk])
    return rows


def history(actor, envelope: Envelope) -> dict:
    """Every line of an envelope that the actor reads, those that stand first; what was said of each."""
    rows = list(
        BudgetLine.objects.visible_to(actor)
        .filter(envelope=envelope)
        .select_related("body", "replaced_by")
        .prefetch_related("reviews__agency")
        .order_by("-year", "stage", "nature", "-id")
    )
    live = set(BudgetLine.objects.live(actor).filter(envelope=envelope).values_list("pk", flat=True))
    for row in rows:
        row.envelope = envelope
        row.may = reviews(actor, row) if row.pk in live else []
    standing = money.mark_disputed([row for row in rows if row.pk in live])
    return {
        "lines": standing,
        "former": [row for row in rows if row.pk not in live],
        "beneficiaries": envelope.beneficiaries.order_by("name"),
        "overlaps": envelope.overlaps.order_by("label_fr"),
    }


def reviewer(actor) -> bool:
    return access.coordinates(actor) or access.audits(actor)


def checkable(actor, lines) -> list[int]:
    """Those of a list that this member may check."""
    if not access.coordinates(actor):
        return []
    return [line.pk for line in lines if line.provenance == Provenance.ENTERED and line.checked_at is None]


def reviews(actor, line: BudgetLine) -> list[str]:
    """What this member may say of a line now."""
    if line.provenance != Provenance.ENTERED:
        return []
    found = ["check", "return"] if line.checked_at is None and access.coordinates(actor) else []
    if line.checked_at is not None and line.signed_at is None and access.audits(actor):
        found.append("sign")
    return found


def act(actor, line: BudgetLine, what: str, text: str) -> None:
    if what == "check":
        acts.check_line(actor, line)
    elif what == "return":
        acts.return_line(actor, line, text)
    else:
        acts.sign_line(actor, line, text)


def choices(actor):
    """Bodies and measures an envelope may name: the body's own, any for the coordination."""
    bodies, measures = Directory.objects.filter(active=True, is_template=False), Measure.objects.visible_to(actor)
    measures = measures.exclude(plan__state="closed").select_related("plan")
    if access.coordinates(actor):
        return bodies.order_by("name"), measures
    body = access.body_of(actor)
    return bodies.filter(pk=body), measures.filter(Q(lead=body) | Q(partners=body)).distinct()


def initial(actor, envelope: Envelope | None, measure: str) -> dict:
    if envelope is None:
        found = Measure.objects.visible_to(actor).filter(code=measure).first() if measure else None
        return {"funder": access.body_of(actor), "measure": found, "unit": "EUR"}
    names = ("label_fr", "measure", "scope_fr", "programme", "action", "money_source", "beneficiary", "knowledge")
    return {
        **{name: getattr(envelope, name) for name in (*names, "service", "commitment")},
        "overlaps": envelope.overlaps.order_by("pk"),
    }


def followed(actor, campaign: Campaign) -> list[dict]:
    """Each body asked: its answer, what is left to check of it, when it was reminded."""
    answers = _last(CampaignAnswer.objects.visible_to(actor).filter(campaign=campaign))
    reminders = _last(CampaignReminder.objects.visible_to(actor).filter(campaign=campaign))
    lines = to_check(actor).filter(year=campaign.year, stage=campaign.stage)
    left = dict(lines.order_by().values_list("body").annotate(n=Count("pk")))
    return [
        {"body": body, "answer": answers.get(body.pk), "reminder": reminders.get(body.pk), "left": left.get(body.pk, 0)}
        for body in campaigns.asked()
    ]


def _last(rows) -> dict:
    """The newest of each body."""
    return {row.body_id: row for row in rows.order_by("at")}


def beside(query, page) -> dict[str, str]:
    """Addresses of the pages beside this one, with the filters kept."""
    found = {}
    for name in ("next", "previous"):
        kept = query.copy()
        kept["cursor"] = getattr(page, name)
        found[name] = f"?{kept.urlencode()}" if kept["cursor"] else ""
    return found


NEEDED, SUPPLIED = FigureCode.REFUSED_NO_PLACE, FigureCode.PLACES_DECLARED


def needs() -> dict | None:
    """Refusals for lack of place and places declared, by region, for the last period pushed; None: nothing pushed."""
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
