"""Set an installation up, and make codes that nobody of it can: as the owner of the database, outside of any page."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import connections, transaction
from django.db.models import Model
from django.utils import timezone

from agencies.accounts import operations as accounts
from agencies.models import (
    ActivationCode,
    Agency,
    Desk,
    Directory,
    Kind,
    Level,
    Membership,
    ProviderLink,
    Role,
    Session,
    Territory,
    User,
)
from agencies.models.accounts import CODE_LIFE
from journal.models import Entry
from plans.models import Mandate
from plans.models.bodies import STATE
from referral.organisations.rules import Answers, BadAnswers, Person, Unit

OWNER = "owner"
# who coordinates, names others and speaks for the State; each act that gives sight takes a second of them
FIRST = [Role.AGENCY_ADMIN, Role.COORDINATOR, Role.POLICY]
# a body begins as an admitted organisation does: it reports, speaks for itself, and sees no case (decision 28)
OF_A_BODY = [Role.AGENCY_ADMIN, Role.POLICY]


class NotNow(Exception):
    """Signal an installation that is not to be set up; the message says what to do instead."""


@dataclass(frozen=True)
class Named:
    """Hold an account that was made. `code` is None when none was asked for; it is kept nowhere."""

    name: str
    address: str
    unit: str
    code: str | None


def ready() -> None:
    """Raise NotNow when an installation is not loaded yet, or somebody takes part in it already."""
    if Agency.objects.using(OWNER).exists() or User.objects.using(OWNER).exists():
        raise NotNow(
            "This installation has its first agency or account already: nothing was changed. Agencies, members, powers "
            "and programs are kept on the pages. For an account that nobody there can help: manage.py account_code"
        )
    if not (Territory.objects.using(OWNER).exists() and Mandate.objects.using(OWNER).exists()):
        raise NotNow("The domain is not loaded: run manage.py load_domain, then manage.py load_plans, then this again.")


def found(answers: Answers, *, codes: bool) -> list[Named]:
    """Make the national coordination, its desk, its two administrators, the auditor and the bodies, or nothing.

    `codes`: make a code for each account. Raises NotNow, BadAnswers.
    """
    with transaction.atomic(using=OWNER):
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bootstrap'))")
        ready()
        unit = _coordination(answers)
        accounts_made = [_name(person, unit, FIRST, codes) for person in answers.administrators]
        if answers.auditor:
            accounts_made.append(_audit(answers.auditor, codes))
        return accounts_made + [_body(body, codes) for body in answers.bodies]


def code_for(user: User) -> tuple[str, datetime]:
    """Return a new code for an account, and its end; the former one ends. The caller holds the transaction."""
    code, until = accounts.new_code(), timezone.now() + CODE_LIFE
    kept = {"digest": accounts.digest(user.email, code), "until": until, "by": None}
    ActivationCode.objects.using(OWNER).update_or_create(user=user, defaults=kept)
    _entry("account.code", user)
    return code, until


def take_factors_away(user: User) -> None:
    """Take the second factors of an account away, and its link to the State's sign-in; every session of it ends. The
    caller holds the transaction."""
    Authenticator.objects.using(OWNER).filter(user=user).delete()
    ProviderLink.objects.using(OWNER).filter(user=user).delete()
    Session.objects.using(OWNER).filter(user=user).delete()
    _entry("account.factor_off", user)


def _coordination(answers: Answers) -> Agency:
    """Make the unit that every alert without another desk comes to: of any territory, of adults and of minors."""
    mandate = Mandate.objects.using(OWNER).live().select_related("body").first()
    if mandate is None:
        raise NotNow("No mandate of coordination runs today in data/plans.yaml: enter who holds it, then load_plans.")
    if answers.body not in ("", mandate.body_id):
        raise BadAnswers(
            f"coordination: {answers.body} does not hold the mandate today, {mandate.body_id} does. Leave body out."
        )
    unit = _agency(
        answers.name,
        mandate.body,
        Kind.COORDINATION,
        None,
        mandate=Agency.Mandate.NATIONAL,
        max_level=Level.SUMMARY,
    )
    desk = Desk.objects.using(OWNER).create(
        agency=unit, receives_alerts=True, nationwide=True, takes_adults=True, takes_minors=True
    )
    desk.services.set(["strategic_coordination"])
    return unit


def _audit(said: Unit, codes: bool) -> Named:
    body = _line(said) if said.body else None
    if body is not None and body.kind != Kind.INDEPENDENT:
        raise BadAnswers(f"auditor: {said.body} is no independent body. Leave body out, or name another.")
    unit = _agency(said.name, body, Kind.INDEPENDENT, _place(said), max_level=Level.STATUS)
    _closed_desk(unit)
    return _name(said.first, unit, [Role.AUDITOR], codes)


def _body(said: Unit, codes: bool) -> Named:
    body = _line(said)
    if body.kind not in STATE or body.mandates.exists():
        raise BadAnswers(
            f"bodies: {said.body} is no body of the State to name here. Associations, unions and companies are"
            " admitted on the pages."
        )
    unit = _agency(said.name, body, Kind(body.kind), _place(said), max_level=Level.STATUS)
    _closed_desk(unit)
    return _name(said.first, unit, OF_A_BODY, codes)


def _closed_desk(unit: Agency) -> None:
    """Make a desk that receives nothing: nobody of the unit could read an alert yet."""
    desk = Desk.objects.using(OWNER).create(agency=unit, nationwide=unit.territory_id is None)
    if unit.territory_id:
        desk.territories.set([unit.territory_id])


def _agency(name: str, body: Directory | None, kind: Kind, place: Territory | None, **powers) -> Agency:
    code = body.code if body and not body.is_template else f"unite-{Agency.objects.using(OWNER).count() + 1}"
    if Agency.objects.using(OWNER).filter(code=code).exists():
        raise BadAnswers(f"{code}: a unit speaks for this body already.")
    made = Agency.objects.using(OWNER).create(
        code=code,
        name=name,
        acronym="" if body is None or body.is_template else body.acronym,
        kind=kind,
        profile=body,
        territory=place,
        time_zone=place.time_zone if place else "Europe/Paris",
        **powers,
    )
    _entry("setup.agency", made)
    return made


def _line(said: Unit) -> Directory:
    line = Directory.objects.using(OWNER).filter(pk=said.body, active=True).first()
    if line is None:
        raise BadAnswers(f"{said.name}: the directory has no line {said.body}. Codes are in data/agencies.yaml.")
    return line


def _place(said: Unit) -> Territory | None:
    place = Territory.objects.using(OWNER).filter(pk=said.place).first() if said.place else None
    if said.place and place is None:
        raise BadAnswers(f"{said.name}: no territory has the code {said.place}. Codes are in data/territories.yaml.")
    return place


def _name(person: Person, unit: Agency, roles: list[Role], codes: bool) -> Named:
    """Make the account of a person whom those who run the platform name: a second person from the first day."""
    user = User(email=person.address, full_name=person.name)
    user.set_unusable_password()
    user.save(using=OWNER)
    member = Membership.objects.using(OWNER).create(user=user, agency=unit, roles=roles)
    _entry("setup.member", member)
    return Named(person.name, person.address, unit.name, code_for(user)[0] if codes else None)


def _entry(act: str, subject: Model) -> None:
    """Write an entry of the journal by nobody of the platform, in the owner's transaction."""
    label = str(subject._meta.model_name)
    Entry.objects.using(OWNER).create(action=act, subject=label, subject_id=str(subject.pk))
