"""Make the printed document of a version of a plan: its content, and the current data of each measure."""

from datetime import date

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from agencies.models import Directory
from foundation.documents import pdf
from foundation.templatetags import words
from foundation.words.typography import with_no_break_spaces
from plans.models import Plan, PlanVersion
from plans.plan.selectors import measure_status
from plans.publication.rules.numbers import amount, number
from plans.templatetags.money import figure


def document(version: PlanVersion, language: str, unvalidated: bool) -> bytes:
    """Return the PDF of a version. `unvalidated`: print a warning."""
    return printed(version, language, written(version, unvalidated))


def printed(version: PlanVersion, language: str, data: dict) -> bytes:
    """Return the PDF of `data`; the same data gives the same bytes."""
    title = text(version.content["plan"], "title")
    return pdf.render("plan", data, title=title, language=language, at=version.at)


def written(version: PlanVersion, unvalidated: bool) -> dict:
    """Return all the data of the document.

    Money and progress are those public today or, for a replaced version, at its replacement.
    """
    content = version.content
    names = bodies(content)
    axes = {axis["code"]: axis for axis in content["axes"]}
    parts = [(axis, [m for m in content["measures"] if m["axis"] == code]) for code, axis in axes.items()]
    loose = [m for m in content["measures"] if m["axis"] not in axes]
    if loose:
        parts.append((None, loose))
    status, recorded = measure_status.of_version(version), version.plan.is_recorded
    return {
        "about": _("Version %(number)s of %(day)s · checksum %(sum)s")
        % {"number": version.number, "day": words.day(version.at), "sum": version.checksum},
        "notes": notes(content, unvalidated),
        "facts": facts(content, names),
        "parts": [
            {
                "title": axis_title(axis),
                "measures": [measure(entry, names, status[entry["code"]], recorded) for entry in measures],
            }
            for axis, measures in parts
            if measures
        ],
    }


def bodies(content: dict) -> dict[str, str]:
    """Return code -> name of the bodies named in a content."""
    codes = {content["plan"]["lead"]}
    for entry in content["measures"]:
        codes |= {entry["lead"], *entry["partners"], entry.get("vouched_by")}
    return {pk: body.name for pk, body in Directory.objects.in_bulk(codes - {None}).items()}


def notes(content: dict, unvalidated: bool) -> list[str]:
    """Return the warnings at the head of the document."""
    lines = [_("Content not validated")] if unvalidated else []
    if missing := missing_words(content):
        lines.append(missing)
    return lines


def missing_words(content: dict) -> str:
    """Say how many announced measures are not here, empty for none.

    Most measures of a related plan do not concern trafficking.
    """
    missing = max(0, (content["plan"]["measures_announced"] or 0) - len(content["measures"]))
    if not missing:
        return ""
    if content["plan"]["kind"] == Plan.Kind.RELATED:
        template = ngettext(
            "%(n)s measure of this plan is not here: it does not concern trafficking, or is not entered yet.",
            "%(n)s measures of this plan are not here: they do not concern trafficking, or are not entered yet.",
            missing,
        )
    else:
        template = ngettext(
            "%(n)s announced measure is not on this site yet.",
            "%(n)s announced measures are not on this site yet.",
            missing,
        )
    return template % {"n": number(missing)}


def facts(content: dict, names: dict) -> list[list[str]]:
    """Return the rows of the table at the head of the document, without empty ones."""
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
    return f"{axis['number']}. {text(axis, 'title')}"


