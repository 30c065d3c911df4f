"""The path of a child on the pages of a case: what is owed to the CRIP and the prosecutor, what those alerted did."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Level, Role
from foundation.actor import acting_as
from foundation.templatetags.words import day
from referral.inbox.operations import alerts as desks
from referral.models import Checklist
from referral.procedures.operations import checklists
from referral.summary.display import child_path
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
# as the directory knows them: the CRIP takes in reports of concern, the ASE and a home look after children
CRIP = {"services": ("child_care",), "supports_people": True, "profile_id": "crip"}
ASE = CRIP | {"profile_id": "departement_ase"}
# admitted with a line of its own, and known as the CRIP since two persons said so
OWN_LINE = CRIP | {"profile_id": None}
KNOWN = OWN_LINE | {"office": "crip"}


def test_a_child_is_offered_its_path_first():
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    case = f.case(hand.member, minor="doubt", agreement="not_asked", recipients=[])
    page = text(hand.get("case-procedures", case.pk))
    order = ["Mineur : information préoccupante", "Signalement au procureur", "mise à l'abri et accueil loin",
             "Désignation d'un administrateur ad hoc", "premier échange et information"]  # fmt: skip
    listed = page[page.index(order[0]) :]  # after the menu, which has a page on reports to the prosecutor
    places = [listed.index(label) for label in order]
    assert places == sorted(places) and "n'attend ni accord" in page
    assert "Parcours de sortie" not in page and "Mise à l'abri d'un adulte" not in page


def test_the_child_path_stands_on_the_summary_and_is_the_next_step():
    crip = f.agency(Kind.CHILD_PROTECTION, **CRIP)
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    adult = f.case(hand.member)
    page = text(hand.get("case-detail", child.pk))
    assert "saisir la protection de l'enfance maintenant, sans attendre d'accord" in page
    assert f"/dossiers/{child.pk}/orienter/?service=child_care" in page and "116 000" in page
    assert f"/dossiers/{child.pk}/orienter/?service=prosecution" in page
    assert "Commence quand la protection de l'enfance a accepté votre demande" in page
    assert "Recueillir l'avis de l'enfant" in page
    grown = text(hand.get("case-detail", adult.pk))
    assert "protéger d'abord" not in grown and "avis de l'enfant" not in grown
    f.orientation(hand.member, child, crip, state="accepted", service=f.service("child_care"), consent=None,
                  legal_ground="child_in_danger")  # fmt: skip
    page = text(hand.get("case-detail", child.pk))
    assert "?service=child_care" not in page and "/echeances/" in page and "jours restants" in page


def test_the_child_path_says_what_those_alerted_did():
    crip = f.member(f.agency(Kind.CHILD_PROTECTION, **CRIP))
    f.agency(Kind.JUSTICE, services=("child_care", "prosecution"), profile_id="parquet")
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(nurse, danger="yes", minor="yes", agreement="not_asked")
    case = f.case(hand.member, alert=alert)
    page = text(hand.get("case-detail", case.pk))
    assert page.count("alertée, l'alerte n'est pas encore lue") == 2 and "saisir la protection de l'enfance" in page
    with acting_as(crip):
        desks.open_alert(crip, alert.pk)
    assert "alertée, l'alerte est lue, sans réponse" in text(hand.get("case-detail", case.pk))
    with acting_as(crip):
        desks.declare(crip, alert.pk, what="with_person", words="Une éducatrice est avec elle.")
    page = text(hand.get("case-detail", case.pk))
    assert f"Alerte {alert.reference} : quelqu'un est auprès de la personne" in page
    assert "saisir la protection de l'enfance" not in page and "?service=child_care" not in page
    assert "?service=prosecution" in page, "the prosecutor has not answered"


def test_who_accepts_a_request_about_a_child_is_led_to_the_alert_that_still_waits_there():
    """A CRIP accepted, took the rest for done, and its alert was late while the nurse read « pas lue »."""
    crip = Hand(f.member(f.agency(Kind.CHILD_PROTECTION, **CRIP)))
    coordinator = f.member(f.coordination(), Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(nurse, danger="yes", minor="yes", agreement="not_asked")
    case = f.case(coordinator, alert=alert)
    asked = f.orientation(coordinator, case, crip.member.agency, service=f.service("child_care"), consent=None,
                          legal_ground="child_in_danger")  # fmt: skip
    crip.post("orientation-accept", asked.pk)
    page = text(crip.get("orientation-detail", asked.pk))
    assert f"L'alerte {alert.reference}, sur la même personne, attend encore" in page
    owed = f"L'alerte {alert.reference} attend encore la réponse de votre service"
    page = text(crip.get("case-detail", case.pk))
    assert owed in page and reverse("referral:inbox-alert", args=[alert.pk]) in page
    assert owed not in text(Hand(coordinator).get("case-detail", case.pk)), "theirs is answered: they opened the case"
    with acting_as(crip.member):
        desks.declare(crip.member, alert.pk, what="acting", words="Une évaluation est en cours.")
    assert owed not in text(crip.get("case-detail", case.pk))


def test_the_crip_that_leads_is_not_told_to_tell_itself():
    f.coordination()
    crip = Hand(f.member(f.agency(Kind.CHILD_PROTECTION, **CRIP)))
    child = f.case(crip.member, minor="yes", agreement="not_asked", recipients=[])
    page = text(crip.get("case-detail", child.pk))
    assert "?service=child_care" not in page and "saisir la protection" not in page
    # it leads: that is said, and not that the writing owed to it was made
    assert "écrite ne vous est pas parvenue, demandez-la" in page and "Fait : la CRIP" not in page
    # the prosecutor is still to be told, and the evaluation begins with its procedure: nobody will accept anything
    assert "?service=prosecution" in page and "Commence quand la protection" not in page


TELL = "saisir la protection de l'enfance maintenant"
WRITE = "(CRIP) du département doit avoir une information préoccupante"


@pytest.mark.parametrize(("asked", "owed"), [(CRIP, False), (KNOWN, False), (ASE, True), (OWN_LINE, True)])
def test_a_request_meets_the_duty_to_the_crip_at_the_crip_alone(asked, owed):
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    f.orientation(hand.member, child, f.agency(Kind.CHILD_PROTECTION, **asked), state="accepted",
                  service=f.service("child_care"), consent=None, legal_ground="child_in_danger")  # fmt: skip
    page = text(hand.get("case-detail", child.pk))
    assert TELL not in page, "child protection has the child"
    assert (WRITE in page) is (f"/dossiers/{child.pk}/orienter/?service=child_care" in page) is owed


def test_what_waits_comes_before_the_report_once_child_protection_has_the_child():
    """Where no CRIP is on the platform nothing here tells that the report was made, in writing, elsewhere."""
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    told = {"consent": None, "legal_ground": "child_in_danger"}
    f.orientation(hand.member, child, f.agency(Kind.JUSTICE, services=("prosecution",)), state="draft",
                  service=f.service("prosecution"), **told)  # fmt: skip
    assert TELL in text(hand.get("case-detail", child.pk)), "nobody of child protection has it"
    f.orientation(hand.member, child, f.agency(Kind.CHILD_PROTECTION, **ASE), state="accepted",
                  service=f.service("child_care"), **told)  # fmt: skip
    page = text(hand.get("case-detail", child.pk))
    assert TELL not in page and WRITE not in page and f"/dossiers/{child.pk}/orienter/?service=child_care" in page


def test_report_made_elsewhere_is_recorded_from_the_line_of_the_case_and_counts_as_made():
    """Where no CRIP is on the platform, the duty stood on the case for ever."""
    hand = Hand(f.member(f.coordination(name="Coordination fictive"), Role.COORDINATOR, title="référente mineurs"))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    page = text(hand.get("case-detail", child.pk))
    assert TELL in page and "Déjà faite par écrit, ailleurs : la noter" in page
    answer = hand.post("procedure-start", child.pk, procedure="mineur_information_preoccupante", step="1")
    with acting_as(hand.member):
        made = Checklist.objects.get(procedure="mineur_information_preoccupante")
    assert answer.url == reverse("referral:checklist-step", args=[made.pk, 1])
    # begun, waived or undone is not made
    assert TELL in text(hand.get("case-detail", child.pk))
    hand.post("checklist-step", made.pk, 1, act="waive", reason="other", words="Pas encore")
    assert TELL in text(hand.get("case-detail", child.pk))
    hand.post("checklist-step", made.pk, 1, act="reopen")
    today, page = timezone.localdate(), hand.get("checklist-step", made.pk, 1).content.decode()
    owed = re.findall(r'type="hidden" name="tells" value="([^"]+)"', page)
    hand.post("checklist-step", made.pk, 1, act="done", on=today.isoformat(), how="written", tells=owed)
    page = text(hand.get("case-detail", child.pk))
    assert TELL not in page and WRITE not in page and "?service=child_care" not in page
    assert f"Notée comme faite par écrit le {day(today)} : {hand.member.called}, référente mineurs" in page
    assert "la noter" not in page and "?service=prosecution" in page, "the prosecutor is another duty"
    hand.post("checklist-step", made.pk, 1, act="reopen")
    assert TELL in text(hand.get("case-detail", child.pk))


PROSECUTOR = {"services": ("prosecution",)}


@pytest.mark.parametrize(
    ("asked", "owed"),
    [
        (PROSECUTOR, True),
        (PROSECUTOR | {"profile_id": "parquet"}, False),
        (PROSECUTOR | {"profile_id": "jirs"}, False),
        (PROSECUTOR | {"profile_id": "junalco"}, False),
        (PROSECUTOR | {"office": "prosecutor"}, False),
    ],
    ids=["a court", "of the pack", "between regions", "of organised crime", "with a line of its own"],
)
def test_report_to_the_prosecutor_is_made_to_the_prosecutor_alone(asked, owed):
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    f.orientation(hand.member, child, f.agency(Kind.JUSTICE, **asked), service=f.service("prosecution"), consent=None,
                  legal_ground="child_in_danger")  # fmt: skip
    assert ("?service=prosecution" in text(hand.get("case-detail", child.pk))) is owed


@pytest.mark.parametrize(("asked", "owed"), [("child_care", False), ("ad_hoc_administrator", True)])
def test_whatever_a_prosecutor_received_is_the_report_but_an_administrator_to_name(asked, owed):
    """« Signalement reçu » and « à faire maintenant » stood on one page."""
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    court = f.agency(Kind.JUSTICE, services=("prosecution", asked), profile_id="parquet")
    f.orientation(hand.member, child, court, state="accepted", service=f.service(asked), consent=None,
                  legal_ground="child_in_danger")  # fmt: skip
    page = text(hand.get("case-detail", child.pk))
    assert ("?service=prosecution" in page) is owed
    assert ("Reçu par le parquet" in page) is not owed


def test_draft_hides_no_report_received_and_a_transfer_that_nobody_can_accept_is_none():
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    court = f.agency(Kind.JUSTICE, services=("prosecution", "child_care"), profile_id="parquet")
    legal = {"consent": None, "legal_ground": "child_in_danger"}
    child, other = (f.case(hand.member, minor="yes", agreement="not_asked", recipients=[]) for _ in range(2))
    f.orientation(hand.member, child, court, state="accepted", service=f.service("prosecution"), **legal)
    f.orientation(hand.member, child, court, state="draft", service=f.service("child_care"), **legal)
    assert "Reçu par le parquet" in text(hand.get("case-detail", child.pk))
    became = f.agency(Kind.JUSTICE, services=("prosecution",))
    f.orientation(hand.member, other, became, service=f.service("prosecution"), verb="transfer", **legal)
    with as_role("nrm_owner"):
        type(became).objects.filter(pk=became.pk).update(office="prosecutor")
    assert "?service=prosecution" in text(hand.get("case-detail", other.pk)), "the report is still owed"


def test_another_step_or_procedure_is_no_report_to_the_crip():
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    for code, step in (("mineur_information_preoccupante", 2), ("signalement_procureur", 1)):
        with acting_as(hand.member):
            made = checklists.start_procedure(hand.member, child.pk, code)
        hand.post("checklist-step", made.pk, step, act="done", on=timezone.localdate().isoformat())
    assert TELL in text(hand.get("case-detail", child.pk))


def test_partner_with_the_summary_alone_is_offered_nothing_to_record():
    hand, partner = Hand(f.member(f.coordination(), Role.COORDINATOR)), f.shelter()
    reader = Hand(f.member(partner))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    f.orientation(hand.member, child, partner, state="accepted", answerer=reader.member, level=Level.SUMMARY,
                  consent=None, legal_ground="child_in_danger")  # fmt: skip
    assert "la noter" not in text(reader.get("case-detail", child.pk))


@pytest.mark.parametrize(("state", "owed"), [("draft", True), ("sent", False)])
def test_a_draft_tells_the_crip_nothing(state, owed):
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    made = f.orientation(hand.member, child, f.agency(Kind.CHILD_PROTECTION, **CRIP), state=state,
                         service=f.service("child_care"), consent=None, legal_ground="child_in_danger")  # fmt: skip
    with acting_as(hand.member):
        case = Case.objects.select_related("lead").get(pk=child.pk)
        made.refresh_from_db()  # when it was sent
        assert child_path.crip_missing(case, [made], child_path.told_by_alerts(case, [])) is owed
    page = text(hand.get("case-detail", child.pk))
    assert f"/orientations/{made.pk}/" in page and TELL not in page


@pytest.mark.parametrize(("alerted", "owed"), [(CRIP, False), (KNOWN, False), (ASE, True)])
def test_an_alert_that_the_ase_acts_on_still_owes_the_crip(alerted, owed):
    acting = f.member(f.agency(Kind.CHILD_PROTECTION, **alerted))
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(nurse, danger="yes", minor="yes", agreement="not_asked")
    case = f.case(hand.member, alert=alert)
    with acting_as(acting):
        desks.open_alert(acting, alert.pk)
        desks.declare(acting, alert.pk, what="with_person", words="Une éducatrice est avec elle.")
    page = text(hand.get("case-detail", case.pk))
    assert (TELL in page) is ("?service=child_care" in page) is owed


@pytest.mark.parametrize(("leads", "owed"), [(CRIP, False), (KNOWN, False), (ASE, True)])
def test_the_ase_that_leads_still_owes_the_crip_its_report(leads, owed):
    f.coordination()
    hand = Hand(f.member(f.agency(Kind.CHILD_PROTECTION, **leads)))
    child = f.case(hand.member, minor="yes", agreement="not_asked", recipients=[])
    page = text(hand.get("case-detail", child.pk))
    assert TELL not in page, "it is child protection itself"
    assert (WRITE in page) is ("?service=child_care" in page) is owed
    # the procedure of the evaluation is its own either way
    assert "Commence quand la protection" not in page


def test_child_protection_is_not_told_to_write_to_itself():
    f.coordination()
    crip = Hand(
        f.member(f.agency(Kind.CHILD_PROTECTION, services=("child_care",), supports_people=True, office="crip"))
    )
    house = f.shelter()
    partner = Hand(f.member(house))
    seen = {"observations": {"FR-DOM-10": "reported"}, "none_of_these": False}
    child = f.case(crip.member, minor="yes", agreement="not_asked", recipients=[], **seen)
    f.orientation(crip.member, child, house, state="accepted", answerer=partner.member, level=3)
    owed, own = (
        "doit recevoir au moins une information préoccupante",
        "évaluez dès maintenant ce que vous avez reçu",
    )
    for reader, said, unsaid in ((partner, owed, own), (crip, own, owed)):
        page = text(reader.get("case-signs", child.pk))
        assert said in page and unsaid not in page and page.count("protégez la personne comme un mineur") == 1
