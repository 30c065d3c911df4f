"""The world of `expected/definers_matches.csv`, possible duplicates, and what its calls run.

Cases are letters, and a match has the letters of its two cases.
"""

import uuid
from datetime import date

from django.utils import timezone

from agencies.models import Role
from referral.models import Alert, AlertLink, Match
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, CaseLink, DataRequest, Identity, Limitation, MatchToken

from .definers import Stage
from .definers_guards import LOOKS as GUARD_LOOKS
from .definers_guards import ME, MOVE, added, guard

LOOKS = {
    "matches": "SELECT format('%s %s at #%s%s%s', id, state, unit_id, ' keeps ' || kept_id,"
    " ' was ' || (former->>'status')) FROM referral_match",
    "pairs": "SELECT format('%s with %s asked of #%s', (SELECT id FROM victims_case WHERE reference = first_reference),"
    " (SELECT id FROM victims_case WHERE reference = second_reference), unit_id) FROM referral_match",
    "cases": "SELECT format('%s %s%s', id, status, ' as ' || NULLIF(closure_reason, '')) FROM victims_case",
    "links": "SELECT format('%s %s %s', one_id, sort, other_id) FROM victims_caselink",
    "warned": GUARD_LOOKS["warned"],
    "limited": "SELECT format('%s limited by #%s%s', case_id, agency_id, ' until ' || NULLIF(ended_because, ''))"
    " FROM victims_limitation",
    "handed": "SELECT format('%s takes back that of %s', m.id, l.case_id) FROM referral_match m"
    " JOIN victims_limitation l ON l.id = (m.former->>'limited')::uuid WHERE m.digest <> 'kl'",
    "ended": "SELECT format('journal of %s: ended', case_id) FROM journal_entry WHERE action = 'limitation.end'"
    " UNION ALL SELECT format('%s told to %s', subject_id, audience) FROM notifications_event"
    " WHERE kind = 'case_addition'",
    "owed": "SELECT format('report owed in %s told to %s', subject_id, audience) FROM notifications_event"
    " WHERE kind = 'report_owed'",
    "digests": "SELECT format('digest of %s', i.case_id) FROM victims_matchtoken t"
    " JOIN victims_identity i ON i.id = t.identity_id",
}
MATCH = {
    "id": "gen_random_uuid()",
    "reference": "'NEW'",
    "first_reference": "'x'",
    "second_reference": "'x'",
    "state": "'open'",
    "strength": "'likely'",
    "reasons": "'{}'",
    "digest": "''",
    "found_at": "now()",
}
CALLS = {
    "match_stamped": guard(
        added("referral_match", first_id=":one", second_id=":other", unit_id=":unit", **MATCH),
        "pairs",
        one="@e",
        other="@f",
        unit="@far",
    ),
    "match_follows": guard(
        "UPDATE victims_case SET coordination_id = %(unit)s WHERE id = %(case)s", "matches", case="@c", unit="@far"
    ),
    "match_erased": guard("DELETE FROM victims_identity WHERE case_id = %(case)s", "matches", "digests", case="@a"),
    "corrected": guard("UPDATE victims_identity SET data = '\\x00' WHERE case_id = %(case)s", "digests", case="@a"),
    "entered_again": guard(
        "UPDATE victims_identity SET entered_at = now() WHERE case_id = %(case)s", "digests", case="@a"
    ),
    "limitation_ended": guard(
        f"UPDATE victims_limitation SET ended_at = now(), ended_by_id = {ME}, ended_because = 'asked'"
        " WHERE case_id = %(case)s AND ended_at IS NULL",
        "limited",
        "ended",
        case="@k",
    ),
    "match_moved": guard(
        added("referral_matchmove", match_id=":match", keep_id=":keep", **MOVE),
        "matches",
        "cases",
        "links",
        "warned",
        "limited",
        "handed",
        "owed",
        # without a national unit nobody is asked about cases of two coordinations
        first="UPDATE agencies_agency SET active = false WHERE mandate = 'national' AND %(nation)s = 'none';"
        " UPDATE referral_match SET unit_id = NULL WHERE %(nation)s = 'none';"
        " UPDATE victims_case SET employer_immunity = true, asylum_confidential = true WHERE id = %(warned)s;"
        " UPDATE victims_case SET age_side = 'minor' WHERE id IN (%(child)s, %(child_too)s);"
        " UPDATE victims_case SET status = 'closed', closure_reason = 'autonomy' WHERE id = %(shut)s;"
        " UPDATE victims_datarequest SET case_id = COALESCE(%(of)s::uuid, case_id), kind = %(kind)s, state = %(said)s,"
        " ended_at = %(answered)s;"
        " UPDATE victims_limitation SET ended_at = now(), ended_by_id = by_id, ended_because = 'asked'"
        " WHERE case_id = %(ended)s;"
        " UPDATE referral_match SET state = 'merged', kept_id = %(kept_too)s, former = '{}' WHERE id = %(too)s",
        too="@nobody",
        kept_too="@k",
        warned="@nobody",
        child="@nobody",
        child_too="@nobody",
        shut="@nobody",
        ended="@nobody",
        of="@nobody",
        kind="access",
        answered="2026-11-20",
        said="answered",
        match="@ab",
        keep="@nobody",
        action="contact",
        before="open",
        after="contact",
        agency="@unit",
        reason="",
        nation="",
    ),
}
# Of each case that is not open: its state, and why it was closed.
STATES = {
    "g": ("in_support", ""),
    "h": ("closed", "autonomy"),
    "l": ("closed", "duplicate"),
    "n": ("open", ""),
    "o": ("closed", "autonomy"),
    "p": ("closed", "duplicate"),
    "s": ("closed", "duplicate"),
}
# Of each match: its state, the case kept, the state before of the other one.
MATCHES = {
    "ab": ("open", "", ""),
    "ac": ("open", "", ""),
    "bc": ("lapsed", "", ""),
    "cd": ("apart", "", ""),
    "ad": ("contact", "", ""),
    "bd": ("linked", "", ""),
    "dg": ("open", "", ""),
    "ch": ("open", "", ""),
    "kl": ("merged", "k", "in_support"),
    "al": ("open", "", ""),  # with a case that another one replaces
    "ak": ("open", "", ""),  # with a case that replaces another one
    "bk": ("apart", "", ""),
    "mn": ("merged", "m", "in_support"),  # its lead reopened n since
    "mo": ("merged", "m", "in_support"),  # … and closed o again, for another reason
    "mp": ("merged", "m", "closed"),
    "st": ("merged", "t", "open"),
    "ax": ("open", "", ""),  # of two coordinations
}


