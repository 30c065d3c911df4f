"""An agency does more than the least it began with once two coordinators of the national coordination agree."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.urls import reverse

from agencies.models import Agency, DeskChange, Kind, Level, Membership, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed, WrongState
from journal.models import Entry
from notifications.models import Event, Notice
from plans.models import Admission
from referral.closing.operations import move_case
from referral.inbox.operations import alerts as inbox
from referral.models import AlertDesk
from referral.organisations.operations import coverage, powers
from referral.orientations.operations import orientations
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .test_accounts import NEW, activate, can_sign_in
from .test_members import code_on

pytestmark = pytest.mark.django_db
BOTH = (Role.AGENCY_ADMIN, Role.COORDINATOR, Role.POLICY)


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


@pytest.fixture
def two():
    """The first two persons of the national coordination, as bootstrap names them."""
    unit = f.national(profile_id="miprof")
    return f.member(unit, *BOTH), f.member(unit, *BOTH)


def waiting() -> DeskChange:
    with as_role("nrm_owner"):
        return DeskChange.objects.filter(state="waiting").first()


def give(two, agency, **typed) -> Agency:
    """Ask by the page as the first person, agree as the second; return the agency as it stands then."""
    asked = Hand(two[0]).post("powers", agency.pk, **typed)
    assert asked.status_code == 302, text(asked)
    answer = Hand(two[1]).post("desk-change", waiting().batch, act="agree")
    assert answer.status_code == 302, text(answer)
    return Agency.objects.select_related("desk").get(pk=agency.pk)


def test_a_child_protection_unit_of_the_state_comes_to_read_an_alert_by_pages_only(two):
    """From nothing to an alert that somebody there reads; each act that gives sight is of two persons."""
    one, other = two
    f.territory(), f.service("child_care")
    admission = {
        "kind": "child_protection", "name": "Cellule de Paris (fictive)", "profile": "crip", "territory": "75",
        "services": ["child_care"], "first_name": "Première Démo", "first_email": "premiere@exemple.invalid",
    }  # fmt: skip
    assert (
        Hand(one).client.post(reverse("plans:admission-new"), {"_membership": one.pk, **admission}).status_code == 302
    )
    with acting_as(other):
        proposed = Admission.objects.get()
    address = reverse("plans:admission", args=[proposed.pk])
    assert Hand(other).client.post(address, {"_membership": other.pk, "act": "admit"}).status_code == 302
    code = code_on(Hand(other).client.post(f"{address}code/", {"_membership": other.pk}))
    unit = Agency.objects.get(name=admission["name"])
    boss = Membership.objects.get(agency=unit, kind="person")
    assert activate(email=boss.user.email, code=code).status_code == 302 and can_sign_in(boss, NEW)

    unit = give(two, unit, level="3", categories=["1", "2"], supports="on")
    assert (unit.max_level, unit.may_hold, unit.supports_people) == (Level.FILE, 3, True)

    hand = Hand(Membership.objects.get(pk=boss.pk))  # with the password it chose
    person = {"full_name": "Eden Démo", "email": "eden@exemple.invalid", "title": "", "roles": ["case_worker"]}
    assert hand.post("member-invite", **person).status_code == 302
    worker = Membership.objects.get(user__email="eden@exemple.invalid")
    assert worker.roles == []
    with acting_as(one):
        change = worker.changes.get()
    assert Hand(one).post("arrival", change.pk, act="agree").status_code == 302
    worker.refresh_from_db()
    assert worker.roles == ["case_worker"]

    assert give(two, unit, alerts="on", requests="on").desk.receives_alerts
    desk = {"services": ["child_care"], "takes_adults": "on", "takes_minors": "on", "territories": "75", "phone": ""}
    assert hand.post("organisation-edit", **desk).status_code == 302
    assert Hand(one).post("desk-change", waiting().batch, act="agree").status_code == 302

    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), minor="yes")
    with acting_as(worker):
        assert AlertDesk.objects.filter(alert=alert.pk, agency=unit).exists()
    assert Hand(worker).get("inbox-alert", alert.pk).status_code == 200


def test_a_territorial_coordination_is_made_and_then_has_the_alerts_of_its_place(two):
    f.territory("13", "Bouches-du-Rhône")
    unit = f.agency(Kind.COORDINATION, territories=("13",), max_level=1, desk_fields={"receives_alerts": False})
    boss = f.member(unit, Role.AGENCY_ADMIN)
    assert "mandate" not in Hand(two[0]).get("powers", unit.pk).context["form"].fields  # nobody there sorts alerts yet
    person = {"full_name": "Lou Démo", "email": "lou@exemple.invalid", "title": "", "roles": ["coordinator"]}
    assert Hand(boss).post("member-invite", **person).status_code == 302
    with acting_as(two[0]):
        change = Membership.objects.get(user__email="lou@exemple.invalid").changes.get()
    assert Hand(two[0]).post("arrival", change.pk, act="agree").status_code == 302
    unit = give(two, unit, level="2", mandate="on")
    assert (unit.mandate, unit.desk.receives_alerts, unit.desk.takes_minors) == ("territorial", True, True)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), territory="13")
    with as_role("nrm_owner"):
        assert AlertDesk.objects.filter(alert=alert.pk, agency=unit).exists()


def test_nobody_gives_alone_what_opens_cases(two):
    school = f.agency(Kind.EDUCATION, max_level=1)
    invited = f.member(two[0].agency, Role.COORDINATOR, invited_by=two[0])
    assert Hand(two[0]).post("powers", school.pk, level="3").status_code == 302
    batch = waiting().batch
    for who in (two[0], invited):
        assert Hand(who).post("desk-change", batch, act="agree").status_code == 403
    school.refresh_from_db()
    assert school.max_level == Level.STATUS
    assert Hand(two[1]).post("desk-change", batch, act="refuse", reason="Trop.").status_code == 302
    school.refresh_from_db()
    assert school.max_level == Level.STATUS
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 409


def test_whom_it_concerns_reads_it_and_does_not_decide(two):
    school = f.agency(Kind.EDUCATION, max_level=1)
    boss, stranger = f.member(school, Role.AGENCY_ADMIN), f.member(f.shelter(), Role.AGENCY_ADMIN)
    with acting_as(two[0]):
        batch = powers.ask(two[0], school.pk, [("level", "2")])
    assert "Résumé" in text(Hand(boss).get("desk-change", batch))
    for act in ("agree", "withdraw"):
        assert Hand(boss).post("desk-change", batch, act=act).status_code == 403, act
    assert Hand(stranger).get("desk-change", batch).status_code == 404
    fan_out()
    with acting_as(two[1]):
        assert Notice.objects.filter(kind="desk_asked", channel="app").count() == 1
    with acting_as(two[0]):
        assert not Notice.objects.filter(kind="desk_asked").exists()  # who asks is told of nothing to decide
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 302
    fan_out()
    with acting_as(boss):
        assert Notice.objects.filter(kind="desk_decided", channel="app").count() == 1


def test_the_national_coordination_takes_back_what_it_asked(two):
    school = f.agency(Kind.EDUCATION, max_level=1)
    with acting_as(two[0]):
        batch = powers.ask(two[0], school.pk, [("level", "2")])
    assert "Retirer cette demande" in text(Hand(two[0]).get("desk-change", batch))
    assert Hand(two[0]).post("desk-change", batch, act="withdraw").status_code == 302
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 409
    with acting_as(two[0]):
        assert set(Entry.objects.values_list("action", flat=True)) >= {"powers.ask", "desk.withdraw"}


def test_who_is_not_the_national_coordination_asks_for_nobody(two):
    territorial = f.member(f.coordination(), Role.COORDINATOR)
    shelter = f.shelter(max_level=2)
    for who in (territorial, f.member(shelter, Role.AGENCY_ADMIN), f.member(two[0].agency, Role.AGENCY_ADMIN)):
        assert Hand(who).get("powers-list").status_code == 403
        assert Hand(who).post("powers", shelter.pk, level="3").status_code == 403
        with acting_as(who), pytest.raises(NotAllowed):
            powers.ask(who, shelter.pk, [("level", "3")])
    assert waiting() is None


def test_the_page_names_what_is_missing_and_offers_what_can_be_given(two):
    hand, shelter = Hand(two[0]), f.shelter(name="Foyer d'essai", max_level=1, may_hold=1, supports_people=False)
    assert "au moins un droit" in text(hand.post("powers", shelter.pk))
    assert "Choisissez parmi les niveaux" in text(hand.post("powers", shelter.pk, level="9"))
    assert "Choisissez parmi ce qui" in text(hand.post("powers", shelter.pk, categories=["1"]))  # held already
    assert "Choisissez parmi les services" in text(hand.post("powers", shelter.pk, services=["invented"]))
    assert "Foyer d'essai" in text(hand.get("powers-list", query="?q=ESSAI foyer"))
    assert "Aucun organisme" in text(hand.get("powers-list", query="?q=introuvable"))
    assert hand.get("powers", two[0].agency_id).status_code == 404  # never the national coordination itself
    assert "Aucun membre n'y travaille encore sur les dossiers" in text(hand.get("powers", shelter.pk))
    company = f.agency(Kind.EMPLOYER, max_level=1)
    assert set(hand.get("powers", company.pk).context["form"].fields) <= {"services", "nationwide"}


def test_a_coordination_is_given_no_identity_even_asked_together(two):
    unit = f.agency(Kind.COORDINATION, max_level=1, desk_fields={"receives_alerts": False})
    f.member(unit, Role.COORDINATOR)
    page = Hand(two[0]).post("powers", unit.pk, mandate="on", level="3", categories=["1"])
    assert page.status_code == 200 and "ne lit que les résumés" in text(page)
    with acting_as(two[0]):
        with pytest.raises(NotAllowed):
            powers.ask(two[0], unit.pk, [("mandate", "territorial"), ("category", "1")])
        first, second = (powers.ask(two[0], unit.pk, [w]) for w in (("mandate", "territorial"), ("level", "3")))
    with acting_as(two[1]):
        coverage.decide(two[1], second, "agree")
        with pytest.raises((WrongState, IntegrityError)):
            coverage.decide(two[1], first, "agree")  # it reads files by now


def test_a_desk_is_not_opened_when_who_read_there_left_meanwhile(two):
    shelter = f.shelter(desk_fields={"receives_alerts": False})
    worker = f.member(shelter)
    with acting_as(two[0]):
        batch = powers.ask(two[0], shelter.pk, [("alerts", "")])
        with pytest.raises(WrongState):
            powers.ask(two[0], shelter.pk, [("alerts", "")])  # it waits already
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=worker.pk).update(active=False)
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 409
    assert not Agency.objects.get(pk=shelter.pk).desk.receives_alerts


def test_an_administrator_who_saves_the_desk_takes_back_nothing_of_what_the_coordination_asked(two):
    shelter = f.shelter(max_level=1, desk_fields={"receives_alerts": False})
    boss, _reader = f.member(shelter, Role.AGENCY_ADMIN), f.member(shelter)
    with acting_as(two[0]):
        batch = powers.ask(two[0], shelter.pk, [("level", "2"), ("alerts", ""), ("service", f.service("legal_aid").pk)])
    desk = {"services": ["safe_housing"], "takes_adults": "on", "territories": "75", "phone": ""}
    assert Hand(boss).post("organisation-edit", **desk).status_code == 302
    with as_role("nrm_owner"):
        assert set(DeskChange.objects.filter(batch=batch).values_list("state", flat=True)) == {"waiting"}
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 302
    assert Agency.objects.get(pk=shelter.pk).desk.receives_alerts


def test_a_service_with_its_own_line_is_the_crip_once_the_coordination_of_its_place_agrees(two):
    unit = f.coordination()
    near, other = f.member(unit, Role.COORDINATOR), f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    cell = f.agency(Kind.CHILD_PROTECTION, max_level=1)
    f.member(cell)
    assert not cell.is_crip
    mixed = Hand(two[0]).post("powers", cell.pk, office="crip", level="2")
    assert mixed.status_code == 200 and "Demandez-le seul" in text(mixed)
    assert Hand(two[0]).post("powers", cell.pk, office="prosecutor").status_code == 200, "of another kind"
    asked = Hand(two[0]).post("powers", cell.pk, office="crip")
    assert asked.status_code == 302 and Hand(two[0]).client.get(asked.url).status_code == 200, "no page it may not read"
    batch = waiting().batch
    for who in (two[0], two[1], other):
        assert Hand(who).post("desk-change", batch, act="agree").status_code in (403, 404), who
    assert "CRIP : recueille les informations préoccupantes" in text(Hand(near).get("desk-change", batch))
    assert Hand(near).post("desk-change", batch, act="agree").status_code == 302
    cell = Agency.objects.get(pk=cell.pk)
    assert cell.is_crip and cell.office_held == "crip"
    page = Hand(two[0]).get("powers", cell.pk)
    assert "Rôle que la loi lui donne" in text(page) and "office" not in page.context["form"].fields


def given(two, agency, office):
    """Return the batch by which this agency was given this office, and who agreed: the coordination of its place."""
    near = f.member(f.coordination(), Role.COORDINATOR)
    with acting_as(two[0]):
        batch = powers.ask(two[0], agency.pk, [("office", office)])
    page = text(Hand(near).get("desk-change", batch))
    assert Hand(near).post("desk-change", batch, act="agree").status_code == 302
    assert Agency.objects.get(pk=agency.pk).office == office
    return batch, near, page


@pytest.mark.parametrize(
    ("kind", "office", "said"),
    [
        (Kind.CHILD_PROTECTION, "crip", "retire alors le rappel de saisir la CRIP"),
        (Kind.JUSTICE, "prosecutor", "vaut alors signalement au procureur"),
        (Kind.INTERIOR, "prefecture", "Un accord pour informer la police ne vaut alors plus pour lui"),
    ],
)
def test_who_agrees_to_an_office_reads_what_it_does(two, kind, office, said):
    _, _, page = given(two, f.agency(kind), office)
    assert said in page and "demande qu'il soit reconnu pour ce qu'il est" in page
    assert "demande pour lui ces droits" not in page and "Les personnes qui y travaillent" not in page


def test_office_given_by_mistake_is_ended_by_one_coordinator_and_the_agency_is_told(two):
    cell = f.agency(Kind.CHILD_PROTECTION)
    boss, worker = f.member(cell, Role.AGENCY_ADMIN), f.member(cell)
    batch, near, _ = given(two, cell, "crip")
    other = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    for refused in (boss, worker, other, *two):
        assert Hand(refused).post("desk-change", batch, act="withdraw").status_code in (403, 404), refused
    assert Agency.objects.get(pk=cell.pk).is_crip
    assert "Y mettre fin" in text(Hand(near).get("desk-change", batch))
    fan_out()
    with as_role("nrm_owner"):
        before = Notice.objects.filter(kind="desk_decided", membership=boss, channel="app").count()
    assert Hand(near).post("desk-change", batch, act="withdraw").status_code == 302
    assert not Agency.objects.get(pk=cell.pk).is_crip
    fan_out()
    with as_role("nrm_owner"):
        assert Notice.objects.filter(kind="desk_decided", membership=boss, channel="app").count() == before + 1
        assert Entry.objects.filter(action="desk.withdraw").exists()
    assert Hand(near).post("desk-change", batch, act="withdraw").status_code == 403, "it is ended"
    assert "Y mettre fin" not in text(Hand(near).get("desk-change", batch))


def test_office_of_a_prefecture_is_ended_by_nobody_since_its_end_opens_data(two):
    """An agreement to tell the police would cover it again: one account would open to it what it may not read."""
    service = f.agency(Kind.INTERIOR)
    batch, near, _ = given(two, service, "prefecture")
    assert "Y mettre fin" not in text(Hand(near).get("desk-change", batch))
    assert Hand(near).post("desk-change", batch, act="withdraw").status_code in (403, 409)
    assert Agency.objects.get(pk=service.pk).office == "prefecture"


def test_lead_of_a_child_who_relied_on_an_office_given_by_mistake_is_told(two):
    cell, sender = f.agency(Kind.CHILD_PROTECTION), f.member(f.shelter())
    reader = f.member(cell)
    service = f.service("child_care")
    batch, near, _ = given(two, cell, "crip")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)

    def led(minor="yes", agencies=(cell,)):
        desks = [sender.agency_id, *(agency.pk for agency in agencies)]
        alert = f.sent_alert(nurse, desks=desks, minor=minor)
        return alert, f.case(sender, alert=alert)

    legal = {"legal_ground": "vital_danger", "legal_reason": "Danger pour sa vie, écrit pour cet essai."}

    def asked(case, **fields):
        f.orientation(sender, case, cell, answerer=reader, **({"service": service} | legal | fields))

    by_request, by_alert, only_told, adult, draft, over = (led(m)[:] for m in ("yes", "yes", "yes", "no", "yes", "yes"))
    asked(by_request[1])
    asked(adult[1])
    asked(draft[1], state="draft")
    asked(over[1])
    with acting_as(reader):
        inbox.declare(reader, by_alert[0].pk, what="acting", words="Nous agissons.")
    with acting_as(sender):
        move_case(sender, over[1].pk, "close", reason="transfer")
    with as_role("nrm_owner"):
        Event.objects.filter(kind="case_addition").delete()
    assert Hand(near).post("desk-change", batch, act="withdraw").status_code == 302
    with as_role("nrm_owner"):
        told = set(Event.objects.filter(kind="case_addition").values_list("subject_id", flat=True))
    assert told == {by_request[1].pk, by_alert[1].pk}
    assert only_told[1].pk not in told


def test_power_that_was_given_is_ended_by_nobody(two):
    shelter = f.shelter(max_level=1)
    with acting_as(two[0]):
        batch = powers.ask(two[0], shelter.pk, [("level", "2")])
    assert Hand(two[1]).post("desk-change", batch, act="agree").status_code == 302
    for one in two:
        assert Hand(one).post("desk-change", batch, act="withdraw").status_code == 409
    assert Agency.objects.get(pk=shelter.pk).max_level == 2


def of_the_pack(two, service) -> None:
    """Write the line of the pack that names the service a préfecture."""
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=service.pk).update(profile_id="prefecture")


def given_as_prefecture(two, service) -> None:
    given(two, service, "prefecture")


@pytest.mark.parametrize("known", [given_as_prefecture, of_the_pack])
def test_request_by_an_agreement_by_kind_goes_back_once_its_addressee_is_known_as_a_prefecture(two, known):
    """It could not be accepted any more, and whoever sent it waited for nothing."""
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    sender = f.member(f.shelter())
    alert = f.sent_alert(nurse, desks=[sender.agency_id])
    case, service = f.case(sender, alert=alert), f.agency(Kind.INTERIOR)
    reader = f.member(service)
    by_kind = f.consent(sender, case, kinds=[Kind.INTERIOR], agencies=[], purpose="share_police")
    by_name = f.consent(sender, case, agencies=[service.pk])
    sent = {
        name: f.orientation(sender, case, service, consent=k, exclusive=False)
        for name, k in (("kind", by_kind), ("name", by_name))
    }
    taken = f.orientation(sender, case, service, state="accepted", answerer=reader, consent=by_kind, exclusive=False)
    known(two, service)
    fan_out()
    with as_role("nrm_owner"):
        for one in (*sent.values(), taken):
            one.refresh_from_db()
        told = Notice.objects.filter(kind="orientation_withdrawn", channel="app").values_list("membership", flat=True)
        assert sender.pk in told and reader.pk in told
    assert [sent["kind"].state, sent["name"].state, taken.state] == ["withdrawn", "sent", "accepted"]
    with acting_as(reader):
        orientations.accept_orientation(reader, sent["name"].pk)
