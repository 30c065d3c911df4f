"""Enter and read the identity of a person."""

from django.utils import timezone

from agencies.models import Category
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.access.access import grant
from victims.cases.access import must_lead, visible_case
from victims.matching.operations import request_comparison
from victims.models import Case, CaseAccess, Consent, Contact, Grant, Identity, ReadingAlarm
from victims.reading.access import afford


def identity_needs_consent(case: Case, access: CaseAccess) -> bool:
    """Return whether an agreement is needed to enter the identity.

    Not for a child or an age in doubt when the lead already holds the category.
    """
    return not (case.is_minor and access.categories & Category.IDENTITY)


def identity_agreement(case: Case) -> Consent | None:
    """Return the latest live agreement that covers the identity, or None."""
    agreed = (consent for consent in case.consents.order_by("-obtained_at", "-pk") if consent.is_live)
    return next((consent for consent in agreed if consent.categories & Category.IDENTITY), None)


def enter_identity(actor, case_id, *, consent: Consent | None, data: dict) -> Identity:
    """Write the identity. Only a lead that may hold it, on an agreement that covers it (see above for a child).

    Does the same work, with the same queries, whether or not another case concerns this person: it records that a
    comparison is due, and the worker makes it. Raises NotAllowed, WrongState("consent").
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
        request_comparison(actor, case)
    record("identity.enter", identity, case_id=case.pk)
    return identity


def has_identity(case: Case) -> bool:
    """Return whether an identity visible to the reader is recorded. Decrypts nothing."""
    return Identity.objects.filter(case=case).exists()


def read_identity(actor, case_id) -> Identity | None:
    """Return the identity, or None. The reading is a separate journal entry. Raises NotFound, Spent."""
    case = visible_case(actor, case_id)
    identity = Identity.objects.filter(case=case).first()
    if identity is not None:
        afford(actor, ReadingAlarm.Kind.IDENTITY, case)
        record("identity.read", identity, case_id=case.pk)
    return identity


def read_contacts(actor, case_id) -> list[Contact]:
    """Return the safe contacts of a person. The reading is a separate journal entry, when there is one to read.

    Raises NotFound, Spent.
    """
    case = visible_case(actor, case_id)
    contacts = list(Contact.objects.filter(case=case))
    if contacts:
        afford(actor, ReadingAlarm.Kind.CONTACT, case)
        record("contact.read", case, case_id=case.pk)
    return contacts
