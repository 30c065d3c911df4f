-- What was decided of a requisition is added to it and never changed. Its state, its hour and what the others of the agency
-- are told are written here alone: whoever decides, by a page or by a bare statement, is seen by them, when it was.

CREATE FUNCTION nrm.requisition_made() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := now();
  NEW.reference := (SELECT c.reference FROM victims_case c WHERE c.id = NEW.case_id);
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_requisition_made BEFORE INSERT ON victims_requisition
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_made();

CREATE FUNCTION nrm.requisition_move_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := clock_timestamp();  -- by which they follow one another
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_requisition_move_dated BEFORE INSERT ON victims_requisitionmove
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_move_dated();

-- After the policy let the row in. What was handed over is the last word; what was not may be handed over after all.
CREATE FUNCTION nrm.requisition_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r victims_requisition;
BEGIN
  SELECT * INTO r FROM victims_requisition WHERE id = NEW.requisition_id FOR UPDATE;
  IF r.state = 'answered' OR r.state = 'refused' AND NEW.state <> 'answered' THEN PERFORM nrm.wrong_state(); END IF;
  UPDATE victims_requisition SET state = NEW.state, ended_at = CASE WHEN NEW.state <> 'waiting' THEN now() END
  WHERE id = r.id;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'answer_decided', 'requisition', r.id, r.reference, '{desk}', ARRAY[r.agency_id], NEW.by_id,
          now());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_requisition_moved AFTER INSERT ON victims_requisitionmove
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_moved();
