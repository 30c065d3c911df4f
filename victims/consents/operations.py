"""The person's agreement, a child's opinion: recorded by the lead, withdrawn by whoever hears the person."""

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

# what a lead takes at once on an agreement that names it; the identity's bit is taken when it is entered
TAKEN = Category.HEALTH | Category.OFFENCE | Category.RESIDENCE


class NotForThem(Exception):
    """Who gave the agreement may not give it for this person. Says why in `args`."""


def givers(case: Case) -> list[str]:
    """Who may agree: the person, or a court or guardian; never a child, nor a parent by that alone (Code civil 388-2,
    CPP 706-50)."""
    giver = Consent.Giver
    if case.is_minor:
        return [giver.COURT, giver.GUARDIAN, giver.AD_HOC, giver.PARENT]
    return [giver.PERSON, giver.COURT, giver.GUARDIAN]


def nameable(actor):
    """Return the agencies that an agreement may name: the actor's own, and those that receive requests."""
    return Agency.objects.filter(Q(pk=actor.agency_id) | Q(active=True, desk__receives_orientations=True))


def record_consent(actor, case_id, *, text: dict | None = None, **fields) -> Consent:
    """The agreement, as told to the lead. Fields: those of `Consent`; `text`: the words around it (`AgreementText`).

    A lead that it names takes the categories it gives and the agency may hold. Raises NotAllowed for anybody but the
    lead and for an agency that no agreement may name (`nameable`), NotForThem when the giver may not agree for this
    person.
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
        _take(actor, case, consent)
    record("consent.record", consent, case_id=case.pk)
    return consent


def _take(actor, case, consent) -> None:
    held = CaseAccess.objects.of(actor).get(case=case.pk).categories
    bits = consent.categories & actor.agency.may_hold & TAKEN & ~held
    if bits and consent.names(actor.agency) and consent.is_live:
        ground = {"ground": Grant.Ground.CONSENT, "ground_id": consent.pk, "given_by": actor, "until": consent.until}
        grant(case, actor.agency_id, categories=bits, **ground)


def visible_consent(actor, consent_id) -> Consent:
    cases = Case.objects.visible_to(actor)
    consent = Consent.objects.filter(pk=consent_id, case__in=cases).select_related("case").first()
    if consent is None:
        raise NotFound
    return consent


def withdraw_consent(actor, consent_id) -> Consent:
    """The person withdraws: the database ends, in this transaction, all that the agreement carried.

    Any holder of `summary` may record it: it is the safe direction. Told: those who lost access, and the lead.
    """
    consent = visible_consent(actor, consent_id)
    if not actor.has(*WORKS):
        raise NotFound
    case = consent.case
    if consent.withdrawn_at is not None:
        raise WrongState("withdrawn")
    before = agencies_that_see(case)
    with guarded():
        # recorded before: afterwards the actor itself may no longer see the case
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
    """« Avis de l'enfant » (CIDE art. 12, CASF L.223-4): by the lead or by who reads the file. Fields: stance,
    language, interpreter; `text`: {"words", "heard_by"}. Raises NotAllowed otherwise, WrongState for an adult."""
    case = visible_case(actor, case_id)
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    if not actor.has(*WORKS) or not (access.lead or access.level >= Level.FILE):
        raise NotAllowed("opinion")
    if not case.is_minor:
        raise WrongState("adult")
    with guarded():
        opinion = ChildOpinion.objects.create(case=case, by=actor, **fields)
        if text:
            AgreementText.objects.create(case=case, opinion=opinion, data=text, by=actor)
    record("opinion.record", opinion, case_id=case.pk)
    return opinion
