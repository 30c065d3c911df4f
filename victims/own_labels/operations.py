"""Write the own reference of the actor's agency for a case, and the nickname chosen with the person."""

from django.db import IntegrityError
from django.utils import timezone

from agencies.members.rules import WORKS
from foundation.encryption import keyed_columns
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from victims.cases.access import own_access
from victims.models import OwnLabel

from .rules import digest
from .selectors import under_reference

WRITTEN = ("data", "reference_digest", "nickname_digest", "by", "at")


class Taken(Exception):
    """Signal an own reference that another case of the agency has. `case_id`: that case, None when it is not seen."""

    def __init__(self, case_id):
        super().__init__("taken")
        self.case_id = case_id


def require_free(actor, reference: str, *, besides=None) -> None:
    """Raise Taken when another case of the actor's agency than `besides` has this own reference."""
    for case_id in under_reference(actor, [reference]).values():
        if besides is None or case_id != besides:
            raise Taken(case_id)


def set_label(actor, case_id, *, reference: str, nickname: str) -> OwnLabel:
    """Write both, in the place of former ones; "" takes one away. The journal says that, and not the words.

    Any member who works on cases writes it, at any level of access. Raises NotFound, NotAllowed, Taken.
    """
    case_id = own_access(actor, case_id)
    if not actor.has(*WORKS):
        raise NotAllowed("label")
    require_free(actor, reference, besides=case_id)
    rows = OwnLabel.objects.visible_to(actor)
    label = rows.filter(case=case_id).first() or OwnLabel(case_id=case_id, agency=actor.agency)
    fill(label, actor, reference=reference, nickname=nickname)
    try:
        with guarded():
            label.save(update_fields=None if label._state.adding else WRITTEN)
    except IntegrityError as error:  # written at the same time by a colleague
        raise Taken(None) from error
    record("case.label", label, case_id=case_id)
    return label


def fill(label: OwnLabel, actor, *, reference: str, nickname: str) -> OwnLabel:
    """Set the words, their digests and who wrote them; return the label, not saved."""
    label.data = {"reference": reference, "nickname": nickname}
    label.by, label.at = actor, timezone.now()
    for column, value in label_columns(label).items():
        setattr(label, column, value)
    return label


@keyed_columns(OwnLabel)
def label_columns(label: OwnLabel) -> dict:
    """Return the digests by which a label is found; reencrypt asks for them with its new key."""
    reference, nickname = (digest(label.agency_id, text) for text in (label.reference, label.nickname))
    return {"reference_digest": reference or None, "nickname_digest": nickname}
