"""Make the body of an act of the form of its page: the same questions, asked once."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.serializers.alerts import UNKNOWN_CODE, ClientId, Nothing
from referral.api.serializers.strict import Choice, Codes, Day, Flag, Hour, Moment, Number, Strict, Text

CODE = 40  # characters of a code whose list is data
RULE = "rule"  # code of what no schema can say: it depends on other answers, on the case or on who asks
OF_A_LIST = {"invalid_choice", "invalid_pk_value", "invalid_list"}


def body_of(form: type[forms.Form] | None, name: str, /, **own: serializers.Field | None) -> type[Strict]:
    """Return the serializer of a form, named after its operation.

    `own`: fields that a program writes otherwise than a page, by name; None leaves a field out.
    """
    if form is None and not own:
        return Nothing
    asked = {} if form is None else {each: _field_of(field) for each, field in form.base_fields.items()}
    title = "".join(part.capitalize() for part in name.split("_"))
    kept = {each: field for each, field in {**asked, **own}.items() if field is not None}
    return type(f"{title}Input", (Strict,), kept)


def refused(form: forms.Form, **names: str) -> serializers.ValidationError:
    """Return the errors of a form as those of a body. A message about a list never repeats the value.

    `names`: what a body calls a question of the form, where it is another name.
    """
    found = {}
    for name, errors in form.errors.as_data().items():
        place = "non_field_errors" if name == forms.forms.NON_FIELD_ERRORS else names.get(name, name)
        found[place] = [
            serializers.ErrorDetail(str(UNKNOWN_CODE), code="unknown_code")
            if error.code in OF_A_LIST
            else serializers.ErrorDetail(text, code=RULE if error.code in (None, "invalid") else error.code)
            for error in errors
            for text in error.messages
        ]
    return serializers.ValidationError(found)


def _codes(field) -> list:
    """Return the codes of a list that stands in the code; none for a list that is data."""
    listed = field._choices if isinstance(getattr(field, "_choices", None), list) else []
    return [code for code, _words in listed if code != ""]


def _choice(field, **how) -> serializers.Field:
    if codes := _codes(field):
        return Choice(choices=codes, **how)
    return Text(max_length=CODE, **how)


def _several(field, **how) -> serializers.Field:
    return Codes(child=_choice(field), **how)


def _model(field, **how) -> serializers.Field:
    """Return the field of a row: a code where its key is one, else the number of an agency or of a member."""
    rows = field.queryset
    if rows is not None and isinstance(rows.model._meta.pk.formfield(), forms.CharField):
        return Text(max_length=CODE, **how)
    return Number(min_value=1, **how)


def _text(field, **how) -> serializers.Field:
    return Text(min_length=field.min_length, max_length=field.max_length, allow_blank=not field.required, **how)


# from the narrowest sort of field to the widest
MADE: tuple[tuple[type[forms.Field], Callable[..., serializers.Field]], ...] = (
    (forms.ModelChoiceField, _model),
    (forms.MultipleChoiceField, _several),
    (forms.ChoiceField, _choice),
    (forms.DateTimeField, lambda field, **how: Moment(**how)),
    (forms.DateField, lambda field, **how: Day(**how)),
    (forms.TimeField, lambda field, **how: Hour(**how)),
    (forms.UUIDField, lambda field, **how: ClientId(**how)),
    (forms.BooleanField, lambda field, **how: Flag(**how)),
    (forms.IntegerField, lambda field, **how: Number(min_value=field.min_value, max_value=field.max_value, **how)),
    (forms.CharField, _text),
)


def _field_of(field: forms.Field) -> serializers.Field:
    """Return the field of a body for one of a form: its type, its list, its length, its question as the description."""
    made = next(made for sort, made in MADE if isinstance(field, sort))
    return made(field, required=field.required, help_text=field.label or _("As the page asks it."))
