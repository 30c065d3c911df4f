"""Template tags for levels, categories and roles."""

from django import template

from agencies.models import Category, Level, Role

register = template.Library()


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
