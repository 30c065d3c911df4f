"""What anybody reads of participation: where an opinion is given, what was said of each thing, what came of a
consultation, and the search that finds it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from indicators.catalogue import selectors as catalogue_selectors
from indicators.procedures import selectors as procedures_selectors
from plans.committee.operations import committee
from plans.models import AgendaItem, Commitment, Consultation, Measure, Plan
from plans.participation.operations import participation
from plans.participation.selectors import targets
from tests import factories as f
from tests.plans import participants as p
from tests.plans import people
from tests.roles import as_role

from .test_participation_views import client_of, post, text_of

pytestmark = pytest.mark.django_db
HOW = "/plan/contributions/donner-un-avis/"


@pytest.fixture
def coordination():
    return people.coordination()


def page(address, client=None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def things() -> dict[str, tuple[str, str]]:
    """One of each kind that an opinion may be about: (its public page, what the link asks for)."""
    measure = Measure.objects.filter(plan__code="plan3").order_by("code").first()
    commitment = Commitment.objects.order_by("order").first()
    indicator = catalogue_selectors.current().indicators["FR-SEX-05"]
    procedure = next(iter(procedures_selectors.book().procedures.values()))
    return {
        "plan": (reverse("policy:plan", args=["plan3"]), "plan:plan3"),
        "measure": (reverse("policy:measure", args=["plan3", measure.code]), f"measure:{measure.code}"),
        "commitment": (reverse("policy:commitment", args=[commitment.pk]), f"commitment:{commitment.pk}"),
        "indicator": (reverse("indicators:dimension-detail", args=[indicator.dimension]), "indicator:FR-SEX-05"),
        "procedure": (reverse("procedures:detail", args=[procedure.code]), f"procedure:{procedure.code}"),
    }


@pytest.mark.parametrize("kind", ["plan", "measure", "commitment", "indicator", "procedure"])
def test_each_page_leads_to_the_form_about_it(kind):
    address, asked = things()[kind]
    assert f'href="{HOW}?sur={asked}"' in page(address)
    said = page(f"{HOW}?sur={asked}")
    assert f'href="/pilotage/contributions/nouvelle/?sur={asked}"' in said and "Contribuer depuis votre espace" in said
    assert f'href="{address}' in said, "and back"
    # signed out, the form asks to sign in and comes back to itself
    sent = Client().get(f"/pilotage/contributions/nouvelle/?sur={asked}")
    assert sent.status_code == 302 and "/connexion/?next=/pilotage/contributions/nouvelle/" in sent["Location"]
    member = client_of(people.speaker())
    led = member.get(f"{HOW}?sur={asked}")
    assert (led.status_code, led["Location"]) == (302, f"/pilotage/contributions/nouvelle/?sur={asked}")
    form = page(led["Location"], member)
    assert "Votre contribution" in form and targets.named(*asked.split(":")).label[:60] in form


def test_who_does_not_contribute_is_told_who_does(coordination):
    for reader, said in (
        (coordination, "répond aux contributions et n'en écrit pas"),
        (f.member(f.shelter(), Role.CASE_WORKER), "ne permet pas d'écrire une contribution"),
    ):
        html = page(HOW, client_of(reader))
        assert said in html and "Contribuer depuis votre espace" not in html
    public = page(HOW)
    for who in ("Association, syndicat, entreprise", "Autorité indépendante", "accompagne : elle écrit pour vous",
                "Les particuliers n'écrivent pas ici", "n'a pas de compte", "30 jours"):  # fmt: skip
        assert who in public.replace("\u00a0", " "), who
    assert not Client().get(HOW).cookies
    assert "Give an opinion" in page(f"/en{HOW}")


def test_the_page_of_an_open_consultation_leads_there_whoever_may_go(coordination):
    """Who may not was led to a refusal, which the journal kept."""
    made = p.consultation(coordination)
    address = reverse("policy:consultation-detail", args=[made.pk])
    for reader, led in ((None, True), (people.speaker(), True), (f.member(f.shelter(), Role.CASE_WORKER), False)):
        html = page(address, *([client_of(reader)] if reader else []))
        assert ("Contribuer depuis votre espace" in html) is led
        assert ("ne permet pas d'écrire une contribution" in html) is not led


@pytest.mark.parametrize(
    "asked", ["measure:inconnue", "rien", ":", "plan:plan4", "measure:%00", "commitment:%00", "plan:a%00"]
)
def test_what_is_not_public_is_not_named(asked):
    """plan4 is a draft: whether it exists is not said either."""
    html = page(f"{HOW}?sur={asked}")
    assert "?sur=" not in html[html.index("<main") : html.index("</main")]


def test_a_measure_being_written_is_not_shown_as_what_an_opinion_is_about(coordination):
    with acting_as(coordination):
        plan = Plan.objects.get(code="plan3")
    with as_role("nrm_owner"):
        Plan.objects.filter(pk=plan.pk).update(amending_since=timezone.now())
        Measure.objects.create(plan=plan, code="p3-secret", title_fr="Zibeline en préparation")
        Measure.objects.filter(plan=plan).exclude(code="p3-secret").update(title_fr="Titre réécrit, pas encore publié")
    assert "Zibeline" not in page(f"{HOW}?sur=measure:p3-secret")
    assert targets.named("measure", "p3-secret") is None
    assert targets.find("measure", "Zibeline") == [] == targets.find("measure", "réécrit")
    published = plan.versions.order_by("-number").first().content["measures"][0]
    assert targets.named("measure", published["code"]).label == published["title_fr"]


def test_what_was_published_stands_on_the_page_of_the_thing_and_leads_back(coordination):
    address, asked = things()["measure"]
    subject, code = asked.split(":")
    said = {"subject": subject, "target": code}
    shown = p.answered(people.speaker(), coordination, title="Un calendrier, enfin", **said)
    late = p.published(people.speaker(Kind.UNION), coordination, title="Le salaire dû", **said)
    p.long_ago(late)
    for hidden in ({"confidential": True}, {}):
        p.sent(people.speaker(), title="MARQUEUR-CACHÉ", **said, **hidden)
    html = page(address)
    assert "Un calendrier, enfin" in html and "Retenue en partie" in html and "réponse en retard" in html
    assert "MARQUEUR-CACHÉ" not in html
    assert f'href="{address}"' in page(reverse("policy:contribution-detail", args=[shown.pk]))


# -- what came of a consultation --------------------------------------------------------------------------------------
def over(consultation):
    """Its last day was yesterday: dates are the owner's to move, as time does."""
    today = timezone.localdate()
    with as_role("nrm_owner"):
        made = Consultation.objects.get(pk=consultation.pk)
        made.pk, made.reference = None, "C-PAS-SEE"
        made.pk = made._meta.pk.get_default()
        made.opens, made.closes = today - timedelta(40), today - timedelta(1)
        Consultation.objects.bulk_create([made])
    return made


