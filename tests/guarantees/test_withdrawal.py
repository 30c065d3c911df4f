"""Withdrawing an agreement cuts the holder at once, with no beat and no worker, on each surface: list, counters, page
and sections, what was shown before, API, export at each of its stages, search, notices and mail, bare tables.

Beside it, in the same set-up, a holder on another agreement keeps everything: a wall that closes all would fail here.
"""

from copy import deepcopy

import pytest

from agencies.models import Category, Kind, Level, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Notice
from notifications.operations.events import enqueue
from referral.desk import filters as desk_filters
from referral.exports.operations import ask_export, fetch_archive, prepare_archive
from referral.exports.tasks import exports
from referral.models import OrientationSheet
from tests import factories as f
from tests.notifications.post import fan_out, one_pass, states
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.categories import operations as categories
from victims.consents import operations as consents
from victims.identity.operations import enter_identity
from victims.models import (
    AgreementText,
    Case,
    CaseAccess,
    CaseText,
    Consent,
    Contact,
    HealthNote,
    IdentificationView,
    Identity,
    Observation,
    Statement,
)
from victims.statements import operations as statements

pytestmark = pytest.mark.django_db
CARRIED = Category.IDENTITY | Category.CONTACT | Category.HEALTH
ORDER = {"purpose": "meeting", "reason": "Réunion du lundi, à deux", "file_format": "csv"}
TABLES = (Case, CaseAccess, Consent, Observation, CaseText, Statement, IdentificationView, AgreementText, Identity,
          Contact, HealthNote)  # fmt: skip


class World:
    """A shelter leads with identity, contact and health; two others hold the same, each on an agreement of its own."""

    def __init__(self):
        f.national()
        coord, home = f.member(f.coordination(), Role.COORDINATOR), f.shelter()
        nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
        self.lead = f.member(home)
        alert = f.sent_alert(
            nurse, contact={"channel": "sms", "value": "MARQUEUR-CONTACT"}, recipients=["association", "contact"],
            observations={"ILO-AL-DR-01": "observed"}, none_of_these=False,
        )  # fmt: skip
        self.case = f.case(coord, alert=alert)
        moved = {"verb": "transfer", "level": 3, "categories": 2, "state": "accepted", "answerer": self.lead}
        f.orientation(coord, self.case, home, **moved)
        own = f.consent(self.lead, self.case, agencies=[home.pk], level=3, categories=int(CARRIED), text={"proxy": "X"})
        with acting_as(self.lead):
            enter_identity(self.lead, self.case.pk, consent=own, data={"family_name": "MARQUEUR-NOM"})
            categories.write_entry(self.lead, self.case.pk, Category.HEALTH, data={"text": "MARQUEUR-SANTE"})
            said = {"stated_on": self.case.received_at.date(), "function": "X", "motives": "MARQUEUR-MOTIFS"}
            statements.make_statement(self.lead, self.case.pk, status="presumed", **said)
        fan_out()
        self.programs = {}
        self.leaving, self.leaving_consent, self.leaving_request = self._holder()
        self.staying, self.staying_consent, self.staying_request = self._holder()
        with acting_as(self.lead):
            enqueue("case_opened", self.case, to=["holders"])
        fan_out()
        self.api = {pk: Caller(program) for pk, program in self.programs.items()}

    def _holder(self):
        member = f.member(f.shelter())
        self.programs[member.pk] = f.program(member.agency)
        given = f.consent(self.lead, self.case, agencies=[member.agency_id], kinds=[], level=3, categories=int(CARRIED))
        sent = f.orientation(
            self.lead, self.case, member.agency, consent=given, level=Level.FILE, categories=int(CARRIED),
            exclusive=False, state="accepted", answerer=member,
        )  # fmt: skip
        f.own_case(member)  # a case of its own stays in its lists
        return member, given, sent

    def pages(self, who) -> dict:
        hand, case, sent = Hand(who), self.case, self._request(who)
        found = {
            route: hand.get(route, case.pk).status_code == 200
            for route in ("case-detail", "case-signs", "case-consents", "case-statements", "case-health", "case-access")
        }
        reveal = {route: text(hand.post(route, case.pk, act="reveal")) for route in ("case-identity", "case-health")}
        found |= {
            "identity": "MARQUEUR-NOM" in reveal["case-identity"],
            "contact": "MARQUEUR-CONTACT" in reveal["case-identity"],
            "health": "MARQUEUR-SANTE" in reveal["case-health"],
            "list": case.reference in text(hand.get("case-list")),
            "work list": case.reference in text(hand.get("work-list", "avec-nous")),
            "search": f"/{case.pk}/" in text(hand.post("search", reference=case.reference)),
            "sheet": "MARQUEUR" in text(hand.post("orientation-detail", sent.pk, act="reveal")),
            "notices": case.reference in text(hand.client.get("/notifications/")),
        }
        return found

    def program(self, who) -> dict:
        api, case, sent = self.api[who.pk], self.case, self._request(who)
        request = api.get(f"orientations/{sent.pk}/")
        return {
            "api list": case.reference in str(api.get("cases/").json()),
            "api search": bool(api.get("cases/", reference=case.reference).json()["results"]),
            "api page": api.get(f"cases/{case.pk}/").status_code == 200,
            "api case of the request": "case" in request.json(),
            "api sheet": "MARQUEUR" in request.content.decode(),
            "api notices": case.reference in str(api.get("notices/").json()),
        }

    def tables(self, who) -> dict:
        """Bare tables: what a view that forgot everything would show."""
        with acting_as(who):
            found = {
                model.__name__: model.objects.filter(**{"pk" if model is Case else "case": self.case.pk}).exists()
                for model in TABLES
            }
            found["sheets"] = OrientationSheet.objects.filter(orientation=self._request(who)).exists()
            found["counter"] = desk_filters.LISTS["with_us"].rows(who).exists()
            found["notice"] = Notice.objects.of(who).filter(subject="case", subject_id=self.case.pk).exists()
        return found

    def _request(self, who):
        return self.leaving_request if who is self.leaving else self.staying_request


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module) -> World:
    return World()


