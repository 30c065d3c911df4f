"""Publish open data of means: every public figure, one line each, with its stage, scope and source."""

from django.utils.translation import pgettext_lazy

from plans.money.selectors import figures
from plans.publication.rules.opendata import Dataset, Field, register


def rows():
    lines = list(figures.standing(None))
    figures.mark_disputed(lines)
    for line in sorted(lines, key=lambda line: (line.envelope.code, line.year, line.stage, line.nature, line.pk)):
        envelope = line.envelope
        yield {
            "envelope": envelope.code,
            "label": envelope.label_fr,
            "label_en": envelope.label_en,
            "plan": envelope.plan.code if envelope.plan else "",
            "measure": envelope.measure.code if envelope.measure else "",
            "funder": envelope.funder_id or "",
            "programme": envelope.programme,
            "money_source": envelope.money_source,
            "beneficiary": envelope.beneficiary,
            "knowledge": envelope.knowledge,
            "resource_kind": envelope.resource_kind,
            "unit": envelope.unit,
            "scope": envelope.scope_fr,
            "year": line.year,
            "period": line.period_fr,
            "stage": line.stage,
            "nature": line.nature,
            "on": line.on,
            "amount": line.amount,
            "exactness": line.exactness,
            "share": line.share,
            "disputed": line.disputed,
            "evidence": line.evidence,
            "provenance": line.provenance,
            "signed": line.signed_at is not None,
            "reason": line.reason,
        }


def _text(name: str, title, required=False) -> Field:
    return Field(name, "string", title, required=required)


register(
    Dataset(
        "budget",
        title=pgettext_lazy("money", "Funding and resources of the policy"),
        about=pgettext_lazy(
            "money", "Money, places and staff, figure by figure. They do not add up unless the page says so."
        ),
        key="",
        rows=rows,
        files=("plans.yaml",),
        page="policy:money",
        fields=[
            _text("envelope", pgettext_lazy("money", "Envelope (code)"), True),
            _text("label", pgettext_lazy("money", "Envelope"), True),
            _text("label_en", pgettext_lazy("money", "Envelope, in English")),
            _text("plan", pgettext_lazy("money", "Plan (code)")),
            _text("measure", pgettext_lazy("money", "Measure (code)")),
            _text("funder", pgettext_lazy("money", "Provided by (code)")),
            _text("programme", pgettext_lazy("money", "Budget programme")),
            _text("money_source", pgettext_lazy("money", "Where the money comes from (code)")),
            _text("beneficiary", pgettext_lazy("money", "Who receives it (code)")),
            _text("knowledge", pgettext_lazy("money", "Knowledge or training (code)")),
            _text("resource_kind", pgettext_lazy("money", "Kind of means (code)"), True),
            _text("unit", pgettext_lazy("money", "Unit"), True),
            _text("scope", pgettext_lazy("money", "What it counts"), True),
            Field("year", "year", pgettext_lazy("money", "Year"), required=True),
            _text("period", pgettext_lazy("money", "Period, when it is not the year")),
            _text("stage", pgettext_lazy("money", "Stage (code)"), True),
            _text("nature", pgettext_lazy("money", "AE or CP")),
            Field("on", "date", pgettext_lazy("money", "Day it was decided or paid")),
            Field("amount", "number", pgettext_lazy("money", "Amount; empty when it cannot be isolated")),
            _text("exactness", pgettext_lazy("money", "Exact, estimated or not isolable"), True),
            Field("share", "number", pgettext_lazy("money", "Estimated share, in per cent of the total")),
            Field("disputed", "boolean", pgettext_lazy("money", "Sources differ"), required=True),
            _text("evidence", pgettext_lazy("money", "Source")),
            _text("provenance", pgettext_lazy("money", "Provenance"), True),
            Field("signed", "boolean", pgettext_lazy("money", "Signed by an auditor"), required=True),
            _text("reason", pgettext_lazy("money", "Why it was corrected")),
        ],
    )
)
