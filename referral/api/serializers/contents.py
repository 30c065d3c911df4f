"""Describe what is stored as a whole and shown as it is: sheet of a request, answers of an alert, assessment.

The classes are read by the API document only. What may be left out is optional; names may be added (no closed object).
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from referral.alerts.words import DANGER, RECIPIENTS
from referral.models import Alert, Orientation
from victims.cases import words as cases_words
from victims.identity.words import SEXES
from victims.models import AgeSide, Case, ChildOpinion, Urgency


def codes(choices) -> list[str]:
    return [code for code, _words in choices]


SPOKEN = codes([*LANGUAGES, OTHER_LANGUAGE])


def as_it_is(described, **options) -> serializers.Field:
    """Return a field that shows a stored value as it is, described by a serializer."""

    class AsItIs(serializers.Field):
        def to_representation(self, value):
            return value

    return extend_schema_field(described)(AsItIs)(read_only=True, **options)


def word(**options) -> serializers.Field:
    return serializers.CharField(required=False, allow_blank=True, **options)


def code(choices, *, required: bool | None = False, **options) -> serializers.Field:
    return serializers.ChoiceField(choices=choices, required=required, allow_blank=True, **options)


def several(child: serializers.Field, **options) -> serializers.Field:
    return serializers.ListField(child=child, required=False, **options)


def flag() -> serializers.Field:
    return serializers.BooleanField(required=False)


class InBoth(serializers.Serializer):
    fr = serializers.CharField()
    en = serializers.CharField()


class Named(serializers.Serializer):
    code = serializers.CharField()
    label_fr = serializers.CharField()
    label_en = serializers.CharField()


class HeadlineShown(Named):
    kind = serializers.ChoiceField(choices=["override", "result"])


class OverrideShown(Named):
    order = serializers.IntegerField()
    trigger = serializers.CharField()
    words = InBoth()


class DimensionShown(Named):
    strong = serializers.IntegerField()
    medium = serializers.IntegerField()
    weak = serializers.IntegerField()
    positive = serializers.BooleanField()
    rule = serializers.CharField(allow_null=True)
    indicators = serializers.ListField(child=serializers.CharField())
    words = InBoth()


class IgnoredShown(serializers.Serializer):
    code = serializers.CharField()
    reason = serializers.ChoiceField(choices=["wrong_age_side", "unscored", "other_part", "same_concept"])
    words = InBoth()


class RulesetShown(Named):
    ruleset = serializers.CharField()
    ruleset_label_fr = serializers.CharField()
    ruleset_label_en = serializers.CharField()
    level = serializers.IntegerField()
    rule = serializers.CharField()
    positive = serializers.ListField(child=serializers.CharField())
    dimensions = DimensionShown(many=True)
    ignored = IgnoredShown(many=True)
    reasons = InBoth(many=True)


class ResultShown(serializers.Serializer):
    """Describe an assessment: `indicators.assessment.rules.explanation.explain`."""

    catalogue_version = serializers.CharField()
    grid = serializers.CharField(allow_null=True)
    grid_version = serializers.CharField(allow_null=True)
    scope = serializers.ChoiceField(choices=["short", "full"])
    age_side = serializers.ChoiceField(choices=AgeSide.values)
    read_as = serializers.ChoiceField(choices=["adult", "child"])
    form = serializers.CharField(allow_null=True)
    immediate_danger = serializers.BooleanField()
    headline = HeadlineShown()
    overrides = OverrideShown(many=True)
    results = RulesetShown(many=True)
    supporting = serializers.ListField(child=serializers.CharField())
    disclaimer_fr = serializers.CharField()
    disclaimer_en = serializers.CharField()


class StoryShown(serializers.Serializer):
    """Describe the account that a case keeps of an alert: `referral.alerts.selectors.STORY`."""

    note = word()
    where = word()
    place = word()
    detection = word()
    when = code(codes(cases_words.WHEN))
    when_date = serializers.DateField(required=False)


class ReasonsShown(serializers.Serializer):
    """Describe the words of a statement."""

    basis = word()
    motives = word()


class AnswersShown(serializers.Serializer):
    """Describe the answers of an alert, from a page or a program."""

    kind = code(["danger"])
    territory = word()
    other_territory = word()
    when = code(codes(cases_words.WHEN))
    when_date = serializers.DateField(required=False, allow_null=True)
    minor = code(codes(cases_words.MINOR))
    minor_said = code(["no"])  # its author's answer, where words of a child made `minor` a doubt
    adult_sure = flag()
    danger = code(codes(DANGER))
    persons = serializers.IntegerField(required=False, allow_null=True)
    reachable_until = serializers.DateTimeField(required=False, allow_null=True)
    place = word()
    detection = word()
    form = word()
    employer_immunity = flag()
    language = code(SPOKEN)
    observations = serializers.DictField(child=serializers.CharField(), required=False)
    none_of_these = flag()
    note = word()
    agreement = code(Alert.Agreement.values)
    explained = several(serializers.ChoiceField(choices=codes(cases_words.EXPLAINED)))
    interpreter = code(codes(cases_words.INTERPRETER))
    recipients = several(serializers.ChoiceField(choices=codes(RECIPIENTS)))
    desks = several(serializers.IntegerField())
    legal_ground = code(Orientation.LegalGround.values)
    share_anyway = flag()
    callback = word()
    where = word()
    catalogue_version = word()
    grid = word(allow_null=True)
    grid_version = word(allow_null=True)


class Part(serializers.Serializer):
    """Base of a part of a sheet; one of these stands alone where the part has no content."""

    sealed = flag()  # the sender may not read it: acceptance opens it
    empty = flag()  # nothing is recorded
    spent = flag()  # beyond the budget of reading


class SummaryPart(serializers.Serializer):
    form = serializers.CharField()
    age_side = serializers.ChoiceField(choices=AgeSide.values)
    territory = serializers.CharField()
    language = code(SPOKEN, required=True)
    persons = serializers.IntegerField()
    lot = serializers.CharField(
        required=False, help_text="Shared by the requests of one collective situation to one service; says no more."
    )
    urgency = serializers.ChoiceField(choices=Urgency.values)
    service = serializers.CharField()
    verb = serializers.ChoiceField(choices=Orientation.Verb.values)
    warnings = serializers.ListField(child=serializers.ChoiceField(choices=list(Case.WARNINGS)))
    opinion = code(ChildOpinion.Stance.values)
    opinion_on = serializers.DateField(required=False)
    sex = code(codes(SEXES))
    children = serializers.IntegerField(required=False)
    pregnant = code(["yes", "no"])
    offered = word()
    note = word()


class SignPart(serializers.Serializer):
    indicator = serializers.CharField()
    value = serializers.CharField()


class FilePart(Part):
    observations = SignPart(many=True, required=False)
    assessment = ResultShown(required=False, allow_null=True)
    texts = StoryShown(many=True, required=False)


class BirthPart(serializers.Serializer):
    date = serializers.CharField()
    estimated = flag()


class IdentityPart(Part):
    family_name = word()
    given_names = word()
    aliases = several(serializers.CharField())
    births = BirthPart(many=True, required=False)
    nationalities = several(serializers.CharField())
    sex = code(codes(SEXES))


class WayPart(serializers.Serializer):
    channel = code(codes(cases_words.CHANNELS))
    value = word()
    hours = word()
    who_may_answer = word()
    code_word = word()
    whose = code(codes(cases_words.WHOSE))


class ContactPart(Part):
    ways = WayPart(many=True, required=False)


class HealthEntry(serializers.Serializer):
    needs = several(serializers.CharField())
    urgent = flag()
    text = word()


class HealthPart(Part):
    entries = HealthEntry(many=True, required=False)


class OffenceEntry(serializers.Serializer):
    role = word()
    relationship = word()
    means = several(serializers.CharField())
    number = word()
    text = word()


class OffencePart(Part):
    entries = OffenceEntry(many=True, required=False)


class ResidenceEntry(serializers.Serializer):
    status = word()
    until = serializers.DateField(required=False)
    text = word()


class ResidencePart(Part):
    entries = ResidenceEntry(many=True, required=False)


class SheetParts(serializers.Serializer):
    """Describe a sheet, part by part: `referral.orientations.selectors.sheets.preview`."""

    summary = SummaryPart(required=False)
    file = FilePart(required=False)
    identity = IdentityPart(required=False)
    contact = ContactPart(required=False)
    health = HealthPart(required=False)
    offence = OffencePart(required=False)
    residence = ResidencePart(required=False)


class GiverTexts(serializers.Serializer):
    proxy = word()
    decision = word()
    verified = word()
    cleared = word()


class OpinionTexts(serializers.Serializer):
    words = word()
    heard_by = word()
