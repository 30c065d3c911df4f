"""A form whose session ended before it was sent: kept, given back to the same person in the same browser, sent once."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.kept.rules import AT_MOST, LIMIT, readable
from agencies.kept.tasks import forget_kept
from agencies.models import KeptForm, Membership, Role, Session
from foundation.sessions import digest
from tests import factories as f
from tests.roles import as_role
from tests.second_step import pass_second_step

PASSWORD = "mot de passe d'essai"
TEXT = "Elle dit qu'on lui a pris son passeport."
pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return f.member(f.shelter(), Role.CASE_WORKER)


def browser_of(member, **options) -> Client:
    """Return a browser in which the member opened a page: it knows the account."""
    client = Client(**options)
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = member.pk
    session.save()
    client.get(reverse("profile"))
    return client


def expire(client) -> None:
    """End the session as time does: the browser has dropped its cookie too."""
    Session.objects.filter(session_key=digest(client.cookies.pop("sessionid").value)).delete()


def sign_in(client, member, **data):
    answer = client.post(reverse("login"), {"username": member.user.email, "password": PASSWORD, **data})
    pass_second_step(client, member.user)
    return answer


def shown(answer) -> str:
    return unescape(answer.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def phone(member, number="06 00 00 00 01", **more) -> dict:
    return {"_membership": member.pk, "language": "fr", "phone": number, **more}


def rows() -> list[KeptForm]:
    with as_role("nrm_owner"):
        return list(KeptForm.objects.all())


def sent_late(client, member, **more):
    expire(client)
    return client.post(reverse("profile"), phone(member, **more))


def test_what_was_typed_is_given_back_after_sign_in_and_sent_once(worker):
    client = browser_of(worker)
    late = sent_late(client, worker)
    assert late.url == f"{reverse('login')}?next={reverse('profile')}"
    assert "Session expirée, votre saisie est gardée" in shown(client.get(late.url))
    assert sign_in(client, worker, next=reverse("profile")).url == reverse("kept")
    page = shown(client.get(reverse("kept")))
    assert "06 00 00 00 01" in page
    assert f'action="{reverse("profile")}"' in page
    assert client.post(reverse("profile"), phone(worker)).status_code == 302
    worker.user.refresh_from_db()
    assert worker.user.phone == "06 00 00 00 01"
    assert not rows()
    assert "06 00 00 00 01" not in shown(client.get(reverse("kept")))


def test_a_form_refused_after_it_was_given_back_stays_kept(worker):
    client = browser_of(worker)
    sent_late(client, worker, number="pas un numéro")
    sign_in(client, worker)
    assert client.post(reverse("profile"), phone(worker, "pas un numéro")).status_code == 200
    assert len(rows()) == 1


def test_it_is_given_back_under_the_membership_it_was_opened_with(worker):
    other = f.member(f.agency(), Role.CASE_WORKER, user=worker.user)
    for member in (worker, other):
        client = browser_of(member)
        sent_late(client, member)
        assert sign_in(client, member).url == reverse("kept")
        assert client.session["membership"] == member.pk
        assert "06 00 00 00 01" in shown(client.get(reverse("kept")))
        client.post(reverse("membership-choose"), {"membership": (other if member == worker else worker).pk})
        assert "06 00 00 00 01" not in shown(client.get(reverse("kept")))


def test_another_account_in_the_same_browser_is_given_nothing(worker):
    client, stranger = browser_of(worker), f.member(f.shelter(), Role.CASE_WORKER)
    sent_late(client, worker)
    assert sign_in(client, stranger).url == reverse("home")
    assert "06 00 00 00 01" not in shown(client.get(reverse("kept")))
    client.post(reverse("logout"), {"_membership": stranger.pk})
    assert sign_in(client, worker).url == reverse("kept")
    assert "06 00 00 00 01" in shown(client.get(reverse("kept")))


def test_another_browser_of_the_same_account_is_given_nothing(worker):
    """Nobody plants a form for somebody else: it stays in the browser that sent it."""
    sent_late(browser_of(worker), worker)
    elsewhere = Client()
    assert sign_in(elsewhere, worker).url == reverse("home")
    assert "06 00 00 00 01" not in shown(elsewhere.get(reverse("kept")))


def test_nothing_is_stored_for_a_browser_where_nobody_was_signed_in(worker):
    client = Client()
    client.cookies["known"] = f"{worker.user.pk}.forged:1abc:signature"
    for data in (phone(worker), {"phone": TEXT}):
        answer = client.post(reverse("profile"), data)
        assert answer.status_code in (302, 403)
        assert not rows()
    assert TEXT in shown(client.post(reverse("profile"), {"phone": TEXT})), "shown to be copied"


def test_nothing_is_stored_under_the_membership_of_somebody_else(worker):
    client, colleague = browser_of(worker), f.member(worker.agency, Role.CASE_WORKER)
    expire(client)
    client.post(reverse("profile"), phone(colleague))
    assert not rows()


@pytest.mark.parametrize("ends", ["password", "account", "membership", "signing out"])
def test_a_browser_is_known_no_longer_once_something_ends(worker, ends):
    client = browser_of(worker)
    if ends == "signing out":
        client.post(reverse("logout"), {"_membership": worker.pk})
    else:
        expire(client)
        with as_role("nrm_owner"):
            if ends == "password":
                worker.user.set_password("un autre mot de passe")
                worker.user.save()
            elif ends == "account":
                type(worker.user).objects.filter(pk=worker.user.pk).update(is_active=False)
            else:
                Membership.objects.filter(pk=worker.pk).update(active=False)
    client.post(reverse("profile"), phone(worker))
    assert not rows()


def test_a_form_without_its_token_is_not_stored(worker):
    """What another site makes a browser send would be given back as one's own."""
    client = browser_of(worker, enforce_csrf_checks=True)
    expire(client)
    answer = client.post(reverse("profile"), phone(worker), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not rows()
    assert "06 00 00 00 01" not in shown(answer)


def test_a_form_opened_before_a_sign_in_in_another_tab_is_shown_again(worker):
    client = browser_of(worker, enforce_csrf_checks=True)
    token = client.cookies["csrftoken"].value
    expire(client)
    client.force_login(worker.user, "django.contrib.auth.backends.ModelBackend")  # draws another token
    own = {"Sec-Fetch-Site": "same-origin"}
    data = phone(worker, TEXT, csrfmiddlewaretoken="x" * len(token))
    answer = client.post(reverse("profile"), data, headers=own)
    page = shown(answer)
    assert answer.status_code == 403
    assert "Une nouvelle connexion a eu lieu" in page
    assert 'name="phone" value="Elle dit' in page


def test_a_form_opened_before_a_sign_in_is_sent_under_the_role_it_was_opened_with(worker):
    """Signed in again in another tab, which has not chosen a role yet."""
    f.member(f.agency(), Role.CASE_WORKER, user=worker.user)
    client = Client()
    client.force_login(worker.user, "django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("profile"), {"language": "fr", "phone": ""}).url.startswith(reverse("membership-choose"))
    assert client.post(reverse("profile"), phone(worker)).url == reverse("profile")
    assert client.session["membership"] == worker.pk


def test_the_disk_is_not_filled(worker):
    client = browser_of(worker)
    expire(client)
    for turn in range(AT_MOST + 3):
        client.post(f"{reverse('profile')}?{turn}", phone(worker))
    assert len(rows()) == AT_MOST
    late = client.post(reverse("profile"), phone(worker, TEXT))
    assert TEXT in shown(late), "not kept, and shown to be copied"
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        client.post(f"{reverse('profile')}?later", phone(worker))
    assert len(rows()) == AT_MOST + 1


def test_a_page_sent_several_times_is_kept_once(worker):
    client = browser_of(worker)
    expire(client)
    for number in ("06 00 00 00 01", "06 00 00 00 02"):
        client.post(reverse("profile"), phone(worker, number))
    (row,) = rows()
    assert ["phone", "06 00 00 00 02"] in row.data["fields"]


def test_two_tabs_of_a_page_are_both_kept_and_each_is_sent_once(worker):
    """One reporter, two tabs of one page, a session that ends: neither text takes the place of the other."""
    client = browser_of(worker)
    expire(client)
    for token, number in (
        ("first tab", "06 00 00 00 01"),
        ("second tab", "06 00 00 00 02"),
        ("first tab", "06 00 00 00 03"),
    ):
        client.post(reverse("profile"), phone(worker, number, csrfmiddlewaretoken=token))
    assert {dict(row.data["fields"])["phone"] for row in rows()} == {"06 00 00 00 02", "06 00 00 00 03"}
    sign_in(client, worker)
    page = shown(client.get(reverse("kept")))
    assert "06 00 00 00 02" in page and "06 00 00 00 03" in page
    # the second tab, which is still open, is sent from where it stands: the first is not forgotten with it
    assert client.post(reverse("profile"), phone(worker, csrfmiddlewaretoken="second tab")).status_code == 302
    (left,) = rows()
    assert dict(left.data["fields"])["phone"] == "06 00 00 00 03"
    # refused when it is sent from the page that gives it back, it stays; accepted, it is gone
    refused = phone(worker, "pas un numéro " * 20, csrfmiddlewaretoken="given back", _kept_again=str(left.pk))
    assert client.post(reverse("profile"), refused).status_code == 200
    assert len(rows()) == 1
    expire(client)
    late = phone(worker, "06 00 00 00 04", csrfmiddlewaretoken="given back", _kept_again=str(left.pk))
    client.post(reverse("profile"), late)
    (left,) = rows()
    assert dict(left.data["fields"])["phone"] == "06 00 00 00 04"
    sign_in(client, worker)
    assert f'name="_kept_again" value="{left.pk}"' in shown(client.get(reverse("kept")))
    sent = phone(worker, "06 00 00 00 04", csrfmiddlewaretoken="given back again", _kept_again=str(left.pk))
    assert client.post(reverse("profile"), sent).status_code == 302
    assert not rows()


def test_a_form_too_heavy_is_shown_and_not_stored(worker):
    client = browser_of(worker)
    late = sent_late(client, worker, number="é " * (LIMIT // 3))
    assert late.status_code == 403
    assert "é é é" in shown(late)
    assert not rows()


def test_half_an_hour_later_nothing_is_given_back_and_nothing_is_left(worker):
    client = browser_of(worker)
    sent_late(client, worker)
    with time_machine.travel(timezone.now() + timedelta(minutes=29)), as_role("nrm_worker"):
        assert forget_kept() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert sign_in(client, worker).url == reverse("home")
        assert "06 00 00 00 01" not in shown(client.get(reverse("kept")))
        with as_role("nrm_worker"):
            assert forget_kept() == 1
    assert not rows()


def test_a_file_is_asked_for_again(worker):
    client = browser_of(worker)
    sent_late(client, worker, photo=SimpleUploadedFile("carte.png", b"secret"))
    sign_in(client, worker)
    page = shown(client.get(reverse("kept")))
    assert "Choisissez de nouveau le fichier : carte.png" in page
    assert '<input class="fr-upload" type="file"' in page
    assert "secret" not in str(rows()[0].data)


def test_a_password_is_never_kept(worker):
    client = browser_of(worker)
    expire(client)
    client.post(reverse("referral:password"), {"_membership": worker.pk, "password": "a b c d", "again": "a b c d"})
    assert not rows()
    client.post(reverse("profile"), phone(worker, former_password="a b c d"))
    assert "a b c d" not in str(rows()[0].data)


def test_what_is_kept_is_stored_encrypted(worker):
    client = browser_of(worker)
    sent_late(client, worker)
    with as_role("nrm_owner"):
        (stored,) = KeptForm.objects.values_list("data", "browser")
    assert b"06 00" not in bytes(stored[0])
    assert client.cookies["kept"].value not in stored[1]
    assert client.cookies["kept"]["httponly"]


def test_what_was_kept_can_be_deleted(worker):
    client = browser_of(worker)
    sent_late(client, worker)
    sign_in(client, worker)
    stranger = browser_of(f.member(f.shelter(), Role.CASE_WORKER))
    stranger.cookies["kept"] = client.cookies["kept"].value
    data = {"act": "discard", "pk": rows()[0].pk}
    stranger.post(reverse("kept"), data)
    assert len(rows()) == 1
    for wrong in ("", "x", "\x00"):
        assert (
            client.post(reverse("kept"), {"_membership": worker.pk, "act": "discard", "pk": wrong}).status_code == 302
        )
    assert client.post(reverse("kept"), {"_membership": worker.pk, **data}).status_code == 302
    assert not rows()


def test_a_page_that_signs_out_by_itself_has_its_form_kept(worker):
    client = browser_of(worker)
    own = {"_membership": worker.pk, "phone": TEXT, "_path": reverse("profile")}
    background = {"Sec-Fetch-Mode": "cors"}
    assert client.post(reverse("kept-now"), own, headers=background).status_code == 302
    out = client.post(reverse("logout") + "?inactif", {"_membership": worker.pk})
    assert out.url == reverse("login") + "?inactif"
    second = own | {"_path": reverse("kept"), "phone": "Un autre onglet."}  # its session is over already
    assert client.post(reverse("kept-now"), second, headers=background).status_code == 302
    sign_in(client, worker)
    page = shown(client.get(reverse("kept")))
    assert "qu'on lui a pris son passeport" in page
    assert "Un autre onglet." in page


@pytest.mark.parametrize(
    "path", ["", "https://ailleurs.example/", "//ailleurs.example/", "profil/", "javascript:alert(1)"]
)
def test_a_form_is_kept_for_an_address_of_this_site_alone(worker, path):
    client = browser_of(worker)
    answer = client.post(reverse("kept-now"), {"_membership": worker.pk, "phone": TEXT, "_path": path})
    assert answer.status_code == 413
    assert not rows()


def test_what_a_script_sends_in_the_background_is_not_kept(worker):
    """The page is still there, and says that it was not saved."""
    client = browser_of(worker)
    expire(client)
    client.post(reverse("profile"), phone(worker), headers={"Sec-Fetch-Mode": "cors"})
    assert not rows()


def test_signing_in_without_anything_kept_leads_where_one_was_going(worker):
    client = Client()
    client.cookies["kept"] = "x" * 64
    assert sign_in(client, worker, next=reverse("profile")).url == reverse("profile")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((value, False) for value in ("", " ", "need_shelter-2", "ILO-AL-EX-01", "FR-CRIM-11", "RO", "2A")),
        *((value, True) for value in ("Bonjour", "a b", "é", "K7MX-2ABC", "SSM-2026-014", "OK merci", "NON")),
    ],
)
def test_a_code_is_not_taken_for_a_text(value, expected):
    assert readable(value) is expected


def test_no_code_of_a_sign_is_taken_for_a_text():
    """It would stand in a box that can be written in, on the page that gives a form back."""
    signs = re.findall(r"^  - code: '?([A-Z0-9-]+)", Path("data/indicators.yaml").read_text(), re.MULTILINE)
    signs = [code for code in signs if re.search(r"-\d\d$", code)]
    assert len(signs) > 300
    assert not [code for code in signs if readable(code)]


def test_a_kept_form_shows_what_was_typed_and_sends_codes_unseen(worker):
    client = browser_of(worker)
    sent_late(client, worker, sign="ILO-AL-EX-01")
    sign_in(client, worker)
    page = shown(client.get(reverse("kept")))
    assert 'type="hidden" name="sign" value="ILO-AL-EX-01"' in page and page.count("ILO-AL-EX-01") == 1
