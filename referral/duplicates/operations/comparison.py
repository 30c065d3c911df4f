"""Find two cases about one person: in the worker, in system mode, after the request that entered the identity.

Two cases that two agencies opened from one alert are a pair too, whatever is known of the person.
"""

import hashlib
import json
import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.encryption import keyed
from foundation.tasks import awaited
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import AlertLink, Match, MatchAlarm, MatchFinding, MatchMove
from victims.matching.rules import Likeness, compare, tokens
from victims.models import Case, Identity, IdentityEntry, MatchToken

log = logging.getLogger(__name__)
DAY = timedelta(days=1)
SAME_ALERT = "same_alert"
MOST_COMPARED = 2000  # those that share the most tokens come first
# One comparison at a time: of two identities entered together, neither would see the tokens of the other.
ALONE = ("compare", "identities")
SHARING = """
SELECT i.id FROM victims_matchtoken mine JOIN victims_matchtoken t USING (digest) JOIN victims_identity i
ON i.id = t.identity_id WHERE mine.identity_id = %s AND t.identity_id <> mine.identity_id
GROUP BY i.id ORDER BY count(*) DESC, i.id LIMIT %s
"""


def compare_due(at_most: int = 200) -> int:
    """Compare waiting identities, each in its own transaction. Returns their number.

    A failed one stays for the next run. The text of its error is not logged: it would contain a name.
    """
    with acting_as(SYSTEM):
        waiting = list(IdentityEntry.objects.values_list("pk", flat=True)[:at_most])
    done = 0
    for pk in waiting:
        try:
            with acting_as(SYSTEM):
                done += _compare(pk)
        except Exception as error:
            log.error("identity entry %s could not be compared: %s", pk, type(error).__name__)
    return done


def _compare(pk) -> int:
    awaited(*ALONE)
    entry = IdentityEntry.objects.filter(pk=pk).first()
    if entry is None:  # another worker was first
        return 0
    for other in _cases_of_same_alert(entry.case):
        _record_same_alert(entry.case, other)
    identity = Identity.objects.filter(case=entry.case_id).first()
    if identity is not None:
        _replace_tokens(identity)
        alike = _similar_identities(identity)
        for other, likeness in alike:
            _record_pair(identity, other, likeness, entry.by)
        _lapse_others(identity, {other.case_id for other, _ in alike})
        if entry.by is not None:
            _watch_account(entry.by)
    entry.delete()
    return 1


def _cases_of_same_alert(case: Case) -> list[Case]:
    """Return the open cases that other agencies opened or joined to an alert of this one."""
    alerts = AlertLink.objects.filter(case=case).values("alert")
    others = Case.objects.filter(alert_links__alert__in=alerts).exclude(opened_by__agency=case.opened_by.agency_id)
    return list(others.exclude(status=Case.Status.CLOSED).distinct().order_by("pk"))


def _record_same_alert(case: Case, other: Case) -> None:
    """Record a pair that one alert made, once; when it exists for another reason, that one stays."""
    first, second = sorted([case, other], key=lambda c: c.pk)
    match, made = Match.objects.get_or_create(
        first=first,
        second=second,
        defaults={"strength": Match.Strength.STRONG, "reasons": [SAME_ALERT], "digest": ""},
    )
    if made:
        match.refresh_from_db(fields=["unit"])
        _tell(match)


def _tell(match: Match) -> None:
    # without the case id: readers of the case's journal (level 3) must not learn of this
    record("match.found", match)
    enqueue("match_found", match, to=["coordination"])


def _replace_tokens(identity: Identity) -> None:
    MatchToken.objects.filter(identity=identity).delete()
    digests = {keyed(token)[:16] for token in tokens(identity.data)}
    MatchToken.objects.bulk_create([MatchToken(identity=identity, digest=digest) for digest in sorted(digests)])


def _similar_identities(identity: Identity) -> list[tuple[Identity, Likeness]]:
    with connection.cursor() as cursor:
        cursor.execute(SHARING, [identity.pk, MOST_COMPARED])
        ids = [pk for (pk,) in cursor.fetchall()]
    others = Identity.objects.filter(pk__in=ids).order_by("pk")
    found = ((other, compare(identity.data, other.data)) for other in others.iterator())
    return [(other, likeness) for other, likeness in found if likeness]


def _record_pair(identity: Identity, other: Identity, likeness: Likeness, by) -> None:
    """Record a pair of similar identities. It is asked again only when one of them has changed."""
    pair = sorted([identity, other], key=lambda i: i.case_id)
    digest = _digest(pair)
    match = Match.objects.filter(first=pair[0].case_id, second=pair[1].case_id).first()
    if match is None:
        match = Match.objects.create(
            first_id=pair[0].case_id,
            second_id=pair[1].case_id,
            strength=likeness.strength,
            reasons=likeness.reasons,
            digest=digest,
        )
        match.refresh_from_db(fields=["unit"])
    elif match.digest == digest and match.state != Match.State.LAPSED:
        return
    else:
        kept = [SAME_ALERT] if SAME_ALERT in match.reasons else []
        match.strength, match.reasons, match.digest = likeness.strength, kept + likeness.reasons, digest
        match.found_at = timezone.now()
        match.save(update_fields=["strength", "reasons", "digest", "found_at"])
        if match.state not in (Match.State.APART, Match.State.LAPSED):
            return  # already open, or decided
        _move(match, "find", Match.State.OPEN)
    if by is not None:
        MatchFinding.objects.create(match=match, by=by)
    _tell(match)


def _lapse_others(identity: Identity, alike: set) -> None:
    """Lapse open matches that the corrected identity no longer supports. Decided ones stay, and those of one alert."""
    for column, other in (("first", "second_id"), ("second", "first_id")):
        rows = Match.objects.filter(**{column: identity.case_id}, state=Match.State.OPEN)
        for match in rows.exclude(reasons__contains=[SAME_ALERT]):
            if getattr(match, other) not in alike:
                _move(match, "lapse", Match.State.LAPSED)
                record("match.lapsed", match)


def _move(match: Match, action: str, after: str) -> None:
    MatchMove.objects.create(match=match, action=action, before=match.state, after=after)
    match.state = after


def _digest(pair: list[Identity]) -> str:
    said = json.dumps([identity.data for identity in pair], sort_keys=True)
    return keyed(f"pair {hashlib.sha256(said.encode()).hexdigest()}").hex()


def _watch_account(member) -> None:
    """Raise an alarm when one account causes many matches within a day. The account is not notified."""
    since = timezone.now() - DAY
    count = MatchFinding.objects.filter(by=member, at__gt=since).values("match").distinct().count()
    if count < settings.MATCH_ALARM:
        return
    alarm, raised = MatchAlarm.objects.get_or_create(member=member, day=timezone.localdate(), defaults={"count": count})
    if raised:
        record("match.alarm", alarm)
        enqueue("match_alarm", alarm, to=["national", "audit"])
    elif alarm.count != count:
        MatchAlarm.objects.filter(pk=alarm.pk).update(count=count)


def case_of(match: Match, side: str) -> Case:
    """Return one of the two cases with the key and reference that the match holds; not fetched."""
    return Case(pk=getattr(match, f"{side}_id"), reference=getattr(match, f"{side}_reference"))
