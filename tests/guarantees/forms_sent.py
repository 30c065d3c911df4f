"""Forms sent as nobody should: empty, too long, with unknown codes, with a character no text may hold, and twice; and
what is wrong with the answer, in words."""

import re
from collections.abc import Iterable
from contextlib import contextmanager
from html import unescape
from urllib.parse import urlencode

from django.db import connection, transaction

from tests.roles import as_role

from .forms_walk import Form, signed

LONG = "e" * 20_001  # one byte a sign: thirty of them stay below what a request may weigh
WAYS = {
    "empty": lambda field: None if field.chosen else "",
    "too long": lambda field: LONG if field.written else field.value,
    "unknown": lambda field: "MARQUEUR-inconnu",
    "no character": lambda field: "a\x00b" if field.written else field.value,
}
IN_WORDS = re.compile(r"fr-error-text|fr-alert--error|fr-message--error")
ERROR_LINK = re.compile(r'<li><a href="#([^"]+)"')  # components/error_summary.html
# a draft keeps every answer, and says what is wrong with it
KEEPS_WHAT_IS_WRONG = {"referral:alert-step", "plans:money-campaign-grid", "plans:evaluation-detail"}
BY_SCRIPT = {"referral:factor-key"}  # filled by what the device answers, refused with a message on the page before
# a passphrase, or a code to tell, shown once with the page
MAKES_ON_READING = {
    "referral:export-prepare",
    "referral:factor-codes",
    "referral:member-code",
    "referral:program-secret",
    "plans:admission-code",
}
TOLD_EACH_TIME = {"referral:factor-codes"}  # its person hears of each set of codes that took the place of another
# a first sending shows what would change, or keeps what was chosen; a search finds nothing, in words of its own; what
# was ticked is shown
ANSWERS_ON_THE_PAGE = {
    "referral:case-place",
    "referral:case-sheet",
    "referral:data-copy-print",
    "referral:members",
    "referral:orientation-new",
    "referral:timeline-search",
    "plans:money-campaign-paste",
    "plans:plan-carry",
}
# with nothing chosen the answer is a file, and no page
ANSWERS_WITH_A_FILE = {"referral:case-sheet"}
# a need chosen in passing: the case opens, and the page asks which need; a box that is ticked, whatever its value
IGNORES = {"referral:alert-open-case", "plans:contribution-new", "plans:contribution-edit", "plans:money-campaign-grid"}
# the walk is one transaction: after a minute in it the wall refuses the moment of a withdrawal, of a check
TOO_LATE_HERE = {"referral:consent-withdraw", "plans:money-check-all"}
# what each request writes by itself, whatever becomes of it
ALWAYS = ("journal_entry", "journal_unsealed", "agencies_session", "agencies_user", "pghistory_context")


def attempts() -> dict[str, int]:
    """Return how many rows of each table this transaction wrote, those undone included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {table: rows for table, rows in cursor.fetchall() if table not in ALWAYS}


def prints(tables: Iterable[str]) -> dict:
    """Return the number of rows of each of these tables, and the last transaction that wrote in it."""
    if not tables:
        return {}
    with as_role("nrm_owner"), connection.cursor() as cursor:
        one = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"
        cursor.execute(" UNION ALL ".join(one.format(table) for table in tables))
        return {table: (rows, last) for table, rows, last in cursor.fetchall()}


@contextmanager
def undone():
    """The world as it was: a savepoint and no block, since a request opens the outermost one."""
    mark = transaction.savepoint_create()
    yield
    transaction.savepoint_rollback(mark)


def sent(client, form: Form, data: dict, before: dict):
    """The answer, what it wrote since `before`, and the tables as they stand then. Only tables in which it tried to
    write are read again."""
    tried = attempts()
    answer = client.post(form.action, urlencode(data, doseq=True), content_type="application/x-www-form-urlencoded")
    after = before | prints([table for table, rows in attempts().items() if rows != tried[table]])
    return answer, sorted(table for table in after if after[table] != before[table]), after


def faults(route: str, way: str, form: Form, answer, wrote: list[str]) -> list[str]:
    """What is wrong with this answer, in words."""
    said = answer.status_code
    if said not in (200, 302, 403, 404, 409):
        return [f"answers {said}"]
    if route in ANSWERS_WITH_A_FILE and answer.get("Content-Disposition", "").startswith("attachment"):
        return ["a file was made of an unknown code"] if way == "unknown" else []
    found, page = [], unescape(answer.content.decode())
    if said != 302 and wrote and route not in KEEPS_WHAT_IS_WRONG | MAKES_ON_READING:
        found.append(f"refused with {said}, and wrote in {', '.join(wrote)}")
    if said == 403 and route not in TOO_LATE_HERE and way in ("too long", "no character"):
        found.append("a form that is shown is refused to who was shown it")
    silent = route not in ANSWERS_ON_THE_PAGE and not IN_WORDS.search(page)
    if said == 200 and form.asks and way != "empty" and silent:
        found.append("nothing says what is wrong")
    if 'id="erreurs"' in page and "<title>Erreur : " not in page.replace("\xa0", " "):
        found.append("the title of the page does not begin with « Erreur : »")
    lost = [name for name in ERROR_LINK.findall(page) if f'id="{name}"' not in page]
    if lost:
        found.append(f"an error leads to no field: {', '.join(lost)}")
    if said == 200 and way == "too long" and form.writes and LONG not in page and "password" not in form.sorts:
        found.append("what was typed is lost")
    if (
        said == 302
        and way in ("too long", "no character")
        and form.writes
        and route not in KEEPS_WHAT_IS_WRONG | BY_SCRIPT
    ):
        found.append("taken as it was")
    if said == 302 and way == "unknown" and form.chooses and wrote and route not in IGNORES:
        found.append(f"an unknown code was taken, and wrote in {', '.join(wrote)}")
    return found


def tried(found: dict[str, list]) -> list[str]:
    """Every form of the walk in every way, each undone; what is wrong, a line each."""
    assert any(attempts().values()), "PostgreSQL counts nothing: see track_counts"
    wrong, clients, before = [], {}, prints(attempts())  # each is undone: all of them begin from the same tables
    for route, shown in sorted(found.items()):
        for member, page, form in shown:
            client = clients.setdefault(member.pk, signed(member))
            for way, value in WAYS.items():
                with undone():
                    answer, wrote, _ = sent(client, form, form.filled(value), before)
                    wrong += [f"{route}, {way}, on {page}: {line}" for line in faults(route, way, form, answer, wrote)]
            with undone():
                _, _, once = sent(client, form, form.as_shown(), before)
                _, _, twice = sent(client, form, form.as_shown(), once)
                told = {"notifications_event"} if route in TOLD_EACH_TIME else set()
                grown = [table for table in twice if twice[table][0] > once[table][0] and table not in told]
                wrong += [f"{route}, sent twice, on {page}: adds rows again in {', '.join(grown)}"] if grown else []
    return wrong
