"""The alert of a group: who said no to what was asked is said to have said no, not to wait for a first step."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.closing.operations import move_case
from referral.inbox.selectors import said_no
from referral.situations.operations import situations
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

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
    assert "Pour une personne au moins, aucune aide n'est en cours" in inbox and "dit non" not in inbox
    helped, *others = lines_of(lou, situation)
    answered(lou, situation, helped, "yes")
    f.orientation(lou, helped.known, home)
    for line in others:
        answered(lou, situation, line, "no")
    inbox, page = text(hand.get("alert-inbox")), text(hand.get("inbox-alert", alert.pk))
    nobody = "Pour une personne au moins, aucune aide n'est en cours<br>2 personnes ont dit non"
    assert nobody in inbox
    assert "2 personnes ont dit non : c'est leur décision" in page
    answered(lou, situation, others[0], "later")  # the question was asked again
    assert "1 personne a dit non" in text(hand.get("alert-inbox"))
    asked(lou, situation, agencies=[home.pk], kinds=["ngo"])  # what she said no to is no longer what is asked
    assert "dit non" not in text(hand.get("alert-inbox"))


def test_who_said_no_is_counted_as_the_clock_counts(lou):
    alert = f.sent_alert(f.member(f.agency(Kind.LABOUR, desk=False), Role.FRONTLINE), persons=4)
    situation = event(lou)
    with acting_as(lou):
        situations.add_alert(lou, situation.pk, alert.pk)
    opened(lou, situation, adults=4, alerts=[alert.pk])
    asked(lou, situation)
    plain, reported, supported, elsewhere = lines_of(lou, situation)
    for line in (plain, reported, supported, elsewhere):
        answered(lou, situation, line, "no")

    def counted():
        with acting_as(lou):
            return said_no(lou, [alert.pk])[alert.pk]

    assert counted() == 4
    law = f.agency(Kind.JUSTICE, services=("prosecution",), profile_id="parquet")
    f.orientation(lou, reported.known, law, service=f.service("prosecution"))
    assert counted() == 4, "a report to a prosecutor is no help"
    with acting_as(lou):
        move_case(lou, supported.case_id, "start_support")
    assert counted() == 3, "in support by a step of her lead"
    with as_role("nrm_owner"):
        Case.objects.filter(pk=elsewhere.case_id).update(lead=f.shelter())
    assert counted() == 2, "another agency alone may close her case"
