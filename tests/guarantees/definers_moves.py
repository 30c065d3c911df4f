"""Moves of requests and of alerts, what is said of them and who takes charge: what their lines call, and with whom."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from agencies.models import Agency, Category, Kind, Level, Membership
from foundation.actor import acting_as
from referral.models import Alert, AlertDesk, AlertLink
from tests import factories as f
from tests.roles import as_role
from victims.access.access import grant
from victims.consents import operations as consents
from victims.models import Grant

from .definers_guards import MOVE, added, guard


def _minutes(column: str) -> str:
    """Return SQL for the minutes left, by ten: the test's own time does not show."""
    return f"COALESCE((round(extract(epoch FROM {column} - now()) / 600) * 10)::text, 'never')"


MOVED = {
    **MOVE,
    "to_agencies": "array_remove(ARRAY[%(to)s::int], NULL)",
    "due_at": "now() + %(hours)s::int * interval '1 hour'",
}
DESK_ROWS = f"""
    SELECT format('%s at #%s %s%s%s, due in %s, promised in %s%s', {{0}}_id, agency_id, state,
                  CASE WHEN answers THEN '' ELSE ' beside' END, CASE WHEN live THEN '' ELSE ' closed' END,
                  {_minutes("due_at")}, {_minutes("answer_by")}, {{1}})
    FROM referral_{{0}}desk WHERE live OR due_at IS NOT NULL OR answer_by IS NOT NULL"""
