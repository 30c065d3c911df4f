"""One's open sessions in a browser: seen, closed one by one or all at once; a member's, by the administrator."""

import pytest
from django.urls import reverse

from agencies.models import Role
from tests import factories as f
from tests.referral.factors.set_up import is_in
from tests.referral.sessions.browsers import PHONE, browser

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_left_on_a_phone_is_found_from_the_profile_and_closed(transactional_db, live_server, request):
    f.national()
    worker = f.member(f.shelter(name="Foyer Horizon (fictif)"), Role.CASE_WORKER)
    phone, second = browser(worker, PHONE, "198.51.100.7"), browser(worker)
    walk = Walk(request.getfixturevalue("browser"), live_server, worker, forms=FORMS)
    walk.open(reverse("profile"))
    walk.go(f"main a[href='{reverse('referral:sessions')}']")
    assert walk.page.locator("main li.rp-card").count() == 3
    walk.check("sessions")
    walk.go("main li.rp-card:has-text('Chrome · Android') button:text-is('Fermer')")
    walk.page.get_by_text("Session fermée").wait_for()
    assert (is_in(phone), is_in(second)) == (False, True)
    walk.go("main button:text-is('Fermer toutes les autres')")
    assert walk.page.locator("main li.rp-card").count() == 1 and not is_in(second)
    walk.check("sessions-one")
    assert not walk.faults


def test_an_administrator_closes_the_sessions_of_a_member(transactional_db, live_server, request):
    f.national()
    home = f.shelter(name="Foyer Horizon (fictif)")
    worker, boss = f.member(home, Role.CASE_WORKER), f.member(home, Role.AGENCY_ADMIN)
    open_still = browser(worker)
    walk = Walk(request.getfixturevalue("browser"), live_server, boss, width=1280)
    walk.open(reverse("referral:member", args=[worker.pk]))
    walk.go("main button:text-is('Fermer les sessions de cette personne')")
    walk.page.get_by_text("Sessions fermées").wait_for()
    walk.check("member-sessions")
    assert not is_in(open_still)
