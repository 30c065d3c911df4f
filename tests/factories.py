"""Rows for tests: people and agencies above the walls; alerts, cases and orientations by the real operations."""

import itertools

from django.utils import timezone

from agencies.models import Agency, Category, Desk, Kind, Level, Membership, Role, Service, Territory, User
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.charter.words import VERSION
from referral.orientations.operations import orientations
from victims.consents import operations as consents
from victims.models import Case

from .roles import as_role

_number = itertools.count(1)


def territory(code="75", label="Paris", **fields) -> Territory:
    with as_role("nrm_owner"):
        found = Territory.objects.filter(pk=code).first()
        return found or Territory.objects.create(code=code, sort="department", label_fr=label, label_en=label, **fields)


def service(code="safe_housing") -> Service:
    with as_role("nrm_owner"):
        return Service.objects.get_or_create(code=code, defaults={"label_fr": code, "label_en": code})[0]


def agency(kind=Kind.NGO, *, desk=True, services=("safe_housing",), territories=("75",), desk_fields=None, **fields):
    """An agency with its desk. Traits by keyword: mandate, max_level, may_hold, supports_people."""
    n = next(_number)
    with as_role("nrm_owner"):
        if fields.get("mandate"):
            fields = {"max_level": Level.SUMMARY, **fields}
        made = Agency.objects.create(
            code=fields.pop("code", f"unit-{n}"),
            name=fields.pop("name", f"Unité fictive {n}"),
            kind=kind,
            territory=territory(territories[0]) if territories else None,
            **fields,
        )
        if desk:
            row = Desk.objects.create(
                agency=made,
                **{
                    "receives_alerts": True,
                    "receives_orientations": True,
                    "takes_minors": True,
                    "nationwide": not territories,
                    "places_updated_at": timezone.now() if "places" in (desk_fields or {}) else None,
                    **(desk_fields or {}),
                },
            )
            row.services.set([service(code) for code in services])
            row.territories.set([territory(code) for code in territories])
        return made


def coordination(**fields):
    return agency(
        Kind.COORDINATION,
        **{"mandate": Agency.Mandate.TERRITORIAL, "services": ("strategic_coordination",), **fields},
    )


def national(**fields):
    return agency(
        Kind.COORDINATION,
        **{
            "mandate": Agency.Mandate.NATIONAL,
            "services": ("strategic_coordination",),
            "territories": (),
            **fields,
        },
    )


def shelter(**fields):
    """An association that supports people and may hold identity, contact and health."""
    may_hold = Category.IDENTITY | Category.CONTACT | Category.HEALTH
    return agency(Kind.NGO, **{"supports_people": True, "may_hold": may_hold, **fields})


def member(of: Agency, *roles, user: User | None = None, **fields) -> Membership:
    n = next(_number)
    with as_role("nrm_owner"):
        if user is None:
            user = User.objects.create_user(
                f"agent{n}@exemple.invalid", "mot de passe d'essai", full_name=f"Agent {n}", charter=VERSION
            )
        return Membership.objects.create(user=user, agency=of, roles=list(roles or (Role.CASE_WORKER,)), **fields)


def program(of: Agency, *roles, secret="secret-of-the-test", scopes=()) -> Membership:
    """A service membership with its OAuth client."""
    from agencies.models import ApiClient, Scope

    with as_role("nrm_owner"):
        made = Membership.objects.create(
            agency=of, kind=Membership.Sort.SERVICE, roles=list(roles or (Role.CASE_WORKER,))
        )
        ApiClient.objects.create(
            membership=made,
            client_id=f"client-{made.pk}",
            client_secret=secret,
            client_type="confidential",
            authorization_grant_type="client-credentials",
            scopes=list(scopes or Scope.values),
            name=f"Logiciel {made.pk}",
        )
        return made


