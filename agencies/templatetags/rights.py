"""Template tags for levels, categories and roles."""

from django import template

from agencies.models import Category, Level, Role

register = template.Library()


@register.inclusion_tag("components/scope.html")
def scope_tags(level, categories=0):
    """How far an agency sees: its level, then what is given on purpose on top of it."""
    return {
        "level": Level(level).label if level else "",
        "categories": [c.label for c in Category.of(categories or 0)],
    }


@register.filter
def roles(member) -> str:
    """The roles of a membership, in words."""
    return ", ".join(str(Role(role).label) for role in member.roles)
