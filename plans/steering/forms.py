"""Read a table brought to a page of public policy.

The table, from a file or pasted, is carried to the second submission as text: nothing is stored in between.
"""

import csv
import io

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.tables.reading import FEW, Table, Unreadable, read

from .rules import CELL, table_of

BYTES = 1_000_000  # of text, carried by the second submission in a form field


class TableForm(forms.Form):
    """Read a file or pasted lines; `cleaned_data` holds `read`, the table, and `text`, the same to submit again."""

    use_required_attribute = False

    table = forms.FileField(
        label=gettext_lazy("Your table, CSV, .xlsx or .ods"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
        error_messages={"empty": gettext_lazy("This file is empty: choose another.")},
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or its lines, pasted here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean(self):
        data = super().clean()
        upload = data.get("table")
        if upload is None and not data.get("pasted", "").strip():
            if "table" not in self.errors:
                raise forms.ValidationError(_("Choose a file, or paste the lines of your table."))
            return data
        if upload and upload.size > FEW.size:
            raise forms.ValidationError(str(FEW.too_large))
        try:
            data["read"] = read(upload.read(), cell=CELL) if upload else table_of(data["pasted"])
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        data["text"] = _as_text(data["read"])
        if len(data["text"].encode()) > BYTES:
            raise forms.ValidationError(_("The file is over 1 MB: cut it into several."))
        return data


def _as_text(table: Table) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([table.headers, *table.rows])
    return out.getvalue()
