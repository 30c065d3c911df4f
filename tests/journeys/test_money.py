"""Means in the browser: a budget officer hands the year's grid over, the coordination checks it, a correction follows;
the pages of money with axe, their weight, and without script."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Directory, Kind
from foundation.actor import acting_as
from plans.committee.operations import committee
from plans.models import Envelope, Measure
from plans.money.operations import campaigns
from plans.money.operations import envelopes as acts
from tests.plans import people
from tests.plans.committee.test_mandate import administrator
from tests.plans.money.test_money_pages import auditor

from .test_every_page import LONG, SIDES, every_side, look_at
from .test_plan import says, type_in
from .test_surface import weight
from .walk import Walk, expect, forgetful, take_form

pytestmark = pytest.mark.django_db(transaction=True)
LAST = timezone.localdate().year
HAND_OVER, SAVE = "main button[value=submit]", "main form button.fr-btn[type=submit]"


class House:
    """A ministry with two officers and last year's figures; a campaign under way."""

    def __init__(self):
        self.check, self.audit = people.coordination(), auditor()
        self.officer, self.colleague = (people.ministry("dgcs", Kind.SOCIAL_AFFAIRS) for _ in range(2))
        today = timezone.localdate()
        self.places = self.envelope("Lieux d'accueil", measure=Measure.objects.get(code="plan3-x13"))
        self.pack = Envelope.objects.get(code="dgcs-aap-2024")  # of the domain pack, the same ministry's
        self.hidden, self.new = self.envelope("Action sociale"), self.envelope("Projets associatifs")
        with acting_as(self.officer):
            said = {"year": LAST, "stage": "voted", "evidence": "LFI"}
            acts.add_line(self.officer, self.places, nature="AE", amount=Decimal(400_000), **said)
        with acting_as(self.check):
            self.campaign = campaigns.open_campaign(
                self.check, year=LAST + 1, stage="voted", opens=today, closes=today + timedelta(20)
            )

    def envelope(self, label, **words):
        with acting_as(self.officer):
            body = Directory.objects.get(pk="dgcs")
            return acts.add_envelope(
                self.officer, funder=body, label_fr=label, scope_fr="Essai", resource_kind="financial", unit="EUR",
                **words,
            )  # fmt: skip


@pytest.fixture
def house(transactional_db):
    return House()


def pastes_and_gives(walk, house):
    """One row from a spreadsheet, one by a tick, one left to the colleague to whom the grid is given."""
    walk.go(f"main a[href$='/campagnes/{house.campaign.pk}/grille/']")
    walk.page.locator(f"label[for=e{house.places.pk}-same]").click()
    walk.go("main button[value=paste]")
    table = f"code;AE;CP;part;justificatif\n{house.new.code};450 k€;400 k€;25 %;PLF\ninconnue;1;;;PLF"
    walk.page.locator("[name=table]").fill(table)
    walk.go(SAVE)
    says(walk, "1 ligne à reporter dans le tableau annuel, 1 écartée")
    walk.go("main >> text='Reporter ces lignes dans le tableau annuel'")
    expect(walk.page.locator(f"#e{house.places.pk}-same")).to_be_checked()  # what was typed before is kept
    walk.go(HAND_OVER)
    says(walk, "Pas encore transmis")
    walk.check("grid-refused")
    walk.go("main button[value=give]")
    choice = walk.page.locator("[name=colleague] option").nth(1).get_attribute("value")
    type_in(walk, colleague=choice, note="Il reste l'action sociale.")
    walk.go(SAVE)
    says(walk, "votre collègue trouve ce tableau")


def hands_over(walk, house):
    """Refused while a row is not answered; what was typed stays."""
    walk.open("/pilotage/moyens/")
    walk.go(f"main a[href$='/campagnes/{house.campaign.pk}/grille/']")
    says(walk, "Il reste l'action sociale.")
    walk.go(HAND_OVER)
    says(walk, "Pas encore transmis", "Action sociale")
    expect(walk.page.locator(f"#e{house.new.pk}-ae")).to_have_value("450 k€")
    for row in (house.hidden, house.pack):
        walk.page.locator(f"label[for=e{row.pk}-hidden]").click()
    walk.go(HAND_OVER)
    says(walk, "Transmis : 5 montants")


def checks(walk, house):
    walk.open(f"/pilotage/moyens/campagnes/{house.campaign.pk}/")
    walk.go("main a[href*='state=check']")
    walk.go("main >> text='Tout cocher'")
    walk.check("lines-to-check")
    walk.go("main >> text='Vérifier les montants cochés'")
    says(walk, "5 montants vérifiés")


def test_the_yearly_grid_goes_from_the_officer_to_the_public(house, live_server, browser):
    officer = Walk(browser, live_server, house.officer)
    colleague = Walk(browser, live_server, house.colleague, width=1280, scheme="dark", script=False)
    check = Walk(browser, live_server, house.check, width=1280)
    reader = browser.new_context(base_url=live_server.url)
    address = f"/plan/moyens/{house.new.code}/"
    officer.open("/pilotage/moyens/")
    pastes_and_gives(officer, house)
    hands_over(colleague, house)
    assert "450 000" not in reader.request.get(address).text(), "until it is checked"
    checks(check, house)
    officer.open(f"/pilotage/moyens/{house.new.code}/")
    officer.go("main a[href$='/corriger/']")
    type_in(officer, amount="300 k€")
    officer.go(SAVE)
    says(officer, "dites pourquoi")
    expect(officer.page.locator("[name=amount]")).to_have_value("300 k€")
    type_in(officer, reason="Gel de crédits")
    officer.go(SAVE)
    assert "300" not in reader.request.get(address).text(), "a correction is checked too"
    check.open("/pilotage/moyens/montants/?state=check&tout=1")
    check.go("main >> text='Vérifier les montants cochés'")
    page = reader.new_page()
    page.goto(address)
    for words in ("300", "Gel de crédits", "soit 25"):
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_text("ancien montant").click()
    expect(page.locator("main details.fr-accordion")).to_contain_text("450")  # the former figure stays readable
    assert not officer.faults and not colleague.faults and not check.faults


