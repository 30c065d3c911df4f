"""Fields that several subjects share: of forms, and of tables."""

from datetime import date
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EARLIEST = date(1950, 1, 1)


class ComputedField(models.GeneratedField):
    """Store what the database computes from the row, for migrations the field of Django.

    Django asks each database whether it can, at the start of every command: of those that have none, and as the owner
    under the alias of the application, which is refused.
    """

    def check(self, **kwargs):
        return super().check(**kwargs | {"databases": []})

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, kwargs


def past(day: date | None) -> date | None:
    """Return the day, or raise ValidationError when it is to come or before 1950."""
    # the latest time zone of France: nobody there is refused the present day
    if day and not EARLIEST <= day <= timezone.localdate(timezone=ZoneInfo("Pacific/Wallis")):
        raise forms.ValidationError(_("Choose today or a day in the past."))
    return day


class DayInput(forms.DateInput):
    """A day chosen in the browser's calendar."""

    def __init__(self, **attrs):
        super().__init__(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def field_of(column, label, *, missing="", rows=0, attrs=None, **options):
    """Return the form field of a column (`Plan.title_fr`): its type, length, choices and whether it may be left empty.

    `missing`: the error when nothing is given, which makes it required. `rows`: lines of a long text. `attrs`: of the
    input. Other options are those of `formfield`. The choices of a column that is not blank have no empty line.
    Raise TypeError for a relation: whom its list shows depends on the reader, so its form names the queryset.
    """
    field = getattr(column, "field", column)
    if field.is_relation:
        raise TypeError(f"{field}: write a ModelChoiceField with the queryset of its readers")
    if field.choices and not field.blank:
        options.setdefault("choices", field.choices)
    if missing:
        options.setdefault("required", True)
        options["error_messages"] = {"required": missing, **options.get("error_messages", {})}
    if rows:
        options["widget"] = forms.Textarea({"rows": rows, **(attrs or {})})
    elif isinstance(field, models.DateField):
        options["widget"] = DayInput(**(attrs or {}))
    elif attrs:
        options["widget"] = forms.TextInput(attrs)
    return field.formfield(label=label, **options)


def long_text(label, hint, limit=2000, rows=4, **options):
    """Return a multi-line text field without browser completion, which refuses a text over `limit`, never cuts it."""
    return forms.CharField(
        max_length=limit,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "autocomplete": "off"}),
        error_messages={
            "max_length": _("%(limit_value)s characters at most: shorten your text."),
            **options.pop("error_messages", {}),
        },
        **options,
    )
