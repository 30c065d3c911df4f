"""Parse alerts sent by programs and the input of other operations; each value is checked before any write."""

from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from rest_framework import serializers

from agencies.models import Agency, Territory
from foundation.words.spoken_languages import LANGUAGES, OTHER_LANGUAGE
from indicators.catalogue import selectors as catalogue_selectors
from indicators.models import Code
from referral.alerts.words import DANGER, RECIPIENTS
from referral.models import Alert, Orientation
from referral.routing.selectors.desks import alert_desks, ground_of, may_be_told
from referral.routing.words import FinishReason, RedirectReason
from victims.cases import words as cases_words

from .strict import Choice, Codes, Day, Flag, Moment, Number, Strict, Text

PHONE = RegexValidator(r"^\+?[0-9][0-9 .-]{1,22}\Z", _("This is not written as expected."), "invalid")
UNKNOWN_CODE = _("This code is not in the list.")


def codes(choices) -> list[str]:
    return [code for code, _words in choices]


class ClientId(serializers.UUIDField):
    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)

    default_error_messages = {"invalid": _("Write a UUID.")}


class ContactInput(Strict):
    """Parse the safe contact. Encrypted separately: no list or response of this API shows it."""

    channel = Choice(choices=codes(cases_words.CHANNELS))
    value = Text(max_length=120)
    hours = Text(max_length=120, required=False)
    who_may_answer = Text(max_length=120, required=False)
    code_word = Text(max_length=40, required=False)
    whose = Choice(choices=codes(cases_words.WHOSE))


