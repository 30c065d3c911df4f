"""Define rules of sight by what the actor is in public policy: its role, its unit, its body, the mandate.

Each rule asks the same as a function of plans/sql/policy.sql or plans/sql/money.sql. The public is an actor of None.
"""

from collections.abc import Callable

from django.db.models import Q

from foundation.sight import EVERYTHING, NOTHING, Rule, column

from .bodies import audits, body_of, builds_policy, is_state
from .coordination import coordinates


class ActorIs(Rule):
    """Keep every row for actors of one sort, none for others."""

    def __init__(self, asked: Callable, text: str):
        self.asked, self.text = asked, text

    def q(self, actor):
        return EVERYTHING if self.asked(actor) else NOTHING

    def sql(self, model):
        return self.text


BUILDS = ActorIs(builds_policy, "nrm.policy_agency() IS NOT NULL")
COORDINATES = ActorIs(coordinates, "nrm.coordinates()")
AUDITS = ActorIs(audits, "nrm.audits_money()")


class OwnUnit(Rule):
    """Keep rows of the actor's unit, for members with the role `policy`."""

    def q(self, actor):
        return Q(agency_id=actor.agency_id) if builds_policy(actor) else NOTHING

    def sql(self, model):
        return f"{column(model, 'agency_id')} = nrm.policy_agency()"


class OwnBody(Rule):
    """Keep rows of the body that the actor represents; with `state`, only when it is of the State."""

    def __init__(self, name: str = "body_id", state: bool = False):
        self.name, self.state = name, state

    def q(self, actor):
        body = body_of(actor) if is_state(actor) or not self.state else None
        return Q(**{self.name: body}) if body else NOTHING

    def sql(self, model):
        return f"{column(model, self.name)} = {'nrm.state_body()' if self.state else 'nrm.policy_body()'}"
