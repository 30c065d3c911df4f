"""Nobody reads without a name, nobody takes another's, and who knows the state only finds the state only."""

import threading

import pytest
from django.db import connection

from agencies.models import Category, Kind, Role
from foundation import walls
from foundation.actor import SYSTEM, acting_as, set_actor
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseAccess

from .advice import file_of
from .asked import refusal, rows
from .reach import reaching
from .walker import undone
from .world import World

pytestmark = pytest.mark.django_db
# public policy is read by everybody but for its drafts: its walls are proven by test_policy_rows
# kinds of due work, figures of the installation, ids of keys and where the database lives are read by /readyz and
# /metrics, which nobody signs in for; second factors, sealed, at a sign-in, before anybody is known
OPEN = {"journal_figure", "journal_heartbeat", "journal_keyprobe", "notifications_installation", "mfa_authenticator"}
WALLED = sorted(
    wall.table for wall in walls.declared()[0] if not wall.table.startswith("plans_") and wall.table not in OPEN
)
# the directory of desks is read by everybody; its walls bound who writes it
DIRECTORY = {"agencies_desk", "agencies_desk_services", "agencies_desk_territories", "agencies_dutyhours"}


def count(table, condition="true") -> int:
    """0 where the role may not even ask: what the worker alone reads is closed to the application by privilege."""
    if not rows("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])[0][0]:
        return 0
    return rows(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]


def open_without_an_actor(world) -> list[str]:
    """Zero rows would look like no data: without an actor each table raises. The settings are empty, as after any
    commit."""
    set_actor(None)
    wrong = []
    for role in walls.ROLES:
        with as_role(role):
            silent = {table: refusal(f"SELECT * FROM {table}") for table in WALLED if table not in DIRECTORY}
        wrong += [f"{role} without an actor, {table}: {code}" for table, code in silent.items() if code != "42501"]
    with as_role("nrm_app"):
        code = refusal("SELECT nrm.accept(gen_random_uuid(), gen_random_uuid(), NULL)")
    return wrong if code == "42501" else [*wrong, f"nrm.accept without an actor: {code}"]


def counts() -> dict[str, int]:
    """The same of each walled table, in two statements."""
    told = "SELECT t FROM unnest(%s) t WHERE has_table_privilege(current_user, t, 'SELECT')"
    every = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for (table,) in rows(told, [WALLED]))
    return dict.fromkeys(WALLED, 0) | dict(rows(every))


def open_to_a_false_system(world) -> list[str]:
    """The worker's mode and the kind `system` open nothing to the role of the web, whatever it sets."""
    with acting_as(SYSTEM):
        wrong = [f"the web as the system, {t}: {n} rows" for t, n in counts().items() if bool(n) != (t in DIRECTORY)]
    for actor in (world.actor("case_worker", "stranger"), world.actor("case_worker", "kept"), world.coordinator):
        with acting_as(actor):
            before = counts()
            for setting in ("nrm.kind", "nrm.system"):
                rows("SELECT set_config(%s, %s, true)", [setting, "system" if setting == "nrm.kind" else "on"])
                wrong += [f"{actor} with {setting}, {t}: {n} rows" for t, n in counts().items() if n != before[t]]
    with as_role("nrm_worker"), acting_as(SYSTEM):
        return wrong + [f"the worker's system mode sees no row of {t}" for t, n in counts().items() if not n]


def seen_otherwise_by_the_worker(world) -> list[str]:
    """The worker acting for somebody sees what this member sees."""
    wrong = []
    for role, relation in (("case_worker", "accepted_file"), ("coordinator", "status"), ("frontline", "author")):
        with acting_as(world.actor(role, relation)):
            seen = counts()
        with as_role("nrm_worker"), acting_as(world.actor(role, relation)):
            wrong += [f"{role} of {relation}, {t}: {n} by the worker" for t, n in counts().items() if n != seen[t]]
    return wrong


@pytest.mark.long
def test_nobody_reads_without_a_name_or_under_another():
    """In a country with a row in each table, built once for the three questions."""
    world, wrong = World(), []
    world.tell_everybody(set())
    with as_role("nrm_owner"):
        empty = [table for table in WALLED if not count(table)]
    assert not empty, f"{file_of(World)} leaves {empty} without a row: nothing would be proven about them"
    for question in (open_without_an_actor, open_to_a_false_system, seen_otherwise_by_the_worker):
        with undone():
            wrong += question(world)
    assert not wrong, "\n".join(wrong)


def test_state_only_means_state_only():
    """Holds when, 5: of all tables that lead to the case, an agency with `status` finds its access row, its own grants
    with their log, and what it sent with the moves. One case in the database, so each row counted is about it."""
    f.national()
    unit, house = f.coordination(), f.shelter()
    sender, colleague, lead = f.member(unit, Role.COORDINATOR), f.member(unit, Role.COORDINATOR), f.member(house)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    case = f.case(sender, alert=alert)
    f.orientation(
        sender, case, house, state="accepted", answerer=lead, verb="transfer", level=3, categories=Category.CONTACT
    )
    for state in ("sent", "declined", "accepted"):
        f.orientation(lead, case, f.shelter(), state=state, level=3)
    with acting_as(colleague):
        found = {table: n for table in reaching() if (n := count(table))}
        assert CaseAccess.objects.get().level == 1
    # sent, a case opened, followed by a request
    about_the_alert = {"referral_alert": 1, "referral_alertmove": 3, "referral_alertdesk": 1}
    assert found == {
        "victims_caseaccess": 1,
        "victims_grant": 1,  # state, on the ground that it led before
        "victims_grantlog": 3,  # the summary it led with, given and ended; the state
        "referral_orientation": 1,
        "referral_orientationmove": 2,  # sent, accepted
        **about_the_alert,  # its own desk's, not the case's: no link between them is readable
    }
    with as_role("nrm_owner"):
        assert len({table for table in reaching() if count(table)}) > 15


@pytest.mark.django_db(transaction=True)
def test_nobody_is_left_behind_on_a_kept_connection():
    """Two agencies and nobody take turns on connections that stay open; each finds its own, nobody an error."""
    f.national()
    makers = [f.shelter(), f.shelter()]
    members = [f.member(agency) for agency in makers]
    for member in members:
        f.own_case(member)
    with acting_as(members[0]):
        first = CaseAccess.objects.get().case_id
    wrong, pids = [], set()

    def turns(seed):
        try:
            for turn in range(60):
                who = (turn * 7 + seed) % 3
                if who == 2:
                    code = refusal("SELECT * FROM victims_caseaccess")
                    if code != "42501":
                        wrong.append(f"nobody was answered {code}")
                else:
                    with acting_as(members[who]):
                        mine = list(CaseAccess.objects.values_list("case_id", flat=True))
                        pids.add(rows("SELECT pg_backend_pid()")[0][0])
                        if (mine == [first]) != (who == 0) or len(mine) != 1:
                            wrong.append(f"{who} saw {mine}")
        finally:
            connection.close()

    threads = [threading.Thread(target=turns, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(pids) == 4  # kept open, or it would prove nothing
