"""Accesses and readings in words, with the names of agencies and of one's own colleagues."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Level, Membership
from victims.access import CATEGORY_CODENAMES, LEVEL_CODENAMES
from victims.models import Grant

# what counts as opening a case, or something of it: « Qui l'a consulté » shows these entries of the journal
READINGS = {
    "break_glass": _("Emergency access taken"),
    "case.read": _("Summary read"),
    "case.read.access": _("Accesses read"),
    "case.read.alerts": _("Alerts joined read"),
    "case.read.consents": _("Agreements read"),
    "case.read.health": _("Page of health opened"),
    "case.read.identification": _("Identification read"),
    "case.read.offence": _("Page of the presumed authors opened"),
    "case.read.residence": _("Page of the right to stay opened"),
    "health.read": _("Health shown"),
    "offence.read": _("Presumed authors shown"),
    "residence.read": _("Right to stay shown"),
    "case.read.procedures": _("Procedures and time limits read"),
    "case.read.history": _("History read"),
    "case.read.path": _("Path read"),
    "case.read.place": _("Place read"),
    "case.read.identity": _("Page of the identity opened"),
    "case.read.life": _("State and closing read"),
    "case.read.links": _("Persons and cases linked read"),
    "case.read.needs": _("Needs and support read"),
    "case.read.papers": _("Documents read"),
    "identity.read.linked": _("Names of linked persons shown"),
    "case.read.secrets": _("Page of its own notes opened"),
    "case.read.timeline": _("Thread read"),
    "case.read.signs": _("Signs and assessment read"),
    "identity.read": _("Identity shown"),
    "identity.read.history": _("Former identities and contacts shown"),
}
PERMISSIONS = {code: Level(level).label for level, code in LEVEL_CODENAMES.items()} | {
    code: Category(bit).label for bit, code in CATEGORY_CODENAMES.items()
}


def readings_in_words(actor, entries) -> list:
    """Each entry with `who` (a colleague's name, or the agency) and `words`."""
    found = list(entries)
    who = names(actor, found)
    for entry in found:
        entry.who, entry.words = who(entry), READINGS[entry.action]
    return found


def names(actor, rows):
    """A function: row -> a colleague's name, another agency's, or the system."""
    members = Membership.objects.filter(pk__in={row.membership_id for row in rows}).select_related("user", "agency")
    known = {member.pk: member for member in members}

    def who(row) -> str:
        member = known.get(row.membership_id)
        if member is None:
            return str(_("By the clock"))
        mine = member.agency_id == actor.agency_id and member.user is not None
        return member.user.full_name if mine else member.agency.name

    return who


def changes_in_words(logged) -> list:
    """Grants given and ended, each with `what`, `agency` and `why`."""
    found = list(logged)
    names = dict(Agency.objects.filter(pk__in={g.agency_id for g in found}).values_list("pk", "name"))
    for given in found:
        given.what = PERMISSIONS.get(given.permission, given.permission)
        given.agency = names.get(given.agency_id, "–")
        given.why = Grant.Ground(given.ground).label
    return found
