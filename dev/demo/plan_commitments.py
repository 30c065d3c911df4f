"""Make demonstration positions, contesting opinions, and a questionnaire in progress.

All texts are invented and say so; made by the real operations, as each actor.
"""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Directory, Membership
from foundation.actor import acting_as
from plans.commitments.operations import commitments, questionnaires
from plans.models import Commitment, CommitmentProgress, Measure

from . import bodies

MADE_UP = "Texte de démonstration, inventé."


def tell() -> None:
    """Make them once, when the commitments are loaded."""
    if CommitmentProgress.objects.exists() or not Commitment.objects.exists():
        return
    people = {name: _member(name) for name in ("nationale", "justice", "budget", "rapporteur", "collectif", "syndicat")}
    _positions(people)
    _opinions(people)
    _questionnaire(people)


def _member(name: str) -> Membership:
    found = Membership.objects.using("owner").select_related("agency", "user")
    member = found.get(user__email=f"{name}@demo.invalid")
    return Membership.objects.get(pk=member.pk)


def _positions(people) -> None:
    today = timezone.localdate()
    said = [
        ("justice", "G3-07", "in_progress", 40, "Une formation réunit magistrats et enquêteurs deux fois par an.", ""),
        ("justice", "G3-08", "partial", 60, "Des salles d'audition adaptées existent dans une partie des ressorts.",
         "Bilan inventé pour la démonstration"),
        ("justice", "C-26", "done", 90, "Une circulaire rappelle le principe de non-sanction.",
         "Circulaire inventée pour la démonstration"),
        ("budget", "O-06", "not_started", 30, "Aucun crédit n'est isolé à ce jour.", ""),
        ("budget", "R-16", "in_progress", 20, "Un appel à projets est en préparation.", ""),
    ]  # fmt: skip
    made = {}
    for who, code, status, days, text, evidence in said:
        actor = people[who]
        with acting_as(actor):
            made[code] = commitments.state_progress(
                actor,
                code,
                status=status,
                on=today - timedelta(days=days),
                text=f"{text} {MADE_UP}",
                evidence=evidence,
                next_step="Point au prochain comité",
                due_on=today + timedelta(days=120 if code != "O-06" else -15),
            )
    coordination = people["nationale"]
    with acting_as(coordination):
        mechanism = Directory.objects.get(pk=bodies.COORDINATION)
        commitments.state_progress(
            coordination,
            "G3-02",
            responsible=mechanism,
            status="in_progress",
            on=today - timedelta(days=15),
            text=f"Le parcours numérique du mécanisme est en essai. {MADE_UP}",
            next_step="Ouverture à tous les départements",
            due_on=today + timedelta(days=200),
        )
        commitments.check_progress(coordination, made["G3-08"].pk, verdict="confirmed")
        commitments.check_progress(
            coordination, made["C-26"].pk, verdict="to_complete", text="Donner la date et l'adresse de la circulaire."
        )
        measures = Measure.objects.visible_to(coordination).in_bulk(["plan3-x05", "plan3-x08"], field_name="code")
        for code, measure in (("G3-02", "plan3-x05"), ("G3-07", "plan3-x08")):
            commitments.link_measure(coordination, code, measures[measure])


def _opinions(people) -> None:
    said = [
        ("rapporteur", "C-26", "contests", "Le principe reste peu appliqué aux personnes contraintes de voler.",
         True),
        ("collectif", "G3-02", "partly", "L'essai ne couvre pas tous les territoires, et ses moyens ne sont pas précisés.",
         True),
        ("syndicat", "G3-07", "partly", "La formation oublie l'exploitation par le travail.", True),
        ("rapporteur", "G3-08", "contests", "Avis en cours de rédaction.", False),
    ]  # fmt: skip
    for who, code, stance, text, release in said:
        with acting_as(people[who]):
            commitments.write_opinion(people[who], code, stance=stance, text=f"{text} {MADE_UP}", release=release)


QUESTIONS = [
    ("1", "Combien de juridictions disposent d'une salle d'audition adaptée aux victimes ?",
     "How many courts have an interview room suited to victims?", (bodies.JUSTICE,)),
    ("2", "Quels crédits ont été consacrés à l'hébergement des victimes, année par année ?",
     "What funds were spent on housing victims, year by year?", (bodies.SOCIAL, bodies.JUSTICE)),
    ("3", "Comment la société civile est-elle associée à l'identification ?",
     "How is civil society involved in identification?", (bodies.RIGHTS,)),
    ("4", "Quelles suites ont été données aux recommandations du rapport précédent ?",
     "What follow-up was given to the recommendations of the previous report?", ()),
]  # fmt: skip


def _questionnaire(people) -> None:
    coordination, today = people["nationale"], timezone.localdate()
    with acting_as(coordination):
        made = questionnaires.start(
            coordination,
            body_id=bodies.MONITORING,
            title_fr="Questionnaire d'un organe de suivi fictif (démonstration)",
            title_en="Questionnaire of a fictitious monitoring body (demonstration)",
            received_on=today - timedelta(days=45),
            due_on=today + timedelta(days=60),
        )
        lines = [{"number": n, "text_fr": fr, "text_en": en} for n, fr, en, _bodies in QUESTIONS]
        questionnaires.add_questions(coordination, made.pk, lines)
        questions = {question.number: question for question in made.questions.all()}
        for number, _fr, _en, asked in QUESTIONS:
            due = today - timedelta(days=3) if bodies.SOCIAL in asked else today + timedelta(days=20)
            questionnaires.ask(
                coordination, questions[number].pk, list(Directory.objects.filter(pk__in=asked)), due_on=due
            )
        questionnaires.move(coordination, made.pk, "open")
    justice = people["justice"]
    with acting_as(justice):
        first = questions["1"].requests.get(body=bodies.JUSTICE)
        as_of = today - timedelta(days=30)
        questionnaires.send_answer(justice, first.pk, text_fr=f"Douze. {MADE_UP}", text_en="Twelve.", as_of=as_of)
        second = questions["2"].requests.get(body=bodies.JUSTICE)
        questionnaires.keep_draft(justice, second.pk, text_fr="À demander au bureau du budget.", text_en="", as_of=None)
    with acting_as(coordination):
        questionnaires.compose(
            coordination, questions["1"].pk, seen=0, text_fr=f"Douze juridictions. {MADE_UP}", text_en="", as_of=as_of
        )
