"""Count what participation shows on the hub for a member."""

from plans.models import Consultation, Contribution, Signal


def unsettled(actor) -> int:
    return Contribution.objects.visible_to(actor).waiting().count()


def open_consultations(actor) -> int:
    return Consultation.objects.visible_to(actor).open().count()


def drafts(actor) -> int:
    return Contribution.objects.of(actor).filter(state=Contribution.State.DRAFT).count()


def unread_signals(actor) -> int:
    return Signal.objects.visible_to(actor).unread().count()
