"""An office that ended keeps who had agreed to it; who asked for one takes it back while it waits."""

import pytest
from django.urls import reverse

from agencies.models import Agency, DeskChange, Kind, Role
from foundation.actor import acting_as
from notifications.models import Event
from referral.organisations.operations import powers
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def test_the_end_of_an_office_leaves_who_agreed_to_it_and_names_who_ended_it():
    """Who gave an office by complicity was written over, on the page, by whoever found it out."""
    asker, cell = f.member(f.national(), Role.COORDINATOR), f.agency(Kind.CHILD_PROTECTION)
    near = f.member(f.coordination(), Role.COORDINATOR)
    with acting_as(asker):
        batch = powers.ask(asker, cell.pk, [("office", "crip")])
    assert Hand(near).post("desk-change", batch, act="agree").status_code == 302
    finder = f.member(near.agency, Role.COORDINATOR)
    ended = Hand(finder).client.post(
        reverse("referral:desk-change", args=[batch]), {"_membership": finder.pk, "act": "withdraw"}, follow=True
    )
    page = text(ended)
    assert "le service en est informé" in page and "rien ne change" not in page
    assert f"Décidé par</dt><dd>{near.user.full_name}" in page
    assert f"Fin décidée par</dt><dd>{finder.user.full_name}" in page and "Terminé" in page
    with as_role("nrm_owner"):
        row = DeskChange.objects.get(batch=batch)
    assert (row.decided_by_id, row.ended_by_id, row.state) == (near.pk, finder.pk, "ended")


def test_who_asked_for_an_office_reads_what_it_asked_and_takes_it_back_while_it_waits():
    """Asked by mistake for the wrong service, it waited for a unit that could not know it."""
    asker, near = f.member(f.national(), Role.COORDINATOR), f.member(f.coordination(), Role.COORDINATOR)
    boss = f.member(asker.agency, Role.AGENCY_ADMIN)
    cell = f.agency(Kind.CHILD_PROTECTION)
    other = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    with acting_as(asker):
        batch = powers.ask(asker, cell.pk, [("office", "crip")])
    assert str(batch) in text(Hand(asker).get("desk-changes"))
    assert 'value="withdraw"' in text(Hand(asker).get("desk-change", batch))
    assert 'value="agree"' not in text(Hand(asker).get("desk-change", batch)), "the place decides"
    for refused in (near, boss, other):
        assert Hand(refused).post("desk-change", batch, act="withdraw").status_code in (403, 404), refused
    assert Hand(asker).post("desk-change", batch, act="withdraw").status_code == 302
    assert Hand(near).post("desk-change", batch, act="agree").status_code == 409
    assert not Agency.objects.get(pk=cell.pk).is_crip


def test_whoever_reported_a_child_to_an_office_of_prosecutor_given_by_mistake_is_told():
    """Whatever was asked of it was a report; an administrator named by it was none."""
    asker, near = f.member(f.national(), Role.COORDINATOR), f.member(f.coordination(), Role.COORDINATOR)
    asked = ("prosecution", "child_care", "ad_hoc_administrator")
    court, sender = f.agency(Kind.JUSTICE, services=asked), f.member(f.shelter())
    with acting_as(asker):
        batch = powers.ask(asker, court.pk, [("office", "prosecutor")])
    assert Hand(near).post("desk-change", batch, act="agree").status_code == 302
    reader, nurse = f.member(court), f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    cases = {}
    for code in asked:
        case = f.case(sender, alert=f.sent_alert(nurse, desks=[sender.agency_id], minor="yes"))
        legal = {"legal_ground": "child_in_danger", "legal_reason": "Enfant en danger, écrit pour cet essai."}
        f.orientation(sender, case, court, service=f.service(code), answerer=reader, **legal)
        cases[code] = case.pk
    with as_role("nrm_owner"):
        Event.objects.filter(kind="case_addition").delete()
    assert Hand(near).post("desk-change", batch, act="withdraw").status_code == 302
    with as_role("nrm_owner"):
        told = set(Event.objects.filter(kind="case_addition").values_list("subject_id", flat=True))
    assert told == {cases["prosecution"], cases["child_care"]}
