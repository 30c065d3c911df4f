"""Say in queries who is a second person."""

from django.db.models import BooleanField, F, Func, Value


def independent(actor, asker: str) -> Func:
    """Return the condition that the actor is a second person for the membership in the column `asker`."""
    return Func(Value(actor.pk), F(asker), function="nrm.independent", output_field=BooleanField())
