"""The world of `expected/definers_shares.csv` and what its calls run: what leaves an organisation, and what it loads.

Exports, tables of cases brought by an organisation, and what is sent without agreement.
"""

import uuid
from datetime import timedelta

from django.utils import timezone

from agencies.models import Kind, Membership, Role
from referral.models import (
    CaseImport,
    Export,
    ExportFile,
    ExportMove,
    ExportPiece,
    ImportedCase,
    LegalReason,
    LegalShare,
    Orientation,
)
from tests import factories as f
from tests.roles import as_role
from victims.models import Case, ChildOpinion, Consent, OwnLabel, PaperDocument, Profile

from .definers import Call, Stage
from .definers_guards import ME, MOVE, added, guard

NOW = timezone.now()
LOOKS = {
    "exports": "SELECT format('%s %s%s', id, state, CASE WHEN due_at IS NOT NULL THEN ' for a time' END)"
    " FROM referral_export",
    "files": "SELECT format('file of %s', export_id) FROM referral_exportfile"
    " UNION ALL SELECT format('piece of %s', export_id) FROM referral_exportpiece",
    "imports": "SELECT format('%s %s', id, state) FROM referral_caseimport",
    "lines": "SELECT format('%s is a line of %s%s', case_id, origin_id,"
    " CASE WHEN stamp = nrm.case_print(case_id) THEN ' as it stands' END) FROM referral_importedcase",
    "cases": "SELECT format('case %s', id) FROM victims_case UNION ALL"
    " SELECT format('profile of %s', case_id) FROM victims_profile UNION ALL"
    " SELECT format('label of %s', case_id) FROM victims_ownlabel UNION ALL"
    " SELECT format('agreement of %s', case_id) FROM victims_consent",
    "grounds": "SELECT DISTINCT format('#%s holds %s', group_id, case_id) FROM victims_grant",
    "shares": "SELECT format('%s from #%s to #%s as %s about %s%s%s%s', orientation_id, s.sender_id, s.addressee_id,"
    " s.ground, s.case_id, ' with ' || opinion_id, CASE WHEN s.sent_at IS NOT NULL THEN ', sent' END,"
    " CASE WHEN s.reference = o.reference THEN '' ELSE ' misnamed' END)"
    " FROM referral_legalshare s JOIN referral_orientation o ON o.id = s.orientation_id",
    "reasons": "SELECT format('reason of %s about %s', share_id, case_id) FROM referral_legalreason",
}
CALLS = {
    "export_moved": guard(
        added(
            "referral_exportmove",
            export_id=":export",
            due_at="now() + %(hours)s::int * interval '1 hour'",
            **MOVE,
        ),
        "exports",
        "files",
        export="@export:asked",
        action="submit",
        before="asked",
        after="waiting",
        agency="@home",
        reason="",
        hours="@nobody",
    ),
    "import_stamp": guard(
        added(
            "referral_importedcase",
            id="gen_random_uuid()",
            origin_id=":origin",
            case_id=":case",
            agency_id=":agency",
            line="9",
            at="now()",
            stamp="'x'",
        ),
        "lines",
        origin="@import:loaded",
        case="@own",
        agency="@home",
    ),
    "import_touched": Call("SELECT nrm.import_touched(%(origin)s)", words={"origin": "@import:loaded"}),
    "undo_import": Call(
        "SELECT nrm.undo_import(%(origin)s)",
        looks=("imports", "lines", "cases", "grounds"),
        words={"origin": "@import:loaded"},
    ),
    "legal_stamped": guard(
        added(
            "referral_legalshare",
            orientation_id=":request",
            case_id=":case",
            sender_id=":other",
            addressee_id=":other",
            reference="'x'",
            ground="'x'",
            opinion_id=":opinion",
            by_id=ME,
            at="now()",
        ),
        "shares",
        request="@bare",
        case="@elsewhere",
        other="@away",
        opinion="@nobody",
    ),
    "legal_reason_stamped": guard(
        added("referral_legalreason", id="gen_random_uuid()", share_id=":request", case_id=":case", data="'\\x00'"),
        "reasons",
        request="@unsaid",
        case="@elsewhere",
    ),
    "legal_sent": guard(
        added("referral_orientationmove", orientation_id=":request", **MOVE),
        "shares",
        request="@said",
        action="send",
        before="draft",
        after="sent",
        agency="@home",
        reason="",
    ),
}
# Of each import of `home`: its state, how many hours ago it ended, its cases, each with the hours since its profile.
IMPORTS = {
    "loaded": ("loaded", 1, {"one": 2, "two": 2}),
    "worked": (
        "loaded",
        4,
        {"changed": 5, "described": 5, "shared": 5, "said": 0, "named": 5, "agreed": 5, "withdrew": 5},
    ),
    "loading": ("loading", 4, {"late": 5}),
    "undoing": ("undoing", 1, {"going": 2}),
}


def shares() -> Stage:
    network = f.agency(Kind.NGO_NETWORK)
    home, away = f.shelter(parent=network), f.shelter()
    who = {name: f.member(home) for name in ("asker", "mate")} | {"stranger": f.member(away)}
    who |= {"front": f.member(home, Role.FRONTLINE), "above": f.member(network)}
    who["official"] = f.member(f.agency(Kind.SOCIAL_AFFAIRS, supports_people=True))
    who["program"] = f.program(home)
    names = {"nobody": None, "unknown": uuid.UUID(int=7), "home": home.pk, "away": away.pk, "network": network.pk}
    names["office"] = who["official"].agency_id
    with as_role("nrm_owner"):
        for name, of in (("system", home), ("system_away", away)):
            who[name] = Membership.objects.get(agency=of, kind="system")
        _exports(who["asker"], names)
        _taken(who["mate"], names)
        _imports(who["asker"], away, names)
        _requests(who, names)
    return Stage(names, who, CALLS, LOOKS)


