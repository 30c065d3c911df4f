"""Switch off accounts that nobody uses, and forget those that are off for long. For the worker.

What may be done is asked again by the functions of referral/sql/unused.sql; when it is, the register of processing says
(referral/config/retention.py), within the least times of agencies/models/accounts.py.
"""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, F, Func
from django.utils import timezone

from agencies.accounts import operations as accounts
from agencies.models import MemberChange, Membership, User
from agencies.models.accounts import INVITED, WARNED_FIRST, WARNED_LAST
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound, guarded
from foundation.tasks import one_by_one, taken
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations import fence
from referral.config.retention import ACCOUNT_KEPT, ACCOUNT_UNUSED

log = logging.getLogger(__name__)
AT_ONCE = 200  # accounts of one pass
AGAIN = timedelta(days=90)  # one that stays on is told again so long after
Act = MemberChange.Act


def close_unused() -> int:
    """Tell of accounts that nobody uses, switch off those that were told of twice; return how many were handled.

    A copy of the platform, where nobody signs in, switches nobody off.
    """
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        since = Func(F("user"), function="nrm.unused_since", output_field=DateTimeField())
        found = Membership.objects.live().filter(kind=Membership.Sort.PERSON, user__is_staff=False)
        unused = found.annotate(since=since).filter(since__lte=timezone.now() - (INVITED - WARNED_FIRST))
        # of two of whom one must stay, the one who is away for longer goes
        rows = list(unused.order_by("since", "pk").values_list("agency", "pk"))
        systems = {m.agency_id: m for m in Membership.objects.filter(kind="system").select_related("agency")}

    def handle(agency_id, pk) -> int:
        with acting_as(systems[agency_id]):
            return _step(pk)

    return one_by_one("member", rows, handle, moved=(WrongState, NotAllowed, NotFound))


def _step(pk) -> int:
    """Do what is due about one account: tell that it is not used, switch it off, or tell that it is needed."""
    if not taken("unused", pk):
        return 0
    found = Membership.objects.select_related("user").get(pk=pk)
    since = accounts.ask("SELECT nrm.unused_since(%s)", found.user_id)
    limit = ACCOUNT_UNUSED if found.user.last_login else INVITED
    now = timezone.now()
    if since > now - (limit - WARNED_FIRST):
        return 0
    if accounts.ask("SELECT nrm.is_needed(%s)", pk):
        if _said_to_stay(pk, now - AGAIN):
            return 0
        log.warning("nobody uses the account of member %s, and something would wait for nobody without it", pk)
        return _tell(pk, Act.STAYS)
    told = accounts.ask("SELECT nrm.told_unused(%s)", pk)
    if not told or len(told) == 1 and told[0] <= now - (WARNED_FIRST - WARNED_LAST):
        return _tell(pk, Act.UNUSED)
    if len(told) < 2 or told[0] > now - WARNED_FIRST or told[-1] > now - WARNED_LAST or since > now - limit:
        return 0
    with guarded():
        accounts.ask("SELECT nrm.end_unused(%s)", pk)
    record("member.unused", found)
    return 1


def _said_to_stay(pk, since: datetime) -> bool:
    return MemberChange.objects.filter(membership=pk, act=Act.STAYS, at__gt=since).exists()


def _tell(pk, act: str) -> int:
    with guarded():
        accounts.ask("SELECT nrm.tell_unused(%s, %s)", pk, act)
    return 1


def forget_accounts() -> int:
    """Forget who accounts were that are off for long, each in its own transaction; return how many."""
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person FROM nrm.accounts_off() WHERE since < now() - CASE WHEN never THEN %s ELSE %s END"
                " ORDER BY since LIMIT %s",
                [INVITED, ACCOUNT_KEPT, AT_ONCE],
            )
            rows = cursor.fetchall()
    return one_by_one("account", rows, _forget, moved=(NotAllowed,))


def _forget(person: int) -> int:
    with acting_as(SYSTEM):
        if not taken("unused", person):
            return 0
        with guarded():
            kept = accounts.shut_digests(User.objects.get(pk=person).email)[0]
            accounts.ask("SELECT nrm.forget_account(%s, %s)", person, kept)
        record("account.forget", Membership.objects.filter(user=person).order_by("pk").first())
        return 1
