-- States of a case. Its lead inserts a move; this trigger checks it against the workflow table and sets the state.
-- Closing ends open orientations, and the grants of every agency but the lead on an orientation, an agreement or a
-- legal ground; each keeps `status`, and learns only that the case is closed. What a coordination holds by its mandate
-- stays (no story, no identity); an emergency access ends after its hour. Reopening restores nothing.
CREATE FUNCTION nrm.case_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c victims_case; side text;
BEGIN
  SELECT * INTO STRICT c FROM victims_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  side := nrm.step_side('case', NEW.before, NEW.action,
                        CASE WHEN NEW.action = 'unmerge' AND NEW.after <> 'closed' THEN 'open' ELSE NEW.after END);
  IF c.status <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF side = 'lead' AND (c.lead_id <> NEW.agency_id OR NEW.agency_id IS DISTINCT FROM nrm.desk()
                        OR current_setting('nrm.kind', true) IS NOT DISTINCT FROM 'system') THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;
  UPDATE victims_case SET status = NEW.after,
         closure_reason = CASE WHEN NEW.after = 'closed' THEN NEW.reason ELSE '' END WHERE id = c.id;
  IF NEW.action = 'close' THEN PERFORM nrm.support_ends(c.id, c.lead_id, NEW.id); END IF;
  PERFORM nrm.alert_case_acted(NEW);
  PERFORM nrm.report_of_case(NEW);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_case_moved AFTER INSERT ON referral_casemove FOR EACH ROW EXECUTE FUNCTION nrm.case_moved();

CREATE FUNCTION nrm.support_ends(target uuid, leader int, move uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o record; lost int[]; agency int; knew jsonb;
BEGIN
  lost := ARRAY(SELECT DISTINCT g.group_id FROM victims_grant g WHERE g.case_id = target AND g.group_id <> leader
                AND g.ground = ANY (nrm.ended_by_closing()));
  -- who never had more than `status` keeps the place it knew (nrm.place_known): closing must not reveal another one
  SELECT jsonb_object_agg(k.group_id, k.since) INTO knew FROM (
    SELECT g.group_id, max(g.given_at) AS since FROM victims_grant g JOIN victims_caseaccess a
      ON a.case_id = g.case_id AND a.agency_id = g.group_id AND a.level = 1
    WHERE g.case_id = target GROUP BY 1) k;
  FOR o IN SELECT x.id, x.state, x.addressee_id FROM referral_orientation x WHERE x.case_id = target
           ORDER BY x.id FOR UPDATE LOOP
    IF o.state IN ('accepted', 'in_progress') THEN
      INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, agency_id, at, reason, to_agencies)
      VALUES (gen_random_uuid(), o.id, 'lapse', o.state, 'completed', o.addressee_id, now(), 'case_closed', '{}');
    ELSE
      PERFORM nrm.give_way(o.id, 'case_closed');
    END IF;
  END LOOP;
  DELETE FROM victims_grant WHERE case_id = target AND group_id <> leader AND ground = ANY (nrm.ended_by_closing());
  FOREACH agency IN ARRAY lost LOOP
    PERFORM nrm.give(target, agency, 1, 0, 'former', move, NULL);
    UPDATE victims_grant SET given_at = (knew->>agency::text)::timestamptz
    WHERE group_id = agency AND ground_id = move AND knew ? agency::text;
  END LOOP;
END $$;

-- Only moves write the state of a case.
CREATE FUNCTION nrm.case_state_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF row_security_active('public.victims_case') THEN
    IF TG_OP = 'INSERT' AND NEW.status <> 'open' THEN
      RAISE EXCEPTION 'a case is born open' USING ERRCODE = '42501';
    ELSIF TG_OP = 'UPDATE' AND (NEW.status, NEW.closure_reason) IS DISTINCT FROM (OLD.status, OLD.closure_reason) THEN
      RAISE EXCEPTION 'the state of a case changes by a move only' USING ERRCODE = '42501';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_case_state_guard BEFORE INSERT OR UPDATE ON victims_case
FOR EACH ROW EXECUTE FUNCTION nrm.case_state_guard();

-- Refuse new orientations on a closed case: reopen it first. The lock waits for a concurrent closing. Runs with the
-- rights of the caller: the refusal must not tell an agency without access whether the case is closed.
CREATE FUNCTION nrm.case_takes_requests() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE state text;
BEGIN
  SELECT status INTO state FROM victims_case WHERE id = NEW.case_id FOR SHARE;
  IF state = 'closed' THEN PERFORM nrm.wrong_state(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_case_takes_requests BEFORE INSERT ON referral_orientation
FOR EACH ROW EXECUTE FUNCTION nrm.case_takes_requests();
