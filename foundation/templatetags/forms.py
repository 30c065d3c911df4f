"""Render form fields and error summaries."""

from django import template
from django.forms import BaseForm, DecimalField, Field, FloatField, IntegerField, widgets
from django.middleware.csrf import get_token
from django.utils.html import format_html

register = template.Library()

CLASSES = ((widgets.Select, "fr-select"), (widgets.Textarea, "fr-input"), (widgets.Input, "fr-input"))


@register.simple_tag(takes_context=True)
def form_token(context):
    """Return the hidden fields of every posted form: the CSRF token and the membership it was opened under.

    journal.middleware compares the membership on arrival: a form opened under one hat is never submitted under another.
    They are the same in each form of an answer, and made once: a list has a form a row.
    """
    request = context["request"]
    actor = getattr(request, "actor", None)
    former, made = getattr(request, "form_token", (None, ""))
    if not made or former is not actor:
        made = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
        if actor is not None:
            made += format_html('<input type="hidden" name="_membership" value="{}">', actor.pk)
        request.form_token = (actor, made)
    return made


@register.inclusion_tag("components/field.html")
def field(bound, label="", hint="", optional=True, autocomplete=""):
    """Render one field. `label` and `hint` replace those of the form; `optional=False` hides « (facultatif) », and so
    does `conditional`, where a form names the fields that an answer beside them can make necessary."""
    widget = bound.field.widget
    attrs = {"class": next((name for kind, name in CLASSES if isinstance(widget, kind)), ""), **_typed(bound.field)}
    hint = hint or bound.help_text
    described = [bound.auto_id + "_helptext"] if hint else []
    if bound.errors:
        described.append(bound.auto_id + "_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    kind = _kind(widget)
    return {
        "field": bound,
        "kind": kind,
        "input": "" if kind in ("radio", "checkboxes") else bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": hint,
        "described": " ".join(described),
        "optional": optional and not bound.field.required and bound.name not in getattr(bound.form, "conditional", ()),
    }


def _typed(one: Field) -> dict[str, str]:
    """Return what a field that one types in says to the device, unless its form says it: digits for a number, and that
    nothing is kept for the next reader of the same computer, since most of it is about somebody else."""
    if not isinstance(one.widget, (widgets.Input, widgets.Textarea)) or _kind(one.widget) != "input":
        return {}
    said = {"autocomplete": "off"}
    if isinstance(one, IntegerField):
        said["inputmode"] = "decimal" if isinstance(one, (DecimalField, FloatField)) else "numeric"
    return {name: value for name, value in said.items() if name not in one.widget.attrs}


def _kind(widget) -> str:
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, widgets.RadioSelect):
        return "radio"
    if isinstance(widget, widgets.CheckboxInput):
        return "checkbox"
    if isinstance(widget, widgets.Select):
        return "select"
    return "input"


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary(context, *names):
    """Render all errors at the top of the page, focused, each a link to its field.

    Takes the names of the forms of the page, quoted: a page shows only those that its reader may send.
    """
    lines, missing = [], 0
    for name in names:
        try:
            form = template.Variable(name).resolve(context)
        except template.VariableDoesNotExist:
            continue
        if not form or not form.errors:
            continue
        lines += [("", error) for error in form.non_field_errors()]
        lines += [(_first_control(bound), error) for bound in form for error in bound.errors]
        missing += sum(len(bound.errors) for bound in form if not bound.data)
    # nothing was answered wrongly: there is nothing to correct
    return {"lines": lines, "all_missing": missing == len(lines)}


@register.simple_tag(takes_context=True)
def any_refused(context) -> bool:
    """Return whether a form of the page has errors, under whatever name: its title then begins with « Erreur : »."""
    # the type and not isinstance, which would evaluate what the page left lazy
    return any(issubclass(type(value), BaseForm) and value.errors for value in context.flatten().values())


def _first_control(bound) -> str:
    """Return the id that an error links to: a group has no control of its own, its first choice has.

    A form whose page draws a field itself says where, in `first_controls`; empty: nowhere.
    """
    drawn = getattr(bound.form, "first_controls", {})
    if bound.name in drawn:
        return drawn[bound.name]
    return bound.auto_id + "_0" if _kind(bound.field.widget) in ("radio", "checkboxes") else bound.auto_id
