"""Open a case for a person that the program's agency receives itself: the form and the operations of the page."""

import uuid

from django.utils.translation import gettext_lazy as _

from foundation.workflow import NotAllowed
from referral.alerts.forms.own_case import OwnCaseForm
from referral.alerts.operations import alerts
from referral.alerts.rules import protection_ground
from referral.api.forms.bodies import body_of, refused
from referral.api.rules import Problem
from referral.api.schema.document import posts
from referral.api.serializers import records as shown
from referral.api.serializers.strict import Text
from referral.api.views.labels import taken_words
from referral.api.views.records import CaseList, first_or_404
from victims.models import CaseAccess
from victims.own_labels.operations import Taken, require_free, set_label
from victims.own_labels.rules import REFERENCE_LENGTH

BODY = body_of(
    OwnCaseForm,
    "open_case",
    territory=Text(max_length=4, help_text=_("Where the person is or sleeps now (INSEE code).")),
    form=Text(max_length=40, required=False, help_text=_("Code of `forms`.")),
    reference=None,
    own_reference=Text(max_length=REFERENCE_LENGTH, required=False, help_text=_("Yours; no other agency reads it.")),
)
NAMES = {"reference": "own_reference"}


class OwnCase(CaseList):
    @posts(
        "open_case",
        _("Open a case for a person you receive"),
        tag="cases",
        request=BODY,
        response=shown.CaseRow,
        code=201,
        description=_(
            "Without an alert to anybody, with the agreement of an adult (`agrees`). A child, an age in doubt or a "
            "danger: 409, protection is told first by `send_alert`, with your own desk among `desks`; `act_on_alert` "
            "then opens the case."
        ),
    )
    def create(self, request):
        actor, said = request.auth, self.body(BODY).validated_data
        if not alerts.may_open_own_case(actor):
            raise NotAllowed("act")
        taken = self.claim(uuid.uuid4())
        if not taken.replayed:
            taken = taken.keep(_opened(actor, taken.made, dict(said)).pk)
        row = first_or_404(CaseAccess.objects.of(actor).filter(case=taken.made))
        return self.answer(shown.CaseRow, row, code=201, replayed=taken.replayed)


def _opened(actor, draft_id, said: dict):
    """Open the case. Raises ValidationError, Problem when protection is to be told first or the label is taken."""
    form = OwnCaseForm({"reference": said.pop("own_reference", ""), **said})
    if not form.is_valid():
        raise refused(form, **NAMES)
    if protection_ground(form.answers()):
        words = _("A child, an age in doubt or a danger: protection is told first, by `send_alert`.")
        raise Problem("wrong-state", str(words))
    try:
        require_free(actor, form.label()["reference"])
        case = alerts.open_own_case(actor, draft_id, form.answers())
        if any(form.label().values()):
            set_label(actor, case.pk, **form.label())
    except Taken as error:
        raise Problem("own-reference-taken", taken_words(actor, error)) from error
    return case
