"""What the declaration of accessibility says was tried, tried: each page of `referral/public/words.py` with axe on
three screens, light and dark, then in each condition of `conditions.py`, then without script."""

from datetime import date

import pytest
from django.urls import resolve, reverse

from agencies.models import Agency, ProgramCall, Role
from foundation.actor import acting_as
from plans.models import Measure
from referral.models import NationalFigure
from referral.public.words import LOOKED_AT, WIDTHS
from tests import factories as f
from tests.plans import people
from tests.referral.full_house import Place
from tests.roles import as_role

from .conditions import CONDITIONS, without_script
from .walk import ALL_FORMS, Walk, looks, one_heading, turn

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
ROUTES = {route for _kind, pages in LOOKED_AT for route in pages}


@pytest.fixture
def place(transactional_db):
    people.coordination()
    place = Place()
    for grows in ("silent", "agreements", "talk", "life", "inbox", "searches", "imports"):
        getattr(place, grows)(2)
    return place


def addresses(place) -> dict[str, list[str]]:
    """Who opens which pages, with something in each."""
    with acting_as(place.nurse):
        sent, draft = f.sent_alert(place.nurse), f.draft(place.nurse)
    case = f.case(place.coord, author=place.nurse)
    asked, unsent = (f.orientation(place.coord, case, place.home, state=state) for state in ("sent", "draft"))
    received = f.sent_alert(place.nurse, danger="yes")
    f.consent(place.coord, case, agencies=[place.home.pk])
    place.counts = f.member(Agency.objects.get(mandate=Agency.Mandate.NATIONAL), Role.COORDINATOR)
    program = f.program(place.home)
    with as_role("nrm_owner"):
        ProgramCall.objects.create(membership=program, operation="GET /cases/", status=200, took=9, trace="t")
        for part, code, value in (
            ("all", "", 90),
            ("territory", "75", 60),
            ("territory", "93", 30),
            ("age", "adult", 90),
        ):
            NationalFigure.objects.create(period_start=date(2026, 7, 1), part=part, code=code, value=value)
    measure = Measure.objects.filter(plan__code="plan3").order_by("code").first()
    return {
        "": [
            *map(reverse, ("home", "help", "witness", "login", "accessibility", "sheets:list", "policy:home")),
            *map(reverse, ("indicators:indicator-list", "policy:statistics", "policy:directory")),
            reverse("sheets:detail", args=["company"]),
            reverse("procedures:detail", args=["danger_immediat"]),
            reverse("policy:measure", args=["plan3", measure.code]),
        ],
        "nurse": [
            *("/danger/", *(f"/signaler/{draft.pk}/{step}/" for step in (1, 2, 3, 4))),
            *(f"/recu/{sent.pk}/", "/mes-signalements/", f"/mes-signalements/{sent.pk}/", "/hors-ligne/"),
        ],
        "coord": [
            *("/boite/", f"/boite/{received.pk}/", "/dossiers/", "/bureaux-silencieux/", "/tableau-de-bord/"),
            *(f"/dossiers/{case.pk}/{part}" for part in ("", "accords/", "orienter/")),
            f"/orientations/{unsent.pk}/apercu/",
        ],
        "lead": [
            *("/demandes/", f"/orientations/{asked.pk}/", "/notifications/", "/profil/", "/profil/sessions/"),
            *("/imports/", "/exports/"),
        ],
        "admin": ["/organisation/programmes/", reverse("referral:program-calls", args=[program.pk])],
        "auditor": ["/journal/"],
        "counts": ["/tableau-de-bord/national/"],
    }  # fmt: skip


def test_each_page_of_the_declaration_is_for_everybody(place, live_server, browser):
    opened, wrong = set(), []
    for who, pages in addresses(place).items():
        member = getattr(place, who) if who else None
        walk, plain = (Walk(browser, live_server, member, width=1280, script=script) for script in (True, False))
        for number, address in enumerate(pages):
            walk.page.set_viewport_size({"width": 1280, "height": 900})
            assert (walk.page.goto(walk.base + address)).status == 200, address
            opened.add(resolve(walk.path.split("?")[0]).view_name)
            walk.page.wait_for_load_state("load")
            one_heading(walk.page, address)
            for condition in CONDITIONS:
                wrong += [f"{address}: {said}" for said in condition(walk.page)]
            for width, scheme, found in looks(walk.page, FORMS if ALL_FORMS else turn(FORMS, number, 2)):
                wrong += [f"{address} {width} {scheme}: {said}" for said in found]
            plain.open(address)
            one_heading(plain.page, f"{address} without script")
            wrong += [f"{address}: {said}" for said in without_script(plain.page)]
        wrong += walk.faults
        walk.context.close(), plain.context.close()
    assert not wrong, "\n".join(wrong)
    assert opened == ROUTES
