"""Choose the desks of an alert by rule, with reasons in words; there is always one, and never the nearest by default.

Being far may be safer: distance is shown and never gives the order by itself (territories.yaml, `safety_fr`).
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.duty.selectors import back_at
from agencies.models import Agency, Desk, Kind, Service, Territory
from foundation.statements.kept import KeptStatement
from referral.alerts.rules import is_child, protection_ground
from referral.models import Alert, Orientation
from referral.routing.rules import discretion
from referral.routing.words import NEVER_PRETICKED, SUPPORT
from victims.models import AgeSide, Urgency


@dataclass
class Suggestion:
    """Describe a desk for an alert or an orientation. `blocked`: in words, why it cannot take the person."""

    desk: Desk
    reasons: list[str] = field(default_factory=list)
    ticked: bool = False
    blocked: str = ""
    score: int = 0
    km: int | None = None  # between chief towns; shown, never counted in `score`

    @property
    def agency(self) -> Agency:
        return self.desk.agency

    @property
    def is_association(self) -> bool:
        return self.agency.kind in ASSOCIATIONS


def alert_desks():
    """Return the desks that receive alerts."""
    return Desk.objects.filter(receives_alerts=True, agency__active=True)


def covering(territory: Territory) -> Q:
    """Return the condition on desks that work in this département: named for it, for its region, or everywhere."""
    wanted = [territory.pk] + ([territory.region_id] if territory.region_id else [])
    return Q(nationwide=True) | Q(territories__in=wanted)


def covers(desk: Desk, territory: Territory) -> bool:
    """Return whether the desk works in this département; a coordination stands in for another wherever it is."""
    return desk.agency.is_coordination or Desk.objects.filter(covering(territory), pk=desk.pk).exists()


COORDINATIONS = KeptStatement(
    lambda _, places: (
        Agency.objects.filter(active=True, desk__receives_alerts=True)
        .filter(mandate=Agency.Mandate.TERRITORIAL, desk__territories__any_of=places)
        .order_by("code")[:1]
    )
)


def coordination_of(territory: Territory) -> Agency:
    """Return the coordination unit of the territory, else the national one: a case always has a coordination."""
    wanted = [territory.pk] + ([territory.region_id] if territory.region_id else [])
    found = COORDINATIONS.rows(None, places=wanted)
    return found[0] if found else national()


def national() -> Agency:
    """Return the national coordination, which receives what has no other desk."""
    return Agency.objects.filter(active=True, mandate=Agency.Mandate.NATIONAL).order_by("code").get()


ASSOCIATIONS = {Kind.NGO, Kind.NGO_NETWORK}


PLACE = KeptStatement(lambda _, code: Territory.objects.filter(pk=code))
# with the codes of their services and places, in one statement
OFFERS = KeptStatement(
    lambda _, places: (
        alert_desks()
        .filter(Q(nationwide=True) | Q(territories__any_of=places))
        .select_related("agency")
        .annotate(
            service_codes=ArraySubquery(Desk.services.through.objects.filter(desk=OuterRef("pk")).values("service")),
            place_codes=ArraySubquery(Desk.territories.through.objects.filter(desk=OuterRef("pk")).values("territory")),
        )
        .distinct()
    )
)


def suggestions_for_alert(answers: dict, sender: Agency) -> list[Suggestion]:
    """Return the desks that page 3 shows for these answers, with reasons; those alerted by rule are ticked, and first.

    Those that must not know of it come last, `blocked` with the reason.
    """
    found = PLACE.rows(None, code=answers.get("territory") or "")
    if not found:
        return []
    (territory,) = found
    ground, agreement = protection_ground(answers), answers.get("agreement")
    form = answers.get("form") or "unknown"
    places = [territory.pk] + ([territory.region_id] if territory.region_id else [])
    desks = OFFERS.rows(None, places=places)
    minor, immunity = is_child(answers), discretion.employer_immunity(answers)
    found = []
    for desk in desks:
        kind = desk.agency.kind
        if desk.agency.is_coordination or not (desk.takes_minors if minor else desk.takes_adults):
            continue
        if desk.forms and form not in (*desk.forms, "unknown"):
            continue
        offers = set(desk.service_codes)
        suggestion = Suggestion(desk, reasons=_place_reasons(desk, territory))
        suggestion.blocked = discretion.barred(sender, immunity, kind, offers)
        may_tick = not suggestion.blocked
        if may_tick and minor and "child_care" in offers:
            suggestion.ticked = True
            suggestion.reasons.insert(0, _("Child or age in doubt: protection does not wait for agreement"))
        elif may_tick and ground == "vital_danger" and "emergency_shelter" in offers and kind not in NEVER_PRETICKED:
            suggestion.ticked = True
            suggestion.reasons.insert(0, _("Danger to life: help is owed (Code pénal 223-6)"))
        if suggestion.blocked or suggestion.ticked or agreement != "not_asked" or kind in SUPPORT:
            found.append(suggestion)
    return sorted(found, key=lambda s: (bool(s.blocked), not s.ticked, s.agency.name))


def _place_reasons(desk: Desk, territory: Territory) -> list[str]:
    if desk.nationwide:
        return [_("Works everywhere in France")]
    return [_("Works in this département") if territory.pk in desk.place_codes else _("Works in this region")]


@dataclass
class Addressee:
    """Describe an agency an alert goes to, why, and whether a rule or the author chose it. `kept`: the author's own."""

    agency: Agency
    reasons: list[str]
    by_rule: bool = True
    kept: bool = False


