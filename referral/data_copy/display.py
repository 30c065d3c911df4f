"""Put in words the parts of the copy that stand apart: each is printed only once it was reread and ticked.

Of one that was not ticked the copy does not even say that it is there, since somebody else may find the paper (decision
82). Nothing of presumed authors, nor under professional secrecy: these tell of others, or are another's to give.
"""

from django.utils.translation import gettext as _

from agencies.models import Agency, Category, Level
from foundation.words import countries
from indicators.codes.selectors import labels
from indicators.codes.words import wording
from indicators.procedures.selectors import book
from referral.models import CaseOutcome, OrientationMessage
from referral.procedures.display import of_case
from victims.access.access import Held
from victims.cases.display import reading, signs, story, ticked_words
from victims.categories import display as categories_display
from victims.categories.operations import NAMES, is_corrected, read_entries
from victims.consents.display import agreements, opinions
from victims.models import Case, CaseAccess, Need, NeedText, Statement, SupportAction
from victims.path.display import in_words
from victims.path.operations import current

from .selectors import Words, documents_apart, requests_apart

SEXES, AGE_GROUPS, CONTEXTS = "sexes", "age_groups", "detection_contexts"
SHOWN = (Category.HEALTH, Category.RESIDENCE)  # categories of which the person is given what is written


def apart_of(actor, case: Case, access: CaseAccess) -> list[Words]:
    """Return the parts that stand apart, as far as the actor may read them. The reading of a category is journalled."""
    found = _about_the_person(case) if access.level >= Level.FILE else []
    found += _help(actor, case, access)
    for bit in SHOWN:
        if access.categories & bit:
            found += _category(actor, case, bit)
    return [words for words in found if words.text or words.facts]


def missing_of(access: CaseAccess, held: dict[int, Held]) -> list[tuple[str, list[str]]]:
    """Return what the reader may not read, each with the names of the agencies that may, and so can give it."""
    asked = [(bit.label, lambda one, bit=bit: one.categories & bit) for bit in Category if bit != Category.OFFENCE]
    lacking = [(label, may) for label, may in asked if not may(access)]
    if access.level < Level.FILE:
        lacking.append((Level.FILE.label, lambda one: one.level >= Level.FILE))
    names = dict(Agency.objects.filter(pk__in=held).values_list("pk", "name"))
    return [(str(label), sorted(names[pk] for pk, one in held.items() if may(one))) for label, may in lacking]


def _about_the_person(case: Case) -> list[Words]:
    """Return what the file holds on the person: signs, story, path, survey, words of statements and of closings."""
    found = _signs(case)
    for row in in_words(current(case)):
        facts = [(row.what, " · ".join(part for part in (row.where, row.period) if part))]
        found.append(Words(f"p{row.pk}", row.at, row.by.agency, _("Path"), row.data.get("note", ""), facts))
    if hasattr(case, "profile"):
        said = case.profile
        found.append(Words(f"q{case.pk}", said.at, None, _("Answers to the yearly survey"), "", _profile(said.data)))
    for row in Statement.objects.filter(case=case).select_related("agency"):
        words = [row.data.get("basis"), row.data.get("motives")]
        facts = [(_("Status"), row.get_status_display())]
        found.append(Words(f"s{row.pk}", row.at, row.agency, _("View on the situation"), _joined(words), facts))
    for row in CaseOutcome.objects.filter(case=case).select_related("by__agency"):
        found.append(Words(f"w{row.pk}", row.at, row.by.agency, _("At the closing"), _joined(row.data.values())))
    return found


def _signs(case: Case) -> list[Words]:
    seen, told = list(case.observations.all()), list(case.texts.select_related("by__agency"))
    assessed = case.assessments.first()
    words = ticked_words(assessed.result if assessed else None, [row.data for row in told])
    facts = signs([{"indicator": row.indicator, "value": row.value} for row in seen], words)
    if assessed:
        facts.append((_("Reading of the signs, which decides nothing"), reading(assessed.result)["headline"]))
    found = [Words("signs", seen[-1].at if seen else case.received_at, None, _("Signs noticed"), "", facts)]
    what = _("What was told with the alert")
    return found + [Words(f"t{row.pk}", row.at, row.by.agency, what, "", story(row.data)) for row in told]


def _profile(data: dict) -> list[tuple[str, str]]:
    known = labels(SEXES, AGE_GROUPS, CONTEXTS)
    facts = [
        (_("Sex"), known[SEXES].get(data.get("sex"), "")),
        (_("Age group"), known[AGE_GROUPS].get(data.get("age_group"), "")),
        (_("Nationality"), countries.label(data["nationality"]) if data.get("nationality") else ""),
        (_("How the person was detected"), known[CONTEXTS].get(data.get("detection"), "")),
    ]
    return [(question, answer) for question, answer in facts if answer]


def _help(actor, case: Case, access: CaseAccess) -> list[Words]:
    """Return what was done for the person: agreements, procedures, sealed needs, acts, messages, documents."""
    found = []
    for row in agreements(case):
        text = _joined(row.words.values())
        found.append(Words(f"a{row.pk}", row.obtained_at, row.obtained_by.agency, row.purpose_words, text))
    for row in opinions(case):
        facts, text = [(_("Opinion"), row.get_stance_display())], _joined(row.words.values())
        found.append(Words(f"c{row.pk}", row.at, row.by.agency, _("Opinion of the child"), text, facts))
    for shown in of_case(actor, access, book()):
        done = [(wording(step.step, "action"), step.act.get_action_display()) for step in shown.steps if step.act]
        facts = [(_("Name of the procedure"), wording(shown.procedure)), *done]
        found.append(Words(f"l{shown.row.pk}", shown.row.at, None, _("Procedure begun"), "", facts))
    found += _sealed_needs(actor, case)
    acts = SupportAction.objects.visible_to(actor).filter(case=case).select_related("agency")
    found += [Words(f"x{row.pk}", row.at, row.agency, _("Support"), row.data["text"]) for row in acts]
    said = OrientationMessage.objects.visible_to(actor).filter(case_id=case.pk).select_related("agency")
    found += [Words(f"g{row.pk}", row.at, row.agency, row.get_sort_display(), row.words["text"]) for row in said]
    return found + documents_apart(actor, case) + requests_apart(actor, case)


def _sealed_needs(actor, case: Case) -> list[Words]:
    """Return the needs of health, residence and asylum; their words stand behind the category."""
    needs = Need.objects.visible_to(actor).filter(case=case).exclude(bit=0)
    texts = {row.need_id: row.data["text"] for row in NeedText.objects.visible_to(actor).filter(case=case)}
    return [
        Words(
            f"d{row.pk}", row.at, row.agency, _("Need"), texts.get(row.pk, ""),
            [(str(row.service), row.get_state_display())],
        )
        for row in needs.select_related("agency").served()
    ]  # fmt: skip


def _category(actor, case: Case, bit: Category) -> list[Words]:
    found = [row for row in read_entries(actor, case.pk, bit) if not is_corrected(row)]
    said = categories_display.facts(NAMES[bit], [row.data for row in found])
    return [
        Words(f"h{row.pk}", row.at, row.by.agency if row.by else None, str(bit.label), "", facts)
        for row, facts in zip(found, said, strict=True)
    ]


def _joined(words) -> str:
    return "\n".join(str(word) for word in words if isinstance(word, str) and word)
