"""Readings: of a case, of each of its sections and of what is shown on a click, and of pages across cases."""

from django.test import override_settings
from django.utils import timezone

from agencies.models import Category
from referral.data_copy.operations import make_copy
from referral.desk import operations as desk
from referral.exports import operations as exports
from referral.situations.operations import situations
from tests import factories as f
from tests.guarantees.acts import Done, act, prepared
from tests.referral.api import Caller
from tests.referral.exports.test_exports import ORDER, worker
from tests.referral.pages import Hand
from tests.roles import as_role
from victims.access.operations import emergency as emergency_operations
from victims.categories import operations as categories
from victims.data_requests import operations as data_requests
from victims.files import tasks as file_tasks
from victims.files.access import SECRET
from victims.files.operations import take_out
from victims.identity.operations import read_contacts, read_identity
from victims.links.operations.persons_and_papers import add_person, names_of
from victims.models import Contact
from victims.reporting import operations as reporting
from victims.requisitions import operations as requisitions
from victims.secrecy.operations import write_secret

from .house import REASON, do
from .work import document


def section(route: str):
    def opened(w):
        Hand(w.lead).get(route, w.case.pk)
        return Done(w.lead, w.case, w.case)

    return opened


act("case.read")(section("case-detail"))
act("case.read.timeline")(section("case-timeline"))
act("case.read.needs")(section("case-needs"))
act("case.read.procedures")(section("case-procedures"))
act("case.read.alerts")(section("case-alerts"))
act("case.read.files")(section("case-files"))
act("case.read.papers")(section("case-papers"))
act("case.read.life")(section("case-life"))
act("case.read.identity")(section("case-identity"))
act("case.read.data_requests")(section("case-data-requests"))
act("case.read.identification")(section("case-statements"))
act("case.read.signs")(section("case-signs"))
act("case.read.path")(section("case-path"))
act("case.read.links")(section("case-links"))
act("case.read.health")(section("case-health"))
act("case.read.offence")(section("case-offence"))
act("case.read.reporting")(section("case-reporting"))
act("case.read.residence")(section("case-residence"))
act("case.read.consents")(section("case-consents"))
act("case.read.access")(section("case-access"))
act("case.read.secrets")(section("case-secrets"))
act("case.read.place")(section("case-place"))
act("case.read.history")(section("case-history"))


@act("case.read")
def read_by_a_program(w):
    program = f.program(w.home)
    caller = Caller(program)
    prepared()
    caller.get(f"cases/{w.case.pk}/")
    return Done(program, w.case, w.case)


# -- shown on a click -------------------------------------------------------------------------------------------------
def all_entries(bit: Category):
    def shown(w):
        do(w.lead, categories.read_entries, w.case.pk, bit)
        return Done(w.lead, w.case, w.case)

    return shown


def one_entry(bit: Category):
    def shown(w):
        made = do(w.lead, categories.write_entry, w.case.pk, bit, data={"text": "MARQUEUR"})
        prepared()
        do(w.lead, categories.read_entry, w.case.pk, bit, made.pk)
        return Done(w.lead, made, w.case)

    return shown


act("health.read")(all_entries(Category.HEALTH))
act("health.read")(one_entry(Category.HEALTH))
act("offence.read")(all_entries(Category.OFFENCE))
act("offence.read")(one_entry(Category.OFFENCE))
act("residence.read")(all_entries(Category.RESIDENCE))
act("residence.read")(one_entry(Category.RESIDENCE))


@act("reporting.read")
def decisions_on_a_report(w):
    do(w.lead, reporting.read_decisions, w.case.pk)
    return Done(w.lead, w.case, w.case)


@act("case.read", tells="reading_limit")
def last_allowed(w):
    one = {"hour": 1, "week": 9}
    with override_settings(READ_BUDGETS={"person": dict.fromkeys(("file", "identity", "contact"), one)}):
        Hand(w.lead).get("case-detail", w.case.pk)
    return Done(w.lead, w.case, w.case)


@act("identity.read")
def identity(w):
    made = w.identity()
    prepared()
    do(w.lead, read_identity, w.case.pk)
    return Done(w.lead, made, w.case)


@act("contact.read")
def safe_contact(w):
    with as_role("nrm_owner"):
        Contact.objects.create(case=w.case, data={"channel": "sms", "value": "MARQUEUR-CONTACT"})
    prepared()
    do(w.lead, read_contacts, w.case.pk)
    return Done(w.lead, w.case, w.case)


@act("identity.read.linked")
def names_of_linked_persons(w):
    w.identity()
    do(w.lead, add_person, w.case.pk, relation="child", age_side="minor", name="MARQUEUR-ENFANT")
    prepared()
    do(w.lead, names_of, w.case)
    return Done(w.lead, w.case, w.case)


@act("identity.read.history")
def former_identities(w):
    w.identity()
    prepared()
    Hand(w.lead).post("case-history", w.case.pk)
    return Done(w.lead, w.case, w.case)


