"""Short grids as seen from where the reader stands: what is asked there, in which words, and that the same counts.

What each situation asks is written by hand, from what somebody can see or be told there; never read from the pack.
"""

from itertools import product

import pytest

from indicators.assessment.rules.assess import assess
from tests.indicators.pack import book, catalogue

SIDES = ("adult", "minor", "doubt")
# context of detection, kind of place: the situation
STANDS = {
    ("company", "hotel"): "lodging",
    ("company", "station"): "transport",
    ("airport_border", "vehicle"): "transport",
    ("company", ""): "company",
    ("company", "construction_site"): "company",
    ("labour_control", ""): "labour",
    ("labour_control", "hotel"): "labour",
    ("school", ""): "school",
    ("healthcare", ""): "health",
    ("asylum", ""): "asylum",
    ("street_outreach", "street"): "outreach",
    ("digital_outreach", ""): "outreach",
    ("union_office", ""): "union",
    ("police_custody", ""): None,
    ("", "hotel"): None,
}
PUPILS = {"ILO-CL-EX-08", "ILO-CS-EX-08", "FR-CRIM-06", "FR-CRIM-11", "FR-SEX-03", "FR-DOM-08", "FR-MAR-04"}
# situation, side: all that is asked when no form is suspected
ASKED = {
    ("lodging", "minor"): {
        "FR-SEX-06": "Des actes ou images sexuels d'un mineur sont payés",
        "ILO-CL-EX-01": "L'enfant travaille de longues heures, tôt, tard ou la nuit",
        "FR-CRIM-01": "On l'oblige à voler, vendre ou transporter, avec un quota",
        "FR-BEG-02": "La personne remet tout l'argent à quelqu'un d'autre",
        "ILO-CL-CD-04": "Traces de coups, ou violences rapportées",
        "ILO-CL-CD-03": "La personne ne quitte pas la chambre, ou jamais seule",
        "ILO-CL-CD-01": "Un accompagnateur garde ses papiers et les présente pour elle",
        "ILO-CL-EX-02": "Trop de personnes dans une chambre, ménage toujours refusé",
        "ILO-CL-VD-01": "La personne dépend d'un tiers pour manger, dormir et se déplacer",
        "FR-GEN-08": "Un enfant sans parent, avec un numéro de téléphone à appeler",
        "FR-GEN-02": "Un accompagnateur répond à sa place à l'accueil",
        "FR-SEX-01": "Un jeune logé ici par un « ami » ou quelqu'un rencontré en ligne",
        "FR-SEX-05": "La chambre est réservée et payée par un tiers, de ville en ville",
    },
    ("labour", "adult"): {
        "ILO-AL-EX-01": "Constat d'horaires interminables, sans jour de repos",
        "ILO-AL-CD-01": "L'employeur ou un intermédiaire garde ses papiers",
        "ILO-AL-CD-03": "La personne est surveillée au travail, ou logée sans pouvoir sortir",
        "ILO-AL-CD-04": "Traces de coups, ou violences rapportées",
        "ILO-AL-CD-02": "La personne doit travailler pour rembourser une dette",
        "ILO-AS-CD-07": "Quelqu'un lui impose des clients ou des actes sexuels",
        "ILO-AL-DR-01": "On lui avait promis tout autre chose avant de venir",
        "ILO-AL-EX-04": "Paie absente, dérisoire ou reprise après versement",
        "ILO-AL-EX-02": "Lits, matelas ou logement indigne fournis sur le lieu de travail",
        "ILO-AL-CD-06": "On l'oblige à voler, à vendre ou à transporter des produits",
        "ILO-AL-DR-08": "On lui avait promis de l'argent qu'elle ne voit jamais",
        "ILO-AL-CD-11": "On menace de la dénoncer à la police ou à la préfecture",
        "FR-GEN-02": "L'employeur ou le chef d'équipe répond à sa place",
        "ILO-AL-EX-08": "On retient sur sa paie le lit, le trajet ou des amendes",
    },
}
# situation, side: some words in which it is asked; and what is never asked there, whatever the form suspected
SAID = {
    ("lodging", "adult"): ["Le même tiers dépose et reprend la personne devant l'établissement"],
    ("transport", "minor"): ["Un enfant voyage sans parent, avec un numéro à appeler",
                             "Trajets fréquents de ville en ville, billets pris par un tiers"],
    ("transport", "adult"): ["Un accompagnateur garde son billet et ses papiers"],
    ("company", "adult"): ["Un intermédiaire répond toujours à sa place"],
    ("school", "minor"): ["L'élève est souvent absent, ou n'est plus inscrit",
                          "Le jeune a été recruté en ligne pour des « missions » payées",
                          "Le jeune fugue et revient avec de l'argent ou des cadeaux"],
    ("health", "adult"): ["Soins tardifs, maigreur ou lésions non soignées",
                          "Un accompagnateur répond à sa place et veut rester à la consultation"],
    ("asylum", "adult"): ["Une dette de voyage à rembourser par le travail",
                          "Un serment, un rite ou un sort l'oblige à obéir",
                          "La personne n'a pas été payée, ou presque pas"],
    ("outreach", "adult"): ["Une voiture dépose et reprend la personne", "Quelqu'un s'approche et répond à sa place"],
    ("union", "adult"): ["La personne dit travailler des journées interminables, sans jour de repos"],
}  # fmt: skip
NEVER = {
    "lodging": PUPILS, "transport": PUPILS, "company": PUPILS,
    "labour": {"FR-CRIM-06", "FR-MAR-04"}, "school": {"FR-GEN-08"}, "health": {"FR-CRIM-06"},
    "asylum": {"FR-GEN-01", "ILO-CL-EX-08"}, "outreach": {"FR-GEN-07"}, "union": {"ILO-CL-EX-08", "FR-MAR-04"},
}  # fmt: skip
HERE = {code: stands for stands, code in reversed(STANDS.items()) if code}


