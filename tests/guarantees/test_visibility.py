"""The grid: who sees what, cell by cell, against a file written by hand from the design (never from the code).

Three readings of the same cells: as the application works, with the querysets' filters replaced by `.all()` so that
only the policies stand, and above the policies so that only the filters stand.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from foundation.actor import SESSION_KEY, acting_as
from foundation.sight import SightQuerySet
from journal.models import Entry
from notifications.models import Notice
from referral.models import (
    Alert,
    AlertContact,
    AlertContent,
    AlertDesk,
    AlertLink,
    AlertMove,
    Checklist,
    Clock,
    DeskQuerySet,
    LegalShare,
    Orientation,
    OrientationDesk,
    OrientationMove,
    OrientationSheet,
)
from tests.roles import as_role
from victims.models import (
    AccessQuerySet,
    AgreementText,
    Case,
    CaseAccess,
    CaseQuerySet,
    CaseText,
    Consent,
    Contact,
    Grant,
    GrantLog,
    HealthNote,
    IdentificationView,
    Identity,
    Need,
    Observation,
    OffenceFact,
    ResidenceFact,
    Statement,
)

from .conditions import sample
from .matrices import sight
from .world import World

pytestmark = pytest.mark.django_db
CELLS = sight()

# What each surface reads, as the actor `a`, about the relation `r`.
SURFACES: dict[str, Callable] = {
    "access": lambda a, r: CaseAccess.objects.of(a).filter(case=r.case),
    "case": lambda a, r: Case.objects.visible_to(a).filter(pk=r.case.pk),
    "consent": lambda a, r: Consent.objects.filter(case=r.case),
    "observation": lambda a, r: Observation.objects.filter(case=r.case),
    "text": lambda a, r: CaseText.objects.filter(case=r.case),
    "statement": lambda a, r: Statement.objects.filter(case=r.case),
    "need": lambda a, r: Need.objects.visible_to(a).filter(case=r.case).exclude(bit=16),
    "asylum_need": lambda a, r: Need.objects.visible_to(a).filter(case=r.case, bit=16),
    "glance": lambda a, r: IdentificationView.objects.filter(case=r.case),
    "words": lambda a, r: AgreementText.objects.filter(case=r.case),
    "health": lambda a, r: HealthNote.objects.filter(case=r.case),
    "offence": lambda a, r: OffenceFact.objects.filter(case=r.case),
    "residence": lambda a, r: ResidenceFact.objects.filter(case=r.case),
    "legal_share": lambda a, r: LegalShare.objects.visible_to(a).filter(case=r.case, sent_at__isnull=False),
    "identity": lambda a, r: Identity.objects.filter(case=r.case),
    "contact": lambda a, r: Contact.objects.filter(case=r.case),
    "grant_own": lambda a, r: Grant.rows.filter(content_object=r.case, group=a.agency_id),
    "grant_others": lambda a, r: Grant.rows.filter(content_object=r.case).exclude(group=a.agency_id),
    "log": lambda a, r: GrantLog.objects.filter(case_id=r.case.pk).exclude(agency_id=a.agency_id),
    "journal": lambda a, r: Entry.objects.filter(case_id=r.case.pk).exclude(membership_id=a.pk),
    "orientation": lambda a, r: Orientation.objects.visible_to(a).filter(pk=r.orientation.pk),
    "sheet": lambda a, r: OrientationSheet.objects.filter(orientation=r.orientation),
    "moves": lambda a, r: OrientationMove.objects.filter(orientation=r.orientation),
    "desk": lambda a, r: OrientationDesk.objects.of(a).filter(orientation=r.orientation),
    "other_orientation": lambda a, r: Orientation.objects.visible_to(a).filter(pk=r.other.pk),
    "other_moves": lambda a, r: OrientationMove.objects.filter(orientation=r.other),
    "alert": lambda a, r: Alert.objects.visible_to(a).filter(pk=r.alert.pk),
    "alert_content": lambda a, r: AlertContent.objects.filter(alert=r.alert),
    "alert_contact": lambda a, r: AlertContact.objects.filter(alert=r.alert),
    "alert_moves": lambda a, r: AlertMove.objects.filter(alert=r.alert),
    "alert_desk": lambda a, r: AlertDesk.objects.of(a).filter(alert=r.alert),
    "alert_link": lambda a, r: AlertLink.objects.filter(alert=r.alert),
    "notice": lambda a, r: Notice.objects.of(a).filter(
        subject_id__in=[thing.pk for thing in (r.case, r.alert, r.orientation) if thing]
    ),
    "checklist": lambda a, r: Checklist.objects.visible_to(a).filter(case=r.case, sealed=False),
    "clock": lambda a, r: Clock.objects.visible_to(a).filter(case=r.case, sealed=False),
    "asylum_clock": lambda a, r: Clock.objects.visible_to(a).filter(case=r.case, sealed=True),
    "count": lambda a, r: CaseAccess.objects.of(a),
}
# Pages, as the browser gets them: 200 or not.
PAGES = {
    "page_procedures": lambda r: reverse("referral:case-procedures", args=[r.case.pk]),
    "page_case": lambda r: reverse("referral:case-detail", args=[r.case.pk]),
    "page_orientation": lambda r: reverse("referral:orientation-detail", args=[r.orientation.pk]),
    "page_inbox": lambda r: reverse("referral:inbox-alert", args=[r.alert.pk]),
    "page_alert": lambda r: reverse("referral:alert-detail", args=[r.alert.pk]),
}
FILTERED = {
    "need",
    "asylum_need",
    "checklist",
    "clock",
    "asylum_clock",
    "access",
    "case",
    "legal_share",
    "orientation",
    "desk",
    "other_orientation",
    "alert",
    "alert_desk",
    "count",
}


def answers(world: World, cells: list[dict]) -> Iterator[tuple[dict, str]]:
    """Yield each cell with what its actor finds: "yes", "no", or a number for a count. Actor by actor, who reads rows
    before opening pages."""
    by_actor = defaultdict(list)
    for cell in cells:
        surface = cell["surface"]
        assert surface in {**SURFACES, **PAGES}, f"visibility.md has the column « {surface} »: add it to SURFACES here"
        by_actor[cell["role"], cell["relation"]].append(cell)
    for (role, relation), asked in by_actor.items():
        actor, told = world.actor(role, relation), world.relations[relation]
        rows = [cell for cell in asked if cell["surface"] in SURFACES]
        with acting_as(actor):
            yield from zip(rows, read([(c["surface"], SURFACES[c["surface"]](actor, told)) for c in rows]), strict=True)
        for cell in (cell for cell in asked if cell["surface"] in PAGES):
            yield cell, "yes" if browse(actor, PAGES[cell["surface"]](told)) == 200 else "no"


def read(surfaces: list[tuple[str, QuerySet]]) -> list[str]:
    """Return what each queryset finds, asked in one statement."""
    said, values = ["true"], []
    for surface, rows in surfaces:
        query = rows.query if surface == "count" else rows.query.exists()
        try:
            sql, given = query.get_compiler("default").as_sql()
        except EmptyResultSet:
            sql, given = "SELECT WHERE false", ()
        said.append(f"(SELECT count(*)::text FROM ({sql}) r)" if surface == "count" else f"EXISTS ({sql})")
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(said)}", values)
        found = cursor.fetchone()[1:]
    return [one if isinstance(one, str) else "yes" if one else "no" for one in found]


def browse(actor, address) -> int:
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = actor.pk  # who has several hats wears this one
    session.save()
    return client.get(address).status_code


def wrong_cells(world, cells) -> list[str]:
    """Read every cell, and say in a line what is wrong with each that differs."""
    return [
        f"{c['role']} of « {c['relation']} », {c['surface']}: expected {c['expected']}, found {answer} ({c['reason']})"
        for c, answer in answers(world, cells)
        if answer != c["expected"]
    ]


@contextmanager
def policies_alone():
    """A view that forgot its filter shows nothing more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CaseQuerySet, "visible_to", lambda self, actor, level=None: self.all())
        patch.setattr(AccessQuerySet, "of", lambda self, actor, level=None: self.all())
        patch.setattr(SightQuerySet, "visible_to", lambda self, actor: self.all())
        patch.setattr(DeskQuerySet, "of", lambda self, actor: self.all())
        yield


