"""Acts on an agency's own desk, members and accounts, and on who joins the platform."""

from datetime import date, time, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Desk, DeskChange, MemberChange, Membership, Role, User
from foundation.actor import acting_as
from notifications.models import Installation
from notifications.operations.events import choose_mails
from plans.participation.operations import admissions
from referral.charter import operations as charter
from referral.erasure.documents import append
from referral.models import digest_of
from referral.organisations.operations import (
    accounts,
    arrivals,
    coverage,
    duty,
    founding,
    members,
    organisation,
    powers,
    unused,
)
from referral.organisations.rules import answers_of
from referral.survey.operations import answers
from tests import factories as f
from tests.guarantees.acts import (
    Done,
    act,
    factors,  # noqa: F401 - their scenarios
    prepared,
    programs,  # noqa: F401 - their scenarios
    sessions,  # noqa: F401 - their scenarios
)
from tests.plans import people
from tests.referral.organisations.set_up import SET_UP
from tests.referral.organisations.test_accounts import activate, give_code
from tests.roles import as_role

from .house import do

UNION = {
    "kind": "union", "name": "Union locale des essais (fictive)", "acronym": "ULE", "profile": None,
    "services": ["detection"],
    "website": "https://exemple.invalid/", "first_name": "Première Démo", "first_email": "premiere@exemple.invalid",
}  # fmt: skip

STANDS = {"takes_adults": True, "takes_minors": True, "forms": [], "languages": [], "phone": "01 99 00 00 07"}


@act("desk.places")
def declare_places(w):
    return Done(w.lead, do(w.lead, organisation.declare_places, 3))


@act("desk.edit")
def edit_desk(w):
    do(w.admin, organisation.keep_desk, services=[f.service()], territories=[f.territory()], second=None, **STANDS)
    return Done(w.admin, w.home.desk)


def _asked(w, second=None):
    """Ask for the département of the Bouches-du-Rhône, or for a stand-in; return what was asked together."""
    with as_role("nrm_owner"):
        services = list(w.home.desk.services.all())
        places = list(w.home.desk.territories.all())
    wanted = places if second else [*places, f.territory("13")]
    do(w.admin, organisation.keep_desk, services=services, territories=wanted, second=second, **STANDS)
    with acting_as(w.admin):
        change = DeskChange.objects.get(state="waiting")
    prepared()
    return change, f.member(change.unit, Role.COORDINATOR)


@act("desk.agree", tells="desk_decided")
def agree_to_a_place(w):
    change, unit = _asked(w)
    do(unit, coverage.decide, change.batch, "agree")
    return Done(unit, w.home.desk)


@act("desk.refuse", tells="desk_decided")
def refuse_a_place(w):
    change, unit = _asked(w)
    do(unit, coverage.decide, change.batch, "refuse", "Trop loin.")
    return Done(unit, w.home.desk)


@act("desk.withdraw", tells="desk_decided")
def take_a_place_back(w):
    change, _unit = _asked(w)
    do(w.admin, coverage.decide, change.batch, "withdraw")
    return Done(w.admin, w.home.desk)


@act("desk.take", tells="desk_asked")
def stand_in(w):
    change, _unit = _asked(w, w.second.agency.desk)
    boss = f.member(w.second.agency, Role.AGENCY_ADMIN)
    do(boss, coverage.decide, change.batch, "take")
    return Done(boss, w.home.desk)


def _powers(w):
    """A coordinator of the national coordination asks that the school may be given summaries."""
    two = f.member(w.national.agency, Role.COORDINATOR)
    with as_role("nrm_owner"):
        school = f.agency(max_level=1)
    prepared()
    return two, school, do(w.national, powers.ask, school.pk, [("level", "2")])


@act("powers.ask", tells="desk_asked")
def ask_for_powers(w):
    _two, school, _batch = _powers(w)
    return Done(w.national, school)


@act("desk.agree", tells="desk_decided")
def agree_to_powers(w):
    two, school, batch = _powers(w)
    prepared()
    do(two, coverage.decide, batch, "agree")
    return Done(two, school.desk)


@act("desk.edit", tells="desk_asked stand_in_asked")
def ask_for_more(w):
    more = {
        "services": [f.service()],
        "territories": [f.territory(), f.territory("13")],
        "second": w.second.agency.desk,
    }
    do(w.admin, organisation.keep_desk, **more, **STANDS)
    return Done(w.admin, w.home.desk)


@act("desk.hours")
def set_hours(w):
    do(w.admin, duty.set_hours, [(0, time(9), time(17))])
    return Done(w.admin, w.home)


