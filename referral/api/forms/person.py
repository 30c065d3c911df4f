"""Acts about the person: path, health, presumed authors, right to stay, persons and cases linked."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Category
from referral.api.serializers.strict import Text
from victims.categories import operations as categories
from victims.categories.forms import HealthForm, OffenceForm, ResidenceForm
from victims.links.forms import LinkForm, PersonCorrectionForm, PersonForm
from victims.links.operations import cases, persons_and_papers
from victims.models import CaseLink, Episode, LinkedPerson, Profile
from victims.path import operations as path
from victims.path.forms import EpisodeForm, ProfileForm
from victims.reporting import operations as reporting
from victims.reporting.forms import ReportDecisionForm

from .acts import Act, works

COUNTRY_OR_PLACE = _("Number of a département, or name of a country.")


def _episode(form) -> dict:
    return {"data": form.episode(), "main": form.cleaned_data.get("main", False)}


def _correct_episode(actor, episode, **given):
    return path.write_episode(actor, Episode.objects.get(pk=episode).case_id, replaces=episode, **given)


def _remove_episode(actor, episode) -> None:
    path.remove_episode(actor, Episode.objects.get(pk=episode).case_id, episode)


EPISODE = {
    "form": EpisodeForm,
    "options": lambda actor, access: {"leads": access.lead},
    "given": _episode,
    "may": works,
    "own": {
        "form": Text(max_length=40, help_text=_("Code of `forms`.")),
        "where": Text(max_length=80, required=False, help_text=COUNTRY_OR_PLACE),
    },
}
PATH = (
    Act("add_episode", "", _("Add a stage of the path"), path.write_episode, **EPISODE),
    Act(
        "correct_episode",
        "<uuid:thing>/correct/",
        _("Correct a stage of the path"),
        _correct_episode,
        thing=Episode,
        **EPISODE,
        description=_("A new version: the former stays readable."),
    ),
    Act(
        "remove_episode",
        "<uuid:thing>/remove/",
        _("Take off a stage written by mistake"),
        _remove_episode,
        thing=Episode,
        may=works,
    ),
    Act(
        "answer_survey",
        "survey/",
        _("Answer the yearly survey for this person"),
        path.record_profile,
        ProfileForm,
        may=works,
        given=lambda form: {"data": form.profile()},
        description=_("All the answers: what is left out is not known."),
        of="get_path",
        holds=Profile,
    ),
)


def _of_category(bit: Category, name: str, form, summary) -> tuple[Act, ...]:
    def write(actor, case_id, **given):
        return categories.write_entry(actor, case_id, bit, **given)

    act = Act(
        f"write_{name}",
        "",
        summary,
        write,
        form,
        may=works,
        given=lambda form: {"data": form.kept(), "replaces": form.cleaned_data["replaces"]},
        description=_("`replaces`: the entry it corrects, which stays readable."),
    )
    return (act,)


HEALTH = _of_category(Category.HEALTH, "health", HealthForm, _("Write what care the person needs"))
OFFENCE = _of_category(Category.OFFENCE, "offence", OffenceForm, _("Write what is known of the presumed authors"))
RESIDENCE = _of_category(Category.RESIDENCE, "residence", ResidenceForm, _("Write what is known of the right to stay"))

REPORTING = (
    Act(
        "record_report_decision",
        "",
        _("Record a decision on a report to the prosecutor"),
        lambda actor, case_id, **given: reporting.record_decision(actor, case_id, **given),
        ReportDecisionForm,
        options=lambda actor, access: {"child": access.case.is_minor},
        may=works,
        given=lambda form: {"data": form.kept()},
        description=_(
            "Nothing is sent. Made: `ground`, `court` and `way` are asked; not made, or without the agreement of an"
            " adult: `why`. `agreement` is asked of an adult alone."
        ),
    ),
)


def _names(actor, access) -> dict:
    return {"names": bool(access.categories & Category.IDENTITY)}


def _link(actor, case_id, **given):
    try:
        return cases.link_cases(actor, case_id, **given)
    except cases.NoSuchCase as error:
        said = _("No other case that your organisation sees has this reference: check it.")
        raise serializers.ValidationError({"reference": [said]}, code="rule") from error


LINKS = (
    Act(
        "add_person",
        "",
        _("Add a person close to the victim"),
        persons_and_papers.add_person,
        PersonForm,
        options=_names,
        description=_("`name`: for who holds the category identity."),
    ),
    Act(
        "correct_person",
        "<uuid:thing>/correct/",
        _("Correct what is said of a linked person"),
        persons_and_papers.correct_person,
        PersonCorrectionForm,
        thing=LinkedPerson,
        options=_names,
    ),
    Act("link_cases", "cases/", _("Link the case to another one"), _link, LinkForm, may=works),
    Act(
        "unlink_cases",
        "cases/<uuid:thing>/unlink/",
        _("Take a link of two cases away"),
        lambda actor, link: cases.unlink_cases(actor, link) and None,
        thing=CaseLink,
        may=works,
        of_case=lambda case: Q(one=case) | Q(other=case),
        description=_("For the agency that leads one of the two."),
    ),
)
