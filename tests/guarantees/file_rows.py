"""What is written on a case and what moves it: the thread, notes, needs, persons, links, papers, an outcome."""

from agencies.actor import acting_as
from agencies.models import Category
from referral.operations import case_life, case_links, needs, written
from tests import factories as f


def fill(world) -> None:
    lead, case = world.lead, world.case
    with acting_as(lead):
        written.write_entry(lead, case.pk, sort="message", text="MARQUEUR-FIL")
        written.write_secret(lead, case.pk, text="MARQUEUR-SECRET")
        child = {"relation": "child", "age_side": "minor", "text": "MARQUEUR-PROCHE", "name": "MARQUEUR-NOM"}
        written.add_person(lead, case.pk, **child)
        written.add_paper(lead, case.pk, sort="other", label="MARQUEUR-PIECE", place="coffre")
        need = needs.add_need(lead, case.pk, service=f.service(), priority="now", text="MARQUEUR-BESOIN")
        needs.add_action(lead, need.pk, text="MARQUEUR-ACTION", agency=lead.agency)
        case_life.move_case(lead, case.pk, "start_support")
    author = f.member(f.shelter(may_hold=Category.IDENTITY))
    one, other = f.own_case(author), f.own_case(author)
    with acting_as(author):
        case_links.link_cases(author, one.pk, reference=other.reference, sort="family")
        case_life.move_case(author, other.pk, "close", reason="autonomy", outcome={"wish": "MARQUEUR", "feedback": ""})
