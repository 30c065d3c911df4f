"""What cannot wait behind the archive: an emergency, a danger, the other person of an alert, who followed it."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from referral.archives import operations as archives
from referral.closing.operations import move_case
from referral.models import AlertDesk, AlertLink
from tests import factories as f
from tests.referral.archives.closed import archive, close, in_archive, opened, told
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.operations import emergency
from victims.models import Archive, ArchiveOpening, Assignment
from victims.reading.access import Spent

pytestmark = pytest.mark.django_db
DANGER = {"why": "danger", "reason": "Elle a été retrouvée par le réseau"}


def test_an_emergency_access_of_another_agency_is_told_as_one_to_the_lead_s_members(w):
    """It was told as « something waits » in the archive: the hour was over before anybody had read why."""
    archive(w)
    with acting_as(w["stranger"]):
        assert emergency.break_glass(
            w["stranger"], reference=w["case"].reference, reason="Elle est en danger de mort, dit sa voisine"
        )
    assert ("break_glass", "archive", w["case"].reference) in told(w["mate"])


def test_a_danger_opens_without_a_budget_and_tells_lead_and_coordination(w, monkeypatch):
    archive(w)

    def spent(*_):
        raise Spent("file", SimpleNamespace(window="hour"), timezone.now(), None)

    monkeypatch.setattr(archives, "afford", spent)
    with pytest.raises(Spent):
        opened(w)
    assert opened(w, **DANGER) == w["case"].pk
    assert ("break_glass", "archive", w["case"].reference) in told(w["lead"]), "as of an emergency access"


def test_a_danger_is_said_in_words_and_not_more_than_five_times_an_hour(w):
    archive(w)
    page = Hand(w["mate"]).post("archive-open", archived(w), why="danger", reason="court")
    with as_role("nrm_owner"):
        assert page.status_code == 200 and not ArchiveOpening.objects.exists()
    for _ in range(5):
        opened(w, **DANGER)
    with pytest.raises(NotAllowed):
        opened(w, **DANGER)


def archived(w):
    with as_role("nrm_owner"):
        return Archive.objects.get(case=w["case"], agency=w["lead"].agency).pk


def test_who_followed_a_case_may_open_it_though_they_came_after_it(w):
    """After a change of staff an agency has nobody who was there: what waits would reach nobody."""
    with acting_as(w["lead"]), as_role("nrm_owner"):
        Assignment.objects.create(
            case=w["case"], agency=w["lead"].agency, membership=w["new"], by=w["lead"], received_at=timezone.now()
        )
    archive(w)
    assert in_archive(w["new"]) and opened(w, "new") == w["case"].pk


def test_the_reason_of_an_opening_is_read_by_who_opened_it_and_in_the_journal(w):
    """« A court, a claim » told every agency of the case, later, that justice had asked."""
    archive(w)
    opened(w, why="law")
    with acting_as(w["unit"]):
        assert not ArchiveOpening.objects.exists() and not ArchiveOpening.objects.visible_to(w["unit"]).exists()
    opened(w, "lead")
    with acting_as(w["lead"]):
        assert not ArchiveOpening.objects.filter(why="law").exists(), "nor its colleagues'"


def test_the_archive_of_one_person_hides_no_alert_that_tells_of_another_who_is_followed(told_by):
    """A time limit of the other one ran on a row that nobody of the agency could see."""
    w, first = told_by, told_by["case"]
    other = f.own_case(w["lead"])
    with as_role("nrm_owner"):
        AlertLink.objects.create(alert_id=w["alert"].pk, case=other)
        AlertDesk.objects.filter(alert=w["alert"].pk).update(due_at=None)

    def kept():
        with as_role("nrm_owner"):
            return AlertDesk.objects.get(alert=w["alert"].pk, agency=w["lead"].agency).kept_cases

    assert archive(w) and kept() is None
    with acting_as(w["mate"]):
        assert AlertDesk.objects.filter(alert=w["alert"].pk).exists(), "who follows the other reads it"
    w["case"] = other
    close(w)
    assert archive(w) and set(kept()) == {first.pk, other.pk}
    with as_role("nrm_owner"):
        mine = Archive.objects.get(case=other, agency=w["lead"].agency)
    with acting_as(w["lead"]):
        archives.open_archive(w["lead"], mine.pk, why="back")
        move_case(w["lead"], other.pk, "reopen")
    assert kept() is None, "opened again, so is the alert"


@pytest.mark.parametrize("written", ["\x00", "%", "ZZZZ", "é"])
def test_a_reference_that_no_case_has_finds_none_and_breaks_nothing(w, written):
    archive(w)
    page = Hand(w["mate"]).client.get(reverse("referral:archive-list"), {"reference": written})
    assert page.status_code == 200 and w["case"].reference not in page.content.decode()
