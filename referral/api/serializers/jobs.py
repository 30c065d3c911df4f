"""Show what the worker does for a program: exports of lists, imports of tables."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.forms.imports import IMPORTS
from referral.api.serializers.records import Shown
from referral.desk.filters import LISTS
from referral.imports.rules import FIELDS
from referral.models import CaseImport, Export


class ExportRow(Shown):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    asked_at = serializers.DateTimeField(source="at")
    list = serializers.ChoiceField(choices=list(LISTS), source="listed")
    content = serializers.ChoiceField(choices=Export.Content.values)
    purpose = serializers.ChoiceField(choices=Export.Purpose.values)
    file_format = serializers.ChoiceField(choices=Export.Format.values, source="format")
    state = serializers.ChoiceField(choices=Export.State.values)
    total = serializers.IntegerField(help_text=_("Rows asked for."))
    done = serializers.IntegerField(help_text=_("Rows made so far."))
    due_at = serializers.DateTimeField(allow_null=True, help_text=_("Until then it waits, or may be fetched."))
    updated_at = serializers.DateTimeField(source="changed_at")


class ExportShown(ExportRow):
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["cancel_export", "prepare_export", "fetch_export"]),
        help_text=_("Operations that you may do now."),
    )


class Prepared(Shown):
    """Show once what opens the file."""

    absent = ("passphrase", "token", "left_out")

    export = serializers.UUIDField()
    passphrase = serializers.CharField(help_text=_("Of the file; stored nowhere. Absent in a replay: prepare anew."))
    token = serializers.CharField(help_text=_("For `fetch_export`, within 60 seconds."))
    left_out = serializers.IntegerField(help_text=_("Rows left out because your access to them ended."))


class ImportRow(Shown):
    id = serializers.UUIDField()
    brought_at = serializers.DateTimeField(source="at")
    state = serializers.ChoiceField(choices=CaseImport.State.values)
    total = serializers.IntegerField(help_text=_("Lines of the table."))
    checked = serializers.IntegerField(help_text=_("Lines checked so far."))
    good = serializers.IntegerField(help_text=_("Lines without a fault, of those checked."))
    done = serializers.IntegerField(help_text=_("Lines loaded so far."))
    updated_at = serializers.DateTimeField(source="changed_at")


class ColumnShown(Shown):
    title = serializers.CharField()
    meaning = serializers.CharField(help_text=_("Code of a column of the template; empty: not read."))
    readable = serializers.BooleanField(help_text=_("False: it seems to hold names, contacts or stories."))


class FaultShown(Shown):
    line = serializers.IntegerField(source="number", help_text=_("As a spreadsheet counts: titles are line 1."))
    faults = serializers.ListField(child=serializers.CharField())


class WordShown(Shown):
    field = serializers.ChoiceField(choices=list(FIELDS))
    text = serializers.CharField()
    lines = serializers.IntegerField()


class LoadedShown(Shown):
    line = serializers.IntegerField()
    case = serializers.UUIDField(source="case_id")


class ImportShown(ImportRow):
    absent = ("columns", "faults", "words", "cases", "next_line", "worked_on")

    columns = ColumnShown(many=True, help_text=_("Before the columns are matched."))
    faults = FaultShown(many=True, help_text=_("The dry run: a hundred lines with a fault."))
    words = WordShown(many=True, help_text=_("Words that no list has, the thirty most frequent."))
    cases = LoadedShown(many=True, help_text=_("What was loaded, a hundred lines."))
    next_line = serializers.IntegerField(help_text=_("Where the lines that follow begin: the next `line`."))
    left_out = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("Lines that were good when checked, and no longer when loaded.")
    )
    worked_on = serializers.IntegerField(help_text=_("Cases somebody worked on since: one forbids taking it back."))
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=[act.name for act in IMPORTS]),
        help_text=_("Operations that you may do now."),
    )


class FieldShown(Shown):
    code = serializers.ChoiceField(choices=list(FIELDS))
    title = serializers.CharField(source="label")
    hint = serializers.CharField()
    required = serializers.BooleanField()


class TemplateShown(Shown):
    columns = FieldShown(many=True)
    example = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
