"""Forms by which a desk answers for itself: it acts, it tells the others, it notes that another one was reached."""

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.workflow import Move
from indicators.codes.forms import radios
from referral.models import DeskAnswer
from referral.orientations.forms.answers import MoveForm

from .silent_desks import CallForm

LONGEST = 500
ACTIONS = [choice for choice in DeskAnswer.Code.choices if choice[0] != DeskAnswer.Code.STAND_DOWN]


def _words(label, help_text, missing):
    return forms.CharField(
        max_length=LONGEST,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"required": missing, "max_length": _("500 characters at most: shorten your text.")},
    )


class _Answer(forms.Form):
    """Stand on one page with the other forms of this module: each has identifiers of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": f"{type(self).__name__}_%s", **kwargs})


class DeclareForm(_Answer):
    what = radios(ACTIONS, _("Say what your service does."), label=_("What does your service do?"))
    words = _words(
        _("In your own words"),
        _(
            "What your service does, and since when. If somebody is on the way or with the person, give their role, "
            "never a name. The services alerted read it, the author does not."
        ),
        _("Write in a few words what is being done."),
    )


class StandDownForm(_Answer):
    words = _words(
        _("Why do the other services have nothing to do?"),
        _("Each reads it and confirms; until then, its own time limit runs. No name."),
        _("Write why the other services have nothing to do."),
    )


class NoteForm(forms.Form):
    added = forms.IntegerField()  # how many additions the page showed


class ReachForm(_Answer, CallForm):
    """Note which other service of the alert was reached by phone, when, and the function of who answered."""

    desk = forms.TypedChoiceField(
        coerce=int,
        label=_("Which service did you reach?"),
        error_messages={
            "required": _("Choose the service you reached."),
            "invalid_choice": _("Choose among the services shown."),
        },
    )
    field_order = ("desk", "at", "function")

    def __init__(self, *args, offered, **kwargs):
        """`offered`: (id, name) of the services that have the alert and have not answered."""
        super().__init__(*args, **kwargs)
        self.fields["desk"].choices = [("", _("Choose…")), *offered]


ANSWERS = {
    "declare": _("declare what your service does"),
    "act": _("open a case, or join the alert to one"),
    "redirect": _("send it on to another service"),
    "close": _("close it for your service"),
    "confirm": _("confirm that your service has nothing to do"),
}
OWN = {"declare": DeclareForm, "stand_down": StandDownForm, "take_note": NoteForm}  # they ask for more


def form_of(move: Move, data=None):
    """Return the form of a move of an alert, bound to `data` when it is given."""
    own = OWN.get(move.action)
    return own(data) if own else MoveForm(data, move=move)


def ways(available) -> str:
    """Return in words the acts that count as an answer, of those open to the reader."""
    return get_text_list([str(said) for act, said in ANSWERS.items() if act in available], gettext("or"))
