"""Find the current episodes among all that were written."""

from collections.abc import Iterable

from victims.models import Episode


def standing(written: Iterable[Episode]) -> list[Episode]:
    """Return current episodes, oldest first, undated last; each with `former`, its earlier versions, newest first."""
    rows = {row.pk: row for row in written}
    replaced = {row.replaces_id for row in rows.values() if row.replaces_id}
    found = [row for row in rows.values() if row.pk not in replaced and not row.data.get("removed")]
    for row in found:
        row.former, step = [], row
        while step.replaces_id in rows:
            step = rows[step.replaces_id]
            row.former.append(step)
    return sorted(found, key=lambda row: (not row.data.get("began"), row.data.get("began", ""), row.at))
