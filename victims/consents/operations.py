"""Record agreements and opinions of a child, withdraw agreements."""

from django.db.models import Q
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency, Category, Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import access_ended, enqueue
from victims.access.access import agencies_that_see, grant
from victims.cases.access import must_lead, visible_case
from victims.models import AgreementText, Case, CaseAccess, ChildOpinion, Consent, Grant

# categories a lead receives at once from an agreement that names it; identity is granted when it is entered
TAKEN = Category.HEALTH | Category.OFFENCE | Category.RESIDENCE


class NotForThem(Exception):
    """Signal that this giver may not agree for this person; `args` holds the reason."""


def givers(case: Case) -> list[str]:
    """Return who may agree: an adult, a court or guardian.

    Never a child, nor a parent by that alone (Code civil 388-2, CPP 706-50).
    """
    giver = Consent.Giver
    if case.is_minor:
        return [giver.COURT, giver.GUARDIAN, giver.AD_HOC, giver.DELEGATE, giver.PARENT]
    return [giver.PERSON, giver.COURT, giver.GUARDIAN]


def nameable(actor):
    """Return the agencies that an agreement may name: the actor's own, and active ones that receive orientations."""
    return Agency.objects.filter(Q(pk=actor.agency_id) | Q(active=True, desk__receives_orientations=True))


def record_consent(actor, case_id, *, text: dict | None = None, **fields) -> Consent:
    """Record an agreement. Fields: those of `Consent`; `text`: the free texts (`AgreementText`).

    A lead named by it receives the categories it covers, as far as the agency may hold them. Raises NotAllowed unless
    the actor leads, and for an agency that is not `nameable`; NotForThem when the giver may not agree for this person.
    """
    case = visible_case(actor, case_id)
    must_lead(actor, case)
    named = set(fields.get("agencies") or ())
    if named - set(nameable(actor).filter(pk__in=named).values_list("pk", flat=True)):
        raise NotAllowed("agencies")
    giver = fields.setdefault("giver", Consent.Giver.PERSON)
    if giver not in givers(case):
        raise NotForThem("giver")
    if giver == Consent.Giver.PARENT and not (fields.get("parent_verified") and fields.get("parent_cleared")):
        raise NotForThem("parent")
    with guarded():
        consent = Consent.objects.create(case=case, obtained_by=actor, **fields)
        if text:
            AgreementText.objects.create(case=case, consent=consent, data=text, by=actor)
        _grant_to_lead(actor, case, consent)
    record("consent.record", consent, case_id=case.pk)
    return consent


def _grant_to_lead(actor, case, consent) -> None:
    held = CaseAccess.objects.of(actor).get(case=case.pk).categories
    bits = consent.categories & actor.agency.may_hold & TAKEN & ~held
    if bits and consent.names(actor.agency) and consent.is_live:
        ground = {"ground": Grant.Ground.CONSENT, "ground_id": consent.pk, "given_by": actor, "until": consent.until}
        grant(case, actor.agency_id, categories=bits, **ground)


def visible_consent(actor, consent_id) -> Consent:
    """Return an agreement of a case the actor sees. Raises NotFound."""
    cases = Case.objects.visible_to(actor)
    consent = Consent.objects.filter(pk=consent_id, case__in=cases).select_related("case").first()
    if consent is None:
        raise NotFound
    return consent


def withdraw_consent(actor, consent_id) -> Consent:
    """Withdraw an agreement. The database ends in this transaction all that it allowed.

    Any holder of `summary` may record it: withdrawing is the safe direction. Notifies agencies that lost access, and
    the lead. Raises NotFound, WrongState when it is already withdrawn.
    """
    consent = visible_consent(actor, consent_id)
    if not actor.has(*WORKS):
        raise NotFound
    case = consent.case
    if consent.withdrawn_at is not None:
        raise WrongState("withdrawn")
    before = agencies_that_see(case)
    with guarded():
        # journalled first: afterwards the actor may no longer see the case
        record("consent.withdraw", consent, case_id=case.pk)
        live = Consent.objects.filter(pk=consent.pk, withdrawn_at=None)
        if not live.update(withdrawn_at=timezone.now(), withdrawn_by=actor):
            raise WrongState("withdrawn")
    lost = sorted(before - agencies_that_see(case))
    enqueue("consent_withdrawn", case, to=["holders", "lead", "coordination"])
    if lost:
        access_ended(case.reference, lost)
    return consent


def record_opinion(actor, case_id, *, text: dict | None = None, **fields) -> ChildOpinion:
    """Record « Avis de l'enfant » (CIDE art. 12, CASF L.223-4).

    Fields: stance, language, interpreter; `text`: {"words", "heard_by"}. Raises NotAllowed unless the agency leads or
    reads the file, WrongState for an adult.
    """
    case = visible_case(actor, case_id)
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    if not actor.has(*WORKS) or not (access.lead or access.level >= Level.FILE):
        raise NotAllowed("opinion")
    if not case.is_minor:
        raise WrongState("adult")
    with guarded():
        opinion = ChildOpinion.objects.hear(case, by=actor, **fields)
        if text:
            AgreementText.objects.create(case=case, opinion=opinion, data=text, by=actor)
    record("opinion.record", opinion, case_id=case.pk)
    return opinion
