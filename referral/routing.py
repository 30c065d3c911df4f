"""Which desks: by rule, with reasons in words, never a dead end and never the nearest by default.

Distance may be safety, so it is said and never decides the order by itself (territories.yaml, `safety_fr`).
"""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency, Desk, Kind, Service, Territory
from victims.models import AgeSide

from .models import Alert

REQUIRED = {
    "territory": gettext_lazy("Choose the département where the person is or sleeps now."),
    "when": gettext_lazy("Say when: today, yesterday, another date."),
    "minor": gettext_lazy("Say whether the person is a minor, or whether there is a doubt."),
    "danger": gettext_lazy("Say whether the person is in danger now."),
    "indications": gettext_lazy("Tick the signs, or « none of these »."),
    "agreement": gettext_lazy("Say whether the person agrees, or was not asked."),
}
DANGER_REQUIRED = ("territory", "minor", "callback")


class Incomplete(Exception):
    """Required answers are missing: {name: what to do}."""

    def __init__(self, missing: dict):
        self.missing = missing
        super().__init__(", ".join(missing))


def missing(answers: dict) -> dict:
    """Required questions without an answer, with the sentence that says what to do."""
    if answers.get("kind") == "danger":
        names = {
            **REQUIRED,
            "callback": gettext_lazy("Give a number where you can be called back."),
        }
        return {name: names[name] for name in DANGER_REQUIRED if not answers.get(name)}
    found = {name: text for name, text in REQUIRED.items() if name != "indications" and not answers.get(name)}
    if not answers.get("observations") and not answers.get("none_of_these"):
        found["indications"] = REQUIRED["indications"]
    against = answers.get("agreement") == "no" and answers.get("share_anyway") and not protection_ground(answers)
    if against and not answers.get("legal_ground"):
        found["legal_ground"] = gettext_lazy("Without agreement, name the legal ground.")
    return found


def require_complete(answers: dict) -> None:
    if found := missing(answers):
        raise Incomplete(found)


def protection_ground(answers: dict) -> str:
    """The legal ground that needs no agreement: a child or a doubt about age, danger to life. Empty otherwise."""
    if answers.get("minor") in ("yes", "doubt"):
        return "child_in_danger"
    if answers.get("danger") == "yes" or answers.get("kind") == "danger":
        return "vital_danger"
    return ""


@dataclass
class Suggestion:
    """A desk for an alert or an orientation. `blocked` says in words why it cannot take the person."""

    desk: Desk
    reasons: list[str] = field(default_factory=list)
    ticked: bool = False
    blocked: str = ""
    score: int = 0

    @property
    def agency(self) -> Agency:
        return self.desk.agency


def alert_desks():
    return Desk.objects.filter(receives_alerts=True, agency__active=True)


def covering(territory: Territory) -> Q:
    """Desks that work in this département: named for it, for its region, or everywhere."""
    wanted = [territory.pk] + ([territory.region_id] if territory.region_id else [])
    return Q(nationwide=True) | Q(territories__in=wanted)


def coordination_of(territory: Territory) -> Agency:
    """The territory's coordination unit, or the national one: a case always has a coordination."""
    units = Agency.objects.filter(active=True, desk__receives_alerts=True)
    wanted = [territory.pk] + ([territory.region_id] if territory.region_id else [])
    found = units.filter(mandate=Agency.Mandate.TERRITORIAL, desk__territories__in=wanted).order_by("code").first()
    return found or national()


def national() -> Agency:
    """The national desk: where everything without another desk arrives."""
    return Agency.objects.filter(active=True, mandate=Agency.Mandate.NATIONAL).order_by("code").get()


SUPPORT = {Kind.NGO, Kind.NGO_NETWORK, Kind.LABOUR, Kind.UNION, Kind.SOCIAL_AFFAIRS, Kind.HEALTH}
# never pre-ticked for an adult, whatever the danger: the numbers to call come first (ux, section 8, page 3)
NEVER_PRETICKED = {Kind.INTERIOR, Kind.JUSTICE}


