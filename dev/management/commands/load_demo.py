"""Load the demonstration; a second run only adds what is missing."""

import os
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils import timezone

from agencies.models import Agency, ApiClient, Desk, Directory, Membership, Role, Scope, Territory, User
from dev.demo import (
    agreements,
    bodies,
    codes,
    desks,
    duplicates,
    lists,
    people,
    plan,
    plan_commitments,
    plan_committee,
    plan_consultation,
    plan_money,
    plan_participation,
    procedures,
    requests,
    situations,
    story,
    support,
    survey,
)
from referral.charter.words import VERSION


class Command(BaseCommand):
    help = "Loads fictitious units, people and situations. Refuses to run outside development."

    def handle(self, *args, **options):
        if not settings.DEVELOPMENT:
            raise CommandError("Demonstration data has no place outside development (DEBUG is off).")
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: units and people are written by the owner of the database.")
        with transaction.atomic(using="owner"):
            bodies.make()
            for unit in people.UNITS:
                _unit(unit)
            for unit in people.UNITS:
                if unit.second:
                    Desk.objects.using("owner").filter(agency__code=unit.code).update(second=_agency(unit.second).pk)
                if unit.parent:
                    Agency.objects.using("owner").filter(code=unit.code).update(parent=_agency(unit.parent).pk)
            for person in people.PEOPLE:
                _person(person)
            _program()
        story.tell()
        agreements.tell()
        desks.tell()
        plan_participation.tell()
        plan_consultation.tell()
        requests.tell()
        duplicates.tell()
        procedures.tell()
        support.tell()
        situations.tell()
        lists.tell()
        survey.tell()
        plan_committee.tell()
        plan_money.tell()
        plan_commitments.tell()
        plan.tell()


def _agency(code) -> Agency:
    return Agency.objects.using("owner").get(code=code)


def _unit(unit: people.Unit) -> None:
    profile = Directory.objects.using("owner").filter(pk=unit.profile).first() if unit.profile else None
    if known := Agency.objects.using("owner").filter(code=unit.code).first():
        if profile and known.profile_id is None:  # loaded before its body had a name
            known.profile, known.kind, known.name = profile, unit.kind, unit.name
            known.save(using="owner", update_fields=["profile", "kind", "name"])
        return
    extra = {"max_level": 2, **unit.extra} if unit.mandate else unit.extra
    territory = Territory.objects.using("owner").filter(pk=unit.where[0]).first() if unit.where else None
    agency = Agency.objects.using("owner").create(
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        mandate=unit.mandate,
        profile=profile,
        territory=territory,
        time_zone=territory.time_zone if territory else "Europe/Paris",
        **extra,
    )
    desk = Desk.objects.using("owner").create(
        agency=agency,
        receives_alerts=unit.alerts,
        receives_orientations=unit.orientations,
        nationwide=unit.nationwide,
        takes_adults="a" in unit.takes,
        takes_minors="m" in unit.takes,
        forms=list(unit.forms),
        languages=list(unit.languages),
        places=unit.places,
        phone="01 99 00 00 00",
    )
    desk.services.set(unit.services)
    desk.territories.set(unit.where)


@cache
def _password() -> str:
    """Return the hash of the one password of the demonstration, made once: Argon2 takes 0.2 s of CPU on purpose."""
    return make_password(people.PASSWORD)


def _person(person: people.Person) -> None:
    user = User.objects.using("owner").filter(email=person.email).first()
    if user is None:
        user = User(email=person.email, full_name=person.name, phone=person.phone)
        user.charter, user.charter_at = VERSION, timezone.now()
        user.password = _password()
        user.save(using="owner")
    codes.give(user, "owner")
    for code, roles, title in person.hats:
        hat, _ = Membership.objects.using("owner").get_or_create(
            user=user, agency=_agency(code), defaults={"roles": list(roles), "title": title}
        )
        if missing := [role for role in roles if role not in hat.roles]:  # loaded before the role was used
            hat.roles = [*hat.roles, *missing]
            hat.save(using="owner", update_fields=["roles"])


def _program() -> None:
    secret = os.environ.get("DEMO_CLIENT_SECRET")
    if not secret or ApiClient.objects.using("owner").filter(client_id=people.CLIENT_ID).exists():
        return
    shelter = _agency("foyer-horizon")
    member = Membership.objects.using("owner").create(
        agency=shelter,
        kind=Membership.Sort.SERVICE,
        roles=[Role.FRONTLINE, Role.CASE_WORKER],
        title="Logiciel du foyer",
    )
    ApiClient(
        membership=member,
        scopes=Scope.values,
        name="Logiciel du foyer (démonstration)",
        client_id=people.CLIENT_ID,
        client_secret=secret,
        client_type="confidential",
        authorization_grant_type="client-credentials",
    ).save(using="owner")
