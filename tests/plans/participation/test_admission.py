"""An organisation is admitted by two persons of the coordination, starts at the lowest, and is then its own."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Directory, Kind, Level, Membership, Role
from foundation.actor import acting_as
from indicators.loading import directory as pack_directory
from journal.models import Entry
from plans.models import Admission, Mandate
from plans.participation.operations import admissions as acts
from tests import factories as f
from tests.plans import people
from tests.referral.organisations.test_accounts import NEW, activate, can_sign_in
from tests.referral.organisations.test_members import LATE, NOWHERE, REFUSED, code_on, refusal
from tests.referral.pages import text

pytestmark = pytest.mark.django_db
DECIDE = "SELECT nrm.decide_admission(%s, %s, %s)"
FIRST = "SELECT nrm.first_code(%s, repeat('0', 64))"


@pytest.fixture(autouse=True)
def _no_tries_counted():
    cache.clear()


class Coordination:
    """Two persons of the body that holds the mandate, each with a browser."""

    def __init__(self):
        self.one = people.coordination()
        self.two = f.member(self.one.agency, Role.POLICY)

    @staticmethod
    def browser(member) -> Client:
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def post(self, member, route, *args, **data):
        address = reverse(f"plans:{route}", args=args)
        return self.browser(member).post(address, {"_membership": member.pk, **data})

    def get(self, member, route, *args):
        return self.browser(member).get(reverse(f"plans:{route}", args=args))

    def propose(self, **typed):
        f.service("detection")
        data = {"kind": "union", "name": "Union locale des essais (fictive)", "acronym": "ULE", "territory": "75",
                "services": ["detection"], "website": "https://exemple.invalid/", "first_name": "Première Démo",
                "first_email": "premiere@exemple.invalid"}  # fmt: skip
        return self.post(self.one, "admission-new", **{**data, **typed})


@pytest.fixture
def unit() -> Coordination:
    f.territory()
    return Coordination()


@pytest.fixture
def proposed(unit) -> Admission:
    assert unit.propose().status_code == 302
    with acting_as(unit.one):
        return Admission.objects.get()


def test_a_second_person_admits_and_the_first_administrator_comes_in(unit, proposed):
    assert "une seconde personne" in text(unit.get(unit.one, "admission", proposed.pk))
    assert unit.post(unit.one, "admission", proposed.pk, act="admit").status_code == 403  # never by oneself
    assert unit.post(unit.two, "admission", proposed.pk, act="admit").status_code == 302
    made = Agency.objects.get(name=proposed.name)
    assert (made.max_level, made.may_hold, made.supports_people, made.mandate) == (Level.STATUS, 0, False, "")
    assert (made.desk.receives_alerts, made.desk.receives_orientations) == (False, False)
    assert made.group.name == f"agency:{made.code}" and made.memberships.filter(kind="system").count() == 1
    first = made.memberships.get(kind="person")
    assert sorted(first.roles) == ["agency_admin", "policy"]
    assert "ULE" in text(Client().get("/annuaire/?q=essais"))
    code = code_on(unit.post(unit.two, "admission-code", proposed.pk))
    assert activate(email=first.user.email, code=code).status_code == 302 and can_sign_in(first, NEW)
    assert unit.post(unit.two, "admission-code", proposed.pk).status_code == 409  # the organisation is its own now
    with acting_as(unit.two):
        kept = Admission.objects.get()
        assert (kept.state, kept.first_name, kept.first_email) == ("admitted", "", "")
        assert set(Entry.objects.values_list("action", flat=True)) >= {"admission.admit", "member.code"}


def test_a_refusal_says_why_and_the_proposer_alone_takes_back(unit, proposed):
    unexplained = unit.post(unit.two, "admission", proposed.pk, act="refuse", reason="")
    assert unexplained.status_code == 200 and "Dites pourquoi" in text(unexplained)
    assert unit.post(unit.two, "admission", proposed.pk, act="withdraw").status_code == 403
    assert unit.post(unit.two, "admission", proposed.pk, act="refuse", reason="Inconnue.").status_code == 302
    assert "Inconnue." in text(unit.get(unit.one, "admission", proposed.pk))
    assert unit.post(unit.two, "admission", proposed.pk, act="admit").status_code == 409
    assert unit.propose().status_code == 302  # the same may be proposed again
    again = reverse("plans:admission-list")
    with acting_as(unit.one):
        second = Admission.objects.get(state="proposed")
    assert unit.post(unit.one, "admission", second.pk, act="withdraw").status_code == 302
    assert "Retiré" in text(unit.browser(unit.one).get(again))
    assert not Agency.objects.filter(name=second.name).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Écrivez le nom"),
        ({"kind": "invented"}, "Choisissez parmi les types"),
        ({"services": ["investigation"]}, "La loi le confie à une autorité"),
        ({"services": ["invented"]}, "Choisissez parmi les services"),
        ({"profile": "miprof"}, "Choisissez une ligne"),
        ({"first_email": "rien"}, "Écrivez une adresse électronique entière"),
        ({"website": "pas une adresse"}, "https://"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(unit, typed, said):
    f.service("investigation")
    answer = unit.propose(**typed)
    assert answer.status_code == 200 and said in text(answer) and 'value="Première Démo"' in text(answer)
    with acting_as(unit.one):
        assert not Admission.objects.exists()


def test_a_name_and_an_address_serve_once(unit, proposed):
    other = f.member(f.agency(name="Association déjà là (fictive)"))
    assert "attend déjà" in text(unit.propose())
    assert "participe déjà" in text(unit.propose(name="association DÉJÀ là (fictive)"))
    assert "a déjà un compte" in text(unit.propose(name="Autre", first_email=other.user.email))
    assert "Une autre proposition" in text(unit.propose(name="Autre", first_email="PREMIERE@exemple.invalid"))


def test_a_line_of_the_directory_is_taken_once(unit):
    line = acts.free_lines().filter(kind=Kind.NGO).first()
    assert "choisissez sa ligne" in text(unit.propose(kind="ngo", name=line.name))
    assert "d'un autre type" in text(unit.propose(kind="union", name=line.name, profile=line.pk))
    assert unit.propose(kind="ngo", name=line.name, profile=line.pk).status_code == 302
    with acting_as(unit.two):
        waits = Admission.objects.get()
    assert unit.post(unit.two, "admission", waits.pk, act="admit").status_code == 302
    assert Agency.objects.get(name=line.name).profile_id == line.pk
    assert Directory.objects.filter(name=line.name).count() == 1
    assert line.pk not in acts.free_lines().values_list("pk", flat=True)


def _admitted(unit, **typed) -> Agency:
    assert unit.propose(**typed).status_code == 302
    with acting_as(unit.two):
        waits = Admission.objects.get(state="proposed")
    assert unit.post(unit.two, "admission", waits.pk, act="admit").status_code == 302
    return Agency.objects.get(name=typed["name"])


def test_two_brigades_of_one_type_are_admitted_and_speak_for_no_body(unit):
    f.service("investigation")
    brigade = {"kind": "interior", "profile": "gendarmerie", "services": ["investigation"]}
    one = _admitted(unit, name="Brigade de Valmont (fictive)", **brigade)
    two = _admitted(
        unit, name="Brigade de Corlay (fictive)", first_email="autre@exemple.invalid", acronym="", **brigade
    )
    assert one.profile_id == two.profile_id == "gendarmerie" and one.max_level == two.max_level == Level.STATUS
    assert not (one.desk.receives_alerts or one.desk.receives_orientations)
    assert [list(x.memberships.get(kind="person").roles) for x in (one, two)] == [["agency_admin"]] * 2


def test_a_body_of_the_state_is_admitted_under_its_line_once(unit):
    made = _admitted(unit, kind="asylum", name="Office, mission vulnérabilités (fictive)", profile="ofpra", services=[])
    assert made.profile_id == "ofpra" and set(made.memberships.get(kind="person").roles) == {"agency_admin", "policy"}
    again = unit.propose(kind="asylum", name="Autre (fictive)", profile="ofpra", first_email="autre@exemple.invalid")
    assert again.status_code == 200 and "Choisissez une ligne" in text(again)


def test_the_database_keeps_the_four_eyes(unit, proposed):
    stranger, worker = people.cncdh(), f.member(f.coordination(), Role.COORDINATOR)
    admit = (DECIDE, proposed.pk, "admit", "")
    assert refusal(unit.two, *admit) is None
    assert refusal(unit.one, *admit) == REFUSED
    assert refusal(unit.one, DECIDE, proposed.pk, "refuse", "x") == REFUSED
    assert refusal(unit.two, DECIDE, proposed.pk, "refuse", " ") == REFUSED
    assert refusal(unit.two, DECIDE, proposed.pk, "withdraw", "") == REFUSED
    assert refusal(unit.one, DECIDE, proposed.pk, "withdraw", "") is None
    assert refusal(unit.two, DECIDE, proposed.pk, "publish", "") == REFUSED
    assert refusal(unit.two, DECIDE, proposed.pk, None, "") == REFUSED
    assert refusal(unit.two, DECIDE, "00000000-0000-0000-0000-000000000007", "admit", "") == NOWHERE
    assert refusal(unit.two, FIRST, proposed.pk) == LATE  # nobody to tell a code to yet
    for other in (stranger, worker):  # who evaluates; who coordinates a territory, without the mandate
        assert refusal(other, *admit) == REFUSED
        assert refusal(other, FIRST, proposed.pk) == REFUSED
        with acting_as(other):
            assert not Admission.objects.exists()
    # the same person under another hat is not a second person
    twice = f.member(f.agency(Kind.COORDINATION, desk=False, profile_id="miprof"), Role.POLICY, user=unit.one.user)
    assert refusal(twice, *admit) == REFUSED
    with f.as_role("nrm_owner"):
        Mandate.objects.live().update(end="2001-01-01", start="2000-01-01")
    assert refusal(unit.two, *admit) == REFUSED  # the mandate passed on


def test_a_proposal_is_written_in_ones_own_name_and_never_settled_by_hand(unit, proposed):
    add = (
        "INSERT INTO plans_admission (id, at, agency_id, by_id, state, code, name, acronym, kind, services, website,"
        " first_name, first_email, reason) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, 'X', '', %s, %s, '', '',"
        " '', '')"
    )
    mine = [unit.one.agency_id, unit.one.pk, "proposed", "x", "ngo", "{}"]
    assert refusal(unit.one, add, *mine) is None
    for place, other in ((1, unit.two.pk), (2, "admitted"), (5, "{investigation}")):
        wrong = [*mine[:place], other, *mine[place + 1 :]]
        assert refusal(unit.one, add, *wrong) in (REFUSED, "23514"), other
    assert refusal(unit.two, "UPDATE plans_admission SET state = 'admitted'") == REFUSED
    assert refusal(unit.two, "DELETE FROM plans_admission") == REFUSED
    assert refusal(unit.two, "SELECT nrm.admit(a) FROM plans_admission a") == REFUSED


def test_the_pack_leaves_the_lines_of_those_admitted(unit, proposed):
    with acting_as(unit.two):
        acts.decide(unit.two, proposed.pk, "admit")
    with f.as_role("nrm_owner"), connection.cursor():
        pack_directory._store_competences(set(), "default")
    line = Directory.objects.get(provenance=Directory.ADMITTED)
    assert [service.pk for service in line.services.all()] == ["detection"]
    assert Membership.objects.filter(agency__profile=line, kind="person").count() == 1
