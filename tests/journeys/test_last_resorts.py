"""What nobody does every day: a second factor that is lost, a case opened in an emergency, a case that is erased."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Role
from foundation.actor import acting_as
from referral.models import AlertDesk, AlertMove, CaseMove
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.erasure.test_erasing import SYSTEM, erase, tell_terms
from tests.referral.factors.set_up import give_app, give_codes
from tests.roles import as_role
from victims.identity.operations import enter_identity

from .test_second_factor import BY_PASSKEY, Visit
from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "Marqueur-Effacé"
NEW = "quatre girafes sous la neige"
REASON = "Appel de la personne, enfermée, le foyer ne répond pas depuis deux heures"


@pytest.fixture
def people(transactional_db):
    national = f.national()
    f.coordination(name="Coordination traite Île-de-France (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)")
    return {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "mate": f.member(home),
        "worker": f.member(home),
        "other": f.member(f.shelter(name="Foyer du Port (fictif)")),
        "auditor": f.member(national, Role.AUDITOR),
    }


def test_a_lost_factor_takes_two_colleagues_and_a_code_told_by_voice(people, live_server, browser):
    worker = people["worker"]
    give_app(worker)
    give_codes(worker)
    boss = Walk(browser, live_server, people["boss"], forms=FORMS)
    boss.open(reverse("referral:member", args=[worker.pk]))
    boss.click('summary:has-text("Déclarer la perte")')
    boss.check("factor-lost")
    boss.go('details[open] button:text-is("Confirmer")')
    assert boss.page.locator('button:has-text("Accorder")').count() == 0, "nobody agrees with oneself"
    fan_out()
    mate = Walk(browser, live_server, people["mate"], forms=FORMS)
    mate.open("/organisation/arrivees/")
    mate.go(f'a:text-is("{worker.user.full_name}")')
    mate.check("factor-to-decide")
    mate.go("button[name=act][value=agree]")
    mate.check("factor-agreed")
    visit = Visit(browser, live_server)
    visit.sign_in(worker)
    visit.check("factor-taken-away")
    assert "votre second facteur était perdu, et il a été retiré" in visit.page.inner_text("main")
    boss.open(reverse("referral:member", args=[worker.pk]))
    boss.go('form[action$="/code/"] button')
    code = "".join(boss.page.locator(".rp-code span").all_inner_texts())
    visit.go('a:has-text("J\'ai le code")')
    visit.page.fill("#id_email", worker.user.email)
    visit.page.fill("#id_code", code)
    visit.page.fill("#id_password", NEW)
    visit.page.fill("#id_again", NEW)
    visit.go("main form:has(#id_again) button[type=submit]")
    assert visit.path != reverse("activate"), visit.page.inner_text("main")[:400]
    visit.leave()
    visit.open("login")
    visit.page.fill("#id_username", worker.user.email)
    visit.page.fill("#id_password", NEW)
    visit.go("main form[novalidate] button")
    assert visit.path == reverse("referral:factors"), (visit.path, visit.page.inner_text("main")[:400])
    visit.page.fill("#id_name", "mon nouveau téléphone")
    visit.go(BY_PASSKEY)
    assert len(visit.page.locator("main li code").all_inner_texts()) == 10
    visit.open("home")
    assert visit.path == reverse("home")


def test_an_emergency_opens_the_file_for_an_hour_and_its_lead_is_told(people, live_server, browser):
    lead = people["worker"]
    case = f.own_case(lead)
    helper = Walk(browser, live_server, people["other"], forms=FORMS)
    helper.open(reverse("referral:case-detail", args=[case.pk]))
    expect(helper.page.locator("h1")).not_to_contain_text(case.reference)
    helper.open("/dossiers/")
    helper.go('main a:has-text("Accès d\'urgence")')
    helper.check("emergency")
    helper.page.fill("#id_reference", case.reference)
    helper.go("main form button[type=submit]")
    expect(helper.page.locator("#id_reason[aria-invalid=true]")).to_be_visible()
    assert helper.page.input_value("#id_reference") == case.reference, "what was typed stays"
    helper.page.fill("#id_reason", REASON)
    helper.go("main form button[type=submit]")
    expect(helper.page.locator("h1")).to_contain_text(case.reference)
    helper.check("emergency-opened")
    fan_out()
    told = Walk(browser, live_server, lead, forms=FORMS)
    told.open(reverse("referral:case-access", args=[case.pk]))
    expect(told.page.locator("#urgence + article")).to_contain_text(REASON)
    told.check("emergency-told")


def test_a_closed_case_is_erased_on_its_day_and_nobody_finds_it(people, live_server, browser):
    lead = people["worker"]
    case = f.own_case(lead)
    agreed = f.consent(lead, case, agencies=[lead.agency_id], categories=1)
    with acting_as(lead):
        enter_identity(lead, case.pk, consent=agreed, data={"family_name": MARK, "given_names": "Essai"})
    walk = Walk(browser, live_server, lead, forms=FORMS)
    walk.open(reverse("referral:case-close", args=[case.pk]))
    walk.check("close")
    walk.page.locator("input[name=reason]").first.check(force=True)
    walk.go('button:text-is("Clore le dossier")')
    with as_role("nrm_worker"), acting_as(SYSTEM):
        tell_terms()
    walk.open(reverse("referral:case-life", args=[case.pk]))
    day = walk.page.get_by_text(re.compile("si personne ne l'empêche"))
    expect(day.first).to_be_visible()
    walk.check("to-be-erased")
    at = timezone.now() - timedelta(days=800)
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=case).update(at=at)
        AlertMove.objects.filter(alert__links__case=case).update(at=at)
        AlertDesk.objects.filter(alert__links__case=case).update(due_at=None)
    erase(case)
    walk.open(reverse("referral:case-detail", args=[case.pk]))
    assert case.reference not in walk.page.content() and MARK not in walk.page.content()
    walk.check("erased")
    auditor = Walk(browser, live_server, people["auditor"], forms=FORMS)
    auditor.open(reverse("referral:erasure-list"))
    auditor.check("register-of-erasures")
    said = auditor.page.inner_text("main")
    assert case.reference not in said and MARK not in said
    assert "Dossier, avec ses alertes et ses demandes" in said and "Durée de conservation échue" in said
