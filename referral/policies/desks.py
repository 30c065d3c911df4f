"""Share conditions on desk rows between alerts and orientations, as `DeskQuerySet.of` for lists."""

from foundation.sight import Is, Own, Rule, Sql
from referral.models.moves import KEPT

_MINE = "SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership()"


def my_desk(waits: str, mine: str) -> Rule:
    """Return the condition of a row of the acting agency's desk.

    A row that came before the member's arrival opens while it `waits`, to who is in charge, and when `mine`: assigned.
    """
    return Own() & KEPT & Sql(f"received_at >= nrm.arrival() OR {waits} OR in_charge_id = nrm.membership() OR {mine}")


MY_ALERT = my_desk("live AND due_at IS NOT NULL", "nrm.follows_alert(alert_id)")
MY_LIVE_ALERT = my_desk("due_at IS NOT NULL", "nrm.follows_alert(alert_id)") & Is("live", True)
MY_REQUEST = my_desk("state IN ('sent', 'opened', 'question')", f"case_id IN ({_MINE})")
# due work acts for the whole agency; only the worker's role may read that much
DUE_DESK = Own() & Sql("current_setting('nrm.kind', true) = 'system'")