def everything(world, who) -> dict:
    return {**world.pages(who), **world.program(who), **world.tables(who)}


def withdraw(world) -> None:
    """By the page, as the lead does; nothing else runs."""
    assert Hand(world.lead).post("consent-withdraw", world.leaving_consent.pk).status_code == 302


@pytest.mark.long
def test_a_withdrawal_cuts_each_surface_of_the_holder_at_once_and_no_other(world):
    for who in (world.leaving, world.staying):
        missing = [surface for surface, seen in everything(world, who).items() if not seen]
        assert missing == [], "shown before the withdrawal"
    withdraw(world)
    left = [surface for surface, seen in everything(world, world.leaving).items() if seen]
    assert left == []
    missing = [surface for surface, seen in everything(world, world.staying).items() if not seen]
    assert missing == []


def exported(who, pk) -> list[str]:
    """References a prepared archive would hold."""
    with acting_as(who):
        export, _phrase, _token, _out = prepare_archive(who, pk)
        return [row["cells"][0] for piece in export.pieces.all() for row in piece.rows]


def test_an_export_is_cut_at_each_of_its_stages(world):
    """Queued and not made yet; made and not fetched; prepared under a link; asked afterwards."""
    who, reference = world.leaving, world.case.reference
    with acting_as(who):
        made, prepared = ask_export(who, "cases", "", **ORDER), ask_export(who, "cases", "", **ORDER)
    with as_role("nrm_worker"):
        exports()
    with acting_as(who):
        queued = ask_export(who, "cases", "", **ORDER)
        _export, _phrase, token, out = prepare_archive(who, prepared.pk)
        assert out == 0
    assert reference in exported(who, made.pk)  # what it held before
    withdraw(world)
    with acting_as(who):
        assert prepare_archive(who, made.pk)[3] == 1  # the row is left out, and that is said
        with pytest.raises(WrongState):  # the link given before opens nothing
            fetch_archive(who, prepared.pk, token)
        after = ask_export(who, "cases", "", **ORDER)
        assert after.total == 1  # its own case
    with as_role("nrm_worker"):
        exports()
    for export in (made, prepared, queued, after):
        found = exported(who, export.pk)
        assert reference not in found and len(found) == 1


def test_mail_that_waits_is_not_sent_any_more_and_the_end_is_told(world):
    with acting_as(world.lead):
        enqueue("consent_withdrawn", world.case, to=["holders"])
    fan_out()  # queued for both holders
    withdraw(world)
    one_pass()
    waiting = states("consent_withdrawn")
    assert waiting[world.staying.pk] == "sent"
    ended = states("access_ended")
    assert set(ended) >= {world.leaving.pk} and world.staying.pk not in ended
    with acting_as(world.leaving):
        told = Notice.objects.of(world.leaving).filter(channel="app", kind="access_ended")
        assert [(notice.subject, notice.reference) for notice in told] == [("none", world.case.reference)]


def test_what_is_carried_by_another_ground_stays(world):
    """The same agency on two agreements: one withdrawn takes nothing of what the other carries."""
    who = world.leaving
    second = f.consent(world.lead, world.case, agencies=[who.agency_id], kinds=[], level=2)
    f.orientation(
        world.lead, world.case, who.agency, consent=second, level=2, exclusive=False, state="accepted", answerer=who,
        service=f.service("legal_support"),
    )  # fmt: skip
    withdraw(world)
    with acting_as(who):
        row = CaseAccess.objects.get(case=world.case.pk)
        assert (row.level, row.categories) == (Level.SUMMARY, 0)
    assert Hand(who).get("case-detail", world.case.pk).status_code == 200
    assert Hand(who).get("case-health", world.case.pk).status_code == 404


def test_a_withdrawal_of_a_summary_holder_counts_too(world):
    """Any holder may record it: the person says so to whoever is there."""
    with acting_as(world.staying):
        consents.withdraw_consent(world.staying, world.leaving_consent.pk)
    left = [surface for surface, seen in world.tables(world.leaving).items() if seen]
    assert left == []
