"""Gather what is held on a person, as far as the reader may read it. No name of an agent: the agency acted."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency, Category
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
from victims.models.needs import SEALED_SERVICES

FILES_APART = (CaseFile.Sort.COMPLAINT, CaseFile.Sort.MEDICAL, CaseFile.Sort.RESIDENCE)
APART = (PaperDocument.Sort.COMPLAINT, PaperDocument.Sort.CERTIFICATE, PaperDocument.Sort.RESIDENCE)
SEALED = [code for codes in SEALED_SERVICES.values() for code in codes]
HERS = "hers"  # of `WHOSE`: the number is the person's own


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
    texts = NeedText.objects.visible_to(actor).filter(case=case, bit=0, need__asylum=False)
    texts = texts.select_related("need__agency", "need__service")
    found = [Words(f"e{e.pk}", e.placed_at, e.agency, e.get_sort_display(), e.data["text"]) for e in entries]
    found += [Words(f"n{t.pk}", t.at, t.need.agency, str(t.need.service), t.data["text"]) for t in texts]
    for words in found:
        words.given = words.key in given
    return sorted(found, key=lambda words: (words.at, words.key))


def lists_of(actor, case: Case) -> dict:
    """Return the lists of the copy: needs, views on identification, requests sent, documents, and how many persons
    close to the person are written down.

    Nothing of health, presumed authors, residence and asylum, nor under secrecy: not even that it is there, since
    somebody else may find the paper (decision 82).
    """
    files = CaseFile.objects.visible_to(actor).filter(case=case, state=CaseFile.State.READY, secret=False)
    files = files.filter(bit__in=(0, Category.IDENTITY)).exclude(sort__in=FILES_APART)
    papers = PaperDocument.objects.visible_to(actor).now().filter(case=case).exclude(sort__in=APART)
    sent = Orientation.objects.visible_to(actor).filter(case=case, sent_at__isnull=False).exclude(service__in=SEALED)
    needs = Need.objects.visible_to(actor).filter(case=case, bit=0, asylum=False)
    return {
        "needs": needs.select_related("service", "agency"),
        "statements": Statement.objects.filter(case=case, asylum=False).select_related("agency"),
        "sent": sent.select_related("addressee", "service").order_by("sent_at", "id"),
        "files": [*files.select_related("agency"), *papers.select_related("agency")],
        "close": LinkedPerson.objects.visible_to(actor).now().filter(case=case).count(),
    }


def agencies_of(case: Case, access: CaseAccess) -> tuple[list[Agency], list[Agency]]:
    """Return the agencies that receive the data, and those among them that hold more than the reader: a category, or
    the file."""
    held = held_by_agencies(case)
    found = list(Agency.objects.filter(pk__in=held).order_by("name"))
    more = {pk for pk, one in held.items() if one.level > access.level or one.categories & ~access.categories}
    return found, [agency for agency in found if agency.pk in more]


def ways_of(contacts) -> list[str]:
    """Return the person's own numbers and addresses. Nothing else of a safe contact goes on paper: whoever finds it
    would know the code word, the hours and who helps (decision 82)."""
    found = [contact.data for contact in contacts]
    return [said["value"] for said in found if said.get("whose") == HERS and said.get("value")]
