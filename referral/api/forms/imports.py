"""Acts on an import of one's own cases: the table, its columns, its words, the load, and taking it back."""

import base64
import binascii

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.tables.reading import MANY, Unreadable
from referral.api.forms.acts import Step
from referral.api.forms.bodies import refused
from referral.api.serializers.alerts import UNKNOWN_CODE
from referral.api.serializers.strict import Choice, Flag, Strict, Text
from referral.imports import operations as imports
from referral.imports.forms import MatchForm, TableForm
from referral.imports.rules import FIELDS, IGNORED, MAPPED
from referral.models import CaseImport

State = CaseImport.State
MOST_SIGNS = MANY.size * 4 // 3 + 4  # base64 of the largest file


class TableInput(Strict):
    table = Text(max_length=MOST_SIGNS, help_text=_("The file in base64: CSV, .xlsx or .ods, 5 MB, 20,000 lines."))


class ColumnsInput(Strict):
    columns = serializers.ListField(
        child=Choice(choices=[IGNORED, *FIELDS], allow_blank=True),
        max_length=40,
        help_text=_('The meaning of each column, in the order of the table; "" for one that is not read.'),
    )


class TableWordInput(Strict):
    field = Choice(choices=list(MAPPED))
    text = Text(max_length=500, allow_blank=True, help_text=_("As `words` of the import gives it."))
    code = Text(max_length=40, help_text=_("A code of the list of that field."))


class TableWordsInput(Strict):
    words = TableWordInput(many=True)


class LoadInput(Strict):
    only_good = Flag(help_text=_("False: nothing is loaded while a line has a fault."))


def _undo(actor, pk) -> None:
    imports.undo_import(actor, pk)


def _start(actor, _pk, *, table: str) -> CaseImport:
    try:
        brought = base64.b64decode(table, validate=True)
    except (binascii.Error, ValueError) as error:
        raise serializers.ValidationError({"table": [_("Write the file in base64.")]}, code="rule") from error
    form = TableForm({}, {"table": SimpleUploadedFile("table", brought)})
    if not form.is_valid():
        raise refused(form)
    try:
        return imports.start_import(actor, form.cleaned_data["table"])
    except Unreadable as unreadable:  # further down in the table
        raise serializers.ValidationError({"table": [str(unreadable)]}, code="rule") from unreadable


def _match(actor, pk, *, columns: list[str]) -> None:
    made = imports.visible_import(actor, pk)
    if made.state != State.UPLOADED:
        raise imports.WrongState(made.state)
    content = made.content
    if len(columns) != len(content["headers"]):
        words = _("Give one meaning for each column of the table: %(n)d.") % {"n": len(content["headers"])}
        raise serializers.ValidationError({"columns": [words]}, code="rule")
    form = MatchForm(
        {f"column_{n}": code for n, code in enumerate(columns)},
        headers=content["headers"],
        guessed=content["matching"],
    )
    if not form.is_valid():
        raise refused(form, **{f"column_{n}": "columns" for n in range(len(columns))})
    imports.match_columns(actor, pk, form.matching())


def _words(actor, pk, *, words: list[dict]) -> None:
    values: dict[str, dict[str, str]] = {}
    for word in words:
        values.setdefault(word["field"], {})[word["text"]] = word["code"]
    try:
        imports.match_values(actor, pk, values)
    except KeyError as error:
        raise serializers.ValidationError({"words": [UNKNOWN_CODE]}, code="unknown_code") from error


def _in(*states: str):
    return lambda actor, made: made.state in states


START = Step(
    "start_import",
    "",
    _("Bring a table of your own cases"),
    _start,
    strict=TableInput,
    description=_(
        "For an organisation that supports people, with cases of its own. Nothing is loaded yet: columns are matched "
        "first, then the lines checked. Names, contacts and stories are never read."
    ),
)
IMPORTS = (
    Step(
        "match_columns",
        "columns/",
        _("Say what each column means"),
        _match,
        strict=ColumnsInput,
        may=_in(State.UPLOADED),
        description=_(
            "Columns that are not read are deleted; then every line is checked, beyond 200 lines in the background: "
            "read the import again until its state is `matched`."
        ),
        of="get_import",
    ),
    Step(
        "match_again",
        "columns/again/",
        _("Go back to the columns"),
        lambda actor, pk: imports.match_again(actor, pk) and None,
        may=_in(State.CHECKING, State.MATCHED),
        of="get_import",
    ),
    Step(
        "match_words",
        "words/",
        _("Say what your own words mean"),
        _words,
        strict=TableWordsInput,
        may=_in(State.MATCHED),
        description=_("For the words that no list has. Remembered for your next imports; the lines are checked again."),
        of="get_import",
    ),
    Step(
        "load_import",
        "load/",
        _("Load the lines"),
        lambda actor, pk, **said: imports.order_load(actor, pk, **said) and None,
        strict=LoadInput,
        may=lambda actor, made: made.state == State.MATCHED and bool(made.good),
        description=_(
            "In the background: `done` says how far it is. Each line once; one that is no longer good is in `left_out`."
        ),
        of="get_import",
    ),
    Step(
        "discard_import",
        "discard/",
        _("Give up an import"),
        imports.discard_import,
        may=_in(*imports.BEFORE_LOAD, State.LOADING),
        description=_("Before it is loaded, or while it is. Its lines are deleted; what was loaded can be taken back."),
        of="get_import",
    ),
    Step(
        "undo_import",
        "undo/",
        _("Take an import back"),
        _undo,
        may=_in(State.LOADED),
        description=_(
            "Every case of it goes, beyond 200 in the background, unless somebody worked on one of them: 409, or the "
            "state is `loaded` again."
        ),
        of="get_import",
    ),
)
