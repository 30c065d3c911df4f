"""The public site in a real browser, as a journalist meets it: every page light, alone, readable by everybody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from plans.committee.operations import committee
from plans.models import Envelope, Evaluation, Measure
from plans.participation.operations import names, participation
from plans.plan.operations import moves
from plans.publication.operations.figures import SurveyLine, push_survey
from tests.guarantees.test_routes import LEDGER
from tests.plans import participants, people
from tests.roles import as_role

from .test_surface import weight
from .walk import ALL_FORMS, expect, forgetful, overflow, take_form, violations

pytestmark = pytest.mark.django_db(transaction=True)
MORE = ["/plan/recherche/?q=mineurs", "/plan/recherche/?q=introuvablissime", "/annuaire/?q=introuvablissime",
        "/statistiques/associations_survey/", "/en/plan/", "/en/statistiques/", "/en/annuaire/",
        "/plan/contributions/donner-un-avis/?sur=plan:plan3"]  # fmt: skip


@pytest.fixture
def opened(browser, live_server):
    contexts = []

    def make(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.said.append(line.text) if line.type in ("error", "warning") else None)
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        context.close()


# both widths and both schemes; page after page the pairs change, so that all four forms are seen
SIDES = ([(390, "dark"), (1280, "light")], [(390, "light"), (1280, "dark")])
APART = {"policy:plan-pdf", "policy:plan-version-pdf", "policy:statistics-pdf", "policy:commitment-report-csv",
         "policy:commitment-report-pdf", "referral:developers-openapi", "opendata:file", "opendata:archive",
         "opendata:package", "service-worker", "referral:manifest",  # files, not pages
         "referral:passkey",  # answers a script of the sign-in
         "referral:in-force",  # answers the proxy
         "referral:provider", "referral:provider-return"}  # fmt: skip  # lead away, where a provider is configured


SURVEYED = timezone.localdate().year - 1
SIGNS_IN = {"login", "activate"}  # forms: they carry a cookie against forged posts


def published() -> list[str]:
    """Something to read on each page: a contribution answered, with a name taken out; a meeting; two versions."""
    coordination, cncdh = people.coordination(), people.cncdh()
    consultation = participants.consultation(coordination)
    found = participants.published(cncdh, coordination, to=consultation, text="Voir Zélie Fictive. " + "mot " * 300)
    with acting_as(coordination):
        participation.answer_contribution(coordination, found.pk, verdict="partly", text="Entendu. " * 40)
        names.withdraw_name(coordination, found.pk, passage="Zélie Fictive", reason="name")
        meeting = committee.plan_meeting(coordination, on=timezone.localdate() + timedelta(9), title_fr="Réunion")
        moves.move_plan(coordination, "plan3", "review")
    with as_role("nrm_worker"), acting_as(SYSTEM):
        push_survey(
            SURVEYED,
            [SurveyLine("total", "organisations", 3), SurveyLine("sex", "female", 60), SurveyLine("sex", "male", None)],
        )
    return [
        reverse("policy:contribution-detail", args=[found.pk]),
        reverse("policy:consultation-detail", args=[consultation.pk]),
        reverse("policy:meeting", args=[meeting.pk]),
    ]


def samples() -> list[str]:
    """An address of every public page (tests/guarantees/expected/routes.csv), one at least of each route."""
    measure = Measure.objects.filter(plan__code="plan3").order_by("code").first()
    envelope = Envelope.objects.order_by("code").first()
    evaluation = Evaluation.objects.filter(state="released").first()
    plain = [name for name, row in LEDGER.items() if row["access"] == "public" and name not in APART | SIGNS_IN]
    given = {
        "policy:plan": ["plan3"],
        "policy:measure": ["plan3", measure.code],
        "policy:versions": ["plan3"],
        "policy:plan-years": ["plan3"],
        "policy:version": ["plan3", 1],
        "policy:version-changes": ["plan3", 2],
        "policy:money-envelope": [envelope.code],
        "policy:commitment": ["G1-01"],
        "policy:evaluation": [evaluation.pk],
        "policy:crossing": [evaluation.plan.code],
        "policy:sector-detail": ["hotels"],
        "policy:statistics-series": ["recorded_victims"],
        "policy:statistics-survey-year": [SURVEYED],
        "policy:dataset": ["measures"],
        "indicators:dimension-detail": ["recruitment_abuse_vulnerability"],
        "procedures:detail": ["danger_immediat"],
        "procedures:list": ["sante", "enfant"],
        "sheets:detail": ["company"],
    }
    made = {"policy:contribution-detail", "policy:consultation-detail", "policy:meeting"}
    return [reverse(name, args=given.get(name, [])) for name in plain if name not in made]


def test_every_public_page_is_light_alone_and_readable_by_everybody(opened, live_server):
    """Each as a first visit: axe on a phone and at a desk, light and dark; nothing of another site; no cookie."""
    addresses = [*published(), *samples(), *MORE]
    seen = {resolve(address.split("?")[0]).view_name for address in addresses}
    public = {name for name, row in LEDGER.items() if row["access"] == "public"}
    assert public - seen == APART | SIGNS_IN, "a public page without a sample above"
    wrong = []
    page = opened(viewport={"width": 390, "height": 844}, color_scheme="light")
    forget = forgetful(page)
    for turn, address in enumerate(addresses):
        take_form(page, 390, "light")
        forget()
        page.asked.clear(), page.said.clear()
        answer = page.goto(address, wait_until="load")
        assert answer.status == 200, address
        asked = [url for url in page.asked if not url.startswith("data:")]
        wrong += [f"{address} asks {url}" for url in asked if not url.startswith(live_server.url)]
        weights = [weight(Client(), url.removeprefix(live_server.url)) for url in asked]  # as production sends them
        if sum(weights) > 150_000 or len(asked) > 12:
            wrong.append(f"{address}: {sum(weights)} bytes, {len(asked)} requests")
        wrong += [f"{address} sets a cookie"] if page.context.cookies() else []
        for width, scheme in SIDES[turn % 2] if ALL_FORMS else SIDES[turn % 2][turn // 2 % 2 :][:1]:
            take_form(page, width, scheme)
            wrong += [f"{address} {width} {scheme}: {found}" for found in violations(page)]
            wrong += [f"{address} {width} {scheme}: {wide} px too wide"] if (wide := overflow(page)) > 0 else []
        wrong += [f"{address}: {line}" for line in page.said]
    assert not wrong, "\n".join(wrong)


def test_a_journalist_finds_the_plan_and_a_figure_without_script(opened):
    page = opened(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Plan national et chiffres").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La lutte contre la traite en bref")
    page.get_by_role("link", name="Tous les chiffres").click()
    figure = page.locator("#police")
    expect(figure.get_by_role("img")).to_be_visible()
    expect(figure.get_by_role("row", name="2016")).to_contain_text("1 401 ou 1 439")
    page.goto("/plan/")
    page.get_by_label("Chercher dans le plan").fill("mineurs")
    page.get_by_role("main").get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("status")).to_contain_text("résultats pour")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
