"""Write what the program's agency calls a case: its own reference, and the nickname chosen with the person."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.middleware.authentication import SeesCases
from referral.api.rules import Problem
from referral.api.schema.document import posts, reads
from referral.api.serializers import records as shown
from referral.api.serializers.strict import Strict, Text
from victims.models import CaseAccess, OwnLabel
from victims.own_labels.operations import Taken, set_label
from victims.own_labels.rules import NICKNAME_LENGTH, REFERENCE_LENGTH, fault

from .endpoints import Single
from .records import first_or_404


class LabelInput(Strict):
    """Parse both labels: each replaces the former one, "" takes it away. The checks are those of the page."""

    own_reference = Text(max_length=REFERENCE_LENGTH, allow_blank=True)
    nickname = Text(max_length=NICKNAME_LENGTH, allow_blank=True)

    def validate_own_reference(self, text):
        return _checked(text, reference=True)

    def validate_nickname(self, text):
        return _checked(text)


def _checked(text: str, **how) -> str:
    if said := fault(text, **how):
        raise serializers.ValidationError(said, code="rule")
    return text


class CaseLabel(Single):
    permission_classes = [SeesCases]
    serializer_class = shown.CaseRow

    @reads(
        "get_label",
        _("Read what your agency calls a case"),
        shown.CaseRow,
        _("The case as `list_cases` shows it, at any level: to read before `label_case`."),
    )
    def show(self, request, pk):
        return self.answer(shown.CaseRow, first_or_404(CaseAccess.objects.of(request.auth).filter(case=pk)))

    def current(self, pk):
        return self.show(self.request, pk)

    def hold_rows(self):
        OwnLabel.objects.visible_to(self.request.auth).select_for_update(of=("self",)).filter(
            case=self.kwargs["pk"]
        ).first()

    @posts(
        "label_case",
        _("Give a case your own reference and a nickname"),
        tag="cases",
        request=LabelInput,
        response=shown.CaseRow,
        description=_(
            "For any agency that sees the case, at any level; each agency has its own, and reads no other. Two cases of"
            " one agency never have the same reference (`own-reference-taken`)."
        ),
        of="get_label",
    )
    def label(self, request, pk):
        """Write both. Raises Problem(own-reference-taken)."""
        actor, given = request.auth, self.body(LabelInput)
        row = first_or_404(CaseAccess.objects.of(actor).filter(case=pk))
        taken = self.claim(pk)
        if not taken.replayed:
            try:
                words = given.validated_data
                set_label(actor, pk, reference=words["own_reference"], nickname=words["nickname"])
            except Taken as error:
                raise Problem("own-reference-taken", taken_words(actor, error)) from error
        return self.answer(shown.CaseRow, row, replayed=taken.replayed)


def taken_words(actor, error: Taken) -> str:
    row = CaseAccess.objects.of(actor).filter(case=error.case_id).first() if error.case_id else None
    if row is None:
        return str(_("Another case of your agency, which this program does not see, has it. Nothing was recorded."))
    return str(_("The case %(reference)s has it. Nothing was recorded.")) % {"reference": row.reference}
