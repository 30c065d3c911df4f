"""Decisions on possible duplicates: by the coordination alone, undone by it, without more access for anybody."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from referral.closing import operations as closing
from referral.duplicates.operations import decisions
from referral.erasure import operations as erasure
from referral.models import Clock, Match, MatchMove
from tests import factories as f
from tests.referral.duplicates.pairs import PERSON, compared, entered, the_match, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.data_requests import operations as data_requests
from victims.models import Case, CaseLink, Grant, Limitation

pytestmark = pytest.mark.django_db


def test_each_lead_is_asked_to_call_with_its_own_reference_only(p, pair):
    hand, match = Hand(p["coord"]), the_match()
    assert hand.post("match-decide", match.pk, act="contact").status_code == 302
    assert told(p["one"])[-1] == ("contact_asked", pair[0].reference)
    assert told(p["two"])[-1] == ("contact_asked", pair[1].reference)
    assert pair[1].reference not in text(Hand(p["one"]).client.get("/notifications/"))
    assert hand.post("match-decide", match.pk, act="contact").status_code == 409
    assert "Contact demandé aux deux services" in text(hand.get("match-detail", match.pk))


def test_only_the_unit_decides(p, pair):
    match = the_match()
    for name in ("one", "two", "far_coord", "national"):
        with acting_as(p[name]), pytest.raises(NotFound):
            decisions.link(p[name], match.pk)
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


def test_an_open_case_is_not_merged_into_one_that_is_closed(p, pair):
    """Its person would wait for nobody there: the lead of the closed one has nothing to do, and need not know."""
    with acting_as(p["one"]):
        closing.move_case(p["one"], pair[0].pk, "close", reason="autonomy")
    hand, match = Hand(p["coord"]), the_match()
    shut, other = ("first", "second") if match.first_id == pair[0].pk else ("second", "first")
    sent = hand.post("match-merge", match.pk, keep=shut, understood="on", comment="Deux appels")
    assert "celui qui continue est clos alors que l'autre ne l'est pas" in text(sent) and "Deux appels" in text(sent)
    assert status(pair[1]) == ("open", "")
    assert hand.post("match-merge", match.pk, keep=other, understood="on").status_code == 302
    assert (status(pair[0]), status(pair[1])) == (("closed", "autonomy"), ("open", "")), "into the open one, it is"


def test_who_writes_a_name_it_knows_and_closes_the_case_does_not_learn_that_it_stands_elsewhere(p, pair):
    """Within the hour the page of the closed case said that something else kept it: the same person, elsewhere."""
    with acting_as(p["one"]):
        closing.move_case(p["one"], pair[0].pk, "close", reason="autonomy")
    with as_role("nrm_worker"), acting_as(SYSTEM):
        erasure.tell_terms()
    assert the_match().state == "open"
    for page in ("case-life", "case-keeping"):
        said = text(Hand(p["one"]).get(page, pair[0].pk))
        assert "Autre chose" not in said and "si personne ne l'empêche" in said, page


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


@pytest.mark.parametrize(("side", "owed"), [("minor", True), ("unknown", True), ("adult", False)])
def test_who_leads_the_case_of_a_child_is_told_what_a_merge_brings_to_it(p, pair, side, owed):
    """The CRIP is owed a report of the alerts of the case that closed: the summary alone said so, to nobody."""
    with as_role("nrm_owner"):
        Case.objects.filter(pk=pair[0].pk).update(age_side=side)
    merged(p, pair)
    assert (("report_owed", pair[0].reference) in told(p["one"])) is owed
    with as_role("nrm_owner"):
        running = Clock.objects.filter(case=pair[0], checklist__procedure="mineur_information_preoccupante", step=1)
        assert [clock.state for clock in running] == ["running"] * owed, "and has a time limit"
    others = [notice for name in ("two", "mate", "coord", "national") for notice in told(p[name])]
    assert "report_owed" not in [kind for kind, _ in others], "who does not see the case"


# -- a limitation of use: the promise was made to the person, whose cases these are
def limited(member, case) -> None:
    """The person asks for a limitation of use on this case, and it is granted."""
    said = {"kind": "limitation", "asked_by": "person", "identity": "known", "way": "hand", "text": "x"}
    with acting_as(member):
        asked = data_requests.add_request(member, case.pk, received_on=timezone.localdate(), **said)
        data_requests.answer(member, asked.pk, text="Fait.")


def in_force(pair) -> list[bool]:
    with as_role("nrm_owner"):
        return [Limitation.objects.in_force().filter(case=case).exists() for case in pair]


def merged(p, pair):
    """Merge the second case into the first one."""
    match = the_match()
    with acting_as(p["coord"]):
        decisions.merge(p["coord"], match.pk, keep="first" if match.first_id == pair[0].pk else "second")
    return match


@pytest.mark.parametrize("on", [0, 1])
def test_a_limitation_ends_on_all_cases_of_the_person_at_once(p, pair, on):
    """The one on the case that closed kept it from being erased for ever, and nobody would have ended it."""
    other = f.own_case(p["two"])
    limited(p["two"], other)
    limited(p["two"], pair[1])
    merged(p, pair)
    assert in_force([*pair, other]) == [True, True, True]
    who = p[("one", "two")[on]]
    with acting_as(who):
        data_requests.end_limitation(who, pair[on].pk, because="asked")
    assert in_force([*pair, other]) == [False, False, True], "another person's stays"
    with as_role("nrm_owner"):
        ended = Limitation.objects.filter(case__in=pair).values_list("ended_by", "ended_because")
        assert set(ended) == {(who.pk, "asked")}


@pytest.mark.parametrize("on", [0, 1])
def test_who_leads_the_other_case_is_told_that_its_limitation_ended(p, pair, on):
    """Ended by who does not see it: its data were used again, and neither its journal nor its lead knew."""
    limited(p["two"], pair[1])
    merged(p, pair)
    who, other = (p[("one", "two")[side]] for side in (on, 1 - on))
    with acting_as(who):
        data_requests.end_limitation(who, pair[on].pk, because="asked")
    assert told(other).count(("case_addition", pair[1 - on].reference)) == 1
    assert "case_addition" not in [kind for kind, _ in told(who)]
    with as_role("nrm_owner"):
        written = Entry.objects.filter(action="limitation.end").values_list("case_id", "membership_id", "agency_id")
        assert set(written) == {(case.pk, who.pk, who.agency_id) for case in pair} and len(written) == 2
        ended = Entry.objects.filter(action="limitation.end").values_list("subject_id", flat=True)
        assert set(ended) == {str(row.pk) for row in Limitation.objects.filter(case__in=pair)}


def test_a_case_that_its_lead_opened_again_ends_its_own_limitation_alone(p, pair):
    """Its lead says that it is another person, though the merge was not undone."""
    limited(p["two"], pair[1])
    merged(p, pair)
    with acting_as(p["two"]):
        closing.move_case(p["two"], pair[1].pk, "reopen")
        data_requests.end_limitation(p["two"], pair[1].pk, because="asked")
    assert in_force(pair) == [True, False]
    assert "case_addition" not in [kind for kind, _ in told(p["one"])]


def test_a_merge_that_is_undone_takes_back_the_limitation_that_it_copied(p, pair):
    """Of another person, after all, nothing was promised."""
    limited(p["two"], pair[1])
    match = merged(p, pair)
    assert in_force(pair) == [True, True]
    with acting_as(p["coord"]):
        decisions.undo_merge(p["coord"], match.pk)
    assert in_force(pair) == [False, True]


def test_a_limitation_that_two_merges_brought_is_taken_back_with_the_last_of_them(p, pair):
    """The second one copied nothing, since the first one's stood: its person was promised the same."""
    third = entered(p["two"], {**PERSON, "given_names": "Nadia"})
    compared()
    cases = [*pair, third]
    for case in cases[1:]:
        limited(p["two"], case)
    matches = [the_match(pair[0], case) for case in cases[1:]]
    with acting_as(p["coord"]):
        for match in matches:
            decisions.merge(p["coord"], match.pk, keep="first" if match.first_id == pair[0].pk else "second")
        decisions.undo_merge(p["coord"], matches[0].pk)
        assert in_force(cases) == [True, True, True]
        decisions.undo_merge(p["coord"], matches[1].pk)
    assert in_force(cases) == [False, True, True], "of another person, after all, nothing was promised"


@pytest.mark.parametrize("before", [True, False])
def test_a_limitation_that_was_granted_on_the_case_that_stayed_is_not_taken_back(p, pair, before):
    """Granted after the merge it made no row of its own: the copy stood."""
    limited(p["two"], pair[1])
    if before:
        limited(p["one"], pair[0])
    match = merged(p, pair)
    if not before:
        limited(p["one"], pair[0])
    with acting_as(p["coord"]):
        decisions.undo_merge(p["coord"], match.pk)
    assert in_force(pair) == [True, True]
