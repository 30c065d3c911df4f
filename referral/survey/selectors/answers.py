"""Count the yearly survey of an association from its own cases.

Only persons who agreed to anonymous statistics are counted; the others are listed for the association, so that it can
ask them. Small counts are shown: they are its own data; `operations/publication.py` protects what is published.
Restricted cases are counted for the members assigned to them only, and the page says so.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Level, Service
from foundation.words import countries as countries_words
from indicators.codes.selectors import FORMS, labels
from plans.models import NationalityGroup, SurveyQuestion
from referral.models import Orientation
from victims.models import AgeSide, Case, CaseAccess, Consent, Profile
from victims.path.words import SUPPORT

HELPED = ("accepted", "in_progress", "completed")
# ISO codes of the European Union without France
UNION = frozenset(
    ["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
     "PL", "PT", "RO", "SK", "SI", "ES", "SE"]
)  # fmt: skip
UNKNOWN = "unknown"
AGREEMENT = "statistics"  # forms.yaml, consent_purposes


@dataclass
class Count:
    """Hold one table of the survey: (label, persons) lines, « not known » last and never hidden."""

    title: str
    lines: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Survey:
    """Hold the survey of a year.

    `received` = `persons` counted + `left_out`, whose agreement is not recorded or was withdrawn.
    """

    year: int
    persons: int
    supported: int
    left_out: list[Case]
    answers: dict[str, Counter]  # published question -> code -> persons
    tables: list[Count]
    years: list[int]

    @property
    def received(self) -> int:
        return self.persons + len(self.left_out)

    def flat(self) -> list[list]:
        """Return rows for a spreadsheet: table, answer, persons."""
        rows = [
            [_("People"), _("Received in the year"), self.received],
            [_("People"), _("Counted, with their agreement"), self.persons],
            [_("People"), _("Left out, without their agreement"), len(self.left_out)],
            [_("People"), _("Supported, among those counted"), self.supported],
        ]
        return rows + [[table.title, label, count] for table in self.tables for label, count in table.lines]

    def handed_over(self) -> dict:
        """Return what leaves the association: numbers by code, no case."""
        totals = {"persons": self.persons, "supported": self.supported, "left_out": len(self.left_out)}
        return totals | {question: dict(counter) for question, counter in self.answers.items()}


def of_year(actor, year: int) -> Survey:
    """Return the survey over cases the actor's agency leads and reads at level 3, received in that year."""
    led = CaseAccess.objects.of(actor, Level.FILE).filter(lead=True)
    years = sorted({at.year for at in led.order_by().datetimes("received_at", "year")}, reverse=True)
    received = [row.case for row in led.filter(received_at__year=year).select_related("case")]
    agreed = _agreed(received)
    cases = [case for case in received if case.pk in agreed]
    said = {p.case_id: p.data for p in Profile.objects.filter(case__in=cases)}
    support = _support(actor, cases, said)
    profile = [said.get(case.pk, {}) for case in cases]
    return Survey(
        year=year,
        persons=len(cases),
        supported=sum(bool(found) for found in support.values()),
        left_out=[case for case in received if case.pk not in agreed],
        answers=_answers(cases, profile),
        tables=_tables(cases, profile, support),
        years=years,
    )


def _agreed(cases) -> set:
    """Return the ids of cases with a live agreement to statistics. Withdrawn or expired, it no longer counts."""
    runs = Q(until=None) | Q(until__gt=timezone.now())
    found = Consent.objects.filter(runs, case__in=cases, purpose=AGREEMENT, withdrawn_at=None)
    return set(found.values_list("case", flat=True))


def _support(actor, cases, said) -> dict:
    """Return {case id: services given}: those recorded on the case, and those accepted by a service."""
    found = {case.pk: set(said.get(case.pk, {}).get("support", [])) for case in cases}
    sent = Orientation.objects.visible_to(actor).filter(case__in=list(found), state__in=HELPED, service__in=SUPPORT)
    for case_id, service in sent.values_list("case_id", "service_id"):
        found[case_id].add(service)
    return found


def _answers(cases, profile) -> dict[str, Counter]:
    """Return the answers to questions of one answer per person, which can be summed over associations."""
    question = SurveyQuestion
    asked = {
        question.FORM: [case.form for case in cases],
        question.SEX: [data.get("sex") for data in profile],
        question.AGE: [data.get("age_group") for data in profile],
        question.NATIONALITY: [_group(data.get("nationality", "")) for data in profile],
        question.DETECTION: [data.get("detection") for data in profile],
    }
    return {str(name): Counter(answer or UNKNOWN for answer in answers) for name, answers in asked.items()}


def _tables(cases, profile, support) -> list[Count]:
    lists = labels(FORMS, "sexes", "age_groups", "detection_contexts")
    services = {service.pk: str(service) for service in Service.objects.all()}
    countries = [data.get("nationality", "") for data in profile]
    return [
        _count(_("Form of exploitation"), [case.form for case in cases], lists[FORMS]),
        _count(_("Sex"), [data.get("sex") for data in profile], lists["sexes"]),
        _count(_("Adult or child"), [case.age_side for case in cases], dict(AgeSide.choices)),
        _count(_("Age group"), [data.get("age_group") for data in profile], lists["age_groups"]),
        _count(_("Nationality group"), [_group(code) for code in countries], dict(NationalityGroup.choices)),
        _count(_("Nationality"), countries, {code: countries_words.label(code) for code in countries if code}),
        _count(_("How the person was detected"), [d.get("detection") for d in profile], lists["detection_contexts"]),
        # several services per person: lines add up to more than the persons
        _count(_("Support given"), [code for found in support.values() for code in found], services),
    ]


def _group(code: str) -> str:
    if not code:
        return ""
    if code == countries_words.STATELESS:
        return NationalityGroup.STATELESS
    inside = NationalityGroup.UNION if code in UNION else NationalityGroup.OUTSIDE
    return NationalityGroup.FRANCE if code == "FR" else inside


def _count(title: str, answers: list, words: dict) -> Count:
    """Build a table, most frequent answers first, « not known » last. Answers nobody gave are left out."""
    counted = Counter(answer if answer and answer != UNKNOWN else UNKNOWN for answer in answers)
    unknown = counted.pop(UNKNOWN, 0)
    lines = [(str(words.get(code, code)), n) for code, n in counted.items()]
    lines.sort(key=lambda line: (-line[1], line[0]))
    return Count(title, lines + ([(_("Not known"), unknown)] if unknown else []))
