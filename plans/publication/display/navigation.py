"""List the parts of the public policy site, in the order of the sub-navigation. A subject adds its line."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Part:
    """Describe a part. `covers`: prefixes of route names below it (`policy:measure`), where it stays marked."""

    route: str
    label: str
    hint: str
    covers: tuple[str, ...] = ()


PARTS: list[Part] = [
    Part(
        "policy:home",
        _("In short"),
        _("Where the policy stands, in a minute."),
        ("policy:plan", "policy:measure", "policy:version"),
    ),
    Part(
        "policy:contribution-list",
        _("Consultations"),
        _("What civil society says, and the answers given."),
        ("policy:contribution", "policy:consultation"),
    ),
    Part("policy:sector-list", _("Sectors"), _("Signs to know by sector of work."), ("policy:sector",)),
    Part(
        "policy:money",
        pgettext_lazy("money", "Funding and resources"),
        pgettext_lazy("money", "What is planned, voted and paid, with its source."),
        ("policy:money",),
    ),
    Part("policy:statistics", _("Figures"), _("What is known of trafficking in France."), ("policy:statistics",)),
    Part(
        "policy:directory",
        _("Directory"),
        _("The organisations that work against trafficking, and what each offers."),
    ),
    Part(
        "policy:data",
        _("Data"),
        _("The data of these public pages as files, under an open licence."),
        ("policy:dataset",),
    ),
    Part(
        "policy:evaluations",
        _("Evaluations"),
        _("What the State, CNCDH and associations say of each measure, side by side."),
        ("policy:evaluation", "policy:crossing"),
    ),
    Part(
        "policy:committee",
        _("Steering committee"),
        _("Meetings, who comes, what was decided and what became of it."),
        ("policy:meeting",),
    ),
    Part(
        "policy:coordination",
        _("Who coordinates"),
        _("The mandate, its history, and the focal points of ministries."),
    ),
    Part(
        "policy:commitments",
        _("Commitments"),
        _("What France promised and was asked, by whom, since when."),
        ("policy:commitment",),
    ),
]


# order for a reader: plans, means, commitments, opinions, who decides, what is known
ORDER = (
    "policy:home",
    "policy:plans",
    "policy:plan-list",
    "policy:money",
    "policy:commitments",
    "policy:evaluations",
    "policy:contribution-list",
    "policy:committee",
    "policy:coordination",
    "policy:sector-list",
    "policy:statistics",
    "policy:directory",
    "policy:data",
)


def parts(route: str) -> list[dict]:
    """Return the parts with `current`: "page" on the part itself, "true" on pages below it."""
    return [
        {
            "href": reverse(part.route),
            "label": part.label,
            "hint": part.hint,
            "current": "page"
            if route == part.route
            else "true"
            if part.covers and route.startswith(part.covers)
            else "",
        }
        for part in sorted(PARTS, key=lambda part: ORDER.index(part.route) if part.route in ORDER else len(ORDER))
    ]