def chosen_desks(alert: Alert, answers: dict) -> list[int]:
    """Return the ids of the agencies an alert goes to, by rule and by choice. Never empty.

    - child, doubt, danger to life: the coordination and every protection desk, whatever the agreement;
    - agreement yes and somebody ticked: the coordination and the desks ticked;
    - yes and nobody ticked: kept by the author's agency, and due there: the coordination has it afterwards;
    - no: kept by the author's agency, unless a named legal ground is given;
    - not asked: nameless, to the coordination and to support desks ticked.
    """
    return sorted({a.agency.pk for a in addressees(alert, answers)})


def ground_of(answers: dict) -> str:
    """Return the legal ground on which an alert is sent without the person's agreement; empty without one."""
    return protection_ground(answers) or answers.get("legal_ground") or ""


def may_be_told(answers: dict, agency: Agency) -> bool:
    """Return whether the person's agreement, or a ground that stands for it, lets this agency read an alert.

    A person who was not asked has no name in it: the coordination may read it, and those who help. Article 40 tells the
    prosecutor and the police, against a refusal too: nobody else, as of a request.
    """
    agreement, ground = answers.get("agreement"), ground_of(answers)
    if ground == Orientation.LegalGround.ARTICLE_40 and agreement == "no":
        return agency.is_coordination or discretion.told_by_article_40(agency)
    return bool(ground) or agreement == "yes" or (agreement == "not_asked" and _helps(agency))


def _helps(agency: Agency) -> bool:
    return agency.is_coordination or agency.kind in SUPPORT


def addressees(alert: Alert, answers: dict) -> list[Addressee]:
    """Return the addressees with the reasons, coordination first, as the check page shows them before sending."""
    agreement, protected, ground = answers.get("agreement"), protection_ground(answers), ground_of(answers)
    wanted = {int(pk) for pk in answers.get("desks") or []}
    desks = []
    for offer in suggestions_for_alert(answers, alert.agency):
        if offer.blocked:
            continue
        by_rule = bool(offer.ticked and protected)
        if by_rule or (offer.agency.pk in wanted and may_be_told(answers, offer.agency)):
            desks.append(Addressee(offer.agency, offer.reasons, by_rule))
    kept = not ground and (agreement == "no" or (agreement == "yes" and not _shares(answers, desks)))
    if kept:
        return [Addressee(alert.agency, [_("Kept by your organisation")], kept=True)]
    units = coordinations(alert, answers)
    known = {unit.agency.pk for unit in units}
    # an agency does not alert itself, except when it is the coordination that must sort it, or opens its own case
    others = units + [d for d in desks if d.agency.pk not in {*known, alert.agency_id}]
    if answers.get("own_case") and alert.agency_id not in known:
        others.append(Addressee(alert.agency, [_("Your organisation, which opens its case")]))
    return others


