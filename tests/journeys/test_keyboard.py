"""Journeys from the keyboard alone. Each stop of Tab on the way is compared with `keyboard.md`, written by hand: who
changes what a page holds, or its order, reads there what somebody without a mouse goes through."""

import re
from pathlib import Path

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import Alert, Orientation
from referral.public.words import BY_KEYBOARD
from tests import factories as f
from tests.referral.pages import plain
from tests.roles import as_role

from .walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = Path(__file__).with_name("keyboard.md")
# What has the focus, as somebody who listens hears it, empty outside the page's own part; « ! » when nobody sees it.
HERE = """() => {
  const e = document.activeElement, of = (s) => (s || '').trim().replace(/\\s+/g, ' ').slice(0, 70);
  if (!e || !e.closest('main') || e.matches('main')) return '';
  const label = e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText;
  const group = e.closest('fieldset, [role=group], [role=radiogroup]');
  const legend = group?.getAttribute('aria-label') || group?.querySelector('legend')?.innerText;
  const drawn = e.labels?.length ? [e, ...e.labels] : [e];
  const seen = drawn.some((part) => ['', '::before', '::after'].some((p) => {
    const style = getComputedStyle(part, p);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  }));
  const kind = e.matches('[type=radio]') ? 'choice' : e.matches('[type=checkbox]') ? 'box' : e.tagName === 'A' ? 'link'
    : e.matches('select') ? 'list' : e.matches('input, textarea') ? 'field' : e.matches('summary') ? 'fold'
    : e.matches('button') ? 'button' : 'part';
  return `${seen ? '' : '! '}${kind} ${of(kind === 'choice' ? legend : label)}`;
}"""


def to_content(walk):
    """The first stop of a page leads over its header, unless its address did."""
    if walk.path.endswith("#contenu"):
        return
    walk.page.keyboard.press("Tab")
    assert walk.page.evaluate("document.activeElement.getAttribute('href')") == "#contenu", walk.path
    walk.page.keyboard.press("Enter")


def path(walk, leaves, appears="", **answers) -> list[str]:
    """Tab through the page, press the key of each answer where its word comes, and leave by Enter; return the stops.

    `appears`: what a script brings after an answer, and that Tab then meets.
    """
    to_content(walk)
    stops = []
    for _stop in range(80):
        walk.page.keyboard.press("Tab")
        stop = walk.page.evaluate(HERE)
        assert stop, f"the page ends without « {leaves} »: {stops}"
        stops.append(stop)
        if leaves in stop:
            walk.enter()
            assert not answers, f"{answers} never came: {stops}"
            return stops
        for word in [word for word in answers if word in stop]:
            walk.page.keyboard.press(answers.pop(word))
            if appears:
                walk.page.locator(appears).first.wait_for()
    raise AssertionError(f"« {leaves} » is too far: {stops}")


@pytest.fixture
def people(transactional_db):
    f.national(name="Coordination nationale d'essai")
    unit = f.coordination(name="Coordination Paris (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)", desk_fields={"places": 4})
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False, name="Collège des Lilas blancs (fictif)"), Role.FRONTLINE)
    with as_role("nrm_owner"):
        nurse.user.phone = "01 99 00 00 00"
        nurse.user.save()
    return {"nurse": nurse, "coord": f.member(unit, Role.COORDINATOR), "home": f.member(home)}


def danger(walk, people):
    walk.open("/")
    yield "First page", path(walk, "Danger")
    yield "Immediate danger", path(walk, "button Alerter maintenant", mineure="ArrowDown")
    assert "/recu/" in walk.path


def alert(walk, people):
    walk.open("/")
    yield "First page", path(walk, "Envoyer une alerte")
    yield "1 Situation", path(walk, "button Continuer", faits="Space", mineure="ArrowDown", danger="ArrowDown")
    yield "2 Signs", path(walk, "button Continuer", appears=".rp-reading summary", box="Space")
    yield "3 Agreement", path(walk, "button Continuer", accord="Space")
    yield "4 Check", path(walk, "button Envoyer")
    assert "/recu/" in walk.path


def coordination(walk, people):
    f.sent_alert(people["nurse"])
    with as_role("nrm_owner"):
        sent = Alert.objects.get()
    walk.open("/boite/")
    yield "Alert inbox", path(walk, sent.reference)
    yield "An alert", path(walk, "button Ouvrir un dossier")
    yield "A case", path(walk, "Demander l'aide")
    yield "A service", path(walk, "Hébergement sécurisé")
    yield "Its addressee", path(walk, "Foyer Horizon")
    yield "What it will read", path(walk, "Envoyer")
    with acting_as(people["coord"]):
        assert Orientation.objects.get().state == "sent"


def answer(walk, people):
    case = f.case(people["coord"], author=people["nurse"])
    made = f.orientation(people["coord"], case, people["home"].agency)
    walk.open("/demandes/")
    yield "Requests received", path(walk, made.reference)
    yield "A request", path(walk, "button Accepter")
    with acting_as(people["home"]):
        assert Orientation.objects.get().state == "accepted"


JOURNEYS = {"danger": (danger, "nurse"), "alert": (alert, "nurse"), "coordination": (coordination, "coord"),
            "answer": (answer, "home")}  # fmt: skip


def expected(journey: str) -> list[str]:
    """Return the lines of this journey in the file."""
    after = WRITTEN.read_text().split(f"## {journey}\n", 1)[1]
    return [line for line in re.split(r"^## ", after, flags=re.M)[0].splitlines() if line]


@pytest.mark.parametrize("journey", JOURNEYS)
def test_stops_of_the_journey(people, live_server, browser, journey):
    steps, who = JOURNEYS[journey]
    walk = Walk(browser, live_server, people[who], width=1280)
    found = [line for name, stops in steps(walk, people) for line in (f"### {name}", *(f"- {stop}" for stop in stops))]
    found = [re.sub(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", "REFERENCE", plain(line)) for line in found]
    assert found == expected(journey)
    assert not walk.faults


def test_the_declaration_names_the_journeys_that_are_walked():
    assert set(JOURNEYS) == set(BY_KEYBOARD)
