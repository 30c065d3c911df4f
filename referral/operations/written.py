"""What is written on a case: the thread, notes under secrecy, linked persons, papers. Corrections are new versions."""

from django.http import Http404

from agencies.errors import guarded
from agencies.models import Category, Level
from journal.operations import record
from referral.workflow import WORKS, NotAllowed, WrongState
from victims.models import (
    CaseAccess,
    LinkedPerson,
    LinkedPersonName,
    PaperDocument,
    SecretNote,
    TimelineEntry,
)

from .cases import visible_case


def may_write(actor, access: CaseAccess) -> bool:
    """Level 3 writes; so does the lead at any level, without reading the others back."""
    return actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)


def _writer(actor, case_id):
    case = visible_case(actor, case_id)
    if not may_write(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    return case


def written(actor, model, pk):
    """One version the actor sees, or 404."""
    found = model.objects.visible_to(actor).select_related("agency", "by__user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _former(actor, model, pk):
    """The version to correct: of the actor's agency, and the one that stands. Raises NotAllowed, WrongState."""
    former = written(actor, model, pk)
    if former.agency_id != actor.agency_id or not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    return former


def write_entry(actor, case_id, *, sort: str, text: str) -> TimelineEntry:
    """Raises NotAllowed for who neither leads nor reads the file."""
    case = _writer(actor, case_id)
    with guarded():
        made = TimelineEntry.objects.create(case=case, agency=actor.agency, by=actor, sort=sort, data={"text": text})
    record("timeline.write", made, case_id=case.pk)
    return made


def correct_entry(actor, pk, *, text: str) -> TimelineEntry:
    """A new version; the former stays readable. By the agency that wrote it. Raises WrongState when it was corrected
    meanwhile: two people correcting at once never overwrite each other."""
    former = _former(actor, TimelineEntry, pk)
    with guarded():
        made = TimelineEntry.objects.create(
            case_id=former.case_id,
            agency=actor.agency,
            by=actor,
            sort=former.sort,
            data={"text": text},
            replaces_id=former.pk,
        )
    record("timeline.correct", made, case_id=former.case_id)
    return made


def versions(actor, entry) -> list:
    """All versions of an entry, newest first, in one statement: they share case, place and agency."""
    same = type(entry).objects.visible_to(actor).filter(case=entry.case_id, placed_at=entry.placed_at)
    found = {row.pk: row for row in same.select_related("agency", "by__user")}
    after = {row.replaces_id: row for row in found.values() if row.replaces_id}
    first = found[entry.pk]
    while first.replaces_id in found:
        first = found[first.replaces_id]
    chain = [first]
    while chain[-1].pk in after:
        chain.append(after[chain[-1].pk])
    return chain[::-1]


def write_secret(actor, case_id, *, text: str) -> SecretNote:
    """By any member who works on cases and sees this one. Nobody outside the agency learns that it exists: no notice,
    and a journal entry without case."""
    case = visible_case(actor, case_id)
    if not actor.has(*WORKS):
        raise NotAllowed("write")
    with guarded():
        made = SecretNote.objects.create(case_id=case.pk, agency=actor.agency, by=actor, data={"text": text})
    record("secret.write", made)
    return made


def correct_secret(actor, pk, *, text: str) -> SecretNote:
    """Also once the agency no longer sees the case: the note is its own. Raises NotAllowed, WrongState."""
    former = SecretNote.objects.visible_to(actor).filter(pk=pk).first()
    if former is None:
        raise Http404
    if not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    with guarded():
        made = SecretNote.objects.create(
            case_id=former.case_id, agency=actor.agency, by=actor, data={"text": text}, replaces_id=former.pk
        )
    record("secret.correct", made)
    return made


def secrets_of(actor, case=None):
    """Notes under secrecy that stand, of the actor's agency: on one case, or on all, those of the past included."""
    notes = SecretNote.objects.visible_to(actor).now().select_related("by__user")
    return notes.filter(case=case) if case is not None else notes


def add_person(actor, case_id, *, relation: str, age_side: str, text: str = "", name: str = "") -> LinkedPerson:
    """Somebody close. `name` needs the identity bit: NotAllowed without it."""
    case = _writer(actor, case_id)
    if name and not CaseAccess.objects.of(actor).get(case=case.pk).categories & Category.IDENTITY:
        raise NotAllowed("identity")
    with guarded():
        made = LinkedPerson.objects.create(
            case=case, agency=actor.agency, by=actor, relation=relation, age_side=age_side, data={"text": text}
        )
        if name:
            LinkedPersonName.objects.create(person=made, case=case, by=actor, data={"text": name})
    record("person.link", made, case_id=case.pk)
    return made


def correct_person(actor, pk, *, relation: str, age_side: str, text: str = "", name: str = "") -> LinkedPerson:
    """A new version; the name stays unless another is given. Raises NotAllowed, WrongState."""
    former = _former(actor, LinkedPerson, pk)
    if name and not CaseAccess.objects.of(actor).get(case=former.case_id).categories & Category.IDENTITY:
        raise NotAllowed("identity")
    said = {"relation": relation, "age_side": age_side, "data": {"text": text}}
    with guarded():
        made = LinkedPerson.objects.create(
            case_id=former.case_id, agency=actor.agency, by=actor, replaces_id=former.pk, **said
        )
        if name:
            LinkedPersonName.objects.create(person=made, case_id=made.case_id, by=actor, data={"text": name})
    record("person.correct", made, case_id=former.case_id)
    return made


def names_of(actor, case) -> dict:
    """person id -> name, each reading an entry of the journal; empty without the identity bit. A version without a
    name of its own has that of the version before."""
    access = CaseAccess.objects.of(actor).filter(case=case.pk).first()
    if access is None or not access.categories & Category.IDENTITY:
        return {}
    record("identity.read.linked", case, case_id=case.pk)
    names = {row.person_id: row.data["text"] for row in LinkedPersonName.objects.filter(case=case)}
    before = dict(LinkedPerson.objects.visible_to(actor).filter(case=case).values_list("pk", "replaces_id"))
    found = {}
    for person in before:
        version = person
        while version and version not in names:
            version = before.get(version)
        if version:
            found[person] = names[version]
    return found


def add_paper(actor, case_id, *, sort: str, label: str, place: str) -> PaperDocument:
    case = _writer(actor, case_id)
    data = {"label": label, "place": place}
    with guarded():
        made = PaperDocument.objects.create(case=case, agency=actor.agency, by=actor, sort=sort, data=data)
    record("paper.add", made, case_id=case.pk)
    return made


def correct_paper(actor, pk, *, label: str, place: str) -> PaperDocument:
    """Where it is now, as a new version. Raises NotAllowed, WrongState."""
    former = _former(actor, PaperDocument, pk)
    data = {"label": label, "place": place}
    with guarded():
        made = PaperDocument.objects.create(
            case_id=former.case_id, agency=actor.agency, by=actor, sort=former.sort, data=data, replaces_id=former.pk
        )
    record("paper.correct", made, case_id=former.case_id)
    return made
