"""Pages of procedures on a case, of clocks and of the agenda: what each member is shown, may do, and what it costs."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Category, Level, Role
from foundation.actor import acting_as
from indicators.procedures.selectors import book
from referral.models import Checklist, Clock, ReflectionOffer
from referral.procedures.operations import checklists, clocks
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
MANY = ("soins", "indemnisation_civi", "plainte", "insertion", "protection_victime", "orientation_association")


@pytest.fixture
def hand():
    """A coordination unit's member that leads, with `summary`, the case of an adult exploited by work."""
    made = Hand(f.member(f.coordination(), Role.COORDINATOR))
    made.case = f.case(made.member)
    return made


def begun(hand, code="soins"):
    with acting_as(hand.member):
        return checklists.start_procedure(hand.member, hand.case.pk, code)


def test_procedures_are_proposed_with_their_reason(hand):
    page = text(hand.get("case-procedures", hand.case.pk))
    assert "La forme notée est une exploitation par le travail, à domicile compris." in page
    assert (
        "Contenu non validé" in page
        and "Pas encore proposé. Tout service peut en informer la personne étrangère ; seule la police" in page
    )
    # an adult exploited by work: neither the child path nor the way out of prostitution, asylum one click away
    assert "Parcours de sortie" not in page and "information préoccupante" not in page
    assert (
        page.index("Procédures suggérées")
        < page.index("autres procédures")
        < page.index("Protection internationale, à l'Office français de protection des réfugiés et apatrides (OFPRA)")
    )


def test_an_employer_with_immunity_has_its_own_checklist(hand):
    near = text(hand.get("case-procedures", hand.case.pk))
    assert "aucune ambassade ni aucun consulat" not in near
    with as_role("nrm_owner"):
        Case.objects.filter(pk=hand.case.pk).update(employer_immunity=True)
    page = text(hand.get("case-procedures", hand.case.pk))
    assert page.index("aucune ambassade ni aucun consulat") < page.index("autres procédures")
    made = begun(hand, "immunite_employeur")
    page = text(hand.get("checklist-detail", made.pk))
    assert "Ne prévenir ni l'ambassade, ni le consulat" in page and "consular_protection" not in page


def test_a_partner_with_summary_has_no_such_section(hand):
    house = f.shelter()
    reader = Hand(f.member(house))
    f.orientation(hand.member, hand.case, house, state="accepted", answerer=reader.member, level=Level.SUMMARY)
    made = begun(hand)
    assert reader.get("case-detail", hand.case.pk).status_code == 200
    assert "/procedures/" not in text(reader.get("case-detail", hand.case.pk)).split("<footer")[0].split("</header>")[1]
    assert reader.get("case-procedures", hand.case.pk).status_code == 404
    assert reader.get("checklist-detail", made.pk).status_code == 404
    assert reader.post("procedure-start", hand.case.pk, procedure="plainte").status_code == 404
    assert reader.post("reflection-offer", hand.case.pk, offered_on="2026-11-02", answer="thinking").status_code == 404


def test_begin_settle_and_undo_by_the_screen(hand):
    answer = hand.post("procedure-start", hand.case.pk, procedure="soins")
    with acting_as(hand.member):
        made = Checklist.objects.get()
    assert answer.status_code == 302 and str(made.pk) in answer.url and "soins" not in answer.url
    page = text(hand.get("checklist-detail", made.pk))
    assert "Le secret médical" in page and "Santé" in page and "?service=health_care" in page
    refused = hand.post("checklist-step", made.pk, 1, act="waive", reason="refused", words="")
    assert refused.status_code == 200 and "la personne qui prendra la suite doit comprendre" in text(refused)
    kept = hand.post("checklist-step", made.pk, 1, act="waive", words="Déjà vue au centre")
    assert kept.status_code == 200 and "Déjà vue au centre" in text(kept)
    tomorrow = timezone.localdate() + timedelta(days=2)
    late = hand.post("checklist-step", made.pk, 1, act="done", on=tomorrow.isoformat())
    assert late.status_code == 200 and tomorrow.isoformat() in text(late)
    assert hand.post("checklist-step", made.pk, 1, act="done", on="2026-11-02").status_code == 302
    assert "Étapes réglées : 1 sur 3" in text(hand.get("checklist-detail", made.pk))
    assert hand.post("checklist-step", made.pk, 1, act="done", on="2026-11-02").status_code == 409
    assert hand.post("checklist-step", made.pk, 1, act="reopen").status_code == 302
    page = text(hand.get("checklist-step", made.pk, 1))
    assert "À refaire" in page and "Fait" in page
    assert hand.post("checklist-step", made.pk, 1, act="invent").status_code == 404
    assert hand.get("checklist-step", made.pk, 9).status_code == 404
    assert hand.post("procedure-start", hand.case.pk, procedure="inventee").status_code == 404


