"""Who of the agency that wrote an alert reads it once its case is kept to some members, or in the archive."""

import pytest
from django.db import connection
from django.urls import reverse

from foundation.actor import acting_as
from referral.alerts.operations import additions, alerts
from referral.erasure import operations as erasure
from referral.models import Alert, AlertLink, AlertMove
from tests import factories as f
from tests.referral.archives.closed import archive, close, in_archive, opened, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.models import Restriction

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(w):
    """The case of the shelter came from an alert of its own."""
    w["alert"] = f.sent_alert(w["front"])
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=w["alert"], case=w["case"])
    return w


def counted(table: str, where: str, *values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", values)
        return cursor.fetchone()[0]


def reads(w, who: str) -> bool:
    """Ask the policy, the filters, the moves and the page: they say the same."""
    actor, alert = w[who], w["alert"].pk
    with acting_as(actor):
        seen = bool(counted("referral_alert", "id = %s", alert))
        assert seen is Alert.objects.visible_to(actor).filter(pk=alert).exists()
        assert seen is Alert.objects.sent_from(actor).filter(pk=alert).exists()
        assert seen is bool(counted("referral_alertmove", "alert_id = %s", alert))
        assert seen is AlertMove.objects.filter(alert=alert).exists()
    assert seen is (Hand(actor).get("alert-detail", alert).status_code == 200)
    with as_role("nrm_worker"), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.still_sees(%s, 'alert', %s)", [actor.pk, alert])
        assert seen is cursor.fetchone()[0], "nor is it told of it"
    return seen


def test_an_alert_of_its_own_is_kept_to_those_to_whom_the_agency_keeps_its_case(own):
    """A colleague from whom the case is kept read there where, when and of whom it was told, and what became of it."""
    w = own
    assert reads(w, "lead") and reads(w, "mate") and reads(w, "front") and not reads(w, "stranger")
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
        restrict_case(w["lead"], w["case"].pk)
    assert reads(w, "lead") and not reads(w, "mate")
    with acting_as(w["lead"]):
        lift_restriction(w["lead"], w["case"].pk)
    assert reads(w, "mate")


def test_joined_to_a_case_that_is_kept_already_it_is_kept_too(w):
    w["alert"] = f.sent_alert(w["front"])
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
        restrict_case(w["lead"], w["case"].pk)
    assert reads(w, "mate")
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=w["alert"], case=w["case"])
    assert not reads(w, "mate") and reads(w, "lead")


def test_in_the_archive_its_author_alone_reads_it_and_what_they_add_arrives(own):
    """The author may be the only one the person talks to: nothing is taken from them, and nobody waits for nobody."""
    w = own
    assert archive(w)
    assert not reads(w, "lead") and not reads(w, "mate") and in_archive(w["mate"])
    assert reads(w, "front")
    page = Hand(w["front"])
    assert w["alert"].reference in text(page.client.get(reverse("referral:alert-list")))
    before = told(w["mate"])
    with acting_as(w["front"]):
        additions.add_to_alert(w["front"], w["alert"].pk, "Elle est revenue ce matin")
    waits = ("archive_waits", "archive", w["case"].reference)
    assert told(w["mate"]).count(waits) == before.count(waits) + 1
    opened(w)
    assert reads(w, "mate") and not reads(w, "lead"), "with the case, to who opened it"


def test_once_such_a_case_was_erased_the_alert_stays_kept_to_those_who_follow_the_others(own):
    """It tells of the person whose case went still."""
    w, other = own, f.own_case(own["lead"])
    with acting_as(w["lead"]):
        assign_member(w["lead"], w["case"].pk, w["lead"])
        restrict_case(w["lead"], w["case"].pk)
        assign_member(w["lead"], other.pk, w["lead"])
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert=w["alert"], case=other)
    close(w, days=900)
    with as_role("nrm_worker"):
        erasure.erase_due()
    with as_role("nrm_owner"):
        assert not Restriction.objects.filter(case=w["case"].pk).exists()
        assert Alert.objects.get(pk=w["alert"].pk).kept_cases == [other.pk]
    assert reads(w, "lead") and not reads(w, "mate") and reads(w, "front")


def test_what_an_author_writes_in_a_draft_keeps_it_from_no_colleague(w):
    """A bare statement on one's own draft said that it was kept to nobody: sent, its agency would not have seen it."""
    front = w["front"]
    with acting_as(front):
        draft = alerts.start_draft(front, answers=f.ANSWERS)
        Alert.objects.filter(pk=draft.pk).update(kept_cases=[w["case"].pk], stays_kept=True)
        alerts.send_alert(front, draft.pk)
    w["alert"] = draft
    assert reads(w, "mate")
    with as_role("nrm_owner"):
        assert not Alert.objects.get(pk=draft.pk).stays_kept
