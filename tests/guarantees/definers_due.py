"""The world of `expected/definers_due.csv` and what its calls run: procedures and their clocks, desks that keep silent,
what the author of an alert and the lead of its case are told."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import (
    Alert,
    AlertDesk,
    AlertLink,
    CaseMove,
    Checklist,
    Clock,
    DeskCall,
    Match,
    Orientation,
    OrientationDesk,
    OrientationMove,
    ReflectionOffer,
)
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, Restriction

from .definers import Call, Stage
from .definers_guards import ME, MOVE, added, guard

DUE = "to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
# hours left, the test's own time does not show
HOURS = "COALESCE(round(extract(epoch FROM {} - now()) / 3600)::text, 'no')"
DESKS = f"""
    SELECT format('%s at #%s due in %s h, promised in %s h', {{0}}_id, agency_id, {HOURS.format("due_at")},
                  {HOURS.format("answer_by")}) FROM referral_{{0}}desk"""
# which other procedure it is, the database does not know
PROCEDURE = "CASE WHEN data IS NULL THEN procedure ELSE 'another' END"
LOOKS = {
    "lists": f"SELECT format('%s follows %s%s', case_id, {PROCEDURE}, CASE WHEN version ="
    " (SELECT version FROM indicators_packfile WHERE name = 'procedures.yaml') THEN ' of today' END)"
    " FROM referral_checklist",
    "acts": "SELECT format('step %s %s about %s%s', step, action, case_id, CASE WHEN sealed THEN ', sealed' END)"
    " FROM referral_stepact",
    "clocks": f"SELECT format('step %s of %s about %s counted on %s due %s, told %s d before%s', step, {PROCEDURE},"
    f" k.case_id, counted_on, {DUE}, extract(day FROM due_at - remind_at), CASE WHEN k.sealed THEN ', sealed' END)"
    " FROM referral_clock k JOIN referral_checklist l ON l.id = k.checklist_id",
    "moves": f"SELECT format('%s about %s to %s%s', action, case_id, {DUE}, CASE WHEN sealed THEN ', sealed' END)"
    " FROM referral_clockmove",
    "rows": f"{DESKS.format('alert')} UNION ALL {DESKS.format('orientation')} UNION ALL"
    f" SELECT format('%s promised in %s h', id, {HOURS.format('answer_by')}) FROM referral_orientation",
    "calls": "SELECT format('#%s called about %s%s', called_id, COALESCE(alert_id, orientation_id),"
    f" CASE WHEN until IS NULL THEN '' ELSE format(', %s h more', {HOURS.format('until')}) END) FROM referral_deskcall",
    "reports": "SELECT format('report of %s %s, due in %s h', case_id, state,"
    f" {HOURS.format('due_at')})"
    " FROM referral_clock WHERE step = 1",
    "told": "SELECT format('%s tells %s of %s%s', kind, audience[1], subject_id, ' by ~' || actor_id)"
    " FROM notifications_event",
}
NEW = {"id": "gen_random_uuid()", "at": "now()"}
CHILD = {**NEW, "case_id": ":case", "checklist_id": ":list", "sealed": ":sealed", "step": ":step"}
# the day of what was done, the reason of what was waived
SAID = {
    '"on"': "CASE %(action)s WHEN 'done' THEN date '2026-11-03' END",
    "reason": "CASE %(action)s WHEN 'waived' THEN 'refused' ELSE '' END",
    "words": "CASE %(action)s WHEN 'waived' THEN '\\x00'::bytea END",
    "tells": "'{}'",
    "by_sender": "false",
}
CALLS = {
    "reflection_is_not_skipped": guard(
        added("referral_stepact", action=":action", by_id=ME, **CHILD, **SAID),
        "acts",
        list="@list:answered",
        case="@elsewhere",
        sealed="true",
        step="1",
        action="done",
    ),
    "clock": guard(
        added(
            "referral_clock",
            state="'running'",
            counted_on="'2026-11-02'",
            due_at="'2026-12-02 12:00Z'",
            remind_at="'2026-11-22 12:00Z'",
            **CHILD,
        ),
        "clocks",
        list="@list:plain",
        case="@elsewhere",
        sealed="true",
        step="1",
    ),
    "clock_move_stamped": guard(
        added(
            "referral_clockmove",
            clock_id=":clock",
            case_id=":case",
            sealed=":sealed",
            action="'meet'",
            due_at="'2026-12-02 12:00Z'",
            reason="''",
            **NEW,
        ),
        "moves",
        clock="@clock:listed",
        case="@elsewhere",
        sealed="true",
    ),
    "evaluation_owed": guard(
        added("referral_orientationmove", orientation_id=":request", **MOVE),
        "lists",
        "clocks",
        "moves",
        first="UPDATE indicators_procedure SET active = false WHERE code = %(off)s",
        request="@ask:minor",
        action="accept",
        before="sent",
        after="accepted",
        agency="@child",
        reason="",
        off="",
    ),
    "desk_called": guard(
        added(
            "referral_deskcall",
            alert_id=":alert",
            orientation_id=":request",
            called_id=":desk",
            agency_id=":agency",
            by_id=ME,
            recorded_at="now()",
            function="'\\x00'",
            until="now()",
            **NEW,
        ),
        "rows",
        "calls",
        # who can be reached longer than it was said: a call that could not extend may now
        first="WITH urgent AS (UPDATE referral_orientationdesk SET urgency = 'vital'"
        " WHERE orientation_id = %(request)s::uuid AND %(longer)s = 'vital')"
        " UPDATE referral_alert SET reachable_until = NULL WHERE id = %(alert)s AND %(longer)s = 'y'",
        alert="@alert:silent",
        request="@nobody",
        desk="@away",
        agency="@unit",
        longer="",
    ),
    "alert_added": guard(
        added("referral_alertaddition", alert_id=":alert", by_id=ME, text="'\\x00'", **NEW),
        "told",
        alert="@alert:silent",
    ),
    "alert_case_moved": guard(
        "UPDATE referral_alert SET case_status = %(state)s WHERE id = %(alert)s",
        "told",
        alert="@alert:silent",
        state="in_support",
    ),
}
CALLS["alert_waits_again"] = Call(
    "SELECT nrm.alert_waits_again(%(alert)s)", ("rows", "told"), {"alert": "@alert:left"}, role="nrm_worker"
)
CALLS["report_owed"] = Call(
    "SELECT concat_ws(' ', CASE WHEN reference = '' THEN 'case' END, fact, since, 'told ' || told)"
    " FROM nrm.report_owed(%(case)s)",
    words={
        "case": "@owed", "list": "@list:owed", "tells": "@alert:owed", "by": "@worker.member", "on": "2026-11-05",
        "at": "2026-11-20", "sender": "false", "then": "", "then_at": "2026-11-21", "then_list": "@list:owed",
        "then_step": "1", "step": "1", "level": "3", "until": "infinity", "from": "-infinity", "me": "@worker.member",
    },
    before="""
    INSERT INTO referral_stepact (id, checklist_id, case_id, sealed, step, action, "on", reason, tells, by_sender,
                                  by_id, at)
    VALUES (gen_random_uuid(), %(list)s, %(case)s, false, %(step)s, 'done', %(on)s, '', ARRAY[%(tells)s]::uuid[],
            %(sender)s, %(by)s, %(at)s);
    INSERT INTO referral_stepact (id, checklist_id, case_id, sealed, step, action, "on", reason, tells, by_sender,
                                  by_id, at)
    SELECT gen_random_uuid(), %(then_list)s, %(case)s, false, %(then_step)s, %(then)s,
           CASE %(then)s WHEN 'done' THEN date '2026-11-01' END, '', '{}', false, %(by)s, %(then_at)s
    WHERE %(then)s <> '';
    UPDATE victims_caseaccess SET level = %(level)s, until = NULLIF(%(until)s, 'infinity')::timestamptz
    WHERE case_id = %(case)s;
    UPDATE agencies_membership SET cases_from = NULLIF(%(from)s, '-infinity')::timestamptz WHERE id = %(me)s""",
)  # fmt: skip
CALLS["report_joined"] = Call(
    "SELECT concat_ws(' ', fact, to_char(joined AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))"
    " FROM nrm.report_owed(%(case)s)",
    words={"case": "@owed"},
)
CALLS["report_of_link"] = guard(
    added("referral_alertlink", alert_id=":alert", case_id=":case", at="now()"),
    "reports",
    "told",
    alert="@alert:let_go",
    case="@bare",
)
PROCEDURE = "mineur_information_preoccupante"
# Of each alert: its urgency, in how many hours the desk answers, how many the person can still be reached.
ALERTS = {
    "silent": ("normal", 4, None),
    "high": ("high", 4, None),
    "vital": ("vital", 1, None),
    "overdue": ("normal", -5, None),
    "leaving": ("normal", 4, 10),
    "soon_gone": ("normal", 4, 5),
    "called": ("normal", 4, None),
    "in_vain": ("normal", 4, 5),
    "unwatched": ("normal", 4, None),
}


def ahead(days: float = 0, *, hours: float = 0) -> datetime:
    """Return the moment that far from now. Asked when a row is made: this module may have been read an hour before."""
    return timezone.now() + timedelta(days, hours=hours)


class Due:
    def __init__(self):
        home, unit = f.shelter(), f.coordination()
        self.worker, self.unit = f.member(home), f.member(unit, Role.COORDINATOR)
        self.who = {"worker": self.worker, "unit": self.unit, "front": f.member(unit, Role.FRONTLINE)}
        self.child = f.agency(Kind.CHILD_PROTECTION, territories=("75",))
        self.away, self.second = f.shelter(), f.shelter()
        self.who |= {"childcare": f.member(self.child), "stranger": f.member(self.away)}
        self.names = {"nobody": None, "home": home.pk, "unit": unit.pk, "child": self.child.pk}
        self.names |= {"away": self.away.pk, "second": self.second.pk, "worker.member": self.worker.pk}
        self.names["unit.member"] = self.unit.pk
        self.elsewhere = f.bare_case(self.worker)
        self.names["elsewhere"] = self.elsewhere.pk
        f.territory("972", "Martinique", time_zone="America/Martinique")
        with as_role("nrm_owner"), acting_as(self.worker):
            self._procedures()
            self._asked_of_child_protection()
            self._reports_owed()
        with as_role("nrm_owner"), acting_as(self.unit):
            self._silent_desks()

    def _list(self, name, case, procedure) -> Checklist:
        sealed = procedure == "asile"
        made = Checklist.objects.begin(case.pk, procedure, sealed=sealed, version="x", by=self.worker)
        self.names[f"list:{name}"] = made.pk
        return made

    def _case(self, name, **fields):
        made = f.bare_case(self.worker, **fields)
        self.names[name] = made.pk
        return made

    def _procedures(self):
        """Lists of one case, and the reflection period of cases to which it was not offered, offered, answered."""
        case = self._case("adult")
        self._list("plain", case, "plainte")
        self._list("sealed", case, "asile")
        for name, answer in (("offered", "thinking"), ("answered", "declined"), ("not_offered", None)):
            of = self._case(name)
            self._list(name, of, "delai_reflexion")
            if answer:
                day = date(2026, 11, 2)
                answered = None if answer == "thinking" else day
                given = {"offered_on": day, "answer": answer, "answered_on": answered, "by": self.worker}
                ReflectionOffer.objects.create(case=of, **given)

    def _asked_of_child_protection(self):
        """Requests about minors here and overseas, about one whose list is begun, one whose clock runs, an adult."""
        case = self._case("clocked", age_side="minor")
        self._clock("clocked", self._list("clocked", case, PROCEDURE), 3)
        self._asked(case, "clocked", self.child, 1)
        case = self._case("listed", age_side="minor")
        self._clock("listed", self._list("listed", case, PROCEDURE), 2)
        self._asked(case, "listed", self.child, 3)
        minor = self._case("minor", age_side="minor")
        self._list("minor", minor, "delai_reflexion")
        asked = self._asked(minor, "minor", self.child, 3)
        self._row(asked, self.second, 2, answers=False)
        self._asked(minor, "minor_elsewhere", self.away, 3)
        overseas = self._case("overseas", age_side="minor", territory_id="972")
        self._asked(overseas, "overseas", self.child, 3)
        self._asked(self._case("grown_up"), "adult", self.child, 3)

    def _reports_owed(self):
        """Cases of children in Martinique, where it is still the day before at two o'clock (UTC): one with two alerts,
        one opened again, into which another was merged, one without an alert, one of another agency."""

        def day(number: int) -> datetime:
            return datetime(2026, 11, number, 2, tzinfo=UTC)

        owed, again, twin, bare = (
            self._case(name, age_side="minor", territory_id="972", received_at=day(3))
            for name in ("owed", "again", "twin", "bare")
        )
        kept = self._case("kept_to_others", age_side="minor")
        Restriction.objects.create(case=kept, agency=self.worker.agency, by=f.member(self.worker.agency))
        self.names["of_unit"] = f.bare_case(self.unit, age_side="minor").pk
        Case.objects.filter(pk=owed.pk).update(coordination=self.unit.agency)
        Case.objects.filter(pk=twin.pk).update(status="closed", closure_reason="duplicate")
        for name, case in (("owed", owed), ("again", again), ("bare", bare)):
            self._list(name, case, PROCEDURE)
        self._list("owed_else", owed, "plainte")
        self.names["program.member"] = f.program(self.worker.agency).pk
        self.names["stranger.member"] = self.who["stranger"].pk
        for case, action, before, after, at in (
            (owed, "start_support", "open", "in_support", 25),
            (again, "close", "open", "closed", 11), (again, "reopen", "closed", "open", 10),
        ):  # fmt: skip
            CaseMove.objects.create(
                case=case, action=action, before=before, after=after, membership=self.worker, agency=self.worker.agency,
                at=day(at), reason="autonomy" if action == "close" else "",
            )  # fmt: skip
        for name, case, sent, linked in (
            ("owed", owed, 5, 5), ("owed_too", owed, 12, 13), ("again_before", again, 5, 5),
            ("again_since", again, 12, 12), ("twin", twin, 4, 4),
        ):  # fmt: skip
            alert = Alert.objects.create(
                author=self.worker, agency=self.worker.agency, state="sent", sent_at=day(sent), territory=f.territory(),
                age_side="minor",
            )  # fmt: skip
            self.names[f"alert:{name}"] = alert.pk
            link = AlertLink.objects.create(alert=alert, case=case)
            AlertLink.objects.filter(pk=link.pk).update(at=day(linked))
        self._sent_to_no_case(day(20))
        self._handed_over(owed, again, day(22))
        for other, merged in ((twin, 14), (self._case("triplet", age_side="minor"), 18)):
            first, second = sorted((again, other), key=lambda case: case.pk)
            former = {"status": "open", "at": day(merged).isoformat()}
            given = {"strength": "likely", "digest": "x", "state": "merged", "kept": again, "former": former}
            Match.objects.create(first=first, second=second, **given)

    def _handed_over(self, owed, again, day):
        """Who led the first case until that day; who led the other; who asked something else; who was not accepted."""
        for name, case, verb, action in (
            ("former", owed, "transfer", "accept"), ("former_else", again, "transfer", "accept"),
            ("asked_once", owed, "refer", "accept"), ("offered", owed, "transfer", "open"),
        ):  # fmt: skip
            by = f.member(f.shelter())
            self.names[f"{name}.member"] = by.pk
            made = Orientation.objects.create(
                case=case, sender=by.agency, addressee=self.worker.agency, service=f.service(), created_by=by,
                verb=verb, state="sent", legal_ground="vital_danger",
            )  # fmt: skip
            self._row(made, self.worker.agency, 3)
            after = {"accept": "accepted", "open": "opened"}[action]
            moved = {"action": action, "before": "sent", "after": after, "at": day}
            OrientationMove.objects.create(orientation=made, membership=self.worker, agency=self.worker.agency, **moved)

    def _sent_to_no_case(self, day):
        """Alerts of a child that led to no case yet: sent to a CRIP that let it go, or has it still, and to none."""
        crip = f.agency(Kind.CHILD_PROTECTION, profile_id="crip", supports_people=True)
        for name, desk in (("let_go", crip), ("held", crip), ("unsent", self.child)):
            said = {"agency": self.worker.agency, "state": "sent", "territory": f.territory(), "age_side": "minor"}
            made = Alert.objects.create(author=self.worker, sent_at=day, **said)
            self.names[f"alert:{name}"] = made.pk
            row = {"state": "sent", "received_at": day, "urgency": "high", "reference": "x", "age_side": "minor"}
            row |= {"live": False} if name == "let_go" else {"due_at": ahead(1), "answer_by": ahead(1)}
            AlertDesk.objects.create(alert=made, agency=desk, form="unknown", territory=f.territory(), **row)

    def _clock(self, name, of, step):
        days = {"counted_on": date(2026, 11, 2), "due_at": ahead(30), "remind_at": ahead(9)}
        made = Clock.objects.create(checklist=of, case=of.case, step=step, **days)
        self.names[f"clock:{name}"] = made.pk

    def _asked(self, case, name, to, day) -> Orientation:
        made = Orientation.objects.create(
            case=case, sender=self.worker.agency, addressee=to, service=f.service(), created_by=self.worker,
            verb="refer", state="sent", legal_ground="vital_danger",
        )  # fmt: skip
        self.names[f"ask:{name}"] = made.pk
        self._row(made, to, day)
        return made

    def _row(self, of, agency, day, **fields) -> None:
        """Write a desk row received on a day of November at two o'clock (UTC): the day before in Martinique."""
        received = datetime(2026, 11, day, 2, tzinfo=UTC)
        given = {"state": "sent", "urgency": "normal", "reference": "x", "due_at": ahead(hours=4), **fields}
        OrientationDesk.objects.create(orientation=of, agency=agency, received_at=received, **given)

    def _silent_desks(self):
        unit = self.unit.agency
        for name, (urgency, due, reached) in ALERTS.items():
            until = ahead(hours=reached) if reached else None
            made = Alert.objects.create(
                author=self.worker, agency=self.worker.agency, state="sent", urgency=urgency, reachable_until=until,
                territory=f.territory(), age_side="adult", case_status="" if name == "unwatched" else "open",
            )  # fmt: skip
            self.names[f"alert:{name}"] = made.pk
            ends = ahead(hours=due)
            row = {"alert": made, "state": "sent", "received_at": timezone.now(), "urgency": urgency, "reference": "x"}
            row |= {"age_side": "adult", "form": "unknown", "territory": f.territory(), "due_at": ends}
            desks = [self.away] if name == "unwatched" else [unit, self.away]
            for desk in [*desks, self.second] if name == "silent" else desks:
                AlertDesk.objects.create(agency=desk, answer_by=ends, **row)
        self._left_alerts()
        case = self._case("waiting")
        Orientation.objects.filter(pk=self._asked(case, "silent", self.away, 3).pk).update(sender=unit)
        self._row(Orientation.objects.get(pk=self.names["ask:silent"]), self.second, 3)
        Orientation.objects.filter(pk=self._asked(case, "silent_too", self.away, 3).pk).update(sender=unit)
        for alert, desk in (("called", self.away), ("in_vain", self.away), ("silent", self.second)):
            call = {"called": desk, "agency": unit, "by": self.unit, "at": timezone.now(), "function": "x"}
            DeskCall.objects.create(alert_id=self.names[f"alert:{alert}"], **call)
        for alert, name in (("silent", "waiting"), ("high", "elsewhere")):
            linked = {"alert_id": self.names[f"alert:{alert}"], "case_id": self.names[name]}
            AlertLink.objects.create(**linked)

    def _left_alerts(self):
        """Alerts without a time limit at a desk where nobody works, but one of which is read at another desk."""
        for name, row, alert in (
            ("left", {}, {}),
            ("left_read", {}, {}),
            ("left_vital", {}, {"urgency": "vital"}),
            ("left_waiting", {"due_at": ahead(hours=4)}, {}),
            ("left_kept", {"answer_by": None}, {}),
            ("left_followed", {}, {"case_status": "open"}),
            ("left_closed", {}, {"state": "closed"}),
        ):
            made = Alert.objects.create(**{
                "author": self.worker, "agency": self.worker.agency, "state": "opened", "territory": f.territory(),
                "age_side": "adult", **alert,
            })  # fmt: skip
            self.names[f"alert:{name}"] = made.pk
            given = {"alert": made, "state": "opened", "received_at": ahead(-400), "urgency": "normal"}
            given |= {"reference": "x", "age_side": "adult", "form": "unknown", "territory": f.territory()}
            given |= {"answer_by": ahead(-400)}
            AlertDesk.objects.create(agency=self.second, **{**given, **row})
            closed = "" if name == "left_read" else "closed"
            AlertDesk.objects.create(agency=self.away, answer=closed, **given)


def due() -> Stage:
    made = Due()
    return Stage(made.names, {**made.who, "system": None}, CALLS, LOOKS)
