"""What the public is told of what is known: which lines answer now, what is not recorded of a plan, and by whom."""

import pytest

from agencies.models import Role
from plans.models import Plan
from tests import factories as f
from tests.plans import people
from tests.roles import as_role

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_someone_in_danger_reads_17_first_then_who_answers_now(browser, live_server):
    member = f.member(f.coordination(), Role.COORDINATOR)
    walk = Walk(browser, live_server, member, forms=FORMS)
    walk.context.clear_cookies()
    walk.open("/besoin-d-aide/")
    first, banner = walk.page.locator("main a[href='tel:17']").first, walk.page.locator(".fr-alert--warning")
    assert first.bounding_box()["y"] < banner.bounding_box()["y"]
    expect(walk.page.locator("h2", has_text="Traite et travail forcé")).to_be_visible()
    walk.page.locator("li", has_text="France Victimes").locator("summary").click()
    expect(walk.page.locator("dd", has_text="messagerie ensuite").first).to_be_visible()
    walk.check("help-numbers")
    assert not walk.faults


def test_what_is_not_entered_is_not_counted_until_the_coordination_says_the_list_is_complete(browser, live_server):
    walk = Walk(browser, live_server, people.coordination(), forms=FORMS)
    walk.open("/plan/")
    expect(walk.page.locator("text=cela ne veut pas dire qu'elle n'existe pas").first).to_be_visible()
    walk.check("plan-home-not-recorded")
    walk.open("/plan/plan3/mesures/plan3-x03/")
    expect(walk.page.locator("text=Non relevé ici, même si le plan peut le dire")).to_be_visible()
    expect(walk.page.locator("dd", has_text="Communiqué du lancement").first).to_be_visible()
    walk.check("measure-not-recorded")
    walk.open("/plan/plan3/")
    walk.check("plan-not-recorded")
    with as_role("nrm_owner"):
        plan = Plan.objects.get(code="plan3")
        Plan.objects.filter(pk=plan.pk).update(measures_announced=plan.measures.count())
    walk.open("/pilotage/plans/plan3/")
    walk.check("plan-declare")
    walk.go("text=Déclarer la liste complète")
    expect(walk.page.locator("text=Retirer la déclaration")).to_be_visible()
    walk.open("/plan/")
    expect(walk.page.locator("text=sans pilote, sans date ou sans indicateur")).to_be_visible()
    walk.check("plan-home-recorded")
    assert not walk.faults
