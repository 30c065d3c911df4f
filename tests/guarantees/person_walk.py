"""Walk on from where the desks opened cases: requests that end; cases merged, closed, reopened, handed over.

As `clock_walk.py`, by bare moves; what is asked of each state is asked of each person that the alert tells of.
"""

import json
import uuid

from django.db import connection

from foundation.actor import acting_as
from referral.models import Match
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

from .clock_walk import TELL, ClockWalk
from .stages import system_of

READ = """
SELECT json_build_object(
  'alert', (SELECT state FROM referral_alert WHERE id = %(alert)s),
  'author', (SELECT case_status FROM referral_alert WHERE id = %(alert)s),
  'desks', (SELECT COALESCE(json_agg(json_build_array(d.agency_id, d.answer, d.due_at IS NOT NULL,
      d.case_at IS NOT NULL, d.followed_at IS NOT NULL) ORDER BY d.agency_id), '[]')
            FROM referral_alertdesk d WHERE d.alert_id = %(alert)s AND d.live),
  'cases', (SELECT json_object_agg(c.id, json_build_object('status', c.status, 'why', c.closure_reason,
      'lead', c.lead_id, 'unit', c.coordination_id,
      'joined', EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.case_id = c.id AND l.alert_id = %(alert)s),
      'began', (SELECT m.agency_id FROM referral_casemove m WHERE m.case_id = c.id
                AND m.action IN ('start_support', 'follow_up') ORDER BY m.at DESC LIMIT 1)) ORDER BY c.id)
            FROM victims_case c WHERE c.id = ANY (%(cases)s::uuid[])),
  'asked', (SELECT COALESCE(json_agg(json_build_array(o.case_id, o.verb, o.state)
                                     ORDER BY o.case_id, o.verb, o.state), '[]')
            FROM referral_orientation o WHERE o.case_id = ANY (%(cases)s::uuid[])),
  'ids', (SELECT COALESCE(json_agg(json_build_array(o.case_id, o.state, o.id, o.verb, o.sender_id, o.addressee_id)
                                   ORDER BY o.verb DESC, o.id), '[]')
          FROM referral_orientation o WHERE o.case_id = ANY (%(cases)s::uuid[])),
  'pair', (SELECT json_build_array(m.state, m.kept_id) FROM referral_match m WHERE m.id = %(pair)s),
  'agreed', (SELECT withdrawn_at IS NULL FROM victims_consent WHERE id = %(agreed)s),
  'said', (SELECT COALESCE(json_agg(DISTINCT m.agency_id || m.action), '[]') FROM referral_alertmove m
           WHERE m.alert_id = %(alert)s))
"""
CASE_MOVE = """
INSERT INTO referral_casemove (id, case_id, action, before, after, membership_id, agency_id, at, reason, to_agencies)
VALUES (gen_random_uuid(), %(thing)s, %(action)s, %(before)s, %(after)s, %(member)s::bigint, %(agency)s::int, {at},
        %(reason)s, '{{}}');
"""
MERGE = """
INSERT INTO referral_matchmove (id, match_id, action, before, after, membership_id, agency_id, at, reason,
                                to_agencies, keep_id)
VALUES (gen_random_uuid(), %(pair)s, %(action)s, %(before)s, %(after)s, %(member)s::bigint, %(agency)s::int, now(), '',
        '{}', %(keep)s);
"""
LINK = "INSERT INTO referral_alertlink (alert_id, case_id, at) VALUES (%(alert)s, %(case)s, now());"
LOST = "lost_contact"
OPEN, HELPS = ("sent", "opened", "question"), ("accepted", "in_progress")
STEPS = {
    "starts the support of": (("open", "start_support", "in_support"), ("follow_up", "start_support", "in_support")),
    "only follows": (("in_support", "follow_up", "follow_up"),),
    "closes": tuple((state, "close", "closed") for state in ("open", "in_support", "follow_up")),
    "loses": tuple((state, "close", "closed") for state in ("open", "in_support", "follow_up")),
    "reopens": (("closed", "reopen", "open"),),
}


