-- Children of an orientation store its case and sender, so that a policy queries one derived table.
CREATE FUNCTION nrm.stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation;
BEGIN
  SELECT * INTO o FROM referral_orientation WHERE id = NEW.orientation_id;
  NEW.case_id := o.case_id;
  NEW.sender_id := o.sender_id;
  IF TG_TABLE_NAME = 'referral_orientationsheet' AND o.state <> 'draft' THEN
    RAISE EXCEPTION 'what was sent is frozen' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_stamp BEFORE INSERT OR UPDATE ON referral_orientationsheet
FOR EACH ROW EXECUTE FUNCTION nrm.stamp();
CREATE TRIGGER nrm_stamp BEFORE INSERT ON referral_orientationmove FOR EACH ROW EXECUTE FUNCTION nrm.stamp();

CREATE FUNCTION nrm.orientation_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation; side text; mine referral_orientationdesk;
        ends boolean := NEW.after IN ('declined', 'withdrawn', 'expired', 'consent_withdrawn', 'completed');
BEGIN
  IF ends THEN  -- an end deletes grants, which locks the case: lock it first, as nrm.accept and a withdrawal do
    PERFORM 1 FROM victims_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  END IF;
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = NEW.orientation_id FOR UPDATE;
  side := nrm.step_side('orientation', NEW.before, NEW.action, NEW.after);
  IF o.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  SELECT * INTO mine FROM referral_orientationdesk
  WHERE orientation_id = o.id AND agency_id = NEW.agency_id AND live;
  IF (side = 'lead' AND NOT EXISTS (SELECT 1 FROM victims_case c WHERE c.id = o.case_id AND c.lead_id = NEW.agency_id
                                    AND NEW.agency_id = nrm.desk() AND o.addressee_id <> NEW.agency_id))
     OR (side = 'sender' AND o.sender_id IS DISTINCT FROM NEW.agency_id)
     -- only the lead sends: a draft of a former lead is refused
     OR (NEW.action = 'send' AND NOT EXISTS (SELECT 1 FROM victims_case c
                                             WHERE c.id = o.case_id AND c.lead_id = o.sender_id))
     OR (side = 'desk' AND (mine.id IS NULL OR NOT mine.answers))
     OR (side = 'system' AND mine.id IS NULL)
     OR (side NOT IN ('consent', 'database') AND (side = 'system') IS DISTINCT FROM
         (current_setting('nrm.kind', true) IS NOT DISTINCT FROM 'system')) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;

  UPDATE referral_orientation SET state = NEW.after,
         sent_at = CASE WHEN NEW.action = 'send' THEN NEW.at ELSE sent_at END WHERE id = o.id;
  UPDATE referral_orientationdesk SET state = NEW.after,
    live = live AND NOT ends,
    due_at = CASE WHEN ends OR NEW.after IN ('accepted', 'in_progress') THEN NULL
                  WHEN NEW.action = 'escalate' AND agency_id = NEW.agency_id THEN NEW.due_at
                  -- a question stops the desk's time limit and starts the sender's; not for a danger to life
                  WHEN NEW.action IN ('ask', 'answer') AND answers AND urgency <> 'vital'
                    THEN COALESCE(NEW.due_at, due_at)
                  ELSE due_at END,
    -- silence does not postpone the promised date
    answer_by = CASE WHEN ends OR NEW.after IN ('accepted', 'in_progress') THEN NULL
                     WHEN NEW.action IN ('ask', 'answer') AND answers AND urgency <> 'vital'
                       THEN COALESCE(NEW.due_at, answer_by)
                     ELSE answer_by END
  WHERE orientation_id = o.id;
  IF NEW.action = 'send' THEN
    INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, answer_by, state,
                                          received_at, reference, urgency, case_id, kept_cases)
    VALUES (o.id, o.addressee_id, true, true, NEW.due_at, NEW.due_at, NEW.after, NEW.at, o.reference, o.urgency,
            o.case_id, nrm.kept(o.case_id, o.addressee_id));
  ELSIF NEW.action = 'escalate' THEN
    -- the agency it is escalated to watches it, and does not answer for the addressee
    INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, state, received_at,
                                          reference, urgency, case_id, kept_cases)
    SELECT o.id, x.agency, true, false, NULL, NEW.after, NEW.at, o.reference, o.urgency, o.case_id,
           nrm.kept(o.case_id, x.agency)
    FROM unnest(NEW.to_agencies) AS x(agency)
    ON CONFLICT (orientation_id, agency_id) DO NOTHING;
  END IF;
  UPDATE referral_orientation SET (due_at, answer_by) = (
    SELECT min(d.due_at), min(d.answer_by) FROM referral_orientationdesk d
    WHERE d.orientation_id = o.id AND d.live AND d.answers) WHERE id = o.id;
  -- an end deletes what this orientation granted only: another ground may still give the same
  IF ends AND NEW.after <> 'consent_withdrawn' THEN
    DELETE FROM victims_grant WHERE ground = 'orientation' AND ground_id = o.id;
  END IF;
  PERFORM nrm.alert_request_moved(NEW);
  PERFORM nrm.report_of_request(o, NEW);
  PERFORM nrm.newcomer_keeps_request(mine.id, NEW.membership_id);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_orientation_moved AFTER INSERT ON referral_orientationmove
