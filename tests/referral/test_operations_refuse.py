"""What a form does not offer, its operation refuses: whom, which service, which agreement and which case may be named.

Each line calls the operation without its form, with something the form would not show.
"""

from copy import deepcopy
from datetime import date, time

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Category, Desk, Kind, Membership, Role, Service
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.tables.reading import read
from foundation.workflow import NotAllowed, WrongState
from referral.alerts.operations import additions, alerts
from referral.closing import operations as closing
from referral.imports import operations as imports
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations import charge
from referral.models import AlertDesk, Orientation
from referral.organisations.operations import duty, members, organisation
from referral.orientations.operations import orientations, rerouting
from referral.orientations.operations.coverage import Uncovered
from referral.relocation import operations as relocation
from referral.situations.operations import opening, situations, split
from tests import factories as f
from tests.roles import as_role
from victims.access.operations.assignment import assign_member
from victims.consents import operations as consents
from victims.identity.operations import enter_identity
from victims.links.operations import cases as cases_operations
from victims.models import Case
from victims.needs import operations as needs
from victims.path import operations as path
from victims.statements import operations as statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """A shelter that leads a case, with its administrator and a frontline colleague; another shelter with a case of its
    own; a coordination unit; services of every sort beside."""
    f.national()
    home, other, unit = f.shelter(entitlements=["presumed"]), f.shelter(), f.coordination()
    found = {"lead": f.member(home), "admin": f.member(home, Role.AGENCY_ADMIN), "colleague": f.member(home)}
    found |= {"frontline": f.member(home, Role.FRONTLINE), "program": f.program(home)}
    found |= {"other": f.member(other), "coord": f.member(unit, Role.COORDINATOR)}
    found["nurse"] = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    found |= {"case": f.own_case(found["lead"]), "second": f.own_case(found["lead"])}
    found["foreign"] = f.own_case(found["other"])
    found |= {"closed": f.agency(desk=False), "embassy": f.agency(Kind.FOREIGN_AFFAIRS)}
    found["consulate"] = f.agency(services=("consular_protection",))
    return found


def as_lead(p, operation, *args, **fields):
    with acting_as(p["lead"]):
        return operation(p["lead"], *args, **fields)


# -- colleagues -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["other", "frontline", "program"])
def test_a_case_is_assigned_to_colleagues_who_work_on_cases(p, name):
    as_lead(p, assign_member, p["case"].pk, p["colleague"])
    with pytest.raises(NotAllowed):
        as_lead(p, assign_member, p["case"].pk, p[name])


def test_a_case_is_not_assigned_to_who_has_left(p):
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=p["colleague"].pk).update(active=False)
    with pytest.raises(NotAllowed):
        as_lead(p, assign_member, p["case"].pk, p["colleague"])


@pytest.mark.parametrize("name", ["other", "frontline", "program"])
def test_a_desk_row_is_given_to_colleagues_who_work_on_cases(p, name):
    alert = f.sent_alert(p["nurse"], desks=[p["lead"].agency_id])
    as_lead(p, charge.assign_desk, "alert", alert.pk, p["colleague"])
    with pytest.raises(NotAllowed):
        as_lead(p, charge.assign_desk, "alert", alert.pk, p[name])


@pytest.mark.parametrize("name", ["other", "frontline", "program"])
def test_duty_calls_members_who_see_alerts(p, name):
    with acting_as(p["admin"]) as admin:
        duty.set_duty_list(admin, {p["colleague"].pk: ""})
        with pytest.raises(NotAllowed):
            duty.set_duty_list(admin, {p[name].pk: ""})


@pytest.mark.parametrize("name", ["other", "frontline", "admin"])
def test_cases_are_left_to_a_colleague_who_works_on_cases(p, name):
    with acting_as(p["admin"]) as admin, pytest.raises(NotAllowed):
        members.switch_off(admin, p["lead"].pk, p[name])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.PLATFORM_ADMIN])
def test_an_administrator_gives_the_roles_of_its_agency(p, role):
    said = {"email": "n@exemple.invalid", "full_name": "N", "title": "", "roles": [role]}
    with acting_as(p["admin"]) as admin:
        with pytest.raises(NotAllowed):
            members.invite(admin, **said)
        with pytest.raises(NotAllowed):
            members.change(admin, p["colleague"].pk, title="", roles=[role])


