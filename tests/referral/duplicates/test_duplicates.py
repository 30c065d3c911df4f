"""Possible duplicates: found by the worker, shown to the coordination alone, asked about once."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from agencies.models import Agency, Kind, Role
from foundation.actor import acting_as
from journal.models import Entry
from referral.duplicates.operations import decisions
from referral.models import MatchMove
from tests import factories as f
from tests.referral.duplicates.pairs import AGAIN, OTHER, PERSON, asked, compared, corrected, entered, the_match, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.matching.operations import request_comparison
from victims.models import Case, Identity, IdentityEntry, MatchToken

pytestmark = pytest.mark.django_db


# -- who is asked -----------------------------------------------------------------------------------------------------
def test_the_coordination_of_both_is_asked_and_nobody_else(p, pair):
    names = ("coord", "mate", "national", "far_coord", "one", "two", "far", "auditor")
    assert asked(*(p[name] for name in names)) == [1, 1, 0, 0, 0, 0, 0, 0]
    match = the_match()
    assert {match.first_reference, match.second_reference} == {case.reference for case in pair}
    assert told(p["coord"])[-1] == ("match_found", match.reference)
    for name in ("national", "far_coord", "one", "two", "far", "auditor"):
        assert "match_found" not in [kind for kind, _ in told(p[name])], name


def test_somebody_else_is_not_asked_about(p):
    entered(p["one"])
    entered(p["two"], OTHER)
    assert compared() == 2
    assert asked(p["coord"], p["national"]) == [0, 0]


def test_two_territories_ask_the_national_unit_alone(p):
    near = entered(p["one"])
    far = entered(p["far"], AGAIN, case=f.own_case(p["far"], territory="13"))
    compared()
    assert asked(p["national"], p["coord"], p["far_coord"]) == [1, 0, 0]
    assert [kind for kind, _ in told(p["national"])][-1] == "match_found"
    for coordinator in (p["coord"], p["far_coord"]):
        assert "match_found" not in [kind for kind, _ in told(coordinator)]
        assert Hand(coordinator).get("match-detail", the_match().pk).status_code == 404
    page = text(Hand(p["national"]).get("match-detail", the_match().pk))
    assert near.reference in page and far.reference in page


def test_two_services_that_open_a_case_from_one_alert_are_asked_about(p):
    """The second case would otherwise tell child protection to be informed that informed itself."""
    crip = f.member(f.shelter(services=("child_care",)))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(nurse, danger="yes", minor="yes", agreement="not_asked")
    first = f.case(p["coord"], alert=alert)
    assert compared() == 0, "the first case of an alert has no pair"
    second = f.case(crip, alert=alert)
    assert compared() == 1 and asked(p["coord"], crip, p["one"]) == [1, 0, 0]
    assert {the_match().first_id, the_match().second_id} == {first.pk, second.pk}
    assert told(p["coord"])[-1] == ("match_found", the_match().reference)
    assert "match_found" not in [kind for kind, _ in told(crip)]
    page = text(Hand(p["coord"]).get("match-detail", the_match().pk))
    assert "Ouverts à la suite de la même alerte" in page
    # an identity that is alike or not changes neither the pair nor its reason, and nothing is asked twice
    with acting_as(crip):
        request_comparison(crip, second)
    entered(crip, case=second)
    assert compared() == 2 and the_match().state == "open" and the_match().reasons == ["same_alert"]


def test_a_case_that_moves_takes_the_question_with_it(p, pair):
    with as_role("nrm_owner"):
        Case.objects.filter(pk=pair[0].pk).update(coordination=p["far_coord"].agency)
    assert asked(p["coord"], p["far_coord"], p["national"]) == [0, 0, 1]


def test_no_national_unit_no_reader(p):
    entered(p["one"])
    entered(p["far"], AGAIN, case=f.own_case(p["far"], territory="13"))
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=p["national"].agency_id).update(active=False)
    compared()
    assert the_match().unit_id is None
    assert asked(p["coord"], p["far_coord"], p["national"]) == [0, 0, 0]


def test_a_case_kept_to_its_members_is_not_shown_to_the_others_of_the_unit(p):
    """The coordination keeps one of the two cases to one of its own."""
    kept = f.case(p["coord"])
    f.orientation(p["coord"], kept, p["one"].agency, verb="transfer", level=3, state="accepted", answerer=p["one"])
    with acting_as(p["coord"]):
        assign_member(p["coord"], kept.pk, p["coord"])
        restrict_case(p["coord"], kept.pk)
    entered(p["one"], case=kept)
    entered(p["two"], AGAIN)
    compared()
    assert asked(p["coord"], p["mate"]) == [1, 0]
    assert "match_found" in [kind for kind, _ in told(p["coord"])]
    assert "match_found" not in [kind for kind, _ in told(p["mate"])]
    match = the_match()
    assert match.reference not in text(Hand(p["mate"]).get("match-list"))
    assert Hand(p["mate"]).get("match-detail", match.pk).status_code == 404
    with acting_as(p["mate"]), pytest.raises(DatabaseError), transaction.atomic():
        MatchMove.objects.create(
            match_id=match.pk, action="dismiss", before="open", after="apart", membership=p["mate"],
            agency=p["mate"].agency,
        )  # fmt: skip
    with acting_as(p["coord"]):
        lift_restriction(p["coord"], kept.pk)
    assert asked(p["coord"], p["mate"]) == [1, 1]


def test_a_match_gives_sight_of_nothing(p, pair):
    with acting_as(p["coord"]):
        assert not Case.objects.filter(pk__in=[case.pk for case in pair]).exists()
        assert not Identity.objects.exists()
    page = text(Hand(p["coord"]).get("match-detail", the_match().pk))
    for case in pair:
        assert case.reference in page and f"/dossiers/{case.pk}/" not in page
    assert "Marqueur" not in page and "Nadia" not in page and "1998" not in page
    assert "Noms" in page and "même date" in page


# -- asked once -------------------------------------------------------------------------------------------------------
def test_left_apart_is_not_asked_again_unless_something_new_is_said(p, pair):
    match = the_match()
    with acting_as(p["coord"]):
        decisions.keep_apart(p["coord"], match.pk, reason="two_persons")
    corrected(p["two"], pair[1], AGAIN)  # saved again, nothing new
    assert compared() == 1
    assert the_match().state == "apart"
    with as_role("nrm_worker"):
        call_command("compare_again", stdout=(said := StringIO()))
    assert said.getvalue() == "2 identities, 2 compared.\n"
    assert the_match().state == "apart"
    corrected(p["two"], pair[1], {**AGAIN, "births": [{"date": "1998-12-03"}]})
    compared()
    assert the_match().state == "open"
    assert [kind for kind, _ in told(p["coord"])].count("match_found") == 2


def test_a_correction_lets_go_of_an_open_question_and_only_of_that(p, pair):
    corrected(p["two"], pair[1], OTHER)
    compared()
    assert the_match().state == "lapsed"
    corrected(p["two"], pair[1], AGAIN)
    compared()
    assert the_match().state == "open"
    with acting_as(p["coord"]):
        decisions.put_in_contact(p["coord"], the_match().pk)
    corrected(p["two"], pair[1], OTHER)
    compared()
    assert the_match().state == "contact"


def test_digests_go_with_the_name(p, pair):
    with as_role("nrm_owner"):
        mine = Identity.objects.get(case=pair[0].pk)
        before = set(MatchToken.objects.filter(identity=mine).values_list("digest", flat=True))
        assert len(before) > 5
    corrected(p["one"], pair[0], OTHER)
    with as_role("nrm_owner"):
        assert not MatchToken.objects.filter(identity=mine).exists()  # before the worker has passed
    compared()
    with as_role("nrm_owner"):
        after = set(MatchToken.objects.filter(identity=mine).values_list("digest", flat=True))
        assert after and not {bytes(d) for d in after} & {bytes(d) for d in before}
        theirs = Identity.objects.get(case=pair[1].pk)
        Identity.objects.filter(pk=theirs.pk)._raw_delete("default")
        assert not MatchToken.objects.filter(identity_id=theirs.pk).exists()


def test_an_erased_identity_leaves_no_open_question(p, pair):
    with as_role("nrm_owner"):
        Identity.objects.filter(case=pair[0].pk)._raw_delete("default")
    assert the_match().state == "lapsed"


# -- the journal and the alarm ----------------------------------------------------------------------------------------
def test_what_is_journalled_is_hidden_from_the_cases(p, pair):
    match = the_match()
    with acting_as(p["coord"]):
        decisions.keep_apart(p["coord"], match.pk, reason="two_persons")
    with acting_as(p["auditor"]):
        seen = [e.action for e in Entry.objects.filter(subject_id=str(match.pk)).order_by("at")]
    assert seen == ["match.found", "match.dismiss"]
    for lead in (p["one"], p["two"]):
        with acting_as(lead):
            assert not Entry.objects.filter(action__startswith="match").exists()


def test_many_matches_by_one_account_are_told_to_those_who_watch(p, settings):
    settings.MATCH_ALARM = 4
    home = [entered(p["two"], {**PERSON, "births": [{"date": f"1998-03-{day}"}]}) for day in (12, 13)]
    compared()
    near, probe = f.member(f.shelter()), f.member(f.shelter())
    entered(near)
    compared()
    assert "match_alarm" not in [kind for kind, _ in told(p["national"])]  # two of one account, one of another
    entered(probe, AGAIN)
    entered(probe, {**AGAIN, "given_names": "Imane"})
    compared()
    for watcher in (p["national"], p["auditor"]):
        assert [kind for kind, _ in told(watcher)].count("match_alarm") == 1
    for blind in ("coord", "far_coord", "one"):
        assert "match_alarm" not in [kind for kind, _ in told(p[blind])]
        assert Hand(p[blind]).get("match-alarm-list").status_code == 403
    assert [kind for kind, _ in told(probe) if kind.startswith("match")] == []
    page = text(Hand(p["auditor"]).get("match-alarm-list"))
    assert probe.user.full_name in page and near.user.full_name not in page
    assert not any(case.reference in page for case in home)
    with acting_as(p["auditor"]):
        alarm = Entry.objects.get(action="match.alarm").subject_id
    assert Hand(p["coord"]).get("match-alarm", alarm).status_code == 404
    hand = Hand(p["national"])
    assert "Dites ce que c'était" in text(hand.post("match-alarm", alarm))
    assert hand.post("match-alarm", alarm, finding="misuse").status_code == 302
    assert hand.post("match-alarm", alarm, finding="work").status_code == 409
    assert "Détournement" in text(Hand(p["auditor"]).get("match-alarm", alarm))


def test_one_that_fails_holds_up_nobody_and_says_no_name(p, caplog):
    broken = entered(p["one"])
    fine = entered(p["two"], AGAIN)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE victims_identity SET data = '\\x00' WHERE case_id = %s", [broken.pk])
    assert compared() == 1
    with as_role("nrm_owner"):
        assert IdentityEntry.objects.get().case_id == broken.pk
        assert MatchToken.objects.filter(identity__case=fine.pk).exists()
    assert len(caplog.records) == 1 and "Marqueur" not in caplog.text


# -- pages ------------------------------------------------------------------------------------------------------------
def test_the_list_and_its_filters(p, pair, django_assert_num_queries):
    hand = Hand(p["coord"])
    page = text(hand.get("match-list"))
    assert pair[0].reference in page and "Très probable" in page
    assert "Doublons possibles" in text(hand.client.get("/"))  # the first page leads here
    assert "Doublons possibles" not in text(Hand(p["one"]).client.get("/"))
    assert "Aucune paire" in text(hand.get("match-list", query="?strength=likely"))
    assert pair[1].reference in text(hand.get("match-list", query=f"?reference={pair[1].reference[:4].lower()}"))
    known = the_match().reference
    assert f"Paire {known}" in text(hand.get("match-list", query=f"?reference={known}"))
    hand.post("match-decide", the_match().pk, act="dismiss", reason="too_little")
    assert "Rien à examiner" in text(hand.get("match-list"))
    assert pair[0].reference in text(hand.get("match-list", query="?view=all"))
    assert hand.get("match-list", query="?cursor=%00&state=zz").status_code == 200


def test_the_list_costs_the_same_at_two_sizes(p, pair):
    from django.test.utils import CaptureQueriesContext

    hand = Hand(p["coord"])
    with CaptureQueriesContext(connection) as small:
        assert text(hand.get("match-list")).count("rp-reference") == 1
    for _ in range(4):
        entered(p["one"], {**PERSON, "family_name": "Marqueur Belkhafaa"})
    compared()
    with CaptureQueriesContext(connection) as large:
        assert text(hand.get("match-list")).count("rp-reference") > 10
    assert len(large) == len(small)
