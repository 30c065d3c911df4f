"""Write docs/impact.md, in French: the facts that an impact assessment (RGPD, art. 35) starts from."""

from collections import Counter
from datetime import timedelta

from django.utils import translation

from agencies.models import Kind, Membership, Role
from referral.config.retention import ALERT_KEPT_YEARS, CASE_ARCHIVED_MONTHS, CASE_KEPT_YEARS
from referral.models.erasures import AFTER_A_HOLD, AFTER_AN_ANSWER, KEPT_AT_LEAST
from referral.personal_data import rules
from referral.personal_data.words import OF_NOBODY, Purpose, Sort, Whose
from victims.data_requests.rules import FIRST, PROLONGED

from . import durations, facts, faults, recipients
from .impact_words import BASES, CONFIRM, EVENTS, KEPT, MEASURES, RIGHTS, SOURCES, SUPPLIERS, TO_DECIDE

SIGHTS = {
    "case": "les dossiers que voit son organisme",
    "own": "ses propres alertes",
    "journal": "le journal, sans contenu, et les registres",
    "none": "rien d'un dossier",
}
UNITS = ((timedelta(days=1), "jour"), (timedelta(hours=1), "heure"), (timedelta(minutes=1), "minute"))


def impact(head: str) -> str:
    """Return docs/impact.md. Raises UndeclaredError."""
    faults.check(facts.tables(), rules.tables(), rules.columns())
    with translation.override("fr"):
        parts = [_start(), _purposes(), _data(), _recipients(), _times(), _rights(), _measures(), _risks(), _rest()]
    return head + "\n".join(parts)


def _start() -> str:
    models_of = facts.tables()
    people = [table for table, said in rules.tables().items() if said.whose - {Whose.NOBODY}]
    return (
        "# Analyse d'impact : les faits\n\n"
        "Fiche tirée des modèles, des réglages et des tests du produit ; un test la compare. Elle ne contient l'avis de"
        " personne : ce qu'un humain doit décider est marqué « **à décider** » ou « à confirmer ». Une analyse"
        " d'impact est à prévoir avant tout usage réel : personnes vulnérables, données sensibles et partage entre"
        " organismes (RGPD, art. 35).\n\n"
        "## 1. Le traitement\n\n"
        "Repère est la plateforme d'un mécanisme national d'orientation des victimes de traite : un professionnel"
        " alerte, une coordination l'oriente, le service qui la reçoit répond, et personne d'autre ne"
        " voit rien.\n\n"
        f"- Tables : {len(models_of)}, dont {len(people)} sur des personnes. Colonnes déclarées :"
        f" {len(rules.columns())}. Le détail : [carte des données](data-map.md).\n"
        "- Responsable de traitement, responsables conjoints, DPO : **à décider par l'autorité qui ouvre le"
        " service**.\n"
        "- Texte qui autorise le traitement : **à décider par le responsable de traitement**.\n"
    )


def _purposes() -> str:
    out = ["### Finalités, personnes, bases légales proposées\n\n"]
    out.append(
        "Les bases sont des propositions de ceux qui ont écrit le produit ; chacune est à confirmer par le DPO.\n\n"
    )
    out.append("| finalité | personnes | catégories de données | base légale proposée |\n|---|---|---|---|\n")
    for purpose in Purpose:
        named = [table for table, said in rules.tables().items() if said.purpose == purpose]
        whose = {each for table in named for each in rules.tables()[table].whose} - {Whose.NOBODY}
        basis = BASES[purpose] + (f" ; {CONFIRM}" if whose else "")
        out.append(f"| {purpose.label} | {_labels(Whose, whose)} | {_labels(Sort, _sorts(named))} | {basis} |\n")
    return "".join(out)


def _data() -> str:
    models_of, sealed, clear = facts.tables(), Counter(), Counter()
    for (table, name), said in rules.columns().items():
        field = next(field for field in facts.fields(models_of[table]) if field.column == name)
        for sort in said.sorts - OF_NOBODY:
            (sealed if facts.kept(field, said) else clear)[sort] += 1
    out = ["## 2. Les données\n\n| catégorie | colonnes scellées, hachées ou en empreinte | colonnes en clair |\n"]
    out.append("|---|---|---|\n")
    out += [f"| {sort.label} | {sealed[sort]} | {clear[sort]} |\n" for sort in Sort if sort not in OF_NOBODY]
    out.append(
        "\nUne colonne en clair a toujours une raison, écrite et vérifiée ([sécurité](security.md)). Les codes en clair"
        " d'un dossier (forme d'exploitation, besoins, procédures) en disent long sur une personne"
        " qu'ils ne nomment pas.\n"
    )
    return "".join(out)


def _recipients() -> str:
    kinds = ", ".join(str(kind.label) for kind in Kind)
    out = [
        "## 3. Les destinataires\n\nOrganismes qui peuvent participer, chacun admis par deux personnes (hors les"
        f" premiers, créés par l'exploitant à l'installation, décision 52) : {kinds}.\n\n"
    ]
    out.append(
        "Un dossier s'ouvre par un droit accordé, à un niveau et pour des catégories. Une alerte et une demande se"
        " lisent sans ce droit, par qui les reçoit ; chacun lit aussi ce qu'il a écrit lui-même :\n\n"
    )
    out.append("| à quel titre | catégories de données lues |\n|---|---|\n")
    read = {**recipients.by_grant(), **recipients.without_grant()}
    out += [f"| {capacity} | {_labels(Sort, sorts)} |\n" for capacity, sorts in read.items()]
    out.append("\nPar rôle, ce que la base laisse voir :\n\n| rôle | voit |\n|---|---|\n")
    for role in Role:
        sight = Membership(kind=Membership.Sort.PERSON, roles=[role]).sight
        out.append(f"| {role.label} | {SIGHTS[sight]} |\n")
    out.append("\nLes politiques de la base, table par table : [droits](permissions.md).\n")
    return "".join(out)


