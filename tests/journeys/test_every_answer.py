"""Pages that answer a form are pages too: each form of every page is sent empty, or else with what no field takes, and
what comes back is looked at with axe, on a phone and at a desk; so are the pages that a button makes.

The forms are those that a walk along the links of members meets, as in `test_any_form`.
"""

import pytest

from agencies.models import Membership
from tests.guarantees import policy_rows
from tests.guarantees.conditions import EVERYTHING, WHOLE
from tests.guarantees.forms_sent import ANSWERS_ON_THE_PAGE, ANSWERS_WITH_A_FILE, BY_SCRIPT, LONG, MAKES_ON_READING
from tests.guarantees.forms_walk import Form, walk
from tests.guarantees.world import World
from tests.roles import as_role

from .test_every_page import SIDES, look_at
from .test_every_route import deep, walk_of
from .walk import expect, playwright

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
STEP = 1 if EVERYTHING else 6 if WHOLE else 10  # of the forms: all, those of continuous integration, of ./run check
BUTTONS = ANSWERS_ON_THE_PAGE | MAKES_ON_READING  # as they stand, they answer with a page
FIND = """([action, names]) => [...document.querySelectorAll('form[method=post]')].find((one) =>
    new URL(one.getAttribute('action') || location.href, location.href).pathname === action
    && names.every((name) => [...one.elements].some((e) => e.name === name)))"""
# Fills a form, or leaves it as it stands; sends it whatever the browser would say of it.
SEND = """(form, [names, way, long]) => {
  form.noValidate = true;
  if (way === 'as shown') {
    form.requestSubmit(form.querySelector('button:not([type=button])'));
    return;
  }
  for (const e of form.elements) {
    if (!names.includes(e.name) || ['hidden', 'submit', 'button', 'file'].includes(e.type)) continue;
    if (e.matches('[type=radio], [type=checkbox]')) {
      e.checked = way === 'wrong';
      if (way === 'wrong') e.value = 'MARQUEUR-inconnu';
    } else if (e.matches('select')) {
      if (way === 'wrong') e.add(new Option('?', 'MARQUEUR-inconnu', true, true));
      else e.selectedIndex = [...e.options].findIndex((one) => !one.value);
    } else {
      e.value = way === 'wrong' ? long : '';
    }
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


def ways(route: str, form: Form) -> list[str]:
    """Return how to send it, until a page answers."""
    if route in ANSWERS_WITH_A_FILE:
        return ["wrong"]
    shown = ["as shown"] if route in BUTTONS else []
    return [*(["empty", "wrong"] if form.asks else []), *shown]


def answered(page, base: str, address: str, form: Form, way: str):
    """Send a form of this page; return the answer when it is a page of its own, and not the way to another one."""
    came = page.goto(base + address)
    if came.status != 200 or page.url.removeprefix(base).split("?")[0] != address.split("?")[0]:
        return None  # what was sent before closed it
    names = list(form.signature)
    shown = page.evaluate_handle(FIND, [form.action.split("?")[0], names]).as_element()
    if shown is None:
        return None  # it is there no more
    with page.expect_navigation(wait_until="domcontentloaded", timeout=15_000) as sent:
        shown.evaluate(SEND, [names, way, LONG])
    answer = sent.value
    return answer if answer.request.method == "POST" else None


def look(found: dict[str, list], browser, live_server) -> tuple[set[str], list[str]]:
    """Return the routes whose answers were looked at, and what is wrong with them."""
    seen, wrong, walks = set(), [], {}
    for route, shown in sorted(found.items()):
        for member, address, form in shown if route not in BY_SCRIPT else ():
            opened = walks.get(member.pk) or walks.setdefault(member.pk, walk_of(member, browser, live_server))
            for way in ways(route, form):
                try:
                    answer = answered(opened.page, opened.base, address, form, way)
                    if answer is None:
                        continue
                    assert answer.status in (200, 403, 404, 409), answer.status
                    look_at(opened.page, address, SIDES[1])
                    if opened.page.locator("#erreurs").count():
                        expect(opened.page.locator("#erreurs")).to_be_focused()
                except (AssertionError, playwright.Error) as said:
                    wrong.append(f"{route}, {way}, on {address}: {said}")
                seen.add(route)
                break
    return seen, wrong


def test_axe_finds_nothing_on_what_answers_a_form(transactional_db, live_server, browser):
    world = World()
    first = deep(world)
    world.tell_everybody(set())
    with as_role("nrm_owner"):
        every = Membership.objects.filter(active=True, kind=Membership.Sort.PERSON).order_by("pk")
        others = list(every.exclude(pk__in=[m.pk for m in first]).select_related("user", "agency"))
    starts = {member.pk: addresses for member, addresses in first.items()}
    found = walk([*first, *others], each=2, most=3, starts=starts)
    forms = [(route, shown) for route, shown in sorted(found.items()) if not route.startswith("plans:")]
    seen, wrong = look(dict(forms[::STEP]), browser, live_server)
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= 50 // STEP, sorted(seen)


def test_axe_finds_nothing_on_what_answers_a_form_of_public_policy(transactional_db, live_server, browser):
    who = policy_rows.members()
    found = walk(list(who), each=2, most=3, within="/pilotage/", starts={m.pk: some for m, some in who.items()})
    forms = [(route, shown) for route, shown in sorted(found.items()) if route.startswith("plans:")]
    seen, wrong = look(dict(forms[::STEP]), browser, live_server)
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= 45 // STEP, sorted(seen)
