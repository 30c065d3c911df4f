"""Acts of the follow-up: needs and what is done about them, thread, documents."""

from django.utils.translation import gettext_lazy as _

from referral.api.serializers.strict import Day, Moment, Text
from victims.links.forms import PaperCorrectionForm, PaperForm
from victims.links.operations import persons_and_papers
from victims.models import Need, PaperDocument, SupportAction, TimelineEntry
from victims.needs import operations as needs
from victims.needs.forms import ActionForm, NeedForm, StateForm
from victims.thread import operations as thread
from victims.thread.forms import CorrectionForm, EntryForm, SearchForm

from .acts import Act, works
from .bodies import body_of, refused

NEEDS = (
    Act(
        "add_need",
        "",
        _("Record a need of the person"),
        needs.add_need,
        NeedForm,
        options=lambda actor, access: {"categories": access.categories},
        own={"service": Text(max_length=40, help_text=_("Code of `services`."))},
        description=_("A need of residence, and the words of a need of health, are for who holds that category."),
    ),
    Act(
        "change_need",
        "<uuid:thing>/state/",
        _("Say how a need stands"),
        needs.change_need,
        StateForm,
        thing=Need,
        own={
            "seen": Moment(help_text=_("`changed_at` of the need as you read it; 409 when it changed since.")),
            "reason": Text(max_length=40, required=False, help_text=_("Why it is not met: code of `decline_reasons`.")),
        },
    ),
    Act(
        "add_action",
        "<uuid:thing>/actions/",
        _("Add what is to be done for a need"),
        needs.add_action,
        ActionForm,
        thing=Need,
        options=lambda actor, access: {"agencies": needs.possible_agencies(actor, access.case_id)},
        description=_("`agency`: yours, or one that sees the case."),
        of="",
    ),
    Act(
        "finish_action",
        "actions/<uuid:thing>/done/",
        _("Say on which day it was done"),
        needs.finish_action,
        thing=SupportAction,
        may=works,
        own={"done_on": Day()},
    ),
)

THREAD = (
    Act("write_entry", "", _("Write in the thread"), thread.write_entry, EntryForm),
    Act(
        "correct_entry",
        "<uuid:thing>/correct/",
        _("Correct an entry of your agency"),
        thread.correct_entry,
        CorrectionForm,
        thing=TimelineEntry,
        description=_("A new version: the former stays readable."),
    ),
)

PAPERS = (
    Act("add_paper", "", _("Note a document kept elsewhere"), persons_and_papers.add_paper, PaperForm),
    Act(
        "correct_paper",
        "<uuid:thing>/correct/",
        _("Correct what is said of a document"),
        persons_and_papers.correct_paper,
        PaperCorrectionForm,
        thing=PaperDocument,
    ),
)

WORDS = body_of(
    SearchForm,
    "search_thread",
    cursor=Text(max_length=300, required=False, help_text=_("As `next` gave it, with the same words.")),
)


def words_of(said: dict) -> str:
    """Return the words to search a thread for. Raises ValidationError."""
    form = SearchForm(said)
    if not form.is_valid():
        raise refused(form)
    return form.cleaned_data["words"]
