"""Serialize what the API shows: codes, references, moments with offset. A field without the right to it is absent."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agencies.models import Category, Kind, Level
from foundation import workflow as foundation_workflow
from referral import workflow
from referral.api.serializers import contents
from referral.api.serializers.parts import Addressee, LabelField, LimitedField, WarningsField
from referral.inbox.operations import alerts as alerts_operations
from referral.models import Alert, AlertDesk, Orientation, OrientationMessage
from referral.orientations.rules import open_to_addressee
from victims.models import AgeSide, Case, Consent, Status, Urgency
from victims.workflow import CASE

LEVELS = {Level.STATUS: "status", Level.SUMMARY: "summary", Level.FILE: "file"}
CATEGORIES = {bit: bit.name.lower() for bit in Category}
# sending is the creation of an alert; silent desks are handled in the pages
# those of a desk: an author has pages of its own for what its agency keeps
ALERT_ACTIONS = sorted({name for (_, name), step in workflow.ALERT.items() if step.side == "desk"} - {"readdress"})
ORIENTATION_ACTIONS = sorted({name for (_, name), step in workflow.ORIENTATION.items() if step.roles})
# merging and its undoing are decisions on a possible duplicate, made in the pages
SHEET = _(
    "What was sent, part by part: for a live desk once opened, and for a sender who still sees it. Story, identity"
    " and contact count as read; beyond the budget of reading such a part is `{spent: true}`."
)
WARNED = _(
    "What must not be done. immunity: never call the employer's embassy or consulate; confidential: say nothing about"
    " the person to police, prefecture, residence office or the authorities of any country."
)
CASE_ACTIONS = sorted({name for (_, name), step in CASE.items() if step.roles})
MOVED = (workflow.ORIENTATION, CASE)
STATES = {*Orientation.State.values, *Case.Status.values}


def categories_of(mask: int) -> list[str]:
    return [name for bit, name in CATEGORIES.items() if mask & bit]


class LevelField(serializers.ChoiceField):
    def __init__(self, **kwargs):
        super().__init__(choices=list(LEVELS.values()), **kwargs)

    def to_representation(self, value):
        return LEVELS[value]


class CategoriesField(serializers.ListField):
    child = serializers.ChoiceField(choices=list(CATEGORIES.values()))

    def to_representation(self, value):
        return categories_of(value)


class ActionsField(serializers.ListField):
    """List what this program may do now, computed by `of(actor, value)`."""

    def __init__(self, names, of, **kwargs):
        self.of = of
        super().__init__(child=serializers.ChoiceField(choices=names), read_only=True, source="*", **kwargs)

    def to_representation(self, value):
        return self.of(self.context["request"].auth, value)


class Shown(serializers.Serializer):
    """Base of read-only serializers: fields of `absent` are left out when None, that is without the right.

    `whole`: an act answers all that reading shows, with the tag of it.
    """

    absent: tuple[str, ...] = ()
    whole = False

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value is not None or name not in self.absent}


class AgencyRef(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()


def alert_side_actions(actor, row, *, whole: bool = False) -> list[str]:
    """Return what a program may do at its desk, after what this desk answered.

    `whole`: of one alert, with what its closed case leaves to do, which a list asks no statement a row for.
    """
    named = foundation_workflow.actions(workflow.ALERT, row.state, side={"desk"} if row.live else set(), actor=actor)
    gone = whole and "close" in named and alerts_operations.caseless(actor, row)
    return alerts_operations.may_answer(actor, row, [name for name in named if name in ALERT_ACTIONS], caseless=gone)


def desk_actions(actor, row) -> list[str]:
    side = {"desk"} if row.live and row.answers else set()
    found = foundation_workflow.actions(workflow.ORIENTATION, row.state, side=side, actor=actor)
    return open_to_addressee(found, row.orientation)


def sender_actions(actor, orientation) -> list[str]:
    return foundation_workflow.actions(workflow.ORIENTATION, orientation.state, side={"sender"}, actor=actor)


def case_actions(actor, row) -> list[str]:
    return foundation_workflow.actions(CASE, row.status, side={"lead"} if row.lead else set(), actor=actor)


class AlertRow(Shown):
    """Show an alert this agency sent, and its result."""

    absent = ("case_status",)

    id = serializers.UUIDField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=[c for c in Alert.State.values if c != Alert.State.DRAFT])
    urgency = serializers.ChoiceField(choices=Urgency.values)
    form = serializers.CharField()
    age_side = serializers.ChoiceField(choices=AgeSide.values)
    territory = serializers.CharField(source="territory_id")
    persons = serializers.IntegerField()
    agreement = serializers.ChoiceField(choices=Alert.Agreement.values)
    sent_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(source="changed_at")
    case_status = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=Case.Status.values))
    def get_case_status(self, alert):
        return alert.case_status or None

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if self.context["request"].auth.agency.kind == Kind.EMPLOYER:
            # an employer sends nameless alerts and sees only « Envoyée » and « Lue » (design, section 5)
            shown.pop("case_status", None)
            if shown["state"] != Alert.State.SENT:
                shown["state"] = Alert.State.OPENED
        return shown


class AlertDetail(AlertRow):
    whole = True
    absent = ("case_status", "answers", "addressees", "case")

    addressees = serializers.SerializerMethodField(
        help_text=_("Agencies it was addressed to, and what each did; shown to the agency that sent it.")
    )
    answers = serializers.SerializerMethodField(
        help_text=_("The answers as sent: for their author, and for a desk once it has opened the alert.")
    )
    actions = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField(help_text=WARNED)
    case = serializers.SerializerMethodField(help_text=_("Id of the case it became, for an agency that sees it."))

    @extend_schema_field(serializers.UUIDField())
    def get_case(self, alert):
        return self.context["case"]

    @extend_schema_field(Addressee(many=True))
    def get_addressees(self, alert):
        found = self.context["addressees"]
        return None if found is None else Addressee(found, many=True).data

    @extend_schema_field(WarningsField())
    def get_warnings(self, alert):
        return self.context["warnings"]

    @extend_schema_field(contents.AnswersShown)
    def get_answers(self, alert):
        return self.context["answers"]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=ALERT_ACTIONS)))
    def get_actions(self, alert):
        return self.context["actions"]


class AlertWaiting(Shown):
    """Show an alert that waits at this agency's desk."""

    id = serializers.UUIDField(source="alert_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=Alert.State.values)
    urgency = serializers.ChoiceField(choices=Urgency.values)
    form = serializers.CharField()
    age_side = serializers.ChoiceField(choices=AgeSide.values)
    territory = serializers.CharField(source="territory_id")
    received_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(source="answer_by")
    answer = serializers.ChoiceField(
        choices=AlertDesk.Answer.values,
        allow_blank=True,
        help_text=_("What your desk answered; `case`: a case is open and nothing has followed yet."),
    )
    answered_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(source="changed_at")
    actions = ActionsField(ALERT_ACTIONS, alert_side_actions)


class CaseRow(Shown):
    """Show what every agency with access reads of a case: its own access, the state, and what it calls the case."""

    id = serializers.UUIDField(source="case_id")
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=Case.Status.values)
    form = serializers.CharField()
    territory = serializers.CharField(source="territory_id")
    urgency = serializers.ChoiceField(choices=Urgency.values)
    level = LevelField()
    categories = CategoriesField()
    lead = serializers.BooleanField()
    restricted = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(source="changed_at")
    own_reference = LabelField("reference", help_text=_("Yours; no other agency reads it."))
    nickname = LabelField("nickname", help_text=_("Chosen with the person, never the real name; yours alone."))
    actions = ActionsField(CASE_ACTIONS, case_actions)


