"""Describe accesses and readings in words, with the names of agencies and of the reader's colleagues."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Level, Membership
from journal.words import readings
from victims.models import Grant

from .access import CATEGORY_CODENAMES, LEVEL_CODENAMES

PERMISSIONS = {code: Level(level).label for level, code in LEVEL_CODENAMES.items()} | {
    code: Category(bit).label for bit, code in CATEGORY_CODENAMES.items()
}


def readings_in_words(actor, entries) -> list:
    """Return the entries, each with `who` (name of a colleague, or of the agency) and `words`."""
    found, words = list(entries), readings()
    who = names(actor, found)
    for entry in found:
        entry.who, entry.words = who(entry), words[entry.action]
    return found


def names(actor, rows):
    """Return a function from a row to who acted: a colleague's name, another agency's name, or the system.

    `rows` have a `membership_id`. One query for all of them.
    """
    members = Membership.objects.filter(pk__in={row.membership_id for row in rows}).select_related("user", "agency")
    known = {member.pk: member for member in members}

    def who(row) -> str:
        member = known.get(row.membership_id)
        if member is None:
            return str(_("Automatic"))
        mine = member.agency_id == actor.agency_id and member.user is not None
        return member.user.full_name if mine else member.agency.name

    return who


def changes_in_words(logged) -> list:
    """Return grants given and ended, each with `what`, `agency` and `why`."""
    found = list(logged)
    names = dict(Agency.objects.filter(pk__in={g.agency_id for g in found}).values_list("pk", "name"))
    for given in found:
        given.what = PERMISSIONS.get(given.permission, given.permission)
        given.agency = names.get(given.agency_id, "–")
        given.why = Grant.Ground(given.ground).label
    return found
