"""Documents of a case: what a program sends to add one, and to take one back."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agencies.models import Category
from referral.api.serializers.strict import Strict, Text
from victims.files import operations as files
from victims.files.forms import WithdrawForm
from victims.files.rules import USUAL
from victims.models import CaseFile

from .acts import Act, works

PLACES = {"file": 0, **{bit.name.lower(): int(bit) for bit in Category}}


@extend_schema_field(OpenApiTypes.BINARY)  # a file is shown by its address elsewhere: the library says a URI of both
class Bytes(serializers.FileField):
    """Take a file as a part of a form, not its address."""


class AddFile(Strict):
    file = Bytes(help_text=_("A picture (JPEG, PNG, WebP, HEIC), a PDF or a plain text. 15 MB at most."))
    sort = serializers.ChoiceField(choices=CaseFile.Sort.values)
    title = Text(
        max_length=120, help_text=_("For those who may read it. It is encrypted; the name of the file is not kept.")
    )
    place = serializers.ChoiceField(
        choices=list(PLACES),
        required=False,
        help_text=_("The category it is behind, `file` for none. Left out: as usual for its sort."),
    )


def place_of(sort: str, place: str | None) -> int:
    """Return the bit of the category a document is put behind."""
    return USUAL[CaseFile.Sort(sort)] if place is None else PLACES[place]


FILES = (
    Act(
        "withdraw_file",
        "<uuid:thing>/withdraw/",
        _("Take a document back"),
        files.withdraw_file,
        WithdrawForm,
        thing=CaseFile,
        may=works,
        of_case=lambda case: Q(case=case, secret=False),
        description=_(
            "Its title goes at once, its content within a minute. By the agency that added it, or that leads."
        ),
    ),
)
