"""Read what the actor's agency calls its cases."""

from collections.abc import Iterable
from operator import attrgetter

from django.db import connection
from django.db.models import Q

from agencies.kept.selectors import drafts_of
from foundation.statements.kept import KeptStatement
from victims.models import Case, CaseAccess, OwnLabel

from .rules import label_digests, with_alert

OF_CASES = KeptStatement(lambda reader, cases: OwnLabel.objects.visible_to(reader).filter(case__any_of=cases))


def own_labels(actor, case_ids: Iterable) -> dict:
    """Return {case id: OwnLabel} of the actor's agency for those of these cases that the actor sees. One query."""
    rows = OF_CASES.rows(actor, cases=[*set(case_ids)])
    return {row.case_id: row for row in rows if row.reference or row.nickname}


def typed_for(actor, case_id) -> dict:
    """Return the label that the actor typed with an alert before this case of it was open; {} when there is none."""
    links = Case(pk=case_id).alert_links  # the case itself is not read: at the level of its state it is not seen
    keys = [with_alert(pk) for pk in links.values_list("alert", flat=True)]
    drafts = drafts_of(actor, keys).values() if keys else ()
    return next((dict(draft.data["fields"]) for draft in drafts), {})


def labelled(actor, rows: Iterable, key: str = "case_id"):
    """Set `label` on each row: the OwnLabel of the case whose id the attribute `key` holds; else None. Return them."""
    rows, case_of = list(rows), attrgetter(key)
    found = own_labels(actor, map(case_of, rows)) if rows else {}
    for row in rows:
        row.label = found.get(case_of(row))
    return rows


def under_label(actor, typed: str) -> set:
    """Return the ids of the cases the actor sees whose own reference or nickname is this text, exactly."""
    wanted = label_digests(actor.agency_id, typed)
    if not wanted:
        return set()
    rows = OwnLabel.objects.visible_to(actor).filter(Q(reference_digest__in=wanted) | Q(nickname_digest__in=wanted))
    return set(rows.values_list("case", flat=True))


def under_reference(actor, references: Iterable[str]) -> dict:
    """Return {digest: case id, or None for a case the actor does not see} of the own references already in use.

    The digest is that of `rules.digest`, also for a reference that was stored before a change of keys.
    """
    known = [label_digests(actor.agency_id, text) for text in references]
    wanted = {one: found[0] for found in known for one in found}
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.own_references_taken(%s)", [sorted(wanted)])
        taken = [row[0] for row in cursor.fetchall()]
    seen = OwnLabel.objects.visible_to(actor).filter(reference_digest__in=taken)
    cases = dict(seen.values_list("reference_digest", "case"))
    return {wanted[one]: cases.get(one) for one in taken}


def namesakes(actor, label: OwnLabel) -> list[CaseAccess]:
    """Return the access rows of the other cases the actor sees with the same nickname, at most five, newest first."""
    if not label.nickname_digest:
        return []
    wanted = label_digests(actor.agency_id, label.nickname)
    rows = OwnLabel.objects.visible_to(actor).filter(nickname_digest__in=wanted).exclude(pk=label.pk)
    return list(CaseAccess.objects.of(actor).filter(case__in=rows.values("case")).order_by("-received_at")[:5])
