"""Read drafts, and the shared indicators in the version an alert was begun with."""

from agencies.models import Territory
from foundation.errors import NotFound
from indicators.assessment.rules.assess import assess, replayed
from indicators.assessment.rules.explanation import explain
from indicators.assessment.rules.snapshot import CatalogueSnapshot, ShortGridSnapshot
from indicators.catalogue import selectors as catalogue_selectors
from referral.models import Alert, AlertContact
from referral.routing.selectors import desks as desks_selectors

from .rules import age_side


def own_draft(actor, alert_id, *, lock=False) -> Alert:
    """Return a draft of the actor, with its content. Raises NotFound."""
    drafts = Alert.objects.mine(actor).filter(state=Alert.State.DRAFT).select_related("content", "author")
    if lock:
        drafts = drafts.select_for_update(of=("self",))
    alert = drafts.filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def contact_of(alert: Alert) -> dict:
    """Return the safe contact of a draft, empty when there is none or the reader may not read it."""
    contact = AlertContact.objects.filter(alert=alert).first()
    return contact.data if contact else {}


def catalogue_of(answers: dict) -> CatalogueSnapshot:
    """Return the catalogue these answers were begun with; a published version stays for what was observed with it."""
    version = answers.get("catalogue_version")
    return catalogue_selectors.at(version) if version else catalogue_selectors.current()


def grid_of(answers: dict) -> ShortGridSnapshot:
    """Return the short grid for the form and the side of age, in the version these answers were begun with."""
    grid = catalogue_selectors.short_grid(answers.get("form") or "unknown", age_side(answers))
    if grid.code == answers.get("grid") and answers.get("grid_version") not in (None, grid.version):
        return catalogue_selectors.short_grid_at(grid.code, answers["grid_version"])
    return grid


def answers_with(before: dict, given: dict) -> dict:
    """Return the answers together. If the side of age changes, signs give way to their pairs of the other side."""
    answers = {**before, **given}
    if answers.get("observations") and answers.get("minor") not in (None, "", before.get("minor")):
        catalogue, pairs = catalogue_of(answers), catalogue_selectors.grids().pairs
        seen, side = answers["observations"], age_side(answers)
        answers["observations"] = replayed(seen, age_side=side, pairs=pairs, catalogue=catalogue)
    return answers


def reading_of(answers: dict) -> dict:
    """Return what the shared rules say of these answers, as `explain` gives it."""
    catalogue, grid = catalogue_of(answers), grid_of(answers)
    found = assess(
        answers.get("observations") or {},
        age_side=age_side(answers),
        form=answers.get("form") or "unknown",
        immediate_danger=answers.get("danger") == "yes",
        short_grid=grid,
        catalogue=catalogue,
    )
    return explain(found, catalogue, grid)


def signs_of(answers: dict) -> list[tuple]:
    """Return (indicator, value) for each sign noted, as entries of the catalogue."""
    catalogue = catalogue_of(answers)
    return [
        (catalogue.indicators[code], catalogue.values[value])
        for code, value in (answers.get("observations") or {}).items()
    ]


def addressees_of(draft: Alert) -> list[desks_selectors.Addressee]:
    """Return who would receive this draft if it were sent now, with the reasons."""
    answers = draft.content.data
    draft.territory = Territory.objects.get(pk=answers["territory"])
    return desks_selectors.addressees(draft, answers)
