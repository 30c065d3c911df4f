"""Draw the controls of forms in Python: Django's templates cost two more templates for each option of a list.

A list of a hundred départements was half of the time of a page. The markup is the same but for white space
(tests/foundation/test_controls.py); what is not drawn here is left to Django's templates.
"""

from html import escape

from django.forms.renderers import TemplatesSetting
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeData, SafeString

WIDGETS = "django/forms/widgets/"
INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox")


class Renderer(TemplatesSetting):
    def render(self, template_name, context, request=None):
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def control(widget: dict) -> SafeString:
    """Return an input: `django/forms/widgets/input.html`."""
    value = "" if widget["value"] is None else format_html(' value="{}"', _plain(widget["value"]))
    name, attrs = _shown(widget["name"]), _attributes(widget["attrs"])
    return format_html('<input type="{}" name="{}"{}{}>\n', widget["type"], name, value, attrs)


def choice(widget: dict) -> SafeString:
    """Return a radio button or a checkbox of a group, within its label when it has one of its own."""
    if not widget["wrap_label"]:
        return control(widget)
    to = format_html(' for="{}"', widget["attrs"]["id"]) if widget["attrs"].get("id") else ""
    return format_html("<label{}>{} {}</label>\n", to, control(widget), _shown(widget["label"]))


def select(widget: dict) -> SafeString:
    """Return a list with its options: `django/forms/widgets/select.html`."""
    drawn = SafeString("".join(_group(group, options) for group, options, _ in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}</select>\n', widget["name"], _attributes(widget["attrs"]), drawn)


def _group(group, options: list[dict]) -> str:
    """Return options, within their group when it has a name. An option of no group comes as a group of its own, so that
    a list of territories has a hundred: joined without `format_html`, which costs four times as much here."""
    drawn = "".join(
        f'<option value="{_escaped(_plain(one["value"]))}"{_attributes(one["attrs"])}>'
        f"{_escaped(_shown(one['label']))}</option>"
        for one in options
    )
    name = group and _shown(group)
    return f'<optgroup label="{_escaped(name)}">{drawn}</optgroup>' if name else drawn


def _escaped(text) -> str:
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))


def _attributes(attrs: dict) -> SafeString:
    if not attrs:
        return SafeString("")
    given = ((name, value) for name, value in attrs.items() if value is not False)
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, _plain(value)),)
            for name, value in given
        ),
    )


def _plain(value) -> str:
    """Return a value that is sent back as it is: not written as the reader's language writes numbers and days."""
    return value if isinstance(value, SafeData) else str(value)


def _shown(value) -> str:
    return value if isinstance(value, str) else localize(value)


DRAWN = {
    **{f"{WIDGETS}{name}.html": control for name in INPUTS},
    f"{WIDGETS}input.html": control,
    f"{WIDGETS}select.html": select,
    f"{WIDGETS}radio_option.html": choice,
    f"{WIDGETS}checkbox_option.html": choice,
}
