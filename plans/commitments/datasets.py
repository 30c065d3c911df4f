"""Publish open data of commitments: what was asked, the official position, opinions on it."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.commitments.display.report import report
from plans.models import Commitment
from plans.publication.rules.opendata import Dataset, Field, register


def rows():
    found = report({"all": "yes"}, Commitment.objects.public())
    for line in sorted(found.lines, key=lambda line: line.commitment.order):
        c, p = line.commitment, line.progress
        yield {
            "code": c.pk,
            "body": c.body_id,
            "body_label": c.body.label_fr,
            "source": c.from_text_id,
            "source_title": c.from_text.title_fr,
            "source_date": c.from_text.dated,
            "paragraph": c.paragraph or None,
            "urgency": c.urgency_id,
            "theme": c.theme_id,
            "text_fr": c.text_fr,
            "text_en": c.text_en or None,
            "status": line.status or None,
            "status_on": p.on if p else None,
            "responsible": p.responsible_id if p else None,
            "position": p.text if p else None,
            "evidence": (p.evidence or None) if p else None,
            "next_step": (p.next_step or None) if p else None,
            "due": c.due,
            "confirmed": p is not None and hasattr(p, "verdict"),
            "contested": c.contested,
            "opinions": [_opinion(one) for one in line.opinions],
            "measures": [measure.code for measure in line.measures],
            "repeats": [other.pk for other in line.chain.before],
            "first_asked": line.chain.first.from_text.dated,
            "provenance": c.provenance,
        }


def _opinion(one) -> str:
    """Return who gave it, its stance and its text, in French like this text."""
    with translation.override("fr"):
        return f"{one.agency.profile or one.agency.name} ({one.get_stance_display()}) : {one.text}"


register(
    Dataset(
        "commitments",
        title=_("Commitments"),
        about=_("What France was asked or committed to against trafficking, by whom, since when, and where it stands."),
        fields=[
            Field("code", "string", _("Code"), required=True),
            Field("body", "string", _("Asked by (code)"), required=True),
            Field("body_label", "string", _("Asked by"), required=True),
            Field("source", "string", _("Report or text (code)"), required=True),
            Field("source_title", "string", _("Report or text"), required=True),
            Field("source_date", "string", _("Date of the text")),
            Field("paragraph", "string", _("Paragraph")),
            Field("urgency", "string", _("Strength of the wording"), required=True),
            Field("theme", "string", _("Theme"), required=True),
            Field("text_fr", "string", _("What is asked, in French"), required=True),
            Field("text_en", "string", _("What is asked, in English")),
            Field("status", "string", pgettext_lazy("commitment", "Status")),
            Field("status_on", "date", _("State as of")),
            Field("responsible", "string", _("Body in charge")),
            Field("position", "string", _("Official position")),
            Field("evidence", "string", _("Evidence")),
            Field("next_step", "string", _("Next step")),
            Field("due", "date", _("Deadline")),
            Field("confirmed", "boolean", _("Confirmed by the coordination, yes or no"), required=True),
            Field("contested", "boolean", _("Contested by an opinion"), required=True),
            Field("opinions", "list", _("Other opinions: who (stance): text, in French")),
            Field("measures", "list", _("Measures")),
            Field("repeats", "list", _("Older texts that asked the same")),
            Field("first_asked", "string", _("First asked")),
            Field("provenance", "string", _("Where this line comes from"), required=True),
        ],
        rows=rows,
        files=("commitments.yaml",),
        page="policy:commitments",
    )
)
