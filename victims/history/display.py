"""Describe versions in words: who, when, which field, from what to what."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Service, Territory
from foundation.words import countries
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import CLOSURE_REASONS, FORMS, labels
from victims.access.display import names
from victims.models import AgeSide, Case, ProfileVersion, Urgency

AT_MOST = 50
# questions of the yearly survey, with the code list of the answers
SURVEY = {
    "sex": (_("Sex"), "sexes"),
    "age_group": (_("Age when first received"), "age_groups"),
    "detection": (_("How was the person detected?"), "detection_contexts"),
}
FIELDS = {
    "status": _("Status"),
    "form": _("Form of exploitation"),
    "age_side": _("Age"),
    "urgency": _("Urgency"),
    "territory_id": _("Département"),
    "language": _("Language"),
    "persons": _("Number of people"),
    "lead_id": _("Led by"),
    "coordination_id": _("Coordination"),
    "closure_reason": _("Reason for closing"),
}


def case_changes(actor, versions, older) -> list[dict]:
    """Return one line per version, newest first: `at`, `who`, `opened`, `changes` [(field, from, to)].

    `older` precedes the last of `versions`. The first version of a case is its opening: it has no change.
    """
    rows = list(versions)
    before = [*rows[1:], older][: len(rows)]
    say, who = _Values([*rows, *filter(None, [older])]), names(actor, rows)
    return [
        {
            "at": row.pgh_created_at,
            "who": who(row),
            "opened": old is None,
            "changes": [
                (label, say(name, getattr(old, name)), say(name, getattr(row, name)))
                for name, label in FIELDS.items()
                if old is not None and getattr(old, name) != getattr(row, name)
            ],
        }
        for row, old in zip(rows, before, strict=True)
    ]


class _Values:
    """Describe values of the fields of a case; reads the names of agencies and départements in two queries."""

    def __init__(self, rows):
        agencies = {pk for row in rows for pk in (row.lead_id, row.coordination_id)}
        places = {row.territory_id for row in rows}
        self.agencies = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "name"))
        self.places = dict(Territory.objects.filter(pk__in=places).values_list("pk", "label_fr"))
        self.lists = labels(FORMS, CLOSURE_REASONS)

    def __call__(self, name: str, value) -> str:
        if value in ("", None):
            return "–"
        if name in ("lead_id", "coordination_id"):
            return self.agencies.get(value, "–")
        known = {
            "status": dict(Case.Status.choices),
            "age_side": dict(AgeSide.choices),
            "urgency": dict(Urgency.choices),
            "form": self.lists[FORMS],
            "closure_reason": self.lists[CLOSURE_REASONS],
            "territory_id": self.places,
        }.get(name)
        if name == "language":
            return read_as(value)
        return str((known or {}).get(value, value))


def sealed_changes(actor, versions, say) -> list[dict]:
    """Return the same lines for an encrypted table.

    `versions`: newest first. `say(data)` returns [(question, answer)].
    """
    rows = list(versions)
    who, said = names(actor, rows), [dict(say(row.data)) for row in rows]
    lines = []
    for row, now, old in zip(rows, said, [*said[1:], None][: len(said)], strict=True):
        questions = [*now, *(q for q in old or {} if q not in now)]
        changes = [(q, (old or {}).get(q, "–"), now.get(q, "–")) for q in questions if (old or {}).get(q) != now.get(q)]
        lines.append({"at": row.pgh_created_at, "who": who(row), "opened": False, "changes": changes})
    return lines


def survey_changes(actor, case) -> list[dict]:
    """Return the versions of the answers to the yearly survey, newest first.

    For readers of the file: the policy hides the rows from others.
    """
    versions = ProfileVersion.objects.filter(case=case).order_by("-pgh_id")[:AT_MOST]
    lists = labels(*(listed for _question, listed in SURVEY.values()))
    services = {service.pk: str(service) for service in Service.objects.all()}

    def say(data) -> list[tuple]:
        found = [(q, lists[listed].get(data.get(name), "")) for name, (q, listed) in SURVEY.items()]
        country = countries.label(data["nationality"]) if data.get("nationality") else ""
        support = ", ".join(services.get(code, code) for code in data.get("support", []))
        found += [(_("Nationality"), country), (_("Support given"), support)]
        return [(question, answer) for question, answer in found if answer]

    return sealed_changes(actor, versions, say)
