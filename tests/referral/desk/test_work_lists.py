"""Work lists, counters, saved searches, finding by reference: who finds what, and what it costs."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from journal.models import Entry
from referral.desk import filters as desk_filters
from referral.desk import operations as desk
from referral.desk.display import home as display
from referral.models import AlertDesk, Orientation, OrientationDesk, SavedSearch
from tests import factories as f
from tests.referral.pages import Hand, plain, text
from tests.roles import as_role
from victims.access.operations.assignment import assign_member, restrict_case

pytestmark = pytest.mark.django_db
PAGES = ["mes-dossiers", "non-attribues", "avec-nous", "par-nous", "attente"]


@pytest.fixture
def home(db):
    """A shelter with a case of its own, one shared with it, one it shares, one request without an answer."""
    f.national()
    f.coordination()
    home, other = f.shelter(), f.shelter()
    lead, mate, far = f.member(home), f.member(home), f.member(other)
    made = {"lead": lead, "mate": mate, "far": far, "front": f.member(home, Role.FRONTLINE)}
    made["own"] = f.own_case(lead)
    made["theirs"] = f.own_case(far)
    f.orientation(far, made["theirs"], home, state="accepted", answerer=mate)
    made["share"] = f.orientation(lead, made["own"], other, state="accepted", answerer=far)
    made["asked"] = f.orientation(lead, made["own"], f.shelter())
    return made


def found(actor, code, query="") -> set[str]:
    with acting_as(actor):
        return {row.reference for row in desk_filters.LISTS[code].filtered(actor, query).qs}


def test_each_list_holds_what_it_says(home):
    own, theirs = home["own"].reference, home["theirs"].reference
    lead = home["lead"]
    assert found(lead, "cases") == {own, theirs}
    assert found(lead, "with_us") == {theirs}
    assert found(lead, "by_us") == {home["share"].reference}
    assert found(lead, "awaited") == {home["asked"].reference}
    assert found(lead, "awaited", "late=true") == set()
    assert found(home["front"], "cases") == set()
    # who opens or accepts is assigned by nobody: assignment is an act
    assert found(lead, "mine") | found(lead, "unassigned") >= {own}
    with acting_as(lead):
        assign_member(lead, home["theirs"].pk, home["mate"])
    assert theirs in found(home["mate"], "mine")
    assert theirs not in found(lead, "mine")
    assert theirs not in found(lead, "unassigned")


def test_a_case_kept_to_others_is_in_no_list_and_no_counter(home):
    with acting_as(home["mate"]):
        assign_member(home["mate"], home["theirs"].pk, home["mate"])
        restrict_case(home["mate"], home["theirs"].pk)
    for code in ("cases", "mine", "unassigned", "with_us"):
        assert home["theirs"].reference not in found(home["lead"], code), code
    assert home["theirs"].reference in found(home["mate"], "with_us")
    assert _counter(home["lead"], "Partagés avec nous") == 0
    assert _counter(home["mate"], "Partagés avec nous") == 1


def _counter(actor, label) -> int:
    """Return the number that the first page shows, 0 when it folds the list away among the empty ones."""
    page = plain(unescape(Hand(actor).client.get("/").content.decode()))
    shown = re.search(label + r'</a></h3><p class="fr-tile__start fr-h3">(\d+)\+?<', page)
    assert shown or re.search(rf'<li><a href="[^"]+">{label}</a></li>', page), label
    return int(shown[1]) if shown else 0


def test_every_counter_is_the_length_of_the_list_it_opens(home):
    f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    with as_role("nrm_owner"):
        AlertDesk.objects.update(answer_by=timezone.now() - timedelta(hours=1))
        for model in (Orientation, OrientationDesk):
            model.objects.filter(due_at__isnull=False).update(answer_by=timezone.now() - timedelta(hours=1))
    hand = Hand(home["lead"])
    page = hand.client.get("/")
    lines = [line for name in ("waits", "goes_on", "none") for line in page.context[name]]
    lists = [line for line in lines if line["href"] != reverse("referral:alert-list")]
    assert len(lists) == 7
    for line in lists:
        opened = hand.client.get(line["href"])
        assert opened.context["found"]["number"] == line["count"], line["label"]


def test_address_of_the_former_counters_leads_to_the_first_page(home):
    answer = Hand(home["lead"]).get("work")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_closed_door_for_who_sees_no_cases(home):
    assert Hand(home["front"]).get("work").status_code == 403
    assert Hand(home["front"]).get("work-list", "avec-nous").status_code == 403
    assert Hand(home["lead"]).get("work-list", "inconnue").status_code == 404


def test_lists_cost_the_same_at_two_sizes(home, subtests):
    hand, counts = Hand(home["lead"]), {page: [] for page in (None, *PAGES)}
    hand.client.get("/")
    for page in PAGES:
        hand.get("work-list", page)  # reads what the process keeps: sheets, the names of codes
    for more in (1, 5):
        for _ in range(more):
            case = f.own_case(home["lead"])
            f.orientation(home["lead"], case, f.shelter())
        for page, asked in counts.items():
            with CaptureQueriesContext(connection) as said:
                assert (hand.get("work-list", page) if page else hand.client.get("/")).status_code == 200
            asked.append(len(said))
    for page, (few, many) in counts.items():
        with subtests.test(page or "home"):
            assert few == many


def test_empty_lists_say_what_to_do(home):
    alone = Hand(f.member(f.shelter()))
    for page in PAGES:
        assert "fr-text--bold" in text(alone.get("work-list", page)), page
    assert "Rien avec ces filtres" in text(alone.get("work-list", "avec-nous", query="?status=closed"))


# -- saved searches ---------------------------------------------------------------------------------------------------
def save(hand, name="Mes urgences", query="urgency=high&status=open", listed="cases"):
    return hand.client.post(
        reverse("referral:saved-searches"),
        {"_membership": hand.member.pk, "listed": listed, "query": query, "name": name},
    )


def test_a_search_is_kept_opened_renamed_deleted(home):
    hand = Hand(home["lead"])
    answer = save(hand)
    assert answer.url == "/dossiers/?status=open&urgency=high"
    assert "Mes urgences" in text(hand.get("case-list"))
    with as_role("nrm_owner"):
        kept = SavedSearch.objects.get()
    assert hand.post("saved-search-rename", kept.pk, name="À revoir").status_code == 302
    assert "À revoir" in text(hand.get("saved-searches"))
    # a colleague of the same agency, a frontline member, and a stranger
    for who, code in (("mate", 404), ("front", 403), ("far", 404)):
        assert Hand(home[who]).post("saved-search-rename", kept.pk, name="x").status_code == code, who
        assert Hand(home[who]).post("saved-search-delete", kept.pk).status_code == code, who
    assert "À revoir" not in text(Hand(home["mate"]).get("saved-searches"))
    assert hand.post("saved-search-delete", kept.pk).status_code == 302
    with as_role("nrm_owner"):
        assert not SavedSearch.objects.exists()


def test_only_filters_of_the_list_are_kept(home):
    hand = Hand(home["lead"])
    answer = save(hand, query="urgency=high&status=unheard&cursor=abc&limit=9&lead=true&next=//x.invalid")
    assert answer.url == "/dossiers/?urgency=high"
    assert save(hand, listed="users").status_code == 404
    assert "Donnez un nom" in text(save(hand, name=""))


@pytest.mark.parametrize(
    ("listed", "kept", "route", "query"),
    [
        ("inbox", "/boite/?urgency=high", "alert-inbox", ""),
        ("handled", "/boite/?view=handled&urgency=high", "alert-inbox", "?view=handled"),
        ("received", "/demandes/?urgency=high", "orientation-received", ""),
        ("under_way", "/demandes/?view=current&urgency=high", "orientation-received", "?view=current"),
        ("ended", "/demandes/?view=ended&urgency=high", "orientation-received", "?view=ended"),
    ],
)
def test_each_tab_of_the_inbox_and_of_what_is_received_keeps_its_own(home, listed, kept, route, query):
    hand = Hand(home["lead"])
    page = text(hand.get(route, query=f"{query}{'&' if query else '?'}urgency=high"))
    assert f'name="listed" value="{listed}"' in page and "Exporter cette liste" not in page
    assert save(hand, listed=listed, query="urgency=high&view=ended&cursor=x").url == kept
    assert "Mes urgences" in text(hand.get(route, query=query))
    others = {"alert-inbox": ("", "?view=handled"), "orientation-received": ("", "?view=current", "?view=ended")}[route]
    for other in others:
        assert ("Mes urgences" in text(hand.get(route, query=other))) == (other == query), other
    assert kept.replace("&", "&amp;") in hand.get("saved-searches").content.decode()
    assert hand.client.get(kept).status_code == 200
    assert "Mes urgences" not in text(Hand(home["mate"]).get(route, query=query))


def test_a_member_keeps_thirty_searches_at_most(home):
    hand = Hand(home["lead"])
    for number in range(30):
        assert save(hand, name=f"n{number}").status_code == 302
    page = save(hand, name="une de trop")
    assert page.status_code == 200
    assert "supprimez-en un d'abord" in text(page)
    assert "une de trop" in text(page)


# -- finding by reference ---------------------------------------------------------------------------------------------
def look(hand, typed):
    return hand.client.post(reverse("referral:search"), {"_membership": hand.member.pk, "reference": typed})


def test_a_reference_leads_to_what_one_sees(home):
    own = home["own"].reference
    hand = Hand(home["lead"])
    for typed in (own, own.lower().replace("-", " "), f"  {own[:4]}{own[5:]} "):
        assert reverse("referral:case-detail", args=[home["own"].pk]) in text(look(hand, typed)), typed
    asked = home["asked"]
    assert reverse("referral:orientation-detail", args=[asked.pk]) in text(look(hand, asked.reference))
    alert = f.sent_alert(home["front"])
    page = text(look(Hand(home["front"]), alert.reference))
    assert reverse("referral:alert-detail", args=[alert.pk]) in page


def test_hidden_and_absent_are_one_answer(home):
    hidden = f.own_case(home["far"]).reference
    hand = Hand(home["mate"])

    def said(typed):
        page = text(look(hand, typed)).replace(typed, "")
        return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)

    look(hand, "ZZZZ-ZZZ8")  # what is read once for all pages is read here
    counts = []
    for typed in (hidden, "ZZZZ-ZZZ9"):
        with CaptureQueriesContext(connection) as statements:
            look(hand, typed)
        counts.append(len(statements))
    assert said(hidden) == said("ZZZZ-ZZZ9")
    assert "Rien sous cette référence" in said(hidden)
    assert counts[0] == counts[1]
    front = text(look(Hand(home["front"]), home["own"].reference))
    assert "Rien sous cette référence" in front
    # the way in of an emergency is named to those who may take it, and to nobody else
    assert "Accès d'urgence" in said(hidden) and "Accès d'urgence" not in front and "Danger immédiat" in front


def test_no_name_is_looked_for_and_none_stands_in_an_address(home):
    hand = Hand(home["lead"])
    page = look(hand, "Dupont Marie")
    assert "huit lettres et chiffres" in text(page)
    assert 'value="Dupont Marie"' in text(page)  # what was typed stays
    assert hand.client.get(reverse("referral:search") + "?reference=Dupont").status_code == 200
    with as_role("nrm_owner"):
        (tried,) = Entry.objects.filter(action="search.reference")  # it may be a nickname: the try is counted
        assert "Dupont" not in str(tried.__dict__)


def test_lookups_are_journalled_and_counted(home):
    hand = Hand(home["lead"])
    for _ in range(desk.AN_HOUR):
        look(hand, "ZZZZ-ZZZ9")
    assert "Soixante recherches" in text(look(hand, home["own"].reference))
    assert home["own"].reference in text(look(Hand(home["mate"]), home["own"].reference))
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="search.reference").count() == desk.AN_HOUR + 1


def test_first_page_names_a_danger_to_life_behind_more_late_alerts_than_it_reads(monkeypatch, db):
    """What waits is read first among what waits longest: a danger that came today stood behind fifty."""
    monkeypatch.setattr(display, "CAP", 2)
    monkeypatch.setattr(display.ALERTS, "known", {})  # its text holds the limit
    f.national()
    coord, nurse = (
        f.member(f.coordination(), Role.COORDINATOR),
        f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    )
    for danger in ("no", "no", "no", "yes"):
        f.sent_alert(nurse, danger=danger)
    with as_role("nrm_owner"):
        yesterday = timezone.now() - timedelta(days=1)
        AlertDesk.objects.exclude(urgency="vital").update(due_at=yesterday, answer_by=yesterday)
    with acting_as(coord):
        box = display.my_space(coord)["waits"][0]
    assert (box["due"]["urgency"], box["count"], box["more"], box["late"]) == ("vital", 2, True, 2)
    assert plain(str(box["first"])) == "Premier délai à expirer (alerte) :"
    with as_role("nrm_owner"):
        AlertDesk.objects.update(due_at=yesterday, answer_by=yesterday)
    with acting_as(coord):
        box = display.my_space(coord)["waits"][0]
    assert plain(str(box["first"])) == "Délai dépassé :"
