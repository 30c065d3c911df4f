"""Define the coded reasons of moves. None of them is a score: a low score closes nothing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Kind

# Desks that never know of an alert: why, kind of agency, service of the desk; empty for any. `asylum`: written by an
# asylum body; `immunity`: the employer has diplomatic immunity. Read by rules/discretion.py and by the database.
NEVER_TOLD = (
    ("asylum", Kind.INTERIOR, ""),
    ("asylum", Kind.ASYLUM, "residence_permit"),
    ("immunity", Kind.FOREIGN_AFFAIRS, ""),
    ("immunity", "", "consular_protection"),
)
# kinds of agencies that help a person; told of an alert without a legal ground
SUPPORT = {Kind.NGO, Kind.NGO_NETWORK, Kind.LABOUR, Kind.UNION, Kind.SOCIAL_AFFAIRS, Kind.HEALTH}
# never pre-ticked for an adult, whatever the danger: the numbers to call come first (ux, section 8, page 3)
NEVER_PRETICKED = {Kind.INTERIOR, Kind.JUSTICE}


def received_states(states: type[TextChoices]) -> list:
    """Return the choices of the states of what a desk received: what its sender has sent, the desk has received."""
    received = pgettext_lazy("by our desk", "Received")
    return [(code, received if code == "sent" else label) for code, label in states.choices if code != "draft"]


class RedirectReason(TextChoices):
    PLACE = "place", _("Another département")
    COMPETENCE = "competence", _("Another service is competent")
    CAPACITY = "capacity", _("We cannot take it in time")
    SAFETY = "safety", _("For the person's safety")


class CloseReason(TextChoices):
    DUPLICATE = "duplicate", _("Already reported, in another alert")
    FOLLOWED = "followed", _("Already followed by a service")
    OTHER_HELP = "other_help", _("Not trafficking: directed to other help")
    UNREACHABLE = "unreachable", _("The service behind the alert was asked, and cannot say who it is about nor where")
    MISTAKE = "mistake", _("Sent by mistake")


class FinishReason(TextChoices):
    """Define why the author closes an alert that its agency kept."""

    CHANGED_MIND = "changed_mind", _("The person no longer wants others to be told")
    HELPED_HERE = "helped_here", _("Our organisation helped; nothing more is wanted")
    MISTAKE = "mistake", _("Sent by mistake")


class RevokeReason(TextChoices):
    """Define why the lead of a case ends what an acceptance granted."""

    NOT_NEEDED = "not_needed", _("The help is no longer needed")
    PERSON = "person", _("The person asks for it")
    SAFETY = "revoke_safety", _("For the person's safety")
    UNREACHABLE = "unreachable", _("The service cannot be reached or no longer acts")
    MISTAKE = "mistake", _("Sent by mistake")


class ApartReason(TextChoices):
    """Define why two cases that look alike are left apart."""

    TWO_PERSONS = "two_persons", _("The leads know that they are two people")
    TOO_LITTLE = "too_little", _("Too little to say so")
    KNOWN = "known", _("Already known and dealt with")
    SAFETY = "apart_safety", _("Bringing them together would put somebody in danger")


class AlarmFinding(TextChoices):
    """Define what was found about an account with many matches."""

    WORK = "work", _("Ordinary work: a transfer of cases, a campaign, an import")
    ASKED = "asked", _("The holder of the account was asked, the answer is clear")
    MISUSE = "misuse", _("Misuse: the account is to be suspended and the cases concerned reviewed")


# what the mechanism itself writes on a move
MOVE_REASONS = {
    "transferred": _("Another service accepted to lead the case"),
    "elsewhere": _("Another service accepted for the same need"),
    "handed_on": _("The case was handed on to another service"),
    "not_named": _("The person's agreement does not name this prefecture"),
    "term": _("The time of this access has run out"),
}
