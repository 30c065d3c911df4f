"""A version of a plan as a document to print, and as open data: both made of the version's content, like its page."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.models import Directory
from indicators.templatetags.shared_content import wording

from . import pdf
from .models import Plan, PlanVersion
from .numbers import number


def document(version: PlanVersion, language: str, unvalidated: bool) -> bytes:
    """The PDF of a version; the same version gives the same bytes."""
    content = version.content
    names = bodies(content)
    axes = {axis["code"]: axis for axis in content["axes"]}
    parts = [(axis, [m for m in content["measures"] if m["axis"] == code]) for code, axis in axes.items()]
    loose = [m for m in content["measures"] if m["axis"] not in axes]
    if loose:
        parts.append((None, loose))
    data = {
        "about": _("Version %(number)s of %(day)s · checksum %(sum)s")
        % {"number": version.number, "day": date_format(version.at, "j N Y"), "sum": version.checksum},
        "notes": notes(content, unvalidated),
        "facts": facts(content, names),
        "parts": [
            {
                "title": axis_title(axis),
                "measures": [measure(entry, names) for entry in measures],
            }
            for axis, measures in parts
            if measures
        ],
    }
    title = str(wording(content["plan"], "title"))
    return pdf.render("plan", data, title=title, language=language, at=version.at)


def bodies(content: dict) -> dict[str, str]:
    codes = {content["plan"]["lead"]}
    for entry in content["measures"]:
        codes |= {entry["lead"], *entry["partners"]}
    return {pk: body.name for pk, body in Directory.objects.in_bulk(codes - {None}).items()}


def notes(content: dict, unvalidated: bool) -> list[str]:
    said = [_("Content not validated")] if unvalidated else []
    if missing := max(0, (content["plan"]["measures_announced"] or 0) - len(content["measures"])):
        said.append(
            ngettext(
                "%(n)s announced measure is not in this document: no list that could be read holds it.",
                "%(n)s announced measures are not in this document: no list that could be read holds them.",
                missing,
            )
            % {"n": number(missing)}
        )
    return said


def facts(content: dict, names: dict) -> list[list[str]]:
    plan = content["plan"]
    found = [
        [pgettext("document", "Led by"), names.get(plan["lead"], "")],
        [pgettext("document", "Period"), "–".join(year[:4] for year in (plan["start"], plan["end"]) if year)],
        [_("Measures announced"), number(plan["measures_announced"])],
        [_("Measures in this document"), number(len(content["measures"]))],
    ]
    return [row for row in found if row[1]]


def axis_title(axis: dict | None) -> str:
    if axis is None:
        return _("Measures without an axis")
    return f"{axis['number']}. {wording(axis, 'title')}"


def measure(entry: dict, names: dict) -> dict:
    title = str(wording(entry, "title"))
    return {
        "title": f"{entry['number']}. {title}" if entry["number"] else title,
        "text": str(wording(entry, "text")),
        "lines": [
            [pgettext("document", "Led by"), names.get(entry["lead"]) or _("nobody named")],
            *(
                [[pgettext("document", "With"), ", ".join(names.get(p, p) for p in entry["partners"])]]
                if entry["partners"]
                else []
            ),
            [pgettext("document", "Until"), day(entry["end"]) or pgettext("document", "no date")],
            *[[pgettext("document", "Measured by"), metric(one)] for one in entry["metrics"]],
            *([[pgettext("document", "Not funded"), entry["not_funded_reason"]]] if entry["not_funded"] else []),
        ],
    }


def metric(one: dict) -> str:
    """« Places ouvertes (places) : de 40 à 120 d'ici le 31 déc. 2027 »."""
    said = f"{wording(one, 'label')} ({one['unit']})"
    if one["target"] is not None:
        start = number(one["baseline"]) if one["baseline"] is not None else _("not known")
        said += _(": from %(start)s to %(target)s") % {"start": start, "target": number(one["target"])}
    return f"{said}, {day(one['target_on'])}" if one["target_on"] else said


def day(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "j N Y") if text else ""


def last_versions() -> list[PlanVersion]:
    """What the public reads of each plan: its last version."""
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.public()).order_by("plan_id", "-number")
    return list(versions.distinct("plan_id").select_related("plan"))