# -- services ---------------------------------------------------------------------------------------------------------
def drafted(p, addressee, **fields):
    said = {"service": f.service(), "legal_ground": "vital_danger", "legal_reason": "Une raison assez longue ici"}
    return as_lead(p, orientations.draft_orientation, p["case"], addressee=addressee, **{**said, **fields})


@pytest.mark.parametrize("name", ["closed", "inactive"])
def test_a_request_goes_to_a_service_that_receives_some(p, name):
    p["inactive"] = f.shelter(active=False)
    drafted(p, p["other"].agency)
    with pytest.raises(Uncovered):
        drafted(p, p[name])


def test_a_draft_is_not_sent_to_a_service_that_stopped_receiving(p):
    draft = drafted(p, p["other"].agency)
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=p["other"].agency_id).update(receives_orientations=False)
    with pytest.raises(Uncovered):
        as_lead(p, orientations.send_orientation, draft.pk)


@pytest.mark.parametrize("name", ["embassy", "consulate"])
def test_an_employer_with_immunity_is_not_told_of_by_a_request(p, name):
    """Its State's embassy and consulates are its allies: neither a page nor a program sends them the case."""
    draft = drafted(p, p[name])
    with as_role("nrm_owner"):
        Case.objects.filter(pk=p["case"].pk).update(employer_immunity=True)
    with pytest.raises(Uncovered):
        as_lead(p, orientations.send_orientation, draft.pk)
    p["case"].employer_immunity = True
    with pytest.raises(Uncovered):
        drafted(p, p[name])


def test_a_refused_request_is_not_asked_again_of_an_embassy(p):
    """What a program does at /orientations/{id}/reroute, where any service that receives requests may be named."""
    ground = {"legal_ground": "vital_danger", "consent": None}
    refused = f.orientation(p["lead"], p["case"], p["other"].agency, state="declined", answerer=p["other"], **ground)
    with as_role("nrm_owner"):
        Case.objects.filter(pk=p["case"].pk).update(employer_immunity=True)
    with pytest.raises(Uncovered):
        as_lead(p, rerouting.reroute_orientation, refused.pk, p["embassy"])
    as_lead(p, rerouting.reroute_orientation, refused.pk, p["coord"].agency)


@pytest.mark.parametrize("name", ["closed", "lead", "other"])
def test_a_refusal_suggests_a_third_service_that_receives_requests(p, name):
    sent = f.orientation(p["lead"], p["case"], p["other"].agency)
    suggested = {**p, "lead": p["lead"].agency, "other": p["other"].agency}[name]
    with acting_as(p["other"]) as actor:
        with pytest.raises(NotAllowed):
            orientations.decline_orientation(actor, sent.pk, reason="no_place", suggestion=suggested)
        orientations.decline_orientation(actor, sent.pk, reason="no_place", suggestion=p["embassy"])


@pytest.mark.parametrize("name", ["closed", "lead"])
def test_an_alert_is_sent_on_to_another_desk_that_receives_alerts(p, name):
    alert = f.sent_alert(p["nurse"], desks=[p["lead"].agency_id])
    target = {**p, "lead": p["lead"].agency}[name]
    with pytest.raises(NotAllowed):
        as_lead(p, alerts_operations.redirect_alert, alert.pk, [target.pk], reason="not_ours")


def test_an_alert_goes_to_the_desks_its_answers_allow(p):
    """A desk named in the answers that page 3 would not show is not told."""
    alert = f.sent_alert(p["nurse"], desks=[p["closed"].pk, p["other"].agency_id])
    with as_role("nrm_owner"):
        told = set(alert.desks.values_list("agency", flat=True))
    assert told == {p["other"].agency_id, p["coord"].agency_id}


def test_a_second_desk_receives_alerts(p):
    fields = {"takes_adults": True, "takes_minors": True, "forms": [], "languages": [], "phone": ""}
    with acting_as(p["admin"]) as admin:
        mine = {"services": [f.service()], "territories": list(admin.agency.desk.territories.all()), **fields}
        organisation.keep_desk(admin, second=p["other"].agency.desk, **mine)
        with as_role("nrm_owner"):
            Desk.objects.filter(pk=p["other"].agency_id).update(receives_alerts=False)
        for second in (p["other"].agency.desk, admin.agency.desk):
            with pytest.raises(NotAllowed):
                organisation.keep_desk(admin, second=second, **mine)
        with pytest.raises(NotAllowed):
            organisation.keep_desk(admin, second=None, **{**mine, "services": [f.service("investigation")]})


