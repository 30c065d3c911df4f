"""Make the report for a reply as a tagged PDF, from the same lines and figures as its page and table."""

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from foundation.documents import pdf
from foundation.templatetags.words import day
from indicators.models import PackFile
from plans.commitments.display.report import Report, words
from plans.commitments.display.tally import states


def as_pdf(found: Report) -> bytes:
    """Return the report as PDF."""
    data = {
        "about": _("What a reply to a monitoring body is written from, on %(day)s.") % {"day": _day(found.on)},
        "notes": _notes(),
        "head": [_("Commitments"), _("Number of them")],
        "figures": [[label, str(number)] for label, number in counted(found)],
        "rounds": [
            {
                "title": words(each.source, "title"),
                "themes": [
                    {"title": words(theme), "lines": [_line(line) for line in lines]} for theme, lines in each.themes
                ],
            }
            for each in found.rounds
        ],
    }
    return pdf.render("commitments", data, title=_("Report by round and theme"), language=(get_language() or "fr")[:2])


def _notes() -> list[str]:
    """Return a note while the pack is not validated."""
    if not PackFile.objects.filter(name="commitments.yaml", validated_by=None).exists():
        return []
    return [_("Texts and links gathered from public sources: nobody in charge has vouched for them yet.")]


def counted(found: Report) -> list[tuple[str, int]]:
    """Return the figures in words, without statuses not in use."""
    figures = found.figures
    return [
        (_("In all"), figures["all"]),
        *[(label, number) for _code, number, label in states(figures)],
        (pgettext("commitment", "Contested"), figures["contested"]),
    ]


def _line(line) -> dict:
    c, p = line.commitment, line.progress
    positions = []
    if p:
        who = _("%(body)s, state as of %(day)s") % {"body": p.responsible, "day": _day(p.on)}
        positions.append({"who": who, "text": "\n".join(part for part in (p.text, p.evidence) if part)})
    positions += [
        {
            "who": f"{opinion.agency.profile or opinion.agency.name}, {opinion.get_stance_display()}",
            "text": opinion.text,
        }
        for opinion in line.opinions
    ]
    positions += [{"who": pgettext("commitment", "Measure"), "text": measure.title_fr} for measure in line.measures]
    return {"code": c.pk, "text": words(c, "text"), "about": " · ".join(_about(line)), "said": positions}


def _about(line) -> list[str]:
    c = line.commitment
    state = str(line.status_label) or pgettext("commitment", "Nothing stated")
    found = [part for part in (words(c, "paragraph") if c.paragraph else "", words(c.urgency), state) if part]
    if c.contested:
        found.append(pgettext("commitment", "Contested"))
    if line.waits and line.years:
        found.append(ngettext("asked for %(n)d year", "asked for %(n)d years", line.years) % {"n": line.years})
    if line.chain.repeated:
        times = ngettext("asked %(n)d time", "asked %(n)d times", line.chain.times)
        found.append(times % {"n": line.chain.times})
    return found


def _day(value) -> str:
    return day(value, "F Y")
