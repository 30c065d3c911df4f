"""What is asked of the database for each line of `expected/rows.csv`."""

from django.db.models import QuerySet

from agencies.models import Category
from referral import models as r
from victims import models as v


def asked(house) -> dict[str, QuerySet]:
    return {
        **_words(house),
        **_rights(house),
        **_categories(house),
        **_alerts(house),
        **_requests(house),
        **_more(house),
    }


def _words(house):
    """What is written on the case, by whom."""
    who, of = _agencies(house), {"case": house.case.pk}
    rows = {
        "timeline_internal_lead": v.TimelineEntry.objects.filter(sort="internal", agency=who["lead"], **of),
        "timeline_internal_file": v.TimelineEntry.objects.filter(sort="internal", agency=who["file"], **of),
        "person_name": v.LinkedPersonName.objects.filter(**of),
        "secret_lead": v.SecretNote.objects.filter(agency=who["lead"], **of),
        "secret_kept": v.SecretNote.objects.filter(agency=who["kept_in"], **of),
        "secret_other": v.SecretNote.objects.filter(agency=who["kept_in"], case=house.other.pk),
        "file_identity": v.CaseFile.objects.filter(bit=Category.IDENTITY, **of),
        "file_health": v.CaseFile.objects.filter(bit=Category.HEALTH, **of),
        "file_secret_lead": v.CaseFile.objects.filter(secret=True, agency=who["lead"], **of),
        "file_secret_kept": v.CaseFile.objects.filter(secret=True, agency=who["kept_in"], **of),
        "file_secret_other": v.CaseFile.objects.filter(secret=True, agency=who["kept_in"], case=house.other.pk),
        "need_health": v.Need.objects.filter(bit=Category.HEALTH, **of),
        "need_residence": v.Need.objects.filter(bit=Category.RESIDENCE, agency=who["residence"], **of),
        "need_residence_file": v.Need.objects.filter(bit=Category.RESIDENCE, agency=who["file"], **of),
        "words_health": v.NeedText.objects.filter(bit=Category.HEALTH, **of),
        "words_residence": v.NeedText.objects.filter(bit=Category.RESIDENCE, **of),
        "action_health": v.SupportAction.objects.filter(bit=Category.HEALTH, **of),
        "need_version": v.NeedVersion.objects.filter(bit=0, **of),
        "need_version_residence": v.NeedVersion.objects.filter(bit=Category.RESIDENCE, **of),
        "data_request": v.DataRequest.objects.filter(**of),
        "data_request_led": v.DataRequest.objects.filter(case=house.led.pk),
        "limitation": v.Limitation.objects.filter(**of),
        "limitation_led": v.Limitation.objects.filter(case=house.led.pk),
        "requisition_lead": v.Requisition.objects.filter(agency=who["lead"], **of),
        "requisition_file": v.Requisition.objects.filter(agency=who["file"], **of),
        "requisition_summary": v.Requisition.objects.filter(agency=who["summary"], **of),
        "requisition_kept": v.Requisition.objects.filter(pk=house.demands["kept_in"].pk),
        "requisition_before": v.Requisition.objects.filter(pk=house.demands["before"].pk),
        "requisition_elsewhere": v.Requisition.objects.filter(pk=house.demands["elsewhere"].pk),
        "requisition_led": v.Requisition.objects.filter(pk=house.demands["status"].pk),
        "requisition_older": v.Requisition.objects.filter(pk=house.demands["unitmate"].pk),
        "requisition_since": v.Requisition.objects.filter(pk=house.demands["since"].pk),
        "requisition_move_file": v.RequisitionMove.objects.filter(requisition=house.demands["file"].pk),
        "requisition_move_kept": v.RequisitionMove.objects.filter(requisition=house.demands["kept_in"].pk),
        "requisition_move_led": v.RequisitionMove.objects.filter(requisition=house.demands["status"].pk),
        "episode": v.Episode.objects.filter(**of),
        "profile": v.Profile.objects.filter(**of),
        "profile_version": v.ProfileVersion.objects.filter(**of),
        "signs": v.Observation.objects.filter(**of),
        "assessment": v.Assessment.objects.filter(**of),
        "story": v.CaseText.objects.filter(**of),
    }
    for name in ("lead", "status", "ended", "expired", "kept_in"):
        rows[f"label_of_{name}"] = v.OwnLabel.objects.filter(agency=who[name], **of)
    for name in ("lead", "summary", "ended", "status", "state_bits"):
        rows |= {
            f"timeline_of_{name}": v.TimelineEntry.objects.filter(agency=who[name], sort="message", **of),
            f"paper_of_{name}": v.PaperDocument.objects.filter(agency=who[name], **of),
            f"file_of_{name}": v.CaseFile.objects.filter(agency=who[name], bit=0, secret=False, **of),
            f"person_of_{name}": v.LinkedPerson.objects.filter(agency=who[name], **of),
            f"need_of_{name}": v.Need.objects.filter(agency=who[name], bit=0, **of),
            f"words_of_{name}": v.NeedText.objects.filter(owner_id=who[name], bit=0, **of),
            f"action_of_{name}": v.SupportAction.objects.filter(owner_id=who[name], bit=0, **of),
        }
    return rows


