"""Possible duplicates: found by the worker, shown to the coordination alone, decided by it, undone by it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from agencies.models import Agency, Category, Kind, Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Notice
from referral.duplicates.operations import decisions
from referral.duplicates.operations.comparison import compare_due
from referral.models import Match, MatchMove
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, lift_restriction, restrict_case
from victims.identity.operations import enter_identity
from victims.models import Case, CaseLink, Grant, Identity, IdentityEntry, MatchToken

pytestmark = pytest.mark.django_db
PERSON = {
    "family_name": "Marqueur-Belkhafa",
    "given_names": "Nadia Imane",
    "births": [{"date": "1998-03-12"}],
    "nationalities": ["MA"],
}
AGAIN = {**PERSON, "family_name": "MARQUEUR BELKHAFA", "given_names": "Nadya"}
OTHER = {"family_name": "Nwobiyemi", "given_names": "Osas", "births": [{"date": "1980-01-30"}], "nationalities": ["NG"]}


def entered(member, data=PERSON, *, case=None) -> Case:
    """A case of the member's agency with this identity."""
    case = case or f.own_case(member)
    agreed = f.consent(member, case, agencies=[member.agency_id], categories=int(Category.IDENTITY))
    with acting_as(member):
        enter_identity(member, case.pk, consent=agreed, data=data)
    return case


def corrected(member, case, data) -> None:
    with acting_as(member):
        agreed = case.consents.filter(categories=Category.IDENTITY).first()
        enter_identity(member, case.pk, consent=agreed, data=data)


def compared() -> int:
    with as_role("nrm_worker"):
        return compare_due()


