"""Write rows of the pack into tables that members also edit."""

from django.db import models

from indicators.loading.pack import Entry


def keep(model: type[models.Model], key: str, rows: list[models.Model], using: str) -> None:
    """Insert missing rows and update the others; rows edited here are left as they are.

    `key`: the field that names a row.
    """
    fields = [f.name for f in model._meta.concrete_fields if f.name not in (key, "id", "edited_at", "created_at")]
    stored = {getattr(row, key): row for row in model._default_manager.using(using)}
    new, changed = [], []
    for row in rows:
        known = stored.get(getattr(row, key))
        if known is None:
            new.append(row)
        elif getattr(known, "edited_at", None) is None:
            for name in fields:
                field = model._meta.get_field(name)
                setattr(known, field.attname, getattr(row, field.attname))
            changed.append(known)
    model._default_manager.using(using).bulk_create(new)
    if changed:
        model._default_manager.using(using).bulk_update(changed, [f for f in fields if f != model._meta.pk.name])


def sourcing(entry: Entry) -> dict:
    """Return the fields of `Sourced` from an entry."""
    return {
        "provenance": entry["provenance"],
        "source": entry.get("source") or "",
        "note_fr": entry.get("note_fr") or "",
        "note_en": entry.get("note_en") or "",
    }