def coordinations(alert: Alert, answers: dict) -> list[Addressee]:
    """Return the coordination units of the places of an alert; `alert.territory` is set."""
    units, places = {}, {}
    others = Territory.objects.filter(pk=answers.get("other_territory") or "")
    for territory in (alert.territory, *others):
        unit = coordination_of(territory)
        units[unit.pk] = unit
        places.setdefault(unit.pk, []).append(str(territory))
    return [
        Addressee(unit, [_("Coordination for %(place)s: it sorts and follows") % {"place": ", ".join(places[pk])}])
        for pk, unit in units.items()
    ]


def _shares(answers: dict, ticked: list) -> bool:
    """Return whether somebody was named or a desk ticked (« Pour qui ? »); otherwise the agency keeps the alert."""
    return bool(answers.get("recipients") or ticked)


def barred(alert: Alert, desk: Desk) -> str:
    """Return in words why this desk must not know of this alert; empty when it may."""
    services = {service.code for service in desk.services.all()}
    return discretion.barred(alert.agency, alert.employer_immunity, desk.agency.kind, services)


def cannot_take(alert: Alert, desk: Desk, *, minor: bool) -> str:
    """Return in words why this desk cannot take this alert; empty when it can."""
    if found := barred(alert, desk):
        return found
    if desk.agency.is_coordination:
        return ""
    if not (desk.takes_minors if minor else desk.takes_adults):
        return _("Does not take children") if minor else _("Does not take adults")
    if desk.forms and alert.form not in (*desk.forms, "unknown"):
        return _("Does not take this form of exploitation")
    return ""


def stand_in_of(alert: Alert, desk: Desk | None) -> Desk | None:
    """Return the second desk of a desk, or None when it may not be told in its place.

    It must receive alerts, and take this one itself: its place, its form, an adult or a minor. Police and justice do
    not stand in for another kind of desk, nor one that does not help for a person who was not asked (`unasked_for`).
    """
    second = desk.second if desk else None
    if second is None or not (second.receives_alerts and second.agency.active):
        return None
    if cannot_take(alert, second, minor=alert.age_side != AgeSide.ADULT) or not covers(second, alert.territory):
        return None
    if second.agency.kind in NEVER_PRETICKED and desk.agency.kind not in NEVER_PRETICKED:
        return None
    return None if unasked_for(alert, second.agency) else second


def unasked_for(alert: Alert, agency: Agency) -> bool:
    """Return whether the person was not asked, and nothing lets this agency read it: no ground, and it is none that
    helps. What `may_be_told` says, read from the columns: neither clocks nor lists read what an alert says.
    """
    grounded = alert.age_side != AgeSide.ADULT or alert.urgency == Urgency.VITAL
    return alert.agreement == Alert.Agreement.NOT_ASKED and not grounded and not _helps(agency)


def with_stand_ins(alert: Alert, agencies: list[int], due: datetime) -> list[int]:
    """Return these agencies, with the stand-in of each that will not be back before half of the time has passed.

    Time limits run at night and on holidays: hours decide who is told (design, section 5).
    """
    now = timezone.now()
    desks = Desk.objects.filter(pk__in=agencies, second__isnull=False).select_related("agency", "second__agency")
    seconds = {desk.pk: stand_in_of(alert, desk) for desk in desks.prefetch_related("second__services")}
    seconds = {pk: second for pk, second in seconds.items() if second is not None}
    if not seconds:
        return agencies
    back = back_at({*seconds, *(second.pk for second in seconds.values())}, now)
    half = now + (due - now) / 2
    away = [second.pk for pk, second in seconds.items() if back[pk] > half and back[second.pk] <= half]
    return [*agencies, *(pk for pk in dict.fromkeys(away) if pk not in agencies)]


