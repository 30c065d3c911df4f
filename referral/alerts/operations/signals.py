"""Make an alert of a nameless signal that tells a child: by its author, or by the platform for one filed before."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.words import child_words
from indicators.catalogue import selectors as catalogue_selectors
from journal.operations import record
from plans.models import Signal
from plans.participation.selectors.children import child_signs, told_child
from referral.alerts import rules
from referral.models import Alert, AlertContent

from .alerts import send_alert

AT_LEAST = {Signal.Persons.ONE: 1, Signal.Persons.FEW: 2, Signal.Persons.SEVERAL: 6, Signal.Persons.MANY: 21}


def answers_of(*, signs=(), territory="", month: date | None = None, persons="", done=(), note="") -> dict:
    """Return what a signal says as answers of an alert; what has no question there is said in the note.

    A child's sign makes a minor, words alone a doubt: both are protected at once, and the author may correct it.
    """
    known = catalogue_selectors.current().indicators
    said = []
    if month:
        said.append(_("Seen in %(month)s.") % {"month": date_format(month, "F Y")})
    if persons in Signal.Persons.values:
        said.append(f"{Signal.Persons(persons).label}.")
    if done := [str(Signal.Done(code).label) for code in done if code in Signal.Done.values]:
        said.append(_("Done: %(acts)s.") % {"acts": " ; ".join(done)})
    observed = {code: known[code].known_by for code in signs if code in known}
    told = told_child(signs, note)
    found = {
        "territory": territory,
        "minor": ("yes" if child_signs(signs) else "doubt") if told else "",
        "persons": AT_LEAST.get(persons),
        "observations": observed,
        "none_of_these": not observed,
        "note": " ".join(text for text in (note.strip(), *said) if text),
    }
    return {name: value for name, value in found.items() if value}


def alert_of_signal(pk) -> int:
    """Read a signal of before for a child, in system mode; send it as an alert when it tells one. Return 1 if it was.

    The alert keeps the signal's id, so that there is only one. Its author is the platform, for the agency that sent the
    signal: the coordination of the territory and the protection desks receive it, with their time limit.
    """
    with acting_as(SYSTEM):
        signal = Signal.objects.select_for_update().not_read_for_child().filter(pk=pk).first()
        if signal is None:
            return 0
        told = told_child(signal.signs, signal.note)
        if told and not signal.alert_reference:
            signal.alert_reference = _send(signal, told).reference
        Signal.objects.filter(pk=pk).update(read_for_child=child_words.EDITION, alert_reference=signal.alert_reference)
        return int(bool(told))


def _send(signal: Signal, told: list[str]) -> Alert:
    system = Membership.objects.select_related("agency").get(agency=signal.agency_id, kind=Membership.Sort.SYSTEM)
    why = _("Anonymous observation %(reference)s, sent as an alert by the platform. A child, from: %(words)s.")
    answers = answers_of(
        signs=signal.signs,
        territory=signal.territory_id,
        month=signal.month,
        persons=signal.persons,
        done=signal.done,
        note=signal.note,
    )
    words = ", ".join(f"« {text} »" for text in told)
    answers["note"] = f"{why % {'reference': signal.reference, 'words': words}} {answers['note']}"
    answers |= {"when": "past", "danger": "no", "agreement": "not_asked"}
    with acting_as(system):
        alert = Alert.objects.create(id=signal.pk, author=system, agency=system.agency, step=rules.CHECK)
        AlertContent.objects.create(alert=alert, data=answers)
        record("alert.start", alert)
        return send_alert(system, alert.pk)


def signals_to_read() -> list[tuple]:
    """Return (id,) of each signal not read yet for a child, oldest first, in system mode."""
    return list(Signal.objects.not_read_for_child().order_by("at").values_list("pk"))
