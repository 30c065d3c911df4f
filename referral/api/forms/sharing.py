"""Acts on what the person agreed to, on her identity, and on who sees the case."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Category, Level
from foundation.workflow import WrongState
from referral.api.forms.acts import Act, leads, works
from referral.api.rules import ADMINISTER, Problem
from referral.api.serializers.alerts import codes
from referral.api.serializers.identity import IdentityInput
from referral.api.serializers.records import CATEGORIES, LEVELS
from referral.api.serializers.strict import Choice, Codes, Number, Text
from referral.relocation import operations as relocation
from referral.relocation.forms import MoveForm
from victims.access.forms import AssignForm
from victims.access.operations.assignment import assign_member, unassign_member
from victims.cases.access import visible_case
from victims.consents import operations as consents
from victims.consents import words
from victims.consents.forms import ConsentForm, OpinionForm
from victims.identity.operations import enter_identity, identity_agreement
from victims.models import CaseAccess, Consent, Identity

BITS = {name: bit for bit, name in CATEGORIES.items()}
REACH = {name: level for level, name in LEVELS.items() if level != Level.STATUS}


# what an agreement covers, as a program says it
COVERS = {
    "purpose": Text(max_length=40, help_text=_("Code of `consent_purposes`.")),
    "agencies": Codes(
        child=Number(min_value=1),
        required=False,
        help_text=_(
            "Ids of agencies: yours or those that receive requests. With `kinds`, at least one; for `record`,"
            " `statistics` and `participation`, none but yours."
        ),
    ),
    "level": Choice(choices=list(REACH)),
    "categories": Codes(child=Choice(choices=list(BITS)), required=False),
    "proof": Choice(choices=codes(words.PROOFS)),
}


def agreement_as_posted(said: dict) -> dict:
    """Return what a program says of an agreement as its page posts it: an adult who agrees names nobody."""
    given = dict(said)
    if given.get("giver") == Consent.Giver.PERSON:
        del given["giver"]
    return {
        **given,
        "level": int(REACH[given["level"]]),
        "categories": [int(BITS[name]) for name in given.get("categories", [])],
    }


def _record_consent(actor, case_id, **given):
    try:
        return consents.record_consent(actor, case_id, **given)
    except consents.NotForThem as error:
        said = _("Not this one, for this person: for a child a court, a guardian or a parent verified agrees.")
        raise serializers.ValidationError({"giver": [said]}, code="rule") from error


def _hears(actor, access: CaseAccess) -> bool:
    return works(actor, access) and access.case.is_minor and (access.lead or access.level >= Level.FILE)


AGREEMENTS = (
    Act(
        "record_agreement",
        "",
        _("Record what the person agrees to"),
        _record_consent,
        ConsentForm,
        may=leads,
        options=lambda actor, access: {"actor": actor, "case": access.case},
        typed=agreement_as_posted,
        given=lambda form: form.fields_of_consent(),
        own={
            "giver": Choice(
                choices=Consent.Giver.values,
                required=False,
                help_text=_("Left out: the person, who is an adult. For a child somebody else agrees."),
            ),
            **COVERS,
        },
        description=_(
            "For the agency that leads the case. With it an identity is recorded (`record_identity`), and a request "
            "sent."
        ),
    ),
    Act(
        "withdraw_agreement",
        "<uuid:thing>/withdraw/",
        _("Withdraw an agreement"),
        lambda actor, consent: consents.withdraw_consent(actor, consent) and None,
        thing=Consent,
        may=works,
        description=_("Ends at once all that it carried: requests, and what other agencies see."),
        of="",  # it ends what is shared, at once
    ),
    Act(
        "record_opinion",
        "opinions/",
        _("Record what a child thinks of it"),
        consents.record_opinion,
        OpinionForm,
        may=_hears,
        given=lambda form: form.fields_of_opinion(),
        description=_("It is heard, and neither grants nor blocks anything; 409 for an adult."),
    ),
)


def _enter_identity(actor, case_id, **said) -> None:
    try:
        enter_identity(actor, case_id, consent=identity_agreement(visible_case(actor, case_id)), data=said)
    except WrongState as missing:
        words = _("No agreement covers the identity: ask the person, and record it first with `record_agreement`.")
        raise Problem("wrong-state", str(words)) from missing


IDENTITY = (
    Act(
        "record_identity",
        "",
        _("Record who the person is"),
        _enter_identity,
        strict=IdentityInput,
        may=lambda actor, access: leads(actor, access) and bool(actor.agency.may_hold & Category.IDENTITY),
        typed=IdentityInput.parts,
        description=_(
            "For the agency that leads the case and may hold an identity, on the latest agreement that covers it; 409 "
            "without one (a child's needs none), until `record_agreement`."
        ),
        of="get_identity",
        holds=Identity,
    ),
)

COLLEAGUE = {
    "form": AssignForm,
    "may": works,
    "scopes": ADMINISTER,
    "options": lambda actor, access: {"actor": actor},
    "own": {"member": Number(min_value=1, help_text=_("Id of a member: `assignable` of the section."))},
}
ACCESS = (
    Act("assign_member", "assign/", _("Assign a colleague to the case"), assign_member, **COLLEAGUE),
    Act("unassign_member", "unassign/", _("Take a colleague off the case"), unassign_member, **COLLEAGUE),
)


def _move(actor, case_id, territory) -> None:
    try:
        relocation.move_case(actor, case_id, territory)
    except relocation.TransferWaits as waits:
        raise Problem("wrong-state", str(waits)) from waits


PLACE = (
    Act(
        "move_case",
        "",
        _("Say where the person lives or sleeps now"),
        _move,
        MoveForm,
        may=leads,
        options=lambda actor, access: {"case": access.case},
        own={"territory": Text(max_length=4, help_text=_("INSEE code of the département."))},
        description=_("The unit that coordinates this place coordinates the case from then on; both are told."),
        of="get_place",
    ),
)
