"""Write on a case what its readers must not do."""

from foundation.errors import guarded
from journal.operations import record
from notifications.operations.events import enqueue
from victims.cases.access import must_lead, visible_case
from victims.models import Case


def warn_of_immunity(actor, case_id) -> Case:
    """Warn all who read a case that the employer has diplomatic immunity; return it. No effect when it warns already.

    It is learnt after the alert, or of an event. Embassies and consulates are asked nothing from then on
    (`nrm.case_barred`), and nobody takes the warning off. Raises NotFound, NotAllowed for who does not lead.
    """
    case = visible_case(actor, case_id)
    must_lead(actor, case)
    with guarded():
        changed = Case.objects.visible_to(actor).filter(pk=case.pk, employer_immunity=False)
        if not changed.update(employer_immunity=True):
            return case
    case.employer_immunity = True
    record("case.warn", case, case_id=case.pk)
    enqueue("case_warned", case, to=["holders"])
    return case
