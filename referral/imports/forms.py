"""Forms of an import: the table, and the meaning of its columns."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.tables.reading import Stream, Table, Unreadable, stream
from foundation.words.comparison import plain
from referral.htcds.rules.tables import hint, in_standard, unfolded, why_not_taken

from .rules import FIELDS, IGNORED, LIKELY, Reader, naming

NAMED = _("It seems to hold names, contacts or stories: it is never read.")


class TableForm(forms.Form):
    use_required_attribute = False

    table = forms.FileField(
        label=_("Your table, CSV, .xlsx or .ods"),
        help_text=_("5 MB, 20,000 lines at most. No name, no contact, no story: such a column is not read."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
        error_messages={
            "required": _("Choose the file on this device."),
            "empty": _("This file is empty: choose another."),
        },
    )

    def clean_table(self) -> Table | Stream:
        brought = self.cleaned_data["table"]
        try:
            return unfolded(stream(brought.file))
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable


class MatchForm(forms.Form):
    """Choose the meaning of each column, `column_<n>`; each meaning once, required ones present."""

    use_required_attribute = False

    def __init__(self, *args, headers: list[str], guessed: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.unnamed = in_standard(headers)  # its templates have no reference
        meanings = [(IGNORED, _("Not read")), *((f.code, f.label) for f in FIELDS.values())]
        for number, header in enumerate(headers):
            named = naming(header)
            self.fields[f"column_{number}"] = forms.ChoiceField(
                required=False,
                choices=meanings[:1] if named else meanings,
                initial=guessed.get(str(number), IGNORED),
                label=header,
                help_text=(why_not_taken(header) or NAMED) if named else hint(header),
                error_messages={"invalid_choice": _("This column is not read, or choose a meaning of the list.")},
            )

    def clean(self):
        chosen: dict[str, str] = {}
        for name, code in list(self.cleaned_data.items()):
            if not code:
                continue
            if code in chosen:
                self.add_error(name, _("Two columns mean the same: keep one."))
            chosen[code] = name
        for field in FIELDS.values():
            if field.required and field.code not in chosen and not (self.unnamed and field.code == "reference"):
                self.add_error(None, _("No column is “%(name)s”: it is required.") % {"name": field.label})
        return self.cleaned_data

    def readable(self) -> list[forms.BoundField]:
        """Return the columns that may be given a meaning."""
        return [bound for bound in self if len(bound.field.choices) > 1]

    def never_read(self) -> list[forms.BoundField]:
        """Return those that may not; the help text says why."""
        return [bound for bound in self if len(bound.field.choices) == 1]

    def matching(self) -> dict[int, str]:
        """Return {column number: field code}."""
        return {int(name.removeprefix("column_")): code for name, code in self.cleaned_data.items() if code}


class WordsForm(forms.Form):
    """Say what each word that no list has means, `word_<n>`: a likely meaning is proposed, « not known » is one too."""

    use_required_attribute = False

    def __init__(self, *args, words: list[tuple[str, str, int]], reader: Reader, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = words
        for number, (field, text, count) in enumerate(words):
            shown = _("“%(text)s”") % {"text": text[:60]} if text else _("Empty cell")
            label = _("%(text)s (%(column)s)") % {"text": shown, "column": FIELDS[field].label}
            self.fields[f"word_{number}"] = forms.ChoiceField(
                required=False,
                choices=[("", _("To correct in the table")), *reader.options(field, text)],
                initial=LIKELY.get(field, {}).get(plain(text), ""),
                label=label,
                help_text=ngettext("%(n)d line", "%(n)d lines", count) % {"n": count},
                error_messages={"invalid_choice": _("Choose a meaning of the list.")},
            )

    def values(self) -> dict[str, dict[str, str]]:
        """Return {field: {text: code}} of the words that were given a meaning."""
        found: dict[str, dict[str, str]] = {}
        for number, (field, text, _count) in enumerate(self.words):
            if code := self.cleaned_data.get(f"word_{number}"):
                found.setdefault(field, {})[text] = code
        return found