def _rights(house):
    """The case, and who may see it."""
    who, of = _agencies(house), {"case": house.case.pk}
    rows = {
        "case": v.Case.objects.filter(pk=house.case.pk),
        "case_version": v.CaseVersion.objects.filter(pgh_obj_id=house.case.pk),
        "reading_limit": v.ReadingAlarm.objects.filter(membership=house.who["kept_in"]),
        "departure": v.Departure.objects.filter(agency=who["kept_in"], noun="case", thing=house.case.pk),
        "relocation": v.Relocation.objects.filter(**of),
        "term": r.CaseTerm.objects.filter(**of),
        **{
            f"hold_of_{name}": r.LegalHold.objects.filter(agency=who[name], **of)
            for name in ("lead", "status", "ended", "expired", "declined")
        },
        "link": v.CaseLink.objects.filter(one__in=[house.case.pk, house.other.pk]),
        "access_unit_other": v.CaseAccess.objects.filter(agency=who["status"], case=house.other.pk),
        "grant_kept_other": v.Grant.rows.filter(group=who["kept_in"], content_object=house.other.pk),
        "grant_unit_other": v.Grant.rows.filter(group=who["status"], content_object=house.other.pk),
        "log_unit_other": v.GrantLog.objects.filter(agency_id=who["status"], case_id=house.other.pk),
        "log_kept_other": v.GrantLog.objects.filter(agency_id=who["kept_in"], case_id=house.other.pk),
        "grant_led": v.Grant.rows.filter(content_object=house.led.pk).exclude(group=who["status"]),
        "log_led": v.GrantLog.objects.filter(case_id=house.led.pk).exclude(agency_id=who["status"]),
        "assignment": v.Assignment.objects.filter(agency=who["kept_in"], **of),
        "restriction": v.Restriction.objects.filter(**of),
        "archive": v.Archive.objects.filter(case=house.led.pk),
        "archive_of_unit": v.Archive.objects.filter(case=house.other.pk),
        "archive_of_team": v.Archive.objects.filter(**of),
        "opening": v.ArchiveOpening.objects.filter(**of),
        "opening_led": v.ArchiveOpening.objects.filter(case=house.led.pk),
        "emergency": v.EmergencyAccess.objects.filter(**of),
        "emergency_led": v.EmergencyAccess.objects.filter(case=house.led.pk),
        "consent": v.Consent.objects.filter(**of),
        "agreement_words": v.AgreementText.objects.filter(opinion=None, **of),
        "child_opinion": v.ChildOpinion.objects.filter(**of),
        "child_words": v.AgreementText.objects.filter(consent=None, **of),
        "statement_lead": v.Statement.objects.filter(agency=who["lead"], **of),
        "statement_asylum": v.Statement.objects.filter(agency=who["asylum"], **of),
        "view_association": v.IdentificationView.objects.filter(asylum_body=None, **of),
        "view_asylum": v.IdentificationView.objects.exclude(asylum_body=None).filter(**of),
    }
    for name in ("file", "summary", "kept_in", "status", "ended", "expired"):
        rows |= {
            f"access_{name}": v.CaseAccess.objects.filter(agency=who[name], **of),
            f"grant_{name}": v.Grant.rows.filter(group=who[name], content_object=house.case.pk),
            f"log_{name}": v.GrantLog.objects.filter(agency_id=who[name], case_id=house.case.pk),
        }
    del rows["access_ended"], rows["grant_ended"]
    return rows


