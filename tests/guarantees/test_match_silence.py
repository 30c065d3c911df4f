"""Whoever types a name learns nothing: same answers, statements, notices and journal with a hidden match and without.

One story told twice, each time undone: somebody else's case speaks of the same person, or of another. Everything a
frontline author, a case worker and a program get is compared. Times are measured by bench/match_timing.py.
"""

import re
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Category, Kind, Role
from foundation.actor import SYSTEM, acting_as
from journal.models import Entry
from notifications.models import Notice
from referral.duplicates.operations.comparison import compare_due
from referral.models import Match
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.identity.operations import enter_identity
from victims.models import GrantLog, Identity

pytestmark = pytest.mark.django_db
PERSON = {"family_name": "Marqueur", "given_names": "Nadia Imane", "births": [{"date": "1998-03-12"}]}
OTHER = {"family_name": "Nwobiyemi", "given_names": "Osas Joy", "births": [{"date": "1980-01-30"}]}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# What differs between any two tellings: keys, references, numbers, tokens, sealed bytes.
DRAWN = re.compile(
    rf"{UUID}|{UUID.replace('-', '')}|\b[2-9A-HJ-KM-NP-TV-Z]{{4}}-[2-9A-HJ-KM-NP-TV-Z]{{4}}\b"
    r"|'[a-z0-9]{32}'|[\w:=-]{40,}"  # a session's key, and what it holds
    r"|csrfmiddlewaretoken\" value=\"\w+|data-mark=\"\w+|\\\\x[0-9a-f]+|'\\x[0-9a-f]+'|\d+"
)


def plain(text) -> str:
    return DRAWN.sub("#", text.decode() if isinstance(text, bytes) else str(text))


@dataclass
class Telling:
    """What one telling gave, under the same names as the other."""

    answers: dict = field(default_factory=dict)
    statements: dict = field(default_factory=dict)
    asked: int = 0

    def get(self, name, ask):
        with CaptureQueriesContext(connection) as sent:
            response = ask()
        headers = {
            key: plain(value)
            for key, value in response.headers.items()
            if key not in ("Content-Length", "X-Request-Id")
        }
        self.answers[name] = (response.status_code, headers, plain(response.content))
        self.statements[name] = [plain(query["sql"]) for query in sent]


def tell(hidden: bool) -> Telling:
    # not a block of its own: each request's must be the outermost
    found, before = Telling(), transaction.savepoint_create()
    _story(found, hidden)
    transaction.savepoint_rollback(before)
    return found


def _story(found: Telling, hidden: bool) -> None:
    f.national()
    unit = f.coordination()
    coordinator, elsewhere, home = f.member(unit, Role.COORDINATOR), f.member(f.shelter()), f.shelter()
    worker, program = f.member(home), f.program(home)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    _enter(elsewhere, f.own_case(elsewhere), PERSON if hidden else OTHER)
    case = f.case(coordinator, alert=(alert := f.sent_alert(nurse)))
    f.orientation(coordinator, case, home, verb="transfer", level=3, state="accepted", answerer=worker)
    agreed = f.consent(worker, case, agencies=[home.pk], categories=int(Category.IDENTITY))
    _work()
    hand, author, caller = Hand(worker), Hand(nurse), Caller(program)
    typed = {"family_name": "MARQUEUR", "given_names": "Nadia Imane", "birth_0": "12/03/1998", "act": "enter"}
    found.get("typed", lambda: hand.post("case-identity", case.pk, consent=f"consent:{agreed.pk}", **typed))
    _work()
    for name, *args in (
        ("case-list",),
        ("case-detail", case.pk),
        ("case-access", case.pk),
        ("case-history", case.pk),
        ("case-identity", case.pk),
    ):
        found.get(name, lambda name=name, args=args: hand.get(name, *args))
    found.get("notices", lambda: hand.client.get("/notifications/"))
    found.get("again", lambda: hand.post("case-identity", case.pk, consent=f"consent:{agreed.pk}", **typed))
    _work()
    body = {**PERSON, "aliases": ["Lina"]}
    found.get("program, typed", lambda: caller.post(f"cases/{case.pk}/identity/", body))
    _work()
    found.get("author's list", lambda: author.get("alert-list"))
    found.get("author's alert", lambda: author.get("alert-detail", alert.pk))
    found.get("author's notices", lambda: author.client.get("/notifications/"))
    for path in ("cases/", f"cases/{case.pk}/", "notices/", "orientations/"):
        found.get(f"program: {path[:6]}{len(path)}", lambda path=path: caller.get(path))
    for actor in (worker, program, nurse):
        with acting_as(actor):
            rows = [
                list(Entry.objects.order_by("at", "id").values_list("action", "outcome", "subject")),
                list(Notice.objects.order_by("at", "id").values_list("kind", "subject", "channel", "state")),
                list(GrantLog.objects.order_by("id").values_list("permission", "ground", "ended")),
                Identity.objects.count(),
                Match.objects.count(),
            ]
        found.answers[f"rows of {actor.kind} {actor.roles}"] = rows
    with as_role("nrm_owner"):
        found.asked = Match.objects.count()


def _enter(member, case, data):
    agreed = f.consent(member, case, agencies=[member.agency_id], categories=int(Category.IDENTITY))
    with acting_as(member):
        enter_identity(member, case.pk, consent=agreed, data=data)


def _work():
    """The worker passes: comparison, then notices."""
    with as_role("nrm_worker"):
        compare_due()
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.fan_out(100000)")


@pytest.fixture
def tellings(db):
    tell(hidden=False)  # lists of codes are kept from now on
    with_match, without = tell(hidden=True), tell(hidden=False)
    assert (with_match.asked, without.asked) == (1, 0), "the two tellings must differ where nobody here looks"
    return with_match, without


def test_the_same_answers_notices_and_journal(tellings):
    one, two = tellings
    assert list(one.answers) == list(two.answers)
    differ = [name for name in one.answers if one.answers[name] != two.answers[name]]
    assert not differ, [(name, one.answers[name], two.answers[name]) for name in differ[:1]]
    assert one.answers["typed"][0] == 302
    assert one.answers["case-detail"][0] == one.answers["program, typed"][0] == 200
    assert sum(1 for answer in one.answers.values() if isinstance(answer, tuple)) == 16


def test_the_same_statements_in_the_same_order(tellings):
    one, two = tellings
    for name, statements in one.statements.items():
        assert statements == two.statements[name], name
    for name in ("typed", "again", "program, typed"):
        entered = " ".join(one.statements[name])
        assert 'INSERT INTO "victims_identityentry"' in entered
        assert "referral_match" not in entered and "matchtoken" not in entered  # no table of the comparison is named
