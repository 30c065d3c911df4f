"""Show what a case says of the person: path, categories, persons and cases linked."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from referral.api.serializers.records import Shown
from victims.models import AgeSide, CaseLink, LinkedPerson
from victims.reporting.words import Agreement, Decision, Ground, Way

from .base import DataChoice, DataField, Signed

LOOSE = _("2024, 2024-03 or 2024-03-15: what is known.")


class EpisodeShown(Shown):
    """Show a stage of the path; what is not known is empty."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    form = DataField("form")
    country = DataField("country")
    department = DataField("department")
    began = DataField("began", help_text=LOOSE)
    ended = DataField("ended", help_text=LOOSE)
    ongoing = serializers.SerializerMethodField()
    note = DataField("note")

    def get_ongoing(self, episode) -> bool:
        return bool(episode.data.get("ongoing"))


class SurveyShown(Shown):
    """Show the answers to the yearly survey for this person."""

    sex = DataField("sex")
    age_group = DataField("age_group")
    nationality = DataField("nationality")
    detection = DataField("detection")
    support = serializers.SerializerMethodField()

    def get_support(self, said) -> list[str]:
        return said.data.get("support", [])


class EntryOfCategory(Shown):
    """Base of an entry of health, of presumed authors or of the right to stay."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    agency = serializers.SerializerMethodField(
        help_text=_("Id of the agency that wrote it; null: it came with the alert.")
    )
    corrected = serializers.BooleanField(help_text=_("A newer entry replaces it."))
    text = DataField("text")

    def get_agency(self, entry) -> int | None:
        return entry.by and entry.by.agency_id


class HealthShown(EntryOfCategory):
    needs = serializers.SerializerMethodField()
    urgent = serializers.SerializerMethodField()

    def get_needs(self, entry) -> list[str]:
        return entry.data.get("needs", [])

    def get_urgent(self, entry) -> bool:
        return bool(entry.data.get("urgent"))


class OffenceShown(EntryOfCategory):
    role = DataField("role")
    relationship = DataField("relationship")
    means = serializers.SerializerMethodField()
    number = DataField("number", help_text=_("Not to be called."))

    def get_means(self, entry) -> list[str]:
        return entry.data.get("means", [])


class ResidenceShown(EntryOfCategory):
    status = DataField("status")
    until = DataField("until")


class ReportDecisionShown(Shown):
    """Show a decision on a report to the prosecutor."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    agency = serializers.IntegerField(source="by.agency_id", help_text=_("Id of the agency that decided."))
    decision = DataChoice("decision", Decision.values)
    on = serializers.SerializerMethodField()
    agreement = DataChoice("agreement", Agreement.values, allow_blank=True, help_text=_("What an adult says of it."))
    ground = DataChoice("ground", Ground.values, allow_blank=True)
    court = DataField("court")
    way = DataChoice("way", Way.values, allow_blank=True)
    why = DataField("why")

    @extend_schema_field(serializers.DateField())
    def get_on(self, made) -> str:
        return made.data["on"]


class PersonShown(Signed):
    relation = serializers.ChoiceField(choices=LinkedPerson.Relation.values)
    age_side = serializers.ChoiceField(choices=AgeSide.values)
    text = DataField("text")
    placed_at = serializers.DateTimeField()
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)


class LinkShown(Shown):
    """Show a link to another case, for who sees both."""

    id = serializers.UUIDField()
    sort = serializers.ChoiceField(choices=CaseLink.Sort.values)
    other = serializers.UUIDField(source="there.case_id")
    reference = serializers.CharField(source="there.reference")


class NameShown(Shown):
    person = serializers.UUIDField()
    name = serializers.CharField()