@pytest.mark.parametrize("name", ["other", "closed"])
def test_something_to_do_is_given_to_an_agency_that_sees_the_case(p, name):
    need = as_lead(p, needs.add_need, p["case"].pk, service=f.service(), priority="now")
    as_lead(p, needs.add_action, need.pk, text="x", agency=p["lead"].agency)
    with pytest.raises(NotAllowed):
        as_lead(p, needs.add_action, need.pk, text="x", agency=getattr(p[name], "agency", p[name]))


def test_the_words_of_a_need_take_its_category(p):
    with pytest.raises(NotAllowed):
        as_lead(p, needs.add_need, p["case"].pk, service=f.service("asylum"), priority="now", text="x")


# -- agreements -------------------------------------------------------------------------------------------------------
def test_an_agreement_names_services_that_receive_requests(p):
    f.consent(p["lead"], p["case"], agencies=[p["lead"].agency_id, p["other"].agency_id])
    with pytest.raises(NotAllowed):
        f.consent(p["lead"], p["case"], agencies=[p["other"].agency_id, p["closed"].pk])


@pytest.mark.parametrize("giver", ["parent", "ad_hoc_administrator"])
def test_an_adult_is_not_spoken_for(p, giver):
    with pytest.raises(consents.NotForThem):
        f.consent(p["lead"], p["case"], giver=giver)


def test_a_request_does_not_rest_on_the_agreement_of_another_person(p):
    agreed = f.consent(p["lead"], p["second"], agencies=[p["other"].agency_id])
    with pytest.raises(Uncovered):
        drafted(p, p["other"].agency, consent=agreed)
    draft = drafted(p, p["other"].agency)
    with as_role("nrm_owner"):
        Orientation.objects.filter(pk=draft.pk).update(consent=agreed, legal_ground="")
    with pytest.raises(Uncovered):
        as_lead(p, orientations.send_orientation, draft.pk)


def test_an_identity_does_not_rest_on_the_agreement_of_another_person(p):
    agreed = f.consent(p["lead"], p["second"], agencies=[p["lead"].agency_id], categories=int(Category.IDENTITY))
    with pytest.raises(WrongState):
        as_lead(p, enter_identity, p["case"].pk, consent=agreed, data={"family_name": "x"})


@pytest.mark.parametrize("agreement", ["no", "not_asked"])
def test_without_the_persons_yes_no_contact_leaves(p, agreement):
    contact = {"channel": "sms", "value": "MARQUE"}
    sent = f.sent_alert(p["nurse"], contact=contact, agreement=agreement)
    kept = f.sent_alert(p["nurse"], contact=contact, agreement="yes", recipients=["association", "contact"])
    with acting_as(p["nurse"]):
        assert not hasattr(type(sent).objects.get(pk=sent.pk), "contact")
        assert type(kept).objects.get(pk=kept.pk).contact


def test_a_company_sends_no_contact(p):
    hotel = f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE)
    contact = {"channel": "sms", "value": "MARQUE"}
    sent = f.sent_alert(hotel, contact=contact, agreement="yes", recipients=["association", "contact"])
    with acting_as(hotel):
        assert not hasattr(type(sent).objects.get(pk=sent.pk), "contact")


# -- cases, alerts, places --------------------------------------------------------------------------------------------
def test_an_alert_joins_a_case_that_its_desk_leads(p):
    alert = f.sent_alert(p["nurse"], desks=[p["lead"].agency_id])
    with pytest.raises(NotFound):
        as_lead(p, alerts.join_case, alert.pk, p["foreign"])


def test_an_alert_joins_no_closed_case_and_waits_until_it_is_open_again(p, client):
    """What it tells would wait for nobody there: its page says so, and keeps what was written."""
    alert = f.sent_alert(p["nurse"], desks=[p["lead"].agency_id])
    case = f.own_case(p["lead"])
    as_lead(p, closing.move_case, case.pk, "close", reason="autonomy")
    with pytest.raises(WrongState):
        as_lead(p, alerts.join_case, alert.pk, case)
    client.force_login(p["lead"].user)
    written = {"_membership": p["lead"].pk, "reference": case.reference}
    page = client.post(reverse("referral:alert-join", args=[alert.pk]), written)
    assert f"Le dossier {case.reference} est clos" in page.text
    assert _taken_by(alert, p["lead"]) is None
    as_lead(p, closing.move_case, case.pk, "reopen")
    as_lead(p, alerts.join_case, alert.pk, case)
    assert _taken_by(alert, p["lead"]) == p["lead"].agency_id


