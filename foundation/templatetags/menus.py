"""Render the lines of the menu, in Python: a template for each of them was a tenth of a page."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
# routes below which the line of an app stays marked
BELOW = {"plans:hub": "plans:", "plans:money": "plans:money"}


@register.simple_tag(takes_context=True)
def menu_lines(context, lines) -> SafeString:
    """Render lines of the menu: that of the open page or section is marked."""
    route, section = context.get("route", ""), context.get("section", "")
    return format_html_join(
        "",
        '<li class="fr-nav__item"><a class="fr-nav__link" href="{}"{}>{}</a></li>',
        ((line["href"], _mark(line["route"], route, section), line["label"]) for line in lines),
    )


def _mark(own: str, route: str, section: str) -> SafeString:
    if own == route:
        return SafeString(' aria-current="page"')
    within = own == section or (own in BELOW and BELOW[own] in route)
    return SafeString(' aria-current="true"' if within else "")
