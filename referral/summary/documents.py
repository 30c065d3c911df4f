"""Make the sheet of a case: its reference, and the parts that were ticked. It never names the person (decision 97)."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from foundation.documents import pdf
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import FORMS, labels
from indicators.codes.words import wording
from victims.models.needs import bit_of

WARNINGS = {
    "immunity": lambda: _(
        "Never call the employer's embassy or consulate: the person, or relatives in the country, may pay for it."
    ),
    "confidential": lambda: _("Do not show this paper to anybody, and say nothing of this person to any authority."),
}


def case_sheet(actor, case, parts, orientations, clocks) -> bytes:
    """Return the PDF of a case (A4). `parts`: those ticked, of `referral.summary.forms.PARTS`."""
    made = {
        "situation": lambda: _situation(case),
        "requests": lambda: _requests(orientations),
        "limits": lambda: _limits(clocks),
    }
    data = {
        "made": _("Made on %(day)s by %(agency)s") % {"day": _day(timezone.now()), "agency": actor.agency},
        "warnings": [WARNINGS[code]() for code in case.warnings] if parts else [],
        "parts": [made[part]() for part in parts],
        "last": _("Working paper, to be kept under lock and destroyed after use. It is not a proof of anything."),
    }
    return pdf.render("case_sheet", data, title=case.reference, language=get_language(), at=timezone.now())


def _situation(case) -> dict:
    rows = [
        (_("Form of exploitation"), labels(FORMS)[FORMS].get(case.form, case.form)),
        (_("Age"), case.get_age_side_display()),
        (_("Urgency"), case.get_urgency_display()),
        (_("Département"), f"{case.territory_id} · {case.territory}"),
        (_("Language"), read_as(case.language)),
        (_("Number of people"), case.persons),
        (pgettext("of a case", "State"), case.get_status_display()),
        (_("Opened on"), _day(case.received_at)),
        (_("Led by"), case.lead),
        (_("Coordination"), case.coordination),
    ]
    return _part(_("Situation"), rows=[(str(label), str(value)) for label, value in rows if value])


def _requests(orientations) -> dict:
    # what a service is for tells of health or of the right to stay: behind a category, it goes on no paper
    sent = [o for o in orientations if o.sent_at and not bit_of(o.service_id)]
    table = [[f"{o.service}, {o.addressee}", str(o.get_state_display()), _day(o.sent_at)] for o in sent]
    head = [_("Asked of"), pgettext("of a request", "State"), _("Sent on")]
    return _part(_("Requests to services"), head=head, table=table, none="" if table else _("None to write here."))


def _limits(clocks) -> dict:
    table = [[_what(clock), _day(clock.due_at, "DATETIME_FORMAT"), ""] for clock in clocks]
    head = [_("What must be done"), _("Before"), _("Done on")]
    return _part(
        _("Time limits that run"), head=head, table=table, none="" if table else _("No time limit to write here.")
    )


def _what(clock) -> str:
    words = [wording(clock.shown)] if clock.shown else []
    return " · ".join([*words, wording(clock.asked, "action")] if clock.asked else words)


def _part(title, *, rows=(), head=(), table=(), none="") -> dict:
    return {"title": title, "rows": rows, "head": head, "table": table, "none": none}


def _day(moment, form="DATE_FORMAT") -> str:
    return date_format(timezone.localtime(moment), form)