def _exports(asker, names) -> None:
    order = {"agency": asker.agency, "by": asker, "listed": "cases", "purpose": "meeting"}
    for name, state, total in (
        ("asked", "asked", 20),
        ("of_21", "asked", 21),
        ("named", "asked", 1),
        ("waiting", "waiting", 21),
        ("queued", "queued", 3),
        ("building", "building", 3),
        ("ready", "ready", 3),
        ("ready_too", "ready", 3),
    ):
        content = "htcds_named" if name == "named" else "list"
        made = Export.objects.create(state=state, total=total, content=content, **order)
        names[f"export:{name}"] = made.pk
        if state in ("building", "ready"):
            ExportFile.objects.create(export=made, membership=asker)
            ExportPiece.objects.create(export=made, membership=asker, first=0, rows=[])


def _taken(mate, names) -> None:
    """A member who took 21 rows alone these days, and asks for one more."""
    order = {"agency": mate.agency, "by": mate, "listed": "cases", "purpose": "meeting"}
    names["export:one_more"] = Export.objects.create(state="asked", total=1, **order).pk
    taken = Export.objects.create(state="asked", total=20, **order)
    done = {"action": "queue", "before": "asked", "after": "queued", "membership": mate, "agency": mate.agency}
    ExportMove.objects.create(export=taken, **done)
    Export.objects.filter(pk=taken.pk).update(total=21)


def _imports(asker, away, names) -> None:
    held = {"agency": asker.agency, "by": asker}
    for name, (state, hours, lines) in IMPORTS.items():
        ended = NOW - timedelta(hours=hours)
        made = CaseImport.objects.create(content=None, state=state, ended_at=ended, **held)
        names[f"import:{name}"] = made.pk
        for number, (line, said) in enumerate(lines.items(), 1):
            case = f.bare_case(asker)
            names[line] = case.pk
            Profile.objects.create(case=case, data={}, by=asker, at=NOW - timedelta(hours=said))
            at = NOW - timedelta(hours=0 if line == "agreed" else said or hours + 1)
            Consent.objects.create(case=case, obtained_by=asker, agencies=[asker.agency_id], level=3, obtained_at=at)
            ImportedCase.objects.create(origin=made, case=case, line=number, agency=asker.agency, at=ended)
            OwnLabel.objects.create(
                case=case, data={}, at=NOW - timedelta(hours=0 if line == "named" else hours + 1), **held
            )
    Case.objects.filter(pk=names["changed"]).update(urgency="vital")
    Consent.objects.filter(case=names["withdrew"]).update(withdrawn_at=NOW, withdrawn_by=asker)
    PaperDocument.objects.create(case_id=names["described"], sort="other", data={"label": "x", "place": "x"}, **held)
    given = "SELECT nrm.give(%(case)s, %(agency)s, 2, 0, 'legal', %(case)s, NULL)"
    Stage._run(given, {"case": names["shared"], "agency": away.pk})
    names["own"] = f.bare_case(asker).pk


def _requests(who, names) -> None:
    """Drafts of `asker` about one case; `official`, who is a public body, has one about another case."""
    asker, official = who["asker"], who["official"]
    to, later = f.shelter(), f.shelter()
    names |= {"to": to.pk, "later": later.pk}
    case, elsewhere = f.bare_case(asker), f.bare_case(official)
    names |= {"case": case.pk, "elsewhere": elsewhere.pk}
    agreed = Consent.objects.create(case=case, obtained_by=asker, agencies=[to.pk], level=2)
    for name, of in (("opinion", case), ("opinion:elsewhere", elsewhere)):
        names[name] = ChildOpinion.objects.hear(of, stance="favourable", by=asker).pk
    vital, duty = "vital_danger", "article_40"
    for name, by, ground, said, fields in (
        ("bare", asker, vital, "", {}),
        ("agreed", asker, vital, "", {"consent": agreed}),
        ("groundless", asker, "", "", {}),
        ("left", asker, vital, "", {"state": "sent"}),
        ("said", asker, vital, "reason", {}),
        ("unsaid", asker, vital, "share", {}),
        ("other_ground", asker, vital, "reason", {}),
        ("other_addressee", asker, vital, "reason", {}),
        ("duty", asker, duty, "reason", {}),
        ("official_duty", official, duty, "reason", {}),
    ):
        of = case if by is asker else elsewhere
        made = Orientation.objects.create(
            case=of, sender=by.agency, addressee=to, service=f.service(), created_by=by, legal_ground=ground,
            **{"verb": "refer", "state": "draft", **fields},
        )  # fmt: skip
        names[name] = made.pk
        if said:
            share = LegalShare.objects.create(orientation=made, by=by)
            if said == "reason":
                LegalReason.objects.create(share=share, data={"text": "MARQUEUR"})
    Orientation.objects.filter(pk=names["other_ground"]).update(legal_ground="child_in_danger")
    Orientation.objects.filter(pk=names["other_addressee"]).update(addressee=later)
