"""Acts of work in a case: its life, what is written of it, needs, procedures and time limits."""

import uuid
from datetime import date, timedelta

from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.tables.reading import read
from referral.alerts.operations import alerts
from referral.archives import operations as archives
from referral.closing import operations as closing
from referral.erasure import operations as erasure
from referral.imports import operations as imports
from referral.models import AlertAddition, AlertDesk, AlertMove, CaseMove, CaseTerm, ImportedCase, SituationCase
from referral.procedures.operations import checklists, clocks
from referral.relocation import operations as relocation
from referral.situations.operations import opening, situations
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.roles import as_role
from victims.cases.operations import warn_of_immunity
from victims.data_requests import operations as data_requests
from victims.files import operations as files
from victims.files import tasks as file_tasks
from victims.links.operations import cases, persons_and_papers
from victims.models import Archive, Case, CaseFile, Limitation
from victims.needs import operations as needs
from victims.own_labels.operations import set_label
from victims.path import operations as path
from victims.requisitions import operations as requisitions
from victims.secrecy.operations import correct_secret, write_secret
from victims.statements import operations as statements
from victims.thread import operations as thread

from .house import do

DAY = date(2026, 11, 2)
CLOSING = {"close": {"reason": "lost_contact"}}
CIVI = "indemnisation_civi"


# -- its life ---------------------------------------------------------------------------------------------------------
@act("case.open", tells="case_opened alert_acted alert_taken")
def open_from_an_alert(w):
    alert = w.alert(w.partner, w.second)
    prepared()
    case = do(w.partner, alerts.open_case, alert.pk)
    return Done(w.partner, case, case)


@act("case.open")
def open_from_a_table(w):
    table = read("Référence;Majeur / mineur;Département\nA-1;majeure;75\n".encode())
    made = do(w.lead, imports.start_import, table)
    do(w.lead, imports.match_columns, made.pk, {int(k): v for k, v in made.content["matching"].items()})
    do(w.lead, imports.order_load, made.pk, only_good=False)
    prepared()
    do(w.lead, imports.load_lines, made.pk)
    with f.as_role("nrm_owner"):
        case = ImportedCase.objects.select_related("case").get(origin=made).case
    return Done(w.lead, case, case)


@act("case.open", tells="case_opened")
def open_from_a_situation(w):
    event = do(w.coord, situations.start_situation, sort="raid", happened_on=DAY, territory=f.territory())
    prepared()
    do(w.coord, opening.open_persons, event.pk, token=uuid.uuid4(), groups=[opening.Group("adult", "", 2)])
    with f.as_role("nrm_owner"):
        made = [line.case for line in SituationCase.objects.filter(situation=event).select_related("case")]
    return [Done(w.coord, case, case) for case in made]


@act("case.join", tells="alert_acted alert_taken")
def join(w):
    alert = w.alert(w.lead)
    prepared()
    do(w.lead, alerts.join_case, alert.pk, w.case)
    return Done(w.lead, w.case, w.case)


@act("case.join", tells="alert_acted alert_taken report_owed")
def join_of_a_child(w):
    case, alert = f.case(w.lead, alert=w.alert(w.lead, minor="yes")), w.alert(w.lead, minor="yes")
    prepared()
    do(w.lead, alerts.join_case, alert.pk, case)
    return Done(w.lead, case, case)


def life(action: str, *before: str):
    def moved(w):
        for former in before:
            do(w.lead, closing.move_case, w.case.pk, former, **CLOSING.get(former, {}))
        prepared()
        do(w.lead, closing.move_case, w.case.pk, action, **CLOSING.get(action, {}))
        return Done(w.lead, w.case, w.case)

    return moved


MOVED = "case_moved alert_case_moved"  # the author follows to the end
act("case.start_support", tells=MOVED)(life("start_support"))
act("case.follow_up", tells=MOVED)(life("follow_up", "start_support"))
act("case.close", tells=MOVED)(life("close"))
act("case.reopen", tells=MOVED)(life("reopen", "close"))


HELD = {"ground": "complaint", "authority": "Essai", "reason": "Essai", "review_on": date(2027, 3, 1)}


@act("hold.ask", tells="hold_asked")
def hold(w):
    return Done(w.lead, do(w.lead, erasure.hold_case, w.case.pk, **HELD), w.case)


@act("hold.confirm")
def confirm(w):
    made = do(w.lead, erasure.hold_case, w.case.pk, **HELD)
    prepared()
    do(w.mate, erasure.confirm_hold, made.pk)
    return Done(w.mate, made, w.case)


@act("hold.confirm", tells="hold_ended")
def confirm_end(w):
    made = do(w.lead, erasure.hold_case, w.case.pk, **HELD)
    do(w.lead, erasure.end_hold, made.pk)
    prepared()
    do(w.mate, erasure.confirm_end, made.pk)
    return Done(w.mate, made, w.case)


