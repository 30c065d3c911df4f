"""The thread: what each reader finds in it, its filters, its search, its corrections, its cost."""

from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from referral.closing import operations as closing
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import TimelineEntry
from victims.thread import display as thread_display
from victims.thread import operations as thread

pytestmark = pytest.mark.django_db
MOVED = "Accompagnement commencé"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    coordinator = f.member(f.coordination(), Role.COORDINATOR)
    lead = f.member(f.shelter(name="Foyer Horizon (fictif)"))
    case = f.case(coordinator, author=f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    f.orientation(coordinator, case, lead.agency, state="accepted", answerer=lead, verb="transfer", level=3)
    found = {"lead": lead, "case": case, "coordinator": coordinator, "stranger": f.member(f.shelter())}
    for name, level in (("file", 3), ("summary", 2), ("other", 2)):
        found[name] = f.member(f.shelter(name=f"Association {name} (fictive)"))
        f.orientation(lead, case, found[name].agency, state="accepted", answerer=found[name], level=level)
    with acting_as(lead):
        closing.move_case(lead, case.pk, "start_support")
    return found


def write(actor, case, words, sort="message"):
    with acting_as(actor):
        return thread.write_entry(actor, case.pk, sort=sort, text=words)


def read(actor, case, query="") -> str:
    return text(Hand(actor).get("case-timeline", case.pk, query=query))


def test_a_question_is_not_called_as_a_request(world):
    page = read(world["lead"], world["case"])
    assert "Question aux services qui suivent le dossier" in page and ">Demande<" not in page
    assert "Une question n'a pas de délai de réponse" in page


def test_who_reads_what(world):
    lead, case = world["lead"], world["case"]
    write(lead, case, "MARQUEUR-MESSAGE")
    write(lead, case, "MARQUEUR-INTERNE", "internal")
    mate = f.member(lead.agency)
    for who, message, internal in ((lead, 1, 1), (mate, 1, 1), (world["file"], 1, 0), (world["summary"], 0, 0)):
        page = read(who, case)
        assert ("MARQUEUR-MESSAGE" in page, "MARQUEUR-INTERNE" in page) == (bool(message), bool(internal)), who
        assert MOVED in page
        with acting_as(who):
            assert TimelineEntry.objects.count() == message + internal  # the database alone
            assert TimelineEntry.objects.visible_to(who).count() == message + internal
    for who in ("stranger", "coordinator"):
        assert Hand(world[who]).get("case-timeline", case.pk).status_code == 404
        with acting_as(world[who]):
            assert not TimelineEntry.objects.exists()


def test_the_thread_shows_no_step_that_its_section_hides(world):
    """A request is seen by the lead, by who reads the file, and by its own desk: not by another service at summary."""
    case, asked = world["case"], "Association other (fictive)"
    assert asked in read(world["lead"], case) and asked in read(world["file"], case)
    assert asked not in read(world["summary"], case)
    assert "Association summary (fictive)" in read(world["summary"], case)


def test_who_writes(world):
    case = world["case"]
    assert write(world["file"], case, "Vu ce matin", "report").agency_id == world["file"].agency_id
    with pytest.raises(NotAllowed):
        write(world["summary"], case, "x")
    with pytest.raises(NotFound):
        write(world["stranger"], case, "x")
    with acting_as(world["summary"]), pytest.raises(DatabaseError), transaction.atomic():
        TimelineEntry.objects.create(
            case=case, agency=world["summary"].agency, by=world["summary"], sort="message", data={"text": "x"}
        )
    unit = f.case(world["coordinator"])  # leads for now with summary: writes, and reads its own back
    write(world["coordinator"], unit, "MARQUEUR-COORDINATION")
    assert "MARQUEUR-COORDINATION" in read(world["coordinator"], unit)


def test_a_form_that_cannot_be_sent_keeps_what_was_typed(world):
    hand, case = Hand(world["lead"]), world["case"]
    kept = hand.post("case-timeline", case.pk, text="MARQUEUR-GARDE")
    assert kept.status_code == 200 and "MARQUEUR-GARDE" in text(kept) and "Choisissez de quoi il s'agit" in text(kept)
    assert hand.post("case-timeline", case.pk, text="MARQUEUR-GARDE", sort="message").status_code == 302
    assert Hand(world["summary"]).post("case-timeline", case.pk, text="x", sort="message").status_code == 403
    assert "MARQUEUR-GARDE" in read(world["lead"], case)


def test_a_correction_is_a_new_version_and_the_former_stays_readable(world):
    lead, case = world["lead"], world["case"]
    first, later = write(lead, case, "MARQUEUR-AVANT"), write(lead, case, "MARQUEUR-SUIVANT")
    done = Hand(lead).post("timeline-correct", first.pk, text="MARQUEUR-APRES")
    assert done.status_code == 302
    page = read(lead, case)
    assert "MARQUEUR-AVANT" not in page and "corrigé le" in page
    assert page.index("MARQUEUR-SUIVANT") < page.index("MARQUEUR-APRES")  # it stays in its place
    both = text(Hand(world["file"]).get("timeline-entry", first.pk))
    assert both.index("MARQUEUR-APRES") < both.index("MARQUEUR-AVANT")
    late = Hand(lead).post("timeline-correct", first.pk, text="MARQUEUR-TARD")
    assert late.status_code == 409
    assert "MARQUEUR-TARD" in text(late) and "MARQUEUR-APRES" in text(late)  # both versions, nothing lost
    assert Hand(world["file"]).post("timeline-correct", later.pk, text="x").status_code == 403
    with acting_as(lead):
        assert TimelineEntry.objects.filter(current=True).count() == 2 and TimelineEntry.objects.count() == 3
        with pytest.raises(WrongState):
            thread.correct_entry(lead, first.pk, text="x")


@pytest.mark.parametrize("change", ["sort", "agency", "case", "twice"])
def test_the_database_holds_a_correction_to_its_case_agency_and_sort(world, change):
    lead, case = world["lead"], world["case"]
    first = write(lead, case, "x")
    values = {"case": case, "agency": lead.agency, "by": lead, "sort": "message", "data": {"text": "y"}}
    who = lead
    if change == "sort":
        values["sort"] = "internal"
    elif change == "agency":
        who = world["file"]
        values |= {"agency": who.agency, "by": who}
    elif change == "case":
        values["case"] = f.own_case(lead)
    else:
        with acting_as(lead):
            thread.correct_entry(lead, first.pk, text="z")
    with acting_as(who), pytest.raises(DatabaseError) as raised, transaction.atomic():
        TimelineEntry.objects.create(**values, replaces_id=first.pk)
    assert raised.value.__cause__.pgcode == ("NRM01" if change == "twice" else "42501")


def test_an_entry_is_neither_changed_nor_removed(world):
    write(world["lead"], world["case"], "x")
    for statement in ("UPDATE victims_timelineentry SET sort = 'message'", "DELETE FROM victims_timelineentry"):
        with acting_as(world["lead"]), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


def test_filters_by_sort_and_by_service(world):
    lead, case = world["lead"], world["case"]
    write(lead, case, "MARQUEUR-POINT", "review")
    write(world["file"], case, "MARQUEUR-RENDU", "report")
    steps = read(lead, case, "?sort=system")
    assert MOVED in steps and "MARQUEUR" not in steps
    review = read(lead, case, "?sort=review")
    assert "MARQUEUR-POINT" in review and "MARQUEUR-RENDU" not in review and MOVED not in review
    theirs = read(lead, case, f"?agency={world['file'].agency_id}")
    assert "MARQUEUR-RENDU" in theirs and "MARQUEUR-POINT" not in theirs and "Demande : Acceptée" in theirs
    assert "MARQUEUR-POINT" in read(lead, case, "?sort=unknown&agency=x&cursor=zzz")


def test_the_filter_offers_who_made_a_step_and_not_who_sent_an_alert(world):
    """« Demande : Acceptée » of a service that wrote nothing was in the thread, and its service in no filter."""
    lead, case, coordinator = world["lead"], world["case"], world["coordinator"]
    page = read(lead, case)
    offered = page[page.index('<select name="agency"') : page.index("</select>", page.index('<select name="agency"'))]
    assert "Demande : Acceptée" in page
    for name in ("file", "summary", "other"):
        assert f'<option value="{world[name].agency_id}">Association {name} (fictive)</option>' in offered
    assert f'value="{world["lead"].agency_id}"' in offered
    theirs = read(world["other"], case)
    assert "Association other (fictive)</option>" in theirs and "Association file (fictive)</option>" not in theirs
    school = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    mine = f.case(coordinator, author=school)
    with acting_as(coordinator):
        assert "alert" in {line.key[1] for line in thread_display.thread(coordinator, mine).lines}
        assert school.agency_id not in dict(thread_display.writers(coordinator, mine))
        of_school = thread_display.thread(coordinator, mine, agency=school.agency_id).lines
        assert "alert" not in {line.key[1] for line in of_school}, "the filter told who had alerted"


def test_the_search_reads_texts_and_never_the_address(world):
    lead, case = world["lead"], world["case"]
    write(lead, case, "Rendez-vous à la Préfecture mardi")
    write(lead, case, "Rien de plus")
    write(lead, case, "préfecture : interne", "internal")
    found = text(Hand(lead).post("timeline-search", case.pk, words="PREFECTURE"))
    assert "Préfecture mardi" in found and "préfecture : interne" in found and "Rien de plus" not in found
    assert "2 textes trouvés" in found
    theirs = text(Hand(world["file"]).post("timeline-search", case.pk, words="prefecture"))
    assert "Préfecture mardi" in theirs and "préfecture : interne" not in theirs
    assert Hand(lead).get("timeline-search", case.pk).status_code == 302
    short = Hand(lead).post("timeline-search", case.pk, words="a")
    assert short.status_code == 200 and "<title>Erreur" in short.content.decode()
    assert Hand(world["stranger"]).post("timeline-search", case.pk, words="prefecture").status_code == 404


def test_a_search_is_bounded_and_goes_on(world, monkeypatch):
    lead, case = world["lead"], world["case"]
    monkeypatch.setattr(thread_display, "SEARCHED", 3)
    for n in range(5):
        write(lead, case, f"texte {n} repère" if n == 0 else f"texte {n}")
    with acting_as(lead):
        first = thread_display.search(lead, case, "repere")
        assert (len(first.lines), first.searched, first.more) == (0, 3, True)
        rest = thread_display.search(lead, case, "repere", cursor=first.next)
        assert ([line.entry.data["text"] for line in rest.lines], rest.more) == (["texte 0 repère"], False)


def test_pages_follow_each_other_with_no_line_lost_or_twice(world):
    lead, case = world["lead"], world["case"]
    for n in range(60):
        write(lead, case, f"texte {n}")
    with as_role("nrm_owner"):  # many lines of one instant, steps among them
        moment = TimelineEntry.objects.order_by("placed_at").first().placed_at
        TimelineEntry.objects.filter(case=case).update(placed_at=moment)
        case.moves.update(at=moment)
    seen, cursor, pages = [], "", 0
    with acting_as(lead):
        while True:
            found = thread_display.thread(lead, case, cursor=cursor)
            seen += [line.key for line in found.lines]
            pages, cursor = pages + 1, found.next
            if not cursor:
                break
    assert len(seen) == len(set(seen)) and seen == sorted(seen, reverse=True)
    assert sum(key[1] == "entry" for key in seen) == 60 and sum(key[1] == "case" for key in seen) == 1
    assert pages == -(-len(seen) // 25)


def test_the_cost_is_the_same_at_two_hundred_entries(world):
    lead, case = world["lead"], world["case"]
    for n in range(30):
        write(lead, case, f"texte {n}")
    counts = []
    for more in (0, 200):
        with acting_as(lead):
            entries = [
                TimelineEntry(case=case, agency=lead.agency, by=lead, sort="message", data={"text": f"long {n}"})
                for n in range(more)
            ]
            TimelineEntry.objects.bulk_create(entries)
        hand = Hand(lead)
        hand.get("case-timeline", case.pk)
        with CaptureQueriesContext(connection) as small:
            page = text(hand.get("case-timeline", case.pk))
        counts.append(len(small))
    assert counts[0] == counts[1] <= 25, counts
    assert "Suivants" in page
