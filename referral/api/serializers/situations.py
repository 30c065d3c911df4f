"""Show an event, its persons, what they are asked, and where each may be sent."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agencies.models import Kind
from referral.api.forms.situations import SITUATIONS
from referral.api.serializers.contents import SPOKEN, code, codes
from referral.api.serializers.records import LEVELS, AgencyRef, CategoriesField, Shown, categories_of
from referral.models import Orientation, Situation, SituationCase
from referral.situations.rules import Wait
from victims.cases.words import EXPLAINED
from victims.consents.words import INTERPRETERS, PROOFS
from victims.models import AgeSide, Case


class SituationRow(Shown):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    created_at = serializers.DateTimeField()
    sort = serializers.ChoiceField(choices=Situation.Sort.values)
    happened_on = serializers.DateField()
    territory = serializers.CharField(source="territory_id")
    form = serializers.CharField(help_text=_("Code of `forms`."))
    place = serializers.CharField(help_text=_("Kind of place, empty when it is not known."))
    updated_at = serializers.DateTimeField(source="changed_at")


class AskedShown(Shown):
    """Show what each person is asked."""

    purpose = serializers.CharField(help_text=_("Code of `consent_purposes`."))
    agencies = serializers.ListField(child=serializers.IntegerField())
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.values))
    level = serializers.SerializerMethodField()
    categories = serializers.SerializerMethodField()
    explained = serializers.ListField(child=serializers.ChoiceField(choices=codes(EXPLAINED)))
    proof = code(codes(PROOFS), required=True)
    language = code(SPOKEN, required=True)
    interpreter = code(codes(INTERPRETERS), required=True)
    until = serializers.CharField(help_text=_("A moment, empty without an end."))
    asked_by = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=list(LEVELS.values())))
    def get_level(self, asked) -> str:
        return LEVELS[asked["level"]]

    @extend_schema_field(CategoriesField())
    def get_categories(self, asked) -> list[str]:
        return categories_of(asked["categories"])


class PersonRow(Shown):
    """Show one person of an event: no name, and of her case what the list of cases shows."""

    absent = ("age_side", "language")

    number = serializers.IntegerField(help_text=_("On the list for reception."))
    case = serializers.UUIDField(source="case_id")
    reference = serializers.CharField(source="access.reference")
    status = serializers.ChoiceField(choices=Case.Status.values, source="access.status")
    led = serializers.BooleanField(source="access.lead", help_text=_("Your agency leads her case."))
    age_side = serializers.ChoiceField(choices=AgeSide.values, source="known.age_side", default=None)
    language = code(SPOKEN, required=None, source="known.language", default=None)
    answer = serializers.ChoiceField(choices=SituationCase.Answer.values, source="agreement")
    earlier_question = serializers.BooleanField(help_text=_("The answer is to an earlier question than `asked`."))


class FollowedPerson(PersonRow):
    wait = serializers.ChoiceField(choices=Wait.values, help_text=_("Whom she waits for, and what comes next."))
    orientation = serializers.SerializerMethodField(help_text=_("Id of the request to look at."))

    def get_orientation(self, line) -> str | None:
        return line.orientation and str(line.orientation.pk)


class SignNoted(Shown):
    indicator = serializers.CharField()
    known_by = serializers.CharField()


class SituationShown(SituationRow):
    absent = ("asked",)

    note = serializers.CharField()
    signs = SignNoted(many=True)
    grid = serializers.ListField(child=serializers.CharField(), help_text=_("Signs that may be noted of it."))
    alerts = serializers.ListField(child=serializers.UUIDField(), help_text=_("As far as you see them."))
    asked = AskedShown(help_text=_("Absent before it is written."))
    planned = serializers.IntegerField(help_text=_("Persons whose cases are still to be opened."))
    persons = FollowedPerson(many=True, help_text=_("Those whose case your agency sees."))
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=[act.name for act in SITUATIONS]),
        help_text=_("Operations that you may do now."),
    )


class OnePerson(PersonRow):
    asked = AskedShown()


class PlaceShown(AgencyRef):
    places = serializers.IntegerField(allow_null=True)
    refused = serializers.BooleanField(help_text=_("It did not take this person for this need: never proposed."))


class PartShown(Shown):
    """Show where one person may be sent for a need, and what is proposed."""

    case = serializers.UUIDField(source="case.pk")
    number = serializers.IntegerField(source="line.number")
    child = serializers.BooleanField(source="case.is_minor")
    agreed = serializers.BooleanField(help_text=_("An agreement in force, or for a child the law."))
    services = serializers.SerializerMethodField()
    proposed = serializers.IntegerField(source="chosen", allow_null=True)
    asked = serializers.SerializerMethodField(help_text=_("Id of the request already made for this need."))

    @extend_schema_field(PlaceShown(many=True))
    def get_services(self, part) -> list[dict]:
        return [
            {
                "id": one.agency.pk,
                "name": one.agency.name,
                "places": one.desk.places,
                "refused": one.agency.pk in part.refused,
            }
            for one in part.desks
        ]

    def get_asked(self, part) -> str | None:
        return part.asked and str(part.asked.pk)


class SplitShown(Shown):
    situation = serializers.UUIDField()
    persons = PartShown(many=True)


class DraftShown(Shown):
    orientation = serializers.UUIDField(source="orientation.pk")
    case = serializers.UUIDField(source="line.case_id")
    number = serializers.IntegerField(source="line.number")
    addressee = AgencyRef(source="orientation.addressee")
    service = serializers.CharField(source="orientation.service_id")
    verb = serializers.ChoiceField(choices=Orientation.Verb.values, source="orientation.verb")
    waits = serializers.CharField(help_text=_("Why it cannot be sent now; empty where it can."))


class DraftsShown(Shown):
    situation = serializers.UUIDField()
    drafts = DraftShown(many=True)