def _times() -> str:
    out = ["## 4. Les durées\n\nTirées des constantes du produit ; **à confirmer par le DPO**.\n\n"]
    out.append("| quoi | durée |\n|---|---|\n")
    out.append(
        f"| dossier clos, avec ses alertes, demandes, notes, versions, droits | {_many(CASE_KEPT_YEARS, 'an')} après la"
        " clôture ; pour un mineur, au plus tôt à compter de la majorité |\n"
        f"| alerte classée sans dossier | {_many(ALERT_KEPT_YEARS, 'an')} après le dernier mouvement |\n"
        "| dossier ou alerte que personne n'a clos | sans échéance tant que personne ne le clôt |\n"
        "| dossier clos dont la conservation est demandée (juge, plainte, personne, contrôle) | jusqu'à ce que deux"
        " personnes en conviennent, puis"
        f" {_time(AFTER_A_HOLD)} |\n"
        "| dossier clos dont une demande de la personne attend une réponse | jusqu'à la réponse, puis"
        f" {_time(AFTER_AN_ANSWER)} |\n"
        f"| dossier clos qui bouge encore | {_time(KEPT_AT_LEAST)} au moins après le dernier mouvement |\n"
        "| dossier clos que concerne un doublon possible, ou une alerte encore à traiter | tant que cela dure |\n"
    )
    for line in durations.lines():
        out.append(f"| {_kept(line['name'])} | {_time(durations.value(line['name']))} |\n")
    stays = [table for table, said in rules.tables().items() if said.until.startswith(rules.STAYS)]
    out.append(
        f"\nSans règle d'oubli : {len(stays)} tables, nommées avec leur raison dans la [carte des"
        f" données](data-map.md)."
        f" L'archive intermédiaire commence {CASE_ARCHIVED_MONTHS} mois après la clôture : hors des listes,"
        " ouverte sur motif, pour sept jours, chaque ouverture journalisée.\n"
    )
    return "".join(out)


def _kept(constant: str) -> str:
    """Return what a constant keeps. Raises ValueError when nobody said it in French."""
    if constant not in KEPT:
        raise ValueError(f"Say in KEPT of dev/data_map/impact_words.py, in French, what {constant} keeps.")
    return KEPT[constant]


def _rights() -> str:
    month = f"Délais comptés par la base : {FIRST} mois, prolongé à {PROLONGED} mois.\n"
    return "## 5. Les droits des personnes\n\n" + "".join(f"- {said}\n" for said in RIGHTS) + "\n" + month


def _measures() -> str:
    out = [
        "## 6. Les mesures\n\nChacune est une promesse de [sécurité](security.md) ; le test nommé échoue si"
        " elle est rompue.\n"
    ]
    for kind, listed in MEASURES.items():
        out.append(f"\n### {kind}\n\n")
        out += [f"- {said} (`{test}`)\n" for said, test in listed]
    return "".join(out)


def _risks() -> str:
    out = [
        "## 7. Les risques\n\nLes trois événements redoutés de la méthode de la CNIL. La conception part de ceci : une"
    ]
    out.append(
        " fuite peut coûter la vie d'une personne, une alerte perdue aussi.\n\nSources de risque retenues par"
        " la conception : "
    )
    out.append(" ; ".join(SOURCES) + ". **À compléter par le responsable de traitement.**\n")
    for event, (threats, kinds, stays) in EVENTS.items():
        out.append(f"\n### {event}\n\nMenaces :\n\n" + "".join(f"- {each}\n" for each in threats))
        out.append(
            f"\nMesures : {', '.join(kinds)} (§ 6).\n\nCe qui reste :\n\n" + "".join(f"- {each}\n" for each in stays)
        )
        out.append(
            "\n| | |\n|---|---|\n| impacts pour les personnes | **à décider par le responsable de traitement** |\n"
        )
        out.append("| gravité | **à décider par le responsable de traitement** |\n")
        out.append("| vraisemblance | **à décider par le responsable de traitement** |\n")
    return "".join(out)


def _rest() -> str:
    out = [
        "## 8. Sous-traitants et hébergement\n\nÀ compléter par l'exploitant. Ce que chacun reçoit, d'après le"
        " produit :\n\n"
    ]
    out.append("| qui | reçoit | nom, pays, contrat |\n|---|---|---|\n")
    out += [f"| {who} | {what} | **à compléter par l'exploitant** |\n" for who, what in SUPPLIERS]
    out.append("\n## 9. Ce qui reste à décider\n\n| par | quoi |\n|---|---|\n")
    out += [f"| {who} | {what} |\n" for who, what in TO_DECIDE]
    out.append(
        "\nAvis du DPO : **à rendre**. Avis des personnes concernées : **à recueillir**. Validation : **à signer**.\n"
    )
    return "".join(out)


def _sorts(named: list[str]) -> set[Sort]:
    return {sort for (table, _), said in rules.columns().items() if table in named for sort in said.sorts} - OF_NOBODY


def _labels(words, found) -> str:
    return " ; ".join(str(each.label) for each in words if each in found) or "aucune"


def _time(length: timedelta) -> str:
    unit, word = next((unit, word) for unit, word in UNITS if not length % unit)
    return _many(length // unit, word)


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"
