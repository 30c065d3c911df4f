"""Group states of an orientation; decide which agreement carries a request, and who may give it."""

from collections.abc import Iterable

from agencies.models import Agency, Level
from referral.models import Orientation
from victims.models import Consent, Urgency

State = Orientation.State
WAITING = (State.SENT, State.OPENED, State.QUESTION)
CARRIED = (State.ACCEPTED, State.IN_PROGRESS)
# what a sender adds to the summary: a service asks for it by telephone before it decides
BRIEF = ("sex", "children", "pregnant", "offered", "note")
# a prosecutor receives every report (code de procédure pénale, article 40): only another one may have jurisdiction
REPORT_REASONS = ("out_of_scope",)


def is_report(orientation: Orientation) -> bool:
    """Return whether the request is a report to a prosecutor's office, which acknowledges it and never refuses it.

    Whatever the need: a prosecutor who is asked to protect a child receives it, and supports nobody. But for an ad hoc
    administrator, whom it has named, and says so as any service says what it does.
    """
    return _asks_prosecutor(orientation) and orientation.service_id != "ad_hoc_administrator"


def _asks_prosecutor(orientation: Orientation) -> bool:
    return orientation.addressee.office_held == Agency.Office.PROSECUTOR


def transfers_report(orientation: Orientation) -> bool:
    """Return whether the request would hand the case to a prosecutor's office, which leads none."""
    return orientation.verb == Orientation.Verb.TRANSFER and _asks_prosecutor(orientation)


def reports_alone(service_code: str, agencies: Iterable[Agency]) -> bool:
    """Return whether each request for this need to one of these agencies is a report; False without agencies."""
    asked = [Orientation(service_id=service_code, addressee=agency) for agency in agencies]
    return bool(asked) and all(map(is_report, asked))


def acknowledges(orientation: Orientation) -> bool:
    """Return whether its addressee answers by a receipt: to a report, and to no transfer that was sent to it before it
    was a prosecutor's office, which it can only decline as any service does.
    """
    return is_report(orientation) and not transfers_report(orientation)


def open_to_addressee(actions: list[str], orientation: Orientation) -> list[str]:
    """Return these actions without those that a prosecutor's office never takes: it receives a report and supports
    nobody, and accepts no transfer, since it leads no case.
    """
    barred = {"start": is_report, "accept": transfers_report}
    return [action for action in actions if not (action in barred and barred[action](orientation))]


def carries(consent: Consent, sender_id: int) -> bool:
    """Return whether a request of this sender may stand on this agreement.

    It names somebody else, and lets the summary be read. One to record the situation or to count it carries none.
    """
    return bool({*consent.agencies} - {sender_id} or consent.kinds) and consent.level >= Level.SUMMARY


def suffices(case, consent: Consent) -> bool:
    """Return whether this giver can agree for this person.

    What a child says is an opinion, never alone an agreement.
    """
    return not (case.is_minor and consent.giver == Consent.Giver.PERSON)


def named_at_once(orientation: Orientation, agency_id: int) -> bool:
    """Return whether who the person is stands on the sheet without being asked for: a danger to life, at the service
    that is asked, until it is with the person (decision 67). It is journalled and counted as read all the same."""
    acts = orientation.addressee_id == agency_id and orientation.state in (*WAITING, State.ACCEPTED)
    return acts and orientation.urgency == Urgency.VITAL
