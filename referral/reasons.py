"""Coded reasons of the coordinator's moves on an alert. None of them is a score: a low score closes nothing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RedirectReason(TextChoices):
    PLACE = "place", _("Another département")
    COMPETENCE = "competence", _("Another service is competent")
    CAPACITY = "capacity", _("We cannot take it in time")
    SAFETY = "safety", _("For the person's safety")


class CloseReason(TextChoices):
    DUPLICATE = "duplicate", _("Already reported, in another alert")
    FOLLOWED = "followed", _("Already followed by a service")
    OTHER_HELP = "other_help", _("Not trafficking: directed to other help")
    UNREACHABLE = "unreachable", _("Author asked, and nothing to act on")
    MISTAKE = "mistake", _("Sent by mistake")
