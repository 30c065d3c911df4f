"""The development mailbox shows what would have left, and exists in development only."""

import importlib
import os

import pytest
from django.urls import NoReverseMatch, Resolver404, clear_url_caches, resolve, reverse

from agencies.models import Kind, Role
from dev import components, mailbox
from tests import factories as f
from tests.notifications.post import one_pass

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }
    return tmp_path


@pytest.fixture
def started(settings):
    """The routes as a start makes them: `started(debug=True)` for development."""
    before = settings.DEVELOPMENT

    def start(*, debug: bool) -> None:
        settings.DEVELOPMENT = debug
        importlib.reload(mailbox)
        importlib.reload(components)
        importlib.reload(importlib.import_module(settings.ROOT_URLCONF))
        clear_url_caches()

    yield start
    start(debug=before)


def test_it_does_not_exist_outside_development(started, client):
    started(debug=False)
    with pytest.raises(NoReverseMatch):
        reverse("mailbox")
    with pytest.raises(Resolver404):
        resolve("/dev/mails/")
    with pytest.raises(Resolver404):
        resolve("/dev/composants/")
    assert "/dev/mails/" not in client.get("/").content.decode()


def test_an_act_of_the_mechanism_lands_in_it(client, folder, started):
    started(debug=True)
    f.national()
    coordinator = f.member(f.coordination(), Role.COORDINATOR)
    colleague = f.member(coordinator.agency)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    assert one_pass() == 2
    page = client.get("/dev/mails/")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count(f"Référence : {alert.reference}") == 2
    assert coordinator.user.email in text
    assert colleague.user.email in text
    assert "attend une réponse" in text
    assert 'href="/dev/mails/"' in client.get("/").content.decode()


def test_components_are_shown_in_their_states(client, started):
    started(debug=True)
    text = client.get("/dev/composants/").content.decode()
    for name in ("fr-btn--secondary", "fr-badge--warning", "fr-alert--error", "fr-accordion__btn", "fr-sidemenu__link",
                 "fr-breadcrumb__link", "fr-message--error", "rp-left--late", "rp-emergency", "rp-list"):  # fmt: skip
        assert name in text, name


def test_newest_first_and_bounded(folder):
    for n in range(3):
        file = folder / f"2026112{n}-100000-1.log"
        body = f"To: a@exemple.invalid\nSubject: n {n}\nDate: Tue, 24 Nov 2026 10:0{n}:00 +0000\n\ncorps\n"
        file.write_bytes(body.encode() + b"-" * 79 + b"\n")
        os.utime(file, (n, n))
    (folder / "notes.txt").write_text("not a mail")
    assert [m.subject for m in mailbox.newest_mails(folder)] == ["n 2", "n 1", "n 0"]
    assert [m.subject for m in mailbox.newest_mails(folder, at_most=1)] == ["n 2"]


def test_no_folder_yet(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "not yet"
    assert mailbox.newest_mails(settings.MAILBOX_DIR) == []
