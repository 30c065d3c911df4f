"""The yearly campaign: a grid typed in private, kept as typed, pasted, given to a colleague, handed over, checked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from agencies.models import Directory, Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from plans.models import BudgetLine, Campaign, CampaignAnswer, CampaignDraft, CampaignReminder
from plans.money.display import desk
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from plans.money.selectors import grid, pasted_table
from plans.money.selectors.waiting import to_check
from tests import factories as f
from tests.plans import people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def opened(check, year=2027, **fields) -> Campaign:
    dates = {"opens": TODAY, "closes": TODAY + timedelta(days=20), **fields}
    with acting_as(check):
        return campaigns.open_campaign(check, year=year, stage="voted", **dates)


def envelope(actor, label, unit="EUR", kind="financial", last=()):
    with acting_as(actor):
        body = Directory.objects.get(pk=actor.agency.profile_id)
        made = acts.add_envelope(actor, funder=body, label_fr=label, scope_fr="x", unit=unit, resource_kind=kind)
        for nature, amount in last:
            acts.add_line(
                actor, made, year=2026, stage="voted", nature=nature, amount=Decimal(amount), evidence="LFI 2026"
            )
    return made


def row(last=(), money=True, **typed) -> grid.Row:
    """A row without the database: what was typed, and what stood last year."""
    from plans.models import Envelope

    made = Envelope(resource_kind="financial" if money else "human", unit="EUR" if money else "FTE")
    lines = [BudgetLine(nature=n, amount=Decimal(a), exactness="exact", evidence="LFI 2026") for n, a in last]
    return grid.Row(envelope=made, last=lines, before=[], now=[], typed=typed)


LAST = [("AE", 100), ("CP", 80)]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (row(LAST, same="1"), [("AE", 100, "exact", "LFI 2026"), ("CP", 80, "exact", "LFI 2026")]),
        (row(LAST, same="1", evidence="PLF 2027"), [("AE", 100, "exact", "PLF 2027"), ("CP", 80, "exact", "PLF 2027")]),
        (row(hidden="1"), [("", None, "not_isolable", "")]),
        (row(ae="1,2 M€", evidence="PLF"), [("AE", 1200000, "exact", "PLF")]),
        (
            row(ae="10", cp="8", share="25", evidence="PLF"),
            [("AE", 10, "estimated", "PLF"), ("CP", 8, "estimated", "PLF")],
        ),
        (row(money=False, amount="7,5", evidence="PAP"), [("", Decimal("7.5"), "exact", "PAP")]),
        (row(ae="0", evidence="PLF"), [("AE", 0, "exact", "PLF")]),
    ],
)
def test_what_a_row_means(given, read):
    said = given.read()
    assert given.errors == {}
    assert [(one.nature, one.amount, one.exactness, one.evidence) for one in said] == read


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (row(), "row"),
        (row(same="1"), "row"),  # nothing last year
        (row(LAST, same="1", hidden="1"), "row"),
        (row(LAST, same="1", ae="5"), "row"),
        (row(hidden="1", ae="5"), "row"),
        (row(ae="cinq", evidence="PLF"), "ae"),
        (row(ae="5"), "evidence"),
        (row(evidence="PLF"), "ae"),
        (row(ae="5", share="150", evidence="PLF"), "share"),
        (row(money=False, evidence="PAP"), "amount"),
    ],
)
def test_what_a_row_asks_to_correct(given, where):
    assert given.read() == []
    assert where in given.errors


def test_only_the_coordination_opens_a_campaign_and_once():
    check, own = people.coordination(), people.ministry()
    with acting_as(own), pytest.raises(NotAllowed):
        campaigns.open_campaign(own, year=2027, stage="voted", opens=TODAY, closes=TODAY)
    found = opened(check)
    with pytest.raises(WrongState):
        opened(check)
    with acting_as(own):
        assert campaigns.waiting_for(own) == [found]
    association = people.speaker(body="ccem")
    with acting_as(association):
        assert campaigns.waiting_for(association) == []
        with pytest.raises(NotAllowed):
            campaigns.submit(association, found, {})


def test_a_draft_keeps_all_that_was_typed_and_nobody_else_reads_it():
    check, own, other = people.coordination(), people.ministry(), people.ministry("dgt", Kind.LABOUR)
    found, made = opened(check), envelope(own, "Accueil")
    typed = {str(made.pk): {"ae": "environ 3 millions ?", "evidence": "à demander"}}
    with acting_as(own):
        draft = campaigns.save_draft(own, found, typed, 0)
        assert draft.content == typed
        with pytest.raises(WrongState):
            campaigns.save_draft(own, found, {}, 0)  # opened before the first was saved
        assert campaigns.save_draft(own, found, typed, draft.version).version == draft.version + 1
    for actor in (check, other, f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)):
        with acting_as(actor):
            assert not CampaignDraft.objects.exists(), "not even the coordination"
    with acting_as(other), pytest.raises(ProgrammingError), transaction.atomic():
        CampaignDraft.objects.bulk_create([CampaignDraft(campaign=found, body_id="dacg", saved_by=other)])


def test_a_grid_with_something_to_correct_writes_nothing():
    check, own = people.coordination(), people.ministry()
    found, good, bad = opened(check), envelope(own, "Bonne"), envelope(own, "Mauvaise")
    typed = {str(good.pk): {"ae": "5", "evidence": "PLF"}, str(bad.pk): {"ae": "cinq", "evidence": "PLF"}}
    with acting_as(own):
        rows, written = campaigns.submit(own, found, typed)
        assert written == 0
        assert [bool(one.errors) for one in rows] == [False, True]
        assert not BudgetLine.objects.filter(year=2027).exists()
        assert not CampaignAnswer.objects.exists()


def test_a_grid_is_handed_over_checked_and_then_locked():
    check, own = people.coordination(), people.ministry()
    found = opened(check)
    same, new, hidden = envelope(own, "Même", last=LAST), envelope(own, "Neuve"), envelope(own, "Noyée")
    team = envelope(own, "Équipe", "FTE", "human")
    typed = {
        str(same.pk): {"same": "1"},
        str(new.pk): {"ae": "450 k€", "cp": "400 k€", "share": "25", "evidence": "PLF 2027"},
        str(hidden.pk): {"hidden": "1"},
        str(team.pk): {"amount": "7,5", "evidence": "PAP 2027"},
    }
    with acting_as(own):
        campaigns.save_draft(own, found, typed, 0)
        rows, written = campaigns.submit(own, found, typed)
        assert ([one.errors for one in rows], written) == ([{}] * 4, 6)
        assert not CampaignDraft.objects.exists(), "what was handed over is in the lines"
        assert campaigns.waiting_for(own) == []
    with acting_as(check):
        line = {one["body"].pk: one for one in desk.campaign_progress(check, found)}["dacg"]
        assert (line["answer"].lines, line["left"]) == (6, 6)
        assert acts.check_all(check, to_check(check).filter(envelope=new)) == 2
    with acting_as(own):
        again = {one.envelope.pk: one for one in grid.rows(own, found, "dacg")}
        assert (again[new.pk].locked, again[same.pk].locked) == (True, False)
        rows, written = campaigns.submit(own, found, {str(same.pk): {"ae": "90", "evidence": "Gel"}})
        assert written == 1, "corrected before it is public, the others left as they were"
        lines = BudgetLine.objects.live(own).filter(envelope=same, year=2027)
        assert [(one.nature, one.amount) for one in lines] == [("AE", 90)], "CP was taken back with the former answer"
    public = BudgetLine.objects.live(None).filter(year=2027)
    assert {(one.nature, int(one.amount), one.share) for one in public} == {("AE", 450000, 25), ("CP", 400000, 25)}


def test_a_closed_campaign_takes_nothing_any_more():
    check, own = people.coordination(), people.ministry()
    past = opened(check, opens=TODAY - timedelta(days=9), closes=TODAY - timedelta(days=1))
    with acting_as(own):
        assert campaigns.waiting_for(own) == []
        for act in (lambda: campaigns.save_draft(own, past, {}, 0), lambda: campaigns.submit(own, past, {})):
            with pytest.raises(WrongState):
                act()


def test_a_grid_is_given_to_a_colleague_of_the_same_body_alone():
    check, own = people.coordination(), people.ministry()
    colleague = people.ministry()  # another unit that speaks for the same body
    stranger = people.ministry("dgt", Kind.LABOUR)
    found, made = opened(check), envelope(own, "Accueil")
    with acting_as(own):
        campaigns.save_draft(own, found, {str(made.pk): {"ae": "5"}}, 0)
        with pytest.raises(NotAllowed):
            campaigns.hand_over(own, found, stranger)
        campaigns.hand_over(own, found, colleague, "Peux-tu finir ?")
        assert campaigns.waiting_for(own) == []
    with acting_as(colleague):
        assert campaigns.waiting_for(colleague) == [found]
        assert campaigns.draft_of(colleague, found).content == {str(made.pk): {"ae": "5"}}


def test_the_coordination_reminds_those_who_did_not_answer():
    check, own = people.coordination(), people.ministry()
    found = opened(check)
    dacg = Directory.objects.get(pk="dacg")
    with acting_as(own), pytest.raises(NotAllowed):
        campaigns.remind(own, found, dacg)
    with acting_as(check):
        campaigns.remind(check, found, dacg)
    with acting_as(own):
        assert campaigns.state(own, found)["reminder"] is not None
        envelope(own, "Accueil")
        campaigns.submit(own, found, {str(one.pk): {"hidden": "1"} for one in grid.own_envelopes("dacg")})
    with acting_as(check), pytest.raises(WrongState):
        campaigns.remind(check, found, dacg)
    with acting_as(people.ministry("dgt", Kind.LABOUR)):
        assert not CampaignReminder.objects.exists()
        assert not CampaignAnswer.objects.exists(), "what a body answered is its own and the coordination's"


PASTED = """code\tInchangé\tNon isolable\tAE\tCP\tQuantité\tPart\tJustificatif
{same}\tx\t\t\t\t\t\t
{new}\t\t\t1 250 000,50\t1,2 M€\t\t25 %\tPLF 2027
Noyée\t\toui\t\t\t\t\t
{bad}\t\t\tcinq\t\t\t\tPLF 2027
inconnue\tx\t\t\t\t\t\t
{new}\t\t\t1\t\t\t\tPLF
{flag}\tpeut-être\t\t\t\t\t\t
"""


def test_a_pasted_table_is_read_line_by_line_and_writes_nothing():
    check, own = people.coordination(), people.ministry()
    found = opened(check)
    made = {
        "same": envelope(own, "Même", last=LAST).code,
        "new": envelope(own, "Neuve").code,
        "bad": envelope(own, "Mauvaise").code,
        "flag": envelope(own, "Drapeau").code,
        "hidden": envelope(own, "Noyée").code,
    }
    with acting_as(own):
        rows = grid.rows(own, found, "dacg")
        lines = pasted_table.read(PASTED.format(**made), rows)
        assert not BudgetLine.objects.filter(year=2027).exists()
        assert not CampaignDraft.objects.exists()
    assert [(one.number, bool(one.problem)) for one in lines] == [
        (2, False), (3, False), (4, False), (5, True), (6, True), (7, True), (8, True),
    ]  # fmt: skip
    assert lines[1].typed == {
        "same": "", "hidden": "", "ae": "1 250 000,50", "cp": "1,2 M€", "amount": "", "share": "25 %",
        "evidence": "PLF 2027",
    }  # fmt: skip
    assert lines[2].row.envelope.label_fr == "Noyée", "found by its label too"
    as_csv = PASTED.format(**made).replace(",", ".").replace("\t", ";")
    assert [bool(one.problem) for one in pasted_table.read(as_csv, rows)] == [bool(one.problem) for one in lines]
    assert pasted_table.read("", rows) == []
    assert "code" in pasted_table.read("a;b\n1;2", rows)[0].problem


def test_the_table_taken_out_comes_back_in():
    check, own = people.coordination(), people.ministry()
    found = opened(check)
    envelope(own, "=CMD()", last=LAST)
    with acting_as(own):
        rows = grid.rows(own, found, "dacg")
        table = pasted_table.table(rows)
        assert table[1][1] == "'=CMD()", "never a formula"
        assert "AE 100" in table[1][2]
        table[1][3] = "x"
        (line,) = pasted_table.read("\n".join(";".join(cells) for cells in table), rows)
    assert (line.problem, line.typed["same"]) == ("", "1")


def test_the_grid_costs_the_same_at_any_size(django_assert_num_queries):
    check, own = people.coordination(), people.ministry()
    found = opened(check)
    envelope(own, "Une", last=LAST)
    with acting_as(own):
        with django_assert_num_queries(4):  # envelopes, lines, the mandate for the lines and for what replaces them
            assert len(grid.rows(own, found, "dacg")) == 1
        for number in range(3):
            envelope(own, f"Encore {number}", last=LAST)
        with django_assert_num_queries(4):
            assert len(grid.rows(own, found, "dacg")) == 4
