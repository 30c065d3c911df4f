"""Add and correct persons linked to a case, and documents kept elsewhere."""

from agencies.models import Category
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from victims.cases.access import former_version, must_write
from victims.models import CaseAccess, LinkedPerson, LinkedPersonName, PaperDocument, ReadingAlarm
from victims.reading.access import afford


def add_person(actor, case_id, *, relation: str, age_side: str, text: str = "", name: str = "") -> LinkedPerson:
    """Add a linked person. Raises NotAllowed for a `name` without the category identity."""
    case = must_write(actor, case_id)
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
    """Write a new version; the name stays unless a new one is given. Raises NotFound, NotAllowed, WrongState."""
    former = former_version(actor, LinkedPerson, pk)
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
    """Return {person id: name}, journalled as a reading; empty without the category identity. Raises Spent.

    A version without a name keeps the name of the version before.
    """
    access = CaseAccess.objects.of(actor).filter(case=case.pk).first()
    if access is None or not access.categories & Category.IDENTITY:
        return {}
    afford(actor, ReadingAlarm.Kind.IDENTITY, case)
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
    """Note a document kept elsewhere: `label` identifies it, `place` says where. Raises NotAllowed."""
    case = must_write(actor, case_id)
    data = {"label": label, "place": place}
    with guarded():
        made = PaperDocument.objects.create(case=case, agency=actor.agency, by=actor, sort=sort, data=data)
    record("paper.add", made, case_id=case.pk)
    return made


def correct_paper(actor, pk, *, label: str, place: str) -> PaperDocument:
    """Write where the document is now, as a new version. Raises NotFound, NotAllowed, WrongState."""
    former = former_version(actor, PaperDocument, pk)
    data = {"label": label, "place": place}
    with guarded():
        made = PaperDocument.objects.create(
            case_id=former.case_id, agency=actor.agency, by=actor, sort=former.sort, data=data, replaces_id=former.pk
        )
    record("paper.correct", made, case_id=former.case_id)
    return made
