"""Build the public home of the policy: one block per subject, from what anybody may read.

A subject adds a function to `PLACES`; a block without content is None and is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.templatetags.words import day
from indicators.codes.words import wording
from plans.commitments.selectors.register import rows
from plans.models import Commitment, Consultation, Mandate, MeasureProgress, MeasureStatus, Plan
from plans.participation.selectors.figures import answers
from plans.plan.selectors import measure_status
from plans.plan.selectors.in_force import answers_are_recorded, plan_in_force
from plans.plan.selectors.published import plans_as_published
from plans.publication.rules.numbers import amount, number

from . import statistics


@dataclass(frozen=True)
class Fact:
    """Hold a number and what it counts, « 12 mesures sans financement », with the page that lists them."""

    number: str
    words: str
    href: str = ""
    source: str = ""


@dataclass(frozen=True)
class Block:
    """Hold a block of the home: facts, text and links."""

    code: str
    title: str
    facts: list[Fact] = field(default_factory=list)
    text: str = ""
    href: str = ""
    more: str = ""


def address(route: str, *args) -> str:
    """Return the address of a route, or an empty text when it does not exist."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def current_plan() -> Plan | None:
    """Return the national plan in force, with the texts of its last version."""
    found = plan_in_force()
    return plans_as_published([found])[0] if found else None


def coming_plan() -> Plan | None:
    """Return a plan in consultation or arbitration, or None."""
    states = [Plan.State.CONSULTATION, Plan.State.ARBITRATION]
    found = plans_as_published(Plan.objects.visible_to(None).filter(state__in=states).order_by("-number", "-pk")[:1])
    return found[0] if found else None


def plan_block(plan: Plan | None) -> Block | None:
    """Show a plan in numbers: measures known, then unfunded, incomplete, done, late.

    As long as its list is not complete (`Plan.is_recorded`), nothing is counted as missing from it.
    """
    if plan is None:
        return None
    version, href = plan.versions.order_by("-number").first(), address("policy:plan", plan.code)
    measures = version.content["measures"] if version else []
    known, announced, gaps_href = len(measures), plan.measures_announced or 0, f"{href}#manques"
    facts = [Fact(number(known), ngettext("measure known here", "measures known here", known), href)]
    if announced > known:
        left = announced - known
        words = ngettext(
            "announced, %(n)s of which is not on this site yet",
            "announced, %(n)s of which are not on this site yet",
            left,
        )
        facts.append(Fact(number(announced), words % {"n": number(left)}, href))
    if not plan.is_recorded:
        unknown = _(
            "“Not recorded”: the information has not been entered on this site yet; that does not mean that it does not"
            " exist."
        )
        text = f"{period(plan)}. {unknown}"
        return Block("plan", str(wording(plan, "title")), facts, text, href, _("Read the plan"))
    unfunded = known - len(measure_status.funded(version)) if version else 0
    missing = address("policy:money-missing")
    facts.append(
        Fact(number(unfunded), _("without any money shown"), f"{missing}?plan={plan.code}" if missing else gaps_href)
    )
    incomplete = sum(1 for m in measures if not (m["lead"] and m["end"] and m["metrics"]))
    facts.append(Fact(number(incomplete), _("without a lead, a date or a metric"), gaps_href))
    facts += progress(plan, measures, href)
    return Block("plan", str(wording(plan, "title")), facts, period(plan), href, _("Read the plan"))


def progress(plan: Plan, measures: list[dict], href: str) -> list[Fact]:
    """Count measures done, late by the dates of the plan, and without a progress report."""
    last = dict(
        MeasureProgress.objects.filter(measure__plan=plan)
        .order_by("measure_id", "-on", "-at", "-id")
        .distinct("measure_id")
        .values_list("measure__code", "status")
    )
    ended = (MeasureStatus.DONE, MeasureStatus.ABANDONED)
    done = sum(1 for status in last.values() if status == MeasureStatus.DONE)
    today = timezone.localdate().isoformat()
    late = sum(1 for m in measures if m["end"] and m["end"] < today and last.get(m["code"]) not in ended)
    unreported = sum(1 for m in measures if m["code"] not in last)
    return [
        Fact(number(done), _("said to be done by who leads them"), href),
        Fact(number(late), _("past the date of the plan"), href),
        Fact(number(unreported), _("about which nothing was said yet"), href),
    ]


def period(plan: Plan) -> str:
    """Return the years of a plan and when it was published, or its state."""
    years = f"{plan.start.year}–{plan.end.year}" if plan.start and plan.end else ""
    status = plan.get_state_display()
    if plan.published_on:
        status = _("published on %(day)s") % {"day": day(plan.published_on)}
    return " · ".join(part for part in (years, status) if part)


def coordination_block() -> Block:
    """Say who coordinates today, or that nobody does."""
    mandate = Mandate.objects.live().select_related("body").first()
    title, href = _("Who coordinates"), address("policy:coordination")
    if mandate is None:
        return Block("coordination", title, text=_("Nobody today: no mandate runs."), href=href, more=_("Since when"))
    since = day(mandate.start)
    text = _("%(body)s, since %(day)s.") % {"body": mandate.body.name, "day": since}
    return Block("coordination", title, text=text, href=href, more=_("The coordination") if href else "")


