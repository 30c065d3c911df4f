"""Rows of plans, of money and of commitments, for `policy_world`."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from plans.models import (
    Answer,
    AnswerDraft,
    Axis,
    BeneficiaryCorrection,
    BudgetLine,
    Campaign,
    CampaignAnswer,
    CampaignDraft,
    CampaignReminder,
    Commitment,
    CommitmentBody,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentSource,
    CommitmentTheme,
    CommitmentUrgency,
    Envelope,
    EnvelopeBeneficiary,
    EvidenceRequest,
    FinalAnswer,
    LineReview,
    Measure,
    MeasureProgress,
    Metric,
    MetricValue,
    Plan,
    PlanMove,
    PlanVersion,
    Question,
    Questionnaire,
    YearStep,
)

NOW, TODAY = timezone.now(), timezone.localdate()
LEAD, FUNDER, OTHER = "dgcs", "dacg", "dgt"
# the plan, its state, whether an amendment is prepared, and which of its measures its last version holds
PLANS = {
    "draft": ("draft", False, []),
    "consulted": ("consultation", False, ["consulted"]),
    "public": ("published", False, ["public", "unled"]),
    "amending": ("published", True, ["kept", "taken_out"]),
    "closed": ("closed", False, []),
}
# the measure, its plan, who leads it, whether it was withdrawn
MEASURES = {
    "draft": ("draft", LEAD, False),
    "draft_other": ("draft", FUNDER, False),
    "consulted": ("consulted", FUNDER, False),
    "added": ("consulted", FUNDER, False),  # since it was put to consultation
    "public": ("public", LEAD, False),
    "unled": ("public", None, False),
    "kept": ("amending", LEAD, False),
    "taken_out": ("amending", FUNDER, True),  # in the amendment that is prepared
    "new": ("amending", LEAD, False),
    "old": ("closed", FUNDER, False),  # of the pack, whose version names none
    "withdrawn": ("closed", FUNDER, True),
}


def fill(world) -> None:
    _plans(world)
    _work(world)
    _money(world)
    _campaign(world)
    _commitments(world)
    _questionnaires(world)


def _plans(world) -> None:
    put, by = world.put, world.signed("coordination")
    for number, (name, (state, amending, _held)) in enumerate(PLANS.items(), start=1):
        since, lead = NOW if amending else None, "observatoire" if name == "public" else "dnum"
        said = {"state": state, "amending_since": since, "title_fr": "Essai", "lead_id": lead}
        plan = put(f"plan_{name}", Plan, code=f"p{number}", number=number, **said)
        put(f"axis_{name}", Axis, plan=plan, code=f"a{number}", number=1, title_fr="Essai")
        put(f"move_{name}", PlanMove, plan=plan, action="essai", before=state, after=state, **by)
    for place, (name, (plan, lead, out)) in enumerate(MEASURES.items()):
        code, at = f"m-{name}", NOW if out else None
        said = {"code": code, "title_fr": "Essai", "place": place, "lead_id": lead, "withdrawn_at": at}
        put(f"measure_{name}", Measure, plan=world.rows[f"plan_{plan}"], **said)
    for name, (_state, _amending, held) in PLANS.items():
        content = {"measures": [{"code": f"m-{measure}"} for measure in held]}
        said = {"number": 1, "kind": "history", "content": content, "checksum": "0" * 64, "by_id": by["by_id"]}
        put(f"version_{name}", PlanVersion, plan=world.rows[f"plan_{name}"], **said)


def _work(world) -> None:
    """What hangs on a measure: of a draft, led by one body or the other; of a published plan; newly added."""
    put, by = world.put, world.signed("lead")
    for name in ("draft", "draft_other", "public", "new"):
        measure = world.rows[f"measure_{name}"]
        put(f"partner_{name}", Measure.partners.through, measure_id=measure.pk, directory_id=OTHER)
        metric = put(f"metric_{name}", Metric, measure=measure, label_fr="Essai", unit="places")
        put(f"step_{name}", YearStep, measure=measure, year=2027, text="Essai")
        put(f"value_{name}", MetricValue, metric=metric, on=TODAY, value=Decimal(1), evidence="Essai", **by)
        put(f"progress_{name}", MeasureProgress, measure=measure, status="started", on=TODAY, **by)


def _money(world) -> None:
    put = world.put
    for name, funder, hangs_on in (
        ("plain", FUNDER, {}),
        ("own", OTHER, {}),
        ("draft_plan", FUNDER, {"plan": world.rows["plan_draft"]}),
        ("draft_measure", FUNDER, {"measure": world.rows["measure_draft"]}),
        ("led", FUNDER, {"measure": world.rows["measure_public"]}),  # funded by one, led by the other
    ):
        said = {"label_fr": "Essai", "scope_fr": "Essai", "resource_kind": "financial", "unit": "EUR"}
        put(f"envelope_{name}", Envelope, code=name.replace("_", "-"), funder_id=funder, **said, **hangs_on)
    for name, one, two in (
        ("public", "plain", "led"),
        ("of_draft", "draft_plan", "plain"),
        ("to_draft", "plain", "draft_plan"),
        ("of_others", "own", "led"),
    ):
        ends = {"from_envelope_id": world.names[f"envelope_{one}"], "to_envelope_id": world.names[f"envelope_{two}"]}
        put(f"overlap_{name}", Envelope.overlaps.through, **ends)
    _beneficiaries(world)
    _lines(world)


def _beneficiaries(world) -> None:
    for name, envelope, source, ended in (
        ("public", "plain", "JO", None),
        ("unpublished", "plain", "", None),
        ("ended", "plain", "JO", NOW),
        ("draft", "draft_plan", "JO", None),
    ):
        said = {"name": f"Association {name}", "public_source": source, "ended_at": ended, "body_id": FUNDER}
        world.put(f"name_{name}", EnvelopeBeneficiary, envelope=world.rows[f"envelope_{envelope}"], **said)
    for name, of, envelope, public in (
        ("public", "ended", "plain", True),
        ("unpublished", "unpublished", "plain", False),
        ("draft", "draft", "draft_plan", True),
    ):
        said = {"reason": "another", "was_public": public, "body_id": FUNDER, **world.signed("funder")}
        world.put(
            f"correction_{name}",
            BeneficiaryCorrection,
            beneficiary=world.rows[f"name_{of}"],
            envelope=world.rows[f"envelope_{envelope}"],
            **said,
        )


def _lines(world) -> None:
    for name, envelope, body, at, more in (
        ("checked", "plain", "funder", NOW, {}),
        ("unchecked", "led", "funder", None, {}),  # read by who may enter there too
        ("entered_before", "plain", "ministry", None, {}),  # by a body that enters there no more
        ("read", "plain", "funder", None, {"provenance": "seen"}),  # in a public source
        ("draft", "draft_plan", "funder", NOW, {}),
        ("draft_read", "draft_measure", "funder", None, {"provenance": "seen"}),
    ):
        who = world.who[body]
        said = {"body_id": who.agency.profile_id, "checked_at": at, "amount": Decimal(5), **world.signed(body), **more}
        year = 2020 + next(world.numbers)
        at = {"envelope": world.rows[f"envelope_{envelope}"], "year": year, "stage": "voted"}
        world.put(f"line_{name}", BudgetLine, **at, **said)
    for name, line, sort, who in (
        ("checked", "checked", "checked", "coordination"),
        ("signed", "checked", "signed", "auditor"),
        ("returned", "unchecked", "returned", "coordination"),
        ("draft", "draft", "checked", "coordination"),
    ):
        said = {"sort": sort, "text": "Essai", "line_body_id": FUNDER, **world.signed(who)}
        world.put(f"review_{name}", LineReview, line=world.rows[f"line_{line}"], **said)


def _campaign(world) -> None:
    put, by = world.put, world.signed("coordination")
    campaign = put("campaign", Campaign, year=2027, opens=TODAY, closes=TODAY, **by)
    for name, who, body in (("lead", "lead", LEAD), ("funder", "funder", FUNDER), ("stray", "association", "ccem")):
        put(f"grid_{name}", CampaignDraft, campaign=campaign, body_id=body, saved_by_id=world.names[who])
    put("grid_answer", CampaignAnswer, campaign=campaign, body_id=LEAD, lines=1, **world.signed("lead"))
    for name, body in (("grid_reminder", LEAD), ("grid_reminder_stray", "ccem")):
        put(name, CampaignReminder, campaign=campaign, body_id=body, **by)


def _commitments(world) -> None:
    put, by = world.put, world.signed("coordination")
    label = {"order": 1, "label_fr": "Essai"}
    put("asker", CommitmentBody, code="greta", **label)
    put("theme", CommitmentTheme, code="theme", **label)
    put("urgency", CommitmentUrgency, code="urge", **label)
    put("text", CommitmentSource, code="g1", order=1, title_fr="Essai")
    for name in ("stated", "fresh"):
        said = {"body_id": "greta", "from_text_id": "g1", "urgency_id": "urge", "theme_id": "theme", "text_fr": "Essai"}
        put(f"commitment_{name}", Commitment, code=name, order=1, **said)
    links = {"from_commitment_id": "stated", "to_commitment_id": "fresh"}
    put("repeat", Commitment.repeats.through, **links)
    link = {"commitment_id": "stated", "measure_id": world.names["measure_public"]}
    put("link", Commitment.measures.through, **link)
    said = {"commitment_id": "stated", "text": "Essai", "responsible_id": FUNDER, "status": "in_progress"}
    for name, verdict in (("confirmed", "confirmed"), ("missing", "to_complete"), ("unchecked", "")):
        position = put(f"position_{name}", CommitmentProgress, on=date(2026, 1, 1), **said, **world.signed("funder"))
        if verdict:
            put(f"check_{name}", CommitmentCheck, progress=position, verdict=verdict, text="Essai", **by)
    for name, who, at in (
        ("draft", "association", None),
        ("released", "association", NOW),
        ("of_state", "ministry", None),  # which has none: written before it spoke for the State
    ):
        said = {"commitment_id": "stated", "stance": "contests", "text": "Essai", "released_at": at}
        put(f"opinion_{name}", CommitmentOpinion, **said, **world.signed(who))


def _questionnaires(world) -> None:
    put, by = world.put, world.signed("coordination")
    dates = {"received_on": TODAY, "due_on": TODAY + timedelta(20)}
    words = {"text_fr": "Essai", "as_of": TODAY, "number": 1}
    for state in ("draft", "open", "closed"):
        said = {"body_id": "greta", "title_fr": "Essai", "state": state, **dates, **by}
        asked = put(f"questionnaire_{state}", Questionnaire, **said)
        question = put(f"question_{state}", Question, questionnaire=asked, place=1, number="1", text_fr="Essai")
        for body, who in ((LEAD, "lead"), (FUNDER, "funder")):
            said = {"question": question, "body_id": body, "due_on": TODAY, **by}
            request = put(f"request_{state}_{who}", EvidenceRequest, **said)
            if state != "draft":
                put(f"answer_{state}_{who}", Answer, request=request, **words, **world.signed(who))
        put(f"final_{state}", FinalAnswer, question=question, **words, **by)
    put("answer_draft", AnswerDraft, request=world.rows["request_open_lead"], **world.signed("lead"))
