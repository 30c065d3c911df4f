"""The alert of a group: who said no to what was asked is said to have said no, not to wait for a first step."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.pages import Hand, text

from .test_group import answered, asked, lines_of
from .test_situations import event, opened

pytestmark = pytest.mark.django_db


def test_who_said_no_is_not_said_to_wait(lou):
    home = f.shelter(desk_fields={"places": 9})
    alert = f.sent_alert(f.member(f.agency(Kind.LABOUR, desk=False), Role.FRONTLINE), persons=3)
    situation, hand = event(lou), Hand(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    opened(lou, situation, adults=3, alerts=[alert.pk])
    asked(lou, situation, agencies=[home.pk], kinds=[])
    inbox = text(hand.get("alert-inbox"))
    assert "Aucune démarche en cours pour une personne au moins" in inbox and "dit non" not in inbox
    helped, *others = lines_of(lou, situation)
    answered(lou, situation, helped, "yes")
    f.orientation(lou, helped.known, home)
    for line in others:
        answered(lou, situation, line, "no")
    inbox, page = text(hand.get("alert-inbox")), text(hand.get("inbox-alert", alert.pk))
    assert "2 personnes ont dit non" in inbox and "attend encore" not in inbox
    assert "2 personnes ont dit non : c'est leur décision" in page and "attend encore" not in page
    answered(lou, situation, others[0], "later")  # the question was asked again
    assert "1 personne a dit non" in text(hand.get("alert-inbox"))
