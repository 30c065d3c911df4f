"""The main job, end to end through the operations, with what each actor sees after each step written by hand."""

from copy import deepcopy

import pytest

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import close_alert, open_alert
from referral.models import (
    Alert,
    AlertContact,
    AlertContent,
    Orientation,
    OrientationDesk,
    OrientationMove,
    OrientationSheet,
)
from referral.orientations.operations import orientations
from tests import factories as f
from victims.consents import operations as consents
from victims.identity.operations import enter_identity, read_identity
from victims.models import Assessment, Case, CaseAccess, CaseText, Consent, Contact, Grant, Identity, Observation

pytestmark = pytest.mark.django_db

TABLES = [
    Alert, AlertContent, AlertContact, CaseAccess, Case, Consent, Observation, Assessment, CaseText, Contact,
    Identity, Orientation, OrientationSheet, OrientationMove, OrientationDesk,
]  # fmt: skip


def counts(actor) -> list[int]:
    """Rows of each table that the policies alone leave to this actor."""
    with acting_as(actor):
        return [model.objects.all().count() for model in TABLES]


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    school = f.agency(Kind.EDUCATION, desk=False)
    shelter, other = f.shelter(), f.shelter()
    return {
        "nurse": f.member(school, Role.FRONTLINE),
        "nurse2": f.member(school, Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR),
        "shelter": f.member(shelter),
        "shelter_front": f.member(shelter, Role.FRONTLINE),
        "admin": f.member(shelter, Role.AGENCY_ADMIN),
        "other": f.member(other),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
    }


def test_the_main_job(people):
    """Columns: alert, content, alert contact | access, case, consent, observations, assessment, text, contact,
    identity | orientation, sheet, moves, desk rows."""
    p = people
    nobody = [0] * 15
    contact = {"channel": "sms", "value": "MARQUEUR-CONTACT"}
    alert = f.sent_alert(
        p["nurse"], contact=contact, recipients=["association", "contact"], observations={"ILO-AL-DR-01": "observed"},
        none_of_these=False,
    )  # fmt: skip
    assert counts(p["nurse"]) == [1, 1, 1, *[0] * 12]
    assert counts(p["coord"]) == [1, 1, 0, *[0] * 12]
    for name in ("nurse2", "shelter", "shelter_front", "admin", "other", "auditor"):
        assert counts(p[name]) == nobody, name

    with acting_as(p["coord"]):
        open_alert(p["coord"], alert.pk)
        case = alerts.open_case(p["coord"], alert.pk)
    # provisional lead with summary: what is told is written and not read back
    assert counts(p["coord"]) == [1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert counts(p["nurse"]) == [1, 1, 1, *[0] * 12]
    with acting_as(p["nurse"]):
        assert Alert.objects.get().case_status == "open"

    with acting_as(p["coord"]):
        consent = Consent.objects.get()
        made = orientations.draft_orientation(
            p["coord"], case, addressee=p["shelter"].agency, service=f.service(), verb="transfer",
            consent=consent, level=3, categories=Category.CONTACT,
        )  # fmt: skip
        orientations.send_orientation(p["coord"], made.pk)
    # the frozen sheet, no grant
    assert counts(p["shelter"]) == [0] * 11 + [1, 3, 1, 1]
    assert counts(p["shelter_front"]) == nobody
    assert counts(p["other"]) == nobody

    with acting_as(p["shelter"]):
        orientations.open_orientation(p["shelter"], made.pk)
        orientations.accept_orientation(p["shelter"], made.pk)
        assert Contact.objects.get().data == contact
        assert CaseText.objects.get().data["note"] == "MARQUEUR-RECIT"
        assert Case.objects.get().lead_id == p["shelter"].agency_id
    assert counts(p["shelter"]) == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 3, 3, 1]
    # coordination keeps the state and follows what it sent; the sheet and the alert's content are gone
    assert counts(p["coord"]) == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 3, 0]
    assert counts(p["nurse"]) == [1, 1, 1, *[0] * 12]
    for name in ("nurse2", "admin", "other", "auditor"):
        assert counts(p[name]) == nobody, name

    with acting_as(p["shelter"]):
        with pytest.raises(WrongState):
            enter_identity(p["shelter"], case.pk, consent=Consent.objects.get(), data={"family_name": "X"})
        named = consents.record_consent(
            p["shelter"], case.pk, kinds=[], agencies=[p["shelter"].agency_id], level=3, categories=3
        )
        enter_identity(p["shelter"], case.pk, consent=named, data={"family_name": "MARQUEUR-NOM", "given_names": "A"})
        orientations.start_orientation(p["shelter"], made.pk)
        assert read_identity(p["shelter"], case.pk).data["family_name"] == "MARQUEUR-NOM"
    assert counts(p["shelter"])[10] == 1
    assert counts(p["coord"])[10] == 0

    # the person withdraws the agreement the transfer went on: coordination leads again, with summary
    with acting_as(p["shelter"]):
        consents.withdraw_consent(p["shelter"], consent.pk)
    # the agreement about identity stands alone without a level: it gives no row
    assert counts(p["shelter"]) == [0] * 11 + [1, 0, 4 + 1, 1]
    # and has the alert again, to see to the person
    assert counts(p["coord"]) == [1, 1, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1, 3, 5, 0]
    with acting_as(p["coord"]):
        assert Case.objects.get().lead_id == p["coord"].agency_id
        assert Orientation.objects.get().state == "consent_withdrawn"


