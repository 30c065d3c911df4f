"""Acts on an export of a list: asked with a reason, given up, made ready to fetch."""

from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.members.rules import WORKS
from foundation.workflow import actions
from referral.api.forms.acts import NOT_HERE, Step
from referral.api.forms.bodies import body_of, refused
from referral.api.rules import Problem
from referral.api.serializers.strict import Choice, Strict, Text
from referral.desk.filters import LISTS
from referral.exports import operations as exports
from referral.exports.display import too_many_names
from referral.exports.forms import ExportForm
from referral.models import WITHOUT_APPROVAL, Export
from referral.workflow import EXPORT

NOT_A_FILTER = _("This list has no such filter, or not this value: give what the page of the list has in its address.")


class Filters(serializers.DictField):
    """Parse filters by name, as the address of the list's page has them."""

    child = Text(max_length=60, allow_blank=False)


ASKED = body_of(
    ExportForm,
    "ask_export",
    list=Choice(choices=[code for code, listed in LISTS.items() if listed.exported]),
    filters=Filters(required=False, help_text=_("As in the address of the list's page: `urgency`, `form`, …")),
)


def _query(actor, listed: str, filters: dict) -> str:
    """Return the query string of these filters. Raises ValidationError for one that would be left out."""
    asked = QueryDict(mutable=True)
    asked.update(filters)
    kept = QueryDict(LISTS[listed].kept(actor, asked.urlencode()))
    if wrong := sorted(filters.keys() - kept.keys()):
        raise serializers.ValidationError({"filters": {name: [NOT_A_FILTER] for name in wrong}}, code="rule")
    return kept.urlencode()


def _ask(actor, _pk, *, list: str, filters: dict | None = None, **said) -> Export:  # noqa: A002 the word of the body
    if not actor.has(*WORKS):
        raise exports.NotAllowed("export")
    if "content" in said and LISTS[list].noun != "case":  # the standard is of cases
        raise serializers.ValidationError({"content": [NOT_HERE]}, code="rule")
    query, form = _query(actor, list, filters or {}), ExportForm(said)
    if not form.is_valid():
        raise refused(form)
    try:
        return exports.ask_export(actor, list, query, **form.cleaned_data)
    except exports.NothingFound as error:
        raise Problem("wrong-state", str(_("Nothing is in this list: there is nothing to export."))) from error
    except exports.TooMany as error:
        most = {"most": exports.AT_MOST}
        raise Problem("wrong-state", str(_("More than %(most)s rows: add a filter.")) % most) from error
    except exports.TooManyNames as error:
        raise Problem("wrong-state", too_many_names(error.left)) from error


def available(actor, export: Export) -> list[str]:
    """Return the moves that the actor may make now."""
    return actions(EXPORT, export.state, side=exports.sides(actor, export), actor=actor)


class Link(Strict):
    """Parse what `prepare_export` gave."""

    token = Text(max_length=64)


ASK = Step(
    "ask_export",
    "",
    _("Ask for an export of a list"),
    _ask,
    strict=ASKED,
    description=format_lazy(
        _(
            "The rows found now are frozen. Above {rows} rows in seven days, those of all your exports added up, a "
            "second person approves first, never a program: `state` says what it waits for. The file is made in the "
            "background and encrypted; names are in it with `htcds_named` alone, and then a person always approves."
        ),
        rows=WITHOUT_APPROVAL,
    ),
)
EXPORTS = (
    Step(
        "cancel_export",
        "cancel/",
        _("Give up an export"),
        lambda actor, pk: exports.cancel_export(actor, pk) and None,
        may=lambda actor, export: "cancel" in available(actor, export),
        description=_("At any time before it is fetched. Nothing of it is kept."),
        of="get_export",
    ),
)
