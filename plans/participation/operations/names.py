"""Remove names from contributions, before publication or after; only their author restores them (decision 26)."""

from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from notifications.operations.events import enqueue
from plans.models import Contribution, NameWithdrawal, WithdrawnPassage
from plans.models.bodies import builds_policy
from plans.models.coordination import coordinates
from plans.models.names import LONGEST, SHORTEST

from .participation import visible

TITLE = 200
MARK = "[nom retiré"


class NotThere(ValueError):
    """Signal words that are not in the text, or may not be removed; `code` says which."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


def may_withdraw(actor, contribution: Contribution) -> bool:
    """Return whether the actor may remove names: the coordination before it publishes; both it and the author after."""
    if contribution.state == Contribution.State.SUBMITTED:
        return coordinates(actor) and not contribution.confidential
    return contribution.state == Contribution.State.PUBLISHED and (is_author(actor, contribution) or coordinates(actor))


def is_author(actor, contribution: Contribution) -> bool:
    return builds_policy(actor) and contribution.agency_id == actor.agency_id


def withdraw_name(actor, pk, *, passage: str, reason: str) -> NameWithdrawal:
    """Remove the words everywhere in the contribution. They are encrypted for the author, who is notified.

    Raises NotFound, NotAllowed, WrongState, NotThere.
    """
    found = visible(actor, pk)
    if not (is_author(actor, found) or coordinates(actor)):
        raise NotAllowed("withdraw_name")
    if not may_withdraw(actor, found):
        raise WrongState(found.state)
    words = passage.strip()
    _check_passage(actor, found, words)
    made = NameWithdrawal(contribution=found, reason=reason, passage=words, agency=actor.agency, by=actor)
    with guarded():
        NameWithdrawal.objects.bulk_create([made])
        WithdrawnPassage.objects.bulk_create([WithdrawnPassage(withdrawal_id=made.pk, text=words)])
    record("contribution.withdraw_name", found)
    enqueue("contribution_name_withdrawn", found, to=["author"])
    return made


def _check_passage(actor, found: Contribution, words: str) -> None:
    if not SHORTEST <= len(words) <= LONGEST or MARK in words or words in f"{MARK} ":
        raise NotThere("length")
    answers = found.responses.values_list("text", flat=True)
    if not any(words in text for text in (found.title, found.text, *found.answers, *answers)):
        raise NotThere("absent")
    if len(found.title.replace(words, f"{MARK} 00]")) > TITLE:
        raise NotThere("title")
    restored = found.withdrawn_names.exclude(restored_at=None).values_list("passage", flat=True)
    if not is_author(actor, found) and any(words in kept or kept in words for kept in restored):
        raise NotThere("restored")


def restore_name(actor, pk, withdrawal) -> NameWithdrawal:
    """Put removed words back, by the author: they named nobody to protect. They are public again, for good.

    Raises NotFound, NotAllowed, WrongState.
    """
    found = visible(actor, pk)
    if not is_author(actor, found):
        raise NotAllowed("restore_name")
    row = found.withdrawn_names.filter(pk=withdrawal).first()
    if row is None:
        raise NotFound
    if row.restored_at is not None or found.state != Contribution.State.PUBLISHED:
        raise WrongState(found.state)
    row.passage, row.restored_at = WithdrawnPassage.objects.get(withdrawal=row).text, timezone.now()
    with guarded():
        row.save(update_fields=["passage", "restored_at"])
    record("contribution.restore_name", found)
    enqueue("contribution_name_restored", found, to=["coordination"])
    return row