def test_what_came_of_it_is_said_once_when_it_is_over(coordination):
    running = p.consultation(coordination)
    closed, client = over(running), client_of(coordination)
    public = reverse("policy:consultation-detail", args=[closed.pk])
    assert "n'a pas encore dit ce qu'il en est résulté" in page(public)
    with acting_as(coordination), pytest.raises(WrongState):
        participation.conclude_consultation(coordination, running.pk, outcome="Trop tôt")
    with acting_as(people.speaker()) as association, pytest.raises(NotAllowed):
        participation.conclude_consultation(association, closed.pk, outcome="x")
    assert "Dites ce qui a été entendu" in unescape(text_of(post(client, "plans:consultation-conclude", closed.pk)))
    post(client, "plans:consultation-conclude", closed.pk, outcome="Trois demandes reprises, une écartée.")
    assert "Trois demandes reprises, une écartée." in page(public)
    again = client.post(reverse("plans:consultation-conclude", args=[closed.pk]), client.hat | {"outcome": "Réécrit"})
    assert again.status_code == 409
    with acting_as(coordination):
        for pk in (closed.pk, running.pk):
            with pytest.raises(DatabaseError), transaction.atomic():
                Consultation.objects.filter(pk=pk).update(outcome="Par la base")


# -- search -----------------------------------------------------------------------------------------------------------
def found(words) -> str:
    return page("/plan/recherche/?q=" + words)


def test_search_finds_what_was_published_of_participation_and_nothing_else(coordination):
    consultation = p.consultation(coordination, title="Quelles priorités d'hébergement ?", questions=["Que faire ?"])
    association = people.speaker()
    said = {"to": consultation, "title": "Avis", "text": ""}
    shown = p.published(association, coordination, answers=["Ouvrir des lits zibelins."], **said)
    hidden = [
        p.draft(association, answers=["zibelins"], **said),
        p.sent(association, answers=["zibelins"], **said),
        p.sent(association, answers=["zibelins"], confidential=True, **said),
    ]
    html = found("zibelin")
    assert f'href="/plan/contributions/{shown.pk}/"' in html, "by an answer to a question, whatever its ending"
    assert not [row for row in hidden if str(row.pk) in html]
    assert f'href="/plan/consultations/{consultation.pk}/"' in found("priorites+hebergement"), "without accents"
    assert f'href="/plan/contributions/{shown.pk}/"' in found(shown.reference)
    coming = p.consultation(coordination, opens=5, title="Zibeline à venir")
    assert str(coming.pk) not in found("zibeline")
    assert "/plan/secteurs/hotels/" in found("hotels")


def test_search_finds_a_meeting_by_its_title_its_agenda_and_its_decisions_once_public(coordination):
    with acting_as(coordination):
        meeting = committee.plan_meeting(
            coordination, on=timezone.localdate() + timedelta(20), title_fr="Comité extraordinaire zibelin"
        )
    assert f'href="/plan/comite/{meeting.pk}/"' in found("zibelin")
    with as_role("nrm_owner"):
        AgendaItem.objects.create(
            meeting=meeting, text="Examen des fourrures", body_id="cncdh", state="accepted",
            agency=coordination.agency, by=coordination,
        )  # fmt: skip
        AgendaItem.objects.create(
            meeting=meeting, text="Proposition gélinotte", body_id="cncdh", agency=coordination.agency, by=coordination
        )
    href = f'href="/plan/comite/{meeting.pk}/"'
    assert href not in found("fourrures"), "the agenda is not published yet"
    with as_role("nrm_owner"):
        type(meeting).objects.filter(pk=meeting.pk).update(agenda_published_at=timezone.now())
    assert href in found("fourrures")
    assert href not in found("gelinotte"), "proposed, not taken in"


def test_in_english_what_is_written_in_french_says_so_and_is_marked(coordination):
    consultation = p.consultation(coordination)
    found = p.answered(people.speaker(), coordination, to=consultation)
    for route, args in (("contribution-list", []), ("consultation-detail", [consultation.pk]),
                        ("contribution-detail", [found.pk])):  # fmt: skip
        french = reverse(f"policy:{route}", args=args)
        said = "Texts that people typed stand in French"
        assert said in page("/en" + french) and said not in page(french)
        assert re.search(f'lang="fr"[^>]*>{found.title}', page("/en" + french)), route
