"""Words that made a French reader stumble, and what is written instead, are said once: here, for all fragments."""

import re

import polib
import pytest
import yaml
from django.conf import settings

FRAGMENTS = sorted((settings.BASE_DIR / "locale" / "fr" / "fragments").glob("*.po"))
DATA = sorted((settings.BASE_DIR / "data").glob("*.yaml"))
# what was written -> what to write
STUMBLES = {
    r"étaient ainsi": "Indiquez la date de ces données",
    r"peut être lu\b": "Indiquez la source",
    r"^Jusqu'où|jusqu'où va": "Que pourra lire le service",
    r"^Garder(,| sur cet| cet| cette| ces| la correction| les questions|$)": "Enregistrer",
    r"^(Gardé\.|Signes gardés)|saisi est gardé": "Enregistré",
    r"^Peu importe$": "Tous",
    r"^Rien de dit$": "Pas de réponse enregistrée",
    r"Force de la formule": "Degré d'exigence",
    r"(?i)partage en partie": "Partiellement d'accord",
    r"dites? faites? par": "déclarée réalisée",
    r"à ces mots": "Aucun résultat",
    r"n'en gardons que": "nous n'en verrons plus que",
    r"n'a encore été dit": "aucun point d'avancement",
    r"ne s'écrivent plus": "pour le changer, préparez une modification",
    r"objectif projet, pas une loi": "sans valeur légale",
    r"ne détient pas": "n'est pas autorisé à lire",
    r"appui seulement": "complètent les autres signes",
    r"une coche": "cocher une case",
    r"(?i)\bindices?\b": "signe (indicateur : une entrée du référentiel)",
    r"\d signes au": "caractères",
    r"(?i)côté d'âge": "tranche d'âge",
    r"(?i)en doute\b": "âge incertain",
    r"(?i)escalad": "relais (un service de plus est prévenu)",
    r"par l'horloge": "automatiquement",
    r"(?i)\b(un|le|aucun) score\b": "résultat",
    r"(?i)\b(votre|mon) organisation\b": "organisme",
    r"(?i)\b(votre unité|l'unité$)": "service",
    r"vous menez|vous le pilotez|garde la conduite": "mener un dossier",
    r"(?i)brouillon (non )?gardé": "enregistré",
    r"n'ouvre rien": "ne donne accès à rien",
    r"qui s'en va": "une personne qui part",
    r"astreinte": "permanence",
    r"attribué": "affecté",
    r"^Mes signalements": "Mes alertes",
    r"plus chez vous": "ne vous est plus montré",
    r"rien à attendre": "à commencer sans attendre",
    r"(?i)\bsurvivants\b": "personnes concernées",
    r"^En clair$": "Avec ses mots (« en clair » : non chiffré)",
    r"[aA]dministration de votre organisme|votre administration": "la personne qui gère les accès",
    r"[vV]otre structure": "organisme",
    r"(?i)danger vital": "danger immédiat",
    r"(?i)demandes? faites? à la France|engagement.*demandes auxquelles": "engagements et recommandations",
    r"sans laisser de traces": "Navigation discrète",
    r"(quatre|six) réponses": "questions",
    r"(?i)signale[rz] (une|la) situation": "envoyer une alerte",
    r"(?i)propre référence": "référence interne",
    r"(?i)service suppléant": "organisme suppléant",
    r"Services proposés": "prestations proposées",
    r"(?i)services? sans réponse": "qui n'a pas répondu",
    r"(?i)recherches? enregistrée": "filtre enregistré",
    r"(?i)indicateurs partagés|référentiel d'indicateurs": "indicateurs de traite",
    r"personne rencontrée": "victime présumée",
    r"(?i)touche majuscule": "touche Maj (⇧, pas « Verr. Maj »)",
    r"(?i)attend(ent)? une seconde personne": "l'accord d'une seconde personne",
    r"(?i)dossiers? ouverts? (qui|ne |n'|menés|du même)": "en cours (« ouvert » est un état)",
    r"attend toujours votre service": "la moitié du délai est passée : … attend la réponse de votre service",
    r"se lit ici|se lisent ici|viennent ici|se suit ici": "s'affichent ici",
    r"(?i)comptes? à vérifier": "compte d'utilisateur",
    r"(?i)partages sans accord": "sans l'accord de la personne",
    r"montant plus large": "total plus large",
    r"Délai dépassé.*votre service|celle de votre service est": "alerte sans réponse : votre service doit répondre",
    r"^à traiter par votre": "le nom de ce qui est compté",
    r"ligne qui convient": "la première ligne qui correspond à la situation",
    r"^Catégories ouvertes": "rubriques ouvertes à votre service",
    r"délai.*s'arrête tant": "est suspendu",
    r"^La plus pressante :|tous les autres étant": "premier délai à expirer",
    r"(?i)une heure à venir": "si cette heure n'est pas encore passée aujourd'hui",
    r"protection due à un mineur": "à protéger comme un mineur",
    r"réadressez-les-lui": "réadressez-lui les alertes",
    r"^Fournie? par": "financée par",
    r"^Système$": "action automatique",
    r"(?i)d'après (le but|l'objet) et": "d'après l'objet choisi",
    r"le public lit ce retard": "affiché publiquement",
    r"sur place": "pendant l'exploitation (« sur place » : où ?)",
    r"servitude domestique|esclavage domestique": "exploitation domestique",
    r"^Fermez-la": "Fermez cette session",
    r"(?i)prise? en compte\b.*(situation|service)|^Prise en compte$": "ce qui s'est passé : un service intervient…",
    r"(?i)de mémoire": "à vérifier, et pourquoi",
    r"(?i)doutes? sur l'âge": "personnes d'âge incertain",
    r"(qui|ne) l'a proposé le lit$|: qui lit ": "un sujet qui se lit d'un trait",
    r"^(Fil|Lieu|Parcours|Pièces|État et clôture) lue?s?$": "consulté (rubrique d'un dossier)",
    r"pour de bon": "définitivement",
    r"prenez l'application": "utilisez",
    r"CPP \d": "art. … du code de procédure pénale",
    r"^Rien n'attend\.?$": "Aucune alerte à traiter",
    r"^Encore rien": "Aucune décision pour l'instant",
    r"Mot de passe juste": "correct",
    r"ne mène nulle part": "n'existe pas",
    r"^de <del>": "avant : … ; après : …",
    r"(?i)\bTrimestre \d": "3e trimestre 2026",
    r"[Cc]onsultations? au-delà|limite de lecture": "limite de consultation",
    r"puisse plus|qu'il puisse, en plus": "d'autres droits pour lui",
    r"au plus bas": "avec les droits les plus réduits",
    r"rien n'arrive à personne": "un sujet qui se lit d'un trait",
    r"Reprendre (la proposition|ce mandat)|^Repris ?[.:]": "retirer, annuler (« reprendre » : recommencer)",
    r"dite?s? sans moyens|dit servir à": "déclarée",
    r"ne voit plus, ni moins": "n'en verra davantage, ni moins",
    r"(?i)mise? de côté": "écartée",
    r"(Réponses|Épisode|questions?) gardée?s?\.": "enregistré",
    r"Jeter le brouillon": "Supprimer le brouillon",
    r"^Démarche commencée|d'une démarche (faite|non faite|sans|à)": "procédure",
    r"^Position sur l'identification": "avis sur l'identification",
    r"S'il le devrait": "Si vous pensez qu'il devrait le permettre",
    r"(tableau|colonnes non lues) .*oublié": "supprimé",
    r"(?i)scellée?s? (à part|dans le dossier)": "conservé à part, protégé",
    r"dits? à sa personne|là où sa personne": "la personne concernée",
    r"^C'est écrit": "Texte enregistré",
    r"(?i)^recherche supprimée": "filtre supprimé",
}
MEDIAN = re.compile(r"\w·\w")


