"""Render the lines of the menu, in Python: a template for each of them was a tenth of a page."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()
# routes below which the line of an app stays marked
BELOW = {"plans:hub": "plans:", "plans:money": "plans:money"}


@register.simple_tag(takes_context=True)
def menu_lines(context, lines) -> SafeString:
    """Render lines of the menu: that of the open page or section is marked, unread notices are counted."""
    route, section = context.get("route", ""), context.get("section", "")
    return format_html_join(
        "",
        '<li><a href="{}"{}>{}{}</a></li>',
        (
            (line["href"], _mark(line["route"], route, section), line["label"], _count(context, line["counts"]))
            for line in lines
        ),
    )


def _mark(own: str, route: str, section: str) -> SafeString:
    if own == route:
        return SafeString(' aria-current="page"')
    within = own == section or (own in BELOW and BELOW[own] in route)
    return SafeString(' aria-current="true"' if within else "")


def _count(context, counts: bool) -> str:
    unread = context["unread"] if counts else 0
    if not unread:
        return ""
    return format_html(
        ' <span class="rp-count">{}<span class="fr-sr-only"> {}</span></span>',
        "99+" if unread > 99 else unread,
        gettext("unread"),
    )
