"""Acts on lists: cases taken out under the eyes of a second person, cases brought in from a table."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.tables.reading import read
from referral.exports import operations as exports
from referral.imports import operations as imports
from referral.models import Export
from tests.guarantees.acts import Done, act, prepared
from tests.guarantees.stages import system_of
from tests.referral.exports.test_exports import ORDER, worker
from tests.roles import as_role
from victims.models import Consent

from .house import do


def asked(w) -> Export:
    return do(w.lead, exports.ask_export, "cases", "", **ORDER)


def ready(w) -> Export:
    made = asked(w)
    worker()
    return made


def waiting(w) -> Export:
    """Of more than twenty cases: a second person decides."""
    loaded(w, 21)
    return asked(w)


@act("export.ask")
def ask(w):
    return Done(w.lead, asked(w))


@act("export.ask", tells="export_waiting")
def ask_for_many(w):
    loaded(w, 21)
    prepared()
    return Done(w.lead, asked(w))


@act("export.approve")
def approve(w):
    made = waiting(w)
    prepared()
    do(w.mate, exports.approve_export, made.pk)
    return Done(w.mate, made)


@act("export.refuse", tells="export_refused")
def refuse(w):
    made = waiting(w)
    prepared()
    do(w.mate, exports.refuse_export, made.pk, "Trop large.")
    return Done(w.mate, made)


@act("export.cancel")
def cancel(w):
    made = asked(w)
    prepared()
    do(w.lead, exports.cancel_export, made.pk)
    return Done(w.lead, made)


@act("export.made", tells="export_ready")
def make(w):
    made = asked(w)
    prepared()
    worker()
    return Done(w.lead, made)


@act("export.prepare")
def prepare(w):
    made = ready(w)
    prepared()
    do(w.lead, exports.prepare_archive, made.pk)
    return Done(w.lead, made)


@act("export.fetch")
def fetch(w):
    made = ready(w)
    _export, _passphrase, token, _left_out = do(w.lead, exports.prepare_archive, made.pk)
    prepared()
    do(w.lead, exports.fetch_archive, made.pk, token)
    return Done(w.lead, made)


@act("export.stop")
def stop(w):
    made = ready(w)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=w.lead.pk).update(active=False)
    prepared()
    worker()
    return Done(system_of(w.home), made)


@act("export.expire")
def expire(w):
    made = ready(w)
    with as_role("nrm_owner"):
        Export.objects.filter(pk=made.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    prepared()
    worker()
    return Done(system_of(w.home), made)


# -- brought in -------------------------------------------------------------------------------------------------------
def brought(w, lines=1, agreed=""):
    rows = "".join(f"A-{n};majeure;75;{agreed}\n" for n in range(lines))
    return do(w.lead, imports.start_import, read(f"Référence;Majeur / mineur;Département;Accord\n{rows}".encode()))


def matched(w, lines=1, agreed=""):
    made = brought(w, lines, agreed)
    return do(w.lead, imports.match_columns, made.pk, {int(k): v for k, v in made.content["matching"].items()})


def ordered(w, lines=1, agreed=""):
    return do(w.lead, imports.order_load, matched(w, lines, agreed).pk, only_good=False)


def loaded(w, lines=1, agreed=""):
    made = ordered(w, lines, agreed)
    do(w.lead, imports.load_lines, made.pk)
    return made


@act("consent.record")
def bring_an_agreement(w):
    made = ordered(w, agreed="oui")
    prepared()
    do(w.lead, imports.load_lines, made.pk)
    with acting_as(w.lead):
        consent = Consent.objects.select_related("case").get(case__imported__origin=made)
    return Done(w.lead, consent, consent.case)


@act("import.start")
def start(w):
    return Done(w.lead, brought(w))


@act("import.match")
def match(w):
    return Done(w.lead, matched(w))


@act("import.match")
def match_words(w):
    rows = "A-1;majeure;75;prostitution\n"
    brought_in = do(w.lead, imports.start_import, read(f"Référence;Majeur / mineur;Département;Forme\n{rows}".encode()))
    columns = {int(k): v for k, v in brought_in.content["matching"].items()}
    made = do(w.lead, imports.match_columns, brought_in.pk, columns)
    prepared()
    do(w.lead, imports.match_values, made.pk, {"form": {"prostitution": "sexual_exploitation"}})
    return Done(w.lead, made)


@act("import.rematch")
def back_to_the_columns(w):
    made = matched(w)
    prepared()
    do(w.lead, imports.match_again, made.pk)
    return Done(w.lead, made)


@act("import.load")
def load(w):
    return Done(w.lead, ordered(w))


@act("import.loaded")
def all_loaded(w):
    return Done(w.lead, loaded(w))


@act("import.failed")
def fail(w):
    made = ordered(w)
    prepared()
    with as_role("nrm_worker"), acting_as(SYSTEM):
        imports.fail_import(made.pk)
    return Done(None, made)


@act("import.failed")
def nothing_was_left_to_load(w):
    made = ordered(w)
    loaded(w)
    prepared()
    do(w.lead, imports.load_lines, made.pk)
    return Done(w.lead, made)


@act("import.discard")
def discard(w):
    made = matched(w)
    prepared()
    do(w.lead, imports.discard_import, made.pk)
    return Done(w.lead, made)


@act("import.undo")
def undo(w):
    made = loaded(w)
    prepared()
    do(w.lead, imports.undo_import, made.pk)
    return Done(w.lead, made)
