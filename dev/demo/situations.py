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
from referral.situations.operations import situations, split
from victims.consents import operations as consents
from victims.path import operations as path

from .story import member, signs

FORM = "labour_exploitation"


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
    """Make a raid in a workshop: one orientation sent, one person without agreement yet, one not asked."""
    alert = _alert("inspection", agreement="not_asked", persons=3, language="zh",
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
            note="Contrôle commun avec l'inspection du travail. Interprète demandé.",
        )
        situations.open_persons(actor, event.pk, token=uuid.uuid4(), adults=3, language="zh", alerts=[alert.pk])
        lines = situations.lines(actor, event)
        situations.set_agreements(actor, event.pk, {lines[0].pk: "yes", lines[1].pk: "yes", lines[2].pk: "not_asked"})
        consents.record_consent(actor, lines[0].case_id, agencies=[home.pk], level=2, language="zh", proof="oral")
        chosen = {line.case_id: home.pk for line in lines[:2]}
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
