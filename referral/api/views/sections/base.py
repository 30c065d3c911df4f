"""Make the views of the sections of a case: reading one, and each act declared in it (`referral/api/forms`)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import path

from referral.api.forms.acts import Act
from referral.api.middleware.authentication import SeesCases
from referral.api.schema.document import posts, reads
from referral.api.serializers.records import Shown
from referral.api.serializers.sections.base import Done, section_shown
from referral.api.views.endpoints import Single
from victims.cases.access import hold_case
from victims.cases.views.frame import open_section, read_section
from victims.models import Case


@dataclass(frozen=True)
class Reading:
    """Say how a section of a case is read: address, API document, fields, and what fills them.

    `read`: of the actor, the access and the request, what the fields show.
    """

    code: str  # of the section
    slug: str  # last part of its address
    name: str  # of the operation, in the API document
    summary: Any
    fields: dict
    read: Callable[..., dict]
    acts: tuple[Act, ...] = ()
    description: Any = ""
    parameters: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()  # fields left out without the right to them

    @property
    def route(self) -> str:
        """Return the last part of the name of its route."""
        return self.slug.replace("/", "-")

    def shown(self) -> type[Shown]:
        title = "".join(part.capitalize() for part in self.route.split("-"))
        return section_shown(title, [act.name for act in self.acts], self.absent, **self.fields)


class SectionView(Single):
    permission_classes = [SeesCases]
    queryset = Case.objects.none()
    serializer_class = Done
    holds: type[Model] | None = None

    def hold_rows(self):
        actor, case = self.request.auth, self.kwargs["pk"]
        hold_case(actor, case)
        if self.holds is not None:
            self.holds.objects.select_for_update(of=("self",)).filter(case=case).first()


def addresses(reading: Reading) -> list:
    """Return the addresses of a section: reading it, and its acts."""
    first, others = _split(reading.acts)
    methods = {"get": "read", **({"post": first.name} if first else {})}
    parts = {"read": _reading(reading), "parameters": reading.parameters}
    view = type("SectionRead", (SectionView,), parts | (_parts(first, reading) if first else {}))
    route = f"cases/<uuid:pk>/{reading.slug}/"
    return [path(route, view.as_view(methods), name=f"case-{reading.route}")] + [
        path(
            f"{route}{act.address}",
            type("SectionAct", (SectionView,), _parts(act, reading)).as_view({"post": act.name}),
            name=f"case-{act.route}",
        )
        for act in others
    ]


def _split(acts: list[Act]) -> tuple[Act | None, list[Act]]:
    """Return the act at the address of the section itself, and the others."""
    return next((act for act in acts if not act.address), None), [act for act in acts if act.address]


def _parts(act: Act, reading: Reading) -> dict:
    read = _reading(reading)

    def current(self, pk, thing=None):
        return read(self, self.request, pk)

    done = _doing(act, reading)
    return {act.name: done, "scopes": {act.name: act.scopes}, "current": current, "holds": act.holds}


def _reading(reading: Reading) -> Callable:
    shown = reading.shown()

    @reads(reading.name, reading.summary, shown, reading.description, reading.parameters)
    def read(self, request, pk):
        """Show the section. The reading is journalled, as that of the page."""
        actor = request.auth
        section, access = open_section(actor, pk, reading.code)
        read_section(actor, section, access.case)
        offered = [act.name for act in reading.acts if act.may(actor, access)]
        found = {"case": access.case_id, "actions": offered, **reading.read(actor, access, request)}
        return self.answer(shown, found)

    return read


def _doing(act: Act, reading: Reading) -> Callable:
    """Return the method that does an act once per key, by the operation and the form of its page."""
    body, code, of = act.body(), reading.code, act.changes(reading.name)

    @posts(act.name, act.summary, tag="cases", request=body, response=Done, description=act.description, of=of)
    def do(self, request, pk, thing=None):
        said, actor = self.body(body).validated_data, request.auth
        _section, access = open_section(actor, pk, code)
        taken = self.claim(uuid.uuid4())
        if not taken.replayed:
            row = act.do(actor, access, thing, dict(said))
            taken = taken.keep(row.pk if row is not None else access.case_id)
        made = taken.made if taken.made != access.case_id else None
        return self.answer(Done, {"made": made, "case": access.case_id}, replayed=taken.replayed)

    return do
