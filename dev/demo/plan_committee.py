"""Make demonstration focal points, a committee that met, a late decision, and two evaluations that disagree.

Bodies and functions only: nobody is named. Made by the real operations, as each actor.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agencies.models import Directory, Membership, Territory
from foundation.actor import acting_as
from plans.committee.operations import committee, focal_points
from plans.evaluation import operations as evaluation
from plans.models import Attendance, Commitment, Decision, Evaluation, FocalPoint, Measure, Meeting, Seat

from . import bodies

SEATS = (
    (bodies.JUSTICE, "state"), ("fictif_jeunesse", "state"), ("fictif_travail", "state"), (bodies.SOCIAL, "state"),
    ("fictif_etranger", "state"), (bodies.COLLECTIVE, "civil_society"), ("fictif_rivages", "civil_society"),
    ("fictif_passerelle", "civil_society"), ("fictif_syndicat", "civil_society"), (bodies.RIGHTS, "independent"),
    ("fictif_defenseur", "independent"), ("fictif_parole", "survivors"),
)  # fmt: skip
EXCUSED, ABSENT = {"fictif_jeunesse", "fictif_syndicat"}, {"fictif_etranger", "fictif_defenseur"}
JUSTICE = ("75", "77", "93", "92", "94", "13", "06", "59", "69", "31")
SOCIAL = ("75", "93", "13")
RAPPORTEUR = (("partial", 2), ("not_done", 0), ("started", 1), ("done", 4), ("partial", 2), ("not_done", 1))
COLLECTIVE = (("started", 1), ("not_done", 0), ("started", 1), ("not_done", 0), ("done", 3), ("abandoned", 0))


def _member(email: str) -> Membership | None:
    found = Membership.objects.filter(user__email=f"{email}@demo.invalid", roles__contains=["policy"])
    return found.select_related("agency__profile").first()


def tell() -> None:
    """Make them once; what exists is left unchanged."""
    people = {name: _member(name) for name in ("nationale", "justice", "budget", "rapporteur", "collectif")}
    if not all(people.values()):
        return
    with transaction.atomic():
        _focal(people)
        _committee(people)
        _evaluations(people)


def _focal(people) -> None:
    today = timezone.localdate()
    for name, codes, function in (
        ("justice", JUSTICE, "Référent traite, parquet (démonstration)"),
        ("budget", SOCIAL, "Référent traite, direction départementale (démonstration)"),
    ):
        actor = people[name]
        if FocalPoint.objects.filter(body=actor.agency.profile_id).exists():
            continue
        with acting_as(actor):
            places = list(Territory.objects.filter(pk__in=codes))
            focal_points.add_focal_points(
                actor,
                territories=[None, *places] if name == "justice" else places,
                function=function,
                email="referent-traite@demo.invalid",
                phone="01 99 00 00 00",
                start=today - timedelta(days=400),
            )
            # one that has ended
            last = FocalPoint.objects.filter(body=actor.agency.profile_id, territory="13").first()
            if name == "budget" and last:
                focal_points.end_focal_point(actor, last.pk, end=today - timedelta(days=30))


def _committee(people) -> None:
    actor, today = people["nationale"], timezone.localdate()
    if Seat.objects.exists():
        return
    with acting_as(actor):
        for code, college in SEATS:
            body = Directory.objects.filter(pk=code).first()
            if body:
                committee.give_seat(actor, body=body, college=college, start=today - timedelta(days=700))
        held = committee.plan_meeting(
            actor,
            on=today - timedelta(days=75),
            title_fr="Comité de pilotage (démonstration)",
            title_en="Steering committee (demonstration)",
        )
        committee.propose_item(actor, held.pk, text="Point d'étape sur les mesures en retard")
        committee.publish_agenda(actor, held.pk)
        coming = committee.plan_meeting(
            actor,
            on=today + timedelta(days=40),
            title_fr="Comité de pilotage d'hiver (démonstration)",
            title_en="Winter steering committee (demonstration)",
        )
        committee.propose_item(actor, coming.pk, text="Calendrier du prochain plan")
    with acting_as(people["collectif"]):
        committee.propose_item(people["collectif"], coming.pk, text="Places d'hébergement pour les mineurs victimes")
    with acting_as(actor):
        _held(actor, held, people)


def _held(actor, held: Meeting, people) -> None:
    committee.settle_meeting(actor, held.pk, state=Meeting.State.HELD)
    said = {}
    for seat in Seat.objects.live(held.on):
        presence = Attendance.Presence.ABSENT if seat.body_id in ABSENT else Attendance.Presence.PRESENT
        said[seat.pk] = Attendance.Presence.EXCUSED if seat.body_id in EXCUSED else presence
    committee.take_attendance(actor, held.pk, said)
    today, named = timezone.localdate(), Directory.objects.in_bulk(bodies.BODIES)
    measure = Measure.objects.filter(code="plan3-x13").first()
    commitment = Commitment.objects.filter(code="G3-07").first()
    for text, code, days, about in (
        (
            "Diffuser aux parquets une note sur la qualification de traite.",
            bodies.JUSTICE,
            -20,
            {"commitment": commitment},
        ),
        ("Recenser les places d'hébergement dédiées, région par région.", bodies.SOCIAL, 60, {"measure": measure}),
        ("Réunir le groupe de travail sur le mécanisme national.", bodies.COORDINATION, -45, {}),
    ):
        committee.decide(actor, held.pk, text=text, responsible=named[code], due=today + timedelta(days=days), **about)
    committee.save_minutes(
        actor,
        held.pk,
        text="Le comité a examiné l'avancement du plan (texte de démonstration).\nTrois décisions ont été prises.",
    )
    committee.publish_minutes(actor, held.pk)
    done = Decision.objects.filter(meeting=held, responsible=bodies.COORDINATION).first()
    committee.follow_up(actor, done.pk, state="done", text="Groupe réuni deux fois.", on=today - timedelta(days=50))


def _evaluations(people) -> None:
    for name, said, text in (
        ("rapporteur", RAPPORTEUR, "Avis de démonstration : des avancées, des moyens qui manquent."),
        ("collectif", COLLECTIVE, "Avis de démonstration : ce que les associations constatent sur le terrain."),
    ):
        actor = people[name]
        if Evaluation.objects.filter(agency=actor.agency_id).exists():
            continue
        with acting_as(actor):
            made = evaluation.start_evaluation(actor, "plan3", Evaluation.Kind.MID_TERM)
            codes = [measure["code"] for measure in made.version.content["measures"]]
            opinions = {
                code: {"status": status, "score": score, "evidence": "", "comment": "Avis de démonstration."}
                for code, (status, score) in zip(codes, said, strict=False)
            }
            evaluation.save_evaluation(actor, made.pk, head={"text_fr": text}, opinions=opinions)
            evaluation.ask_release(actor, made.pk)
        with acting_as(people["nationale"]) as second:  # each of the two units has one member for public policy
            evaluation.release_evaluation(second, made.pk)
    actor = people["nationale"]
    with acting_as(actor):
        if not Evaluation.objects.filter(agency=actor.agency_id).exists():
            draft = evaluation.start_evaluation(actor, "plan3", Evaluation.Kind.YEARLY)
            first = draft.version.content["measures"][0]["code"]
            evaluation.save_evaluation(
                actor,
                draft.pk,
                head={"text_fr": "Brouillon de démonstration."},
                opinions={first: {"status": "done", "score": 4, "evidence": "", "comment": ""}},
            )
