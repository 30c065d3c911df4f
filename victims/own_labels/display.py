"""Say in words why an own reference is refused, and which other cases have the same nickname."""

from django.utils.translation import gettext as _

from victims.models import CaseAccess, OwnLabel

from .selectors import namesakes


def refuse(form, actor, taken) -> CaseAccess | None:
    """Add the refusal of an own reference to its field; return the access row of the case that has it, when seen.

    `taken`: the exception `Taken`.
    """
    row = CaseAccess.objects.of(actor).filter(case=taken.case_id).first() if taken.case_id else None
    if row is None:
        said = _("Your organisation has a case under this reference, not open to you: write another one.")
    else:
        said = _("Your organisation has a case under this reference, %(case)s: write another one.")
        said %= {"case": row.reference}
    form.add_error("reference", said)
    return row


def said_of_namesakes(actor, label: OwnLabel) -> list[str]:
    """Return a warning for each other case with the same nickname: they are easily taken for each other."""
    said = _("“%(nickname)s” is also the nickname of the case %(reference)s: do not take one for the other.")
    return [said % {"nickname": label.nickname, "reference": row.reference} for row in namesakes(actor, label)]
