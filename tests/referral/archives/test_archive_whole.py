"""What is archived is archived everywhere: the other half of a file, and where an emergency access ran at that hour."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies.models import Level
from foundation.actor import acting_as
from referral.models import Match
from referral.tasks import forget
from tests import factories as f
from tests.referral.archives.closed import archive, close, in_archive, listed
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.access import grant
from victims.access.tasks import end_due_grants
from victims.models import Grant

pytestmark = pytest.mark.django_db


def test_the_half_of_a_file_that_was_closed_as_a_duplicate_is_archived_after_the_one_that_was_kept(w):
    """It stayed in the lists, with half of what is known of the person, until both were erased."""
    half = f.own_case(w["mate"])
    pair = sorted([w["case"].pk, half.pk])
    close({**w, "case": half})
    with as_role("nrm_owner"):
        merged = {"strength": "strong", "state": "merged", "kept": w["case"]}
        Match.objects.create(first_id=pair[0], second_id=pair[1], digest="x", **merged)
    assert not archive({**w, "case": half}), "the person is followed"
    close(w)
    assert archive(w)
    assert archive({**w, "case": half})
    assert not listed(w["lead"]) and not listed(w["mate"])


def test_who_read_it_by_an_emergency_as_well_at_that_hour_has_it_archived_once_that_is_over(w):
    """The access for good came back after the hour, in the lists, and nothing archived it there any more."""
    there = w["stranger"]
    close(w)
    with as_role("nrm_owner"), acting_as(w["lead"]):
        given = {"ground": "legal", "ground_id": uuid4(), "given_by": w["lead"]}
        grant(w["case"], there.agency_id, level=Level.SUMMARY, **given)
    said = {"reference": w["case"].reference, "reason": "Elle est en danger de mort, dit sa voisine"}
    Hand(there).post("emergency-access", **said)
    assert archive(w) and listed(there), "for the time of the emergency"
    with as_role("nrm_owner"):
        Grant.rows.filter(ground="break_glass").update(until=timezone.now() - timedelta(minutes=1))
    with as_role("nrm_worker"):
        end_due_grants()
        forget()
    assert not listed(there) and in_archive(there)