@act("hold.keep", tells="hold_stays")
def keep(w):
    made = do(w.lead, erasure.hold_case, w.case.pk, **HELD)
    do(w.lead, erasure.end_hold, made.pk)
    prepared()
    do(w.mate, erasure.keep_hold, made.pk)
    return Done(w.mate, made, w.case)


@act("hold.end", tells="hold_end_asked")
def end_of_hold(w):
    made = do(w.lead, erasure.hold_case, w.case.pk, **HELD)
    prepared()
    do(w.lead, erasure.end_hold, made.pk)
    return Done(w.lead, made, w.case)


def archived(w):
    do(w.lead, closing.move_case, w.case.pk, "close", reason="autonomy")
    with as_role("nrm_worker"), acting_as(SYSTEM):
        erasure.tell_terms()
    with as_role("nrm_owner"):
        at = timezone.now() - timedelta(days=300)
        CaseMove.objects.filter(case=w.case).update(at=at)
        CaseTerm.objects.filter(case=w.case).update(closed_at=at)
        AlertMove.objects.filter(alert__links__case=w.case).update(at=at)
        AlertAddition.objects.filter(alert__links__case=w.case).delete()
        AlertDesk.objects.filter(alert__links__case=w.case).update(due_at=None)
    prepared()
    with as_role("nrm_worker"):
        archives.archive_due()


@act("case.archive")
def archive(w):
    archived(w)
    return Done(None, None, w.case)


@act("case.reading.archive", tells="archive_opened")
def archive_opened(w):
    archived(w)
    prepared()
    with as_role("nrm_owner"):
        found = Archive.objects.get(case=w.case, agency=w.lead.agency)
    do(w.lead, archives.open_archive, found.pk, why="rights")
    return Done(w.lead, w.case, w.case)


@act("case.erase")
def erased(w):
    do(w.lead, closing.move_case, w.case.pk, "close", reason="autonomy")
    with as_role("nrm_owner"):
        CaseMove.objects.filter(case=w.case).update(at=timezone.now() - timedelta(days=900))
        AlertMove.objects.filter(alert__links__case=w.case).update(at=timezone.now() - timedelta(days=900))
        AlertAddition.objects.filter(alert__links__case=w.case).delete()
        AlertDesk.objects.filter(alert__links__case=w.case).update(due_at=None)  # nobody is waited for
    prepared()
    with as_role("nrm_worker"):
        with acting_as(SYSTEM):
            erasure.tell_terms()
        erasure.erase_due()
    return Done(None, None, w.case)


@act("case.move", tells="case_relocated")
def move(w):
    do(w.lead, relocation.move_case, w.case.pk, f.territory("13"))
    return Done(w.lead, w.case, w.case)


@act("case.link")
def link(w):
    other = f.own_case(w.lead)
    prepared()
    return Done(w.lead, do(w.lead, cases.link_cases, w.case.pk, reference=other.reference, sort="family"), w.case)


@act("case.warn", tells="case_warned")
def warn(w):
    return Done(w.lead, do(w.lead, warn_of_immunity, w.case.pk), w.case)


@act("case.label")
def label(w):
    said = {"reference": "2026-114", "nickname": "Étoile"}
    return Done(w.lead, do(w.lead, set_label, w.case.pk, **said), w.case)


@act("case.unlink")
def unlink(w):
    other = f.own_case(w.lead)
    made = do(w.lead, cases.link_cases, w.case.pk, reference=other.reference, sort="family")
    prepared()
    do(w.lead, cases.unlink_cases, made.pk)
    return Done(w.lead, made, Case(pk=min(w.case.pk, other.pk)))


# -- what is written --------------------------------------------------------------------------------------------------
def entry(w):
    return do(w.lead, thread.write_entry, w.case.pk, sort="message", text="MARQUEUR")


def note(w):
    return do(w.lead, write_secret, w.case.pk, text="MARQUEUR")


def person(w):
    return do(w.lead, persons_and_papers.add_person, w.case.pk, relation="child", age_side="minor")


def paper(w):
    return do(w.lead, persons_and_papers.add_paper, w.case.pk, sort="identity", label="Passeport", place="coffre")


@act("timeline.write")
def write_entry(w):
    return Done(w.lead, entry(w), w.case)


@act("timeline.correct")
def correct_entry(w):
    made = entry(w)
    prepared()
    return Done(w.lead, do(w.lead, thread.correct_entry, made.pk, text="x"), w.case)


@act("secret.write")
def write_note(w):
    """Without the case: nobody outside the unit learns that it exists."""
    return Done(w.lead, note(w))