ANSWERS = {
    "territory": "75",
    "when": "today",
    "minor": "no",
    "danger": "no",
    "observations": {},
    "none_of_these": True,
    "agreement": "yes",
    "recipients": ["association"],
    "form": "labour_exploitation",
    "note": "MARQUEUR-RECIT",
}


def draft(author, **answers):
    with acting_as(author):
        return alerts.start_draft(author, answers={**ANSWERS, **answers})


def sent_alert(author, *, contact=None, **answers):
    with acting_as(author):
        made = alerts.start_draft(author, answers={**ANSWERS, **answers})
        if contact:
            alerts.save_draft(author, made.pk, {}, step=3, contact=contact)
        return alerts.send_alert(author, made.pk)


def case(opener, *, alert=None, author=None, **answers) -> Case:
    """A case opened from an alert by `opener` (a member whose agency the alert was addressed to)."""
    alert = alert or sent_alert(author or member(agency(Kind.EDUCATION), Role.FRONTLINE), **answers)
    with acting_as(opener):
        return alerts.open_case(opener, alert.pk)


def own_case(opener, **answers) -> Case:
    """A case the opener's agency keeps: an alert of its own, kept by it."""
    kept = sent_alert(opener, **{"recipients": [], **answers})
    with acting_as(opener):
        return alerts.open_case(opener, kept.pk)


def bare_case(by, **fields) -> Case:
    """A case without an alert, that the agency of `by` leads and coordinates: above the walls, for many at once."""
    with as_role("nrm_owner"), acting_as(by):
        given = {"age_side": "adult", "territory": territory(), **fields}
        return Case.objects.create(lead=by.agency, coordination=by.agency, opened_by=by, **given)


def bare_cases(by, number: int, **fields) -> list[Case]:
    """As `bare_case`, in one statement for each thousand."""
    with as_role("nrm_owner"), acting_as(by):
        given = {"age_side": "adult", "territory": territory(), **fields}
        each = ({"lead": by.agency, "coordination": by.agency, "opened_by": by, **given} for _ in range(number))
        return Case.objects.bulk_create((Case(**one) for one in each), batch_size=1000)


def consent(actor, of: Case, **fields):
    giver = "ad_hoc_administrator" if of.is_minor else "person"
    values = {"kinds": ["ngo"], "level": Level.FILE, "categories": 0, "giver": giver, **fields}
    with acting_as(actor):
        return consents.record_consent(actor, of.pk, **values)


def orientation(actor, of: Case, addressee: Agency, *, state="sent", answerer=None, **fields):
    """An orientation walked to `state`: draft, sent, opened, accepted, in_progress, completed, declined, withdrawn."""
    values = {"service": service(), "level": Level.SUMMARY, **fields}
    if not values.get("legal_ground") and "consent" not in values:
        values["consent"] = consent(
            actor,
            of,
            agencies=[addressee.pk],
            level=values["level"],
            categories=values.get("categories", 0),
        )
    if values.get("legal_ground"):
        values.setdefault("legal_reason", "Raison écrite de l'essai, assez longue")
    with acting_as(actor):
        made = orientations.draft_orientation(actor, of, addressee=addressee, **values)
        if state != "draft":
            made = orientations.send_orientation(actor, made.pk)
        if state == "withdrawn":
            return orientations.withdraw_orientation(actor, made.pk)
    steps = {
        "opened": ["open"],
        "accepted": ["accept"],
        "in_progress": ["accept", "start"],
        "completed": ["accept", "start", "complete"],
        "declined": ["decline"],
    }.get(state, [])
    if steps:
        answerer = answerer or member(addressee)
        with acting_as(answerer):
            for name in steps:
                made = _STEPS[name](answerer, made.pk)
    return made


_STEPS = {
    "open": orientations.open_orientation,
    "accept": orientations.accept_orientation,
    "start": orientations.start_orientation,
    "complete": lambda actor, pk: orientations.complete_orientation(actor, pk, outcome="services"),
    "decline": lambda actor, pk: orientations.decline_orientation(actor, pk, reason="no_place"),
}