@act("desk.duty")
def set_duty_list(w):
    do(w.admin, duty.set_duty_list, {w.lead.pk: ""})
    return Done(w.admin, w.home)


@act("survey.handed_over")
def hand_survey_over(w):
    last = timezone.localdate().year - 1
    with time_machine.travel(date(last + 1, 3, 1)):
        return Done(w.lead, do(w.lead, answers.hand_over, last))


@act("notice.preferences")
def choose_notices(w):
    do(w.lead, choose_mails, {"alert_sent"}, set())
    return Done(w.lead, w.lead)


# -- members and accounts ---------------------------------------------------------------------------------------------
@act("member.invite", tells="member_changed member_waiting")
def invite(w):
    who = {"email": "recrue@exemple.invalid", "full_name": "Recrue Démo", "title": "Accueil"}
    return Done(w.admin, do(w.admin, members.invite, roles=[Role.CASE_WORKER], **who))


@act("member.change", tells="member_changed")
def change(w):
    do(w.admin, members.change, w.mate.pk, title="Accueil", roles=[Role.FRONTLINE])
    return Done(w.admin, w.mate)


@act("member.code", tells="account_code member_code")
def new_code(w):
    do(w.admin, members.new_code, w.mate.pk)
    return Done(w.admin, w.mate)


def _waiting(w):
    """A member invited as one who works on cases: the roles wait for the second person."""
    who = {"email": "recrue@exemple.invalid", "full_name": "Recrue Démo", "title": "Accueil"}
    made = do(w.admin, members.invite, roles=[Role.CASE_WORKER], **who)
    with acting_as(w.admin):
        change = made.changes.get().pk
    prepared()
    return made, change


@act("member.agree", tells="member_decided")
def agree_to_roles(w):
    made, change = _waiting(w)
    do(w.lead, arrivals.decide, change, "agree")
    return Done(w.lead, made)


@act("member.refuse", tells="member_decided")
def refuse_roles(w):
    made, change = _waiting(w)
    do(w.lead, arrivals.decide, change, "refuse", "Inconnue.")
    return Done(w.lead, made)


@act("member.withdraw", tells="member_decided")
def take_roles_back(w):
    made, change = _waiting(w)
    do(w.admin, arrivals.decide, change, "withdraw")
    return Done(w.admin, made)


def _unseen(w):
    """Ask that a member who arrived after the only one who saw a case take it over."""
    case = f.own_case(w.mate)
    with as_role("nrm_owner"):
        Membership.objects.filter(agency=w.home).exclude(pk=w.mate.pk).update(cases_from=timezone.now())
    new = f.member(w.home, cases_from=timezone.now())
    do(w.admin, members.switch_off, w.mate.pk)
    return case, new


@act("member.files", tells="member_changed member_waiting")
def ask_that_cases_be_taken_over(w):
    _, new = _unseen(w)
    prepared()
    do(w.admin, members.ask_files, new.pk)
    return Done(w.admin, new)


@act("member.take_over", tells="member_decided")
def give_cases_that_nobody_saw(w):
    _, new = _unseen(w)
    do(w.admin, members.ask_files, new.pk)
    with acting_as(w.admin):
        change = new.changes.get(state="waiting").pk
    prepared()
    do(w.lead, arrivals.decide, change, "agree")
    return Done(w.lead, new)


@act("member.off", tells="member_changed")
def switch_off(w):
    do(w.admin, members.switch_off, w.mate.pk)
    return Done(w.admin, w.mate)


def _unused(w) -> None:
    """The account of a mate has not been used for 500 days, and its colleague's is."""
    at = timezone.now() - timedelta(days=500)
    with as_role("nrm_owner"):
        User.objects.filter(pk=w.mate.user_id).update(date_joined=at, last_login=at)
        User.objects.filter(pk=w.lead.user_id).update(last_login=timezone.now())
        Membership.objects.filter(pk=w.mate.pk).update(created_at=at)


@act("member.unused", tells="member_changed")
def switched_off_since_nobody_used_it(w):
    _unused(w)
    with as_role("nrm_owner"):
        system = Membership.objects.select_related("agency").get(agency=w.home, kind="system")
        for days in (40, 10):
            of = {"agency": w.home, "membership": w.mate, "by": system, "act": "unused", "state": "told"}
            MemberChange.objects.create(at=timezone.now() - timedelta(days=days), **of)
    prepared()
    with as_role("nrm_worker"):
        unused.close_unused()
    return Done(system, w.mate)


