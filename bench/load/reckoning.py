"""Compare what people were told with the tables, and the tables with what the mail server took."""

from collections import Counter

from bench.faults.ledger import Ledger, message_id

from .people import Book

WAITS = "SELECT 1 FROM notifications_notice WHERE state IN ('queued', 'sending') LIMIT 1"
UNTOLD = "SELECT 1 FROM notifications_event WHERE fanned_at IS NULL LIMIT 1"
# notices of each alert sent for its desk, by channel: each member of the unit is told once in each
TOLD = """
SELECT a.reference, n.channel, count(n.id), count(DISTINCT n.membership_id)
FROM referral_alertdesk a LEFT JOIN notifications_notice n ON n.reference = a.reference AND n.kind = 'alert_sent'
WHERE a.agency_id = %s GROUP BY 1, 2
"""


def settled(ledger: Ledger) -> bool:
    """Return whether nobody waits to be told of anything."""
    return not ledger.ask(WAITS) and not ledger.ask(UNTOLD)


def reckon(ledger: Ledger, book: Book) -> dict[str, int]:
    """Return how much was lost and how much came twice, with how many alerts and mails that stands on."""
    known = {reference for (reference,) in ledger.ask("SELECT reference FROM referral_alert WHERE sent_at IS NOT NULL")}
    lost = len(set(book.sent) - known)
    accepted = {str(pk) for (pk,) in ledger.ask("SELECT id FROM referral_orientation WHERE state = 'accepted'")}
    lost += len(set(book.answered) - accepted)
    double = alerts = 0
    for unit, size in ledger.sizes.items():
        if unit == "national":  # told of what nobody opens
            continue
        told = Counter()
        for reference, channel, notices, members in ledger.ask(TOLD, ledger.units[unit]):
            told[reference, channel] = members
            double += notices - members
        desks = {reference for reference, _ in told}
        lost += sum(max(size - told[reference, channel], 0) for reference in desks for channel in ("app", "mail"))
        alerts += len(desks)
    rows = ledger.ask("SELECT event_id, id, state FROM notifications_notice WHERE channel = 'mail'")
    mails = Counter(mail.message_id for mail in ledger.post.mails)
    wanted = {message_id(event, notice) for event, notice, state in rows if state == "sent"}
    lost += len(wanted - mails.keys()) + sum(state == "failed" for _, _, state in rows)
    double += len(mails.keys() - wanted) + sum(count - 1 for count in mails.values())
    return {"lost": lost, "double": double, "alerts": alerts, "mails": len(ledger.post.mails)}
