"""Public policy in small: members of each role, and rows in every state that shows a form."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from agencies.models import Directory, Kind, Membership, Role
from foundation.actor import acting_as
from plans.committee.operations import committee
from plans.evaluation import operations as evaluation
from plans.models import Commitment, Measure
from plans.money.operations import campaigns, envelopes
from plans.participation.operations import admissions, sectors
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people
from tests.plans.commitments.test_questionnaires import opened
from tests.plans.participation.test_participation_public import over
from tests.plans.plan.test_plan_operations import ready

TODAY = timezone.localdate


def members() -> dict[Membership, list[str]]:
    """Who walks, those who may most first, each from the pages where a form is deep below the hub."""
    f.territory()
    coordination, ministry = people.coordination(), people.ministry("dgcs", Kind.SOCIAL_AFFAIRS)
    f.member(ministry.agency, Role.POLICY)  # a colleague, to hand a grid over to
    cncdh, association = people.cncdh(), people.speaker()
    union = people.speaker(Kind.UNION, Role.POLICY, Role.FRONTLINE)
    _committee(coordination)
    _admissions(coordination)
    campaign = _money(coordination, ministry)
    opened(coordination, "dgcs", "dacg")
    auditor = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
    platform = f.member(f.agency(Kind.COORDINATION, desk=False), Role.PLATFORM_ADMIN)
    grid = f"/pilotage/moyens/campagnes/{campaign.pk}"
    return {
        coordination: [*_plan(coordination), *_consultations(coordination, union)],
        ministry: [f"{grid}/grille/", f"{grid}/coller/", f"{grid}/confier/"],
        cncdh: [*_evaluation(cncdh), f"/pilotage/contributions/{p.sent(cncdh).pk}/"],
        association: [_contribution(p.draft(association)), _contribution(p.sent(association))],
        union: ["/pilotage/espace/secteurs/construction/signaler/"],
        auditor: [],
        platform: ["/pilotage/mandat/"],
    }


def _admissions(coordination) -> None:
    """One to decide, and one admitted whose first administrator has not come yet."""
    second = f.member(coordination.agency, Role.POLICY)
    f.service("detection")
    told = {"acronym": "", "profile": None, "territory": None, "services": ["detection"], "website": ""}
    for number, (by, other) in enumerate([(second, None), (coordination, second)]):
        who = {"first_name": "Première Démo", "first_email": f"premiere{number}@exemple.invalid"}
        with acting_as(by):
            made = admissions.propose(by, kind=Kind.UNION, name=f"Union d'essai {number} (fictive)", **told, **who)
        if other:
            with acting_as(other):
                admissions.decide(other, made.pk, "admit")


def _contribution(made) -> str:
    return reverse("plans:contribution-detail", args=[made.pk])


def _plan(coordination) -> list[str]:
    made = ready(coordination)
    with acting_as(coordination):
        metric = reverse("plans:metric-edit", args=[made.code, made.metrics.get().pk])
    plan = [reverse(f"plans:plan-{name}", args=["plan4"]) for name in ("detail", "edit", "axes", "carry")]
    measure = [reverse(f"plans:measure-{name}", args=[made.code]) for name in ("detail", "edit", "steps", "progress")]
    new = [reverse("plans:measure-new", args=["plan4"]), reverse("plans:metric-new", args=[made.code])]
    # what becomes of a measure is said once its plan is published: one of the pack's that the coordination leads
    said = reverse("plans:measure-progress", args=[Measure.objects.filter(plan__code="plan3", lead="miprof")[0].code])
    return [*plan, *measure, *new, metric, said]


def _evaluation(cncdh) -> list[str]:
    """One released, that others may answer; and a draft."""
    said = {"status": "not_done", "score": 1, "evidence": "Rien vu.", "comment": "Rien n'a commencé."}
    with acting_as(cncdh):
        for kind in ("final", "yearly"):
            draft = evaluation.start_evaluation(cncdh, "plan2", kind)
            evaluation.save_evaluation(cncdh, draft.pk, head={"text_fr": "Bilan"}, opinions={"plan2-m08": said})
            if kind == "final":
                people.released(cncdh, draft)
    return [reverse(f"plans:evaluation-{name}", args=[draft.pk]) for name in ("detail", "release", "discard")]


def _consultations(coordination, union) -> list[str]:
    running = p.consultation(coordination)
    p.sent(union, to=running)
    with acting_as(union):
        sectors.send_signal(union, p.sector(), **p.signal_fields())
    coming = p.consultation(coordination, opens=5, title="À venir")
    return [
        reverse("plans:consultation-conclude", args=[over(running).pk]),
        reverse("plans:consultation-edit", args=[coming.pk]),
    ]


def _committee(coordination):
    with acting_as(coordination):
        for code, college in (("dgcs", "state"), ("cncdh", "independent"), ("collectif", "civil_society")):
            committee.give_seat(
                coordination, body=Directory.objects.get(pk=code), college=college, start=TODAY() - timedelta(100)
            )
        committee.plan_meeting(coordination, on=TODAY() + timedelta(20), title_fr="À venir")
        held = committee.plan_meeting(coordination, on=TODAY() - timedelta(5), title_fr="Tenue")
        committee.settle_meeting(coordination, held.pk, state="held")
        body = Directory.objects.get(pk="dgcs")
        committee.decide(coordination, held.pk, text="Ouvrir des places", responsible=body)
        committee.save_minutes(coordination, held.pk, text="Compte rendu")


def _money(coordination, ministry):
    with acting_as(ministry):
        body = Directory.objects.get(pk="dgcs")
        made = envelopes.add_envelope(
            ministry, funder=body, label_fr="Appel à projets", scope_fr="Subventions", unit="EUR",
            resource_kind="financial", commitment=Commitment.objects.order_by("order").first(),
        )  # fmt: skip
        envelopes.add_line(
            ministry, made, year=TODAY().year, stage="voted", nature="CP", amount=Decimal(100), evidence="LFI"
        )
    with acting_as(coordination):
        return campaigns.open_campaign(
            coordination, year=TODAY().year + 1, stage="voted", opens=TODAY(), closes=TODAY() + timedelta(20)
        )
