"""Sections about the person: path, health, presumed authors, right to stay, persons and cases linked."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from agencies.models import Category
from referral.api.forms import person as acts
from referral.api.serializers.sections import person as shown
from victims.categories import operations as categories
from victims.links.operations import cases
from victims.links.operations.persons_and_papers import names_of
from victims.models import LinkedPerson, Profile
from victims.path import operations as path
from victims.reporting import operations as reporting

from .base import Reading


def _path(actor, access, request) -> dict:
    return {"episodes": path.current(access.case), "survey": Profile.objects.filter(case=access.case_id).first()}


def _of_category(bit: Category):
    def read(actor, access, request) -> dict:
        """Return the entries. This reading is journalled by itself, as what is shown on a click."""
        found = categories.read_entries(actor, access.case_id, bit)
        for entry in found:
            entry.corrected = categories.is_corrected(entry)
        return {"entries": found}

    return read


def _reporting(actor, access, request) -> dict:
    """Return the decisions. This reading is journalled by itself, as what is shown on a click."""
    return {"decisions": reporting.read_decisions(actor, access.case_id)}


def _links(actor, access, request) -> dict:
    people = LinkedPerson.objects.visible_to(actor).now().filter(case=access.case_id)
    return {"persons": people, "cases": cases.links_of(actor, access.case)}


def _names(actor, access, request) -> dict:
    """Return the names of linked persons. This reading is journalled by itself, within its budget."""
    if not access.categories & Category.IDENTITY:
        raise Http404
    found = names_of(actor, access.case)
    return {"names": [{"person": person, "name": name} for person, name in found.items()]}


HELD = _("For who holds the category; 404 for the others. Each reading is journalled.")
READINGS = [
    Reading(
        "path",
        "path",
        "get_path",
        _("Read the path of the person"),
        {"episodes": shown.EpisodeShown(many=True), "survey": shown.SurveyShown(allow_null=True)},
        _path,
        acts.PATH,
    ),
    Reading(
        "health",
        "health",
        "get_health",
        _("Read what care the person needs"),
        {"entries": shown.HealthShown(many=True)},
        _of_category(Category.HEALTH),
        acts.HEALTH,
        HELD,
    ),
    Reading(
        "offence",
        "offence",
        "get_offence",
        _("Read what is known of the presumed authors"),
        {"entries": shown.OffenceShown(many=True)},
        _of_category(Category.OFFENCE),
        acts.OFFENCE,
        HELD,
    ),
    Reading(
        "reporting",
        "reporting",
        "get_report_decisions",
        _("Read what was decided of a report to the prosecutor"),
        {"decisions": shown.ReportDecisionShown(many=True, help_text=_("Newest first; each agency's own."))},
        _reporting,
        acts.REPORTING,
        _("For the lead and who holds the category of presumed authors; 404 for others. Each reading is journalled."),
    ),
    Reading(
        "residence",
        "residence",
        "get_residence",
        _("Read what is known of the right to stay"),
        {"entries": shown.ResidenceShown(many=True)},
        _of_category(Category.RESIDENCE),
        acts.RESIDENCE,
        HELD,
    ),
    Reading(
        "links",
        "links",
        "get_links",
        _("Read which persons and cases are linked"),
        {"persons": shown.PersonShown(many=True), "cases": shown.LinkShown(many=True)},
        _links,
        acts.LINKS,
        description=_("Without the names, which are read by themselves."),
    ),
    Reading(
        "links",
        "links/names",
        "get_linked_names",
        _("Read the names of linked persons"),
        {"names": shown.NameShown(many=True)},
        _names,
        description=HELD,
    ),
]