def grid(form: str, side: str, situation: str | None = None):
    chosen = book().choose(form, side)
    return book().seen_from(chosen, *HERE[situation]) if situation else chosen


@pytest.mark.parametrize("stands", STANDS)
def test_situation_follows_from_context_and_place(stands):
    found = book().seen_from(book().choose("unknown", "adult"), *stands).situation
    assert (found.code if found else None) == STANDS[stands]


@pytest.mark.parametrize("case", ASKED, ids="-".join)
def test_all_that_is_asked_in_a_situation(case):
    situation, side = case
    assert {item.indicator: item.question_fr for item in grid("unknown", side, situation).items} == ASKED[case]


@pytest.mark.parametrize("case", SAID, ids="-".join)
def test_words_are_those_of_the_situation(case):
    situation, side = case
    said = [item.question_fr for item in grid("unknown", side, situation).items]
    assert [words for words in SAID[case] if words not in said] == []


@pytest.mark.parametrize("situation", NEVER)
def test_what_cannot_be_known_in_a_situation_is_never_asked_there(situation):
    asked = {item.indicator for one, side in product(book().grids.values(), SIDES)
             for item in grid(one.form, side, situation).items}  # fmt: skip
    assert not asked & NEVER[situation]


def test_words_of_another_form_are_left_alone():
    served = "La personne sert la famille jour et nuit, sans repos"
    said = [item.question_fr for item in grid("domestic_servitude", "adult", "asylum").items]
    assert served in said and "Journées sans fin, sans repos, en route ou à l'arrivée" not in said


@pytest.mark.parametrize("situation", NEVER)
def test_a_situation_changes_words_and_never_what_counts(situation):
    for form, side in product(["unknown", "labour_exploitation", "sexual_exploitation"], SIDES):
        plain, here = grid(form, side), grid(form, side, situation)
        assert here.asked_in_short == plain.asked_in_short and len(here.items) <= 15
        for items in (plain.items, here.items, here.items[:2]):
            observed = {item.indicator: "observed" for item in items}
            one, other = (
                assess(observed, age_side=side, form=form, immediate_danger=False, short_grid=g, catalogue=catalogue())
                for g in (plain, here)
            )
            assert one == other
        unread = [i.indicator for i in here.items if catalogue().indicators[i.indicator].age_group
                  not in ("any", "adult" if side == "adult" else "child")]  # fmt: skip
        assert unread == [], "a sign of the other side of age would never count"
