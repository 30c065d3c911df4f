"""Make a demonstration event with three persons at different stages, a path of two episodes, and an import."""

import uuid
from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Service, Territory
from foundation.actor import acting_as
from foundation.tables.reading import Table
from referral.alerts.operations import alerts
from referral.imports import operations as imports
from referral.imports.rules import template_rows
from referral.models import Situation
from referral.situations.operations import asking, opening, situations, split
from victims.path import operations as path

from .story import member, signs

FORM = "labour_exploitation"
QUESTION = {
    "purpose": "share_named", "kinds": [], "level": 2, "categories": 0, "explained": ["purpose", "withdrawal"],
    "proof": "interpreted", "language": "zh", "interpreter": "phone", "until": "",
    "asked_by": "Coordination, avec l'inspection du travail",
}  # fmt: skip


def tell() -> int:
    """Make them once; return the number of cases."""
    with acting_as(member("coordination")) as actor:
        if Situation.objects.visible_to(actor).exists():
            return 0
    _event()
    _path()
    _table()
    return 7


def _alert(author: str, **answers):
    answers = {"territory": "93", "minor": "no", "when": "yesterday", "danger": "no", "form": FORM, **answers}
    with acting_as(member(author)) as actor:
        return alerts.send_alert(actor, alerts.start_draft(actor, answers=answers).pk)


def _event() -> None:
    """Make a raid in a workshop: one orientation sent, one person who wants time to think, one not asked."""
    alert = _alert("inspection", agreement="not_asked", persons=3, language="zh", place="workshop",
                   observations=signs(FORM, "adult", 4), note="Atelier de couture, dortoir attenant.")  # fmt: skip
    home, service = Agency.objects.get(code="foyer-horizon"), Service.objects.get(pk="safe_housing")
    with acting_as(member("coordination")) as actor:
        event = situations.start_situation(
            actor,
            alert_id=alert.pk,
            sort=Situation.Sort.RAID,
            happened_on=timezone.localdate() - timedelta(days=1),
            territory=Territory.objects.get(pk="93"),
            form=FORM,
            place="workshop",
            note="Contrôle commun avec l'inspection du travail. Interprète demandé.",
        )
        persons = [opening.Group("adult", "zh", 3)]
        opening.open_persons(actor, event.pk, token=uuid.uuid4(), groups=persons, alerts=[alert.pk])
        asking.set_question(actor, event.pk, QUESTION | {"agencies": [home.pk]})
        for line, said in zip(situations.lines(actor, event), ("yes", "later", "not_asked"), strict=True):
            asking.answer(actor, event.pk, line.pk, said)
        chosen = {line.case_id: home.pk for line in situations.lines(actor, event)[:1]}
        split.draft_all(actor, event.pk, service=service, chosen=chosen, verb="transfer", level=2)
        split.send_covered(actor, event.pk)


def _path() -> None:
    """Make a case of the shelter, with two episodes."""
    alert = _alert("foyer", agreement="yes", recipients=[], language="ro", observations=signs(FORM, "adult", 3))
    with acting_as(member("foyer")) as actor:
        case = alerts.open_case(actor, alert.pk)
        began = {"form": "forced_begging", "country": "IT", "began": "2021-05", "ended": "2022"}
        first = path.write_episode(actor, case.pk, data=began)
        path.write_episode(actor, case.pk, data=began | {"began": "2021-03"}, replaces=first.pk)
        here = {"form": FORM, "department": "93", "began": "2023", "ended": "2026-09"}
        path.write_episode(actor, case.pk, data=here, main=True)
        said = {"sex": "male", "age_group": "25_29", "nationality": "RO", "support": ["safe_housing", "legal_support"]}
        path.record_profile(actor, case.pk, data=said)


def _table() -> None:
    """Import the example template as it is."""
    headers, rows = template_rows()
    with acting_as(member("foyer")) as actor:
        made = imports.start_import(actor, Table(headers, rows))
        imports.match_columns(actor, made.pk, {int(k): v for k, v in made.content["matching"].items()})
        imports.order_load(actor, made.pk, only_good=False)
        imports.load_lines(actor, made.pk)
