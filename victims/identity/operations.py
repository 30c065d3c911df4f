"""Enter and read who the person is."""

from django.utils import timezone

from agencies.models import Category
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.access.access import grant
from victims.cases.access import must_lead, visible_case
from victims.matching.operations import owe_comparison
from victims.models import Case, CaseAccess, Consent, Grant, Identity


def identity_needs_consent(case: Case, access: CaseAccess) -> bool:
    """A child, or an age in doubt, never waits for an agreement where the lead holds the identity already."""
    return not (case.is_minor and access.categories & Category.IDENTITY)


def identity_agreement(case: Case) -> Consent | None:
    """The latest agreement in force that covers the identity."""
    agreed = (consent for consent in case.consents.order_by("-obtained_at", "-pk") if consent.is_live)
    return next((consent for consent in agreed if consent.categories & Category.IDENTITY), None)


def enter_identity(actor, case_id, *, consent: Consent | None, data: dict) -> Identity:
    """Who the person is: only by a lead that may hold it, on an agreement that covers it (a child's needs none).

    Does the same, in the same statements, whether or not another case speaks of this person: it writes that a
    comparison is owed, and the worker makes it.
    """
    case = visible_case(actor, case_id)
    must_lead(actor, case)
    if not actor.agency.may_hold & Category.IDENTITY:
        raise NotAllowed("identity")
    held = CaseAccess.objects.of(actor).get(case=case)
    if consent is None:
        if identity_needs_consent(case, held):
            raise WrongState("consent")
    elif consent.case_id != case.pk or not consent.is_live or not consent.categories & Category.IDENTITY:
        raise WrongState("consent")
    with guarded():
        if not held.categories & Category.IDENTITY:
            grant(
                case,
                actor.agency_id,
                categories=Category.IDENTITY,
                ground=Grant.Ground.CONSENT,
                ground_id=consent.pk,
                given_by=actor,
                until=consent.until,
            )
        identity = Identity.objects.filter(case=case).first()
        if identity is None:
            identity = Identity.objects.create(case=case, data=data, entered_by=actor)
        else:
            identity.data, identity.entered_by, identity.entered_at = data, actor, timezone.now()
            identity.save(update_fields=["data", "entered_by", "entered_at"])
        owe_comparison(actor, case)
    record("identity.enter", identity, case_id=case.pk)
    return identity


def has_identity(case: Case) -> bool:
    """Whether one is recorded, as far as the reader holds it; nothing of it is opened."""
    return Identity.objects.filter(case=case).exists()


def read_identity(actor, case_id) -> Identity | None:
    """Reveal the identity: the reading is an entry of its own."""
    case = visible_case(actor, case_id)
    identity = Identity.objects.filter(case=case).first()
    if identity is not None:
        record("identity.read", identity, case_id=case.pk)
    return identity
