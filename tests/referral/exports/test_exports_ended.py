"""Exports whose rows, asker or time end before they are made, or before they are taken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Membership, Role
from foundation.actor import acting_as
from foundation.workflow import WrongState
from referral.exports import operations as exports
from referral.exports import tasks as export_tasks
from referral.models import Export, ExportFile
from tests import factories as f
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.operations import emergency
from victims.consents import operations as consents
from victims.models import CaseAccess
from victims.own_labels.operations import set_label

from .test_exports import ORDER, ask, many, state, take, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(home):
    """A case of another lead, shared with the asker's agency by an accepted orientation."""
    lead = home["stranger"]
    case = f.own_case(lead)
    consent = f.consent(lead, case, agencies=[home["asker"].agency_id])
    f.orientation(lead, case, home["asker"].agency, consent=consent, state="accepted", answerer=home["asker"], level=2)
    return {**home, "lead": lead, "case": case, "consent": consent, "own": f.own_case(home["asker"])}


def withdraw(shared):
    with acting_as(shared["lead"]):
        consents.withdraw_consent(shared["lead"], shared["consent"].pk)


def breaks_glass(member, case):
    with acting_as(member):
        emergency.break_glass(member, reference=case.reference, reason="Danger immédiat, appel de nuit")


def test_what_is_read_for_an_hour_leaves_in_no_table(home):
    """Anybody takes emergency access by a reference: a list asked for meanwhile, or made meanwhile, is without it; what
    one leads stays."""
    theirs, own = f.own_case(home["stranger"]), f.own_case(home["asker"])
    breaks_glass(home["asker"], theirs)
    with acting_as(home["asker"]):
        assert CaseAccess.objects.of(home["asker"]).filter(case=theirs).exists(), "it is read on the screen"
    export = ask(home["asker"])
    worker()
    assert [row[0] for row in take(home["asker"], export)[1:]] == [own.reference]


def test_what_is_opened_for_an_hour_after_it_was_asked_for_is_not_made(shared):
    export = ask(shared["asker"])
    breaks_glass(shared["asker"], shared["case"])
    worker()
    assert [row[0] for row in take(shared["asker"], export)[1:]] == [shared["own"].reference]


def test_what_ends_before_it_is_made_is_not_in_it(shared):
    export = ask(shared["asker"], query="")
    withdraw(shared)
    worker()
    assert [row[0] for row in take(shared["asker"], export)[1:]] == [shared["own"].reference]


def test_what_ends_before_it_is_taken_is_left_out(shared):
    export = ask(shared["asker"])
    worker()
    withdraw(shared)
    with acting_as(shared["asker"]):
        *_, lost = exports.prepare_archive(shared["asker"], export.pk)
    assert lost == 1
    assert [row[0] for row in take(shared["asker"], export)[1:]] == [shared["own"].reference]


def test_what_ends_within_the_minute_stops_the_link(shared):
    export = ask(shared["asker"])
    worker()
    with acting_as(shared["asker"]):
        *_, token, _lost = exports.prepare_archive(shared["asker"], export.pk)
    withdraw(shared)
    with pytest.raises(WrongState), acting_as(shared["asker"]):
        exports.fetch_archive(shared["asker"], export.pk, token)


def test_each_row_says_what_its_level_opens(shared):
    """The shared case is open at level 2: age and lead, not the number of signs, which one's own case has."""
    export = ask(shared["asker"])
    worker()
    head, *rows = take(shared["asker"], export)
    by = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    there, own = by[shared["case"].reference], by[shared["own"].reference]
    assert (there["Votre accès"], there["Âge"], there["Nombre de signes"]) == ("Résumé", "Majeur", "")
    assert (own["Votre accès"], own["Âge"], own["Nombre de signes"]) == ("Contenu du dossier", "Majeur", "0")


def test_a_sign_that_was_not_observed_is_none(home):
    f.own_case(home["asker"], minor="no", observations={"ILO-AL-CD-01": "reported", "ILO-AL-CD-02": "not_observed"})
    export = ask(home["asker"])
    worker()
    head, row = take(home["asker"], export)
    assert dict(zip(head, row, strict=True))["Nombre de signes"] == "1"


def test_an_export_follows_the_filter(shared):
    with acting_as(shared["asker"]), pytest.raises(exports.NothingFound):
        exports.ask_export(shared["asker"], "cases", "status=closed", **ORDER)
    export = ask(shared["asker"], "with_us")
    worker()
    assert [row[0] for row in take(shared["asker"], export)[1:]] == [shared["case"].reference]


@pytest.mark.parametrize("when", ["queued", "ready"])
def test_an_account_switched_off_stops_it(home, when):
    f.own_case(home["asker"])
    export = ask(home["asker"])
    if when == "ready":
        worker()
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=home["asker"].pk).update(active=False)
    worker()
    assert state(export) == "stopped"
    with as_role("nrm_owner"):
        assert not ExportFile.objects.exists()


def test_a_role_taken_away_stops_it(home):
    f.own_case(home["asker"])
    export = ask(home["asker"])
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=home["asker"].pk).update(roles=[Role.FRONTLINE])
    worker()
    assert state(export) == "stopped"


@pytest.mark.parametrize(("stage", "number"), [("waiting", 21), ("ready", 1)])
def test_out_of_time(home, stage, number):
    many(home["asker"], number)
    export = ask(home["asker"])
    worker()
    assert state(export) == stage
    with as_role("nrm_owner"):
        Export.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    worker()
    assert state(export) == "expired"
    with as_role("nrm_owner"):
        assert not ExportFile.objects.exists()


def test_export_that_raises_stops_no_other(home, monkeypatch, caplog):
    f.own_case(home["asker"])
    first, second = ask(home["asker"]), ask(home["mate"])
    really = export_tasks._build

    def build(asker, system, pk):
        if pk == first.pk:
            raise KeyError("MARQUEUR-ERREUR")
        really(asker, system, pk)

    monkeypatch.setattr(export_tasks, "_build", build)
    worker()
    assert (state(first), state(second)) == ("queued", "ready")
    assert (str(first.pk) in caplog.text, "MARQUEUR-ERREUR" in caplog.text) == (True, False)


def test_given_up(home):
    f.own_case(home["asker"])
    export = ask(home["asker"])
    assert Hand(home["mate"]).post("export-cancel", export.pk).status_code == 403
    assert Hand(home["asker"]).post("export-cancel", export.pk).status_code == 302
    worker()
    assert state(export) == "cancelled"


def test_export_has_ones_own_label_and_nobody_elses(shared):
    for member, reference in ((shared["asker"], "2026-114"), (shared["lead"], "AUTRE-9")):
        with acting_as(member):
            set_label(member, shared["case"].pk, reference=reference, nickname=f"Surnom {reference}")
    export = ask(shared["asker"])
    worker()
    rows = {row[0]: row[1:3] for row in take(shared["asker"], export)}
    assert rows[shared["case"].reference] == ["2026-114", "Surnom 2026-114"]
    assert rows[shared["own"].reference] == ["", ""]
