"""Make the demonstration draft of the next plan.

Titles, dates and amounts are invented and say so; each body writes its own, by the real operations.
"""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from agencies.models import Directory, Membership
from foundation.actor import acting_as
from plans.models import BudgetLine, Measure, Plan
from plans.money.operations import envelopes
from plans.plan.operations import measures, plans

from . import bodies

CODE = "plan4"
INVENTED = "Texte de démonstration, inventé."
AXES = ("Repérer et protéger (démonstration)", "Poursuivre (démonstration)", "Piloter et mesurer (démonstration)")


def tell() -> None:
    """Make it once; a plan that somebody writes already is left unchanged."""
    people = {name: _member(name) for name in ("nationale", "justice", "budget")}
    coordination = people["nationale"]
    if not all(people.values()):
        return
    with acting_as(coordination):
        plan = Plan.objects.visible_to(coordination).filter(code=CODE, state=Plan.State.DRAFT).first()
        if plan is None or plan.axes.exists() or plan.measures.exists():
            return
        axes = [plans.add_axis(coordination, CODE, title_fr=title) for title in AXES]
        made = _by_the_coordination(coordination, axes)
        _carried(coordination, axes)
    figure = _by_a_ministry(people["budget"], made[bodies.SOCIAL])
    with acting_as(coordination):
        envelopes.check_line(coordination, figure)
    _openly_without_money(people["justice"], made[bodies.JUSTICE])


def _member(name: str) -> Membership | None:
    found = Membership.objects.filter(user__email=f"{name}@demo.invalid", roles__contains=["policy"])
    return found.select_related("agency__profile").first()


def _by_the_coordination(actor, axes) -> dict[str, Measure]:
    """Add two measures for bodies to complete, one without lead, one for the coordination."""
    named = Directory.objects.in_bulk(bodies.BODIES)
    made = {}
    for key, axis, title, fields in (
        (bodies.SOCIAL, 0, "Ouvrir des places d'accueil sûres par région", {"lead": named[bodies.SOCIAL], "end": date(2030, 12, 31),
         "partners": [named[bodies.COLLECTIVE]]}),
        (bodies.JUSTICE, 1, "Former des enquêteurs et des magistrats ensemble", {"lead": named[bodies.JUSTICE]}),
        ("none", 0, "Proposer un interprète dès le premier entretien", {}),
        (bodies.COORDINATION, 2, "Publier chaque année l'avancement du plan", {"lead": named[bodies.COORDINATION], "start": date(2028, 1, 1),
         "end": date(2031, 12, 31)}),
    ):  # fmt: skip
        made[key] = measures.add_measure(
            actor, CODE, title_fr=f"{title} (démonstration)", axis=axes[axis], text_fr=INVENTED, **fields
        )
    measures.save_metric(
        actor, made["none"].code, label_fr="Entretiens avec interprète", unit="%", target=None, target_on=None
    )
    return made


def _carried(actor, axes) -> None:
    """Carry over the first unfinished measure of the current plan."""
    plan = Plan.objects.get(code=CODE)
    offered = [measure for measure in measures.unfinished(actor, plan) if measure.plan.code == "plan3"]
    for measure in measures.carry_over(actor, CODE, [offered[0].code]) if offered else []:
        measures.edit_measure(actor, measure.code, seen=measure.edited_at, axis=axes[2])


def _by_a_ministry(actor, measure: Measure) -> BudgetLine:
    """Complete a measure, except the check of its figure: metric, steps of two years, envelope."""
    year = timezone.localdate().year + 2
    with acting_as(actor):
        measures.save_metric(
            actor, measure.code, label_fr="Places ouvertes (démonstration)", unit="places", baseline=Decimal(40),
            baseline_on=date(2026, 12, 31), target=Decimal(120), target_on=date(2030, 12, 31),
        )  # fmt: skip
        measures.save_step(actor, measure.code, year=year, text=f"Appel à projets. {INVENTED}", cost=Decimal(200000))
        measures.save_step(actor, measure.code, year=year + 1, text=f"Ouverture. {INVENTED}", cost=None)
        envelope = envelopes.add_envelope(
            actor, funder=actor.agency.profile, measure=Measure.objects.visible_to(actor).get(pk=measure.pk),
            label_fr="Places d'accueil du prochain plan (démonstration)", scope_fr="Hébergement seul, montant fictif",
            resource_kind="financial", unit="EUR",
        )  # fmt: skip
        return envelopes.add_line(
            actor,
            envelope,
            year=year,
            stage="planned",
            amount=Decimal(900000),
            evidence="Montant fictif de démonstration",
        )


def _openly_without_money(actor, measure: Measure) -> None:
    """Add a target, and the reason of no money; without a date, it cannot be published."""
    with acting_as(actor):
        measures.save_metric(
            actor, measure.code, label_fr="Personnes formées (démonstration)", unit="personnes", target=Decimal(400),
            target_on=date(2030, 12, 31),
        )  # fmt: skip
        seen = Measure.objects.visible_to(actor).get(pk=measure.pk).edited_at
        measures.edit_measure(
            actor, measure.code, seen=seen, not_funded=True, not_funded_reason=f"Sur les moyens existants. {INVENTED}"
        )