def _taken_by(alert, member):
    with as_role("nrm_owner"):
        return AlertDesk.objects.get(alert=alert.pk, agency=member.agency_id).taken_by_id


def test_a_case_is_linked_to_one_that_is_seen(p):
    with pytest.raises(cases_operations.NoSuchCase):
        as_lead(p, cases_operations.link_cases, p["case"].pk, reference=p["foreign"].reference, sort="family")


def test_the_form_of_a_case_is_set_by_its_lead(p):
    reader = f.member(f.shelter())
    f.orientation(p["lead"], p["case"], reader.agency, state="accepted", answerer=reader, level=3)
    with acting_as(reader), pytest.raises(NotAllowed):
        path.write_episode(reader, p["case"].pk, data={"form": "unknown"}, main=True)


def test_a_body_states_what_it_may(p):
    said = {"stated_on": date(2026, 11, 2), "function": "x", "motives": "x"}
    as_lead(p, statements.make_statement, p["case"].pk, status="presumed", **said)
    with pytest.raises(NotAllowed):
        as_lead(p, statements.make_statement, p["case"].pk, status="recognised", **said)


def test_a_case_moves_to_a_departement_that_it_is_not_in(p):
    for territory in (f.territory("R11", "Île-de-France", sort="region"), f.territory()):
        with pytest.raises(WrongState):
            as_lead(p, relocation.move_case, p["case"].pk, territory)


def test_an_addition_is_its_authors(p):
    alert = f.sent_alert(p["nurse"], desks=[p["lead"].agency_id])
    with pytest.raises((NotFound, NotAllowed)):
        as_lead(p, additions.add_to_alert, alert.pk, "x")


ONE = [opening.Group("adult", "", 1)]


@pytest.fixture
def event(p):
    day = {"sort": "raid", "happened_on": timezone.localdate(), "territory": f.territory(), "form": "unknown"}
    with acting_as(p["coord"]) as coord:
        return situations.start_situation(coord, **day)


def test_an_event_groups_alerts_and_cases_that_its_unit_sees(p, event):
    unseen = f.sent_alert(p["lead"], recipients=[])
    with acting_as(p["coord"]) as coord:
        with pytest.raises(NotFound):
            situations.add_alert(coord, event.pk, unseen.pk)
        with pytest.raises(NotFound):
            situations.add_case(coord, event.pk, p["case"])


def test_signs_are_copied_from_alerts_of_the_event(p, event):
    seen = f.sent_alert(p["nurse"])
    with acting_as(p["coord"]) as coord, pytest.raises(WrongState):
        opening.open_persons(coord, event.pk, token=event.pk, groups=ONE, alerts=[seen.pk])


def test_a_person_of_an_event_is_asked_of_a_desk_that_takes_her(p, event):
    with acting_as(p["coord"]) as coord:
        opening.open_persons(coord, event.pk, token=event.pk, groups=ONE)
        case = Case.objects.visible_to(coord).latest("received_at")
        said = {"service": f.service(), "verb": "refer", "level": 2}
        for chosen in ({case.pk: p["closed"].pk}, {p["case"].pk: p["other"].agency_id}):
            with pytest.raises(WrongState):
                split.draft_all(coord, event.pk, chosen=chosen, **said)


def test_a_column_of_names_is_never_read(p):
    with acting_as(p["lead"]) as lead:
        made = imports.start_import(lead, read(b"reference;age;nom de famille\nA;majeur;X\n"))
        with pytest.raises(NotAllowed):
            imports.match_columns(lead, made.pk, {0: "reference", 1: "age_side", 2: "language"})
        imports.match_columns(lead, made.pk, {0: "reference", 1: "age_side"})


def test_hours_and_services_are_the_administrators(p):
    with pytest.raises(NotAllowed):
        as_lead(p, duty.set_hours, [(0, time(9), time(17))])
    fields = {"takes_adults": True, "takes_minors": True, "forms": [], "languages": [], "phone": "", "territories": []}
    with pytest.raises(NotAllowed):
        as_lead(p, organisation.keep_desk, services=Service.objects.none(), second=None, **fields)
