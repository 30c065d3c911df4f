"""Forms of linked persons, linked cases and documents kept elsewhere."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.fields import long_text
from foundation.filters import NOT_A_SIGN
from indicators.codes.forms import radios
from victims.models import AgeSide, CaseLink, LinkedPerson, PaperDocument

SORTS = [choice for choice in CaseLink.Sort.choices if choice[0] != CaseLink.Sort.SAME_PERSON]


def line(label, hint="", limit=200, **options):
    """Return a one-line text field that the browser does not remember."""
    return forms.CharField(
        max_length=limit, label=label, help_text=hint, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options
    )


class PersonForm(forms.Form):
    relation = radios(LinkedPerson.Relation.choices, _("Say who it is."), label=_("Who is it?"))
    age_side = radios(AgeSide.choices, _("Say whether it is a child."), label=_("Of what age?"))
    name = line(_("Name"), _("Read with the category “identity” only."), required=False)
    text = long_text(
        _("What matters"), _("Where this person is, whether they are safe. No name here."), required=False, rows=3
    )

    def __init__(self, *args, names: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not names:
            del self.fields["name"]


class PersonCorrectionForm(PersonForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].help_text = _("Leave it empty to keep the name as it is.")


class LinkForm(forms.Form):
    reference = line(
        _("Reference of the other case"),
        _("A case your organisation sees, for example K7MX-2PQR."),
        limit=20,
        error_messages={"required": _("Write the reference of the case.")},
    )
    sort = radios(SORTS, _("Say what links the two."), label=_("What links them?"))

    def clean_reference(self):
        signs = NOT_A_SIGN.sub("", self.cleaned_data["reference"].upper())
        return f"{signs[:4]}-{signs[4:]}"


class PaperForm(forms.Form):
    sort = radios(PaperDocument.Sort.choices, _("Say what document it is."), label=_("What document?"))
    label = line(
        _("Its reference, its date"),
        _("As written on it, for example “PV 2026/114 of 3 March”. No name."),
        error_messages={"required": _("Write how the document is recognised.")},
    )
    place = line(
        _("Where is it kept?"),
        _("Who holds the original, in which file or safe."),
        error_messages={"required": _("Write where it is kept.")},
    )


class PaperCorrectionForm(PaperForm):
    """Correct a document without its kind: another document is a new entry."""

    sort = None