def test_offered_on_and_answered(hand):
    page = text(hand.get("reflection-offer", hand.case.pk))
    assert "Qu'à partir de la remise du récépissé" in page
    for given, wanted in (
        ({}, "Dites ce que la personne a répondu."),
        ({"answer": "accepted"}, "les trente jours se comptent depuis ce jour"),
        ({"answer": "accepted", "answered_on": "2026-10-01"}, "La réponse ne peut pas précéder la proposition."),
    ):
        answer = hand.post("reflection-offer", hand.case.pk, offered_on="2026-11-02", **given)
        assert answer.status_code == 200 and wanted in text(answer) and "2026-11-02" in text(answer)
    with acting_as(hand.member):
        assert not ReflectionOffer.objects.exists()
    hand.post("reflection-offer", hand.case.pk, offered_on="2026-11-02", answer="accepted", answered_on="2026-11-03")
    page = text(hand.get("case-procedures", hand.case.pk))
    assert "Elle accepte les trente jours" in page and "fin le 3 déc. 2026 à 23" in page
    with acting_as(hand.member):
        made = Checklist.objects.get(procedure="delai_reflexion")
    step = text(hand.get("checklist-step", made.pk, 1))
    assert "Cette étape ne peut pas être omise" in step and 'value="waive"' not in step
    assert hand.post("checklist-step", made.pk, 1, act="not_applicable").status_code == 409


def test_a_clock_is_started_extended_and_stopped_by_the_screen(hand):
    made = begun(hand, "indemnisation_civi")
    bad = hand.post("checklist-step", made.pk, 2, act="clock", counted_on="")
    assert bad.status_code == 200 and "Donnez le jour de l'événement." in text(bad)
    assert hand.post("checklist-step", made.pk, 2, act="clock", counted_on="2025-01-31").status_code == 302
    with acting_as(hand.member):
        clock = Clock.objects.get()
    page = text(hand.get("clock-detail", clock.pk))
    assert "fin le 31 janv. 2028 à 23" in page and "relevé de forclusion" in page
    refused = hand.post("clock-detail", clock.pk, act="extend", ends_on="2029-01-31", reason="decision", words="")
    assert refused.status_code == 200 and "2029-01-31" in text(refused)
    hand.post("clock-detail", clock.pk, act="extend", ends_on="2029-01-31", reason="decision", words="Arrêt définitif")
    assert "31 janv. 2029 à 23" in text(hand.get("agenda"))
    assert hand.post("clock-detail", clock.pk, act="stop", reason="choice", words="Elle renonce").status_code == 302
    assert "Arrêté" in text(hand.get("clock-detail", clock.pk)) and "Rien dans votre agenda" in text(hand.get("agenda"))
    assert hand.post("clock-detail", clock.pk, act="meet").status_code == 409
    # from a page opened before: what is wrong in a form matters no more than what is right
    for act in ("stop", "extend"):
        assert hand.post("clock-detail", clock.pk, act=act, ends_on="1", words="").status_code == 409


def test_a_day_or_an_hour_that_a_limit_is_counted_from_is_never_proposed(hand):
    for procedure, step in (("indemnisation_civi", 2), ("mise_a_labri", 1)):
        made = begun(hand, procedure)
        page = text(hand.get("checklist-step", made.pk, step))
        form = page.split('name="act" value="clock"')[1].split("</form>")[0]
        asked = re.findall(r"<input[^>]*name=\"(?:counted_on|hour)[^>]*>", form)
        assert asked and not [field for field in asked if "value=" in field], asked


def test_hours_are_counted_in_the_time_of_the_place():
    hand = Hand(f.member(f.coordination(territories=("976",)), Role.COORDINATOR))
    case = f.case(hand.member, territory="976", danger="no")
    with acting_as(hand.member):
        made = checklists.start_procedure(hand.member, case.pk, "mise_a_labri")
    assert (
        hand.post("checklist-step", made.pk, 1, act="clock", counted_on="2026-11-20", hour="10:00").status_code == 302
    )
    with acting_as(hand.member):
        assert Clock.objects.get().due_at.isoformat() == "2026-11-21T07:00:00+00:00"  # ten o'clock in Mayotte


