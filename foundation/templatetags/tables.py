"""Write a table of figures with the structure of the design system, which has four boxes around each."""

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_block_tag
def figures(content, caption, titled=False):
    """Return the table of these rows. `titled`: a heading says the caption already, so that only who listens gets it.

    Wider than its place, the table moves sideways in a part of its own, that the keyboard reaches too.
    """
    heard = format_html('<caption class="fr-sr-only">{}</caption>' if titled else "<caption>{}</caption>", caption)
    return format_html(
        '<div class="fr-table fr-table--sm fr-table--multiline"><div class="fr-table__wrapper">'
        '<div class="fr-table__container" role="region" tabindex="0" aria-label="{}"><div class="fr-table__content">'
        "<table>{}{}</table></div></div></div></div>",
        caption,
        heard,
        content,
    )