class AlertInput(Strict):
    id = ClientId(
        required=False,
        help_text=_("Your own UUID, kept for ever: the same sent again is the same alert, whatever the key."),
    )
    kind = Choice(choices=["danger"], required=False, help_text=_("Immediate danger: fewer answers, told at once."))
    territory = Text(max_length=4, required=False, help_text=_("Where the person is or sleeps now (INSEE code)."))
    other_territory = Text(max_length=4, required=False)
    when = Choice(choices=codes(cases_words.WHEN), required=False)
    when_date = Day(required=False)
    minor = Choice(choices=codes(cases_words.MINOR), required=False)
    adult_sure = Flag(
        required=False,
        help_text=_("The person is an adult although words of the note speak of a child. Without it: an age in doubt."),
    )
    danger = Choice(choices=codes(DANGER), required=False)
    persons = Number(min_value=1, max_value=500, required=False)
    reachable_until = Moment(required=False)
    place = Text(max_length=40, required=False, help_text=_("Code of `places`."))
    detection = Text(
        max_length=40,
        required=False,
        help_text=_("Code of `detection_contexts`; by default what the kind of the program's agency says."),
    )
    form = Text(max_length=40, required=False, help_text=_("Code of `forms`."))
    employer_immunity = Flag(required=False, help_text=_("Diplomat, consul or embassy: embassies are never told."))
    language = Choice(choices=codes([*LANGUAGES, OTHER_LANGUAGE]), required=False)
    observations = serializers.DictField(
        child=Text(max_length=16, allow_blank=True, allow_null=True),
        required=False,
        help_text=_(
            "Indicator code: observation value; empty or null: as the wording of the indicator says (`known_by`)."
        ),
    )
    none_of_these = Flag(required=False)
    note = Text(max_length=500, allow_blank=True, required=False, help_text=_("500 characters, no name."))
    agreement = Choice(choices=Alert.Agreement.values, required=False)
    explained = Codes(child=Choice(choices=codes(cases_words.EXPLAINED)), required=False)
    interpreter = Choice(choices=codes(cases_words.INTERPRETER), required=False)
    recipients = Codes(child=Choice(choices=codes(RECIPIENTS)), required=False)
    desks = Codes(child=Number(min_value=1), max_length=20, required=False, help_text=_("Ids of `desks`."))
    legal_ground = Choice(choices=Orientation.LegalGround.values, required=False)
    share_anyway = Flag(required=False)
    callback = Text(max_length=24, required=False, validators=[PHONE])
    where = Text(max_length=200, required=False)
    contact = ContactInput(required=False, write_only=True)

    def validate_territory(self, value):
        return _in_list(value, Territory.objects.filter(pk=value).exclude(sort=Territory.Sort.REGION).exists())

    validate_other_territory = validate_territory

    def validate_form(self, value):
        return _in_list(value, Code.objects.of("forms_of_exploitation").filter(code=value).exists())

    def validate_place(self, value):
        return _in_list(value, Code.objects.of(cases_words.PLACES).filter(code=value).exists())

    def validate_detection(self, value):
        return _in_list(value, Code.objects.of(cases_words.DETECTIONS).filter(code=value).exists())

    def validate_when_date(self, value):
        if value > timezone.localdate():
            raise serializers.ValidationError(_("This date is to come."), code="future")
        return value

    def validate_reachable_until(self, value):
        if value <= timezone.now():
            raise serializers.ValidationError(_("This moment is past."), code="past")
        return value

    def validate_observations(self, value):
        pack = catalogue_selectors.current()
        value = {code: seen or (pack.known_by(code) if code in pack.indicators else "") for code, seen in value.items()}
        wrong = {
            code: [serializers.ErrorDetail(str(UNKNOWN_CODE), code="unknown_code")]
            for code, seen in value.items()
            if code not in pack.indicators or seen not in pack.values
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    def validate_desks(self, value):
        known = set(alert_desks().filter(pk__in=value).values_list("pk", flat=True))
        wrong = {place: [_unknown_code()] for place, pk in enumerate(value) if pk not in known}
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    def validate(self, attrs):
        errors = {}
        if attrs.get("when") == "date" and "when_date" not in attrs:
            errors["when_date"] = _("Give the date.")
        if attrs.get("observations") and attrs.get("none_of_these"):
            errors["none_of_these"] = _("Signs are given: leave this out.")
        if "contact" in attrs and not (
            attrs.get("agreement") == Alert.Agreement.YES and "contact" in attrs.get("recipients", [])
        ):
            errors["contact"] = _("A contact comes only with the person's agreement to be contacted again.")
        asked = attrs.get("agreement") != Alert.Agreement.NOT_ASKED
        if ground_of(attrs) == Orientation.LegalGround.ARTICLE_40 and not asked:
            errors["legal_ground"] = _(
                "Article 40 stands against a refusal, and the person was not asked: leave it out."
            )
        if names := self._beyond(attrs):
            # the words of the page, which the data map reads in its form
            words = pgettext("alert", "Article 40 tells the prosecutor and the police: untick %(names)s, who help.")
            errors["desks"] = words % {"names": ", ".join(names)}
        if errors:
            raise serializers.ValidationError(errors, code="rule")
        return attrs

    @staticmethod
    def _beyond(attrs) -> list[str]:
        """Return the names of the services that the ground named against a refusal does not let read the alert."""
        if attrs.get("agreement") != Alert.Agreement.NO or not ground_of(attrs):
            return []
        named = Agency.objects.filter(pk__in=attrs.get("desks", ()))
        return [agency.name for agency in named if not may_be_told(attrs, agency)]

    def answers(self) -> dict:
        """Return the answers as the draft of a page holds them, with the current version of the indicators."""
        given = {k: v for k, v in self.validated_data.items() if k not in ("id", "contact")}
        for name in ("when_date", "reachable_until"):
            if name in given:
                given[name] = given[name].isoformat()
        if given.get("kind") == "danger":
            given["danger"] = "yes"
        return {**given, "catalogue_version": catalogue_selectors.current().version}


def _unknown_code():
    return serializers.ErrorDetail(str(UNKNOWN_CODE), code="unknown_code")


def _in_list(value, known: bool):
    if not known:
        raise serializers.ValidationError(UNKNOWN_CODE, code="unknown_code")
    return value


def _code_of(code_list: str):
    def check(value):
        _in_list(value, Code.objects.of(code_list).filter(code=value).exists())

    return check


class Nothing(Strict):
    """Parse an empty body or {}: the address says all."""


class AcceptInput(Strict):
    comment = Text(max_length=500, allow_blank=True, required=False)


class DeclineInput(AcceptInput):
    reason = Text(max_length=40, validators=[_code_of("decline_reasons")], help_text=_("Code of `decline_reasons`."))
    suggestion = Number(min_value=1, required=False, help_text=_("Id of the agency you would ask instead."))

    def validate_suggestion(self, value):
        """Return the suggested agency, which the sender reads: active, and receives orientations."""
        found = Agency.objects.filter(pk=value, active=True, desk__receives_orientations=True).first()
        if found is None:
            raise serializers.ValidationError(UNKNOWN_CODE, code="unknown_code")
        return found


class CompleteInput(AcceptInput):
    outcome = Text(max_length=40, validators=[_code_of("orientation_reasons")], help_text=_("Code of `outcomes`."))


class ClosingInput(Strict):
    """Parse the closing of a case, in the person's own words where they are known."""

    reason = Text(max_length=40, validators=[_code_of("closure_reasons")], help_text=_("Code of `closure_reasons`."))
    wish = Text(max_length=2000, required=False, help_text=_("What the person wishes for what comes next."))
    feedback = Text(max_length=2000, required=False, help_text=_("What the person says of the support received."))


class WordsInput(Strict):
    words = Text(max_length=2000, help_text=_("2,000 characters, no name."))


class StandDownInput(Strict):
    words = Text(max_length=500, help_text=_("500 characters, no name; read by the services alerted."))


class DeclareInput(StandDownInput):
    what = Choice(choices=["acting", "with_person"])


class RedirectInput(Strict):
    desks = Codes(child=Number(min_value=1), min_length=1, max_length=20, help_text=_("Ids of `desks`."))
    reason = Choice(choices=RedirectReason.values)


class AdditionInput(Strict):
    text = Text(max_length=2000, help_text=_("2,000 characters, no name; read by the services alerted."))
    adult_sure = Flag(
        required=False,
        help_text=_("The person is an adult although these words speak of a child. Without it: an age in doubt."),
    )


class TakeNoteInput(Strict):
    added = Number(
        min_value=1,
        help_text=_("How many additions you have read, among the alerts of the case. One that came since: 409."),
    )


class FinishInput(Strict):
    reason = Choice(choices=FinishReason.values)


class JoinInput(Strict):
    case = ClientId(help_text=_("Id of a case that your agency leads."))