def told(member) -> list[tuple[str, str]]:
    """(kind, reference) of the member's notices, once the worker has passed."""
    with as_role("nrm_worker"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(100000)")
    with acting_as(member):
        return list(Notice.objects.of(member).order_by("at", "id").values_list("kind", "reference"))


def asked(*members) -> list[int]:
    """How many pairs each sees."""
    found = []
    for member in members:
        with acting_as(member):
            assert set(Match.objects.visible_to(member)) == set(Match.objects.all())  # the two walls agree
            found.append(Match.objects.count())
    return found


def the_match() -> Match:
    with as_role("nrm_owner"):
        return Match.objects.get()


@pytest.fixture
def p(db):
    """Two shelters under one coordination, the national unit, another territory's unit, those who watch."""
    national, unit, other = f.national(), f.coordination(), f.coordination(territories=("13",))
    return {
        "national": f.member(national, Role.COORDINATOR),
        "coord": f.member(unit, Role.COORDINATOR),
        "mate": f.member(unit, Role.COORDINATOR),
        "far_coord": f.member(other, Role.COORDINATOR),
        "one": f.member(f.shelter()),
        "two": f.member(f.shelter()),
        "far": f.member(f.shelter(territories=("13",))),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
    }


@pytest.fixture
def pair(p):
    """(case of one, case of two), found."""
    made = entered(p["one"]), entered(p["two"], AGAIN)
    assert compared() == 2
    return made


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
    assert "Noms" in page and "même jour" in page


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


# -- what is decided --------------------------------------------------------------------------------------------------
def test_each_lead_is_asked_to_call_with_its_own_reference_only(p, pair):
    hand, match = Hand(p["coord"]), the_match()
    assert hand.post("match-decide", match.pk, act="contact").status_code == 302
    assert told(p["one"])[-1] == ("contact_asked", pair[0].reference)
    assert told(p["two"])[-1] == ("contact_asked", pair[1].reference)
    assert pair[1].reference not in text(Hand(p["one"]).client.get("/notifications/"))
    assert hand.post("match-decide", match.pk, act="contact").status_code == 409
    assert "Mis en contact" in text(hand.get("match-detail", match.pk))


def test_only_the_unit_decides(p, pair):
    match = the_match()
    for name in ("one", "two", "far_coord", "national"):
        with acting_as(p[name]), pytest.raises(Exception, match="Match|404|") as refused:
            decisions.link(p[name], match.pk)
        assert refused.typename == "NotFound", name
    clerk = f.member(p["coord"].agency, Role.CASE_WORKER)
    with acting_as(clerk), pytest.raises(NotAllowed):
        decisions.link(clerk, match.pk)
    assert Hand(clerk).get("match-list").status_code == 403
    assert Hand(p["one"]).get("match-list").status_code == 403
    with acting_as(p["coord"]):
        assert decisions.link(p["coord"], match.pk).state == "linked"


def test_leaving_apart_asks_for_a_reason_and_keeps_what_was_typed(p, pair):
    hand, match = Hand(p["coord"]), the_match()
    page = text(hand.post("match-decide", match.pk, act="dismiss", comment="Appel du matin"))
    assert "Dites pourquoi" in page and "Appel du matin" in page and "<title>Erreur" in page
    assert "parmi les actions" in text(hand.post("match-decide", match.pk, act="nonsense"))
    sent = hand.post("match-decide", match.pk, act="dismiss", reason="safety", comment="x" * 501)
    assert "raccourcissez" in text(sent)
    given = {"act": "dismiss", "reason": "apart_safety", "comment": "Appel du matin"}
    assert hand.post("match-decide", match.pk, **given).status_code == 302
    page = text(hand.get("match-detail", match.pk))
    assert "mettrait quelqu'un en danger" in page and "Appel du matin" in page
    assert hand.post("match-decide", match.pk, act="reopen").status_code == 302


def test_linked_cases_are_named_to_those_alone_who_see_both(p, pair):
    third = f.member(f.shelter())
    for lead, case in zip((p["one"], p["two"]), pair, strict=True):
        f.orientation(lead, case, third.agency, state="accepted", answerer=third)
    with acting_as(p["coord"]):
        decisions.link(p["coord"], the_match().pk)
    for member, sees in ((third, 1), (p["one"], 0), (p["two"], 0), (p["coord"], 0)):
        with acting_as(member):
            assert CaseLink.objects.visible_to(member).count() == CaseLink.objects.count() == sees
    with acting_as(p["coord"]):
        decisions.keep_apart(p["coord"], the_match().pk, reason="two_persons")
    with as_role("nrm_owner"):
        assert not CaseLink.objects.exists()


def sight() -> set:
    """Everything that lets anybody see a case."""
    with as_role("nrm_owner"):
        return set(Grant.objects.values_list("content_object", "group", "permission", "ground", "ground_id"))


def status(case) -> tuple[str, str]:
    with as_role("nrm_owner"):
        return Case.objects.values_list("status", "closure_reason").get(pk=case.pk)


def test_merging_closes_one_widens_nothing_and_is_undone(p, pair):
    f.orientation(p["two"], pair[1], f.shelter(), state="sent")
    hand, match, before = Hand(p["coord"]), the_match(), sight()
    keep = "first" if match.first_id == pair[0].pk else "second"
    page = text(hand.post("match-merge", match.pk, keep=keep, comment="Deux appels"))
    assert "Ne fusionnez qu'avec l'accord" in page and "Deux appels" in page
    assert status(pair[1]) == ("open", "")
    assert hand.post("match-merge", match.pk, keep=keep, understood="on").status_code == 302
    assert (status(pair[0]), status(pair[1])) == (("open", ""), ("closed", "duplicate"))
    assert sight() == before
    for mine, theirs, case, other in (("one", "two", *pair), ("two", "one", *reversed(pair))):
        assert Hand(p[mine]).get("case-detail", case.pk).status_code == 200, theirs
        assert Hand(p[mine]).get("case-detail", other.pk).status_code == 404
    assert told(p["two"])[-1] == ("case_merged", pair[1].reference)
    assert "case_merged" not in [kind for kind, _ in told(p["one"])]
    assert hand.post("match-decide", match.pk, act="undo").status_code == 302
    assert (status(pair[1]), sight()) == (("open", ""), before)
    assert told(p["two"])[-1] == ("case_parted", pair[1].reference)
    assert hand.post("match-decide", match.pk, act="undo").status_code == 409
    assert [kind for kind, _ in told(p["coord"])].count("match_found") == 1


def test_no_chain_of_merged_cases(p, pair):
    third = entered(f.member(f.shelter()), {**PERSON, "given_names": "Nadia"})
    compared()
    with as_role("nrm_owner"):
        matches = {frozenset((m.first_id, m.second_id)): m for m in Match.objects.all()}
    assert len(matches) == 3
    with acting_as(p["coord"]):
        one = matches[frozenset((pair[0].pk, pair[1].pk))]
        decisions.merge(p["coord"], one.pk, keep="first")
        closed = decisions.closed_case(decisions.visible_match(p["coord"], one.pk)).pk
        kept = one.first_id
        again = matches[frozenset((closed, third.pk))]
        for side in ("first", "second"):
            with pytest.raises(WrongState):
                decisions.merge(p["coord"], again.pk, keep=side)
        # the case that goes on may in turn receive another
        good = matches[frozenset((kept, third.pk))]
        on, closing = ("first", "second") if good.first_id == kept else ("second", "first")
        with pytest.raises(WrongState):
            decisions.merge(p["coord"], good.pk, keep=closing)
        decisions.merge(p["coord"], good.pk, keep=on)
    assert status(third) == ("closed", "duplicate")


def test_the_application_writes_no_match_and_no_state(p, pair):
    """Bare SQL as the coordinator, then as a lead: the tables of the worker are closed, moves are guarded."""
    match = the_match()
    forbidden = [
        "SELECT * FROM victims_matchtoken",
        "SELECT * FROM victims_identityentry",
        "SELECT * FROM referral_matchfinding",
        "DELETE FROM victims_matchtoken",
        f"UPDATE referral_match SET state = 'linked' WHERE id = '{match.pk}'",
        "SELECT nrm.match_merge(m, m.first_id, NULL) FROM referral_match m",
        f"INSERT INTO referral_match SELECT * FROM referral_match WHERE id = '{match.pk}'",
    ]
    for member in (p["coord"], p["one"]):
        for sql in forbidden:
            with acting_as(member), pytest.raises(DatabaseError) as refused, transaction.atomic():
                connection.cursor().execute(sql)
            assert refused.value.__cause__.pgcode == "42501", sql
    with acting_as(p["coord"]):
        for action, before, after in (
            ("find", "open", "open"),
            ("undo", "merged", "open"),
            ("merge", "open", "merged"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                MatchMove.objects.create(
                    match=match, action=action, before=before, after=after, membership=p["coord"],
                    agency=p["coord"].agency,
                )  # fmt: skip


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
    assert "Doublons possibles" in text(hand.get("case-list"))  # the menu leads here
    assert "Doublons possibles" not in text(Hand(p["one"]).get("case-list"))
    assert "Aucune paire" in text(hand.get("match-list", query="?strength=likely"))
    assert pair[1].reference in text(hand.get("match-list", query=f"?reference={pair[1].reference[:4].lower()}"))
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


def test_two_decisions_at_once_leave_one(p, pair):
    match = the_match()
    stale = Match(pk=match.pk)
    with acting_as(p["coord"]):
        decisions.keep_apart(p["coord"], match.pk, reason="two_persons")
        with pytest.raises(DatabaseError) as late, transaction.atomic():
            MatchMove.objects.create(
                match=stale, action="link", before="open", after="linked", membership=p["coord"],
                agency=p["coord"].agency,
            )  # fmt: skip
    assert late.value.__cause__.pgcode == "NRM01"
    assert Membership.objects.filter(pk=p["coord"].pk).exists()
