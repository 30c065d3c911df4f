"""The world of `expected/definers_voices.csv`: civil society at the table, with the guards of its tables."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Kind, Membership
from plans.models import (
    Attendance,
    Consultation,
    Contribution,
    NameWithdrawal,
    Response,
    Seat,
    SectorGuide,
    Signal,
)
from tests.plans.people import speaker
from tests.roles import as_role

from .definers import Stage
from .definers_voices_calls import CALLS, LOOKS
from .policy_world import PolicyWorld, switch_guards

NOW, TODAY = timezone.now(), timezone.localdate()
WORDS = {
    "nothing": None,
    "jean": "Jean Dupont",
    "padded": "  Jean Dupont ",
    "jean_text": "Claire",
    "title_only": "Zoé",
    "answer_only": "Noé",
    "response_only": "Luc",
    "absent": "Personne",
    "long": "x" * 81,
    "mark": "[nom retiré 1]",
    "of_mark": "nom retiré ",
    "marie": "Marie",
    "part": "Mari",
    "whole": "Marie Curie",
}


class Voices(PolicyWorld):
    def __init__(self):
        super().__init__()
        self.who["city"] = speaker(Kind.LOCAL_AUTHORITY)
        self.who["abroad"] = speaker(Kind.INTERNATIONAL)
        with as_role("nrm_owner"):
            self._consultations()
            self._drafts()
            self._dated()
            self._named()
            self._seated()
            self._signals()
            switch_guards("ENABLE")
        self.names |= {f"{name}_unit": member.agency_id for name, member in self.who.items() if member}

    def _consultations(self):
        for name, opens, closes, fields in (
            ("over", -9, -1, {}),
            ("concluded", -9, -1, {"outcome": "Dit"}),
            ("withdrawn", -9, 9, {"withdrawn_at": NOW, "withdrawn_reason": "Essai"}),
        ):
            days = {"opens": TODAY + timedelta(opens), "closes": TODAY + timedelta(closes)}
            said = {"subject": "other", "title": "Essai", "text": "Essai", **days, **fields}
            self.put(f"consultation_{name}", Consultation, **said, **self.signed("coordination"))

    def contribution(self, name, who="association", **fields) -> Contribution:
        about = {} if "consultation" in fields else {"subject": "plan", "target": "p3"}
        said = {"title": "Essai", "text": "Essai", "state": "draft", **about, **fields}
        return self.put(name, Contribution, **said, **self.signed(who))

    def _drafts(self):
        for name in ("open", "over", "withdrawn", "coming"):
            asked = self.rows[f"consultation_{name}"]
            self.contribution(f"draft_to_{name}", consultation=asked)
        independent = {"who": "cncdh", "author_kind": "independent"}
        self.contribution("cncdh_draft", **independent)
        self.contribution("cncdh_to_over", consultation=self.rows["consultation_over"], **independent)
        self.contribution("cncdh_confidential", confidential=True, **independent)
        self.contribution("cncdh_published", state="published", **independent)
        self.contribution("kept_back", state="withdrawn", confidential=True)
        self.contribution("answered_sent", state="submitted", settled_at=NOW, submitted_at=NOW)

    def _dated(self):
        """Eight that count: sent on a day, to be answered by a day, answered or not."""
        for name, state, due, after, fields in (
            ("in_time", "submitted", 9, None, {}),
            ("late_unread", "submitted", -1, None, {}),
            ("late_read", "published", -1, None, {}),
            ("answered", "published", 9, 2, {}),
            ("answered_late", "published", -1, 6, {}),
            ("aside_in_time", "set_aside", 9, 12, {"set_aside_reason": "Essai"}),
            ("confidential_answered", "submitted", -1, 20, {"confidential": True}),
            ("gone", "withdrawn", 9, None, {}),
        ):
            sent = NOW - timedelta(40)
            settled = None if after is None else sent + timedelta(after)
            dates = {"submitted_at": sent, "due_at": NOW + timedelta(due, hours=1), "settled_at": settled}
            self.contribution(f"dated_{name}", state=state, **dates, **fields)

    def _named(self):
        texts = {"title": "Zoé parle", "text": "Jean Dupont et Claire, Marie Curie", "answers": ["Noé", "Jean Dupont"]}
        named = self.contribution("named", state="published", **texts)
        unread = self.contribution("unread", state="submitted", **texts)
        other = self.contribution(
            "other_named", state="published", text="Marie Curie, [nom retiré 1]", answers=["Rien"]
        )
        by = self.signed("coordination")
        for contribution, text in ((named, "Jean Dupont, Luc et [nom retiré 1]"), (other, "Luc et [nom retiré 1]")):
            Response.objects.create(contribution=contribution, verdict="partly", text=text, **by)
        Contribution.objects.filter(pk=named.pk).update(text=f"{named.text}, [nom retiré 1]")
        for name, of, number, back in (
            ("marked", named, 1, None),
            ("back", named, 2, NOW),
            ("other_mark", other, 7, None),
            ("unread_mark", unread, 1, None),
            ("back_of_other", other, 8, NOW),
        ):
            passage = {"back": "Marie", "back_of_other": "Jean Dupont"}.get(name, "")
            said = {"contribution": of, "number": number, "reason": "name", "restored_at": back, "passage": passage}
            self.put(name, NameWithdrawal, **said, **by)

    def _seated(self):
        """At a meeting held: one of the State present (policy_table_rows.py), of civil society two present, one not."""
        for body, presence in (("ccem", "present"), ("collectif", "present"), ("cgt", "excused")):
            seat = self.put(f"seat_of_{body}", Seat, body_id=body, college="civil_society", start=TODAY)
            Attendance.objects.create(meeting=self.rows["meeting_held"], seat=seat, presence=presence)

    def _signals(self):
        """Twelve and three of the last quarter, twelve of this one."""
        guide = {"label_fr": "Essai", "intro_fr": "Essai", "vigilance_fr": "Essai"}
        SectorGuide.objects.create(code="hotels", order=2, **guide)
        Signal.objects.all().delete()
        start = timezone.localtime().replace(day=1, hour=12)
        last = (start - timedelta(days=1 + 31 * ((start.month - 1) % 3))).replace(day=15)
        said = {"territory_id": "75", "month": TODAY.replace(day=1), "signs": [], "persons": "1", "done": []}
        for sector, at, count in (("construction", last, 12), ("hotels", last, 3), ("construction", NOW, 12)):
            Signal.objects.bulk_create(
                [Signal(sector_id=sector, at=at, **said, **self.signed("union")) for _signal in range(count)]
            )


def voices() -> Stage:
    world = Voices()
    members = {f"{name}.member": member.pk for name, member in world.who.items() if isinstance(member, Membership)}
    return Stage({**members, **WORDS, **world.names}, {**world.who, "public": None}, CALLS, LOOKS)