@act("account.forget")
def forgotten(w):
    _unused(w)
    with as_role("nrm_owner"):
        at = timezone.now() - timedelta(days=1900)
        User.objects.filter(pk=w.mate.user_id).update(date_joined=at, last_login=at)
        Membership.objects.filter(pk=w.mate.pk).update(created_at=at, active=False)
    prepared()
    with as_role("nrm_worker"):
        unused.forget_accounts()
    return Done(None, w.mate)


@act("member.heir", tells="member_changed")
def switch_off_with_an_heir(w):
    heir = f.member(w.home)
    prepared()
    do(w.admin, members.switch_off, w.mate.pk, heir)
    return Done(w.admin, heir)


@act("member.on", tells="member_changed member_waiting")
def switch_on(w):
    do(w.admin, members.switch_off, w.mate.pk)
    prepared()
    do(w.admin, members.switch_on, w.mate.pk)
    return Done(w.admin, w.mate)


@act("account.activate", tells="account_changed")
def activate_account(w):
    """By whoever knows the code: nobody is signed in yet."""
    give_code(w.mate)
    prepared()
    activate(email=w.mate.user.email)
    return Done(None, w.mate.user)


@act("account.locked", tells="account_locked member_locked")
def wrong_passwords(w):
    """By whoever types them; the seventh tells nothing more."""
    for _try in range(7):
        Client().post(reverse("login"), {"username": w.mate.user.email, "password": "faux"})
    return Done(None, w.mate.user)


@act("account.charter")
def accept_the_charter(w):
    with acting_as(w.mate):
        w.mate.user.charter = "0"
        charter.accept(w.mate.user)
    return Done(w.mate, w.mate.user)


@act("account.password", tells="account_changed")
def change_password(w):
    do(w.mate, accounts.change_password, "trois girafes sous la pluie")
    return Done(w.mate, w.mate.user)


@act("account.code")
def print_code(w):
    """By those who run the platform, on the owner's own connection."""
    person = User.objects.db_manager("owner").create_user("auditeur@exemple.invalid", full_name="Audit Démo")
    call_command("account_code", person.email)
    return Done(None, person)


@act("erasures.replay")
def replay(w):
    key = override_settings(JOURNAL_KEY="a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE=")
    with TemporaryDirectory() as folder, as_role("nrm_owner"), key:
        append(Path(folder), [{"digest": digest_of(w.case.pk)}])
        call_command("replay_erasures", folder=Path(folder), database="default", stdout=StringIO())
    return Done(None, None, w.case)


@act("sending.hold")
def hold_back(w):
    call_command("fence", "--hold", stdout=StringIO())
    return Done(None, Installation.objects.get())


@act("sending.lift")
def lift_the_fence(w):
    call_command("fence", "--hold", stdout=StringIO())
    call_command("fence", "--lift", "--no-register", stdout=StringIO())
    return Done(None, Installation.objects.get())


def _set_up():
    """Set the platform up on the owner's own connection, where nobody takes part."""
    for rows in (Membership, Desk, Agency, User, Group):
        rows.objects.using("owner").all().delete()
    prepared()
    founding.found(answers_of(SET_UP), codes=False)


@act("setup.agency")
def make_the_first_agencies(w):
    _set_up()
    made = list(Agency.objects.using("owner").all())
    assert len(made) == 3
    return [Done(None, one) for one in made]


@act("setup.member")
def name_the_first_members(w):
    _set_up()
    made = list(Membership.objects.using("owner").filter(kind="person"))
    assert len(made) == 4
    return [Done(None, one) for one in made]


# -- who joins --------------------------------------------------------------------------------------------------------
def proposed():
    """A proposal of one person of the coordination, and the second person who decides."""
    one = people.coordination()
    f.service("detection")
    return one, f.member(one.agency, Role.POLICY), do(one, admissions.propose, territory=f.territory(), **UNION)


@act("admission.propose")
def propose(w):
    one, _two, made = proposed()
    return Done(one, made)


@act("admission.admit")
def admit(w):
    _one, two, made = proposed()
    do(two, admissions.decide, made.pk, "admit")
    return Done(two, made)


@act("admission.refuse")
def refuse(w):
    _one, two, made = proposed()
    do(two, admissions.decide, made.pk, "refuse", reason="Inconnue.")
    return Done(two, made)


@act("admission.withdraw")
def withdraw(w):
    one, _two, made = proposed()
    do(one, admissions.decide, made.pk, "withdraw")
    return Done(one, made)


@act("member.code")
def first_code(w):
    _one, two, made = proposed()
    do(two, admissions.decide, made.pk, "admit")
    prepared()
    do(two, admissions.first_code, made.pk)
    with as_role("nrm_owner"):
        first = Agency.objects.get(name=UNION["name"]).memberships.get(kind="person")
    return Done(two, first)
