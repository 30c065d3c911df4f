"""Template tags for levels, categories and roles."""

from django import template
from django.utils.translation import pgettext_lazy

from agencies.models import Category, Level, Role, Scope

register = template.Library()
SHORT = {
    Scope.READ: pgettext_lazy("scope", "reads"),
    Scope.ALERT: pgettext_lazy("scope", "alerts"),
    Scope.WORK: pgettext_lazy("scope", "works"),
    Scope.ADMINISTER: pgettext_lazy("scope", "administers"),
}


@register.inclusion_tag("components/scope.html")
def scope_tags(level, categories=0):
    """Show the level of an agency, and the categories granted in addition."""
    return {
        "level": Level(level).label if level else "",
        "categories": [c.label for c in Category.of(categories or 0)],
    }


@register.filter
def roles(member) -> str:
    """Return the roles of a membership, in words."""
    return ", ".join(str(Role(role).label) for role in member.roles)


@register.filter
def asked_roles(change) -> str:
    """Return the roles that wait, or waited, for a second person, in words."""
    return ", ".join(str(Role(role).label) for role in change.asked)


@register.filter
def scopes_in_short(thing) -> str:
    """Return what a program may do, or what was asked for it, in a word each."""
    return ", ".join(str(SHORT[scope]) for scope in Scope if scope in thing.scopes)


@register.filter
def scopes_in_full(change) -> list:
    """Return what was asked for a program, in sentences."""
    return [scope.label for scope in Scope if scope in change.scopes]
