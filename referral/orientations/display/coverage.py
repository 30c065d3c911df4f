"""Describe what each agreement covers and leaves out, beside the choices of an orientation."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agencies.models import Category, Level
from foundation.templatetags.words import day
from referral.orientations.rules import suffices


def with_hint(label, hint):
    """Return a label with its hint below."""
    return format_html('{}<span class="fr-hint-text">{}</span>', label, hint)


def agreements_with_reach(case, choices, consents):
    """Yield the choices of `consents`, in order, each with what it does not cover."""
    for (key, label), consent in zip(choices, consents, strict=True):
        yield key, with_hint(label, _left_out(case, consent))


def _left_out(case, consent) -> str:
    if not suffices(case, consent):
        return _("A child does not agree alone: choose “child in danger”, or whoever speaks for the child.")
    missing = [Level.FILE.label] if consent.level < Level.FILE else []
    missing += [bit.label for bit in Category if not consent.categories & bit]
    if not missing:
        return _("Covers all that can be shared.")
    return _("Does not cover: %(names)s.") % {"names": ", ".join(str(name).lower() for name in missing)}


def categories_with_reach(case, choices, consents):
    """Yield each category with the agreements that cover it.

    All stay offered, since a legal ground may cover any. Without an agreement, or where none covers any of them
    (`nothing_covered` says it once), the labels are left unchanged.
    """
    able = [consent for consent in consents if suffices(case, consent)]
    plain = not consents or nothing_covered(case, choices, consents)
    for bit, label in choices:
        covering = [consent for consent in able if consent.categories & bit]
        yield bit, label if plain else with_hint(label, _covered_by(case, able, covering))


def nothing_covered(case, choices, consents) -> str:
    """Return in words that no agreement covers any of these categories; empty when one does, or without agreement."""
    if not consents or any(c.categories & bit for c in consents if suffices(case, c) for bit, _label in choices):
        return ""
    if case.is_minor:
        return _("No agreement covers these: only on a legal ground.")
    return _("No agreement noted covers these: ask for one first; without it, only on a legal ground.")


def _covered_by(case, able, covering) -> str:
    if not covering and case.is_minor:
        return _("No agreement covers it: only on a legal ground.")
    if not covering:
        return _("No agreement noted covers it: ask for one first; without it, only on a legal ground.")
    if len(covering) == len(able):
        return _("Covered by the agreement.") if len(able) == 1 else _("Covered by each of the agreements.")
    days = dict.fromkeys(day(timezone.localtime(consent.obtained_at)) for consent in covering)
    return _("Covered only by the agreement of %(days)s.") % {"days": ", ".join(days)}