def grown(house) -> dict:
    """Texts that do not end, everywhere they may be."""
    with acting_as(house.officer):
        acts.name_beneficiary(house.officer, house.places, LONG[:200], LONG[:400])
        acts.record_overlap(house.officer, house.places, house.new)
        acts.change_envelope(house.officer, house.places, label_fr=LONG[:250], scope_fr=LONG, programme="P137")
        line = acts.add_line(
            house.officer, house.places, year=LAST, stage="paid", amount=Decimal("1234567890.12"), evidence=LONG[:400],
            period_fr=LONG[:120],
        )  # fmt: skip
    with acting_as(house.check):
        acts.check_line(house.check, line)
        for code, college in (("dgcs", "state"), ("collectif", "civil_society")):
            committee.give_seat(
                house.check, body=Directory.objects.get(pk=code), college=college, start=timezone.localdate()
            )
        meeting = committee.plan_meeting(house.check, on=timezone.localdate(), title_fr=LONG[:250])
        committee.propose_item(house.check, meeting.pk, text=LONG[:300])
        committee.publish_agenda(house.check, meeting.pk)
        committee.settle_meeting(house.check, meeting.pk, state="held")
        decision = committee.decide(
            house.check, meeting.pk, text=LONG, responsible=Directory.objects.get(pk="dgcs"),
            measure=house.places.measure,
        )  # fmt: skip
        committee.save_minutes(house.check, meeting.pk, text=LONG)
    return {"line": line.pk, "meeting": meeting.pk, "decision": decision.pk}


def test_axe_finds_nothing_on_the_pages_of_each(house, live_server, browser):
    made, code, money = grown(house), house.places.code, "/pilotage/moyens/"
    grid = f"{money}campagnes/{house.campaign.pk}/"
    meeting, focal = f"/pilotage/comite/{made['meeting']}/", "/pilotage/referents/"
    addresses = {
        "officer": [
            money, f"{money}montants/", f"{money}nouvelle/", f"{money}{code}/", f"{money}{code}/modifier/",
            f"{money}{code}/montant/", f"{money}{code}/beneficiaire/", f"{money}{code}/recoupements/",
            f"{money}montants/{made['line']}/corriger/", f"{grid}grille/", f"{grid}coller/", f"{grid}confier/",
            focal, meeting,
        ],
        "check": [
            money, f"{money}montants/?state=check&tout=1", f"{money}campagnes/", grid, "/pilotage/comite/",
            "/pilotage/comite/sieges/", meeting, f"/pilotage/comite/decisions/{made['decision']}/", focal,
        ],
        "audit": [money, f"{money}montants/?state=sign", f"{money}montants/{made['line']}/avis/"],
    }  # fmt: skip
    for who, wanted in addresses.items():
        walk = Walk(browser, live_server, getattr(house, who))
        for address in wanted:
            every_side(walk, address)
        assert not walk.faults
    with acting_as(house.check):
        committee.publish_minutes(house.check, made["meeting"])
    public = [*public_pages(house), f"/plan/comite/{made['meeting']}/", "/plan/plan3/mesures/plan3-x13/"]
    page = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}).new_page()
    forget, asked = forgetful(page), []
    page.on("request", lambda request: asked.append(request.url))
    for turn, address in enumerate(public):
        take_form(page, 390, "light")
        forget(), asked.clear()
        page.goto(address, wait_until="load")
        look_at(page, address, SIDES[turn % 2])
        light_and_alone(address, asked, live_server.url)  # with what its scripts asked for meanwhile
        assert page.context.cookies() == [], address
    admin = Walk(browser, live_server, administrator())
    every_side(admin, "/pilotage/mandat/")
    every_side(admin, "/pilotage/mandat/")


def public_pages(house) -> list[str]:
    money = "/plan/moyens/"
    return [
        money, f"{money}?source=agrasc", f"{money}?kind=human&stage=paid", f"{money}annees/",
        f"{money}sans-financement/", f"{money}besoins/", f"{money}{house.places.code}/", "/plan/coordination/",
        "/plan/comite/", "/en/plan/moyens/", "/en/plan/coordination/",
    ]  # fmt: skip


def light_and_alone(address: str, asked: list[str], site: str) -> None:
    """Raise AssertionError when a first visit asks much, or another site."""
    assert len(asked) <= 12 and all(url.startswith((site, "data:")) for url in asked), asked
    parts = [url.removeprefix(site) for url in asked if url.startswith(site)]
    assert sum(weight(Client(), part) for part in parts) <= 150_000, address


def test_public_filters_need_no_script(house, live_server, browser):
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto("/plan/moyens/")
    page.get_by_text("Filtrer par type de moyens, plan, année").click()  # the finer filters are folded
    page.get_by_label("D'où vient l'argent").select_option("agrasc")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("main")).to_contain_text("ces chiffres ne s'additionnent pas")
    expect(page.locator("main tbody")).to_contain_text("AGRASC")
    page.get_by_text("Pourquoi ?").click()
    expect(page.locator("main details.fr-accordion")).to_contain_text("Plusieurs années")
