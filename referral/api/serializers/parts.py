"""Fields of a case that several answers show: its warnings, and what the program's agency calls it."""

from rest_framework import serializers

from victims.models import Case
from victims.own_labels.selectors import labelled


class WarningsField(serializers.ListField):
    child = serializers.ChoiceField(choices=list(Case.WARNINGS))


class LabelField(serializers.CharField):
    """Show one part of the own label of an access row, "" without one. Lists set `label` on all their rows at once."""

    def __init__(self, part: str, **kwargs):
        self.part = part
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, row) -> str:
        if not hasattr(row, "label"):
            labelled(self.context["request"].auth, [row])
        return row.label.data[self.part] if row.label else ""
