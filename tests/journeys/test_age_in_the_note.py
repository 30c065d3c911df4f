"""A nurse answers « majeure » and writes « 15 ans »: the last page asks, and shows who would read it."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_last_page_asks_whether_it_is_a_child(transactional_db, live_server, browser, width):
    f.national()
    f.coordination()
    f.agency(Kind.CHILD_PROTECTION, services=("child_care",), name="CRIP d'essai")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    draft = f.draft(nurse, note="Elle dit avoir 15 ans.", agreement="not_asked")
    walk = Walk(browser, live_server, nurse, width=width)
    walk.forms = ((width, "light"), (width, "dark"))
    main = walk.page.locator("main")
    walk.open(f"/signaler/{draft.pk}/4/")
    assert "Est-ce un enfant" in main.inner_text() and "CRIP d'essai" in main.inner_text()
    walk.check("age-note")
    walk.go("main button[name=age][value=no]")
    assert "Est-ce un enfant" not in main.inner_text() and "CRIP d'essai" not in main.inner_text()
    assert not walk.faults
