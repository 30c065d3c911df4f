"""Show procedures and time limits, signs, alerts joined, the state of a case and what changed in it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.records import Shown
from referral.models import Clock, ReflectionOffer, StepAct

from .base import DataField
from .sharing import ContactShown, IdentityShown


class ClockShown(Shown):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Clock.Kind.values)
    state = serializers.ChoiceField(choices=Clock.State.values)
    counted_on = serializers.DateField()
    due_at = serializers.DateTimeField()


class AgendaShown(ClockShown):
    """Show a time limit that runs, with its case and its step."""

    case = serializers.UUIDField(source="case_id")
    reference = serializers.CharField(source="case.reference")
    procedure = serializers.CharField(source="checklist.code")
    checklist = serializers.UUIDField(source="checklist_id")
    step = serializers.IntegerField()
    updated_at = serializers.DateTimeField(source="changed_at")


class StepActShown(Shown):
    action = serializers.ChoiceField(choices=StepAct.Action.values)
    on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    words = serializers.SerializerMethodField()
    agency = serializers.IntegerField(source="by.agency_id")
    at = serializers.DateTimeField()

    def get_words(self, act) -> str:
        return act.words["text"] if act.words else ""


class StepShown(Shown):
    """Show one step: what was said of it, the last word first in force, and its time limit."""

    order = serializers.IntegerField(source="step.order")
    service = serializers.CharField(help_text=_("Code of the service to ask for; empty where none is."))
    settled = serializers.SerializerMethodField()
    acts = StepActShown(many=True, help_text=_("Oldest first."))
    clock = ClockShown(allow_null=True)

    def get_settled(self, shown) -> bool:
        return shown.act is not None


class ChecklistShown(Shown):
    id = serializers.UUIDField(source="row.pk")
    procedure = serializers.CharField(source="row.code", help_text=_("Code of the procedure."))
    current = serializers.BooleanField(help_text=_("False: the sheet changed since it was begun."))
    steps = StepShown(many=True)


class ProposedShown(Shown):
    procedure = serializers.CharField()
    reason = serializers.CharField(help_text=_("Why it is proposed, in words."))


class OfferShown(Shown):
    offered_on = serializers.DateField()
    answer = serializers.ChoiceField(choices=ReflectionOffer.Answer.values)
    answered_on = serializers.DateField(allow_null=True)


class AdditionShown(Shown):
    at = serializers.DateTimeField()
    text = serializers.SerializerMethodField()

    def get_text(self, addition) -> str:
        return addition.text


class JoinedShown(Shown):
    """Show an alert joined to the case, and what its author added."""

    absent = ("reference",)

    alert = serializers.UUIDField()
    at = serializers.DateTimeField()
    reference = serializers.CharField(help_text=_("For an agency that sees the alert."))
    additions = AdditionShown(many=True)


class OutcomeShown(Shown):
    at = serializers.DateTimeField()
    wish = DataField("wish")
    feedback = DataField("feedback")


class ChangeShown(Shown):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class VersionShown(Shown):
    """Show one change of the case, in words."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    opened = serializers.BooleanField(help_text=_("The opening of the case: nothing stood before."))
    changes = ChangeShown(many=True)


class FormerIdentity(Shown):
    """Show an identity as it stood from this moment on."""

    at = serializers.DateTimeField(source="pgh_created_at")
    identity = IdentityShown(source="data")


class FormerContact(Shown):
    at = serializers.DateTimeField(source="pgh_created_at")
    contact = ContactShown(source="*")