LOOKS = {
    "desks": DESK_ROWS.format("orientation", "CASE WHEN kept_cases IS NULL THEN '' ELSE ', kept' END"),
    "promises": f"SELECT format('%s waits %s, promised in %s', id, {_minutes('due_at')}, {_minutes('answer_by')})"
    " FROM referral_orientation UNION ALL"
    " SELECT format('%s has left', id) FROM referral_orientation WHERE sent_at IS NOT NULL",
    "messages": "SELECT format('message of #%s on %s from #%s in %s', agency_id, orientation_id, sender_id, case_id)"
    " FROM referral_orientationmessage",
    "sheets": "SELECT format('sheet of %s from #%s in %s', orientation_id, sender_id, case_id)"
    " FROM referral_orientationsheet",
    "charge": "SELECT format('~%s is in charge of %s', in_charge_id, orientation_id) FROM referral_orientationdesk"
    " WHERE in_charge_id IS NOT NULL UNION ALL SELECT format('~%s is in charge of %s', in_charge_id, alert_id)"
    " FROM referral_alertdesk WHERE in_charge_id IS NOT NULL",
    "alerts": "SELECT format('%s %s%s%s%s', id, state, CASE WHEN sent_at IS NULL THEN ' unsent' END,"
    " CASE WHEN kept_cases IS NOT NULL THEN ' kept' END, CASE WHEN stays_kept THEN ' for good' END)"
    " FROM referral_alert",
    "rows": DESK_ROWS.format(
        "alert",
        "format(', rung %s%s%s%s', rung, CASE WHEN opened_at IS NULL THEN '' ELSE ', opened' END,"
        " CASE WHEN taken_by_id IS NULL AND taken_at IS NULL THEN '' ELSE format(', taken by #%s%s', taken_by_id,"
        " CASE WHEN taken_at IS NULL THEN '' ELSE ' today' END) END,"
        " CASE WHEN kept_cases IS NULL THEN '' ELSE ', kept' END)",
    ),
    "numbers": "SELECT format('number of %s on %s', source_id, case_id) FROM victims_offencefact",
}
CALLS = {
    "orientation_moved": guard(
        added("referral_orientationmove", orientation_id=":request", **MOVED),
        "access",
        "grounds",
        "requests",
        "desks",
        "promises",
        request="@request:wanted",
        action="open",
        before="sent",
        after="opened",
        agency="@sent",
        reason="",
        to="@nobody",
        hours="@nobody",
    ),
    "request_discreet": guard(
        added("referral_orientationmove", orientation_id=":request", **MOVED),
        "requests",
        first="UPDATE victims_case SET asylum_confidential = true WHERE id = %(confidential)s;"
        " UPDATE referral_orientation SET addressee_id = %(to_desk)s WHERE id = %(request)s",
        confidential="@led",
        to_desk="@offence",
        request="@request:led_draft",
        action="send",
        before="draft",
        after="sent",
        agency="@status",
        reason="",
        to="@nobody",
        hours="72",
    ),
    "message_guard": guard(
        added(
            "referral_orientationmessage",
            id="gen_random_uuid()",
            orientation_id=":request",
            sort="'message'",
            by_id="nrm.membership()",
            agency_id=":agency",
            at="now()",
            words="'\\x00'",
        ),
        "messages",
        request="@request:wanted",
        agency="@sent",
    ),
    "stamp": guard(
        added(
            "referral_orientationsheet",
            id="gen_random_uuid()",
            orientation_id=":request",
            part="'health'",
            data="'\\x00'",
        ),
        "sheets",
        request="@request:led_draft",
    ),
    "in_charge_guard": guard(
        "UPDATE referral_orientationdesk SET in_charge_id = %(member)s"
        " WHERE orientation_id = %(request)s AND agency_id = %(agency)s",
        "charge",
        request="@request:file",
        agency="@file",
        member="@file.member",
    ),
    "consent_withdrawn": guard(
        "UPDATE victims_consent SET withdrawn_at = now() WHERE id = %(agreement)s",
        "access",
        "grounds",
        "cases",
        "requests",
        "told",
        agreement="@agreement:bound",
    ),
    "grants_lapsed": guard(
        "DELETE FROM victims_grant WHERE case_id = %(case)s AND until <= now()",
        "grounds",
        "requests",
        first="UPDATE victims_grant SET until = now() - interval '1 hour' WHERE case_id = %(case)s"
        " AND ground = %(ground)s AND group_id = %(agency)s AND (%(right)s = '' OR permission_id ="
        " (SELECT id FROM auth_permission WHERE codename = %(right)s))",
        right="",
        case="@bound",
        ground="orientation",
        agency="@neighbour",
    ),
    "alert_moved": guard(
        added("referral_alertmove", alert_id=":alert", instead_of_id=":instead", **MOVED),
        "alerts",
        "rows",
        first="UPDATE referral_alertdesk SET urgency = %(urgency)s, due_at = now() + interval '4 minutes'"
        " WHERE alert_id = %(alert)s AND %(urgency)s <> '';"
        " UPDATE referral_alert SET kept_cases = '{}', stays_kept = true WHERE id = %(kept)s",
        alert="@alert:ringing",
        kept="@nobody",
        action="open",
        before="sent",
        after="opened",
        agency="@away",
        reason="",
        to="@nobody",
        hours="@nobody",
        instead="@nobody",
        urgency="",
    ),
    "newcomer_keeps_request": guard(
        added("referral_orientationmove", orientation_id=":request", **MOVED),
        "charge",
        request="@request:wanted",
        action="decline",
        before="sent",
        after="declined",
        agency="@sent",
        reason="",
        to="@nobody",
        hours="@nobody",
    ),
    "newcomer_keeps_alert": guard(
        added("referral_alertmove", alert_id=":alert", instead_of_id=":instead", **MOVED),
        "charge",
        alert="@alert:ringing",
        action="close",
        before="sent",
        after="sent",
        agency="@away",
        reason="no_sign",
        to="@nobody",
        hours="@nobody",
        instead="@nobody",
    ),
    "give": guard(
        "SELECT nrm.give(%(case)s, %(agency)s, 2, %(categories)s, 'legal', %(case)s, NULL)",
        "access",
        "numbers",
        case="@beside",
        agency="@offence",
        categories="8",
    ),
    "alert_linked": guard(
        added("referral_alertlink", alert_id=":alert", case_id=":case", at="now()"),
        "alerts",
        "contacts",
        "numbers",
        "kept",
        "warned",
        first="UPDATE victims_case SET employer_immunity = true, asylum_confidential = true WHERE id = %(warned)s;"
        " SELECT nrm.give(%(case)s, %(holder)s, 2, 2, 'legal', %(case)s, NULL) WHERE %(holder)s::int IS NOT NULL",
        warned="@nobody",
        holder="@nobody",
        alert="@alert:with_contact",
        case="@own",
    ),
}