@act("secret.correct")
def correct_note(w):
    made = note(w)
    prepared()
    return Done(w.lead, do(w.lead, correct_secret, made.pk, text="x"))


@act("person.link")
def link_person(w):
    return Done(w.lead, person(w), w.case)


@act("person.correct")
def correct_person(w):
    made = person(w)
    prepared()
    return Done(
        w.lead, do(w.lead, persons_and_papers.correct_person, made.pk, relation="child", age_side="adult"), w.case
    )  # fmt: skip


def document(w, place=0):
    given = {"sort": "other", "title": "MARQUEUR", "content": b"Essai fictif.", "name": "essai.txt"}
    return do(w.lead, files.add_file, w.case.pk, token=uuid.uuid4(), place=place, **given)


@act("file.add")
def add_document(w):
    return Done(w.lead, document(w), w.case)


@act("file.withdraw")
def withdraw_document(w):
    made = document(w)
    prepared()
    return Done(w.lead, do(w.lead, files.withdraw_file, made.pk, reason="mistake"), w.case)


@act("file.refuse", tells="file_refused")
def refuse_document(w):
    """By the worker: its bytes are those of another row, and have not opened for two days."""
    one, two = document(w), document(w)
    missed = timezone.now() - timedelta(days=2)
    with f.as_role("nrm_owner"):
        CaseFile.objects.filter(pk=one.pk).update(kept_as=CaseFile.objects.get(pk=two.pk).kept_as, missed_at=missed)
    prepared()
    with f.as_role("nrm_worker"):
        file_tasks.files()
    return Done(None, one, w.case)


def asked(w):
    said = {"kind": "erasure", "asked_by": "person", "identity": "known", "way": "hand", "text": "MARQUEUR"}
    return do(w.lead, data_requests.add_request, w.case.pk, received_on=timezone.localdate(), **said)


@act("data_request.add")
def record_data_request(w):
    return Done(w.lead, asked(w), w.case)


@act("data_request.prolong")
def prolong_data_request(w):
    made = asked(w)
    prepared()
    return Done(w.lead, do(w.lead, data_requests.prolong, made.pk, reason="MARQUEUR"), w.case)


@act("data_request.answer")
def answer_data_request(w):
    made = asked(w)
    prepared()
    return Done(w.lead, do(w.lead, data_requests.answer, made.pk, text="MARQUEUR"), w.case)


@act("data_request.refuse")
def refuse_data_request(w):
    made = asked(w)
    prepared()
    return Done(w.lead, do(w.lead, data_requests.refuse, made.pk, text="MARQUEUR"), w.case)


def limited(w):
    said = {"kind": "limitation", "asked_by": "person", "identity": "known", "way": "hand", "text": "MARQUEUR"}
    return do(w.lead, data_requests.add_request, w.case.pk, received_on=timezone.localdate(), **said)


@act("limitation.begin")
def limit_use(w):
    made = limited(w)
    prepared()
    do(w.lead, data_requests.answer, made.pk, text="MARQUEUR")
    with f.as_role("nrm_owner"):
        return Done(w.lead, Limitation.objects.get(case=w.case), w.case)


@act("limitation.end")
def end_limitation(w):
    do(w.lead, data_requests.answer, limited(w).pk, text="MARQUEUR")
    prepared()
    return Done(w.lead, do(w.lead, data_requests.end_limitation, w.case.pk, because="asked"), w.case)


def demanded(w):
    said = {"authority": "judge", "body": "MARQUEUR", "ground": "other", "text": "MARQUEUR"}
    return do(w.lead, requisitions.add_requisition, w.case.pk, received_on=timezone.localdate(), **said)


# no entry names the case: whoever reads its journal would learn that justice asked
@act("requisition.add")
def record_requisition(w):
    return Done(w.lead, demanded(w))


@act("requisition.answer", tells="answer_decided")
def answer_requisition(w):
    made, given = demanded(w), {"given": ["summary"], "to": "MARQUEUR"}
    prepared()
    return Done(w.lead, do(w.lead, requisitions.answer, made.pk, **given))


@act("requisition.refuse", tells="answer_decided")
def refuse_requisition(w):
    made = demanded(w)
    prepared()
    return Done(w.lead, do(w.lead, requisitions.refuse, made.pk, reason="secrecy", text="MARQUEUR"))


@act("paper.add")
def add_paper(w):
    return Done(w.lead, paper(w), w.case)


@act("paper.correct")
def correct_paper(w):
    made = paper(w)
    prepared()
    return Done(w.lead, do(w.lead, persons_and_papers.correct_paper, made.pk, label="Passeport", place="rendu"), w.case)