def _categories(house):
    of = {"case": house.case.pk}
    return {
        "health_note": v.HealthNote.objects.filter(**of),
        "offence_fact": v.OffenceFact.objects.filter(**of),
        "report_decision": v.ReportDecision.objects.filter(**of),
        "residence_fact": v.ResidenceFact.objects.filter(**of),
        "identity": v.Identity.objects.filter(**of),
        "identity_version": v.IdentityVersion.objects.filter(**of),
        "contact": v.Contact.objects.filter(**of),
        "contact_version": v.ContactVersion.objects.filter(**of),
        "identity_entry": v.IdentityEntry.objects.filter(**of),
        "match_token": v.MatchToken.objects.all(),
    }


def _alerts(house):
    alerts, who = {name: alert.pk for name, alert in house.alerts.items()}, _agencies(house)
    rows = {
        "alert_draft": r.Alert.objects.filter(pk=alerts["draft"]),
        "alert_written": r.Alert.objects.filter(pk=alerts["written"]),
        "alert_moves_written": r.AlertMove.objects.filter(alert=alerts["written"]),
        "alert_former": r.Alert.objects.filter(pk=alerts["silent"]),
        "content_silent": r.AlertContent.objects.filter(alert=alerts["silent"]),
        "alert_desk_kept_quiet": r.AlertDesk.objects.filter(agency=who["kept_in"], alert=alerts["waiting"]),
        "alert_desk_silent": r.AlertDesk.objects.filter(agency=who["away"], alert=alerts["silent"]),
        "alert_desk_quiet": r.AlertDesk.objects.filter(agency=who["away"], alert=alerts["waiting"]),
        "content_draft": r.AlertContent.objects.filter(alert=alerts["draft"]),
        "contact_draft": r.AlertContact.objects.filter(alert=alerts["draft"]),
        "contact_sent": r.AlertContact.objects.filter(alert=alerts["main"]),
        "number_draft": r.AlertOffence.objects.filter(alert=alerts["draft"]),
        "number_sent": r.AlertOffence.objects.filter(alert=alerts["offence"]),
        "alert_desk_away": r.AlertDesk.objects.filter(agency=who["away"], alert=alerts["main"]),
        "alert_desk_kept": r.AlertDesk.objects.filter(agency=who["kept_in"], alert=alerts["main"]),
        "alert_link": r.AlertLink.objects.filter(case=house.case.pk),
        "call": r.DeskCall.objects.filter(alert=alerts["silent"]),
    }
    for name in ("main", "waiting"):
        rows |= {
            f"alert_{name}": r.Alert.objects.filter(pk=alerts[name]),
            f"content_{name}": r.AlertContent.objects.filter(alert=alerts[name]),
            f"desk_words_{name}": r.DeskAnswer.objects.filter(alert=alerts[name]),
            f"addition_{name}": r.AlertAddition.objects.filter(alert=alerts[name]),
            f"alert_moves_{name}": r.AlertMove.objects.filter(alert=alerts[name]),
            f"alert_desk_unit_{name}": r.AlertDesk.objects.filter(agency=who["status"], alert=alerts[name]),
            f"event_alert_{name}": r.SituationAlert.objects.filter(alert=alerts[name]),
        }
    return rows


