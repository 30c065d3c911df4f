"""Make the bodies that carry what the demonstration invents: opinions, decisions, delays, amounts, evaluations.

No body of the pack, which is real, is given an act that it never did. The mandate of coordination passes to a fictitious
body too: whoever holds it opens consultations, answers, checks and publishes.
"""

from datetime import date

from agencies.models import Directory, Kind
from plans.models import CommitmentBody, Mandate

COORDINATION, JUSTICE, SOCIAL = "fictif_coordination", "fictif_justice", "fictif_solidarites"
RIGHTS, COLLECTIVE, MONITORING = "fictif_commission", "fictif_collectif", "fictif_suivi"
BODIES = {
    COORDINATION: ("Mission fictive de coordination contre la traite", Kind.COORDINATION),
    JUSTICE: ("Ministère fictif de la justice", Kind.JUSTICE),
    SOCIAL: ("Ministère fictif des solidarités", Kind.SOCIAL_AFFAIRS),
    RIGHTS: ("Commission fictive des droits", Kind.INDEPENDENT),
    COLLECTIVE: ("Collectif fictif d'associations", Kind.NGO_NETWORK),
    "fictif_jeunesse": ("Direction fictive de la jeunesse", Kind.JUSTICE),
    "fictif_travail": ("Ministère fictif du travail", Kind.LABOUR),
    "fictif_etranger": ("Ministère fictif des affaires étrangères", Kind.FOREIGN_AFFAIRS),
    "fictif_rivages": ("Association fictive des Rivages", Kind.NGO),
    "fictif_passerelle": ("Association fictive La Passerelle", Kind.NGO),
    "fictif_syndicat": ("Syndicat fictif", Kind.UNION),
    "fictif_defenseur": ("Autorité fictive de défense des droits", Kind.INDEPENDENT),
    "fictif_parole": ("Association fictive de personnes concernées", Kind.NGO),
}


def make(using: str = "owner") -> None:
    """Make bodies and mandate once, as the owner of the database."""
    for code, (name, kind) in BODIES.items():
        Directory.objects.using(using).get_or_create(
            code=code,
            defaults={"name": name, "kind": kind, "scope": "national", "provenance": Directory.FICTITIOUS},
        )
    CommitmentBody.objects.using(using).get_or_create(
        code=MONITORING,
        defaults={"order": 99, "label_fr": "Organe de suivi fictif", "label_en": "Fictitious monitoring body"},
    )
    mandates = Mandate.objects.using(using)
    if not mandates.filter(body=COORDINATION).exists():
        mandates.all().delete()  # the real mandate never ended: here it is not told at all
        mandates.create(
            body_id=COORDINATION,
            function_fr="Coordination nationale (démonstration)",
            function_en="National coordination (demonstration)",
            legal_basis_fr="Aucun texte : mandat fictif de la démonstration",
            legal_basis_en="No text: fictitious mandate of the demonstration",
            start=date(2024, 1, 1),
        )
