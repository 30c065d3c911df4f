"""The steering committee: who sits, what is public when, who may do what, what becomes of decisions."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Directory, Kind
from foundation.actor import acting_as, set_actor
from foundation.workflow import NotAllowed, WrongState
from plans.commitments.operations import commitments
from plans.committee.operations import committee as ops
from plans.committee.selectors.attendance import by_college, overall
from plans.models import (
    AgendaItem,
    Attendance,
    Commitment,
    Decision,
    DecisionFollowUp,
    Measure,
    Meeting,
    Minutes,
    Seat,
)
from plans.plan.operations import measures, moves
from tests.plans import people
from tests.plans.evaluation.test_evaluation import signed
from tests.plans.test_access import refused

pytestmark = pytest.mark.django_db

MARK = "MARQUEUR-COMITE"


def today(days=0) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def keeper():
    return people.coordination()


@pytest.fixture
def seats(keeper):
    """Three seats of the State, two of civil society, one independent."""
    given = {}
    with acting_as(keeper):
        for code, college in (("dacg", "state"), ("dgt", "state"), ("dgcs", "state"), ("collectif", "civil_society"),
                              ("ccem", "civil_society"), ("cncdh", "independent")):  # fmt: skip
            body = Directory.objects.get(pk=code)
            given[code] = ops.give_seat(keeper, body=body, college=college, start=today(-100))
    return given


def planned(keeper, days=20) -> Meeting:
    with acting_as(keeper):
        return ops.plan_meeting(keeper, on=today(days), title_fr="Réunion d'essai")


def held(keeper) -> Meeting:
    made = planned(keeper, -5)
    with acting_as(keeper):
        return ops.settle_meeting(keeper, made.pk, state="held")


def public(made=None) -> str:
    pages = [reverse("policy:committee"), *([reverse("policy:meeting", args=[made.pk])] if made else [])]
    return "".join(Client().get(page).content.decode() for page in pages)


# -- agenda -----------------------------------------------------------------------------------------------------------
def test_any_seat_proposes_and_the_coordination_takes_it_in_or_says_why_not(keeper, seats):
    made = planned(keeper)
    collective, outsider = people.collective(), people.speaker(Kind.UNION, body="cgt")
    with acting_as(collective):
        first = ops.propose_item(collective, made.pk, text=MARK)
        second = ops.propose_item(collective, made.pk, text="Autre point")
        with pytest.raises(NotAllowed):
            ops.answer_item(collective, first.pk, accept=True)
        assert AgendaItem.objects.filter(pk=first.pk).update(state="accepted") == 0
        own = AgendaItem(meeting=made, text="x", body_id="collectif", state="accepted", agency=collective.agency,
                         by=collective)  # fmt: skip
        assert refused(lambda: AgendaItem.objects.bulk_create([own])), "nobody takes its own proposal in"
    with acting_as(outsider):
        with pytest.raises(NotAllowed):
            ops.propose_item(outsider, made.pk, text="Sans siège")
        row = AgendaItem(meeting=made, text="x", body_id="cgt", agency=outsider.agency, by=outsider)
        assert refused(lambda: AgendaItem.objects.bulk_create([row]))
    assert AgendaItem.objects.count() == 0, "the public reads no proposal"
    with acting_as(keeper):
        ops.answer_item(keeper, first.pk, accept=True)
        with pytest.raises(WrongState):
            ops.answer_item(keeper, second.pk, accept=False)  # without a reason
        ops.answer_item(keeper, second.pk, accept=False, answer="Au prochain comité")
    assert MARK not in public(made)
    with acting_as(keeper):
        ops.publish_agenda(keeper, made.pk)
    shown = public(made)
    assert MARK in shown
    assert "Autre point" not in shown
    assert AgendaItem.objects.count() == 1


def test_a_meeting_is_settled_once_and_a_new_day_takes_its_items(keeper, seats):
    made = planned(keeper)
    ministry = people.ministry()
    with acting_as(ministry), pytest.raises(NotAllowed):
        ops.settle_meeting(ministry, made.pk, state="cancelled", reason_fr="Non")
    with acting_as(ministry):
        assert Meeting.objects.filter(pk=made.pk).update(state="cancelled") == 0
        assert refused(lambda: Meeting.objects.bulk_create([Meeting(on=today(3), title_fr="Pirate")]))
    with acting_as(keeper):
        item = ops.propose_item(keeper, made.pk, text=MARK)
        with pytest.raises(WrongState):
            ops.settle_meeting(keeper, made.pk, state="held")  # it is still to come
        done = ops.settle_meeting(keeper, made.pk, state="postponed", reason_fr="Grève", new_on=today(50))
        with pytest.raises(WrongState):
            ops.settle_meeting(keeper, made.pk, state="cancelled", reason_fr="Non")
        assert AgendaItem.objects.get(pk=item.pk).meeting_id == done.postponed_to_id
    shown = public(made)
    assert "Reportée" in shown
    assert "Grève" in shown


# -- attendance -------------------------------------------------------------------------------------------------------
def test_attendance_is_published_by_college_in_numbers_and_percent(keeper, seats):
    made = held(keeper)
    with acting_as(keeper):
        ops.take_attendance(
            keeper,
            made.pk,
            {
                seats["dacg"].pk: "present", seats["dgt"].pk: "absent", seats["dgcs"].pk: "excused",
                seats["collectif"].pk: "present", seats["ccem"].pk: "present",
            },
        )  # fmt: skip
    ministry = people.ministry("dacg")
    with acting_as(keeper):
        assert Attendance.objects.count() == 5
    with acting_as(ministry):
        assert not Attendance.objects.exists(), "who came is the coordination's, even one's own seat"
    set_actor(None)
    assert not Attendance.objects.exists()
    lines = {line["code"]: line for line in by_college(made)}
    state, civil, independent = lines["state"], lines["civil_society"], lines["independent"]
    assert [state[k] for k in ("seats", "present", "excused", "absent", "percent")] == [3, 1, 1, 1, 33]
    assert [civil[k] for k in ("seats", "present", "absent", "percent")] == [2, 2, 0, 100]
    assert [independent[k] for k in ("seats", "present", "unknown", "percent")] == [1, 0, 1, 0]
    assert "survivors" not in lines
    shown = public(made).replace("\u00a0", " ")
    assert "33\u202f% (1/3)" in shown
    assert "100\u202f% (2/2)" in shown
    assert [line["code"] for line in overall()] == ["state", "civil_society"]


def test_attendance_is_taken_by_the_coordination_once_held(keeper, seats):
    coming, ministry = planned(keeper), people.ministry()
    with acting_as(keeper), pytest.raises(WrongState):
        ops.take_attendance(keeper, coming.pk, {seats["dacg"].pk: "present"})
    made = held(keeper)
    with acting_as(ministry):
        with pytest.raises(NotAllowed):
            ops.take_attendance(ministry, made.pk, {seats["dacg"].pk: "present"})
        row = Attendance(meeting=made, seat=seats["dacg"], presence="present")
        assert refused(lambda: Attendance.objects.bulk_create([row]))


# -- decisions and minutes --------------------------------------------------------------------------------------------
def test_decisions_and_minutes_are_public_together_and_frozen(keeper, seats):
    made, cncdh = held(keeper), people.cncdh()
    with acting_as(keeper):
        taken = ops.decide(keeper, made.pk, text=MARK, responsible=Directory.objects.get(pk="dacg"), due=today(-1))
        slip = ops.decide(keeper, made.pk, text="Erreur")
        ops.drop_decision(keeper, slip.pk)
        ops.save_minutes(keeper, made.pk, text="MARQUEUR-RELEVE")
    with acting_as(cncdh):
        assert not Minutes.objects.exists(), "a draft is the coordination's"
        assert Decision.objects.count() == 1
        assert refused(lambda: Decision.objects.bulk_create([Decision(meeting=made, number=9, text="x")]))
        with pytest.raises(NotAllowed):
            ops.publish_minutes(cncdh, made.pk)
    assert MARK not in public(made)
    assert not Decision.objects.exists(), "nor the public"
    with acting_as(keeper):
        ops.publish_minutes(keeper, made.pk)
        for act in (
            lambda: ops.decide(keeper, made.pk, text="Trop tard"),
            lambda: ops.drop_decision(keeper, taken.pk),
            lambda: ops.take_attendance(keeper, made.pk, {seats["dacg"].pk: "present"}),
            lambda: ops.save_minutes(keeper, made.pk, text="Réécrit"),  # without saying why
        ):
            with pytest.raises(WrongState):
                act()
        assert Decision.objects.filter(pk=taken.pk).update(text="Réécrit") == 0
        assert Minutes.objects.update(text="Réécrit") == 0
        ops.save_minutes(keeper, made.pk, text="MARQUEUR-CORRIGE", reason="Oubli")
    shown = public(made)
    assert MARK in shown
    assert "MARQUEUR-RELEVE" in shown
    assert "MARQUEUR-CORRIGE" not in shown
    with acting_as(keeper):
        ops.publish_minutes(keeper, made.pk)
    shown = public(made)
    assert "MARQUEUR-CORRIGE" in shown
    assert "Oubli" in shown
    assert "MARQUEUR-RELEVE" in shown, "what was published stays"


def test_a_late_decision_is_listed_until_its_body_says_it_is_done(keeper, seats):
    made, justice, labour = held(keeper), people.ministry("dacg"), people.ministry("dgt", Kind.LABOUR)
    body = Directory.objects.get(pk="dacg")
    with acting_as(keeper):
        late = ops.decide(keeper, made.pk, text="En retard", responsible=body, due=today(-1))
        ops.decide(keeper, made.pk, text="Ce jour", responsible=body, due=today())
        ops.decide(keeper, made.pk, text="Sans date", responsible=body)
        ops.save_minutes(keeper, made.pk, text="Relevé")
        ops.publish_minutes(keeper, made.pk)
    assert [row.pk for row in Decision.objects.late()] == [late.pk]
    assert [row.text for row in Decision.objects.owed_by("dacg")] == ["Ce jour", "Sans date"], "the late one is apart"
    assert not Decision.objects.owed_by("dgt").exists(), "another body's"
    assert not Decision.objects.owed_by(None).exists(), "no body answers for nothing"
    assert "1 décision en retard" in public().replace("\u00a0", " ")
    with acting_as(labour):
        with pytest.raises(NotAllowed):
            ops.follow_up(labour, late.pk, state="done")
        row = DecisionFollowUp(decision=late, state="done", agency=labour.agency, by=labour)
        assert refused(lambda: DecisionFollowUp.objects.bulk_create([row]))
    with acting_as(justice):
        ops.follow_up(justice, late.pk, state="started", text="Groupe réuni")
        assert Decision.objects.late().count() == 1, "under way is not done"
        ops.follow_up(justice, late.pk, state="done", text="MARQUEUR-FAIT")
        assert refused(lambda: DecisionFollowUp.objects.update(text="autre"))
    assert not Decision.objects.late().exists()
    assert "MARQUEUR-FAIT" in public()


def test_seats_are_given_and_ended_by_the_coordination(keeper, seats):
    ministry, body = people.ministry(), Directory.objects.get(pk="cgt")
    with acting_as(ministry):
        with pytest.raises(NotAllowed):
            ops.give_seat(ministry, body=body, college="state", start=today())
        assert refused(lambda: Seat.objects.bulk_create([Seat(body=body, college="state", start=today())]))
        assert Seat.objects.update(end=today()) == 0
    with acting_as(keeper):
        with pytest.raises(WrongState):
            ops.give_seat(keeper, body=seats["dacg"].body, college="state", start=today())
        ops.end_seat(keeper, seats["dacg"].pk, end=today(-1))
    with acting_as(ministry):
        assert not ops.has_seat(ministry), "an ended seat proposes nothing"


# -- the pack, the pages ----------------------------------------------------------------------------------------------
def test_the_pack_tells_of_three_meetings_with_their_source():
    found = {row.code: row for row in Meeting.objects.exclude(code=None)}
    assert {code: (row.on, row.state, row.people) for code, row in found.items()} == {
        "comite-2024-03": (date(2024, 3, 21), "held", 60),
        "comite-2024-11": (date(2024, 11, 1), "not_held", None),
        "comite-2024-12": (date(2024, 12, 12), "held", None),
    }
    shown = Client().get(reverse("policy:committee")).content.decode().replace("\u00a0", " ")
    assert "contrelatraite.org" in shown
    assert "novembre 2024" in shown
    assert "Non tenue" in shown
    one = Client().get(reverse("policy:meeting", args=[found["comite-2024-03"].pk])).content.decode()
    assert "60" in one
    assert "Aucune date" in shown, "no next meeting is known"


def test_a_meeting_is_walked_through_on_its_page(keeper, seats):
    client, page = signed(keeper), reverse("plans:committee")
    answer = client.post(page, {**client.hat, "on": "", "title_fr": "Comité"}).content.decode()
    assert "Indiquez le jour" in answer
    assert 'value="Comité"' in answer
    answer = client.post(page, {**client.hat, "on": today(-2).isoformat(), "title_fr": "Comité"})
    one = answer["Location"]

    def post(**data):
        return client.post(one, {**client.hat, **data})

    assert post(act="item", text="Point").status_code == 302
    assert post(act="agenda").status_code == 302
    assert "Dites pourquoi" in post(act="settle", state="cancelled").content.decode()
    assert post(act="settle", state="held").status_code == 302
    assert post(act="attendance", **{f"seat-{seats['dacg'].pk}": "present"}).status_code == 302
    assert "Écrivez la décision" in post(act="decision", text="").content.decode()
    assert post(act="decision", text="Faire", responsible="dacg", due=today(3).isoformat()).status_code == 302
    assert post(act="minutes", text="Relevé").status_code == 302
    assert post(act="publish").status_code == 302
    assert post(act="unknown").status_code == 404
    assert "Relevé" in public(Meeting.objects.get(title_fr="Comité"))
    ministry = signed(people.ministry())
    assert ministry.get(one).status_code == 200
    assert ministry.post(one, {**ministry.hat, "act": "publish"}).status_code == 403
    assert ministry.post(page, {**ministry.hat, "on": today().isoformat(), "title_fr": "x"}).status_code == 403


def test_an_error_leads_to_the_field_of_its_own_line(keeper, seats):
    """Each seat and each item has its own form: the error opens it, and its link finds the field."""
    client, page, seat = signed(keeper), reverse("plans:seats"), seats["dacg"]
    answer = client.post(page, {**client.hat, "end_of": str(seat.pk), "end": ""}).content.decode()
    assert "<title>Erreur" in answer and f'href="#end-{seat.pk}"' in answer
    opened = answer.split(' open><summary class="fr-btn', 1)[1].split("</details>", 1)[0]
    assert f'id="end-{seat.pk}"' in opened and answer.count(' open><summary class="fr-btn') == 1
    made = planned(keeper)
    ministry = people.ministry()
    with acting_as(ministry):
        item = ops.propose_item(ministry, made.pk, text="Point")
    one = reverse("plans:meeting", args=[made.pk])
    answer = client.post(one, {**client.hat, "act": "answer", "target": str(item.pk), "accept": "no", "answer": ""})
    assert (
        f'href="#answer-{item.pk}"' in answer.content.decode() and f'id="answer-{item.pk}"' in answer.content.decode()
    )


def test_the_list_of_decisions_asks_as_much_for_one_as_for_eight(keeper, seats):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            Client().get(reverse("policy:committee"))
        return len(seen)

    made = held(keeper)
    with acting_as(keeper):
        ops.decide(keeper, made.pk, text="Une")
        ops.save_minutes(keeper, made.pk, text="Relevé")
        ops.publish_minutes(keeper, made.pk)
    few = asked()
    again = held(keeper)
    with acting_as(keeper):
        for n in range(8):
            ops.decide(
                keeper, again.pk, text=f"Décision {n}", responsible=Directory.objects.get(pk="dacg"), due=today(-n)
            )
        ops.save_minutes(keeper, again.pk, text="Relevé")
        ops.publish_minutes(keeper, again.pk)
    assert asked() == few


def test_a_meeting_to_come_is_postponed_or_cancelled_and_not_said_to_be_held(keeper, seats):
    made = planned(keeper)
    client, page = signed(keeper), reverse("plans:meeting", args=[made.pk])
    shown = client.get(page).content.decode()
    assert 'value="cancelled"' in shown
    assert 'value="held"' not in shown
    answer = client.post(page, {**client.hat, "act": "settle", "state": "held"}).content.decode()
    assert "est à venir" in answer
    assert Meeting.objects.get(pk=made.pk).state == "planned"


def test_a_decision_stands_on_the_page_of_what_it_names_once_its_minutes_are_public(keeper, seats):
    made = held(keeper)
    measure, commitment = Measure.objects.get(code="plan3-x13"), Commitment.objects.get(pk="G3-07")
    pages = [
        reverse("policy:measure", args=["plan3", measure.code]),
        reverse("policy:commitment", args=[commitment.pk]),
    ]
    with acting_as(keeper):
        ops.decide(keeper, made.pk, text=f"{MARK} mesure", measure=measure)
        ops.decide(keeper, made.pk, text=f"{MARK} engagement", commitment=commitment)
        ops.save_minutes(keeper, made.pk, text="Relevé")
    for client in (Client(), signed(keeper)):
        assert all(MARK not in client.get(page).content.decode() for page in pages), "a draft, whoever reads"
    with acting_as(keeper):
        ops.publish_minutes(keeper, made.pk)
    on_measure, on_commitment = (Client().get(page).content.decode() for page in pages)
    assert f"{MARK} mesure" in on_measure and f"{MARK} engagement" not in on_measure
    assert f"{MARK} engagement" in on_commitment and f"{MARK} mesure" not in on_commitment
    assert all(f'href="{page}"' in public(made) for page in pages), "and the meeting leads there"


def test_a_decision_leads_only_where_its_reader_may_go(keeper, seats):
    """On a measure of an amendment that nobody published yet: it is not named in public, not even to a member."""
    made = held(keeper)
    with acting_as(keeper):
        moves.move_plan(keeper, "plan3", "prepare", reason="Avis")
        added = measures.add_measure(keeper, "plan3", title_fr="MESURE-À-VENIR")
        ops.decide(keeper, made.pk, text=MARK, measure=added)
        ops.save_minutes(keeper, made.pk, text="Relevé")
        ops.publish_minutes(keeper, made.pk)
    for client in (Client(), signed(keeper)):
        for page in (reverse("policy:committee"), reverse("policy:meeting", args=[made.pk])):
            said = client.get(page).content.decode()
            assert MARK in said and "MESURE-À-VENIR" not in said, page
            assert f"/{added.code}/" not in said, page
    work = signed(keeper).get(reverse("plans:meeting", args=[made.pk])).content.decode()
    assert reverse("plans:measure-detail", args=[added.code]) in work, "those who write it are led to it"


class Tongues(HTMLParser):
    """The language in force around each text of a page that holds the words."""

    VOID = {"br", "img", "input", "link", "meta", "hr", "wbr"}

    def __init__(self, page: str, words: str):
        super().__init__()
        self.words, self.open, self.found = words, [("", "")], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))

    def handle_endtag(self, tag):
        if tag in {name for name, _lang in self.open}:
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if self.words in data and self.open[-1][0] not in ("title", "script"):
            self.found.append(self.open[-1][1])


def test_on_english_pages_what_people_typed_is_marked_as_french(keeper, seats):
    made, note = held(keeper), "Texts that people typed stand in French"
    measure = Measure.objects.get(code="plan3-x13")
    with acting_as(keeper):
        decided = ops.decide(keeper, made.pk, text=f"{MARK} décision", measure=measure, responsible=seats["dgt"].body)
        ops.save_minutes(keeper, made.pk, text=f"{MARK} relevé")
        ops.publish_minutes(keeper, made.pk)
        ops.follow_up(keeper, decided.pk, state="started", text=f"{MARK} suite")
        measures.report_progress(keeper, measure.code, status="started", on=today(), text=f"{MARK} avancement")
        commitments.state_progress(
            keeper, "G3-07", status="in_progress", on=today(), text=f"{MARK} position", responsible=seats["dgt"].body
        )
    for route, args, words in (
        ("policy:meeting", [made.pk], ("décision", "relevé")),
        ("policy:committee", [], ("décision", "suite")),
        ("policy:measure", ["plan3", measure.code], ("décision", "avancement")),
        ("policy:commitment", ["G3-07"], ("position",)),
    ):
        address = reverse(route, args=args)
        english, french = (Client().get(one).content.decode() for one in (f"/en{address}", address))
        for word in words:
            assert set(Tongues(english, f"{MARK} {word}").found) == {"fr"}, (route, word)
        assert note in english and note not in french, route
        assert set(Tongues(english, "Plan and figures").found) == {"en"}, "and nothing else is"