def next_desk(alert: Alert, row, first: bool) -> list[int]:
    """Return the agency to tell when a desk did not answer, as a list of one id; empty when all were told.

    Whoever gave the alert to that desk is told again: nobody else would see that it is silent.

    First the second desk or the coordination of the territory, then the national desk. `first`: this desk had not been
    silent before. Kept because the person refused, it is told to nobody else (nrm.alert_refused).
    """
    if refused(alert):
        return []
    told = holding(alert, GIVEN)
    if first and row.rung == 0:
        desks = Desk.objects.filter(pk=row.agency_id).select_related("agency", "second__agency")
        desk = desks.prefetch_related("second__services").first()
        # kept with the agreement of the person: the stand-in of its author's agency is nobody that she was told of
        second = None if row.agency_id == alert.agency_id else stand_in_of(alert, desk)
        ladder = [second.pk] if second else []
        if not (desk and desk.agency.is_coordination):
            ladder.append(coordination_of(alert.territory).pk)
        if ladder:
            return next(([pk] for pk in ladder if pk not in told), [])
    return [pk for pk in (national().pk,) if pk not in told]


def refused(alert: Alert) -> bool:
    """Return whether nobody but the agency of its author has this alert, since the person refused.

    Sent on a legal ground by a coordination, to itself, it has a time limit (nrm.alert_refused).
    """
    guarded = alert.age_side != AgeSide.ADULT or alert.urgency == Urgency.VITAL
    kept = not any(move.action == "send" and move.due_at for move in alert.moves.all())
    return alert.agreement == Alert.Agreement.NO and not guarded and kept and alert_agencies(alert) <= {alert.agency_id}


def alert_agencies(alert: Alert) -> set[int]:
    """Return the ids of the agencies the alert was ever sent to, from its moves: desk rows of others are hidden."""
    return {agency for move in alert.moves.all() for agency in move.to_agencies}


GIVEN = ("redirect", "address")  # moves that give an alert to somebody else
STOOD_BY = ("close", "finish", "confirm")  # moves of who keeps an alert and does nothing more of it
LEFT = (*GIVEN, *STOOD_BY)  # moves after which a desk may be sent an alert again
ADDED = ("add", "add_on", "doubt")  # moves that give it back to who had stood by


def holding(alert: Alert, left=LEFT) -> set[int]:
    """Return the agencies that have an alert still, waiting, acting or reached about it, from its moves; `left`: by
    which moves of theirs they have it no more, until something is added to it."""
    held: set[int] = set()
    stood_by: set[int] = set()
    for move in alert.moves.all():
        if move.action in left and move.action in STOOD_BY:
            stood_by |= held & {move.agency_id}
            held.discard(move.agency_id)
        elif move.action in (*GIVEN, "readdress"):
            gone = {move.instead_of_id if move.action == "readdress" else move.agency_id}
            held, stood_by = held - gone, stood_by - gone
        elif move.action in ADDED:
            held |= stood_by
        held.update(move.to_agencies)
    return held


def wrote(alert: Alert, agency: Agency) -> bool:
    """Return whether this agency wrote the alert, and would learn nothing by it. A coordination sorts its own too."""
    return agency.pk == alert.agency_id and not agency.is_coordination


# a person sleeps in one place: one acceptance is enough, the other requests are withdrawn
EXCLUSIVE = {"emergency_shelter", "safe_housing"}


def is_exclusive(service_code: str) -> bool:
    """Return whether one acceptance for this service withdraws the other requests, by default."""
    return service_code in EXCLUSIVE


def needs(*, child: bool):
    """Return the services that at least one desk offers and receives requests for, without coordination.

    For an adult, none of those that are for children alone.
    """
    offered = Service.objects.filter(desk__receives_orientations=True, desk__agency__active=True)
    barred = {"strategic_coordination"} if child else {"strategic_coordination", "child_care", "ad_hoc_administrator"}
    return offered.exclude(code__in=barred).distinct()