class PersonWalk(ClockWalk):
    """One alert at the coordination and `others`; its cases by letter.

    « A » of the coordination, opened after the alert; « B » of another person of it; « K » of an agency that does not
    have the alert, maybe of the same person as A. `acts`: words of those that are walked.
    """

    def __init__(
        self, kind: str, acts: tuple[str, ...], others: tuple[str, ...] = (), persons: int = 1, drafts: int = 1
    ):
        self.drafts = drafts
        super().__init__(kind, others)
        if persons > 1:
            with as_role("nrm_owner"):
                type(self.alert).objects.filter(pk=self.alert.pk).update(persons=persons)
                Case.objects.filter(pk__in=self.letters.values()).update(persons=1)
        self.persons = persons
        unit = self.members["coordination"]
        mine = self._of_desks()
        mine |= {
            "B is joined": self._joins(unit, "B"),
            "A is merged into K": self._decides(unit, "merge", "open", "merged", "K"),
            "K is merged into A": self._decides(unit, "merge", "open", "merged", "A"),
            "the merge is undone": self._decides(unit, "undo", "merged", "open", None),
            "the agreement is withdrawn": self._withdrawn,
        }
        for letter in self.letters:
            mine |= {
                f"{letter} asks": self._sends(letter, "support"),
                f"{letter} asks to hand over": self._sends(letter, "transfer"),
                **{f"{word} {letter}": self._steps(letter, word) for word in STEPS},
                **{f"the shelter {word} {letter}": act for word, act in {
                    "accepts": self._accepts(letter),
                    "declines": self._requested(letter, OPEN, "decline", "declined", "helper"),
                    "completes": self._completes(letter),
                }.items()},
                f"silence ends {letter}": self._requested(letter, OPEN, "expire", "expired", "clock"),
                f"takes back {letter}": self._requested(letter, OPEN, "withdraw", "withdrawn", "sender"),
                f"revokes {letter}": self._requested(letter, HELPS, "revoke", "withdrawn", "lead"),
                f"time ends {letter}": self._lapses(letter),
            }  # fmt: skip
        self.acts = {name: mine[name] for name in acts}

    def _cases(self, made):
        unit, far = self.members["coordination"], f.member(f.shelter(name="far"))
        # one draft for each need and addressee: requests go to several shelters, a transfer to one of its own
        heir, *more = (f.member(f.shelter(name=name, territories=("13",))) for name in ("heir", "annex"))
        self.helpers = [self.helper, *more][: self.drafts]
        self.leads = {one.agency_id: one for one in (far, heir, *self.helpers, *self.members.values())}
        self.names |= {pk: one.agency.name for pk, one in self.leads.items()} | {unit.agency_id: "coordination"}
        self.systems |= {one.agency_id: system_of(one.agency_id).pk for one in self.helpers}
        self.letters, self.cases = {}, {}
        for letter, lead in {"A": unit, "B": unit, "K": far}.items():
            with as_role("nrm_owner"), acting_as(lead):
                case = Case.objects.create(
                    age_side=self.alert.age_side, urgency=self.alert.urgency, territory_id="75",
                    lead=lead.agency, coordination=unit.agency, opened_by=lead,
                )  # fmt: skip
            self.letters[letter] = case.pk
            for helper in self.helpers:
                self._draft(lead, case, helper)
            if letter == "A":
                agreed = f.consent(unit, case, agencies=[heir.agency_id], level=3)
                self._draft(unit, case, heir, verb="transfer", level=3, consent=agreed)
                self.agreed = agreed.pk
        self.cases["coordination"] = self.letters["A"]
        first, second = sorted((self.letters["A"], self.letters["K"]))
        with as_role("nrm_owner"):
            self.pair = Match.objects.create(first_id=first, second_id=second, strength="likely", digest="x").pk
            # led for two hours, so that a support begun for one is begun by who leads
            with connection.cursor() as cursor:
                cursor.execute("UPDATE victims_grant SET given_at = now() - interval '2 hours'")

    def _draft(self, member, case, to, **fields):
        ground = {"legal_ground": "vital_danger", "legal_reason": "Danger pour sa vie, écrit pour cet essai."}
        values = fields if "consent" in fields else {**ground, "level": 2, **fields}
        with acting_as(member):
            orientations.draft_orientation(
                member, case, addressee=to.agency, service=self.service, exclusive=False, **values
            )

    # -- acts -------------------------------------------------------------------------------------------------------
    def _lead(self, now, letter):
        return self.leads[now["cases"][str(self.letters[letter])]["lead"]]

    def _requests(self, now, letter, states, verb=""):
        case = str(self.letters[letter])
        return [row for row in now["ids"] if row[0] == case and row[1] in states and (not verb or row[3] == verb)]

    def _joins(self, member, letter):
        def act(now):
            if now["cases"][str(self.letters[letter])]["joined"] or not now["cases"][str(self.letters["A"])]["joined"]:
                return ""
            sql = TELL.format(role="nrm_app") + LINK
            return self._said(sql, **self._who(member), alert=self.alert.pk, case=self.letters[letter])

        return act

    def _decides(self, member, action, before, after, keep):
        values = {"action": action, "before": before, "after": after, "keep": self.letters.get(keep), "pair": self.pair}
        return lambda now: self._said(TELL.format(role="nrm_owner") + MERGE, **self._who(member), **values)

    def _steps(self, letter, word):
        def act(now):
            case = now["cases"][str(self.letters[letter])]
            step = next((step for step in STEPS[word] if step[0] == case["status"]), None)
            if step is None:
                return ""
            at = "now() - interval '1 hour'" if now["agreed"] and step[1] != "close" else "now()"
            sql = TELL.format(role="nrm_app") + CASE_MOVE.format(at=at)
            names = dict(zip(("before", "action", "after"), step, strict=True))
            reason = {"closes": "autonomy", "loses": LOST}.get(word, "")
            who = self._who(self._lead(now, letter))
            return self._said(sql, **who, **names, thing=self.letters[letter], reason=reason)

        return act

    def _sends(self, letter, verb):
        def act(now):
            drafts = self._requests(now, letter, ("draft",))
            drafts = [row for row in drafts if (row[3] == "transfer") == (verb == "transfer")]
            return drafts and self._insert("orientation", drafts[0][2], "send", "draft", "sent",
                                           self._lead(now, letter), role="nrm_owner")  # fmt: skip

        return act

    def _requested(self, letter, states, action, after, who):
        def act(now):
            found = self._requests(now, letter, states)
            if not found:
                return ""
            _, state, pk, _, sender, to = found[0]
            by = {"sender": self.leads[sender], "lead": self._lead(now, letter), "helper": self.leads[to], "clock": to}
            return self._insert("orientation", pk, action, state, after, by[who], role="nrm_owner")

        return act

    def _accepts(self, letter):
        def act(now):
            sql = TELL.format(role="nrm_app") + "SELECT nrm.accept(%(thing)s, %(move)s, '\\x00');"
            found = self._requests(now, letter, OPEN)
            return found and self._said(sql, **self._who(self.leads[found[0][5]]), thing=found[0][2],
                                       move=uuid.uuid4())  # fmt: skip

        return act

    def _completes(self, letter):
        def act(now):
            found = self._requests(now, letter, ("accepted",))
            return found and "".join(
                self._insert("orientation", found[0][2], *step, self.leads[found[0][5]], role="nrm_owner")
                for step in (("start", "accepted", "in_progress"), ("complete", "in_progress", "completed"))
            )

        return act

    def _lapses(self, letter):
        def act(now):
            found = self._requests(now, letter, HELPS)
            sql = (
                "SET LOCAL ROLE nrm_owner;"
                "UPDATE victims_grant SET until = now() - interval '1 hour' WHERE ground_id = %(one)s;"
                "DELETE FROM victims_grant WHERE ground_id = %(one)s;"
            )
            return found and self._said(sql, one=found[0][2])

        return act

    def _withdrawn(self, now):
        who = self._who(self._lead(now, "A"))
        sql = TELL.format(role="nrm_owner") + "UPDATE victims_consent SET withdrawn_at = now() WHERE id = %(agreed)s;"
        return now["agreed"] and self._said(sql, **who, agreed=self.agreed)

    # -- what is so -------------------------------------------------------------------------------------------------
    def _asked(self) -> str:
        cases = [str(pk) for pk in self.letters.values()]
        return self._said(READ, alert=self.alert.pk, cases=cases, pair=self.pair, agreed=self.agreed)

    def key(self, now) -> str:
        told = [said for said in now["said"] if said and said.endswith("stand_down")]
        return json.dumps(
            [*(now[name] for name in ("alert", "author", "desks", "asked", "cases", "pair", "agreed")), told]
        )

    def over(self, now) -> bool:
        return False

    def _stands(self, now, case: str) -> str:
        """Return the case that goes on for this one: the other of the pair, if it was merged into it."""
        state, kept = now["pair"]
        pair = {str(self.letters["A"]), str(self.letters["K"])}
        merged = state == "merged" and case in pair and case != kept
        return kept if merged and now["cases"][case]["why"] == "duplicate" else case

    def _persons(self, now) -> dict[str, str]:
        """Return of each person of the alert, by the case that stands: ended, helped, or nothing."""
        found = {}
        for case in (case for case, row in now["cases"].items() if row["joined"]):
            stands = self._stands(now, case)
            row = now["cases"][stands]
            asked = {state for other, _, state in now["asked"] if self._stands(now, other) == stands}
            # who leads because it accepted to goes on with the support; a coordination to which it fell back does not
            goes_on = row["lead"] != row["unit"] or row["began"] == row["unit"]
            supported = row["status"] in ("in_support", "follow_up") and goes_on
            helped = supported or asked & {*OPEN, *HELPS}
            found[stands] = "ended" if row["status"] == "closed" else "helped" if helped else ""
        return found

    def wrong(self, now) -> str:
        persons = self._persons(now)
        waited = [letter for letter, pk in self.letters.items() if persons.get(str(pk)) == ""]
        if (now["author"] == "closed") != (bool(persons) and set(persons.values()) == {"ended"}):
            return f"its author reads « {now['author']} »"
        if now["alert"] == "closed":
            left = [self.names[row[0]] for row in now["desks"] if row[1] != "closed"]
            return f"closed, while {', '.join((*left, *waited))} did not" if left or waited else ""
        silent = [self.names[row[0]] for row in now["desks"] if self.guarded and not row[1] and not row[2]]
        if silent:
            return f"« {silent[0]} » has no clock and answered nothing"
        if any(row[2] or row[1] in ("acting", "with_person") for row in now["desks"]):
            return ""
        if waited or not persons:
            return f"no clock runs, and nobody declared to act or to be with the person of {waited or 'the alert'}"
        lost = [letter for letter, pk in self.letters.items() if now["cases"][self._stands(now, str(pk))]["why"] == LOST
                and str(pk) in persons]  # fmt: skip
        if lost and any(row[1] in ("reached", "nothing_to_do") for row in now["desks"]):
            return f"{lost} is lost, and who had stood by was not asked again"
        if self.guarded and "helped" not in persons.values() and any(row[1] == "reached" for row in now["desks"]):
            return "every person is closed, and who was only reached by phone is asked nothing"
        joined = sum(row["joined"] for row in now["cases"].values())
        # each desk that was left said itself that its share has ended
        if joined < self.persons and any(row[1] != "closed" for row in now["desks"]):
            return f"no clock runs, and {self.persons - joined} of the persons have no case"
        return ""

    def _named(self, key: str) -> str:
        words = {str(pk): letter for letter, pk in self.letters.items()}
        words |= {f"[{pk}, ": f"[{name}, " for pk, name in self.names.items()}
        for code, word in words.items():
            key = key.replace(code, word)
        return key
