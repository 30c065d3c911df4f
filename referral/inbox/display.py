"""Make the rows of the inbox ready to show: the desk's own state, sender, strongest sign; find the next alert."""

from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.statements.kept import KeptStatement
from indicators.assessment.rules.snapshot import CatalogueSnapshot, GridBook
from indicators.catalogue import selectors as catalogue
from indicators.codes.selectors import FORMS, labels
from indicators.codes.words import wording
from referral.alerts.rules import is_guarded
from referral.alerts.selectors import words_of
from referral.desk.filters import alerts_to_handle
from referral.models import AlertDesk
from referral.routing.rules import discretion
from victims.models import AgeSide, OwnLabel, Urgency

LABELS = KeptStatement(
    lambda reader, alerts: (
        OwnLabel.objects.visible_to(reader)
        .filter(case__alert_links__alert__any_of=alerts)
        .annotate(alert=F("case__alert_links__alert"))
    )
)


def with_words(actor, rows: list[AlertDesk]) -> list[AlertDesk]:
    """Add form_words, sender, sign, own_state, guarded, and the label of the case it became.

    `guarded`: each desk keeps its time limit until it answered itself. The rows carry `alert__agency` and
    `alert__content`.
    """
    forms, known, book = labels(FORMS)[FORMS], catalogue.current(), catalogue.grids()
    named = {label.alert: label for label in LABELS.rows(actor, alerts=list({row.alert_id for row in rows}))}
    for row in rows:
        row.label = named.get(row.alert_id)
        row.form_words = forms.get(row.form, row.form)
        row.sender = discretion.sender_name(row.alert, actor)
        told = row.live and hasattr(row.alert, "content")
        answers = discretion.readable(row.alert, actor, row.alert.content.data) if told else {}
        row.sign = first_sign(answers, known, book)
        row.own_state, row.own_words = own_state(row)
        row.guarded = is_guarded(row.age_side != AgeSide.ADULT, row.urgency)
    return rows


def first_sign(answers: dict, known: CatalogueSnapshot, book: GridBook) -> str:
    """Return the strongest sign that was noted, in the words it was ticked in; empty when none was."""
    noted = [
        known.indicators[code]
        for code, value in (answers.get("observations") or {}).items()
        if value in discretion.SEEN and code in known.indicators
    ]
    if not noted:
        return ""
    strongest = min(noted, key=lambda sign: known.strengths[sign.strength].order)
    return wording(words_of(answers, book).get(strongest.code, strongest))


def own_state(row: AlertDesk) -> tuple[str, str]:
    """Return what this desk did of an alert: (code that chooses the colour, words)."""
    if row.answer:
        return row.state, row.get_answer_display()
    if row.in_charge_id:
        return "opened", pgettext("an alert, by our desk", "Taken")
    if row.opened_at:
        return "opened", pgettext("an alert, by our desk", "Seen")
    return "sent", pgettext("by our desk", "Received")


def next_alert(actor, but=None) -> AlertDesk | None:
    """Return the alert that waits most at this desk for a first answer, danger to life first, other than `but`."""
    rows = alerts_to_handle(actor).filter(in_charge=None, answer="").exclude(alert=but)
    vital = rows.filter(urgency=Urgency.VITAL).order_by("answer_by", "id").first()
    return vital or rows.order_by("answer_by", "id").first()


def and_next(actor, said: str, but) -> str:
    """Return a message followed by a link to the next alert that waits, other than `but`; alone when none does."""
    following = next_alert(actor, but)
    if following is None:
        return said
    href = reverse("referral:inbox-alert", args=[following.alert_id])
    label = _("Next alert: %(reference)s") % {"reference": following.reference}
    return format_html('{} <a href="{}">{}</a>', said, href, label)