# -- the emergency way in ---------------------------------------------------------------------------------------------
@act("break_glass", tells="break_glass")
def emergency(w):
    do(w.partner, emergency_operations.break_glass, reference=w.case.reference, reason=REASON)
    return Done(w.partner, w.case, w.case)


@act("break_glass.missed")
def emergency_without_a_case(w):
    do(w.partner, emergency_operations.break_glass, reference="2222-3333", reason=REASON)
    return Done(w.partner)


# -- across cases -----------------------------------------------------------------------------------------------------
@act("search.reference")
def search(w):
    do(w.lead, desk.find, w.case.reference)
    return Done(w.lead)


@act("secret.list")
def own_notes(w):
    Hand(w.lead).get("secret-list")
    return Done(w.lead)


@act("secret.read")
def one_note(w):
    note = do(w.lead, write_secret, w.case.pk, text="MARQUEUR")
    prepared()
    Hand(w.mate).get("secret-note", note.pk)
    return Done(w.mate, note)


@act("file.list")
def own_documents(w):
    Hand(w.lead).get("secret-file-list")
    return Done(w.lead)


def checked_document(w, place=0):
    made = document(w, place)
    with as_role("nrm_worker"):
        file_tasks.files()
    prepared()
    return made


@act("file.read")
def secret_document(w):
    made = checked_document(w, SECRET)
    do(w.mate, take_out, made.pk)
    return Done(w.mate, made)


@act("file.read")
def page_of_a_secret_document(w):
    made = checked_document(w, SECRET)
    Hand(w.mate).get("file-detail", made.pk)
    return Done(w.mate, made)


@act("case.read.paper")
def sheet_of_the_case(w):
    Hand(w.lead).post("case-sheet", w.case.pk, parts=["situation"])
    return Done(w.lead, w.case, w.case)


@act("requisition.list")
def own_requisitions(w):
    Hand(w.lead).get("requisition-list")
    return Done(w.lead)


@act("requisition.read")
def one_requisition(w):
    said = {"authority": "judge", "body": "MARQUEUR", "ground": "other", "text": "MARQUEUR"}
    made = do(w.lead, requisitions.add_requisition, w.case.pk, received_on=timezone.localdate(), **said)
    prepared()
    do(w.mate, requisitions.read_requisition, made.pk)
    return Done(w.mate, made)


@act("identity.read.copy")
def copy_for_the_person(w):
    said = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand", "text": ""}
    made = do(w.lead, data_requests.add_request, w.case.pk, received_on=timezone.localdate(), **said)
    prepared()
    do(w.lead, make_copy, made.pk)
    return Done(w.lead, made, w.case)


@act("identity.read.file")
def one_document(w):
    made = checked_document(w)
    do(w.lead, take_out, made.pk)
    return Done(w.lead, made, w.case)


@act("situation.read")
def group(w):
    today = timezone.localdate()
    made = do(w.coord, situations.start_situation, sort="raid", happened_on=today, territory=f.territory())
    prepared()
    do(w.coord, situations.read_group, made.pk)
    return Done(w.coord, made)


def page_of(who: str, route: str):
    def opened(w):
        Hand(getattr(w, who)).get(route)
        return Done(getattr(w, who))

    return opened


act("legal_shares.list")(page_of("lead", "legal-shares"))
act("survey.read")(page_of("lead", "own-data"))
act("survey.csv")(page_of("lead", "survey-csv"))
act("survey.xlsx")(page_of("lead", "survey-xlsx"))
act("survey.ods")(page_of("lead", "survey-ods"))
act("dashboard.csv")(page_of("coord", "dashboard-csv"))
act("dashboard.ods")(page_of("coord", "dashboard-ods"))


act("erasures.read")(page_of("auditor", "erasure-list"))


@act("journal.read")
def journal(w):
    Hand(w.auditor).get("journal")
    return Done(w.auditor)


@act("journal.read")
def journal_of_a_case(w):
    Hand(w.auditor).get("journal", query=f"?reference={w.case.reference}")
    return Done(w.auditor, w.case)


@act("journal.read")
def journal_of_an_account(w):
    Hand(w.auditor).get("journal", query=f"?account={w.nurse.pk}")
    return Done(w.auditor, w.nurse)


@act("case.export", tells="export_ready")
def take_out_in_the_standard(w):
    w.agreement(purpose="record")
    made = do(w.lead, exports.ask_export, "cases", "", **{**ORDER, "content": "htcds"})
    prepared()
    worker()
    return Done(w.lead, made, w.case)


@act("identity.read.export", tells="export_ready")
@act("contact.read.export", tells="export_ready")
def take_out_with_names(w):
    w.identity()
    w.agreement(categories=int(Category.CONTACT))
    with as_role("nrm_owner"):
        Contact.objects.create(case=w.case, data={"channel": "sms", "value": "MARQUEUR-CONTACT"})
    made = do(w.lead, exports.ask_export, "cases", "", **{**ORDER, "content": "htcds_named"})
    do(w.mate, exports.approve_export, made.pk)
    prepared()
    worker()
    return Done(w.lead, made, w.case)
