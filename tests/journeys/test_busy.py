"""Another session of the database holds an alert: its author gets back what was typed, and sends it again."""

import pytest
from django.db import connections, transaction

from agencies.models import Kind, Role
from tests import factories as f

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "Une phrase fictive, écrite pour rien d'autre."


@pytest.mark.parametrize("width", [390, 1280])
def test_author_sends_again_what_a_held_row_refused(transactional_db, live_server, browser, width):
    f.national()
    f.coordination()
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    draft = f.draft(nurse)
    walk = Walk(browser, live_server, nurse, width=width)
    walk.forms = ((width, "light"), (width, "dark"))
    main = walk.page.locator("main")
    walk.open(f"/signaler/{draft.pk}/2/")
    walk.page.locator("textarea[name=note]").evaluate("(field, text) => { field.value = text }", TYPED)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM referral_alert WHERE id = %s FOR UPDATE", [draft.pk])
        walk.go("main form:has(textarea[name=note]) button[type=submit]:visible")
        assert "Quelqu'un d'autre y écrit" in main.inner_text()
        assert TYPED in main.inner_text()
        walk.check("occupe")
    walk.go("main button:has-text('Envoyer à nouveau')")
    walk.open(f"/signaler/{draft.pk}/2/")
    assert walk.page.locator("textarea[name=note]").input_value() == TYPED
    assert [fault for fault in walk.faults if "503" not in fault] == []