def sentences() -> list[tuple[str, str]]:
    """Return (file, French sentence) of every fragment, with plain spaces and apostrophes."""
    found = []
    for path in FRAGMENTS:
        for entry in polib.pofile(str(path)):
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                found.append((path.name, re.sub(r"[\u00a0\u202f]", " ", text).replace("’", "'")))
    return found


@pytest.mark.parametrize("stumble", STUMBLES)
def test_no_sentence_of_the_interface_makes_its_reader_stumble(stumble):
    wrong = [f"{name}: {text}" for name, text in sentences() if re.search(stumble, text)]
    assert not wrong, f"write « {STUMBLES[stumble]} » instead: {wrong}"


def texts(value):
    if isinstance(value, dict):
        return [text for name, part in value.items() if not str(name).endswith("_en") for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_no_point_median_in_the_interface_and_in_the_data():
    wrong = [f"{name}: {text}" for name, text in sentences() if MEDIAN.search(text)]
    for path in DATA:
        pack = yaml.safe_load(path.read_text(encoding="utf-8"))
        wrong += [f"{path.name}: {text}" for text in texts(pack) if MEDIAN.search(text)]
    assert not wrong, wrong


def test_nothing_of_the_data_is_said_to_come_from_memory():
    """What no source was read for is « à vérifier », in the words of an administration."""
    packs = ((path.name, yaml.safe_load(path.read_text(encoding="utf-8"))) for path in DATA)
    wrong = [f"{name}: {text}" for name, pack in packs for text in texts(pack) if re.search(r"de\s+mémoire", text)]
    assert not wrong, wrong


def test_one_apostrophe_in_the_interface():
    wrong = [
        f"{path.name}: {entry.msgstr}" for path in FRAGMENTS for entry in polib.pofile(str(path)) if "’" in entry.msgstr
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("form", ["Voyez-vous", "Vous dit-on", "Entendez-vous"])
def test_a_sign_is_stated_and_not_asked(form):
    """The same words stand beside a box, on the page to check and before whoever reads the alert."""
    pack = yaml.safe_load((settings.BASE_DIR / "data" / "short_grids.yaml").read_text(encoding="utf-8"))
    items = [item for grid in pack["grids"] for item in grid["items"]]
    items += [said for situation in pack["situations"] for said in situation["wordings"]]
    assert not [item["question_fr"] for item in items if form in item["question_fr"]]