def add(doors) -> None:
    """Add alerts at desks of each kind, an agreement that carries several requests, and who acts for due work."""
    who, lead = doors.who, doors.lead
    with as_role("nrm_owner"):
        for name in ("sent", "away", "neighbour", "status"):
            who[f"{name}_worker"] = Membership.objects.get(agency=who[name].agency, kind="system")
    who["file_program"] = f.program(who["file"].agency)
    doors.alerts["ringing"] = f.sent_alert(who["colleague"], desks=[doors.away.pk, who["mixed"].agency_id])
    contact = {"channel": "sms", "value": "MARQUEUR-CONTACT"}
    doors.alerts["with_contact"] = f.sent_alert(lead, contact=contact, desks=[doors.away.pk])
    doors.alerts["of_others"] = f.sent_alert(who["colleague"], contact=contact)
    doors.alerts["kept_desk"] = f.sent_alert(who["colleague"], desks=[who["kept_in"].agency_id, doors.away.pk])
    again = doors.alerts["main_again"] = f.sent_alert(who["colleague"], desks=[doors.away.pk])
    reach = {"whose": "controller", "channel": "phone", "value": "MARQUEUR-NUMERO"}
    number = doors.alerts["number"] = f.sent_alert(lead, contact=reach)
    twice = doors.alerts["lead_twice"] = f.sent_alert(lead, contact=contact)
    doors.alerts["refused"] = f.sent_alert(who["away"], agreement="no")
    with as_role("nrm_owner"):
        for alert, case in (
            (again, doors.case),
            (number, doors.cases["beside"]),
            (twice, doors.requests["match_open"].first),
        ):
            AlertLink.objects.create(alert=alert, case=case)
        due = timezone.now() + timedelta(hours=72)  # since something was added
        AlertDesk.objects.filter(alert=doors.alerts["refused"]).update(due_at=due, answer_by=due)
        Alert.objects.filter(pk=doors.alerts["draft"].pk).update(territory="75", age_side="adult")
    _barred(doors)
    _bound(doors)


def _barred(doors) -> None:
    """An asylum body's alert, one about an employer with immunity, and desks that must not know of one of them."""
    who = doors.who
    doors.alerts["asylum"] = f.sent_alert(who["asylum"], desks=[doors.away.pk])
    doors.alerts["immune"] = f.sent_alert(who["colleague"], desks=[doors.away.pk])
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=doors.alerts["immune"].pk).update(employer_immunity=True)
    for name, kind, services in (
        ("asylum_papers", Kind.ASYLUM, ("residence_permit",)),
        ("asylum_other", Kind.ASYLUM, ("safe_housing",)),
        ("papers", Kind.NGO, ("residence_permit",)),
        ("ministry", Kind.FOREIGN_AFFAIRS, ("safe_housing",)),
        ("consulate", Kind.INTERNATIONAL, ("consular_protection",)),
    ):
        doors.names[name] = f.agency(kind, services=services).pk
    own = Agency.objects.get(pk=doors.names["asylum_papers"])
    doors.alerts["asylum_own"] = f.sent_alert(f.member(own), desks=[doors.away.pk])


def _bound(doors) -> None:
    """One agreement for several requests of a case and for its lead's category; another request stands on its own."""
    who, lead = doors.who, doors.lead
    case = doors.cases["bound"] = f.own_case(lead)
    names = ("neighbour", "declined", "away", "ended", "file")
    given = {"level": Level.FILE, "categories": int(Category.IDENTITY)}
    with acting_as(lead):
        to = [lead.agency_id, *(who[name].agency_id for name in names)]
        agreed = consents.record_consent(lead, case.pk, agencies=to, giver="person", **given)
        # by its own, beside what it holds as the lead
        grant(case, lead.agency_id, categories=1, ground="consent", ground_id=agreed.pk, given_by=lead)
    doors.names["agreement:bound"] = agreed.pk
    for name, state in zip(names, ("accepted", "sent", "draft", "completed", "in_progress"), strict=True):
        fields = {"state": state, "answerer": who[name], "level": Level.FILE, "exclusive": False, "consent": agreed}
        doors.requests[f"bound_{state}"] = f.orientation(lead, case, who[name].agency, **fields)
    fields = {"state": "accepted", "answerer": who["mixed"], "exclusive": False}
    doors.requests["bound_apart"] = f.orientation(lead, case, who["mixed"].agency, **fields)
    with as_role("nrm_owner"):
        right = Permission.objects.get(codename="status_case")
        row = {"group_id": who["ended"].agency_id, "permission": right, "ground": "orientation"}
        Grant.rows.create(content_object=case, ground_id=doors.requests["bound_completed"].pk, **row)
        rows = AlertDesk.objects.filter(alert=doors.alerts["ringing"], agency=who["mixed"].agency)
        rows.update(due_at=doors.soon + timedelta(hours=1))
