"""Declare what a program does in a case: the form and the operation of the page, with an address.

A body is made of the form (`bodies`), the view of the declaration (`views/sections`), the line of the API document of
both. What may be done is decided by the operation; `may` says what is offered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.members.rules import WORKS
from foundation.errors import NotFound
from referral.api.forms.bodies import body_of, refused
from referral.api.rules import WORK, Needed
from referral.api.serializers.strict import Strict
from victims.cases.access import may_write
from victims.models import CaseAccess

NOT_HERE = _("This is not asked here: leave it out.")


def works(actor, access: CaseAccess) -> bool:
    """Return whether the actor works on cases: enough for an act open to each agency that sees the case."""
    return actor.has(*WORKS)


def leads(actor, access: CaseAccess) -> bool:
    """Return whether the actor works on cases for the agency that leads this one."""
    return access.lead and actor.has(*WORKS)


@dataclass(frozen=True)
class Act:
    """Say of an act of a case what its address and the API document need.

    `operation`: of the actor, the id, and what the form gives. The id is that of the case, or of the `thing` of it that
    the address names. `options`: arguments of the form, of the actor and the access. `typed`: what a body says, as the
    page posts it. `given`: arguments of the operation, of a valid form.
    """

    name: str  # of the operation, in the API document
    address: str  # below the section
    summary: Any  # texts are translated late
    operation: Callable
    form: type[forms.Form] | None = None
    strict: type[Strict] | None = None  # the body, where it is written by hand
    thing: type[Model] | None = None
    by: str = "pk"  # what the address names the thing by
    may: Callable[[Any, CaseAccess], bool] = may_write
    options: Callable[[Any, CaseAccess], dict] = lambda actor, access: {}
    typed: Callable[[dict], dict] = dict
    given: Callable[[Any], dict] = lambda form: form.cleaned_data
    scopes: Needed = WORK
    beside: tuple[str, ...] = ()  # what a body says that the form does not ask: it goes to the operation as it is
    own: dict[str, serializers.Field | None] = field(default_factory=dict)
    description: Any = ""
    of_case: Callable[[Any], Q] = lambda case: Q(case=case)  # finds the things of a case
    key: Callable[[Any], Any] = lambda access: access.case_id  # what the operation is told it acts on
    of: str | None = None  # what shows what it changes; "": it only adds. Left out: the section, where it names a thing
    holds: type[Model] | None = None  # whose row of the case it writes over

    def changes(self, section: str) -> str:
        """Return the operation that shows what this one changes, whose tag it asks for; "" for one that only adds."""
        return (section if self.thing else "") if self.of is None else self.of

    @property
    def route(self) -> str:
        """Return the last part of the name of its route."""
        return self.name.replace("_", "-")

    def body(self) -> type[Strict]:
        return self.strict or body_of(self.form, self.name, **self.own)

    def do(self, actor, access: CaseAccess, thing, said: dict):
        """Do the act with what a body said. Raises ValidationError, NotFound, and what the operation raises."""
        pk = self.key(access) if self.thing is None else self._of_this_case(actor, access, thing)
        if self.form is None:
            return self.operation(actor, pk, **self.typed(said))
        beside = {name: said.pop(name) for name in self.beside}
        typed = self.typed(said)
        form = self.form(typed, **self.options(actor, access))
        if others := typed.keys() - form.fields.keys():  # a question that is not asked of this actor, or of this case
            raise serializers.ValidationError({name: [NOT_HERE] for name in others}, code="rule")
        if not form.is_valid():
            raise refused(form)
        return self.operation(actor, pk, **beside, **self.given(form))

    def _of_this_case(self, actor, access: CaseAccess, thing):
        """Return the id of the thing. Raises NotFound for one of another case, or that the actor does not see."""
        rows = self.thing.objects
        seen = rows.visible_to(actor) if hasattr(rows, "visible_to") else rows.all()
        found = seen.filter(self.of_case(self.key(access)), **{self.by: thing}).values_list("pk", flat=True).first()
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True)
class Step(Act):
    """Say of an act on something that is no case (an event, an export, an import) what an act of a case says.

    `of_case` finds the things of what it acts on; an act at the address of a list is told None.
    """

    key: Callable[[Any], Any] = lambda found: found and found.pk
    of: str = ""
    may: Callable[[Any, Any], bool] = lambda actor, found: True
