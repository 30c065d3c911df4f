"""Who must not know: alerts of asylum bodies, employers with diplomatic immunity, what a company is shown."""

import json
import uuid
from copy import deepcopy

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate

from agencies.models import Desk, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from notifications.models import Notice
from referral.alerts.operations import additions, alerts
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.alerts import close_alert, escalate_alert, open_alert
from referral.models import Alert, AlertDesk, AlertMove
from referral.situations.operations import opening, situations
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Assessment, CaseText

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    ofpra = f.agency(Kind.ASYLUM, desk=False, name="Office d'essai pour l'asile")
    return {
        "unit": f.coordination(),
        "shelter": f.shelter(),
        "police": f.agency(Kind.INTERIOR, name="Préfecture d'essai", services=("residence_permit",)),
        "ofii": f.agency(Kind.ASYLUM, name="Bureau d'essai du séjour", services=("residence_permit",)),
        "embassy": f.agency(Kind.FOREIGN_AFFAIRS, name="Consulat d'essai", services=("consular_protection",)),
        "officer": f.member(ofpra, Role.FRONTLINE),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def told(alert) -> set[int]:
    with as_role("nrm_owner"):
        return set(AlertDesk.objects.filter(alert=alert).values_list("agency", flat=True))


def test_police_and_residence_desks_never_get_an_asylum_body_s_alert(world):
    wanted = [world[n].pk for n in ("shelter", "police", "ofii")]
    alert = f.sent_alert(world["officer"], desks=wanted)
    assert told(alert) == {world["unit"].pk, world["shelter"].pk}
    # the same ticks by a school: they are told
    assert {world["police"].pk, world["ofii"].pk} <= told(f.sent_alert(world["nurse"], desks=wanted))
    worker = f.member(world["shelter"])
    with acting_as(worker), pytest.raises(NotAllowed):
        alerts_operations.redirect_alert(worker, alert.pk, [world["police"].pk], reason="competence")
    # the database refuses by itself
    with acting_as(worker), pytest.raises(DatabaseError) as refused, transaction.atomic():
        AlertMove.objects.create(alert=alert, action="redirect", before="sent", after="redirected", membership=worker,
                                 agency_id=worker.agency_id, to_agencies=[world["police"].pk])  # fmt: skip
    assert refused.value.__cause__.pgcode == "42501"
    # nor as the stand-in of a desk that stays silent
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=world["unit"].pk).update(second=world["police"].pk)
    system = world["unit"].memberships.get(kind="system")
    with as_role("nrm_worker"), acting_as(system):
        escalate_alert(system, alert.pk)
    assert world["police"].pk not in told(alert)


def test_a_child_s_protection_still_finds_its_desks(world):
    crip = f.agency(Kind.CHILD_PROTECTION, services=("child_care",))
    alert = f.sent_alert(world["officer"], minor="yes", desks=[world["police"].pk])
    assert told(alert) == {world["unit"].pk, crip.pk}


def test_addressees_read_a_public_service_and_no_word_of_asylum(world):
    alert = f.sent_alert(world["officer"], desks=[world["shelter"].pk], observations={})
    worker, coord = f.member(world["shelter"]), f.member(world["unit"], Role.COORDINATOR)
    page = text(Hand(worker).get("inbox-alert", alert.pk))
    assert "un service public" in page
    assert [w for w in ("Office d'essai", "Demande d'asile", "organisme de l'asile") if w in page] == []
    assert "Office d'essai" in text(Hand(coord).get("inbox-alert", alert.pk))  # coordination knows
    assert "Demande d'asile" in text(Hand(coord).get("inbox-alert", alert.pk))
    # a case opened from it keeps the silence
    with acting_as(coord):
        alerts.open_case(coord, alert.pk)
    with as_role("nrm_owner"):
        kept = CaseText.objects.get()
        assert "detection" not in kept.data
        assert kept.data["note"] == "MARQUEUR-RECIT"
    # near miss: a school's alert hides nothing
    other = f.sent_alert(world["nurse"], desks=[world["shelter"].pk], detection="asylum")
    assert "Demande d'asile" in text(Hand(worker).get("inbox-alert", other.pk))


def test_signs_of_an_asylum_body_are_read_in_words_that_do_not_tell_of_it(world):
    """The officer reads of the journey; who must not know of the application reads the words of everybody."""
    words, plain = "On gardait, ou on garde encore, ses papiers", "Quelqu'un d'autre garde ses papiers"
    seen = dict.fromkeys(("ILO-AL-CD-01", "ILO-AL-CD-03", "ILO-AL-EX-01", "ILO-AL-DR-01"), "reported")
    alert = f.sent_alert(world["officer"], desks=[world["shelter"].pk], observations=seen, form="unknown")
    worker, coord = f.member(world["shelter"]), f.member(world["unit"], Role.COORDINATOR)
    listed = text(Hand(worker).get("alert-inbox"))
    assert words not in listed
    page = text(Hand(worker).get("inbox-alert", alert.pk))
    assert plain in page and words not in page
    assert plain in text(Hand(worker).get("alert-inbox"))
    assert words in text(Hand(coord).get("inbox-alert", alert.pk))  # coordination knows
    with acting_as(coord):
        alerts.open_case(coord, alert.pk)
    with as_role("nrm_owner"):
        kept = json.dumps(Assessment.objects.get().result, ensure_ascii=False).lower()
    assert plain.lower() in kept and words.lower() not in kept


