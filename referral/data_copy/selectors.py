"""Gather what is held on a person, as far as the reader may read it. No name of an agent: the agency acted."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

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
PLAIN = Q(bit__in=(0, Category.IDENTITY))
HERS = "hers"  # of `WHOSE`: the number is the person's own


@dataclass
class Words:
    """Hold what was written about the person: it may name others, so it is given only when somebody has reread it.

    `facts`: (question, answer) pairs of what is no free text. `agency`: none where several wrote, or an alert told.
    """

    key: str
    at: datetime
    agency: Agency | None
    what: str
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    given: bool = False


def words_of(actor, case: Case, given: set[str] = frozenset()) -> list[Words]:
    """Return the texts of the thread and of needs, the oldest first; those whose keys are in `given` are marked."""
    entries = TimelineEntry.objects.visible_to(actor).now().filter(case=case).select_related("agency")
    texts = {text.need_id: text for text in NeedText.objects.visible_to(actor).filter(case=case, bit=0)}
    needs = Need.objects.visible_to(actor).filter(pk__in=texts).select_related("agency").served()
    found = [Words(f"e{e.pk}", e.placed_at, e.agency, e.get_sort_display(), e.data["text"]) for e in entries]
    for need, text in ((need, texts[need.pk]) for need in needs):
        found.append(Words(f"n{text.pk}", text.at, need.agency, str(need.service), text.data["text"]))
    for words in found:
        words.given = words.key in given
    return sorted(found, key=lambda words: (words.at, words.key))


def lists_of(actor, case: Case) -> dict:
    """Return the lists of the copy: needs, views on identification, requests sent, documents, and how many persons
    close to the person are written down.

    Nothing of health, presumed authors, residence and asylum, nor under secrecy: not even that it is there, since
    somebody else may find the paper (decision 82). What the person may have of it stands apart (`display.apart_of`).
    """
    files, papers = _files(actor, case).filter(PLAIN).exclude(sort__in=FILES_APART), _papers(actor, case)
    papers, sent = papers.exclude(sort__in=APART), _sent(actor, case).exclude(service__in=SEALED)
    return {
        "needs": Need.objects.visible_to(actor).filter(case=case, bit=0).select_related("agency").served(),
        "statements": Statement.objects.filter(case=case, asylum=False).select_related("agency"),
        "sent": sent,
        "files": [*files, *papers],
        "close": LinkedPerson.objects.visible_to(actor).now().filter(case=case).count(),
    }


def documents_apart(actor, case: Case) -> list[Words]:
    """Return, by their kind alone, the documents that `lists_of` leaves out, but for those about presumed authors."""
    files = _files(actor, case).exclude(PLAIN & ~Q(sort__in=FILES_APART)).exclude(bit=Category.OFFENCE)
    found = [*files, *_papers(actor, case).filter(sort__in=APART)]
    return [_part("f", row, row.agency, row.at, _("Document kept"), row.get_sort_display()) for row in found]


def requests_apart(actor, case: Case) -> list[Words]:
    """Return the requests that `lists_of` leaves out: of health, residence and asylum."""
    sent = _sent(actor, case).filter(service__in=SEALED)
    return [_part("o", row, row.addressee, row.sent_at, str(row.service), row.get_state_display()) for row in sent]


def _part(sign: str, row, agency, at, what: str, answer: str) -> Words:
    return Words(f"{sign}{row.pk}", at, agency, what, facts=[(what, answer)])


def _files(actor, case: Case):
    rows = CaseFile.objects.visible_to(actor).filter(case=case, state=CaseFile.State.READY, secret=False)
    return rows.select_related("agency")


def _papers(actor, case: Case):
    return PaperDocument.objects.visible_to(actor).now().filter(case=case).select_related("agency")


def _sent(actor, case: Case):
    rows = Orientation.objects.visible_to(actor).filter(case=case, sent_at__isnull=False)
    return rows.select_related("addressee", "service").order_by("sent_at", "id")


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