@act("statement.make", tells="statement_made")
def state(w):
    made = do(
        w.judge, statements.make_statement, w.case.pk, status="presumed", stated_on=DAY, function="Vice-procureur"
    )
    return Done(w.judge, made, w.case)


@act("episode.write")
def write_episode(w):
    made = do(w.lead, path.write_episode, w.case.pk, data={"form": "begging"})
    return Done(w.lead, made, w.case)


@act("episode.correct")
def correct_episode(w):
    former = do(w.lead, path.write_episode, w.case.pk, data={"form": "begging"})
    prepared()
    made = do(w.lead, path.write_episode, w.case.pk, data={"form": "begging"}, replaces=former.pk)
    return Done(w.lead, made, w.case)


@act("episode.remove")
def remove_episode(w):
    former = do(w.lead, path.write_episode, w.case.pk, data={"form": "begging"})
    prepared()
    do(w.lead, path.remove_episode, w.case.pk, former.pk)
    with f.as_role("nrm_owner"):
        gone = type(former).objects.get(replaces=former)
    return Done(w.lead, gone, w.case)


@act("profile.say")
def profile(w):
    return Done(w.lead, do(w.lead, path.record_profile, w.case.pk, data={"sex": "female"}), w.case)


# -- needs ------------------------------------------------------------------------------------------------------------
def need(w):
    made = do(w.lead, needs.add_need, w.case.pk, service=f.service(), priority="soon")
    return do(w.lead, needs.visible_need, made.pk)


@act("need.add")
def add_need(w):
    return Done(w.lead, need(w), w.case)


def becomes(state: str, **said):
    def changed(w):
        made = need(w)
        prepared()
        do(w.lead, needs.change_need, made.pk, state=state, priority="soon", seen=made.changed_at, **said)
        return Done(w.lead, made, w.case)

    return changed


act("need.identified")(becomes("identified"))
act("need.asked")(becomes("asked"))
act("need.in_progress")(becomes("in_progress"))
act("need.met")(becomes("met"))
act("need.not_met")(becomes("not_met", reason="no_place"))


@act("action.add")
def add_action(w):
    wanted = need(w)
    prepared()
    return Done(w.lead, do(w.lead, needs.add_action, wanted.pk, text="Appeler", agency=w.home), w.case)


@act("action.done")
def finish_action(w):
    made = do(w.lead, needs.add_action, need(w).pk, text="Appeler", agency=w.home)
    prepared()
    do(w.lead, needs.finish_action, made.pk, done_on=timezone.localdate())
    return Done(w.lead, made, w.case)


# -- procedures and time limits ---------------------------------------------------------------------------------------
def begun(w, code=CIVI):
    return do(w.lead, checklists.start_procedure, w.case.pk, code)


@act("procedure.start")
def start_procedure(w):
    return Done(w.lead, begun(w), w.case)


def settles(action: str, **said):
    def settled(w):
        made = begun(w)
        prepared()
        do(w.lead, checklists.settle_step, made.pk, 1, action, **said)
        return Done(w.lead, made, w.case)

    return settled


act("procedure.done")(settles("done", on=DAY))
act("procedure.waived")(settles("waived", reason="refused", words="Elle ne veut pas."))
act("procedure.not_applicable")(settles("not_applicable"))


@act("procedure.reopened")
def reopen(w):
    made = begun(w)
    do(w.lead, checklists.settle_step, made.pk, 1, "done", on=DAY)
    prepared()
    do(w.lead, checklists.reopen_step, made.pk, 1)
    return Done(w.lead, made, w.case)


@act("reflection.offer")
def offer_reflection(w):
    do(w.lead, checklists.offer_reflection, w.case.pk, offered_on=DAY, answer="accepted", answered_on=DAY)
    return Done(w.lead, begun(w, "delai_reflexion"), w.case)


def clock(w):
    return do(w.lead, clocks.start_clock, begun(w, "asile").pk, 3, counted_on=timezone.localdate())


@act("clock.start")
def start_clock(w):
    return Done(w.lead, clock(w), w.case)


@act("clock.meet")
def meet_clock(w):
    made = clock(w)
    prepared()
    return Done(w.lead, do(w.lead, clocks.end_clock, made.pk, met=True), w.case)


@act("clock.stop")
def stop_clock(w):
    made = clock(w)
    prepared()
    return Done(
        w.lead, do(w.lead, clocks.end_clock, made.pk, met=False, reason="choice", words="Elle renonce."), w.case
    )


@act("clock.extend")
def extend_clock(w):
    made = clock(w)
    later = timezone.localdate() + timedelta(days=200)
    prepared()
    do(w.lead, clocks.extend_clock, made.pk, ends_on=later, reason="decision", words="Décision.")
    return Done(w.lead, made, w.case)
