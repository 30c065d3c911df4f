"""What can be done with a case: agreements, identity, assignment, restriction."""

from django.http import Http404
from django.utils import timezone

from agencies.errors import guarded
from agencies.models import Category, Level, Membership
from journal.operations import record
from referral.operations import matches
from referral.workflow import WORKS, NotAllowed, WrongState
from victims.access import grant
from victims.models import Assignment, Case, CaseAccess, Consent, Grant, Identity, Restriction


def visible_case(actor, case_id, level: int = Level.SUMMARY) -> Case:
    case = Case.objects.visible_to(actor, level).select_related("territory", "lead", "coordination").filter(pk=case_id)
    found = case.first()
    if found is None:
        raise Http404
    return found


def read_case(actor, case_id) -> Case:
    """Open a case page: the reading is journalled in the same transaction, or the page is not shown."""
    case = visible_case(actor, case_id)
    record("case.read", case, case_id=case.pk)
    return case


def must_lead(actor, case: Case) -> None:
    leads = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).exists()
    if not leads or not actor.has(*WORKS):
        raise NotAllowed("lead only")


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
        matches.owe_comparison(actor, case)
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


def assignable(actor):
    """Return the persons of the actor's agency who work on cases: whom a case may be assigned to."""
    members = Membership.objects.live().filter(agency=actor.agency_id, kind=Membership.Sort.PERSON)
    return members.filter(roles__overlap=list(WORKS))


def assign_member(actor, case_id, member: Membership) -> None:
    """Assign a colleague (or oneself) to a case of the agency. Raises NotAllowed for who is not `assignable`."""
    case = own_access(actor, case_id)
    if not actor.has(*WORKS) or not assignable(actor).filter(pk=member.pk).exists():
        raise NotAllowed("assign")
    with guarded():
        Assignment.objects.get_or_create(case_id=case, agency=actor.agency, membership=member, defaults={"by": actor})
    record("case.assign", member, case_id=case)


def own_access(actor, case_id):
    """The case id if the actor's agency has any sight of it; 404 otherwise."""
    row = CaseAccess.objects.of(actor).filter(case=case_id).first()
    if row is None:
        raise Http404
    return row.case_id


def restrict_case(actor, case_id) -> None:
    """Keep the case to the members assigned to it. One's own assignment comes first, so nobody locks himself out."""
    case = own_access(actor, case_id)
    if not Assignment.objects.filter(case=case, agency=actor.agency_id, membership=actor).exists():
        raise NotAllowed("restrict")
    with guarded():
        Restriction.objects.get_or_create(case_id=case, agency=actor.agency, defaults={"by": actor})
    record("case.restrict", case_id=case)


def lift_restriction(actor, case_id) -> None:
    case = own_access(actor, case_id)
    with guarded():
        ended = Restriction.objects.filter(case=case, agency=actor.agency_id).delete()[0]
    if not ended:
        raise WrongState("open")
    record("case.unrestrict", case_id=case)
