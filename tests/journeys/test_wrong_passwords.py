"""Somebody types wrong passwords for a worker: the page says what to do, she goes on, her administrator reads it."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_wrong_passwords(transactional_db, live_server, browser):
    f.national()
    home = f.shelter(name="Foyer Horizon (fictif)")
    worker, boss = f.member(home), f.member(home, Role.AGENCY_ADMIN)
    for _try in range(5):
        Client().post(reverse("login"), {"username": worker.user.email, "password": "faux"})
    known = Walk(browser, live_server, worker)
    known.open("/profil/")  # where a browser is given its proof
    stranger = Walk(browser, live_server, worker, forms=FORMS)
    for walk, password in ((stranger, "encore faux"), (known, PASSWORD)):
        walk.context.clear_cookies(name="sessionid")
        walk.open("/connexion/")
        walk.page.get_by_label("Adresse électronique").fill(worker.user.email)
        walk.page.get_by_label("Mot de passe").fill(password)
        walk.go('main button:has-text("Se connecter")')
    stranger.page.get_by_role("heading", name="Trop d'essais").wait_for()
    stranger.page.get_by_text("ce compte est fermé pendant une minute").wait_for()
    stranger.check("locked")
    # the same account, from the same address, in a browser that it signed in with: only its second factor is owed
    assert known.path == reverse("referral:factors")
    told = Walk(browser, live_server, boss, width=1280, forms=FORMS)
    told.open("/organisation/arrivees/")
    told.check("told-list")
    told.go(f'main a:has-text("{worker.user.full_name}")')
    told.page.get_by_text("six ou plus à la suite").wait_for()
    told.check("told")
    assert not told.faults
