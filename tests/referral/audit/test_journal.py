"""The journal's page: for whoever audits, by reference, account, act and day; in words, and without a name."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext, override

from agencies.models import Kind, Role
from foundation.actor import acting_as
from journal.models import Entry
from journal.tasks import seal
from referral.audit.display import refused_page
from referral.audit.selectors import last_sealed
from referral.inbox.operations.alerts import escalate_alert
from tests import factories as f
from tests.guarantees.test_routes import routes
from tests.notifications.post import worker
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.cases.access import read_case


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """A nurse who sent an alert, a shelter that leads a case, those who audit, and those who nearly do."""
    national = f.national()
    home = f.shelter()
    people = {
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE, title="Infirmière scolaire"),
        "lead": f.member(home),
        "mate": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "coord": f.member(f.coordination(), Role.COORDINATOR),
        "national": f.member(national, Role.COORDINATOR),
        "policy": f.member(f.agency(Kind.NGO, desk=False), Role.POLICY),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
        "dpo": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.DPO),
    }
    people["alert"] = f.sent_alert(people["nurse"], desks=[home.pk])
    people["case"] = f.own_case(people["lead"])
    with acting_as(people["lead"]):
        read_case(people["lead"], people["case"].pk)
    return people


def shown(p, query="", who="auditor") -> str:
    """The page's table, without what stands around it."""
    return text(Hand(p[who]).get("journal", query=query)).partition("<tbody>")[2].partition("</tbody>")[0]


def found(function: str, said, who) -> int:
    with acting_as(who), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM nrm.{function}(%s)", [said])
        return cursor.fetchone()[0]


def test_each_refused_page_has_its_words():
    assert not [name for name in routes() if refused_page(name) == gettext("Another page")]
    with override("fr"):
        assert str(refused_page("referral:legal-shares")) == "La liste des accès sur fondement légal"
        assert str(refused_page("legal")) == "Une page sur le site"
        assert str(refused_page("gone")) == "Une autre page"


def test_those_who_audit_read_it_and_nobody_else(p):
    for name in ("auditor", "dpo"):
        page = shown(p, who=name)
        assert "Alerte envoyée" in page and p["alert"].reference in page and p["case"].reference in page
        assert "Infirmière scolaire · " in page and f"utilisateur n° {p['nurse'].pk}" in page
        assert not any(p[one].user.full_name in page for one in ("nurse", "lead", "auditor"))
    for name in ("nurse", "lead", "admin", "coord", "national", "policy"):  # the lead reads its own case's, there
        assert Hand(p[name]).get("journal").status_code == 403, name
    tried = shown(p, f"?outcome=refused&account={p['lead'].pk}")
    assert "Le journal" in tried and "Refusé" in tried and "referral:" not in tried


def test_references_are_told_to_those_who_audit_alone(p):
    """The functions look above the walls: what they answer to a lead, about its own case too, is nothing."""
    ids = [p["case"].pk, p["alert"].pk]
    for name, many in (("auditor", 2), ("dpo", 2), ("lead", 0), ("nurse", 0), ("national", 0), ("policy", 0)):
        assert found("journal_references", ids, p[name]) == many, name
        assert found("journal_ids", p["case"].reference, p[name]) == many // 2, name


def test_it_is_searched_by_reference_account_act_agency_and_day(p):
    typed = p["case"].reference.lower().replace("-", " ")
    assert "Résumé consulté" in shown(p, f"?reference={typed}") and "Alerte" not in shown(p, f"?reference={typed}")
    assert "Alerte envoyée" in shown(p, f"?account={p['nurse'].pk}")
    assert "Résumé consulté" not in shown(p, f"?account={p['nurse'].pk}")
    assert "Alerte envoyée" in shown(p, "?act=alerts.*") and "Dossier" not in shown(p, "?act=alerts.*")
    assert "Alerte commencée" not in shown(p, "?act=alert.send")
    assert "Résumé consulté" in shown(p, f"?agency={p['lead'].agency_id}")
    assert "Infirmière" not in shown(p, f"?agency={p['lead'].agency_id}")
    today = timezone.localdate()
    assert "Alerte envoyée" in shown(p, f"?since={today}&until={today}")
    assert "Alerte" not in shown(p, f"?until={today - timedelta(days=1)}")
    wrong = text(Hand(p["auditor"]).get("journal", query="?reference=Fatou&account=12.5"))
    assert "Une référence compte huit lettres" in wrong


def test_who_is_signing_in_is_named_by_account(p):
    """Nobody acts for an agency before the second step: it was shown as done by the machine, of no account."""
    with as_role("nrm_owner"):
        for action, who in (("account.half", p["lead"].user), ("notice.purge", None)):
            Entry.objects.create(action=action, subject="user" if who else "", subject_id=str(who.pk) if who else "")
    page = shown(p)
    assert f'Une personne qui se connecte<br><a href="?account={p["lead"].pk}"' in page
    assert page.count("Action automatique") == 1


def test_what_the_machine_does_in_the_place_of_a_service_is_nobodys(p):
    """The silence of a service is told by an account of the machine: no person has that number."""
    system = p["lead"].agency.memberships.get(kind="system")
    with as_role("nrm_worker"), acting_as(system):
        escalate_alert(system, p["alert"].pk)
    page = shown(p, f"?account={system.pk}")
    assert f"Action automatique de Repère, à propos de l'organisme : {p['lead'].agency.name}" in page
    assert f"compte automatique n° {system.pk}, qui n'est à personne" in page
    assert f"utilisateur n° {system.pk}" not in page
    assert f"utilisateur n° {p['lead'].pk}" in shown(p, f"?account={p['lead'].pk}"), "near miss: a person"


def test_reading_it_is_an_entry_of_it_with_what_was_asked(p):
    shown(p, f"?reference={p['alert'].reference}")
    shown(p, f"?account={p['lead'].pk}")
    with acting_as(p["dpo"]):
        kept = Entry.objects.filter(action="journal.read", membership_id=p["auditor"].pk).order_by("at")
        said = list(kept.values_list("subject", "subject_id", "case_id"))
    assert said == [("alert", str(p["alert"].pk), None), ("membership", str(p["lead"].pk), None)]
    with acting_as(p["nurse"]):  # whose alert it is: an audit is not told to who is audited
        assert not Entry.objects.filter(action="journal.read").exists()
    assert "Journal lu" in shown(p)


def test_the_page_says_how_far_the_journal_is_sealed(p, settings, tmp_path):
    settings.JOURNAL_KEY, settings.JOURNAL_CHECKPOINTS = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE=", tmp_path
    assert "Aucune ne l'est encore" in text(Hand(p["auditor"]).get("journal"))
    with as_role("nrm_owner"):
        written = Entry.objects.count()
    with worker():
        seal()
    page = text(Hand(p["auditor"]).get("journal"))
    assert "Le sceau n° 1, du " in page and f"porte à {written} le nombre de lignes scellées" in page
    for name in ("lead", "national"):
        with acting_as(p[name]):
            assert last_sealed() is None
