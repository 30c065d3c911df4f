"""Present an event's persons in words: what they are asked, what comes next and who acts, who goes where."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agencies.models import Agency, Category, Desk
from foundation.words.spoken_languages import read_as
from indicators.codes.selectors import CONSENT_PURPOSES, DECLINE_REASONS, labels
from referral.models import Orientation, SituationCase
from referral.orientations.display.coverage import with_hint
from referral.orientations.rules import suffices
from referral.routing.selectors.ranking import fresh
from referral.situations.rules import OURS, Wait, answered_before
from victims.cases.words import EXPLAINED_OF_AGREEMENT, word, words
from victims.consents.display import recipients_of
from victims.consents.words import CATEGORIES, INTERPRETERS, LEVELS, PROOFS
from victims.models import Consent

Answer = SituationCase.Answer
CHILD_ANSWERS = {
    Answer.YES: pgettext_lazy("child", "In favour"),
    Answer.PART: pgettext_lazy("child", "Divided"),
    Answer.NO: pgettext_lazy("child", "Against"),
    Answer.LATER: pgettext_lazy("child", "Did not wish to say"),
    Answer.NOT_ASKED: pgettext_lazy("child", "Not heard yet"),
}
KEYS = {Answer.YES: "o", Answer.PART: "p", Answer.NO: "n", Answer.LATER: "t"}  # oui, part, non, temps
LINKS = {
    Wait.SEND: "referral:situation-drafts",
    Wait.SHARE: "referral:situation-split",
    Wait.ASK: "referral:situation-ask",
    Wait.AGAIN: "referral:situation-ask",
}
LEFT_OUT = {
    Answer.NOT_ASKED: gettext_lazy("Not asked yet"),
    Answer.LATER: gettext_lazy("Want time to think"),
    Answer.NO: gettext_lazy("Said no"),
}


class Press(NamedTuple):
    """Hold an answer as a button: its code, its words, and the letter that presses it."""

    code: str
    words: str
    key: str
    given: bool


def answers(line: SituationCase | None, told: dict) -> list[Press]:
    """Return the answers to press for this person; for a child those of an opinion. `told`: what is asked."""
    if line is None:
        return []
    given = "" if answered_before(line, told) else line.agreement
    return [Press(code, answer_words(line, code), key, code == given) for code, key in KEYS.items()]


def answer_words(line: SituationCase, code: str = "") -> str:
    """Return an answer in words, that of the line by default."""
    given = Answer(code or line.agreement)
    return str(CHILD_ANSWERS[given] if line.known and line.known.is_minor else given.label)


def show_answers(lines: Iterable[SituationCase], told: dict | None) -> None:
    """Set on each line its `answer` in words, and that it was to an earlier question than `told`."""
    for line in lines:
        line.answer = answer_words(line)
        if answered_before(line, told):
            line.answer = _("%(answer)s (earlier question)") % {"answer": line.answer}


def asked(told: dict) -> list[tuple[str, str]]:
    """Return what each person is asked: (title, words)."""
    reach = Consent(agencies=told["agencies"], kinds=told["kinds"])
    purposes = labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    rows = [
        (_("What for"), purposes.get(told["purpose"], told["purpose"])),
        (_("With whom"), recipients_of(reach)),
        (_("How far"), str(dict(LEVELS).get(told["level"], ""))),
        (_("Besides"), ", ".join(str(dict(CATEGORIES)[bit]) for bit in Category.of(told["categories"]))),
        (_("Explained"), words(EXPLAINED_OF_AGREEMENT, told["explained"])),
        (_("How the answer is given"), str(word(PROOFS, told["proof"]))),
        (_("Interpreter"), str(word(INTERPRETERS, told["interpreter"]))),
        (_("Asked by"), told["asked_by"]),
    ]
    return [(title, said) for title, said in rows if said]


def show_waits(lines: Iterable[SituationCase]) -> None:
    """Set on each line `spoken` in words, who acts (`ours`, `who`) and the route of what to do."""
    for line in lines:
        line.spoken = read_as(line.known.language) if line.known and line.known.language else ""
        line.ours, line.route = line.wait in OURS, LINKS.get(line.wait, "")
        line.who = _who(line)


class Waiting(NamedTuple):
    """Hold how many persons wait for the same thing; `shown`: the list is narrowed to them."""

    code: str
    count: int
    words: str
    shown: bool


def waits(counted: dict[Wait, int], only: str) -> list[Waiting]:
    """Return what persons wait for, to narrow the list by."""
    return [Waiting(wait, count, str(wait.label), wait == only) for wait, count in counted.items()]


def _who(line) -> str:
    if line.wait == Wait.CLOSED:
        return ""
    if line.wait in OURS:
        return ", ".join(member.user.full_name for member in line.in_charge)
    if line.wait == Wait.LEAD:
        return str(line.known.lead) if line.known else ""
    return str(line.orientation.addressee)


def spans(numbers: Iterable[int]) -> str:
    """Return numbers as a person reads them: « 1 to 20, 23 »."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(_("%(from)d to %(to)d") % {"from": a, "to": b} if b > a else str(a) for a, b in runs)


class Share(NamedTuple):
    """Hold what one service is proposed: how many persons, which ones, and whether they exceed its places."""

    agency: str
    count: int
    numbers: str
    places: int | None
    over: bool