def measure(entry: dict, names: dict, status: measure_status.MeasureData, recorded: bool) -> dict:
    """Return title, text and lines (label, text) of one measure.

    Not `recorded` (`Plan.is_recorded`): what is absent here may be in the plan.
    """
    unknown = _("not recorded")
    title = text(entry, "title")
    return {
        "title": f"{entry['number']}. {title}" if entry["number"] else title,
        "text": text(entry, "text"),
        "lines": [
            [pgettext("document", "Led by"), names.get(entry["lead"]) or (_("nobody named") if recorded else unknown)],
            *(
                [[pgettext("document", "With"), ", ".join(names.get(p, p) for p in entry["partners"])]]
                if entry["partners"]
                else []
            ),
            [
                pgettext("document", "Until"),
                day(entry["end"]) or (pgettext("document", "no date") if recorded else unknown),
            ],
            *[[pgettext("document", "Measured by"), metric(one)] for one in entry["metrics"]],
            *[[str(step["year"]), year_step(step)] for step in entry.get("steps", [])],
            *(
                money(entry, status)
                or [[pgettext("document", "Funding and resources"), _("no envelope is known") if recorded else unknown]]
            ),
            *[[pgettext("document", "Where it stands"), statement(one)] for one in status.progress[:1]],
            *origin(entry, names),
        ],
    }


def origin(entry: dict, names: dict) -> list[list[str]]:
    """Return where a measure was read, and who vouched that this is the official list."""
    if not entry["source"]:
        return []
    words = with_no_break_spaces(entry["source"])
    if who := entry.get("vouched_by"):
        said = _("official list, vouched for by %(body)s on %(day)s")
        words = f"{words} ({said % {'body': names.get(who, who), 'day': day(entry['vouched_on'])}})"
    return [[pgettext("document", "Read in"), words]]


def year_step(step: dict) -> str:
    cost = amount(step["cost"], "eur") if step["cost"] is not None else _("cost not known")
    return f"{step['text']} ({cost})"


def money(entry: dict, status: measure_status.MeasureData) -> list[list[str]]:
    """Return one line per figure, by year, stage and unit: nothing is added. An envelope without a figure says so."""
    label = pgettext("document", "Funding and resources")
    found = [
        [label, f"{name(envelope)}, {stage(line)} : {figure(line)}"]
        for envelope in status.envelopes
        for line in envelope.figures
    ]
    found += [[label, f"{name(e)}, {_('no public figure yet')}"] for e in status.envelopes if not e.figures]
    if entry["not_funded"]:
        found.append([pgettext("document", "Not funded"), entry["not_funded_reason"]])
    return found


def name(envelope) -> str:
    label = text(envelope)
    return f"{label} ({envelope.funder})" if envelope.funder else label


def stage(line) -> str:
    """Return period, stage and nature, « 2025, Voté, AE », and whether sources differ."""
    parts = [text(line, "period") if line.period_fr else str(line.year), line.get_stage_display(), line.nature]
    return ", ".join(str(part) for part in [*parts, _("sources differ") if line.disputed else ""] if part)


def statement(one) -> str:
    """Return the last progress report of the body in charge."""
    who = one.agency.profile or one.agency
    position = f"{one.get_status_display()}, {words.day(one.on)} ({who})"
    return ". ".join(part for part in (position, one.text, one.evidence) if part)


def text(entry, name: str = "label") -> str:
    """Return a text in the language of the document, French where English is missing, without markup."""
    read = entry.get if isinstance(entry, dict) else lambda key: getattr(entry, key, "")
    english = (get_language() or "fr").startswith("en") and read(f"{name}_en")
    return english or with_no_break_spaces(read(f"{name}_fr") or "")


def metric(one: dict) -> str:
    """Return a metric in one line: « Places ouvertes (places) : de 40 à 120 d'ici le 31 déc. 2027 »."""
    words = f"{text(one, 'label')} ({one['unit']})"
    if one["target"] is not None:
        start = number(one["baseline"]) if one["baseline"] is not None else _("not known")
        words += _(": from %(start)s to %(target)s") % {"start": start, "target": number(one["target"])}
    return f"{words}, {day(one['target_on'])}" if one["target_on"] else words


def day(text: str | None) -> str:
    return words.day(date.fromisoformat(text)) if text else ""


def last_versions() -> list[PlanVersion]:
    """Return the last version of each public plan."""
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.public()).order_by("plan_id", "-number")
    return list(versions.distinct("plan_id").select_related("plan"))