def commitments_block() -> Block | None:
    """Show commitments in numbers: without measure, late, contested."""
    total = Commitment.objects.filter(active=True).count()
    if not total:
        return None
    href = address("policy:commitments")
    facts = [
        Fact(number(total), ngettext("commitment or recommendation", "commitments and recommendations", total), href)
    ]
    read = rows(Commitment.objects.filter(active=True))
    late, contested = read.filter(late=True).count(), read.filter(contested=True).count()
    text = ""
    if answers_are_recorded():
        bare = read.filter(has_measure=False).count()
        facts.append(Fact(number(bare), _("that no measure answers"), f"{href}?unmeasured=on"))
    elif known := read.filter(has_measure=True).count():
        text = ngettext(
            "A measure that answers is recorded for %(n)s of the %(total)s commitments and recommendations so far.",
            "Measures that answer are recorded for %(n)s of the %(total)s commitments and recommendations so far.",
            known,
        ) % {"n": number(known), "total": number(total)}
    else:
        text = _("It is not recorded yet which measure answers which recommendation.")
    facts += [
        Fact(number(late), _("with a deadline that is past"), f"{href}?late=on"),
        Fact(number(contested), _("with an opinion that contests what the State says"), f"{href}?status=contested"),
    ]
    return Block("commitments", _("What France was asked"), facts, text, href, _("Read them"))


def figures_block() -> Block | None:
    """Show the last year of each of the two series, side by side and never added."""
    found = {series.entry.pk: series for series in statistics.all_series()}
    facts = []
    for code, words in (
        (statistics.ASSOCIATIONS, _("people supported by associations, %(year)s")),
        (statistics.POLICE, _("people recorded by police and gendarmerie, %(year)s")),
    ):
        for chart in found[code].charts[:1] if code in found else ():
            if chart.shape != "lines":  # the main figure of no year is known
                continue
            year, points = chart.rows[-1]
            facts.append(Fact(points[0].shown, words % {"year": year}, address("policy:statistics")))
    text = _(
        "People supported and people recorded are counted apart: the same person may be in both, so they are never"
        " added."
    )
    return Block("figures", _("Figures"), facts, text, address("policy:statistics"), _("All the figures"))


def key_figures() -> list[Fact]:
    """Return the figures of the first page of the site, with sources: the two series, what was asked, the plan."""
    facts = []
    found = {series.entry.pk: series for series in statistics.all_series()}
    for code, words in (
        (statistics.ASSOCIATIONS, _("people supported by associations, %(year)s")),
        (statistics.POLICE, _("people recorded by police and gendarmerie, %(year)s")),
    ):
        if code in found:
            main = statistics.headline(found[code])
            figure, href = main["figure"], address("policy:statistics-series", code)
            facts.append(Fact(main["shown"], words % {"year": figure.year}, href, figure.publication))
    asked = Commitment.objects.filter(active=True).count()
    if asked:
        words = ngettext("commitment or recommendation", "commitments and recommendations", asked)
        source = _("register of this site, where each line names its text")
        facts.append(Fact(number(asked), words, address("policy:commitments"), source))
    plan = current_plan()
    if plan and plan.measures_announced:
        words = ngettext("measure announced by the plan", "measures announced by the plan", plan.measures_announced)
        source = str(wording(plan, "title"))
        facts.append(Fact(number(plan.measures_announced), words, address("policy:plan", plan.code), source))
    return facts


def consultations_block() -> Block | None:
    """Show the open consultations, and the share of contributions answered."""
    now = list(Consultation.objects.public().open().order_by("closes")[:3])
    facts = [
        Fact(day(one.closes, "N"), _("last day to answer: %(title)s") % {"title": one.title},
             address("policy:consultation-detail", one.pk))
        for one in now
    ]  # fmt: skip
    rate = answers().get("rate")
    if rate is not None:
        facts.append(
            Fact(
                amount(rate, "percent"),
                _("of contributions answered, or set aside with a reason"),
                address("policy:contribution-list"),
            )
        )
    text = "" if now else _("No consultation is open today.")
    return Block(
        "consultations",
        _("Have your say"),
        facts,
        text,
        address("policy:contribution-list"),
        _("Contributions and answers"),
    )


def meeting_block() -> Block | None:
    """Show the next meeting of the committee, or that none is announced."""
    if "meeting" not in apps.all_models["plans"]:
        return None
    meeting = apps.get_model("plans", "Meeting")
    coming = meeting.objects.filter(on__gte=timezone.localdate(), state="planned").order_by("on").first()
    title, href = _("Steering committee"), address("policy:committee")
    if coming is None:
        return Block("meeting", title, text=_("No meeting is announced."), href=href, more=_("Past meetings"))
    text = _("Next meeting: %(day)s, %(title)s.") % {
        "day": day(coming.on), "title": wording(coming, "title"),
    }  # fmt: skip
    return Block("meeting", title, text=text, href=href, more=_("Agenda and decisions"))


PLACES: list[Callable[[], Block | None]] = [
    lambda: plan_block(current_plan()),
    commitments_block,
    figures_block,
    consultations_block,
    meeting_block,
    coordination_block,
]


def blocks() -> list[Block]:
    return [made for make in PLACES if (made := make()) is not None]