def _requests(house):
    """Orientations: the request, its moves, its desk's row, its sheet, what is said about it, on which ground."""
    sent = {name: made.pk for name, made in house.requests.items()}
    who = _agencies(house)
    rows = {
        "thread": r.OrientationMessage.objects.filter(orientation=sent["file"]),
        "thread_summary": r.OrientationMessage.objects.filter(orientation=sent["summary"]),
        "thread_declined": r.OrientationMessage.objects.filter(orientation=sent["declined"]),
        "thread_led": r.OrientationMessage.objects.filter(orientation=sent["led"]),
        "desk_file": r.OrientationDesk.objects.filter(orientation=sent["file"], agency=who["file"]),
        "desk_sent": r.OrientationDesk.objects.filter(orientation=sent["sent"], agency=who["sent"]),
        "desk_declined": r.OrientationDesk.objects.filter(orientation=sent["declined"], agency=who["declined"]),
        "desk_summary": r.OrientationDesk.objects.filter(orientation=sent["summary"], agency=who["summary"]),
        "desk_state": r.OrientationDesk.objects.filter(orientation=sent["state_bits"], agency=who["state_bits"]),
        "desk_kept": r.OrientationDesk.objects.filter(orientation=sent["kept_in"], agency=who["kept_in"]),
        "sheet_sent": r.OrientationSheet.objects.filter(orientation=sent["sent"]),
        "sheet_file": r.OrientationSheet.objects.filter(orientation=sent["file"], part="file"),
        "sheet_health": r.OrientationSheet.objects.filter(orientation=sent["health"], part="health"),
        "sheet_declined": r.OrientationSheet.objects.filter(orientation=sent["declined"]),
        "sheet_again": r.OrientationSheet.objects.filter(orientation=sent["again"]),
        "sheet_expired": r.OrientationSheet.objects.filter(orientation=sent["expired"]),
        "sheet_kept": r.OrientationSheet.objects.filter(orientation=sent["kept_in"]),
        "sheet_transfer": r.OrientationSheet.objects.filter(orientation=sent["transfer_main"]),
        "share_sent": r.LegalShare.objects.filter(orientation=sent["unagreed"]),
        "share_draft": r.LegalShare.objects.filter(orientation=sent["draft"]),
        "share_unit": r.LegalShare.objects.filter(orientation=sent["unit_main"]),
        "share_unit_other": r.LegalShare.objects.filter(orientation=sent["unit_waiting"]),
        "share_led": r.LegalShare.objects.filter(orientation=sent["led"]),
        "reason_sent": r.LegalReason.objects.filter(share=sent["unagreed"]),
        "reason_unit": r.LegalReason.objects.filter(share=sent["unit_main"]),
        "reason_led": r.LegalReason.objects.filter(share=sent["led"]),
    }
    for part in ("summary", "file", "health"):
        rows[f"sheet_lowered_{part}"] = r.OrientationSheet.objects.filter(orientation=sent["lowered"], part=part)
    for name in ("file", "summary", "kept_in", "declined", "transfer_main", "transfer_waiting", "led"):
        rows[f"request_{name}"] = r.Orientation.objects.filter(pk=sent[name])
        rows[f"moves_{name}"] = r.OrientationMove.objects.filter(orientation=sent[name])
    return rows


def _more(house):
    """Procedures and their clocks, the life of the case, events, duplicates."""
    rows = {
        "case_move": r.CaseMove.objects.filter(case=house.case.pk),
        "outcome": r.CaseOutcome.objects.filter(case=house.case.pk),
        "imported": r.ImportedCase.objects.filter(case=house.case.pk),
        "event_case_main": r.SituationCase.objects.filter(case=house.case.pk),
        "event_case_other": r.SituationCase.objects.filter(case=house.other.pk),
        "match_finding": r.MatchFinding.objects.all(),
        "alarm": r.MatchAlarm.objects.all(),
        "breach": r.Breach.objects.all(),
        "breach_entry": r.BreachEntry.objects.all(),
    }
    for name, case in (("", house.case.pk), ("_led", house.led.pk)):
        rows |= {
            f"checklist{name}": r.Checklist.objects.filter(sealed=False, case=case),
            f"checklist_sealed{name}": r.Checklist.objects.filter(sealed=True, case=case),
            f"step{name}": r.StepAct.objects.filter(sealed=False, case=case),
            f"step_sealed{name}": r.StepAct.objects.filter(sealed=True, case=case),
            f"clock{name}": r.Clock.objects.filter(sealed=False, case=case),
            f"clock_sealed{name}": r.Clock.objects.filter(sealed=True, case=case),
            f"clock_move{name}": r.ClockMove.objects.filter(sealed=False, case=case),
            f"clock_move_sealed{name}": r.ClockMove.objects.filter(sealed=True, case=case),
            f"reflection{name}": r.ReflectionOffer.objects.filter(case=case),
        }
    for name in ("open", "first", "second"):
        match = house.requests[f"match_{name}"].pk
        rows |= {
            f"match_{name}": r.Match.objects.filter(pk=match),
            f"match_moves_{name}": r.MatchMove.objects.filter(match=match),
        }
    return rows


def _agencies(house) -> dict[str, int]:
    return {reader: member.agency_id for reader, member in house.who.items()}