def suggestions_for_alert(answers: dict) -> list[Suggestion]:
    """The desks page 3 shows for these answers, the ones decided by rule ticked, each with its reason."""
    territory = Territory.objects.filter(pk=answers.get("territory") or "").first()
    if territory is None:
        return []
    ground, agreement = protection_ground(answers), answers.get("agreement")
    form = answers.get("form") or "unknown"
    desks = (
        alert_desks()
        .filter(covering(territory))
        .select_related("agency")
        .prefetch_related("services", "territories")
        .distinct()
    )
    minor = answers.get("minor") in ("yes", "doubt")
    found = []
    for desk in desks:
        kind = desk.agency.kind
        if desk.agency.is_coordination or not (desk.takes_minors if minor else desk.takes_adults):
            continue
        if desk.forms and form not in (*desk.forms, "unknown"):
            continue
        offers = {service.code for service in desk.services.all()}
        suggestion = Suggestion(desk, reasons=_place_reasons(desk, territory))
        if minor and "child_care" in offers:
            suggestion.ticked = True
            suggestion.reasons.insert(0, _("Child or age in doubt: protection does not wait for agreement"))
        elif ground == "vital_danger" and "emergency_shelter" in offers and kind not in NEVER_PRETICKED:
            suggestion.ticked = True
            suggestion.reasons.insert(0, _("Danger to life: help is owed (Code pénal 223-6)"))
        elif agreement == "not_asked" and kind not in SUPPORT:
            continue
        found.append(suggestion)
    return sorted(found, key=lambda s: (not s.ticked, s.agency.name))


def _place_reasons(desk: Desk, territory: Territory) -> list[str]:
    if desk.nationwide:
        return [_("Works everywhere in France")]
    codes = {t.pk for t in desk.territories.all()}
    return [_("Works in this département") if territory.pk in codes else _("Works in this region")]


@dataclass
class Addressee:
    """An agency an alert goes to, why, and whether a rule or the author chose it. `kept`: the author's own."""

    agency: Agency
    reasons: list[str]
    by_rule: bool = True
    kept: bool = False


def chosen_desks(alert: Alert, answers: dict) -> list[int]:
    """Agencies an alert goes to, by rule and choice. Never empty: without a desk it goes to the national one.

    - child, doubt, danger to life: the coordination and every protection desk, whatever the agreement;
    - agreement yes and somebody ticked: the coordination and the desks ticked;
    - yes and nobody ticked, or no: kept by the author's agency (no: unless a named legal ground is given);
    - not asked: nameless, to the coordination and to support desks ticked.
    """
    return sorted({a.agency.pk for a in addressees(alert, answers)})


def addressees(alert: Alert, answers: dict) -> list[Addressee]:
    """The same with the reasons, coordination first: what the check page prints before anything leaves."""
    agreement, protected = answers.get("agreement"), protection_ground(answers)
    ground = protected or answers.get("legal_ground")
    wanted = {int(pk) for pk in answers.get("desks") or []}
    desks = []
    for offer in suggestions_for_alert(answers):
        allowed = agreement == "yes" or ground or (agreement == "not_asked" and offer.agency.kind in SUPPORT)
        by_rule = bool(offer.ticked and protected)
        if by_rule or (offer.agency.pk in wanted and allowed):
            desks.append(Addressee(offer.agency, offer.reasons, by_rule))
    kept = not ground and (agreement == "no" or (agreement == "yes" and not _shares(answers, desks)))
    if kept:
        return [Addressee(alert.agency, [_("Kept by your organisation")], kept=True)]
    units = _coordinations(alert, answers)
    known = {unit.agency.pk for unit in units}
    # an agency does not alert itself, except when it is the coordination that must sort it
    return units + [d for d in desks if d.agency.pk not in {*known, alert.agency_id}]


