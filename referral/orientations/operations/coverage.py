"""Check what an orientation may carry: within the agreement, or on a legal ground with a separate written reason."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Category
from foundation.words import free_text
from referral.models import LegalReason, LegalShare, Orientation
from referral.orientations.rules import BRIEF, suffices, transfers_report
from referral.routing.rules import discretion
from victims.models import ChildOpinion, Consent
from victims.models.emergencies import REASON_LENGTH
from victims.statements.access import acts_of

NO_TRANSFER = gettext_lazy("A report is no transfer: your service keeps the lead of the case. Choose “Refer”.")
REACHES = gettext_lazy("Take out “%(found)s”: the way to reach the person goes with the safe contact only.")


class Uncovered(Exception):
    """Signal that neither agreement nor ground covers the orientation. `str()` gives the reason in words."""


def check_named(orientation: Orientation) -> None:
    """Raise Uncovered when an orientation of this case may not name this service or this agreement, or be a transfer.

    A service must receive orientations, and not be one that must not know of the person (`discretion`), whatever was
    agreed; an agreement must be of the same case. A prosecutor receives a report and never leads by it.
    """
    addressee = orientation.addressee
    desk = getattr(addressee, "desk", None)
    if desk is None or not desk.receives_orientations or not addressee.active:
        raise Uncovered(_("This service receives no requests: choose another one."))
    if barred := discretion.barred_from_case(orientation.case, desk):
        raise Uncovered(barred)
    if transfers_report(orientation):
        raise Uncovered(str(NO_TRANSFER))
    if orientation.consent is not None and orientation.consent.case_id != orientation.case_id:
        raise Uncovered(_("This agreement is about another person."))


def check_covered(orientation: Orientation) -> None:
    """Raise Uncovered when agreement or ground does not cover addressee, level and categories.

    Also raises as `check_named`.
    """
    check_named(orientation)
    addressee = orientation.addressee
    if orientation.level > addressee.max_level or orientation.categories & ~addressee.may_hold:
        raise Uncovered(_("This agency may not receive that much: lower the level or untick a category."))
    if orientation.consent is not None:
        return _check_agreement(orientation, orientation.consent)
    if not orientation.legal_ground:
        raise Uncovered(_("A referral needs the person's agreement or a named legal ground."))
    return _check_ground(orientation)


def reason_not_to_send(orientation: Orientation) -> str:
    """Return in words what prevents this draft from being sent; empty when nothing does."""
    try:
        check_covered(orientation)
    except Uncovered as uncovered:
        return str(uncovered)
    return ""


def _check_ground(orientation: Orientation) -> None:
    ground = Orientation.LegalGround
    if orientation.legal_ground == ground.CHILD_IN_DANGER and not orientation.case.is_minor:
        raise Uncovered(_("This ground is for children and ages in doubt."))
    if orientation.legal_ground != ground.ARTICLE_40:
        return
    if not discretion.told_by_article_40(orientation.addressee):
        raise Uncovered(_("This ground is for the prosecutor and the police: choose such a service."))
    if ground.ARTICLE_40 not in acts_of(orientation.sender):
        raise Uncovered(_("Article 40 binds public officials: your organisation is not a public service."))


def _check_agreement(orientation: Orientation, consent: Consent) -> None:
    if not consent.is_live:
        raise Uncovered(_("This agreement has ended."))
    if not suffices(orientation.case, consent):
        raise Uncovered(_("A child does not agree alone: choose “child in danger”, or whoever speaks for the child."))
    if not consent.names(orientation.addressee):
        raise Uncovered(_("The agreement does not name this agency."))
    if orientation.level > consent.level:
        raise Uncovered(_("The agreement does not go as far as this level."))
    if missing := Category.of(orientation.categories & ~consent.categories):
        names = ", ".join(str(bit.label).lower() for bit in missing)
        raise Uncovered(_("The agreement does not cover: %(names)s. Untick, or ask the person.") % {"names": names})


def covered_brief(orientation: Orientation, brief: dict) -> dict:
    """Return the answers of BRIEF that were given.

    Raises Uncovered for pregnancy without the category health, and for a number or an address in the words: the way to
    reach the person goes with the safe contact only.
    """
    given = {name: brief[name] for name in BRIEF if brief.get(name) not in (None, "")}
    if "pregnant" in given and not orientation.categories & Category.HEALTH:
        raise Uncovered(_("Pregnancy is health data: add the category health, or leave it out."))
    for name in ("offered", "note"):
        if found := free_text.found_in(given.get(name)):
            raise Uncovered(REACHES % {"found": found[0].text})
    return given


def write_ground(actor, orientation: Orientation, reason: str) -> None:
    """Store separately why this draft goes without agreement, in place of what was stored for it before.

    The newest opinion of a child is attached. Raises Uncovered when the reason is too short.
    """
    LegalReason.objects.filter(share=orientation.pk).delete()
    LegalShare.objects.filter(pk=orientation.pk).delete()
    if orientation.consent_id is not None or not orientation.legal_ground:
        return
    if len(reason.strip()) < REASON_LENGTH:
        raise Uncovered(_("Write why in at least 20 characters: it is kept apart and can be checked."))
    opinion = ChildOpinion.objects.filter(case=orientation.case_id).first()
    share = LegalShare.objects.create(
        orientation=orientation,
        case_id=orientation.case_id,
        sender_id=orientation.sender_id,
        addressee_id=orientation.addressee_id,
        reference=orientation.reference,
        ground=orientation.legal_ground,
        opinion=opinion,
        by=actor,
    )
    LegalReason.objects.create(share=share, data=reason.strip())
