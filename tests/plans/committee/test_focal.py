"""Focal points: each ministry its own; how to reach them is for it and the coordination; the public reads numbers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Directory, Kind, Territory
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from plans.committee.operations import focal_points as ops
from plans.committee.selectors.focal_coverage import coverage, gaps
from plans.models import FocalContact, FocalPoint
from tests.plans import people
from tests.plans.evaluation.test_evaluation import signed
from tests.plans.test_access import refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db

MARK = "MARQUEUR-FONCTION"
MAIL = "marqueur@exemple.invalid"


def places(*codes):
    return list(Territory.objects.filter(pk__in=codes))


def add(actor, *codes, days=10, end=None):
    with acting_as(actor):
        start = timezone.localdate() - timedelta(days=days)
        return ops.add_focal_points(
            actor, territories=places(*codes), function=MARK, email=MAIL, phone="01 99 00 00 00", start=start, end=end
        )


def test_contacts_are_read_by_their_body_and_the_coordination_alone():
    justice = people.ministry("dacg")
    assert add(justice, "75", "93") == 2
    seen = {}
    for name, actor in {
        "its body": people.ministry("dacg"),
        "coordination": people.coordination(),
        "another ministry": people.ministry("dgt", Kind.LABOUR),
        "cncdh": people.cncdh(),
        "association": people.speaker(),
    }.items():
        with acting_as(actor):
            seen[name] = FocalContact.objects.count()  # no filter of ours
    assert seen == {"its body": 2, "coordination": 2, "another ministry": 0, "cncdh": 0, "association": 0}
    assert FocalContact.objects.count() == 0, "nor the public"
    assert FocalPoint.objects.count() == 2, "which says that a place is covered, and no more"


def test_neither_function_nor_contact_is_on_a_page_of_others():
    add(people.ministry("dacg"), "75", "93")
    for client in (Client(), signed(people.cncdh()), signed(people.ministry("dgt", Kind.LABOUR))):
        body = client.get(reverse("policy:coordination")).content.decode()
        assert MARK not in body
        assert MAIL not in body
        assert "<strong>2</strong>" in body
    body = signed(people.ministry("dgt", Kind.LABOUR)).get(reverse("plans:focal")).content.decode()
    assert MARK not in body
    assert MARK in signed(people.ministry("dacg")).get(reverse("plans:focal")).content.decode()
    assert MAIL in signed(people.coordination()).get(reverse("plans:focal")).content.decode()


def test_a_ministry_writes_for_itself_and_nobody_for_it():
    justice, labour = people.ministry("dacg"), people.ministry("dgt", Kind.LABOUR)
    add(justice, "75")
    with acting_as(labour):
        point = FocalPoint.objects.get()
        with pytest.raises(NotAllowed):
            ops.end_focal_point(labour, point.pk, end=timezone.localdate())
        assert FocalPoint.objects.update(end=timezone.localdate()) == 0
        stolen = FocalPoint(body_id="dacg", territory_id="13", start=timezone.localdate(), by=labour)
        assert refused(lambda: FocalPoint.objects.bulk_create([stolen]))
    for actor in (people.cncdh(), people.speaker()):
        with acting_as(actor), pytest.raises(NotAllowed):
            ops.add_focal_points(actor, territories=places("75"), function="x", start=timezone.localdate())


def test_gaps_say_where_nobody_is_and_where_the_time_is_over():
    justice = people.ministry("dacg")
    add(justice, "75")
    add(justice, "93", days=50, end=timezone.localdate() - timedelta(days=1))
    found = gaps("justice")
    assert [place.pk for place in found["expired"]] == ["93"]
    never = {place.pk for place in found["never"]}
    assert "13" in never
    assert not {"75", "93"} & never
    total = Territory.objects.exclude(sort="region").count()
    line = next(line for line in coverage().lines if line.code == "justice")
    assert (line.covered, line.total, line.national) == (1, total, False)
    assert sum(cell["total"] for cell in line.cells) <= total
    paris = next(cell for cell in line.cells if cell["region"].pk == "R11")
    assert paris["covered"] == 1
    assert paris["total"] == 8


def test_a_fictitious_ministry_counts_for_itself_as_in_the_table():
    """It read how many places the real ministry lacks, beside a line of its own that said otherwise."""
    justice = people.ministry("dacg")
    add(justice, "75")
    add(people.ministry("dpjj"), "93")
    with as_role("nrm_owner"):
        Directory.objects.filter(pk="dacg").update(provenance=Directory.FICTITIOUS)
    never = {place.pk for place in gaps("justice", Directory.objects.get(pk="dacg"))["never"]}
    assert "75" not in never and "93" in never
    page = signed(justice).get(reverse("plans:focal")).content.decode()
    total = Territory.objects.exclude(sort="region").count()
    assert f"{total - 1} départements sans référent" in page


def test_every_ministry_is_on_the_list_and_its_bodies_count_together():
    add(people.ministry("dacg"), "75", "93")
    add(people.ministry("dpjj"), "93", "13")
    add(people.ministry("ofii", Kind.ASYLUM), "59")
    found = {line.code: line.covered for line in coverage().lines}
    assert found == {
        "justice": 3, "interior": 1, "labour": 0, "education": 0, "social_affairs": 0, "health": 0, "equality": 0,
        "foreign_affairs": 0, "finance": 0,
    }  # fmt: skip
    shown = Client().get(reverse("policy:coordination")).content.decode()
    for name in ("Justice", "Intérieur, asile compris", "Travail", "Éducation nationale", "Budget et douanes"):
        assert f'<th scope="row">{name}</th>' in shown
    assert "Seine-Saint-Denis" not in shown, "the public reads numbers"
    own = signed(people.ministry("dpjj")).get(reverse("plans:focal")).content.decode()
    assert "Ministère : Justice" in own.replace("\u00a0", " ")
    whole = signed(people.coordination()).get(reverse("plans:focal")).content.decode()
    assert "ministère par ministère" in whole
    assert "ministère par ministère" not in own


def test_one_that_runs_already_is_left_as_it_is_and_an_ended_one_answers_no_more():
    justice = people.ministry("dacg")
    assert (add(justice, "75"), add(justice, "75", "13")) == (1, 1)
    with acting_as(justice):
        point = FocalPoint.objects.get(territory="75")
        ops.end_focal_point(justice, point.pk, end=timezone.localdate() - timedelta(days=1))
        assert FocalContact.objects.get(point=point).email == ""
    assert add(justice, "75", days=0) == 1, "a new one follows"


def test_the_page_adds_ends_and_says_what_to_correct():
    client = signed(people.ministry("dacg"))
    page = reverse("plans:focal")
    sent = {**client.hat, "function": "Référent", "start": timezone.localdate().isoformat(), "email": "rien"}
    body = client.post(page, sent).content.decode()
    assert "Écrivez au moins un département" in body
    assert "nom@service.fr" in body
    assert 'value="Référent"' in body
    assert client.post(page, {**sent, "email": "", "territories": "75, 13", "national": "on"}).status_code == 302
    assert FocalPoint.objects.count() == 3
    one = FocalPoint.objects.get(territory="75")
    client.post(page, {**client.hat, "end_of": str(one.pk), "end": timezone.localdate().isoformat()})
    assert FocalPoint.objects.get(pk=one.pk).end == timezone.localdate()


def test_coverage_asks_as_much_for_two_points_as_for_thirty():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as seen:
            Client().get(reverse("policy:coordination"))
        return len(seen)

    add(people.ministry("dacg"), "75", "93")
    few = asked()
    codes = Territory.objects.exclude(sort="region").values_list("pk", flat=True)[:30]
    add(people.ministry("dgt", Kind.LABOUR), *codes)
    assert asked() == few


def test_address_longer_than_its_column_is_refused_in_words():
    client = signed(people.ministry("dacg"))
    long = f"{'a' * 200}@{'b' * 60}.invalid"
    sent = {"function": "Référent", "start": timezone.localdate().isoformat(), "national": "on", "email": long}
    body = client.post(reverse("plans:focal"), {**client.hat, **sent}).content.decode()
    assert "au plus 254 caractères" in body
    assert not FocalPoint.objects.exists()