class ConsentShown(Shown):
    id = serializers.UUIDField()
    purpose = serializers.CharField()
    giver = serializers.ChoiceField(choices=Consent.Giver.values)
    level = LevelField()
    categories = CategoriesField()
    agencies = serializers.ListField(child=serializers.IntegerField())
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.values))
    obtained_at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ObservationShown(Shown):
    indicator = serializers.CharField()
    value = serializers.CharField()
    catalogue_version = serializers.CharField()
    at = serializers.DateTimeField()


class AssessmentShown(Shown):
    at = serializers.DateTimeField()
    catalogue_version = serializers.CharField()
    result = contents.as_it_is(contents.ResultShown, help_text=_("Helps to decide, decides nothing."))


class ViewShown(Shown):
    """Show the current view of a kind of body, without text."""

    body = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    stated_on = serializers.DateField()


class StatementShown(Shown):
    """Show a statement of a body; it is never overwritten."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.values)
    agency = AgencyRef()
    function = serializers.CharField()
    stated_on = serializers.DateField()
    at = serializers.DateTimeField()
    text = contents.as_it_is(contents.ReasonsShown, source="data")


class CaseDetail(CaseRow):
    """Show a case through the access row. Story, signs and statements need level `file`."""

    whole = True
    absent = ("observations", "assessment", "texts", "statements")

    age_side = serializers.ChoiceField(choices=AgeSide.values, source="case.age_side")
    language = contents.code(contents.SPOKEN, required=True, source="case.language")
    persons = serializers.IntegerField(source="case.persons")
    lead_agency = AgencyRef(source="case.lead")
    coordination = AgencyRef(source="case.coordination")
    closure_reason = serializers.CharField(source="case.closure_reason")
    warnings = WarningsField(source="case.warnings", help_text=WARNED)
    use_limited_since = LimitedField(source="case.limited_since")
    consents = ConsentShown(many=True, source="case.consents")
    identification = ViewShown(many=True, source="case.views", help_text=_("Views in force, side by side."))
    statements = serializers.SerializerMethodField()
    observations = serializers.SerializerMethodField()
    assessment = serializers.SerializerMethodField()
    texts = serializers.SerializerMethodField()

    @extend_schema_field(StatementShown(many=True))
    def get_statements(self, row):
        if row.level < Level.FILE:
            return None
        return StatementShown(row.case.statements.select_related("agency"), many=True).data

    @extend_schema_field(ObservationShown(many=True))
    def get_observations(self, row):
        if row.level < Level.FILE:
            return None
        return ObservationShown(row.case.observations.all(), many=True).data

    @extend_schema_field(AssessmentShown)
    def get_assessment(self, row):
        found = row.case.assessments.first() if row.level >= Level.FILE else None
        return found and AssessmentShown(found).data

    @extend_schema_field(contents.StoryShown(many=True))
    def get_texts(self, row):
        return [text.data for text in row.case.texts.all()] if row.level >= Level.FILE else None


class OrientationReceived(Shown):
    """Show an orientation at this agency's desk, in any state. The sheet is in its detail."""

    id = serializers.UUIDField(source="orientation_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=Orientation.State.values)
    verb = serializers.ChoiceField(choices=Orientation.Verb.values, source="orientation.verb")
    service = serializers.CharField(source="orientation.service_id")
    urgency = serializers.ChoiceField(choices=Urgency.values)
    sender = AgencyRef(source="orientation.sender")
    level = LevelField(source="orientation.level")
    categories = CategoriesField(source="orientation.categories")
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(source="answer_by", allow_null=True)
    answers = serializers.BooleanField(help_text=_("False: escalated to you to look after, the addressee answers."))
    updated_at = serializers.DateTimeField(source="changed_at")
    actions = ActionsField(ORIENTATION_ACTIONS, desk_actions)


class OrientationSent(Shown):
    """Show an orientation this agency sent or drafts."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=Orientation.State.values)
    verb = serializers.ChoiceField(choices=Orientation.Verb.values)
    service = serializers.CharField(source="service_id")
    urgency = serializers.ChoiceField(choices=Urgency.values)
    addressee = AgencyRef()
    level = LevelField()
    categories = CategoriesField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(source="changed_at")
    actions = ActionsField(ORIENTATION_ACTIONS, sender_actions)


class MoveShown(Shown):
    """Show a move of a request or of a case."""

    action = serializers.ChoiceField(choices=sorted({name for table in MOVED for _before, name in table}))
    before = serializers.ChoiceField(choices=sorted(STATES))
    after = serializers.ChoiceField(choices=sorted(STATES))
    at = serializers.DateTimeField()
    agency = serializers.IntegerField(source="agency_id", allow_null=True)
    reason = serializers.CharField()
    comment = serializers.CharField(allow_null=True)


class MessageShown(Shown):
    """Show a message of the thread."""

    sort = serializers.ChoiceField(choices=OrientationMessage.Sort.values)
    agency = serializers.IntegerField(source="agency_id")
    at = serializers.DateTimeField()
    words = serializers.CharField(source="words.text")


class OrientationDetail(OrientationSent):
    whole = True
    absent = ("case", "sheet")

    sender = AgencyRef()
    legal_ground = serializers.ChoiceField(choices=["", *Orientation.LegalGround.values])
    until = serializers.DateTimeField(allow_null=True)
    moves = MoveShown(many=True)
    exclusive = serializers.BooleanField(help_text=_("Accepted by one, the others for this need are withdrawn."))
    messages = serializers.SerializerMethodField()
    case = serializers.SerializerMethodField(help_text=_("Id of the case, for an agency that sees it."))
    sheet = serializers.SerializerMethodField(help_text=SHEET)
    actions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField())
    def get_case(self, orientation):
        return self.context["case"]

    @extend_schema_field(MessageShown(many=True))
    def get_messages(self, orientation):
        return MessageShown(self.context["messages"], many=True).data

    @extend_schema_field(contents.SheetParts)
    def get_sheet(self, orientation):
        return self.context["sheet"]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=ORIENTATION_ACTIONS)))
    def get_actions(self, orientation):
        return self.context["actions"]
