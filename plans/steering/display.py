"""List the entries of the hub « Politique publique » for a member, each with the number of things waiting."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans import access
from plans.commitments.selectors import questionnaires
from plans.commitments.selectors import waiting as waiting_selectors
from plans.committee.operations import committee
from plans.evaluation import operations as evaluation
from plans.models import Evaluation
from plans.models.bodies import builds_policy, is_state
from plans.models.coordination import coordinates
from plans.money.display import desk
from plans.participation.operations import admissions
from plans.participation.selectors.waiting import drafts, open_consultations, unread_signals, unsettled
from plans.plan.selectors import incomplete_measures


@dataclass(frozen=True)
class Entry:
    """Describe a line of the hub.

    `open_to`: predicate on the actor; `count`: how many things wait there for the actor, None without a number, and
    `counted` what they are.
    """

    route: str
    label: str
    hint: str
    open_to: Callable = builds_policy
    count: Callable | None = None
    counted: str = _("For your organisation to do:")


def _reads_focal_points(actor) -> bool:
    """Return whether the actor reads contacts: those of its own ministry, or all as the coordination."""
    return builds_policy(actor) and (is_state(actor) or coordinates(actor))


def _evaluations(actor) -> int:
    return len(evaluation.to_answer(actor)) + Evaluation.objects.visible_to(actor).to_release(actor).count()


ENTRIES: list[Entry] = [
    Entry(
        "plans:plan-list",
        _("Plans and measures"),
        _(
            "The current plan, the draft of the next one and earlier plans; for bodies that lead a measure,"
            " what it still lacks."
        ),
        count=incomplete_measures.incomplete_measures,
        counted=_("Measures to complete:"),
    ),
    Entry(
        "plans:consultation-list",
        _("Consultations"),
        _("Questions put to all; open today."),
        count=open_consultations,
        counted=_("Open consultations:"),
    ),
    Entry(
        "plans:contribution-waiting",
        _("Contributions to answer"),
        _("Least time left first; to moderate, to answer."),
        coordinates,
        unsettled,
        _("Contributions to answer:"),
    ),
    Entry(
        "plans:contribution-list",
        _("Contributions"),
        _("Yours, drafts to finish; those of the others, and the answers."),
        count=drafts,
        counted=_("Drafts to finish:"),
    ),
    Entry(
        "plans:signal-list",
        _("Anonymous observations"),
        _("What companies and unions notice in their sector, without any name: none of them is an alert."),
        coordinates,
        unread_signals,
        _("Observations not read yet:"),
    ),
    Entry(
        "plans:space",
        _("Guides by sector"),
        _(
            "What to look for and whom to call in each sector; and how to make heard what you see or are told there, "
            "without naming anybody."
        ),
        access.contributes,
    ),
    Entry(
        "plans:evaluation-list",
        _("Evaluations"),
        _(
            "Your opinion on each measure, read by your organisation alone until you ask to release it; evaluations to "
            "release; answers to give to those released."
        ),
        access.evaluates,
        count=_evaluations,
    ),
    Entry(
        "plans:evaluation-list",
        _("Evaluations"),
        _("What evaluators released on each plan; and your answers, where one concerns your organisation."),
        lambda actor: builds_policy(actor) and not access.evaluates(actor),
        count=_evaluations,
    ),
    Entry(
        "plans:committee",
        _("Steering committee"),
        _("Meetings to prepare, agenda, attendance, decisions and what becomes of them."),
        count=committee.waiting,
    ),
    Entry(
        "plans:focal",
        _("Focal points"),
        _("Whom to turn to in each département, and where no focal point is entered."),
        _reads_focal_points,
    ),
    Entry(
        "plans:focal",
        _("Focal points"),
        _("In how many départements each ministry has one."),
        lambda actor: builds_policy(actor) and not _reads_focal_points(actor),
    ),
    Entry(
        "plans:admission-list",
        _("Organisations"),
        _("To admit an association, a union or a company; proposals that wait for a second person."),
        coordinates,
        admissions.waiting,
        _("Proposals to decide:"),
    ),
    Entry(
        "plans:commitments",
        _("Commitments"),
        _("What France promised and was asked, where it stands, and who says otherwise."),
        count=waiting_selectors.waiting,
    ),
    Entry(
        "plans:questionnaires",
        _("Questionnaires"),
        _("The questions that monitoring bodies put to France, and what each body answers."),
        count=questionnaires.waiting,
        counted=_("Answers expected:"),
    ),
    Entry(
        "plans:money",
        pgettext_lazy("money", "Funding and resources"),
        pgettext_lazy("money", "Envelopes and figures; the yearly form; what to check."),
        count=desk.waiting,
    ),
]


def entries(actor) -> list[dict]:
    """Return the lines open to the actor: href, label, hint and count."""
    return [
        {
            "href": reverse(entry.route),
            "label": entry.label,
            "hint": entry.hint,
            "count": entry.count(actor) if entry.count else None,
            "counted": entry.counted,
        }
        for entry in ENTRIES
        if entry.open_to(actor)
    ]
