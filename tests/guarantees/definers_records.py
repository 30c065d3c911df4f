"""The world of `expected/definers_records.csv`, what is written in a case and who sees it, and what its calls run."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Category, Kind, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.roles import as_role
from victims.models import LinkedPerson, Need, OwnLabel, Restriction, Statement

from .definers import Call, Stage
from .definers_guards import ME, added, guard

LOOKS = {
    "notes": "SELECT format('note about %s%s', case_id, CASE WHEN n.reference <> c.reference THEN ' misnamed' END)"
    " FROM victims_secretnote n JOIN victims_case c ON c.id = n.case_id",
    "names": "SELECT format('name of %s about %s', person_id, case_id) FROM victims_linkedpersonname",
    "needs": "SELECT format('%s behind %s, said %s, changed %s', state, bit,"
    " CASE WHEN at < now() - interval '1 day' THEN 'of old' ELSE 'now' END,"
    " CASE WHEN changed_at < now() - interval '1 day' THEN 'of old' ELSE 'now' END) FROM victims_need",
    "behind": "SELECT format('words of %s of #%s about %s behind %s', need_id, owner_id, case_id, bit)"
    " FROM victims_needtext UNION ALL SELECT format('action for %s of #%s about %s behind %s', need_id, owner_id,"
    " case_id, bit) FROM victims_supportaction",
    "views": "SELECT format('%s: %s says %s on %s%s', case_id, body, status, stated_on, ', of #' || asylum_body_id)"
    " FROM victims_identificationview",
    "shown": "SELECT format('row of #%s about %s shown anew', agency_id, case_id) FROM victims_caseaccess"
    " WHERE changed_at > now() - interval '1 day'",
    "access": "SELECT format('#%s level %s of %s%s', agency_id, level, case_id,"
    " CASE WHEN a.urgency <> c.urgency THEN ' out of date' END)"
    " FROM victims_caseaccess a JOIN victims_case c ON c.id = a.case_id",
}
ROW = {"id": "gen_random_uuid()", "case_id": ":case"}
TEXT = {**ROW, "by_id": ME, "at": "now()", "data": "'\\x00'"}
OF_NEED = {**TEXT, "need_id": ":need", "bit": "1", "owner_id": ":other"}
OLD = "now() - interval '9 days'"
AGED = (
    "ALTER TABLE victims_caseaccess DISABLE TRIGGER nrm_positioned_again;"
    " UPDATE victims_caseaccess SET changed_at = now() - interval '9 days';"
    " ALTER TABLE victims_caseaccess ENABLE TRIGGER nrm_positioned_again"
)
CALLS = {
    "secret_stamped": guard(
        added("victims_secretnote", agency_id=":agency", placed_at="now()", current="true", reference="'x'", **TEXT),
        "notes",
        case="@one",
        agency="@home",
    ),
    "person_named": guard(
        added("victims_linkedpersonname", person_id=":person", by_id=ME, data="'\\x00'", **ROW),
        "names",
        person="@person",
        case="@two",
    ),
    "need_stamped": guard(
        added(
            "victims_need",
            data="'\\x00'",
            priority="'now'",
            state="'identified'",
            reason="''",
            bit=":bit",
            agency_id=":agency",
            by_id=ME,
            at=OLD,
            changed_at=OLD,
            **ROW,
        ),
        "needs",
        case="@one",
        agency="@home",
        bit="0",
    ),
    "need_changed": guard(
        f"UPDATE victims_need SET state = 'met', changed_at = {OLD} WHERE id = %(need)s", "needs", need="@need:health"
    ),
    "behind_need": guard(
        added("victims_needtext", **OF_NEED), "behind", case="@two", need="@need:health", other="@away"
    ),
    "action": guard(
        added("victims_supportaction", agency_id=":other", **OF_NEED),
        "behind",
        case="@two",
        need="@need:papers",
        other="@away",
    ),
    "statement_made": guard(
        added(
            "victims_statement",
            status=":status",
            agency_id=":agency",
            function="''",
            stated_on=":day",
            asylum="false",
            **TEXT,
        ),
        "views",
        case="@one",
        agency="@home",
        status="identified",
        day="2026-11-20",
    ),
    "recompute": guard(
        "SELECT nrm.recompute(ARRAY[%(case)s]::uuid[])",
        "access",
        first="UPDATE victims_caseaccess SET level = 1, urgency = 'vital'",
        case="@one",
    ),
    "label_changed": guard(
        added("victims_ownlabel", agency_id=":agency", reference_digest="NULL", nickname_digest="''", **TEXT),
        "shown",
        first=AGED,
        case="@one",
        agency="@home",
    ),
    "label_again": guard(
        "UPDATE victims_ownlabel SET at = now() WHERE case_id = %(case)s AND agency_id = %(agency)s",
        "shown",
        first=AGED,
        case="@one",
        agency="@home",
    ),
    "own_references_taken": Call(
        "SELECT nrm.own_references_taken(ARRAY[%(first)s, %(second)s])", words={"first": "known", "second": "new"}
    ),
    "access_differences": guard(
        "SELECT '#' || agency_id, case_id, problem FROM nrm.access_differences()",
        first="UPDATE victims_caseaccess SET level = CASE %(what)s WHEN 'level' THEN 1 ELSE level END,"
        " urgency = CASE %(what)s WHEN 'copy' THEN 'vital' ELSE urgency END,"
        " agency_id = CASE %(what)s WHEN 'holder' THEN %(other)s ELSE agency_id END"
        " WHERE case_id = %(case)s AND agency_id = %(agency)s",
        what="",
        case="@two",
        agency="@home",
        other="@neighbour",
    ),
}


def records() -> Stage:
    home, away, neighbour = f.shelter(), f.shelter(), f.shelter()
    worker = f.member(home)
    names = {"home": home.pk, "away": away.pk, "neighbour": neighbour.pk}
    names |= {"police": f.agency(Kind.INTERIOR).pk, "asylum": f.agency(Kind.ASYLUM).pk}
    one, two = f.bare_case(worker), f.bare_case(worker)
    names |= {"one": one.pk, "two": two.pk}
    mine = {"agency": home, "by": worker}
    with as_role("nrm_owner"), acting_as(worker):
        person = LinkedPerson.objects.create(case=one, relation="child", age_side="minor", data={"text": "x"}, **mine)
        names["person"] = person.pk
        LinkedPerson.objects.create(case=two, relation="child", age_side="minor", data={"text": "x"}, **mine)
        for name, code in (("health", "health_care"), ("papers", "residence_permit")):
            need = Need.objects.create(case=one, service=f.service(code), priority="now", **mine)
            Need.objects.filter(pk=need.pk).update(at=timezone.now() - timedelta(2))
            names[f"need:{name}"] = need.pk
        for case, status in ((one, "presumed"), (two, "not_established")):
            said = {"status": status, "stated_on": date(2026, 11, 2), "function": "", "data": {}}
            Statement.objects.create(case=case, **said, **mine)
        for case in (one, two):
            Stage._run(
                "SELECT nrm.give(%(case)s, %(to)s, 2, 0, 'legal', %(case)s, NULL)", {"case": case.pk, "to": away.pk}
            )
        for number, (agency, digest) in enumerate(((home, "known"), (home, "other"), (away, "known"), (away, "away"))):
            label = {"case": (one, two)[number % 2], "agency": agency, "by": worker, "data": {}}
            OwnLabel.objects.create(reference_digest=digest, **label)
        Restriction.objects.create(case=one, **mine)  # `away` sees that case too, and `home` another one
    assert Category.HEALTH == 4 and Category.RESIDENCE == 16  # as the file says
    who = {"worker": worker, "stranger": f.member(away), "front": f.member(home, Role.FRONTLINE)}
    return Stage(names, who, CALLS, LOOKS)
