"""What is written on a case and what moves it: the thread, notes, needs, persons, links, papers, an outcome."""

from django.utils import timezone

from agencies.models import Category
from foundation.actor import acting_as
from referral.breaches import operations as breaches
from referral.closing import operations as closing
from tests import factories as f
from victims.data_requests.operations import add_request
from victims.links.operations import cases
from victims.links.operations.persons_and_papers import add_paper, add_person
from victims.models import CaseFile, Limitation
from victims.needs import operations as needs
from victims.requisitions.operations import add_requisition, refuse
from victims.secrecy.operations import write_secret
from victims.thread import operations as thread


def fill(world) -> None:
    lead, case = world.lead, world.case
    with acting_as(lead):
        thread.write_entry(lead, case.pk, sort="message", text="MARQUEUR-FIL")
        write_secret(lead, case.pk, text="MARQUEUR-SECRET")
        child = {"relation": "child", "age_side": "minor", "text": "MARQUEUR-PROCHE", "name": "MARQUEUR-NOM"}
        add_person(lead, case.pk, **child)
        add_paper(lead, case.pk, sort="other", label="MARQUEUR-PIECE", place="coffre")
        said = {"agency": lead.agency, "by": lead, "reference": case.reference, "sort": "other", "size": 1}
        for secret in (False, True):
            CaseFile.objects.create(case=case, secret=secret, data={"title": "MARQUEUR-DOCUMENT"}, **said)
        asked = {"kind": "access", "asked_by": "person", "identity": "known", "way": "hand", "text": "MARQUEUR-DROIT"}
        add_request(lead, case.pk, received_on=timezone.localdate(), **asked)
        Limitation.objects.create(case=case, agency=lead.agency, by=lead)
        demanded = {"authority": "judge", "body": "MARQUEUR-JUGE", "ground": "other", "text": "MARQUEUR-REQUISITION"}
        made = add_requisition(lead, case.pk, received_on=timezone.localdate(), **demanded)
        refuse(lead, made.pk, reason="too_broad", text="MARQUEUR-REQUISITION")
        breach = {
            "kind": "other",
            "known_at": timezone.now(),
            "ongoing": False,
            "apart": False,
            "text": "MARQUEUR-FUITE",
        }
        reported = breaches.report(lead, **breach)
        need = needs.add_need(lead, case.pk, service=f.service(), priority="now", text="MARQUEUR-BESOIN")
        needs.add_action(lead, need.pk, text="MARQUEUR-ACTION", agency=lead.agency)
    with acting_as(world.actor("case_worker", "accepted_file")) as actor:
        needs.add_need(actor, case.pk, service=f.service("asylum"), priority="now")
    with acting_as(world.actor("coordinator", "national")) as answers:
        breaches.write(answers, reported.pk, "assess", nature="MARQUEUR-REGISTRE")
    author = f.member(f.shelter(may_hold=Category.IDENTITY))
    one, other = f.own_case(author), f.own_case(author)
    with acting_as(author):
        cases.link_cases(author, one.pk, reference=other.reference, sort="family")
        closing.move_case(author, other.pk, "close", reason="autonomy", outcome={"wish": "MARQUEUR", "feedback": ""})
