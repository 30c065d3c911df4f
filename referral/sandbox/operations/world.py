"""Make the fictitious world of test spaces: an organisation with its program, its neighbours, and what waits for it.

Everything is plainly fictitious: each name says it, addresses end in `.invalid`, telephone numbers are those that no
operator gives. Made by the real operations, so that it is what the platform would hold.
"""

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, ApiClient, Category, Desk, Kind, Level, Membership, Role, Scope, Service, User
from agencies.models import Territory as Place
from foundation.actor import acting_as
from referral.alerts.operations import alerts
from referral.inbox.operations.alerts import open_alert
from referral.orientations.operations import orientations
from referral.sandbox.rules import TEMPLATE_CLIENT
from victims.consents import operations as consents
from victims.needs import operations as needs

VERSION = "1"  # of what follows: another one makes test spaces anew
OWNER = "owner"
NONE = "!"  # no secret, as nrm.make_program writes it
PERSON = Category.IDENTITY | Category.CONTACT | Category.HEALTH
HOME, LAWYERS, SCHOOL, REGION, STATE = "essai-accueil", "essai-droit", "essai-ecole", "essai-region", "essai-nation"
SUPPORT = ("emergency_shelter", "safe_housing", "social_support")
ORGANISATIONS = (
    (STATE, "Coordination nationale (fictive)", Kind.COORDINATION, (), ("strategic_coordination",),
     {"mandate": Agency.Mandate.NATIONAL, "max_level": Level.SUMMARY}, {"receives_alerts": True, "nationwide": True}),
    (REGION, "Coordination de région (fictive)", Kind.COORDINATION, ("75", "93"), ("strategic_coordination",),
     {"mandate": Agency.Mandate.TERRITORIAL, "max_level": Level.SUMMARY}, {"receives_alerts": True}),
    (SCHOOL, "Collège des Essais (fictif)", Kind.EDUCATION, ("93",), ("detection",), {}, {}),
    (LAWYERS, "Association Droit d'essai (fictive)", Kind.NGO, ("75", "93"), ("legal_support", "residence_permit"),
     {"supports_people": True, "may_hold": Category.IDENTITY | Category.CONTACT | Category.RESIDENCE},
     {"receives_orientations": True}),
    (HOME, "Foyer d'essai (fictif) : le vôtre", Kind.NGO, ("75", "93"), SUPPORT,
     {"supports_people": True, "may_hold": PERSON},
     {"receives_alerts": True, "receives_orientations": True, "places": 4, "languages": ["fr", "en"]}),
)  # fmt: skip


def make() -> bool:
    """Make it once, as the owner; return whether it was not there."""
    if Agency.objects.using(OWNER).filter(code=HOME).exists():
        return False
    with transaction.atomic(using=OWNER):
        made = {agency.code: agency for agency in map(_organisation, ORGANISATIONS)}
        Desk.objects.using(OWNER).filter(agency__code=REGION).update(second=made[STATE].pk)
        hired = {code: _person(agency).pk for code, agency in made.items()}
        _program(made[HOME])
    # read again as the application, which goes on
    people = {code: Membership.objects.select_related("agency").get(pk=pk) for code, pk in hired.items()}
    _signal(people[SCHOOL], form="forced_begging", note="Deux élèves absents le matin, devant la gare l'après-midi.")
    _request(people)
    _own_case(people[HOME])
    return True


def _organisation(said) -> Agency:
    code, name, kind, places, services, traits, offers = said
    territory = Place.objects.using(OWNER).filter(pk=places[0]).first() if places else None
    made = Agency.objects.using(OWNER).create(code=code, name=name, kind=kind, territory=territory, **traits)
    told = {"takes_adults": True, "takes_minors": True, "phone": "01 99 00 00 00", **offers}
    if "places" in told:
        told["places_updated_at"] = timezone.now()
    desk = Desk.objects.using(OWNER).create(agency=made, **told)
    desk.services.set(services)
    desk.territories.set(places)
    return made


def _person(of: Agency) -> Membership:
    user = User(email=f"{of.code}@essai.invalid", full_name=f"Agent Essai, {of.name}")
    user.set_unusable_password()
    user.save(using=OWNER)
    role = Role.CASE_WORKER if of.code != SCHOOL else Role.FRONTLINE
    return Membership.objects.using(OWNER).create(user=user, agency=of, roles=[role])


def _program(of: Agency) -> None:
    """Make the program that each copy gives its own identifier and secret."""
    member = Membership.objects.using(OWNER).create(
        agency=of, kind=Membership.Sort.SERVICE, roles=[Role.FRONTLINE, Role.CASE_WORKER], title="Votre logiciel"
    )
    ApiClient.objects.using(OWNER).create(
        membership=member, scopes=Scope.values, name="Votre logiciel", client_id=TEMPLATE_CLIENT, client_secret=NONE,
        hash_client_secret=False, client_type="confidential", authorization_grant_type="client-credentials",
    )  # fmt: skip


def _signal(author: Membership, *, to: tuple = ("association",), **answers):
    told = {
        "territory": "93", "when": "today", "minor": "no", "danger": "no", "persons": 1, "agreement": "yes",
        "observations": {}, "none_of_these": True, "recipients": list(to),
        "desks": [Agency.objects.using(OWNER).get(code=HOME).pk], **answers,
    }  # fmt: skip
    with acting_as(author):
        return alerts.send_alert(author, alerts.start_draft(author, answers=told).pk)


def _request(people: dict[str, Membership]) -> None:
    """Let the coordination open a case, and ask the organisation to take it over."""
    sent = _signal(people[LAWYERS], territory="75", form="domestic_servitude", recipients=["coordination"], desks=[])
    with acting_as(people[REGION]) as region:
        open_alert(region, sent.pk)
        case = alerts.open_case(region, sent.pk)
        shelter, service = people[HOME].agency, Service.objects.get(pk="safe_housing")
        agreed = consents.record_consent(
            region, case.pk, agencies=[shelter.pk], level=Level.FILE, proof="oral", language="en"
        )
        made = orientations.draft_orientation(
            region, case, addressee=shelter, service=service, verb="transfer", consent=agreed, level=Level.FILE
        )
        orientations.send_orientation(region, made.pk)


def _own_case(worker: Membership) -> None:
    own = _signal(worker, territory="75", form="labour_exploitation", recipients=[], desks=[])
    with acting_as(worker):
        case = alerts.open_case(worker, own.pk)
        legal = Service.objects.get(pk="legal_support")
        needs.add_need(worker, case.pk, service=legal, priority="soon", text="Récupérer ses papiers (fiction).")
