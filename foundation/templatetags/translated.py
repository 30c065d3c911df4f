"""The tags of `{% load i18n %}`, with a `translate` that looks a constant sentence up once for each language.

A list of 25 rows says 230 sentences, and Django asks the catalogue for each of them at each request. They depend on
nothing but the language. What holds a variable, has a filter or is named (`as`) is left to Django.
"""

from django.template import Library, Node
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(Node):
    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode):
        self.node = node
        self.known: dict[str | None, str] = {}

    def render(self, context):
        language = get_language()
        if (found := self.known.get(language)) is None:
            found = self.known[language] = self.node.render(context)
        return found


@register.tag("translate")
@register.tag("trans")
def translate(parser, token):
    node = i18n.do_translate(parser, token)
    said = [node.filter_expression, *([node.message_context] if node.message_context else [])]
    constant = not node.asvar and not any(_varies(expression) for expression in said)
    return Sentence(node) if constant else node


def _varies(expression) -> bool:
    """Return whether an expression of a template is anything but a quoted text."""
    return bool(expression.filters) or getattr(expression.var, "literal", "") is None
