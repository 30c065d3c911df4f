"""What « (facultatif) » stands beside: fields that nobody needs, whatever is answered beside them."""

import pytest
from django import forms

from foundation.templatetags.forms import field
from referral.archives.forms import OpeningForm
from tests.foundation.test_keyboards import every_form


class Asked(forms.Form):
    conditional = ("why",)
    why = forms.CharField(required=False)
    word = forms.CharField(required=False)
    day = forms.CharField()


@pytest.mark.parametrize(("name", "optional"), [("why", False), ("word", True), ("day", False)])
def test_a_field_that_an_answer_makes_necessary_is_not_called_optional(name, optional):
    assert field(Asked()[name])["optional"] is optional


def test_who_opens_an_archive_for_a_danger_reads_that_a_reason_is_needed():
    shown = field(OpeningForm()["reason"])
    assert not shown["optional"] and "20" in str(shown["hint"])


def test_each_conditional_field_is_one_of_its_form_that_may_be_left_empty(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        named = {(where, name) for where, form in every_form().items() for name in getattr(form, "conditional", ())}
        made = {where: form.base_fields for where, form in every_form().items()}
    assert len(named) >= 15
    assert [(where, name) for where, name in named if name not in made[where] or made[where][name].required] == []
