"""Make a demonstration case in support.

Its thread with a corrected text, notes under secrecy, needs in four states, a linked child, a document kept on paper,
an accepted orientation.
"""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Service
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.closing import operations as closing
from referral.orientations.operations import orientations
from victims.consents import operations as consents
from victims.links.operations.persons_and_papers import add_paper, add_person
from victims.models import Need, TimelineEntry
from victims.needs import operations as needs
from victims.secrecy.operations import write_secret
from victims.thread import operations as thread

from .story import member, signs

THREAD = (
    ("report", "Premier entretien, avec interprète. La personne demande d'abord à dormir en sécurité."),
    ("internal", "Prévoir la chambre 4, côté cour. Prévenir l'équipe de nuit, sans dire pourquoi."),
    ("message", "Arrivée au foyer ce soir, accompagnée par l'équipe."),
    ("request", "Qui peut accompagner à la préfecture ? La personne ne veut pas y aller seule."),
    ("review", "Après une semaine : elle dort mieux. Elle souhaite reprendre des cours de français."),
    ("message", "Rendez-vous avec la juriste confirmé, les papiers d'identité restent chez l'employeur."),
    ("internal", "Un homme a appelé deux fois en demandant l'étage : ne rien confirmer, noter l'heure."),
    ("report", "Entretien : elle parle pour la première fois de son enfant, resté chez une voisine."),
    ("review", "Après un mois : hébergement stable, démarches en cours, décision sur la plainte laissée ouverte."),
)


def tell() -> int:
    """Make it once; return the number of entries."""
    with acting_as(member("foyer")) as lead:
        if TimelineEntry.objects.exists():
            return 0
        case = _case(lead)
        legal = _asked(lead, case)
    with acting_as(member("juriste")) as partner:
        orientations.accept_orientation(partner, legal.pk)
        thread.write_entry(partner, case.pk, sort="report", text="Lettre à l'employeur préparée pour les papiers.")
        write_secret(partner, case.pk, text="Entretien couvert par le secret : rien n'en sort sans la personne.")
    with acting_as(lead):
        closing.move_case(lead, case.pk, "start_support")
        made = [thread.write_entry(lead, case.pk, sort=sort, text=text) for sort, text in THREAD]
        thread.correct_entry(lead, made[2].pk, text="Arrivée au foyer hier soir, accompagnée par deux bénévoles.")
        write_secret(lead, case.pk, text="Ce qu'elle a dit de sa santé reste entre nous, à sa demande.")
        child = "Environ six ans, chez une voisine. Le foyer appelle la protection de l'enfance."
        add_person(lead, case.pk, relation="child", age_side="minor", text=child)
        paper = {
            "sort": "work",
            "label": "Carnet d'horaires tenu par la personne",
            "place": "Coffre du foyer, sous pli",
        }
        add_paper(lead, case.pk, **paper)
        _plan(lead, case)
    return len(THREAD) + 1


def _case(lead):
    answers = {
        "territory": "75", "when": "past", "minor": "no", "danger": "no", "persons": 1, "agreement": "yes",
        "recipients": [], "form": "domestic_servitude", "language": "en",
        "observations": signs("domestic_servitude", "adult", 5),
        "note": "Logée chez l'employeur, sans jour de repos, papiers gardés par lui.",
    }  # fmt: skip
    return alerts.open_case(lead, alerts.send_alert(lead, alerts.start_draft(lead, answers=answers).pk).pk)


def _asked(lead, case):
    jurists = Agency.objects.get(code="droit-ouvert")
    agreed = consents.record_consent(lead, case.pk, agencies=[jurists.pk], level=3, proof="oral", language="en")
    service = Service.objects.get(pk="legal_support")
    draft = orientations.draft_orientation(lead, case, addressee=jurists, service=service, consent=agreed, level=3)
    return orientations.send_orientation(lead, draft.pk)


def _plan(lead, case) -> None:
    today = timezone.localdate()
    wanted = (
        ("safe_housing", "now", "Loin du quartier de l'employeur.", Need.State.IN_PROGRESS, ""),
        ("legal_support", "soon", "Récupérer ses papiers, comprendre ses droits.", Need.State.ASKED, ""),
        ("education", "later", "Cours de français, le matin.", Need.State.IDENTIFIED, ""),
        ("interpreting", "now", "Une femme, jamais de sa ville.", Need.State.NOT_MET, "no_place"),
    )
    for code, priority, text, state, reason in wanted:
        need = needs.add_need(lead, case.pk, service=Service.objects.get(pk=code), priority=priority, text=text)
        if code == "legal_support":
            due = today + timedelta(days=6)
            needs.add_action(lead, need.pk, text="Rendez-vous avec la juriste", agency=lead.agency, due_on=due)
        if state != Need.State.IDENTIFIED:
            need.refresh_from_db(fields=["changed_at"])
            needs.change_need(lead, need.pk, state=state, priority=priority, reason=reason, seen=need.changed_at)
