"""Forms of a document: what is added, and why it is taken back."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Category
from foundation.files.cleaning import FileRefused
from foundation.files.parsing.limits import MOST_BYTES
from indicators.codes.forms import radios
from victims.links.forms import line
from victims.models import CaseFile

from .access import SECRET
from .rules import ACCEPT, USUAL

USUALLY = "usual"
TOO_LARGE = _("This file is larger than 15 MB: take the photo in a lower quality, or send a part of the document.")
NOT_HELD = _(
    "Your organisation does not hold the category in which such a document is kept on this case: give another answer "
    "to “Who may read it?”. “Only my organisation” keeps it to your service."
)
REASONS = [(r.value, r.label) for r in CaseFile.Reason if r not in (CaseFile.Reason.INFECTED, CaseFile.Reason.DAMAGED)]


class FileForm(forms.Form):
    """Ask for one document. `places`: where its author may put it."""

    use_required_attribute = False

    sort = radios(CaseFile.Sort.choices, _("Say what document it is."), label=_("What document?"))
    title = line(
        _("A title for your colleagues"),
        _("What it is and of when, for example “Receipt of the prefecture, March”. It is encrypted."),
        limit=120,
        error_messages={
            "required": _("Write a title: the name of the file is not kept."),
            "max_length": _("120 characters at most: shorten your text."),
        },
    )
    place = radios([], _("Say who may read it."), label=_("Who may read it?"))
    file = forms.FileField(
        label=_("The file, or a photo"),
        help_text=_("Photo, PDF, text document. 15 MB at most. On a phone you may take the photo now."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Choose the file on this device, or take the photo."),
            "invalid": _("Choose the file on this device, or take the photo."),
            "missing": _("Choose the file on this device, or take the photo."),
            "empty": _("This file is empty: choose another."),
        },
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, places: list[int], **kwargs):
        super().__init__(*args, initial={"place": USUALLY, "token": uuid.uuid4()}, **kwargs)
        self.places = places
        self.fields["place"].choices = [(USUALLY, _("As usual for such a document")), *words_of(places)]

    def clean_token(self):
        return self.cleaned_data["token"] or uuid.uuid4()

    def clean_file(self):
        brought = self.cleaned_data["file"]
        if brought.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return brought

    def clean(self):
        given = super().clean()
        if "sort" in given and "place" in given:
            usual = given["place"] == USUALLY
            given["place"] = USUAL[given["sort"]] if usual else int(given["place"])
            if given["place"] not in self.places:
                self.add_error("place", NOT_HELD)
        return given

    def refuse(self, refused: FileRefused) -> None:
        """Say beside the file why it was refused, and what to do."""
        self.add_error("file", str(refused))


def words_of(places: list[int]) -> list[tuple[str, str]]:
    """Return the choices of who may read a document."""
    said = {0: _("Whoever reads the file"), SECRET: _("Only my organisation: professional secrecy")}
    return [
        (str(place), said.get(place) or _("Whoever holds the category “%(name)s”") % {"name": Category(place).label})
        for place in places
    ]


class WithdrawForm(forms.Form):
    reason = radios(REASONS, _("Say why."), label=_("Why take it back?"))
