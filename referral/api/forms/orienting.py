"""Compose a request for a service: the form of the page, with a code or an id where the page has a button."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Service
from referral.api.forms.acts import Act, leads
from referral.api.forms.bodies import refused
from referral.api.forms.sharing import BITS, REACH
from referral.api.rules import Problem
from referral.api.serializers.alerts import UNKNOWN_CODE, ClientId
from referral.api.serializers.strict import Choice, Codes, Flag, Number, Text
from referral.models import Orientation
from referral.orientations.forms.orientations import OrientationForm
from referral.orientations.operations import composing, coverage
from referral.routing.selectors import ranking
from victims.cases.access import visible_case

ONE_OF = _("Give the agreement that carries it, or a legal ground: one of the two.")
NO_SERVICE = _("Choose an agency that the list of this need gives, and that is not blocked.")


def ranked(actor, case, service: str, sort: str = "") -> list:
    """Return the services for this need, ranked as the page ranks them."""
    sender = actor.agency_id
    return ranking.ranked_for_orientation(case, service, sender_id=sender, language=case.language, sort=sort)


def draft(actor, case_id, *, service: str, addressee: int, **said) -> Orientation:
    """Draft a request. Raises ValidationError, Problem where agreement or ground does not cover it."""
    case, need = visible_case(actor, case_id), Service.objects.filter(pk=service).first()
    if need is None:
        raise serializers.ValidationError({"service": [UNKNOWN_CODE]}, code="unknown_code")
    live = [consent for consent in case.consents.all() if consent.is_live]
    form = OrientationForm(_as_posted(said), case=case, consents=live, sender=actor.agency)
    if not form.is_valid():
        raise refused(form, basis="agreement" if "agreement" in said else "legal_ground")
    desk = composing.offered(ranked(actor, case, service), addressee)
    if desk is None:
        raise serializers.ValidationError({"addressee": [NO_SERVICE]}, code="rule")
    try:
        return composing.compose(actor, case, need, desk, form.chosen())
    except coverage.Uncovered as uncovered:
        hint = _("%(reason)s An agreement is recorded with `record_agreement`.") % {"reason": uncovered}
        raise Problem("wrong-state", str(hint)) from uncovered


def _as_posted(said: dict) -> dict:
    """Return what a program says as the page posts it: one ground of the two, bits and levels by their numbers."""
    agreement, ground = said.get("agreement"), said.get("legal_ground")
    if bool(agreement) == bool(ground):
        raise serializers.ValidationError({"agreement": [ONE_OF]}, code="required")
    return {
        "verb": said["verb"],
        "basis": f"consent:{agreement}" if agreement else f"ground:{ground}",
        "level": int(REACH[said["level"]]),
        "legal_reason": said.get("legal_reason", ""),
        "categories": [int(BITS[name]) for name in said.get("categories", [])],
        "exclusive": said["exclusive"],
    }


ORIENTATIONS = (
    Act(
        "draft_orientation",
        "",
        _("Draft a request for a service"),
        draft,
        may=leads,
        own={
            "service": Text(max_length=40, help_text=_("Code of `services`.")),
            "addressee": Number(min_value=1, help_text=_("Id of an agency of the list, not blocked.")),
            "verb": Choice(choices=Orientation.Verb.values, help_text=_("`transfer`: it leads once it accepts.")),
            "agreement": ClientId(required=False, help_text=_("Id of the agreement that carries it.")),
            "legal_ground": Choice(choices=Orientation.LegalGround.values, required=False),
            "legal_reason": Text(max_length=2000, required=False, help_text=_("With a legal ground: 20 characters.")),
            "level": Choice(choices=list(REACH)),
            "categories": Codes(child=Choice(choices=list(BITS)), required=False),
            "exclusive": Flag(help_text=_("Accepted by one, the others for this need are withdrawn.")),
        },
        description=_(
            "`made` is the draft: read it (`preview_orientation`), then send it (`send_orientation`). One draft for a "
            "need and a service: the same again changes it."
        ),
    ),
)
