"""Make a demonstration consultation that is over: asked, answered, concluded. All of it is invented.

The owner writes the past rows; answers and summary are made by the operations, then dated back.
"""

from datetime import timedelta

from django.utils import timezone

from foundation.actor import acting_as
from plans.models import Consultation, Contribution, Response, SurvivorSummary
from plans.participation.operations import names, participation

from .plan_participation import member

TITLE = "Comment dire la suite donnée à une alerte ? (exemple fictif)"
OPENED, CLOSED, CONCLUDED = 210, 165, 120  # days ago
QUESTIONS = [
    "Que doit savoir la personne qui a donné l'alerte, et quand ?",
    "Que ne faut-il jamais lui dire ?",
]
NAMED = "Zélie Fictive"  # withdrawn from a published contribution, so that its trace is visible
SAID = [
    ("syndicat", "Savoir que l'alerte a été lue", 200,
     ["Qu'elle a été lue, puis qu'un service s'en occupe.", "Où la personne est logée."],
     "accepted", "La lecture et la prise en charge sont dites à l'auteur de l'alerte. L'adresse ne l'est jamais."),
    ("collectif", "Un délai affiché, et le même partout", 196,
     ["Le délai prévu dans le département, dès l'envoi.", "Rien qui permette de reconnaître la personne."],
     "partly", "Le délai prévu est affiché. Il reste propre à chaque service : les moyens diffèrent."),
    ("rapporteur", "Dire aussi quand rien n'a été fait", 190,
     [f"Un classement, avec sa raison. Une personne, {NAMED}, attend la sienne.", "Le contenu d'une procédure pénale."],
     "accepted", "Un classement est dit à l'auteur, avec une raison prise dans une liste publique."),
    ("hotel", "Un retour détaillé pour l'entreprise", 172,
     ["Le résultat complet, pour former les équipes.", ""],
     "not_followed", "Une entreprise apprend que son alerte est reçue et lue, rien de plus : l'exploiteur peut y travailler."),
]  # fmt: skip
HEARD = (
    "Les personnes accompagnées veulent savoir qui lit ce qui est écrit d'elles. Elles demandent qu'aucun message ne"
    " parte vers un téléphone qu'un autre peut regarder."
)
OUTCOME = (
    "Quatre contributions publiées, une synthèse de paroles de personnes concernées.\n\nRepris : la lecture de l'alerte"
    ", la prise en charge et le classement sont indiqués à l'auteur de l'alerte. Repris en partie : le délai est"
    " affiché, par service. Écarté : le retour détaillé aux entreprises, qui mettrait des personnes en danger."
)


def tell() -> int:
    """Make it once; return the number of contributions."""
    if Consultation.objects.using("owner").filter(title=TITLE).exists():
        return 0
    coordination, today = member("nationale"), timezone.localdate()
    consultation = Consultation(
        subject=Consultation.Subject.PROCEDURES, title=TITLE, questions=QUESTIONS,
        text="Une personne ou un service donne l'alerte. Que lui dit-on ensuite ? Consultation fictive, pour montrer"
        " la vie entière d'une consultation : questions, contributions, réponses, bilan.",
        opens=today - timedelta(OPENED), closes=today - timedelta(CLOSED), told_at=_ago(OPENED),
        agency_id=coordination.agency_id, by_id=coordination.pk,
        created_at=_ago(OPENED + 5),
    )  # fmt: skip
    Consultation.objects.using("owner").bulk_create([consultation])
    rows = [_said(consultation, *line[:4]) for line in SAID]
    Contribution.objects.using("owner").bulk_create(rows)
    with acting_as(coordination) as actor:
        for row, (*_rest, verdict, text) in zip(rows, SAID, strict=True):
            participation.answer_contribution(actor, row.pk, verdict=verdict, text=text)
        named = next(row for row in rows if any(NAMED in text for text in row.answers))
        names.withdraw_name(actor, named.pk, passage=NAMED, reason="name")
        asked = participation.visible_consultation(actor, consultation.pk)
        summary = participation.sum_up_survivors(
            actor, title="Qui lit ce qui est écrit ?", text=HEARD, consultation=asked
        )
        participation.conclude_consultation(actor, consultation.pk, outcome=OUTCOME)
    for row, line in zip(rows, SAID, strict=True):
        answered = _ago(line[2] - 24)
        Response.objects.using("owner").filter(contribution_id=row.pk).update(at=answered)
        Contribution.objects.using("owner").filter(pk=row.pk).update(settled_at=answered)
    SurvivorSummary.objects.using("owner").filter(pk=summary.pk).update(at=_ago(CONCLUDED + 10))
    Consultation.objects.using("owner").filter(pk=consultation.pk).update(outcome_at=_ago(CONCLUDED))
    return len(rows)


def _said(consultation, author: str, title: str, days: int, answers: list[str]) -> Contribution:
    speaker, then = member(author), _ago(days)
    return Contribution(
        consultation_id=consultation.pk, agency_id=speaker.agency_id, by_id=speaker.pk, title=title, answers=answers,
        state=Contribution.State.PUBLISHED, created_at=then, saved_at=then, submitted_at=then,
        published_at=then + timedelta(days=2), due_at=then + timedelta(days=30),
    )  # fmt: skip


def _ago(days: int):
    return timezone.now() - timedelta(days=days)
