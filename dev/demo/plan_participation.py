"""Make a demonstration consultation with contributions: late, answered, confidential; signals of two sectors."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Membership, Territory
from foundation.actor import acting_as
from plans.models import Commitment, Consultation, Contribution, Measure, SectorGuide, Signal
from plans.participation.operations import participation, sectors

QUESTIONS = [
    "Quelles mesures du plan en cours faut-il garder ?",
    "Que manque-t-il pour protéger les personnes exploitées au travail ?",
    "Comment saurons-nous que cela marche ?",
]


def member(name: str) -> Membership:
    found = Membership.objects.select_related("agency__profile").filter(user__email=f"{name}@demo.invalid")
    return found.order_by("pk")[0]


def tell() -> int:
    """Make them once; return the number of contributions."""
    with acting_as(member("nationale")) as coordination:
        if Consultation.objects.visible_to(coordination).exists():
            return 0
        consultation = participation.open_consultation(
            coordination,
            subject=Consultation.Subject.PLAN,
            target="plan4",
            title="Quelles priorités pour le prochain plan ? (exemple fictif)",
            text="Le plan 2024-2027 entre dans sa dernière année. La coordination prépare le suivant et veut entendre ceux qui"
            " agissent. Chaque contribution reçoit une réponse écrite sous trente jours, publiée à côté d'elle.",
            questions=QUESTIONS,
            opens=timezone.localdate(),
            closes=timezone.localdate() + timedelta(days=45),
        )
    _to_the_consultation(consultation)
    _by_themselves()
    _signals()
    return Contribution.objects.using("owner").count()


def _write(author: str, *, send=True, publish=False, **fields) -> Contribution:
    with acting_as(member(author)) as actor:
        made = participation.start_contribution(actor, **fields)
        if send:
            made = participation.send_contribution(actor, made.pk)
    if publish:
        with acting_as(member("nationale")) as coordination:
            made = participation.publish_contribution(coordination, made.pk)
    return made


def _answer(contribution: Contribution, verdict: str, text: str) -> None:
    with acting_as(member("nationale")) as coordination:
        participation.answer_contribution(coordination, contribution.pk, verdict=verdict, text=text)


def _sent_ago(contribution: Contribution, days: int) -> None:
    then = timezone.now() - timedelta(days=days)
    dates = {"submitted_at": then, "published_at": then, "saved_at": then, "due_at": then + timedelta(days=30)}
    Contribution.objects.using("owner").filter(pk=contribution.pk).update(**dates)


def _to_the_consultation(consultation: Consultation) -> None:
    independent = _write(
        "rapporteur", consultation=consultation, title="Un plan avec un calendrier et un budget par mesure",
        answers=["Celles qui protègent sans condition de plainte.",
                 "Une identification que les associations puissent prononcer.",
                 "Par des indicateurs publics, mesure par mesure, chaque année."],
    )  # fmt: skip
    _answer(independent, "partly", "Chaque mesure du prochain plan aura un calendrier, un pilote et un indicateur. Les"
            " montants seront publiés quand le budget sera voté.")  # fmt: skip
    _write(
        "syndicat", publish=True, consultation=consultation, title="Le salaire dû, même sans papiers",
        answers=["", "Des heures d'interprète pour l'inspection du travail, et un droit au séjour le temps de la"
                 " procédure.",
                 "Au nombre de personnes payées de ce qui leur est dû."],
    )  # fmt: skip
    _write(
        "direction-foyer", consultation=consultation, title="Ce que disent trois résidentes",
        author_kind="survivor_with_support", confidential=True,
        answers=["", "Ne pas devoir raconter dix fois.", "Quand on peut dormir sans avoir peur."],
    )  # fmt: skip
    _write("direction-foyer", send=False, consultation=consultation, title="Des places à distance",
           answers=["Le réseau d'accueil éloigné.", "", ""])  # fmt: skip
    with acting_as(member("nationale")) as coordination:
        participation.sum_up_survivors(
            coordination,
            consultation=consultation,
            title="Raconter une seule fois",
            text="Les personnes accompagnées demandent à ne pas répéter leur histoire à chaque service, à choisir"
            " qui les accompagne, et à savoir ce que devient ce qu'elles ont dit.",
        )


def _by_themselves() -> None:
    measure = Measure.objects.filter(plan__code="plan3").order_by("place", "code").first()
    commitment = Commitment.objects.order_by("order").first()
    late = _write(
        "collectif", publish=True, subject="measure", target=measure.code,
        title="Où en est cette mesure ?",
        text="Aucune date, aucun pilote n'est connu des associations. Nous demandons un point public avant l'été.",
    )  # fmt: skip
    _sent_ago(late, 41)
    refused = _write(
        "collectif", publish=True, subject="commitment", target=commitment.code,
        title="Un calendrier pour cet engagement", text="Fixer une échéance à chaque engagement pris devant le GRETA.",
    )  # fmt: skip
    _sent_ago(refused, 12)
    _answer(refused, "not_followed", "Une partie des engagements dépend du Parlement : une échéance par année est"
            " publiée, pas par engagement.")  # fmt: skip
    _write(
        "hotel", subject="indicator", target="FR-SEX-05", title="Un signe que la réception voit mal",
        text="Les réservations par un tiers sont notre quotidien. Préciser : plusieurs chambres, une nuit.",
    )  # fmt: skip
    _write(
        "direction-foyer", confidential=True, subject="plan", target="plan3", title="Une difficulté avec un service",
        text="Nous préférons l'exposer à la coordination seule : les délais de réponse d'un service de notre région.",
    )  # fmt: skip


def _signals() -> None:
    month = timezone.localdate().replace(day=1)
    paris = Territory.objects.get(pk="75")
    said = {"territory": paris, "month": month}
    with acting_as(member("hotel")) as hotel:
        guide = SectorGuide.objects.get(pk="hotels")
        for _night in range(12):
            sectors.send_signal(hotel, guide, signs=["FR-SEX-05"], persons="unknown", done=["internal"], **said)
    before = month - timedelta(days=1 + 31 * ((month.month - 1) % 3))
    then = timezone.now().replace(year=before.year, month=before.month, day=15)
    Signal.objects.using("owner").update(at=then, month=before.replace(day=1))
    with acting_as(member("hotel")) as hotel:
        read = sectors.send_signal(
            hotel, guide, signs=["FR-SEX-05", "FR-GEN-02"], persons="2-5", done=["emergency", "informed"],
            note="Deux nuits de suite, chambres voisines, un seul téléphone pour tous.", **said,
        )  # fmt: skip
    with acting_as(member("syndicat")) as union:
        sectors.send_signal(
            union, SectorGuide.objects.get(pk="construction"), signs=["FR-TRV-01", "ILO-AL-CD-14"], persons="6-20",
            done=["inspection"], note="Sous-sol aménagé en dortoir, paie en retard de deux mois.", **said,
        )  # fmt: skip
    with acting_as(member("nationale")) as coordination:
        sectors.read_signal(coordination, read.pk)
