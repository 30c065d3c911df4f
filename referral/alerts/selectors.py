"""Read what an alert is shown with: its contact, its addressees, the indicators in the version it was begun with."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Agency, Kind, Level, Membership
from foundation.statements.kept import KeptStatement
from indicators.assessment.rules.snapshot import CatalogueSnapshot, GridBook, ShortGridSnapshot
from indicators.catalogue import selectors as catalogue_selectors
from referral.models import Alert, AlertAddition, AlertContact, AlertLink, AlertMove
from referral.routing.rules import discretion
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from victims.models import CaseAccess

from .rules import age_side, reachable_until, settled, urgency

CONTACT = KeptStatement(lambda _, alert: AlertContact.objects.filter(alert=alert))
AT_ONCE = timedelta(minutes=1)  # the same request makes the case and links it: of eighty people at most
STORY = ("note", "where", "place", "detection", "when", "when_date")


def contact_of(alert: Alert) -> dict:
    """Return the safe contact of a draft, empty when there is none or the reader may not read it."""
    found = CONTACT.rows(None, alert=alert.pk)
    return found[0].data if found else {}


def cases_of(actor, alert) -> QuerySet[CaseAccess]:
    """Return the actor's access to the cases of an alert; `opened`: from it, not before it joined.

    A case is linked to the alert it comes from when it is made, and before any other; an imported one comes from none.
    """
    links = AlertLink.objects.filter(case=OuterRef("case"))
    own = links.filter(alert=alert, at__lt=OuterRef("received_at") + AT_ONCE)
    earlier = links.filter(at__lt=Subquery(AlertLink.objects.filter(case=OuterRef("case"), alert=alert).values("at")))
    rows = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case__alert_links__alert=alert)
    return rows.annotate(opened=Exists(own) & ~Exists(earlier))


def catalogue_of(answers: dict) -> CatalogueSnapshot:
    """Return the catalogue these answers were begun with; a published version stays for what was observed with it."""
    return catalogue_selectors.at(answers.get("catalogue_version"))


def grid_of(answers: dict, book: GridBook | None = None) -> ShortGridSnapshot:
    """Return the short grid for the form, the side of age and where the author stands, in the version these answers
    were begun with.

    `book`: the grids last published, for a caller that reads many alerts.
    """
    begun_with, form = (answers.get("grid"), answers.get("grid_version")), answers.get("form") or "unknown"
    return catalogue_selectors.short_grid(
        form, age_side(answers), begun_with=begun_with, book=book, seen_from=seen_from(answers)
    )


def seen_from(answers: dict) -> catalogue_selectors.SeenFrom:
    """Return how and where the author met the person, in whose words the signs then are; empty where not known."""
    return answers.get("detection") or "", answers.get("place") or ""


def reading_of(answers: dict) -> dict:
    """Return what the shared rules say of these answers, in the versions they were begun with: see `explain`."""
    return catalogue_selectors.assess_signs(
        answers.get("observations") or {},
        age_side=age_side(answers),
        form=answers.get("form") or "unknown",
        immediate_danger=answers.get("danger") == "yes",
        version=answers.get("catalogue_version"),
        grid=(answers.get("grid"), answers.get("grid_version")),
        seen_from=seen_from(answers),
    )


def best_of(reading: dict) -> dict:
    """Return the highest of the results of a reading: the one that a page says; the others are folded behind."""
    return max(reading["results"], key=lambda result: result["level"])


def words_of(answers: dict, book: GridBook | None = None) -> dict:
    """Return indicator -> its words in the short grid of these answers, else in another one that asks it."""
    book = book or catalogue_selectors.grids()
    return {**book.worded, **{item.indicator: item for item in grid_of(answers, book).items}}


def signs_of(answers: dict) -> list[tuple]:
    """Return (sign, value) for each sign noted, in the words it was ticked in."""
    catalogue, words = catalogue_of(answers), words_of(answers)
    return [
        (words.get(code) or catalogue.indicators[code], catalogue.values[value])
        for code, value in (answers.get("observations") or {}).items()
    ]


def story_of(alert: Alert) -> dict:
    """Return the account of the facts that a case keeps from an alert, by question; without empty answers.

    From an asylum body, nothing in it says that the person asks for asylum.
    """
    answers = alert.content.data
    if alert.agency.kind == Kind.ASYLUM:
        answers = discretion.without_asylum(answers)
    return {name: answers[name] for name in STORY if answers.get(name)}


def addressees_of(draft: Alert) -> list[desks_selectors.Addressee]:
    """Return who would receive this draft if it were sent now, with the reasons."""
    answers = settled(draft.content.data)
    (draft.territory,) = desks_selectors.PLACE.rows(None, code=answers["territory"])
    return desks_selectors.addressees(draft, answers)


def wants_association(answers: dict, told: list[Agency]) -> bool:
    """Return whether the person wants the help of an association, and none is among the agencies told."""
    wants = answers.get("agreement") == "yes" and "association" in (answers.get("recipients") or [])
    return wants and not any(agency.kind in desks_selectors.ASSOCIATIONS for agency in told)


def kept_until(draft: Alert) -> datetime | None:
    """Return when the coordination would have this draft if its author's agency kept it and did nothing.

    None when the person refused: it stays there.
    """
    answers, now = settled(draft.content.data), timezone.now()
    if answers.get("agreement") == Alert.Agreement.NO:
        return None
    return first_due(urgency(answers, now), now, reachable_until(answers))


def is_kept(alert: Alert, moves: list[AlertMove]) -> bool:
    """Return whether nobody but the agency of its author ever had this alert. `moves`: all of them, oldest first."""
    told = {agency for move in moves for agency in move.to_agencies}
    return told == {alert.agency_id} and not alert.agency.is_coordination


def kept_first(alert: Alert, move: AlertMove) -> bool:
    """Return whether this move recorded the alert at its author's agency, and sent it to nobody."""
    return move.action == "send" and is_kept(alert, [move])


def kept_waiting(actor) -> QuerySet[Alert]:
    """Return the actor's alerts that its agency alone has, with a time limit: agreed to, and followed by nothing yet.

    Or refused by the person, and added to since (nrm.alert_refused). Read from the moves: an author who follows no
    cases sees no desk row. A coordination unit answers as a desk.
    """
    moves = AlertMove.objects.filter(alert=OuterRef("pk"))
    alone = Func(actor.agency_id, template="ARRAY[%(expressions)s]", output_field=ArrayField(IntegerField()))
    kept = moves.filter(action="send", to_agencies=alone)
    agreed = Exists(kept.filter(due_at__isnull=False))
    refused = (
        Q(agreement=Alert.Agreement.NO) & Exists(kept) & Exists(AlertAddition.objects.filter(alert=OuterRef("pk")))
    )
    left = moves.filter(
        Q(action__in=("address", "redirect", "readdress", "doubt")) | Q(action="escalate") & ~Q(to_agencies=[])
    )
    waiting = Alert.objects.mine(actor).filter(state__in=(Alert.State.SENT, Alert.State.OPENED), agency__mandate="")
    return waiting.filter(agreed | refused, ~Exists(left))


def has_readers(draft: Alert) -> bool:
    """Return whether somebody in the author's agency follows cases, and would read what is kept there."""
    members = Membership.objects.live().filter(agency=draft.agency_id, kind=Membership.Sort.PERSON)
    return members.filter(roles__overlap=list(WORKS)).exists()
