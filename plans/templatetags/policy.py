"""Render what public pages of the policy share: sub-navigation, addresses to share, banners."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.words.languages import others
from indicators.models import PackFile
from plans.models import Contribution
from plans.publication.display import navigation
from plans.publication.rules.numbers import amount

register = template.Library()
MOST_RECENT = 10
# contents of each file of the pack, for readers
FILES = {
    "agencies.yaml": gettext_lazy("directory"),
    "commitments.yaml": gettext_lazy("commitments"),
    "plans.yaml": gettext_lazy("plans, measures and means"),
    "sectors.yaml": gettext_lazy("guides by sector"),
    "statistics.yaml": gettext_lazy("figures"),
}


@register.inclusion_tag("plans/publication/public/_public_nav.html", takes_context=True)
def policy_nav(context):
    return {"parts": navigation.parts(context.get("route", ""))}


@register.simple_tag(takes_context=True)
def shared_address(context) -> str:
    """Return the address to quote the page by, without search or filter."""
    request = context.get("request")
    return f"{settings.SITE_URL}{request.path}" if request else ""


@register.simple_tag(takes_context=True)
def other_languages(context) -> list[dict]:
    """Return the same page in the other languages, each named in its own."""
    request = context.get("request")
    if request is None:
        return []
    return [{**one, "site": settings.SITE_URL} for one in others(request.path, request.get_full_path())]


@register.simple_tag
def as_written():
    """Tell once, on a page in another language, that texts typed by people are in French.

    Each such text is marked `lang="fr"`.
    """
    if (get_language() or "fr").startswith("fr"):
        return ""
    return format_html(
        '<p class="fr-hint-text">{}</p>', _("Texts that people typed stand in French, as they were written.")
    )


@register.inclusion_tag("plans/participation/public/_contributions_on.html")
def contributions_on(subject: str, code: str):
    """Render published contributions on an object: `{% contributions_on "measure" measure.code %}`."""
    rows = Contribution.objects.public().filter(subject=subject, target=code)
    rows = rows.select_related("agency__profile").prefetch_related("responses").order_by("-published_at")
    return {"rows": rows[:MOST_RECENT], "href": f"{reverse('policy:contribution-how')}?sur={subject}:{code}"}


@register.inclusion_tag("plans/publication/public/_pack_state.html")
def pack_state(*names):
    """Render a banner while these files of the pack are not validated: `{% pack_state "plans.yaml" %}`."""
    wanted = [name for one in names for name in ([one] if isinstance(one, str) else one)]
    files = PackFile.objects.filter(name__in=wanted or ("plans.yaml", "commitments.yaml", "statistics.yaml"))
    return {"files": [(FILES.get(file.name, file.name), file) for file in files if not file.validated_by]}


@register.simple_tag(name="amount")
def amount_tag(value, unit=""):
    """Format `{% amount figure.value figure.unit %}` as everywhere (plans/publication/rules/numbers.py)."""
    return amount(value, unit)
