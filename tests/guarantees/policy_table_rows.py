"""Rows of the committee, evaluations, focal points, participation and admission, for `policy_world`."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Territory
from plans.models import (
    Admission,
    AgendaItem,
    Attendance,
    Consultation,
    Contribution,
    ContributionMove,
    Decision,
    DecisionFollowUp,
    Evaluation,
    EvaluationNote,
    FocalContact,
    FocalPoint,
    MeasureOpinion,
    Meeting,
    Minutes,
    NameWithdrawal,
    Response,
    RightOfReply,
    Seat,
    SectorGuide,
    Signal,
    SurvivorSummary,
    WithdrawnPassage,
)
from tests import factories as f

NOW, TODAY = timezone.now(), timezone.localdate()
LEAD, OTHER = "dgcs", "dgt"


def fill(world) -> None:
    _committee(world)
    _evaluations(world)
    _focal_points(world)
    _participation(world)
    _names(world)
    _signals(world)
    _admission(world)


def _committee(world) -> None:
    put, by = world.put, world.signed("lead")
    today = timezone.localdate()  # not that of the import: a proof that runs past midnight seats nobody until yesterday
    past = today - timedelta(100)
    for name, body, start, end in (
        ("lead", LEAD, past, None),
        ("left", "collectif", past, today - timedelta(1)),
        ("ending", "dacg", past, today),
        ("coming", "cncdh", today + timedelta(1), None),
    ):
        put(f"seat_{name}", Seat, body_id=body, college="state", start=start, end=end)
    for name, state, shown in (
        ("planned", "planned", None),
        ("announced", "planned", NOW),
        ("held", "held", None),
        ("over", "held", NOW),
    ):
        said = {"on": TODAY, "title_fr": "Essai", "state": state, "agenda_published_at": shown}
        meeting = put(f"meeting_{name}", Meeting, **said)
        # (of a meeting that is to come there are none: no policy lets them in)
        seated = {"meeting": meeting, "seat": world.rows["seat_lead"]}
        put(f"presence_{name}", Attendance, presence="present", **seated)
        for number, (who, body) in enumerate((("lead", LEAD), ("other", OTHER)), start=1):
            said = {"number": number, "text": "Essai", "responsible_id": body}
            decision = put(f"decision_{name}_{who}", Decision, meeting=meeting, **said)
            put(f"follow_up_{name}_{who}", DecisionFollowUp, decision=decision, state="started", **by)
    for name, meeting, state in (
        ("proposed", "announced", "proposed"),
        ("accepted", "planned", "accepted"),
        ("announced", "announced", "accepted"),
        ("past", "over", "accepted"),
    ):
        said = {"text": "Essai", "body_id": LEAD, "state": state}
        put(f"item_{name}", AgendaItem, meeting=world.rows[f"meeting_{meeting}"], **said, **by)
    for name, meeting, number, at in (
        ("draft", "held", 1, None),
        ("public", "over", 1, NOW),
        ("correction", "over", 2, None),
    ):
        said = {"number": number, "text": "Essai", "published_at": at, "reason": "Essai" if number > 1 else ""}
        put(f"minutes_{name}", Minutes, meeting=world.rows[f"meeting_{meeting}"], **said)


def _evaluations(world) -> None:
    put = world.put
    for name, who, at, of in (
        ("draft", "cncdh", None, "public"),
        ("released", "cncdh", NOW, "public"),
        ("of_collective", "collective", None, "public"),
        ("released_of_collective", "collective", NOW, "public"),
        ("of_closed_plan", "cncdh", NOW, "closed"),
        ("asked", "collective", None, "closed"),
        ("asked_beside", "lead", None, "closed"),
        ("asked_with_clerk", "cncdh", None, "closed"),
        ("asked_by_guest", "company", None, "closed"),
    ):
        plan, version = world.rows[f"plan_{of}"], world.rows[f"version_{of}"]
        said = {"plan": plan, "version": version, "kind": "final", "state": "draft"}
        if at:
            said |= {"state": "released", "released_at": at}
        if name.startswith("asked"):
            said |= {"state": "proposed", "asked_by": world.who[who], "asked_at": NOW}
        evaluator = world.who[who].agency.profile_id or "ccem"
        made = put(f"evaluation_{name}", Evaluation, evaluator_id=evaluator, **said, **world.signed(who))
        put(f"said_{name}", MeasureOpinion, evaluation=made, measure="m-public", comment="Essai")
        put(f"note_{name}", EvaluationNote, evaluation=made, text="Essai", **world.signed(who))
        put(f"reply_{name}", RightOfReply, evaluation=made, body_id=LEAD, text="Essai", **world.signed("lead"))


def _focal_points(world) -> None:
    for name, who in (("lead", "lead"), ("bare", "lead"), ("funder", "funder"), ("association", "association")):
        body = world.who[who].agency.profile_id
        point = world.put(f"point_{name}", FocalPoint, body_id=body, start=TODAY, by_id=world.names[who])
        if name != "bare":
            world.put(f"reach_{name}", FocalContact, point=point, function="Essai", phone="MARQUEUR")


def _participation(world) -> None:
    put, by = world.put, world.signed("coordination")
    for name, opens in (("coming", TODAY + timedelta(2)), ("open", TODAY)):
        said = {"subject": "other", "title": "Essai", "text": "Essai", "opens": opens, "closes": TODAY + timedelta(9)}
        put(f"consultation_{name}", Consultation, **said, **by)
    put("survivors", SurvivorSummary, title="Essai", text="Essai", **by)
    for name, state, confidential, more in (
        ("draft", "draft", False, {}),
        ("sent", "submitted", False, {}),
        ("confidential", "submitted", True, {}),
        ("published", "published", False, {}),
        ("aside", "set_aside", False, {"set_aside_reason": "Essai"}),
        ("taken_back", "withdrawn", False, {}),
        ("of_union", "published", False, {}),
    ):
        said = {"subject": "plan", "target": "p3", "title": "Essai", "text": "Essai", "state": state, **more}
        signed = world.signed("union" if name == "of_union" else "association")
        made = put(f"contribution_{name}", Contribution, confidential=confidential, **said, **signed)
        put(f"step_of_author_{name}", ContributionMove, contribution=made, action="essai", **signed)
        if name not in ("draft", "taken_back"):
            put(f"step_of_coordination_{name}", ContributionMove, contribution=made, action="essai", **by)
            put(f"response_{name}", Response, contribution=made, verdict="partly", text="Essai", **by)
    moved = {"contribution": world.rows["contribution_sent"], "action": "essai", **world.signed("former")}
    put("step_of_former", ContributionMove, **moved)  # while it held the mandate


def _names(world) -> None:
    """Taken out by the coordination, by a colleague of the author; one that the author put back."""
    for number, (name, of, who, back) in enumerate(
        (
            ("published", "published", "coordination", None),
            ("by_author", "published", "association", None),
            ("restored", "published", "association", NOW),
            ("aside", "aside", "coordination", None),
            ("unsealed", "published", "coordination", None),
            ("of_union", "of_union", "coordination", None),
        ),
        start=1,
    ):
        contribution = world.rows[f"contribution_{of}"]
        said = {"contribution": contribution, "number": number, "reason": "name", "restored_at": back}
        made = world.put(f"name_out_{name}", NameWithdrawal, **said, **world.signed(who))
        if name in ("published", "aside"):
            world.put(f"passage_{name}", WithdrawnPassage, withdrawal=made, text="MARQUEUR-NOM")


def _signals(world) -> None:
    f.territory()
    guide = {"label_fr": "Essai", "intro_fr": "Essai", "vigilance_fr": "Essai"}
    world.put("sector", SectorGuide, code="construction", order=1, **guide)
    for name, read in (("union", None), ("company", NOW)):
        said = {"sector_id": "construction", "month": TODAY.replace(day=1), "signs": [], "persons": "1", "done": []}
        place = {"territory": Territory.objects.get(pk="75")}
        world.put(f"signal_{name}", Signal, read_at=read, **said, **place, **world.signed(name))


def _admission(world) -> None:
    said = {"code": "essai", "name": "Essai", "kind": "ngo", "first_email": "premiere@exemple.invalid"}
    world.put("proposal", Admission, **said, **world.signed("coordination"))