def test_asylum_is_not_said_to_a_partner_without_residence(hand):
    house = f.shelter(may_hold=Category.RESIDENCE)
    reader = Hand(f.member(house))
    f.orientation(hand.member, hand.case, house, state="accepted", answerer=reader.member, level=Level.FILE)
    made = begun(hand, "asile")
    with acting_as(hand.member):
        clock = clocks.start_clock(hand.member, made.pk, 4, counted_on=date(2026, 11, 10))
    page = text(reader.get("case-procedures", hand.case.pk))
    assert "OFPRA" not in page and "Titre de séjour" not in page
    assert reader.get("checklist-detail", made.pk).status_code == 404
    assert reader.get("clock-detail", clock.pk).status_code == 404
    assert str(clock.pk) not in text(reader.get("agenda", query="?view=agency"))
    assert reader.post("procedure-start", hand.case.pk, procedure="asile").status_code == 403
    assert "OFPRA" in text(hand.get("case-procedures", hand.case.pk))
    assert str(clock.pk) in text(hand.get("agenda", query="?view=agency"))


def test_agenda_filters(hand):
    late, coming = begun(hand, "orientation_association"), begun(hand, "indemnisation_civi")
    with acting_as(hand.member):
        past = clocks.start_clock(hand.member, late.pk, 3, counted_on=date(2026, 10, 1))
        next_ = clocks.start_clock(hand.member, coming.pk, 2, counted_on=date(2026, 10, 1))
    page = text(hand.get("agenda"))
    assert page.index(str(past.pk)) < page.index(str(next_.pk))
    page = text(hand.get("agenda", query="?late=true"))
    assert str(past.pk) in page and str(next_.pk) not in page
    page = text(hand.get("agenda", query="?kind=compensation&view=agency"))
    assert str(past.pk) not in page and str(next_.pk) in page
    assert "Rien avec ces filtres" in text(hand.get("agenda", query="?kind=asylum"))
    assert "Aucun délai en cours" in text(Hand(f.member(f.shelter())).get("agenda", query="?view=agency"))
    assert Hand(f.member(f.shelter(), Role.FRONTLINE)).get("agenda").status_code == 403


def counted(hand, *address, **more) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert hand.get(*address, **more).status_code == 200
    return len(seen)


def test_queries_do_not_grow(hand):
    first = begun(hand, MANY[0])
    with acting_as(hand.member):
        clocks.start_clock(hand.member, begun(hand, MANY[1]).pk, 2, counted_on=date(2026, 10, 1))
    pages = [
        ("case-procedures", hand.case.pk),
        ("checklist-detail", first.pk),
        ("agenda",),
    ]
    lists = ("?view=agency", "?kind=compensation")
    hand.get("case-procedures", hand.case.pk)  # the first reading of an hour is counted (reading budget)
    small = [counted(hand, *page) for page in pages] + [counted(hand, "agenda", query=query) for query in lists]
    for code in MANY[2:]:
        made = begun(hand, code)
        with acting_as(hand.member):
            checklists.settle_step(hand.member, made.pk, 1, "not_applicable")
    with acting_as(hand.member):
        for step in (1, 2, 3):
            checklists.settle_step(hand.member, first.pk, step, "done", on=date(2026, 11, 2))
        for other in [f.case(hand.member) for _ in range(5)]:
            made = checklists.start_procedure(hand.member, other.pk, MANY[1])
            clocks.start_clock(hand.member, made.pk, 2, counted_on=date(2026, 10, 1))
    large = [counted(hand, *page) for page in pages] + [counted(hand, "agenda", query=query) for query in lists]
    assert small == large, (small, large)


def test_the_thread_says_which_step_of_which_procedure(hand):
    made = begun(hand, "soins")
    with acting_as(hand.member):
        checklists.settle_step(hand.member, made.pk, 2, "not_applicable")
    shown = book().get("soins")
    page = re.sub("[\u00a0\u202f]", " ", unescape(text(hand.get("case-timeline", hand.case.pk))))
    assert shown.label_fr in page and f"{shown.step(2).action_fr} · Sans objet" in page
    assert "Étape d'une procédure" not in page
