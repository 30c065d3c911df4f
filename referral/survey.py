"""The yearly survey of associations: figures of one's own cases, counted from what stands on them.

The counts are the organisation's own data, so small ones are shown to it; what leaves for publication is protected
elsewhere. A case kept to members assigned to it is counted for these only, and the page says so.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from agencies.models import Level, Service
from victims.models import AgeSide, CaseAccess, Profile

from . import nationalities
from .code_labels import FORMS, labels
from .models import Orientation

HELPED = ("accepted", "in_progress", "completed")
# ISO codes of the European Union, France apart
UNION = frozenset(
    ["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
     "PL", "PT", "RO", "SK", "SI", "ES", "SE"]
)  # fmt: skip
UNKNOWN = "unknown"
# services that help the person; checks, inquiries and public policy are none of her support
SUPPORT = frozenset(
    ["emergency_shelter", "safe_housing", "child_care", "social_support", "legal_support", "health_care",
     "psychological_care", "interpreting", "residence_permit", "asylum", "reception_conditions",
     "ad_hoc_administrator", "compensation", "employment", "education", "prostitution_exit", "voluntary_return",
     "consular_protection"]
)  # fmt: skip


@dataclass
class Count:
    """One table of the survey: (label, persons) lines, those without an answer last and never hidden."""

    title: str
    lines: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Survey:
    year: int
    received: int
    supported: int
    tables: list[Count]
    years: list[int]

    def flat(self) -> list[list]:
        """For a spreadsheet: table, answer, persons."""
        rows = [
            [_("Persons"), _("Received in the year"), self.received],
            [_("Persons"), _("Supported"), self.supported],
        ]
        return rows + [[table.title, label, count] for table in self.tables for label, count in table.lines]


def of_year(actor, year: int) -> Survey:
    """The cases the actor's agency leads and reads at level 3, received in that year."""
    led = CaseAccess.objects.of(actor, Level.FILE).filter(lead=True)
    years = sorted({at.year for at in led.order_by().datetimes("received_at", "year")}, reverse=True)
    cases = [row.case for row in led.filter(received_at__year=year).select_related("case")]
    said = {p.case_id: p.data for p in Profile.objects.filter(case__in=cases)}
    support = _support(actor, cases, said)
    return Survey(
        year, len(cases), sum(bool(found) for found in support.values()), _tables(cases, said, support), years
    )


def _support(actor, cases, said) -> dict:
    """case -> services given: those written on the case, and those a service accepted to give."""
    found = {case.pk: set(said.get(case.pk, {}).get("support", [])) for case in cases}
    sent = Orientation.objects.visible_to(actor).filter(case__in=list(found), state__in=HELPED, service__in=SUPPORT)
    for case_id, service in sent.values_list("case_id", "service_id"):
        found[case_id].add(service)
    return found


def _tables(cases, said, support) -> list[Count]:
    lists = labels(FORMS, "sexes", "age_groups", "detection_contexts")
    services = {service.pk: str(service) for service in Service.objects.all()}
    profile = [said.get(case.pk, {}) for case in cases]
    countries = [data.get("nationality", "") for data in profile]
    return [
        _count(_("Form of exploitation"), [case.form for case in cases], lists[FORMS]),
        _count(_("Sex"), [data.get("sex") for data in profile], lists["sexes"]),
        _count(_("Adult or minor"), [case.age_side for case in cases], dict(AgeSide.choices)),
        _count(_("Age group"), [data.get("age_group") for data in profile], lists["age_groups"]),
        _count(_("Nationality group"), [_group(code) for code in countries], _groups()),
        _count(_("Nationality"), countries, {code: nationalities.label(code) for code in countries if code}),
        _count(_("How the person was detected"), [d.get("detection") for d in profile], lists["detection_contexts"]),
        # several services a person: the lines add up to more than the persons
        _count(_("Support given"), [code for found in support.values() for code in found], services),
    ]


def _group(code: str) -> str:
    if not code:
        return ""
    if code == nationalities.STATELESS:
        return "stateless"
    return "fr" if code == "FR" else "eu" if code in UNION else "other"


def _groups() -> dict[str, str]:
    return {
        "fr": _("France"),
        "eu": _("Another country of the European Union"),
        "other": _("Outside the European Union"),
        "stateless": _("Stateless"),
    }


def _count(title: str, answers: list, words: dict) -> Count:
    """Most frequent first; an answer nobody gave is left out, « not known » comes last with what has no answer."""
    counted = Counter(answer if answer and answer != UNKNOWN else UNKNOWN for answer in answers)
    unknown = counted.pop(UNKNOWN, 0)
    lines = [(str(words.get(code, code)), n) for code, n in counted.items()]
    lines.sort(key=lambda line: (-line[1], line[0]))
    return Count(title, lines + ([(_("Not known"), unknown)] if unknown else []))
