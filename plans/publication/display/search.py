"""Search the public policy site, only what anybody may read.

By French stems of PostgreSQL (« mineurs » finds « mineure ») and by the text typed, without accents or capitals.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connections, router
from django.db.models import Q, Value
from django.db.models.aggregates import StringAgg
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.templatetags.words import day
from indicators.codes.words import wording
from plans.models import AgendaItem, Commitment, Consultation, Contribution, Meeting, Plan, PlanVersion, SectorGuide
from plans.publication.selectors import listed

from .home import address

AT_MOST = 20


@dataclass(frozen=True)
class Hit:
    """Hold one result."""

    title: str
    about: str
    href: str


@dataclass(frozen=True)
class Group:
    """Hold the results of one subject."""

    title: str
    hits: list[Hit]

    @property
    def more(self) -> bool:
        return len(self.hits) > AT_MOST


def search(asked: str) -> list[Group]:
    """Return the groups with results: plans, commitments, participation, then organisations."""
    found = [
        Group(_("Measures of the plans"), measures(asked)),
        Group(_("Commitments"), commitments(asked)),
        Group(_("Consultations"), consultations(asked)),
        Group(_("Contributions"), contributions(asked)),
        Group(_("Meetings of the committee"), meetings(asked)),
        Group(_("Guides by sector"), sectors(asked)),
        Group(_("Directory of services"), bodies(asked)),
    ]
    return [group for group in found if group.hits]


def measures(asked: str) -> list[Hit]:
    """Search the last version of each public plan, never the working rows."""
    plans = Plan.objects.visible_to(None)
    last = PlanVersion.objects.filter(plan__in=plans).order_by("plan_id", "-number").distinct("plan_id")
    entries = [(version.content["plan"], measure) for version in last for measure in version.content["measures"]]
    texts = [f"{m['title_fr']} {m['text_fr']} {m['title_en']} {m['text_en']}" for _plan, m in entries]
    return [
        Hit(str(wording(m, "title")), str(wording(plan, "title")),
            address("policy:measure", plan["code"], m["code"]) or address("policy:home"))
        for plan, m in (entries[at] for at in where(asked, texts))
    ]  # fmt: skip


def where(asked: str, texts: list[str]) -> list[int]:
    """Return the indices of the texts that match, found by PostgreSQL in one query."""
    if not texts:
        return []
    with connections[router.db_for_read(Plan)].cursor() as cursor:
        cursor.execute(
            "SELECT at - 1 FROM unnest(%s::text[]) WITH ORDINALITY AS t(said, at)"
            " WHERE to_tsvector('french', said) @@ websearch_to_tsquery('french', %s) ORDER BY at",
            [[plain(text) for text in texts], plain(asked)],
        )
        stems = [at for (at,) in cursor.fetchall()]
    typed = [at for at, text in enumerate(texts) if plain(asked) in plain(text)]
    return sorted({*stems, *typed})[: AT_MOST + 1]


def plain(text: str) -> str:
    """Return the text without capitals and accents."""
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def commitments(asked: str) -> list[Hit]:
    rows = Commitment.objects.public().select_related("body", "from_text")
    return [
        Hit(str(wording(c, "text")), f"{wording(c.body)} · {c.pk}", address("policy:commitment", c.pk))
        for c in matching_rows(rows, asked, lambda c: f"{c.pk} {c.text_fr} {c.text_en} {c.paragraph}")
    ]  # fmt: skip


def bodies(asked: str) -> list[Hit]:
    found = matching_rows(listed(), asked, lambda b: f"{b.name} {b.acronym} {b.ministry}")
    return [
        Hit(body.name, body.get_kind_display(), f"{address('policy:directory')}?q={body.acronym or body.name}")
        for body in found
    ]


def consultations(asked: str) -> list[Hit]:
    rows = Consultation.objects.public()
    return [
        Hit(one.title, f"{one.get_state_display()} · {day(one.closes)}",
            address("policy:consultation-detail", one.pk))
        for one in matching_rows(
            rows, asked, lambda one: " ".join([one.reference, one.title, one.text, one.outcome, *one.questions])
        )
    ]  # fmt: skip


def contributions(asked: str) -> list[Hit]:
    """Search published contributions, answers to questions included."""
    rows = Contribution.objects.public().select_related("agency__profile")
    return [
        Hit(one.title, f"{one.author_name} · {one.reference}", address("policy:contribution-detail", one.pk))
        for one in matching_rows(
            rows, asked, lambda one: f"{one.reference} {one.author_name} {one.title} {one.text} {' '.join(one.answers)}"
        )
    ]


def meetings(asked: str) -> list[Hit]:
    """Search the titles of meetings, and their agenda and decisions once published."""
    accepted, published = AgendaItem.State.ACCEPTED, Q(minutes__published_at__isnull=False)
    rows = Meeting.objects.order_by("-on").annotate(
        agenda=StringAgg(
            "items__text", Value(" "), filter=Q(items__state=accepted, agenda_published_at__isnull=False), distinct=True
        ),
        decided=StringAgg("decisions__text", Value(" "), filter=published, distinct=True),
    )
    return [
        Hit(str(wording(one, "title")), date_format(one.on, "F Y") if one.month_only else day(one.on),
            address("policy:meeting", one.pk))
        for one in matching_rows(
            rows, asked, lambda one: f"{one.title_fr} {one.title_en} {one.agenda or ''} {one.decided or ''}"
        )
    ]  # fmt: skip


def sectors(asked: str) -> list[Hit]:
    rows = SectorGuide.objects.order_by("order")
    return [
        Hit(str(wording(one)), str(wording(one, "intro")), address("policy:sector-detail", one.pk))
        for one in matching_rows(
            rows, asked, lambda one: " ".join([one.label_fr, one.label_en, one.intro_fr, one.intro_en])
        )
    ]


def matching_rows(rows: Iterable, asked: str, text) -> list:
    """Return the rows whose text matches, in one query: public lists hold a few hundred rows."""
    listed_rows = list(rows)
    return [listed_rows[at] for at in where(asked, [text(row) for row in listed_rows])]