FOR EACH ROW EXECUTE FUNCTION nrm.orientation_moved();

-- Only a draft can be changed; afterwards moves change the orientation.
CREATE FUNCTION nrm.orientation_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF row_security_active('public.referral_orientation') AND (OLD.state <> 'draft' OR NEW.state <> 'draft'
     OR NEW.case_id <> OLD.case_id OR NEW.sender_id <> OLD.sender_id) THEN PERFORM nrm.wrong_state(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_orientation_guard BEFORE UPDATE ON referral_orientation
FOR EACH ROW EXECUTE FUNCTION nrm.orientation_guard();

-- Withdraw an open orientation because another one was accepted, and notify its desk. Called inside nrm.accept.
CREATE FUNCTION nrm.give_way(target uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation;
BEGIN
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = target FOR UPDATE;
  IF o.state NOT IN ('draft', 'sent', 'opened', 'question') THEN RETURN; END IF;
  INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, agency_id, at, reason, to_agencies)
  VALUES (gen_random_uuid(), o.id, 'withdraw', o.state, 'withdrawn', o.sender_id, now(), why, '{}');
  IF o.state <> 'draft' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'orientation_withdrawn', 'orientation', o.id, o.reference, '{desk}', '{}', NULL, now());
  END IF;
END $$;

-- An agency that no longer leads a case it got by transfer has completed that orientation.
CREATE FUNCTION nrm.lead_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o record;
BEGIN
  FOR o IN SELECT id, state FROM referral_orientation WHERE case_id = NEW.id AND addressee_id = OLD.lead_id
           AND verb = 'transfer' AND state IN ('accepted', 'in_progress') FOR UPDATE LOOP
    INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), o.id, 'hand_on', o.state, 'completed', OLD.lead_id, now(), 'handed_on', '{}');
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_lead_moved AFTER UPDATE OF lead_id ON victims_case FOR EACH ROW
WHEN (OLD.lead_id IS DISTINCT FROM NEW.lead_id) EXECUTE FUNCTION nrm.lead_moved();

-- When the time of an acceptance is over, the orientation ends, with its sheet and messages.
CREATE FUNCTION nrm.grants_lapsed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o record;
BEGIN
  FOR o IN SELECT x.id, x.state, x.addressee_id FROM referral_orientation x
           WHERE x.state IN ('accepted', 'in_progress')
             AND x.id IN (SELECT t.ground_id FROM touched t WHERE t.until <= now())
             AND NOT EXISTS (SELECT 1 FROM victims_grant g WHERE g.ground_id = x.id) FOR UPDATE LOOP
    INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), o.id, 'lapse', o.state, 'completed', o.addressee_id, now(), 'term', '{}');
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_grants_lapsed AFTER DELETE ON victims_grant REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.grants_lapsed();

-- Messages store case and sender, as the other children do, and are written while the orientation is open, also after
-- acceptance. An agency that watches a silent desk reads and does not write.
CREATE FUNCTION nrm.message_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE o referral_orientation;
BEGIN
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = NEW.orientation_id FOR SHARE;
  NEW.case_id := o.case_id;
  NEW.sender_id := o.sender_id;
  IF o.state NOT IN ('sent', 'opened', 'question', 'accepted', 'in_progress') THEN PERFORM nrm.wrong_state(); END IF;
  IF NEW.agency_id <> o.sender_id AND NOT EXISTS (
    SELECT 1 FROM referral_orientationdesk d
    WHERE d.orientation_id = o.id AND d.agency_id = NEW.agency_id AND d.live AND d.answers) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_message_guard BEFORE INSERT ON referral_orientationmessage
FOR EACH ROW EXECUTE FUNCTION nrm.message_guard();

-- Who is in charge of a desk row is a member of the desk's agency who works on cases.
CREATE FUNCTION nrm.in_charge_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.in_charge_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM agencies_membership m WHERE m.id = NEW.in_charge_id AND m.agency_id = NEW.agency_id AND m.active
      AND m.kind = 'person' AND m.roles::text[] && '{case_worker,coordinator}'
      AND nrm.assigned(NEW.kept_cases, m.id)) THEN
    RAISE EXCEPTION 'only a member of the desk who works on cases takes charge' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_in_charge_guard BEFORE UPDATE OF in_charge_id ON referral_orientationdesk
FOR EACH ROW EXECUTE FUNCTION nrm.in_charge_guard();
CREATE TRIGGER nrm_in_charge_guard BEFORE UPDATE OF in_charge_id ON referral_alertdesk
FOR EACH ROW EXECUTE FUNCTION nrm.in_charge_guard();