def test_who_may_not(people):
    """Near misses, each beside its success."""
    p = people
    alert = f.sent_alert(p["nurse"])
    with acting_as(p["nurse"]), pytest.raises(NotAllowed):
        alerts.open_case(p["nurse"], alert.pk)
    for name in ("other", "shelter", "nurse2", "auditor"):
        with acting_as(p[name]), pytest.raises(NotFound):
            open_alert(p[name], alert.pk)
    case = f.case(p["coord"], alert=alert)
    with acting_as(p["coord"]), pytest.raises(WrongState):
        close_alert(p["coord"], alert.pk, reason="other")
    made = f.orientation(p["coord"], case, p["shelter"].agency)
    with acting_as(p["coord"]), pytest.raises(NotAllowed):
        orientations.accept_orientation(p["coord"], made.pk)
    with acting_as(p["other"]), pytest.raises(NotFound):
        orientations.accept_orientation(p["other"], made.pk)
    with acting_as(p["shelter_front"]), pytest.raises(NotFound):
        orientations.accept_orientation(p["shelter_front"], made.pk)
    with acting_as(p["shelter"]):
        orientations.accept_orientation(p["shelter"], made.pk)
        with pytest.raises(WrongState):
            orientations.accept_orientation(p["shelter"], made.pk)
        with pytest.raises(NotAllowed):  # a refer leaves the lead where it was
            orientations.draft_orientation(p["shelter"], case, addressee=p["other"].agency, service=f.service())


def test_two_grounds_of_one_agency(people):
    """Holds when, 4: completing the first leaves its sight, ending the consent of the second takes what it carried."""
    p = people
    case = f.case(p["coord"], author=p["nurse"])
    first = f.orientation(p["coord"], case, p["shelter"].agency, state="in_progress", answerer=p["shelter"])
    consent = f.consent(p["coord"], case, agencies=[p["shelter"].agency_id], level=3)
    f.orientation(
        p["coord"],
        case,
        p["shelter"].agency,
        state="accepted",
        answerer=p["shelter"],
        consent=consent,
        level=3,
    )
    with acting_as(p["shelter"]):
        assert CaseAccess.objects.get().level == 3
        orientations.complete_orientation(p["shelter"], first.pk, outcome="services")
        assert CaseAccess.objects.get().level == 3
        assert Grant.objects.filter(group=p["shelter"].agency_id).count() == 1
    with acting_as(p["coord"]):
        consents.withdraw_consent(p["coord"], consent.pk)
    with acting_as(p["shelter"]):
        assert not CaseAccess.objects.exists()
        assert not Grant.objects.exists()


def test_each_recipient_has_an_agreement_of_its_own(people):
    """Being called back is for the association that helps: it never goes to the police with the rest."""
    p = people
    for recipients, expected in (
        (["association", "contact", "police"], {(("ngo", "ngo_network"), 3, 2), (("interior", "justice"), 3, 0)}),
        (["police", "contact"], {(("interior", "justice"), 3, 0), ((), 2, 2)}),
        (["association"], {(("ngo", "ngo_network"), 3, 0)}),
        (["contact"], {((), 2, 2)}),
    ):
        case = f.case(p["coord"], author=p["nurse"], recipients=recipients)
        with acting_as(p["coord"]):
            given = {(tuple(c.kinds), c.level, c.categories) for c in case.consents.all()}
        assert given == expected, recipients
