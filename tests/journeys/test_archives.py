"""A closed case has left the lists: one finds it in the archives, opens it with a reason, reads it, and it is over."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from foundation.actor import SYSTEM, acting_as
from referral.closing.operations import move_case
from referral.models import AlertDesk, AlertMove, CaseMove, CaseTerm
from referral.tasks import forget
from tests import factories as f
from tests.notifications import post
from tests.roles import as_role
from victims.models import Assignment

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


def worker() -> None:
    with as_role("nrm_worker"):
        forget()
    with transaction.atomic(), post.worker(), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(100)")


def test_an_archived_case_opens_with_a_reason_and_for_a_time(transactional_db, live_server, browser):
    f.national()
    f.coordination(name="Coordination traite Île-de-France (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)")
    lead, mate, boss = f.member(home), f.member(home), f.member(home, Role.AGENCY_ADMIN)
    case = f.own_case(lead)
    with acting_as(lead):
        move_case(lead, case.pk, "close", reason="autonomy")
    worker()
    walk = Walk(browser, live_server, mate, forms=FORMS)
    walk.open(reverse("referral:case-life", args=[case.pk]))
    expect(walk.page.get_by_text("il est archivé le")).to_be_visible()
    walk.check("to-be-archived")
    at = timezone.now() - timedelta(days=200)
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=case).update(at=at)
        AlertMove.objects.filter(alert__links__case=case).update(at=at)
        AlertDesk.objects.filter(alert__links__case=case).update(due_at=None)
        CaseTerm.objects.update(closed_at=at)
    worker()
    walk.open(reverse("referral:case-list"))
    assert case.reference not in walk.page.inner_text("main")
    walk.check("list-without-archived")
    walk.go('a:text-is("Dossiers archivés")')
    walk.check("archives")
    walk.go(f'a:text-is("{case.reference}")')
    walk.check("archive-open")
    walk.go('button:text-is("Ouvrir pour sept jours")')
    expect(walk.page.get_by_text("Choisissez pourquoi vous l'ouvrez.").first).to_be_visible()
    walk.check("archive-without-a-reason")
    walk.page.locator("input[name=why][value=rights]").check(force=True)
    walk.go('button:text-is("Ouvrir pour sept jours")')
    assert case.reference in walk.page.inner_text("main")
    expect(walk.page.get_by_text("Ce dossier vous est ouvert jusqu'au")).to_be_visible()
    walk.check("archive-opened")
    walk.open(reverse("referral:case-access", args=[case.pk]))
    assert "La personne demande son dossier" in walk.page.inner_text("main")
    walk.check("archive-access")
    worker()
    told = Walk(browser, live_server, boss, forms=FORMS)
    told.open(reverse("notifications:notice-list"))
    assert "a ouvert un dossier archivé" in told.page.inner_text("main")
    told.check("archive-told")
    with as_role("nrm_owner"):
        Assignment.objects.filter(case=case).update(at=timezone.now() - timedelta(days=8))
    worker()
    walk.open(reverse("referral:case-detail", args=[case.pk]))
    assert case.reference not in walk.page.content()
    walk.open(reverse("referral:archive-list"))
    assert case.reference in walk.page.inner_text("main")
    walk.check("archives-again")
