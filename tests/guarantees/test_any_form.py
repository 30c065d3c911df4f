"""Every form of every page, sent empty, too long, with unknown codes, with a character no text may hold, and twice: an
answer in words, what was typed still there, nothing half written. The forms are those a walk along the links finds;
what it does not meet is tried by hand in the test named beside it.
"""

import re
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from agencies.models import Membership, Role
from tests.guarantees.forms_walk import Form, signed, walk
from tests.guarantees.test_routes import LEDGER
from tests.guarantees.world import World
from tests.roles import as_role

pytestmark = pytest.mark.django_db
PROGRAMS = ("token", "client")
LATER = "plans:"  # public policy: the world has no member of its roles yet
TESTS = Path(__file__).resolve().parents[1]
LONG = "e" * 20_001  # one byte a sign: thirty of them stay below what a request may weigh
WAYS = {
    "empty": lambda field: None if field.chosen else "",
    "too long": lambda field: LONG if field.written else field.value,
    "unknown": lambda field: "MARQUEUR-inconnu",
    "no character": lambda field: "a\x00b" if field.written else field.value,
}
IN_WORDS = re.compile(r"rp-summary|fr-error-text|fr-alert--error|rp-fieldset-error")
KEEPS_WHAT_IS_WRONG = {"referral:alert-step"}  # a draft keeps every answer, and says what is wrong with it
MAKES_ON_READING = {"referral:export-prepare"}  # a passphrase, shown once with the page
# a first sending shows what would change, or keeps what was chosen; a search finds nothing, in words of its own
ANSWERS_ON_THE_PAGE = {"referral:case-place", "referral:orientation-new", "referral:timeline-search"}
IGNORES = {"referral:alert-open-case"}  # a need chosen in passing: the case opens, and the page asks which need
# the walk is one transaction: after a minute in it the wall refuses the moment of a withdrawal
TOO_LATE_HERE = {"referral:consent-withdraw"}
BY_HAND = {
    "referral/test_duty_views.py": "duty",
    "agencies/test_views.py": "login logout",
    "referral/test_agreements.py": "opinion-new",
    "referral/test_alert_follow_views.py": "alert-follow",
    "referral/test_alert_to_the_end.py": "alert-add",
    "referral/test_alert_views.py": "alert-discard alert-reading alert-step",
    "referral/test_categories.py": "case-offence case-residence",
    "referral/test_duplicates.py": "match-decide match-merge",
    "referral/test_exports.py": "export-approve export-refuse",
    "referral/test_imports.py": "import-detail import-discard import-load import-undo",
    "referral/test_organisation_views.py": "organisation-edit",
    "referral/test_orientation_views.py": "orientation-accept orientation-answer orientation-ask orientation-charge"
    " orientation-complete orientation-decline orientation-reroute orientation-start",
    "referral/test_silence.py": "silent-call silent-readdress",
    "referral/test_situations.py": "situation-alert situation-drafts situation-intake"
    " situation-persons situation-signs situation-split",
    "referral/test_work_lists.py": "saved-searches",
}
ELSEWHERE = {route: test for test, routes in BY_HAND.items() for route in routes.split()}
# what each request writes by itself, whatever becomes of it
ALWAYS = ("journal_entry", "django_session", "agencies_user", "pghistory_context")


@pytest.fixture
def found(db):
    world = World()
    first = [world.lead, world.coordinator, world.nurse, world.actor(Role.AGENCY_ADMIN, "lead")]
    first += [world.actor(Role.AUDITOR, "stranger"), world.actor("case_worker", "sent")]
    world.tell_everybody(set())
    with as_role("nrm_owner"):
        every = Membership.objects.filter(active=True, kind=Membership.Sort.PERSON).order_by("pk")
        others = list(every.exclude(pk__in=[m.pk for m in first]).select_related("user", "agency"))
    return walk([*first, *others], each=2, most=9)


def prints() -> dict:
    """Each table's number of rows, and the last transaction that wrote in it."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall() if name not in ALWAYS]
        one = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"
        cursor.execute(" UNION ALL ".join(one.format(table) for table in tables))
        return {table: (rows, last) for table, rows, last in cursor.fetchall()}


@contextmanager
def undone():
    """The world as it was: a savepoint and no block, since a request opens the outermost one."""
    mark = transaction.savepoint_create()
    yield
    transaction.savepoint_rollback(mark)


def sent(client, form: Form, data: dict):
    """The answer, what it wrote, and in which tables a second sending of the same adds rows."""
    before = prints()
    answer = client.post(form.action, urlencode(data, doseq=True), content_type="application/x-www-form-urlencoded")
    after = prints()
    return answer, sorted(table for table in after if after[table] != before[table]), after


def faults(route: str, way: str, form: Form, answer, wrote: list[str]) -> list[str]:
    """What is wrong with this answer, in words."""
    said, page = answer.status_code, unescape(answer.content.decode())
    if said not in (200, 302, 403, 404, 409):
        return [f"answers {said}"]
    found = []
    if said != 302 and wrote and route not in KEEPS_WHAT_IS_WRONG | MAKES_ON_READING:
        found.append(f"refused with {said}, and wrote in {', '.join(wrote)}")
    if said == 403 and route not in TOO_LATE_HERE and way in ("too long", "no character"):
        found.append("a form that is shown is refused to who was shown it")
    silent = route not in ANSWERS_ON_THE_PAGE and not IN_WORDS.search(page)
    if said == 200 and form.asks and way != "empty" and silent:
        found.append("nothing says what is wrong")
    if said == 200 and way == "too long" and form.writes and LONG not in page and "password" not in form.sorts:
        found.append("what was typed is lost")
    if said == 302 and way in ("too long", "no character") and form.writes and route not in KEEPS_WHAT_IS_WRONG:
        found.append("taken as it was")
    if said == 302 and way == "unknown" and form.chooses and wrote and route not in IGNORES:
        found.append(f"an unknown code was taken, and wrote in {', '.join(wrote)}")
    return found


def test_every_form_answers_anything_in_words_and_writes_nothing_by_half(found):
    wrong, clients = [], {}
    for route, shown in sorted(found.items()):
        if route.startswith(LATER):
            continue
        for member, page, form in shown:
            client = clients.setdefault(member.pk, signed(member))
            for way, value in WAYS.items():
                with undone():
                    answer, wrote, _ = sent(client, form, form.filled(value))
                    wrong += [f"{route}, {way}, on {page}: {line}" for line in faults(route, way, form, answer, wrote)]
            with undone():
                _, _, once = sent(client, form, form.as_shown())
                _, _, twice = sent(client, form, form.as_shown())
                grown = [table for table in twice if twice[table][0] > once[table][0]]
                wrong += [f"{route}, sent twice, on {page}: adds rows again in {', '.join(grown)}"] if grown else []
    posted = {name for name, row in LEDGER.items() if "POST" in row["methods"] and row["access"] not in PROGRAMS}
    posted = {name for name in posted if not name.startswith(LATER)}
    how = "no walk meets this form: try it by hand, and name the test in ELSEWHERE"
    met = {name.removeprefix("referral:") for name in found}
    wrong += [f"{name}: {how}" for name in sorted(posted) if name.removeprefix("referral:") not in met | set(ELSEWHERE)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_no_walk_meets_is_tried_by_hand(route):
    assert re.search(rf'[":]{route}"', (TESTS / ELSEWHERE[route]).read_text())
