"""Signing in and out, hats, profile, and what every page promises."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from agencies.models import Membership, Role, User
from foundation.templatetags.forms import form_token
from referral.public import display as public_display
from tests import factories

PASSWORD = "mot de passe d'essai"  # what the factories give
pytestmark = pytest.mark.django_db


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = member.pk
    session.save()
    return client


@pytest.fixture
def worker():
    return factories.member(factories.coordination(), Role.COORDINATOR)


@pytest.fixture
def two_hats():
    user = factories.member(factories.agency(), Role.CASE_WORKER).user
    factories.member(factories.shelter(), Role.CASE_WORKER, user=user)
    return list(Membership.objects.filter(user=user).order_by("pk"))


def test_sign_in_forgives_capitals_and_spaces(worker, client):
    answer = client.post(reverse("login"), {"username": f" {worker.user.email.upper()} ", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.url == reverse("home")


def test_a_refused_sign_in_never_says_whether_the_address_is_known(worker, client):
    def refused(email):
        page = client.post(reverse("login"), {"username": email, "password": "autre"}).content.decode()
        assert "<title>Erreur" in page
        return re.sub(r'value="[^"]*"', "", page).replace(email, "")

    assert refused(worker.user.email) == refused("personne@exemple.invalid")


def test_six_wrong_passwords_close_the_account_and_keep_the_numbers_visible(worker, client):
    for _attempt in range(6):
        answer = client.post(reverse("login"), {"username": worker.user.email, "password": "autre"})
    assert answer.status_code == 429
    assert "Trop d" in answer.content.decode()
    assert 'href="tel:17"' in answer.content.decode()
    right = client.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    assert right.status_code == 429


def test_signing_out_asks_the_browser_to_forget(worker):
    client = signed_in(worker)
    answer = client.post(reverse("logout"), {"_membership": worker.pk})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("profile")).status_code == 302


def test_a_page_that_signs_out_by_itself_leaves_the_alert_that_waits_on_the_device(worker):
    client = signed_in(worker)
    answer = client.post(reverse("logout") + "?inactif", {"_membership": worker.pk})
    assert answer["Clear-Site-Data"] == '"cache"'


def test_signing_out_is_never_a_link(worker):
    assert signed_in(worker).get(reverse("logout")).status_code == 405


def test_several_hats_choose_before_anything_private(two_hats):
    client = Client()
    client.force_login(two_hats[0].user, "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("profile")).url == f"{reverse('membership-choose')}?next={reverse('profile')}"
    answer = client.post(reverse("membership-choose"), {"membership": two_hats[1].pk, "next": reverse("profile")})
    assert answer.url == reverse("profile")
    assert client.session["membership"] == two_hats[1].pk


def test_signing_in_with_several_hats_leads_to_their_choice(two_hats, worker):
    for member, way in ((two_hats[0], "membership-choose"), (worker, "home")):
        answer = Client().post(reverse("login"), {"username": member.user.email, "password": PASSWORD})
        assert answer.url == reverse(way)
    asked = {"username": two_hats[0].user.email, "password": PASSWORD, "next": reverse("profile")}
    assert Client().post(reverse("login"), asked).url == reverse("profile")


def test_a_role_that_is_not_ones_own_is_told_so(two_hats):
    client = signed_in(two_hats[0])
    answer = client.post(reverse("membership-choose"), {"_membership": two_hats[0].pk, "membership": "x"})
    assert "Choisissez l'un des rôles de cette page." in unescape(answer.content.decode())


def test_somebody_elses_hat_is_not_taken(two_hats, worker):
    client = signed_in(two_hats[0])
    client.post(reverse("membership-choose"), {"_membership": two_hats[0].pk, "membership": worker.pk})
    assert client.session["membership"] == two_hats[0].pk


def test_the_way_on_never_leaves_the_site(two_hats):
    client = signed_in(two_hats[0])
    data = {"_membership": two_hats[0].pk, "membership": two_hats[1].pk, "next": "https://exemple.invalid/"}
    assert client.post(reverse("membership-choose"), data).url == reverse("home")


def test_a_form_opened_under_another_hat_is_kept_whole_and_can_be_sent_back(two_hats):
    former, present = two_hats
    client = signed_in(present)
    typed = {"_membership": former.pk, "language": "en", "note": 'dire "oui" <ici>'}
    answer = client.post(reverse("profile"), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert former.agency.name in page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hidden["note"] == "dire &quot;oui&quot; &lt;ici&gt;"
    assert hidden["_membership"] == str(former.pk)
    assert User.objects.get(pk=former.user_id).language == "fr"
    sent = client.post(reverse("profile"), {**typed, "_switch_back": "1"})
    assert sent.status_code == 302
    assert User.objects.get(pk=former.user_id).language == "en"
    assert client.session["membership"] == former.pk


def test_a_form_that_says_no_hat_loses_nothing(worker):
    answer = signed_in(worker).post(reverse("profile"), {"phone": "01 99 00 00 01"})
    assert answer.status_code == 409
    assert "01 99 00 00 01" in answer.content.decode()


def test_private_pages_are_not_kept_and_public_ones_may_be(worker, client):
    assert signed_in(worker).get(reverse("home"))["Cache-Control"] == "no-store"
    assert "no-store" not in client.get(reverse("help")).get("Cache-Control", "")


def test_one_readers_language_is_not_the_next_ones(worker, client):
    with factories.as_role("nrm_owner"):
        User.objects.filter(pk=worker.user_id).update(language="en")
    assert 'lang="en"' in signed_in(worker).get(reverse("profile")).content.decode()
    assert 'lang="fr"' in client.get(reverse("home")).content.decode()


def test_the_profile_keeps_a_language_and_nothing_else(worker):
    data = {"_membership": worker.pk, "language": "en", "full_name": "Autre", "email": "autre@exemple.invalid"}
    assert signed_in(worker).post(reverse("profile"), data).status_code == 302
    saved = User.objects.get(pk=worker.user_id)
    assert (saved.language, saved.full_name, saved.email) == ("en", worker.user.full_name, worker.user.email)


def test_staying_signed_in_asks_for_a_session(worker, client):
    assert signed_in(worker).get(reverse("still-here")).status_code == 204
    assert client.get(reverse("still-here")).status_code == 302


@pytest.mark.parametrize(
    "entry", [*public_display.MENU, *public_display.ACTIONS, *public_display.PUBLIC], ids=lambda e: e.route
)
def test_each_line_of_the_menus_leads_somewhere(entry):
    assert reverse(entry.route)


@pytest.mark.parametrize("role", Role)
def test_the_menu_of_each_role_opens(role):
    member = factories.member(factories.agency(), role)
    client = signed_in(member)
    for line in [*public_display.entries(member), *public_display.entries(member, public_display.ACTIONS)]:
        answer = client.get(line["href"])
        assert answer.status_code in (200, 302), line["href"]


def test_what_a_role_may_not_do_is_not_in_its_menu():
    auditor = factories.member(factories.agency(), Role.AUDITOR)
    shown = {
        line["route"]
        for line in [*public_display.entries(auditor), *public_display.entries(auditor, public_display.ACTIONS)]
    }
    assert "referral:case-list" not in shown
    assert "referral:danger" not in shown


def test_the_home_page_asks_as_much_with_much_work_as_with_none(worker, django_assert_num_queries):
    client = signed_in(worker)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(reverse("home"))  # lists of reference are read once by this process
    with CaptureQueriesContext(connection) as empty:
        client.get(reverse("home"))
    author = factories.member(factories.agency(), Role.FRONTLINE)
    for _alert in range(3):
        factories.sent_alert(author)
    with django_assert_num_queries(len(empty)):
        page = client.get(reverse("home")).content.decode()
    assert re.search(r'fr-tile__start fr-h3">3<', page)


@pytest.mark.parametrize(
    "name",
    ["help", "witness", "discreet", "accessibility", "legal", "personal-data", "sitemap", "login", "activate"],
)
def test_public_pages_need_no_account_and_ask_the_database_little(name, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert 'href="tel:17"' in answer.content.decode()


def test_a_page_not_found_keeps_the_numbers(client, worker):
    for reader in (client, signed_in(worker)):
        answer = reader.get("/nulle-part/")
        assert answer.status_code == 404
        assert 'href="tel:112"' in answer.content.decode()


def test_a_broken_page_asks_nothing_of_the_database(worker, monkeypatch):
    client = signed_in(worker)
    client.raise_request_exception = False
    client.get(reverse("home"))  # the numbers were read once by this process
    monkeypatch.setattr("referral.public.views.my_space", lambda actor: 1 / 0)
    answer = client.get(reverse("home"))
    assert answer.status_code == 500
    assert 'href="tel:17"' in answer.content.decode()


def test_accounts_are_printed_in_development_only(client, settings):
    settings.DEVELOPMENT = False
    assert "@demo.invalid" not in client.get(reverse("login")).content.decode()
    settings.DEVELOPMENT = True
    assert "@demo.invalid" in client.get(reverse("login")).content.decode()


def test_the_token_says_the_hat(worker, rf):
    request = rf.get("/")
    request.actor = worker
    assert f'name="_membership" value="{worker.pk}"' in form_token({"request": request})
    request.actor = None
    assert "_membership" not in form_token({"request": request})


def test_no_page_says_english_to_a_french_reader(client):
    with translation.override("fr"):
        assert translation.gettext("Leave quickly") == "Quitter vite"
    assert "Leave quickly" not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    "name", ["home", "help", "witness", "discreet", "accessibility", "login", "activate", "sitemap"]
)
def test_who_has_no_account_reads_in_english_too(name):
    """By the address, one click away on each page, and from there on each link stays in the language."""
    french = Client().get(reverse(name)).content.decode()
    english = Client().get(f"/en{reverse(name)}").content.decode()
    assert '<html lang="fr"' in french and f'href="/en{reverse(name)}" lang="en"' in french
    assert '<html lang="en"' in english and f'href="{reverse(name)}" lang="fr"' in english
    assert 'href="/en/besoin-d-aide/"' in english
    assert Client().get("/en/signaler/").status_code == 404  # near miss: pages of members have one address


def test_a_member_who_reads_english_keeps_one_session_under_both_addresses(worker):
    with factories.as_role("nrm_owner"):
        User.objects.filter(pk=worker.user_id).update(language="en")
    client = signed_in(worker)
    for address in ("/", "/en/", "/profil/"):
        page = client.get(address).content.decode()
        assert '<html lang="en"' in page and 'href="/profil/"' in page and "hreflang" not in page
