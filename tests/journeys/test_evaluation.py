"""An evaluator fills the grid in a browser: kept as it is typed, nobody else's before release, everybody's after."""

import pytest
from django.urls import reverse

from agencies.models import Role
from foundation.actor import acting_as
from plans.evaluation import operations
from tests import factories as f
from tests.plans import people

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "MARQUEUR-GRILLE"


def test_the_grid_keeps_what_is_typed_and_releases_it_on_purpose(browser, live_server):
    author, other = people.cncdh(), people.coordination()
    colleague = f.member(author.agency, Role.POLICY)
    walk = Walk(browser, live_server, author, width=1280)
    walk.open(reverse("plans:evaluation-list"))
    walk.go("form.rp-line button")
    address = walk.path
    walk.page.locator("textarea[name$=-comment]").first.fill(MARK)
    walk.page.locator("select[name$=-status]").first.select_option("done")
    expect(walk.page.locator("[data-saved]")).to_contain_text("Seul votre service")
    walk.page.wait_for_timeout(2500)  # a change waits a moment before it is sent
    walk.open(address)
    expect(walk.page.locator("textarea[name$=-comment]").first).to_have_value(MARK)
    stranger = Walk(browser, live_server, other, width=1280)
    assert stranger.page.goto(stranger.base + address).status == 404
    stranger.open(reverse("policy:crossing", args=["plan1"]))
    expect(stranger.page.locator("main")).not_to_contain_text("Réalisée CNCDH")
    walk.go("button[value=check]")
    expect(walk.page.locator("main")).to_contain_text("rien ne peut être repris")
    expect(walk.page.locator("main")).to_contain_text("un autre membre de votre service la lit et la publie")
    walk.check("evaluation-to-ask")
    walk.go("main form button")
    expect(walk.page.locator("main")).to_contain_text("Un autre membre de votre service doit la publier")
    walk.check("evaluation-asked")
    assert stranger.page.goto(stranger.base + address).status == 404, "the unit has a second person of its own"
    second = Walk(browser, live_server, colleague, width=1280)
    second.open(reverse("plans:hub"))
    second.open(reverse("plans:evaluation-list"))
    second.check("evaluation-to-release-list")
    second.go(".rp-door--due a")
    expect(second.page.locator("main")).to_contain_text(MARK)
    second.check("evaluation-to-release")
    second.page.get_by_role("button", name="Publier maintenant").click()
    expect(second.page.locator("main")).to_contain_text("maintenant publique")
    stranger.open(reverse("policy:crossing", args=["plan1"]))
    expect(stranger.page.locator(".rp-list .fr-badge--success")).to_have_count(1)
    assert walk.faults == []


def test_pages_of_coordination_and_evaluations_are_accessible(browser, live_server):
    actor = people.coordination()
    with acting_as(actor):
        draft = operations.start_evaluation(actor, "plan2", "final")
    walk = Walk(browser, live_server, actor, forms=FORMS)
    for name, args in (
        ("policy:evaluations", []),
        ("policy:crossing", ["plan2"]),
        ("policy:committee", []),
        ("policy:coordination", []),
        ("plans:evaluation-list", []),
        ("plans:evaluation-detail", [draft.pk]),
        ("plans:committee", []),
        ("plans:seats", []),
        ("plans:focal", []),
    ):
        walk.open(reverse(name, args=args))
        walk.check(name.replace(":", "-"))
