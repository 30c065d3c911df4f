"""Make the methods of acts on what is no case (an event, an export, an import), by form and operation of the page."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from referral.api.forms.acts import Step
from referral.api.middleware.authentication import SeesCases
from referral.api.schema.document import posts
from referral.api.serializers.records import Shown
from referral.api.views.endpoints import Single
from victims.models import Case

NOTHING = uuid.UUID(int=0)  # kept of an act that makes nothing


class Made(Shown):
    """Answer an act: what it made, by its id. The thing itself is read by itself."""

    absent = ("made",)

    made = serializers.UUIDField(help_text=_("Id of what was made, where a thing was."))


@dataclass(frozen=True)
class Noun:
    """Say of a kind of thing where it is, and how it is found before an act.

    `found`: of the actor and the id (None at the address of the list). Raises NotAllowed, NotFound.
    """

    slug: str
    name: str  # first part of the names of its routes
    found: Callable[[Any, Any], Any]
    pk: str = "<uuid:pk>/"
    readers: dict[str, Callable] = field(default_factory=dict)  # by operation: of a view, and what its address names
    lock: Callable[[Any, Any], Any] = lambda actor, pk: None  # the row, before it is changed

    def addresses(self, acts: tuple[Step, ...]) -> list:
        """Return the address of each act that is not that of the list itself."""
        return [
            path(
                f"{self.slug}/{self.pk}{act.address}",
                type("Acted", (ThingView,), self._parts(act)).as_view({"post": act.name}),
                name=f"{self.name}-{act.route}",
            )
            for act in acts
        ]

    def _parts(self, act: Step) -> dict:
        found = {act.name: self.doing(act), "scopes": {act.name: act.scopes}}

        def hold_rows(view):
            self.lock(view.request.auth, view.kwargs["pk"])

        return found | ({"current": self.readers[act.of], "hold_rows": hold_rows} if act.of else {})

    def doing(self, act: Step) -> Callable:
        """Return the method that does an act once per key."""
        body = act.body()

        said = {"tag": self.slug, "request": body, "response": Made, "description": act.description}

        @posts(act.name, act.summary, of=act.of, **said)
        def do(self, request, pk=None, thing=None):
            said, actor = self.body(body).validated_data, request.auth
            found = noun.found(actor, pk)
            taken = self.claim(uuid.uuid4())
            if not taken.replayed:
                row = act.do(actor, found, thing, dict(said))
                taken = taken.keep(row.pk if row is not None else NOTHING)
            made = None if taken.made == NOTHING else taken.made
            return self.answer(Made, {"made": made}, replayed=taken.replayed)

        noun = self
        return do

    def offered(self, actor, found, acts: tuple[Step, ...]) -> list[str]:
        return [act.name for act in acts if act.may(actor, found)]


class ThingView(Single):
    permission_classes = [SeesCases]
    queryset = Case.objects.none()
    serializer_class = Made