@contextmanager
def filters_alone():
    """A policy that was dropped shows nothing more through the querysets."""
    with as_role("nrm_owner"):
        yield


READINGS = {
    "as the application works": (nullcontext, CELLS),
    "the policies alone": (policies_alone, sample(CELLS)),
    "the filters alone": (filters_alone, sample([cell for cell in CELLS if cell["surface"] in FILTERED])),
}


@pytest.mark.proof
def test_every_cell_in_three_readings():
    """One country for all: building it costs as much as reading it."""
    world, wrong = World(), []
    world.tell_everybody({(cell["role"], cell["relation"]) for cell in CELLS})
    for name, (around, cells) in READINGS.items():
        before = transaction.savepoint_create()  # not a block: the pages begin their transaction as the outermost one
        with around():
            wrong += [f"{name}: {sentence}" for sentence in wrong_cells(world, cells)]
        transaction.savepoint_rollback(before)
    assert not wrong, "\n".join(["The grid differs:", *wrong])


def test_the_file_says_enough():
    """No cell twice, a reason for each, and at least a third of them allowed: a wall that closes everything fails."""
    keys = [(c["role"], c["relation"], c["surface"]) for c in CELLS]
    assert len(keys) == len(set(keys))
    assert all(c["reason"] for c in CELLS)
    allowed = [c for c in CELLS if c["expected"] not in ("no", "0")]
    assert len(allowed) * 3 >= len(CELLS)
