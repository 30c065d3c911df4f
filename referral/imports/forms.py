"""Forms of an import: the table, and the meaning of its columns."""

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from foundation.tables.reading import Stream, Table, Unreadable, stream
from foundation.words.comparison import plain
from referral.htcds.rules.tables import hint, in_standard, unfolded, why_not_taken

from .rules import FIELDS, IGNORED, LIKELY, Line, Reader, naming

RENAME = _(
    "Choose this meaning for one of the columns. If your numbers stand in a column that is never read because of its"
    " title, and it holds no name, give it the title “Reference” in the table and bring it again."
)
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
                if field.code == "reference" and self.never_read():
                    self.add_error(None, RENAME)
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

    def to_do(self, line: Line) -> list[str]:
        """Return what to do about a line: words of it whose meaning is asked here are not to be written anew."""
        asked = {(field, text) for field, text, _count in self.words}
        said = {fault: word for word, fault in line.unknown.items()}
        return [_asked(*said[fault], said[fault] in asked) if fault in said else fault for fault in line.faults]

    def values(self) -> dict[str, dict[str, str]]:
        """Return {field: {text: code}} of the words that were given a meaning."""
        found: dict[str, dict[str, str]] = {}
        for number, (field, text, _count) in enumerate(self.words):
            if code := self.cleaned_data.get(f"word_{number}"):
                found.setdefault(field, {})[text] = code
        return found


def _asked(field: str, text: str, now: bool) -> str:
    if not now:
        said = gettext("%(column)s: the meaning of “%(text)s” is asked after those of the words above.")
    elif text:
        said = gettext("%(column)s: choose the meaning of “%(text)s” above.")
    else:
        said = gettext("%(column)s: choose the meaning of an empty cell above.")
    return said % {"column": FIELDS[field].label, "text": text[:40]}
