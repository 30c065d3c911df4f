"""Form fields made of a column: what the column says is not said again in the form."""

import pytest
from django import forms

from foundation.fields import field_of
from plans.models import Envelope, MeasureProgress, Plan


def test_length_type_and_need_come_from_the_column():
    title, english = field_of(Plan.title_fr, "Title"), field_of(Plan.title_en, "Title")
    assert (title.max_length, title.required, english.required) == (250, True, False)
    assert isinstance(title.widget, forms.TextInput)
    day = field_of(Plan.start, "Begins")
    assert isinstance(day, forms.DateField)
    assert 'type="date"' in day.widget.render("start", None)
    assert 'rows="4"' in field_of(Plan.summary_fr, "Summary", rows=4).widget.render("summary", "")


def test_an_error_for_nothing_given_makes_an_optional_column_required():
    field = field_of(Plan.title_en, "Title", missing="Give a title.")
    with pytest.raises(forms.ValidationError, match=r"Give a title\."):
        field.clean("")


def test_required_choices_have_no_empty_line_and_optional_ones_keep_theirs():
    assert field_of(MeasureProgress.status, "Status").choices == MeasureProgress.status.field.choices
    assert field_of(Envelope.beneficiary, "Who").choices[0][0] == ""


def test_relation_is_refused_because_its_readers_are_not_known():
    with pytest.raises(TypeError, match="queryset of its readers"):
        field_of(Plan.lead, "Lead")