def test_cases_of_a_situation_keep_no_word_of_asylum_either(world):
    coord, kept = f.member(world["unit"], Role.COORDINATOR), {}
    for author in ("officer", "nurse"):
        alert = f.sent_alert(world[author], desks=[world["shelter"].pk], detection="asylum", observations={})
        with acting_as(coord):
            event = situations.start_situation(
                coord,
                alert_id=alert.pk,
                sort="raid",
                happened_on=localdate(),
                territory=alert.territory,
                form=alert.form,
            )
            one = [opening.Group("adult", "", 1)]
            opening.open_persons(coord, event.pk, token=uuid.uuid4(), groups=one, alerts=[alert.pk], with_story=True)
        with as_role("nrm_owner"):
            kept[author] = CaseText.objects.get(case__alert_links__alert=alert).data
    assert (kept["officer"].get("detection"), kept["nurse"].get("detection")) == (None, "asylum")
    assert kept["officer"]["note"] == kept["nurse"]["note"] == "MARQUEUR-RECIT"


def test_greyed_with_the_reason_where_the_author_chooses(world):
    hand, draft = Hand(world["officer"]), f.draft(world["officer"])
    with acting_as(world["officer"]):
        alerts.save_draft(world["officer"], draft.pk, {}, step=3)
    page = text(hand.get("alert-step", draft.pk, 3))
    assert "Services qui ne sont jamais prévenus" in page
    assert "Jamais prévenu d'une alerte écrite par un organisme de l'asile" in page
    assert f'value="{world["police"].pk}"' not in page
    sent = hand.post("alert-step", draft.pk, 3, agreement="yes", recipients=["association"], desks=[world["police"].pk])
    assert sent.status_code == 200  # not among the choices: said, and nothing is lost


def test_an_employer_with_immunity_keeps_embassies_out(world):
    wanted = [world["shelter"].pk, world["embassy"].pk]
    assert told(f.sent_alert(world["nurse"], desks=wanted)) == {world["unit"].pk, *wanted}
    ticked = f.sent_alert(world["nurse"], desks=wanted, employer_immunity=True)
    seen = f.sent_alert(world["nurse"], desks=wanted, observations={"FR-DOM-10": "reported"}, none_of_these=False)
    unseen = f.sent_alert(world["nurse"], desks=wanted, observations={"FR-DOM-10": "not_observed"})
    for alert in (ticked, seen):
        assert told(alert) == {world["unit"].pk, world["shelter"].pk}
    assert world["embassy"].pk in told(unseen)
    coord = f.member(world["unit"], Role.COORDINATOR)
    page = text(Hand(coord).get("inbox-alert", ticked.pk))
    assert "Employeur diplomate, consul ou ambassade" in page
    assert "N'appelez jamais l'ambassade" in page
    assert "N'appelez jamais" not in text(Hand(coord).get("inbox-alert", unseen.pk))
    with acting_as(coord):
        assert alerts.open_case(coord, ticked.pk).employer_immunity is True
        with pytest.raises(NotAllowed):
            alerts_operations.redirect_alert(coord, seen.pk, [world["embassy"].pk], reason="competence")


def test_a_company_sees_received_then_read_and_never_more(world):
    hotel = f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(hotel, agreement="not_asked", desks=[world["shelter"].pk])
    coord = f.member(world["unit"], Role.COORDINATOR)
    hand = Hand(hotel)

    def pages() -> list[str]:
        routes = (("alert-detail", alert.pk), ("alert-list",), ("alert-received", alert.pk))
        return [text(hand.get(*route)) for route in routes]

    def closed_words():
        words = ("Classée", "Dossier ouvert", "Réadressée", "pris en charge", "Coordination")
        return [w for page in pages() for w in words if w in page.split("<main")[1].split("</main>")[0]]

    assert "Envoyée" in pages()[0]
    with acting_as(coord):
        open_alert(coord, alert.pk)
    assert "Lue" in pages()[0]
    with acting_as(hotel):  # adding is taken before and after the end alike: a refusal would tell
        additions.add_to_alert(hotel, alert.pk, "avant")
    with acting_as(coord):
        close_alert(coord, alert.pk, reason="other")
    with acting_as(hotel):
        additions.add_to_alert(hotel, alert.pk, "après")
    assert closed_words() == []
    fan_out()
    with as_role("nrm_owner"):
        assert set(Notice.objects.filter(membership=hotel).values_list("kind", flat=True)) == {"alert_opened"}
        assert Alert.objects.get(pk=alert.pk).state == "opened"  # what was added waits for its services again
