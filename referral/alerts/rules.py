"""Derive from the answers of an alert what is missing, the page reached, the age side, the ground, the urgency."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from agencies.models import Kind
from foundation.words.child_words import child_words
from victims.models import AgeSide, Urgency

# the four pages
SITUATION, SIGNS, AGREEMENT, CHECK = 1, 2, 3, 4
PAGE_OF = {"territory": 1, "when": 1, "minor": 1, "danger": 1, "indications": 2, "agreement": 3, "legal_ground": 3}
REQUIRED = {
    "territory": gettext_lazy("Choose the département where the person is or sleeps now."),
    "when": gettext_lazy("Say when: today, yesterday, another date."),
    "minor": gettext_lazy("Say whether the person is a child, or whether there is a doubt."),
    "danger": gettext_lazy("Say whether the person is in danger now."),
    "indications": gettext_lazy("Tick the signs, or “none of these”."),
    "agreement": gettext_lazy("Say whether the person agrees, or was not asked."),
}
DANGER_REQUIRED = ("territory", "minor", "callback")
AGE_SIDES = {"yes": AgeSide.MINOR, "no": AgeSide.ADULT, "doubt": AgeSide.DOUBT}
FIRST_DAY = timedelta(hours=24)


# how an agency of this kind meets people, when it is one way; police and associations meet them in several
DETECTED_BY = {
    Kind.LABOUR: "labour_control",
    Kind.ASYLUM: "asylum",
    Kind.EDUCATION: "school",
    Kind.HEALTH: "healthcare",
    Kind.CHILD_PROTECTION: "child_protection",
    Kind.UNION: "union_office",
    Kind.EMPLOYER: "company",
}


class Incomplete(Exception):
    """Signal missing required answers: {name: what to do}."""

    def __init__(self, missing: dict):
        self.missing = missing
        super().__init__(", ".join(missing))


def missing(answers: dict) -> dict:
    """Return {name: what to do} for each required question without an answer."""
    if answers.get("kind") == "danger":
        names = {
            **REQUIRED,
            "callback": gettext_lazy("Give a number where you can be called back."),
        }
        return {name: names[name] for name in DANGER_REQUIRED if not answers.get(name)}
    found = {name: text for name, text in REQUIRED.items() if name != "indications" and not answers.get(name)}
    if not answers.get("observations") and not answers.get("none_of_these"):
        found["indications"] = REQUIRED["indications"]
    against = answers.get("agreement") == "no" and answers.get("share_anyway") and not protection_ground(answers)
    if against and not answers.get("legal_ground"):
        found["legal_ground"] = gettext_lazy("Without the person's agreement, name the legal ground.")
    return found


def require_complete(answers: dict) -> None:
    """Raise Incomplete unless every required question is answered."""
    if found := missing(answers):
        raise Incomplete(found)


def page_reached(answers: dict) -> int:
    """Return the first page with a required answer missing, the check page when there is none."""
    return min((PAGE_OF[name] for name in missing(answers)), default=CHECK)


def told_young(answers: dict) -> list[str]:
    """Return the words of the note that tell somebody under 18 although the answers say an adult; empty otherwise.

    Until its author answers `adult_sure`, the alert is sent with an age in doubt.
    """
    if answers.get("minor") != "no" or answers.get("adult_sure"):
        return []
    return child_words(answers.get("note"))


def settled(answers: dict) -> dict:
    """Return the answers as an alert is sent with them: an adult in whose note a child is told is an age in doubt."""
    return {**answers, "minor": "doubt"} if told_young(answers) else answers


def counted(answers: dict, side: str) -> dict:
    """Return the answers of a sent alert as they count now: what was added may have made an adult's age one in doubt.

    `side`: the age side of the alert. For a doubt no agreement is asked, and who protects children is told.
    """
    return {**answers, "minor": "doubt"} if side == AgeSide.DOUBT and answers.get("minor") == "no" else answers


def doubted(answers: dict, side: str, added: Iterable[str] = ()) -> list[str] | None:
    """Return the words that made an age in doubt of an alert whose author answered « no »; None for any other.

    `added`: what its author wrote since. The list is empty where the author doubts since, without such words.
    """
    if side != AgeSide.DOUBT or "no" not in (answers.get("minor"), answers.get("minor_said")):
        return None
    return list(dict.fromkeys(word for text in (answers.get("note"), *added) for word in child_words(text)))


def age_side(answers: dict) -> str:
    """Return the side of age on which signs are read: `adult`, `minor`, `doubt` or `unknown`."""
    return AGE_SIDES.get(answers.get("minor"), "unknown")


def is_child(answers: dict) -> bool:
    """Return whether the person counts as a child, also in doubt: the opinion is heard, no agreement is asked."""
    return answers.get("minor") in ("yes", "doubt")


def is_guarded(child: bool, urgency: str) -> bool:
    """Return whether each desk keeps its time limit until it answered (decision 38); a doubtful age is a child's.

    The database decides the same (nrm.alert_guarded).
    """
    return child or urgency == Urgency.VITAL


def protection_ground(answers: dict) -> str:
    """Return the legal ground that needs no agreement, a child or danger to life, or an empty text."""
    if is_child(answers):
        return "child_in_danger"
    if answers.get("danger") == "yes" or answers.get("kind") == "danger":
        return "vital_danger"
    return ""


def reachable_until(answers: dict) -> datetime | None:
    """Return the moment until which the person can be reached, if it is known."""
    until = answers.get("reachable_until")
    return datetime.fromisoformat(until) if until else None


def urgency(answers: dict, now: datetime) -> str:
    """Return vital for danger now, high for a child, a doubt about age or less than a day to reach the person."""
    if answers.get("danger") == "yes":
        return Urgency.VITAL
    until = reachable_until(answers)
    if is_child(answers) or (until and until - now < FIRST_DAY):
        return Urgency.HIGH
    return Urgency.NORMAL


def day_meant(when: str, written: date, today: date) -> date | None:
    """Return the day that « today » or « yesterday » means in an alert written on an earlier day, None when it still
    says the same."""
    if written >= today or when not in ("today", "yesterday"):
        return None
    return written - timedelta(days=when == "yesterday")


def device_mark(actor) -> str:
    """Return a mark of the membership for what its device keeps: the same each time, and it tells nothing."""
    return salted_hmac("referral.alerts.offline", str(actor.pk), algorithm="sha256").hexdigest()[:20]
