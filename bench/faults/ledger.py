"""Hold what was intended, and compare it with what the mail server took and what the tables say.

Intended is known before: each alert written here, and each member of the desk that it is sent to. Nothing of it is read
from the events and notices under test.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # locust reads this file in an environment without a mail server
    from .post import Mail, Post

TERRITORIES = {"mass": "75", "many": "77", "few": "78", "silent": "91"}
SIZES = {"mass": 10_000, "many": 1_000, "few": 200, "silent": 1, "national": 2}
AUTHOR, PASSWORD = "author@exemple.invalid", "trois girafes sous la pluie"
LATER = "UPDATE referral_alertdesk SET due_at = now() + interval '30 min' WHERE reference = ANY(%s)"
PEOPLE = """
WITH made AS (
  INSERT INTO agencies_user (password, is_active, is_staff, email, full_name, language, phone, charter,
                             date_joined)
  SELECT '', true, false, %(unit)s || n || '@exemple.invalid', 'Agent ' || n, 'fr', '', '', now()
  FROM generate_series(1, %(size)s) n RETURNING id
)
INSERT INTO agencies_membership (user_id, agency_id, kind, roles, title, active, created_at)
SELECT id, %(agency)s, 'person', '{coordinator}', '', true, now() FROM made
"""


@dataclass
class Round:
    """Hold what one fault was given to do."""

    name: str
    mails_before: int
    began: float = field(default_factory=time.monotonic)
    mails: set[tuple[str, str]] = field(default_factory=set)  # reference, address
    overdue: set[str] = field(default_factory=set)  # references
    not_due: set[str] = field(default_factory=set)
    restarts: int = 0  # of parts that ended by themselves
    waits: list[float] = field(default_factory=list)  # seconds from each repair to the next mail
    unsettled: set[str] = field(default_factory=set)  # Message-IDs whose answer no sender could note

    @property
    def references(self) -> list[str]:
        return list({reference for reference, _ in self.mails})


class Ledger:
    """Write due work and alerts by the operations of the product, and reconcile."""

    def __init__(self, post: Post, owner: str, sizes: dict[str, int] = SIZES) -> None:
        self.post, self.owner, self.sizes, self.units, self.author = post, owner, sizes, {}, None

    def fill(self) -> None:
        """Make the units, above the walls, and one author of alerts."""
        from django.db import connections

        from agencies.models import Agency, Desk, Kind, Level, Membership, Role, Service, Territory, User

        for unit, size in self.sizes.items():
            mandate = Agency.Mandate.NATIONAL if unit == "national" else Agency.Mandate.TERRITORIAL
            code = TERRITORIES.get(unit)
            made = Agency.objects.using("owner").create(
                code=unit,
                name=f"Unité fictive {unit}",
                kind=Kind.COORDINATION,
                mandate=mandate,
                territory_id=code,
                max_level=Level.SUMMARY,
            )
            desk = Desk.objects.using("owner").create(
                agency=made, receives_alerts=True, receives_orientations=True, takes_minors=True, nationwide=not code
            )
            desk.services.set(Service.objects.using("owner").filter(pk="strategic_coordination"))
            desk.territories.set(Territory.objects.using("owner").filter(pk=code))
            with connections["owner"].cursor() as cursor:
                cursor.execute(PEOPLE, {"unit": unit, "size": size, "agency": made.pk})
            self.units[unit] = made.pk
        school = Agency.objects.using("owner").create(code="school", name="École fictive", kind=Kind.EDUCATION)
        user = User.objects.db_manager("owner").create_user(AUTHOR, PASSWORD, full_name="Autrice")
        Membership.objects.using("owner").create(user=user, agency=school, roles=[Role.FRONTLINE])
        self.author = author()

    def begin(self, name: str) -> Round:
        from django.db import connections

        connections.close_all()  # those of this process may have been ended by the fault before
        return Round(name, len(self.post.mails))

    def send(self, of: Round, unit: str, count: int = 1) -> list[str]:
        """Send alerts to a unit, each an operation that commits and wakes the worker; return their references."""
        from foundation.actor import acting_as
        from referral.alerts.operations import alerts

        found = []
        for _ in range(count):
            with acting_as(self.author):
                draft = alerts.start_draft(self.author, answers=answers(unit))
                found.append(alerts.send_alert(self.author, draft.pk).reference)
        self.expect(of, unit, found)
        return found

    def expect(self, of: Round, unit: str, references: list[str]) -> None:
        """Intend a mail to each member of the unit about each of these alerts."""
        of.mails |= {(one, f"{unit}{n}@exemple.invalid") for one in references for n in range(1, self.sizes[unit] + 1)}

    def make_overdue(self, of: Round, count: int) -> None:
        """Let alerts wait at a silent desk until they are due: each is to be escalated once, to the national unit."""
        references = self.send(of, "silent", count)
        self.ask("UPDATE referral_alertdesk SET due_at = now() WHERE reference = ANY(%s)", references)
        of.overdue |= set(references)
        self.expect(of, "national", references)

    def wait_for_nothing(self, of: Round, count: int) -> None:
        """Let alerts wait at the silent desk that are due in half an hour: none of them is to be escalated yet."""
        references = self.send(of, "silent", count)
        self.ask(LATER, references)
        of.not_due |= set(references)

    def expect_reported(self, of: Round, confirmed: list[str]) -> None:
        """Intend a mail to the silent unit about each alert that the site confirmed, and each that it committed."""
        rows = self.ask(
            "SELECT d.reference FROM referral_alertdesk d JOIN referral_alert a ON a.id = d.alert_id"
            " WHERE d.agency_id = %s AND a.sent_at > now() - %s * interval '1 second' AND d.reference <> ALL(%s)",
            self.units["silent"], time.monotonic() - of.began, of.references,
        )  # fmt: skip
        self.expect(of, "silent", list({*confirmed, *(reference for (reference,) in rows)}))

    def ask(self, sql: str, *values) -> list[tuple]:
        """Run one statement as the owner, on a connection of its own: the server may have been killed meanwhile."""
        from contextlib import closing

        import psycopg2

        with closing(psycopg2.connect(self.owner)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    # What became of it

    def received(self, of: Round) -> list[Mail]:
        wanted = set(of.references)
        return [mail for mail in self.post.mails[of.mails_before :] if mail.reference in wanted]

    def settled(self, of: Round) -> bool:
        """Return whether every mail came, and nothing waits that could still come."""
        if {(mail.reference, mail.address) for mail in self.received(of)} < of.mails:
            return False
        waits = (
            "SELECT 1 FROM notifications_notice WHERE reference = ANY(%s) AND state IN ('queued', 'sending') LIMIT 1"
        )
        return not self.ask(waits, of.references)

    def note_unsettled(self, of: Round) -> None:
        """Note which mails the server took in vain: the sender was killed before it could write that they left."""
        rows = self.ask("SELECT event_id, id FROM notifications_notice WHERE channel = 'mail' AND state = 'sending'")
        of.unsettled |= {message_id(event, notice) for event, notice in rows}

    def result(self, of: Round) -> dict:
        """Return the line of one fault. `forced`: second mails of the same Message-ID that no sender can avoid."""
        mails = self.received(of)
        times: dict[tuple[str, str], Counter] = {}
        for mail in mails:
            times.setdefault((mail.reference, mail.address), Counter())[mail.message_id] += 1
        lost = len(of.mails - times.keys())
        unknown = sum(sum(count.values()) for key, count in times.items() if key not in of.mails)
        duplicate = forced = 0
        for key in times.keys() & of.mails:
            for message, count in times[key].items():
                allowed = self.post.forced[message] + (message in of.unsettled)
                forced += min(count - 1, allowed)
                duplicate += max(count - 1 - allowed, 0)
            duplicate += len(times[key]) - 1
        told = self.ask(
            "SELECT count(*) FROM notifications_notice WHERE channel = 'app' AND reference = ANY(%s)",
            of.references,
        )[0][0]
        moves = dict(
            self.ask(
                "SELECT a.reference, count(*) FROM referral_alertmove m JOIN referral_alert a ON a.id = m.alert_id"
                " WHERE m.action = 'escalate' AND a.reference = ANY(%s) GROUP BY 1",
                list(of.overdue | of.not_due),
            )
        )
        lost += max(len(of.mails) - told, 0) + len(of.overdue - moves.keys())
        duplicate += unknown + max(told - len(of.mails), 0)
        duplicate += sum(count - (reference in of.overdue) for reference, count in moves.items())
        last = max((mail.at for mail in mails), default=of.began)
        return {
            "fault": of.name,
            "intended": 2 * len(of.mails) + len(of.overdue),
            "lost": lost,
            "duplicate": duplicate,
            "forced": forced,
            "recovery_s": round(max(of.waits), 1) if of.waits else None,
            "all_s": round(last - of.began, 1),
            "restarts": of.restarts,
        }


def author():
    """Return the author of alerts, read above the walls, as the web would have it."""
    from agencies.models import Membership

    found = Membership.objects.using("owner").select_related("agency", "user").get(user__email=AUTHOR)
    for row in (found, found.agency, found.user):
        row._state.db = "default"
    return found


def answers(unit: str) -> dict:
    """Return the answers of an alert that goes to a unit of coordination."""
    return {
        "territory": TERRITORIES[unit], "when": "today", "minor": "no", "danger": "no", "observations": {},
        "none_of_these": True, "agreement": "yes", "recipients": ["association"], "form": "labour_exploitation",
        "note": "Phrase fictive",
    }  # fmt: skip


def message_id(event, notice: int) -> str:
    """Return the Message-ID by which the mail of a notice is recognised (notifications/operations/delivery.py)."""
    from email.utils import parseaddr
    from uuid import UUID, uuid5

    from django.conf import settings

    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{uuid5(UUID(str(event)), str(notice))}@{domain}>"
