"""« Pilotage »: the doors of public policy for this member, each with what waits behind it."""

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
from plans.models.bodies import builds_policy
from plans.models.coordination import coordinates
from plans.money.display import desk
from plans.participation.operations import admissions
from plans.participation.selectors.waiting import drafts, open_consultations, unread_signals, unsettled
from plans.plan.selectors import incomplete_measures


@dataclass(frozen=True)
class Door:
    """A line of the hub. `open_to` says who finds it; `count` says how many things wait there (None: no number)."""

    route: str
    label: str
    hint: str
    open_to: Callable = builds_policy
    count: Callable | None = None


def _to_answer(actor) -> int:
    return len(evaluation.to_answer(actor))


DOORS: list[Door] = [
    Door(
        "plans:plan-list",
        _("Plans and measures"),
        _("The next plan as work, the earlier ones as history; what your measures still lack."),
        count=incomplete_measures.incomplete_measures,
    ),
    Door(
        "plans:consultation-list",
        _("Consultations"),
        _("Questions put to all; open today."),
        count=open_consultations,
    ),
    Door(
        "plans:contribution-waiting",
        _("Contributions to answer"),
        _("Least time left first; to moderate, to answer."),
        coordinates,
        unsettled,
    ),
    Door(
        "plans:contribution-list",
        _("Contributions"),
        _("Yours, drafts to finish; those of the others, and the answers."),
        count=drafts,
    ),
    Door(
        "plans:signal-list",
        _("Nameless signals"),
        _("Not read yet."),
        coordinates,
        unread_signals,
    ),
    Door(
        "plans:space",
        _("My organisation's space"),
        _("Guides by sector, what you can do, signals."),
        access.contributes,
    ),
    Door(
        "plans:evaluation-list",
        _("Evaluations"),
        _("Opinions on each measure, kept to yourself until you release them; answers still to be given."),
        count=_to_answer,
    ),
    Door(
        "plans:committee",
        _("Steering committee"),
        _("Meetings to prepare, agenda, attendance, decisions and what becomes of them."),
        count=committee.waiting,
    ),
    Door(
        "plans:focal",
        _("Focal points"),
        _("Whom to turn to in each département, and where nobody is."),
    ),
    Door(
        "plans:admission-list",
        _("Organisations"),
        _("To admit an association, a union or a company; proposals that wait for a second person."),
        coordinates,
        admissions.waiting,
    ),
    Door(
        "plans:commitments",
        _("Commitments"),
        _("What France was asked, where it stands, and who says otherwise."),
        count=waiting_selectors.waiting,
    ),
    Door(
        "plans:questionnaires",
        _("Questionnaires"),
        _("What monitoring bodies ask of France, and what each body answers."),
        count=questionnaires.waiting,
    ),
    Door(
        "plans:money",
        pgettext_lazy("money", "Means"),
        pgettext_lazy("money", "Envelopes and figures; the yearly grid; what to check."),
        count=desk.waiting,
    ),
]


def doors(actor) -> list[dict]:
    return [
        {
            "href": reverse(door.route),
            "label": door.label,
            "hint": door.hint,
            "count": door.count(actor) if door.count else None,
        }
        for door in DOORS
        if door.open_to(actor)
    ]
