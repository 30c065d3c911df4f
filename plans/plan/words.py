"""Word the moves of a plan as done."""

from django.utils.translation import gettext_lazy as _

STEPS = {
    "consult": _("put to consultation"),
    "arbitrate": _("sent to arbitration"),
    "publish": _("published"),
    "prepare": _("amendment prepared"),
    "amend": _("amendment published"),
    "abandon": _("amendment abandoned"),
    "review": _("mid-term review"),
    "close": _("closed"),
    "complete": _("official list brought"),
    "completed": _("official list recorded"),
}