def matches() -> Stage:
    nation, unit = f.national(), f.coordination()
    who = {"unit": f.member(unit, Role.COORDINATOR), "front": f.member(unit, Role.FRONTLINE)}
    who |= {"program": f.program(unit, Role.COORDINATOR), "national": f.member(nation, Role.COORDINATOR)}
    who["far"] = f.member(f.coordination(territories=("13",)), Role.COORDINATOR)
    cases = {letter: _case(letter, who["far" if letter == "x" else "unit"]) for letter in "abcdefghklmnopstx"}
    names = {"nobody": None} | {name: member.agency_id for name, member in who.items() if name != "front"}
    names["national"] = nation.pk
    with as_role("nrm_owner"):
        for pair, (state, kept, former) in MATCHES.items():
            first, second = (cases[letter] for letter in pair)
            given = {"state": state, "kept": cases.get(kept), "former": {"status": former} if former else None}
            names[pair] = Match.objects.create(first=first, second=second, strength="likely", digest=pair, **given).pk
        for letters, sort in (("bd", "same_person"), ("bd", "family"), ("bg", "same_person"), ("ad", "same_person")):
            one, other = (cases[letter] for letter in letters)
            CaseLink.objects.create(one=one, other=other, sort=sort, agency=unit, by=who["unit"])
        for letter, ended in (("g", "asked"), ("l", "claims"), *((letter, "") for letter in "bchklmnopst")):
            made = Limitation.objects.create(case=cases[letter], agency=unit, by=who["unit"])
            names[f"limit:{letter}"] = made.pk
            if ended:
                made.ended_at, made.ended_by, made.ended_because = timezone.now(), who["unit"], ended
                made.save()
        # that of k was copied from l by their merge, of the 14th; those of s and t stood on each before theirs
        former = {"status": "in_support", "limited": str(names["limit:k"]), "at": "2026-11-14T02:00:00+00:00"}
        Match.objects.filter(pk=names["kl"]).update(former=former)
        DataRequest.objects.create(
            case=cases["k"], reference="x", agency=unit, by=who["unit"], kind="access", received_on=date(2026, 11, 10),
            due_on=date(2026, 12, 10), asked_by="person", identity="known", data={"text": "x"}, state="answered",
            ended_at=timezone.now(), ended_by=who["unit"], outcome={"text": "x"},
        )  # fmt: skip
        told = {"author": who["unit"], "agency": unit, "state": "sent", "territory": f.territory(), "age_side": "minor"}
        for letter in "ad":
            AlertLink.objects.create(alert=Alert.objects.create(**told), case=cases[letter])
        for letter in "ab":
            entered = Identity.objects.create(case=cases[letter], entered_by=who["unit"], data={"family_name": "X"})
            MatchToken.objects.create(identity=entered, digest=letter.encode() * 16)
    names |= {letter: case.pk for letter, case in cases.items()}
    return Stage(names, {**who, "system": None}, CALLS, LOOKS)


def _case(letter: str, by) -> Case:
    """Make a case of the unit of `by`; the order of the letters is that of the cases."""
    made = f.bare_case(by, id=uuid.UUID(int=ord(letter)))
    if letter in STATES:
        status, reason = STATES[letter]
        with as_role("nrm_owner"):
            Case.objects.filter(pk=made.pk).update(status=status, closure_reason=reason)
    return made