def _coordinations(alert: Alert, answers: dict) -> list[Addressee]:
    found = {}
    others = Territory.objects.filter(pk=answers.get("other_territory") or "")
    for territory in (alert.territory, *others):
        unit = coordination_of(territory)
        reason = _("Coordination for %(place)s: it sorts and follows") % {"place": territory}
        found.setdefault(unit.pk, Addressee(unit, [])).reasons.append(reason)
    return list(found.values())


def _shares(answers: dict, ticked: list) -> bool:
    """« Pour qui ? »: the person named somebody, or a desk is ticked; nothing ticked means kept by us."""
    return bool(answers.get("recipients") or ticked)


def next_desk(alert: Alert, row) -> list[int]:
    """Who is told after silence: second desk, territory's coordination, national; at the national desk nobody new."""
    desk = Desk.objects.filter(pk=row.agency_id).select_related("agency", "second__agency").first()
    ladder = []
    if row.rung == 0 and desk and desk.second and desk.second.agency.active:
        ladder.append(desk.second_id)
    if row.rung == 0 and not (desk and desk.agency.is_coordination):
        ladder.append(coordination_of(alert.territory).pk)
    ladder.append(national().pk)
    told = alert_agencies(alert)
    return next(([pk] for pk in ladder if pk not in told), [])


def alert_agencies(alert: Alert) -> set[int]:
    """Agencies the alert was ever addressed to, from its moves (desk rows of others are not readable)."""
    return {agency for move in alert.moves.all() for agency in move.to_agencies}


def needs():
    """Services that at least one desk offers and receives requests for; coordinating is nobody's need."""
    offered = Service.objects.filter(desk__receives_orientations=True, desk__agency__active=True)
    return offered.exclude(code="strategic_coordination").distinct()


def ranked_for_orientation(case, service_code: str, *, sender_id: int, language: str = "") -> list[Suggestion]:
    """Desks for one need, best first, with reasons; those that cannot take the person come last, greyed, with why."""
    minor = case.age_side != AgeSide.ADULT
    desks = (
        Desk.objects.filter(receives_orientations=True, agency__active=True, services=service_code)
        .exclude(pk=sender_id)
        .select_related("agency__territory")
        .prefetch_related("territories")
        .order_by("pk")
    )
    here = case.territory
    neighbours = set(here.neighbours.values_list("pk", flat=True))
    found = [_rank(desk, case, here, neighbours, minor, language) for desk in desks]
    return sorted(found, key=lambda s: (bool(s.blocked), -s.score, s.agency.name))


def _rank(desk, case, here, neighbours, minor, language) -> Suggestion:
    """Place is said and gives no rank: near is no merit, and far may be what the person's safety asks for."""
    s = Suggestion(desk)
    if not (desk.takes_minors if minor else desk.takes_adults):
        s.blocked = _("Does not take minors") if minor else _("Does not take adults")
    elif desk.forms and case.form not in (*desk.forms, "unknown"):
        s.blocked = _("Does not take this form of exploitation")
    elif desk.places == 0:
        s.blocked = _("No place declared")
    if minor and desk.takes_minors:
        s.reasons.append(_("Takes minors"))
        s.score += 1
    if case.form in desk.forms:
        s.reasons.append(_("Specialised in this form of exploitation"))
        s.score += 2
    if language and language in desk.languages:
        s.reasons.append(_("Speaks the person's language"))
        s.score += 2
    if desk.places:
        s.reasons.append(
            ngettext("%(count)d place declared", "%(count)d places declared", desk.places) % {"count": desk.places}
        )
        s.score += 1
    s.reasons.append(_where(desk, here, neighbours))
    return s


def _where(desk, here: Territory, neighbours: set) -> str:
    codes = {t.pk for t in desk.territories.all()}
    if here.pk in codes or here.region_id in codes:
        return _("In this territory: check that distance is not needed for safety")
    if codes & neighbours:
        return _("In a neighbouring département")
    if desk.nationwide:
        return _("Works everywhere in France")
    return _("Elsewhere: away from the place of exploitation")
