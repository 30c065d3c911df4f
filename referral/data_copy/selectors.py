"""Gather what is held on a person, as far as the reader may read it. No name of an agent: the agency acted."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency
from referral.models import Orientation
from victims.access.access import held_by_agencies
from victims.models import (
    Case,
    CaseAccess,
    CaseFile,
    LinkedPerson,
    Need,
    NeedText,
    PaperDocument,
    Statement,
    TimelineEntry,
)


@dataclass
class Words:
    """Hold one text written about the person: it may name others, so it is given only when somebody has reread it."""

    key: str
    at: datetime
    agency: Agency
    what: str
    text: str
    given: bool = False


def words_of(actor, case: Case, given: set[str] = frozenset()) -> list[Words]:
    """Return the texts of the thread and of needs, the oldest first; those whose keys are in `given` are marked."""
    entries = TimelineEntry.objects.visible_to(actor).now().filter(case=case).select_related("agency")
    texts = NeedText.objects.visible_to(actor).filter(case=case).select_related("need__agency", "need__service")
    found = [Words(f"e{e.pk}", e.placed_at, e.agency, e.get_sort_display(), e.data["text"]) for e in entries]
    found += [Words(f"n{t.pk}", t.at, t.need.agency, str(t.need.service), t.data["text"]) for t in texts]
    for words in found:
        words.given = words.key in given
    return sorted(found, key=lambda words: (words.at, words.key))


def lists_of(actor, case: Case) -> dict:
    """Return the lists of the copy: needs, views on identification, requests sent, documents, and how many persons
    close to the person are written down."""
    files = CaseFile.objects.visible_to(actor).filter(case=case, state=CaseFile.State.READY).select_related("agency")
    papers = PaperDocument.objects.visible_to(actor).now().filter(case=case).select_related("agency")
    sent = Orientation.objects.visible_to(actor).filter(case=case, sent_at__isnull=False)
    return {
        "needs": Need.objects.visible_to(actor).filter(case=case).select_related("service", "agency"),
        "statements": Statement.objects.filter(case=case).select_related("agency"),
        "sent": sent.select_related("addressee", "service").order_by("sent_at", "id"),
        "files": [*files, *papers],
        "close": LinkedPerson.objects.visible_to(actor).now().filter(case=case).count(),
    }


def agencies_of(case: Case, access: CaseAccess) -> tuple[list[Agency], list[Agency]]:
    """Return the agencies that receive the data, and those among them that hold a category the reader does not."""
    held = held_by_agencies(case)
    found = list(Agency.objects.filter(pk__in=held).order_by("name"))
    return found, [agency for agency in found if held[agency.pk].categories & ~access.categories]
