-- What programs synchronise (foundation/positions.py): notices, alerts, requests, and below what moves with each write.
CREATE TRIGGER nrm_positioned BEFORE INSERT ON notifications_notice FOR EACH ROW EXECUTE FUNCTION nrm.positioned();

-- An employer is shown the sending and the first reading of its alert: nothing else changes it.
CREATE FUNCTION nrm.alert_positioned() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state NOT IN ('draft', 'sent')
     AND EXISTS (SELECT 1 FROM agencies_agency g WHERE g.group_id = NEW.agency_id AND g.kind = 'employer') THEN
    RETURN NEW;
  END IF;
  NEW.position := pg_current_xact_id()::text::bigint;
  NEW.changed_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_positioned BEFORE UPDATE ON referral_alert FOR EACH ROW
WHEN (NEW.state <> 'draft' AND
      (OLD.state, OLD.case_status, OLD.sent_at) IS DISTINCT FROM (NEW.state, NEW.case_status, NEW.sent_at))
EXECUTE FUNCTION nrm.alert_positioned();

-- A desk row that waits, or has just stopped waiting: what becomes of an alert afterwards is not for its former desk.
CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_alertdesk FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_alertdesk FOR EACH ROW
WHEN (OLD.* IS DISTINCT FROM NEW.*
      AND (OLD.live AND OLD.due_at IS NOT NULL OR NEW.live AND NEW.due_at IS NOT NULL))
EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_kept_away AFTER UPDATE ON referral_alertdesk
FOR EACH ROW WHEN (OLD.kept_cases IS NULL AND NEW.kept_cases IS NOT NULL AND OLD.live AND OLD.due_at IS NOT NULL)
EXECUTE FUNCTION nrm.departed('alert', 'alert_id');

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_orientationdesk
FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_orientationdesk
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_kept_away AFTER UPDATE ON referral_orientationdesk
FOR EACH ROW WHEN (OLD.kept_cases IS NULL AND NEW.kept_cases IS NOT NULL)
EXECUTE FUNCTION nrm.departed('request', 'orientation_id');

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_orientation FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_orientation
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_clock FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_clock
FOR EACH ROW WHEN ((OLD.state, OLD.counted_on, OLD.due_at) IS DISTINCT FROM (NEW.state, NEW.counted_on, NEW.due_at))
EXECUTE FUNCTION nrm.positioned();

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_legalshare FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_legalshare
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_situation FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_situation
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_export FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_export
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();

CREATE TRIGGER nrm_positioned BEFORE INSERT ON referral_caseimport FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON referral_caseimport
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.positioned();
