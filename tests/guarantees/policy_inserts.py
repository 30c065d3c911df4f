"""The row that a line of `expected/policy_writes.csv` inserts, but for what the line says. A key is named by its word
in `policy_world`; `who`, `unit` and `body` are those of the member who writes."""

import json
import uuid
from datetime import timedelta

from django.utils import timezone

from victims.models import new_reference

NOW, TODAY, SOON = "now", "today", timezone.localdate() + timedelta(9)
SIGNED = {"agency_id": "unit", "by_id": "who", "at": NOW}
SOURCED = {"provenance": "entered", "source": "", "note_fr": "", "note_en": ""}
TITLE = {"title_fr": "Essai", "title_en": ""}
WRITTEN = {**SIGNED, "number": 2, "text_fr": "Essai", "text_en": "", "as_of": TODAY}
ROWS = {
    "plans_plan": {
        **SOURCED, **TITLE, "code": new_reference, "kind": "related", "summary_fr": "", "summary_en": "",
        "lead_id": "observatoire", "state": "draft", "created_at": NOW,
    },
    "plans_axis": {**SOURCED, **TITLE, "code": new_reference, "number": 9, "plan_id": "plan_draft"},
    "plans_measure": {
        **SOURCED, **TITLE, "code": new_reference, "plan_id": "plan_draft", "lead_id": "body", "place": 9,
        "text_fr": "", "text_en": "", "not_funded": False, "not_funded_reason": "", "procedures": "{}", "tags": "{}",
        "withdrawn_reason": "",
    },
    "plans_measure_partners": {"measure_id": "measure_draft", "directory_id": "dacg"},
    "plans_metric": {"measure_id": "measure_draft", "label_fr": "Essai", "label_en": "", "unit": "places", "feed": ""},
    "plans_yearstep": {"measure_id": "measure_draft", "year": 2029, "text": "Essai"},
    "plans_metricvalue": {**SIGNED, "metric_id": "metric_public", "on": TODAY, "value": 1, "evidence": "Essai"},
    "plans_measureprogress": {
        **SIGNED, "measure_id": "measure_public", "status": "started", "on": TODAY, "text": "", "evidence": "",
    },
    "plans_planmove": {
        **SIGNED, "id": uuid.uuid4, "plan_id": "plan_draft", "action": "consult", "before": "draft",
        "after": "consultation", "reason": "",
    },
    "plans_planversion": {
        "plan_id": "plan_draft", "number": 9, "kind": "review", "reason_fr": "", "content": json.dumps({}),
        "checksum": "0" * 64, "gate": "[]", "by_id": "who", "at": NOW,
    },
    "plans_envelope": {
        **SOURCED, "code": new_reference, "series": "", "label_fr": "Essai", "label_en": "", "funder_id": "body",
        "programme": "", "action": "", "resource_kind": "financial", "unit": "EUR", "scope_fr": "Essai",
        "scope_en": "", "beneficiary": "", "money_source": "", "knowledge": "", "created_at": NOW,
    },
    "plans_envelope_overlaps": {"from_envelope_id": "envelope_own", "to_envelope_id": "envelope_plain"},
    "plans_envelopebeneficiary": {
        "envelope_id": "envelope_plain", "name": "Essai", "public_source": "", "body_id": "body",
    },
    "plans_beneficiarycorrection": {
        **SIGNED, "beneficiary_id": "name_public", "envelope_id": "envelope_plain", "reason": "another",
        "was_public": False, "body_id": "body",
    },
    "plans_budgetline": {
        **SIGNED, "envelope_id": "envelope_plain", "year": 2030, "period_fr": "", "period_en": "", "stage": "voted",
        "nature": "", "amount": 5, "exactness": "exact", "evidence": "", "provenance": "entered", "body_id": "body",
        "reason": "",
    },
    "plans_linereview": {**SIGNED, "line_id": "line_unchecked", "sort": "checked", "text": "Essai"},
    "plans_campaign": {**SIGNED, "year": 2030, "stage": "voted", "opens": TODAY, "closes": TODAY, "note": ""},
    "plans_campaigndraft": {
        "campaign_id": "campaign", "body_id": "body", "content": "{}", "version": 1, "saved_at": NOW,
        "saved_by_id": "who", "given_note": "",
    },
    "plans_campaignanswer": {**SIGNED, "campaign_id": "campaign", "body_id": "body", "lines": 1},
    "plans_campaignreminder": {**SIGNED, "campaign_id": "campaign", "body_id": "dacg"},
    "plans_commitment": {
        **SOURCED, "code": new_reference, "order": 9, "body_id": "greta", "from_text_id": "g1", "paragraph": "",
        "paragraph_en": "", "urgency_id": "urge", "theme_id": "theme", "text_fr": "Essai", "text_en": "",
        "active": True,
    },
    "plans_commitment_repeats": {"from_commitment_id": "fresh", "to_commitment_id": "stated"},
    "plans_commitment_measures": {"commitment_id": "fresh", "measure_id": "measure_public"},
    "plans_commitmentsource": {
        **TITLE, "code": new_reference, "order": 9, "access_fr": "", "dated": "",
    },
    "plans_commitmentprogress": {
        **SIGNED, "commitment_id": "fresh", "status": "in_progress", "on": TODAY, "text": "Essai", "evidence": "",
        "responsible_id": "body", "next_step": "",
    },
    "plans_commitmentcheck": {**SIGNED, "progress_id": "position_unchecked", "verdict": "confirmed", "text": ""},
    "plans_commitmentopinion": {
        **SIGNED, "id": uuid.uuid4, "commitment_id": "fresh", "stance": "agrees", "text": "Essai", "evidence": "",
    },
    "plans_questionnaire": {
        **SIGNED, **TITLE, "id": uuid.uuid4, "body_id": "greta", "received_on": TODAY, "due_on": TODAY,
        "state": "draft",
    },
    "plans_question": {
        "id": uuid.uuid4, "questionnaire_id": "questionnaire_draft", "place": 9, "number": "9", "text_fr": "Essai",
        "text_en": "",
    },
    "plans_evidencerequest": {
        "id": uuid.uuid4, "question_id": "question_open", "body_id": "dgt", "wanted": "", "due_on": TODAY,
        "asked_at": NOW, "agency_id": "unit", "by_id": "who",
    },
    "plans_answerdraft": {
        **SIGNED, "request_id": "request_open_lead", "text_fr": "Essai", "text_en": "",
    },
    "plans_answer": {**WRITTEN, "request_id": "request_open_lead"},
    "plans_finalanswer": {**WRITTEN, "question_id": "question_open"},
    "plans_mandate": {
        **SOURCED, "body_id": "delegation", "function_fr": "Essai", "function_en": "", "legal_basis_fr": "Essai",
        "legal_basis_en": "", "contact": "", "start": "2001-01-01", "end": "2001-12-31", "annulled_reason": "",
    },
    "plans_seat": {"body_id": "dgt", "college": "state", "start": TODAY},
    "plans_meeting": {
        **SOURCED, **TITLE, "on": SOON, "month_only": False, "state": "planned", "reason_fr": "", "reason_en": "",
    },
    "plans_agendaitem": {
        **SIGNED, "meeting_id": "meeting_planned", "text": "Essai", "body_id": "body", "state": "proposed",
        "answer": "", "place": 0,
    },
    "plans_minutes": {"meeting_id": "meeting_held", "number": 9, "text": "Essai", "reason": "Essai", "saved_at": NOW},
    "plans_attendance": {"meeting_id": "meeting_held", "seat_id": "seat_left", "presence": "present"},
    "plans_decision": {"meeting_id": "meeting_held", "number": 9, "text": "Essai"},
    "plans_decisionfollowup": {
        **SIGNED, "decision_id": "decision_over_lead", "on": TODAY, "state": "done", "text": "",
    },
    "plans_evaluation": {
        **SOURCED, **TITLE, "id": uuid.uuid4, "plan_id": "plan_consulted", "version_id": "version_consulted",
        "evaluator_id": "body", "agency_id": "unit", "by_id": "who", "kind": "final", "text_fr": "", "text_en": "",
        "returned": "", "state": "draft", "created_at": NOW, "saved_at": NOW,
    },
    "plans_measureopinion": {
        "id": uuid.uuid4, "evaluation_id": "evaluation_draft", "measure": "m-unled", "status": "", "evidence": "",
        "comment": "",
    },
    "plans_evaluationnote": {**SIGNED, "evaluation_id": "evaluation_released", "text": "Essai"},
    "plans_rightofreply": {
        **SIGNED, "evaluation_id": "evaluation_released", "measure": "", "body_id": "body", "text": "Essai",
    },
    "plans_focalpoint": {"id": uuid.uuid4, "body_id": "body", "start": TODAY, "by_id": "who"},
    "plans_focalcontact": {"point_id": "point_bare", "function": "Essai", "email": "", "phone": ""},
    "plans_consultation": {
        "id": uuid.uuid4, "reference": new_reference, "subject": "other", "target": "", "title": "Essai",
        "text": "Essai", "questions": "{}", "opens": TODAY, "closes": TODAY, "withdrawn_reason": "", "outcome": "",
        "agency_id": "unit", "by_id": "who", "created_at": NOW,
    },
    "plans_contribution": {
        "id": uuid.uuid4, "reference": new_reference, "subject": "plan", "target": "p3", "agency_id": "unit",
        "by_id": "who", "author_kind": "", "title": "Essai", "text": "", "answers": "{}", "confidential": False,
        "state": "draft", "created_at": NOW, "saved_at": NOW, "set_aside_reason": "",
    },
    "plans_contributionmove": {
        **SIGNED, "id": uuid.uuid4, "contribution_id": "contribution_sent", "action": "publish", "before": "",
        "after": "", "reason": "",
    },
    "plans_response": {**SIGNED, "contribution_id": "contribution_published", "verdict": "partly", "text": "Essai"},
    "plans_namewithdrawal": {
        **SIGNED, "id": uuid.uuid4, "contribution_id": "contribution_published", "number": 9, "reason": "name",
        "passage": "",
    },
    "plans_withdrawnpassage": {"withdrawal_id": "name_out_by_author", "text": "\\x00"},
    "plans_survivorsummary": {**SIGNED, "title": "Essai", "text": "Essai"},
    "plans_signal": {
        **SIGNED, "id": uuid.uuid4, "reference": new_reference, "sector_id": "construction", "territory_id": "75",
        "month": timezone.localdate().replace(day=1), "signs": "{}", "persons": "1", "done": "{}", "note": "",
        "read_for_child": 0, "alert_reference": "",
    },
    "plans_admission": {
        **SIGNED, "id": uuid.uuid4, "state": "proposed", "code": new_reference, "name": "Essai", "acronym": "",
        "kind": "ngo", "services": "{}", "website": "", "first_name": "", "first_email": "", "reason": "",
    },
}  # fmt: skip
