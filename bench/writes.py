"""Time what a grant and the fan-out of an event cost, beside bare inserts of the same rows."""

from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from . import base
from .lines import in_turn, line, p50

GRANT = """
INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_at)
SELECT %s, %s, p.id, 'consent', %s, now() FROM auth_permission p WHERE p.codename = 'summary_case'
"""
COLUMNS = (
    "event_id, membership_id, channel, state, kind, subject, subject_id, reference, at, as_author, attempts, due_at,"
    " sent_at, read_at, position, changed_at"
)
EVENTS = """
INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at)
SELECT gen_random_uuid(), 'desk_changed', 'desk', gen_random_uuid(), 'BENCH', '{desk}',
       ARRAY(SELECT group_id FROM agencies_agency WHERE code LIKE 'list-%%' ORDER BY group_id LIMIT %s), now()
FROM generate_series(1, %s)
"""
# agencies and events that make about as many notices: the first agency has a tenth of the 20,000 members, the others 45
FANS = {"5k": (68, 1, 5_000), "50k": (336, 3, 50_000)}
FAN_ROUNDS = 5


def measured(name: str, crowd, rounds: int, fans: list[str]) -> bool:
    """Print both ratios at this size, of these fan-outs; return whether they are within their goals."""
    base.go(name)
    return all([granted(name, crowd, rounds), *(fanned(name, fan, FANS[fan]) for fan in fans)])


def granted(name: str, crowd, rounds: int) -> bool:
    """Insert a grant with what derives from it, and without: each on another case, committed."""
    owner, bare = (base.cursor(name, "DATABASE_OWNER_URL", crowd.reader) for _ in range(2))
    bare.execute("SET session_replication_role = replica")
    owner.execute(
        "SELECT c.id, g.group_id FROM (SELECT id, lead_id, row_number() OVER () AS n FROM victims_case LIMIT %s) c"
        " JOIN (SELECT group_id, row_number() OVER (ORDER BY group_id DESC) AS n FROM agencies_agency"
        "       WHERE code LIKE 'list-%%') g ON g.n = 1 + c.n %% 300",
        [2 * (rounds + 1)],
    )
    free = iter(owner.fetchall())

    def give(cursor) -> Callable[[], None]:
        return lambda: cursor.execute(GRANT, [*next(free), uuid4()])

    times = in_turn({"grant": give(owner), "insert": give(bare)}, rounds)
    line("grant_p50", p50(times["grant"]), "ms", rounds)
    return line("grant_over_insert", p50(times["grant"]) / p50(times["insert"]), "ratio", rounds, 2.5)


def fanned(name: str, size: str, told: tuple[int, int, int]) -> bool:
    """Fan out events to so many recipients, and insert the same notices from a table; each taken back."""
    agencies, events, about = told
    worker, owner = base.cursor(name, "WORKER_DATABASE_URL", None), base.cursor(name, "DATABASE_OWNER_URL", None)
    owner.execute("UPDATE notifications_event SET fanned_at = now() WHERE fanned_at IS NULL")
    owner.execute(EVENTS, [agencies, events])
    # what a fan-out makes is kept for the floor, and taken back
    owner.execute("BEGIN")
    base.sign_system(owner)
    owner.execute("SELECT nrm.fan_out(%s)", [events])
    owner.execute("COMMIT")
    owner.execute(
        f"CREATE TABLE bench_told AS SELECT {COLUMNS} FROM notifications_notice WHERE event_id IN"
        " (SELECT id FROM notifications_event WHERE reference = 'BENCH')"
    )
    made = owner.rowcount
    owner.execute("DELETE FROM notifications_notice WHERE event_id IN (SELECT event_id FROM bench_told)")
    owner.execute("UPDATE notifications_event SET fanned_at = NULL WHERE reference = 'BENCH'")
    for table in ("notifications_event", "notifications_notice", "bench_told"):
        owner.execute(f"VACUUM (ANALYZE) {table}")
    ways = {
        "fan": (worker, f"SELECT nrm.fan_out({events})"),
        "insert": (owner, f"INSERT INTO notifications_notice ({COLUMNS}) SELECT {COLUMNS} FROM bench_told"),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _turn in range(FAN_ROUNDS):
        for way, (cursor, sql) in ways.items():
            cursor.execute("BEGIN")
            base.sign_system(cursor)
            began = perf_counter()
            cursor.execute(sql)
            times[way].append(1000 * (perf_counter() - began))
            cursor.execute("ROLLBACK")
    owner.execute("DROP TABLE bench_told")
    owner.execute("DELETE FROM notifications_event WHERE reference = 'BENCH'")
    line(f"fanout_{size}_notices", made, f"notices, about {about} members", FAN_ROUNDS)
    line(f"fanout_{size}_p50", p50(times["fan"]), "ms", FAN_ROUNDS)
    ratio = p50(times["fan"]) / p50(times["insert"])
    return line(f"fanout_over_insert_select_{size}", ratio, "ratio", FAN_ROUNDS, 1.3)