def shares(parts) -> list[Share]:
    """Return, for each service proposed, the persons that go to it."""
    known = {s.agency.pk: s for part in parts for s in part.desks}
    counted = Counter(part.chosen for part in parts if part.free and part.chosen in known)
    return [
        Share(
            str(known[pk].agency),
            count,
            spans(part.line.number for part in parts if part.free and part.chosen == pk),
            known[pk].desk.places,
            known[pk].desk.places is not None and count > known[pk].desk.places,
        )
        for pk, count in counted.items()
    ]


def with_places(agency: Agency, desk: Desk | None) -> str:
    """Return a service in words, with the places that it declares."""
    if desk is None or desk.places is None:
        return str(agency)
    if desk.places == 0 and fresh(desk):
        return _("%(agency)s · no place declared") % {"agency": agency}
    said = ngettext("%(count)d place", "%(count)d places", desk.places) % {"count": desk.places}
    return f"{agency} · {said}"


def agency_choices(ids: Iterable[int]) -> list[tuple[int, str]]:
    """Return these services by name, with the places that they declare, as they stand where persons are shared."""
    found = Agency.objects.filter(pk__in=list(ids)).select_related("desk").order_by("name")
    return [(agency.pk, with_places(agency, getattr(agency, "desk", None))) for agency in found]


def desk_choices(part) -> list[tuple[int, str]]:
    """Return the desks for one person, those that refused her last, with why."""
    reasons = labels(DECLINE_REASONS)[DECLINE_REASONS] if part.refused else {}
    return [
        (s.agency.pk, _after_no(with_places(s.agency, s.desk), part.refused.get(s.agency.pk), reasons))
        for s in part.desks
    ]


def _after_no(said: str, refusal, reasons: dict[str, str]) -> str:
    if refusal is None:
        return said
    if refusal.state == Orientation.State.EXPIRED:
        return _("%(service)s · did not answer for this person") % {"service": said}
    reason = reasons.get(refusal.reason, refusal.reason)
    return _("%(service)s · declined this person: %(reason)s") % {"service": said, "reason": reason}


def run_choices(parts) -> list[tuple[int, str]]:
    """Return the desks for runs of persons; those that nobody is left for, because they refused, come last."""
    free = [part for part in parts if part.free]
    known = {s.agency.pk: s for part in free for s in part.desks}
    takers = {s.agency.pk for part in free for s in part.open_desks}
    no = Counter(pk for part in free for pk in part.refused)
    found = sorted(known.values(), key=lambda s: s.agency.pk not in takers)
    return [(s.agency.pk, _after_all(with_places(s.agency, s.desk), no[s.agency.pk])) for s in found]


def _after_all(said: str, no: int) -> str:
    if not no:
        return said
    refused = ngettext("did not take %(n)d person", "did not take %(n)d people", no) % {"n": no}
    return f"{said} · {refused}"


def closed(parts) -> list[tuple[str, str, str]]:
    """Return the services that agreements name and that cannot take those persons: (service, why, numbers)."""
    found: dict[tuple[str, str], list[int]] = {}
    for part in parts:
        for s in part.closed if part.free and part.agreed and not part.case.is_minor else ():
            found.setdefault((str(s.agency), s.blocked), []).append(part.line.number)
    return [(agency, why, spans(numbers)) for (agency, why), numbers in found.items()]


def categories(parts) -> list[tuple[int, str]]:
    """Return what requests for these persons may carry besides, with how many agreements cover it.

    A child sent on the ground of danger is in none of them: such a request carries none of it.
    """
    found = []
    for bit, label in CATEGORIES:
        n = sum(any(c.categories & bit and suffices(part.case, c) for c in part.agreements) for part in parts)
        if n:
            said = ngettext("for %(n)d person of %(total)d", "for %(n)d people of %(total)d", n)
            found.append((bit, with_hint(label, said % {"n": n, "total": len(parts)})))
    return found


class Left(NamedTuple):
    """Hold persons who are proposed to no service, why, and what is to be done: ask them, or ask something else."""

    why: str
    count: int
    numbers: str
    to_ask: bool
    to_change: bool


def left_out(parts) -> list[Left]:
    """Return who goes nowhere, by reason: they stay with the unit."""
    why: dict[tuple[str, bool, bool], list[int]] = {}
    for part in parts:
        if part.free and not part.chosen:
            why.setdefault(_reason(part), []).append(part.line.number)
    return [Left(words, len(numbers), spans(numbers), *todo) for (words, *todo), numbers in why.items()]


def _reason(part) -> tuple[str, bool, bool]:
    said, child = part.line.agreement, part.case.is_minor
    if not part.agreed:
        if said == Answer.NO and part.line.earlier:
            return _("Said no to an earlier question"), True, False
        return str(LEFT_OUT.get(said, _("Their agreement has ended"))), said != Answer.NO, False
    if not part.desks:
        if child:
            return _("No service can take them"), False, False
        return _("No service that takes them is named by their agreement"), False, True
    if not part.open_desks:
        if part.closed:  # these may take her later: another question would not help
            return _("Not taken, and the other services are full or do not take them"), False, False
        if child:
            return _("Not taken by the services that could"), False, False
        return _("Not taken by the services that could: name another one"), False, True
    return _("Agreed: no place left, or not chosen yet"), False, False
