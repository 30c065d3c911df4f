-- Moves are the only writer of state. The application inserts a move; these triggers check it against the workflow
-- table (nrm.step_side, generated from referral/workflow.py), set the state and derive the desk rows.

CREATE FUNCTION nrm.wrong_state() RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'not in this state' USING ERRCODE = 'NRM01'; END $$;

CREATE FUNCTION nrm.alert_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; side text; mine referral_alertdesk;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = NEW.alert_id FOR UPDATE;
  side := nrm.step_side('alert', NEW.before, NEW.action, NEW.after);
  IF a.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  SELECT * INTO mine FROM referral_alertdesk WHERE alert_id = a.id AND agency_id = NEW.agency_id AND live;
  IF (side = 'author' AND a.author_id IS DISTINCT FROM NEW.membership_id)
     -- the desk is the agency for members who see cases: a frontline author does not answer its own alert
     OR (side IN ('desk', 'system') AND (mine.id IS NULL OR NEW.agency_id IS DISTINCT FROM nrm.desk()))
     -- due work does what silence calls for, and answers for nobody
     OR (side = 'system') IS DISTINCT FROM (current_setting('nrm.kind', true) IS NOT DISTINCT FROM 'system') THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;

  UPDATE referral_alert SET state = NEW.after,
         sent_at = CASE WHEN NEW.action = 'send' THEN NEW.at ELSE sent_at END WHERE id = a.id;
  UPDATE referral_alertdesk SET state = NEW.after,
    due_at = CASE
      WHEN NEW.action IN ('act', 'close') THEN NULL
      WHEN NEW.action = 'escalate' AND agency_id = NEW.agency_id THEN NEW.due_at
      -- vital: opened is not yet acted upon, so the clock goes on, twenty minutes at a time
      WHEN NEW.action = 'open' AND urgency = 'vital' THEN GREATEST(due_at, NEW.at + interval '20 minutes')
      ELSE due_at END,
    opened_at = CASE WHEN NEW.action = 'open' AND agency_id = NEW.agency_id THEN COALESCE(opened_at, NEW.at)
                     ELSE opened_at END,
    live = live AND NOT (NEW.action = 'redirect' AND agency_id = NEW.agency_id)
  WHERE alert_id = a.id;
  IF NEW.action IN ('send', 'redirect', 'escalate') THEN
    INSERT INTO referral_alertdesk (alert_id, agency_id, live, answers, due_at, state, rung, received_at,
                                    reference, urgency, age_side, form, territory_id)
    SELECT a.id, x.agency, true, true, NEW.due_at, NEW.after,
           CASE WHEN NEW.action = 'escalate' THEN mine.rung + 1 ELSE 0 END, NEW.at,
           a.reference, a.urgency, a.age_side, a.form, a.territory_id
    FROM unnest(NEW.to_agencies) AS x(agency)
    ON CONFLICT (alert_id, agency_id) DO UPDATE SET live = true, due_at = excluded.due_at;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_moved AFTER INSERT ON referral_alertmove FOR EACH ROW EXECUTE FUNCTION nrm.alert_moved();

-- The case, if this agency keeps it to its assigned members: written on its desk rows.
CREATE FUNCTION nrm.kept(target uuid, agency int) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT r.case_id FROM victims_restriction r WHERE r.case_id = target AND r.agency_id = agency $$;

-- Children of an orientation carry its case and its sender, so that a policy asks one derived table.
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
  IF ends THEN  -- an end deletes grants, which locks the case: the case first, as in nrm.accept and in a withdrawal
    PERFORM 1 FROM victims_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  END IF;
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = NEW.orientation_id FOR UPDATE;
  side := nrm.step_side('orientation', NEW.before, NEW.action, NEW.after);
  IF o.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  SELECT * INTO mine FROM referral_orientationdesk
  WHERE orientation_id = o.id AND agency_id = NEW.agency_id AND live;
  IF (side = 'sender' AND o.sender_id IS DISTINCT FROM NEW.agency_id)
     -- only the lead proposes: a draft left from the time one led is not sent any more
     OR (NEW.action = 'send' AND NOT EXISTS (SELECT 1 FROM victims_case c
                                             WHERE c.id = o.case_id AND c.lead_id = o.sender_id))
     OR (side = 'desk' AND (mine.id IS NULL OR NOT mine.answers))
     OR (side = 'system' AND mine.id IS NULL)
     OR (side <> 'consent' AND (side = 'system') IS DISTINCT FROM
         (current_setting('nrm.kind', true) IS NOT DISTINCT FROM 'system')) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;

  UPDATE referral_orientation SET state = NEW.after,
         sent_at = CASE WHEN NEW.action = 'send' THEN NEW.at ELSE sent_at END WHERE id = o.id;
  UPDATE referral_orientationdesk SET state = NEW.after,
    live = live AND NOT ends,
    due_at = CASE WHEN ends OR NEW.after IN ('accepted', 'in_progress') THEN NULL
                  WHEN NEW.action = 'escalate' AND agency_id = NEW.agency_id THEN NEW.due_at ELSE due_at END
  WHERE orientation_id = o.id;
  IF NEW.action = 'send' THEN
    INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, state, received_at,
                                          reference, urgency, kept_case)
    VALUES (o.id, o.addressee_id, true, true, NEW.due_at, NEW.after, NEW.at, o.reference, o.urgency,
            nrm.kept(o.case_id, o.addressee_id));
  ELSIF NEW.action = 'escalate' THEN
    -- who it is escalated to looks after it and does not answer in the addressee's place
    INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, state, received_at,
                                          reference, urgency, kept_case)
    SELECT o.id, x.agency, true, false, NULL, NEW.after, NEW.at, o.reference, o.urgency, nrm.kept(o.case_id, x.agency)
    FROM unnest(NEW.to_agencies) AS x(agency)
    ON CONFLICT (orientation_id, agency_id) DO NOTHING;
  END IF;
  -- an end takes what this orientation gave, and nothing else: another ground may still carry the same
  IF ends AND NEW.after <> 'consent_withdrawn' THEN
    DELETE FROM victims_grant WHERE ground = 'orientation' AND ground_id = o.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_orientation_moved AFTER INSERT ON referral_orientationmove
FOR EACH ROW EXECUTE FUNCTION nrm.orientation_moved();

-- An orientation is changed while it is a draft only; afterwards its moves speak.
CREATE FUNCTION nrm.orientation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row_security_active('public.referral_orientation') AND (OLD.state <> 'draft' OR NEW.state <> 'draft'
     OR NEW.case_id <> OLD.case_id OR NEW.sender_id <> OLD.sender_id) THEN PERFORM nrm.wrong_state(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_orientation_guard BEFORE UPDATE ON referral_orientation
FOR EACH ROW EXECUTE FUNCTION nrm.orientation_guard();

-- Joining an alert to a case: the author follows the case's state through it. If the case is led by the agency that
-- wrote the alert, and it may hold contacts, the sealed contact comes along.
CREATE FUNCTION nrm.alert_linked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE referral_alert a SET case_status = c.status FROM victims_case c
  WHERE a.id = NEW.alert_id AND c.id = NEW.case_id;
  UPDATE referral_alertdesk d SET kept_case = r.case_id FROM victims_restriction r
  WHERE r.case_id = NEW.case_id AND r.agency_id = d.agency_id AND d.alert_id = NEW.alert_id;
  INSERT INTO victims_contact (id, case_id, source_id, data)
  SELECT gen_random_uuid(), c.id, k.alert_id, k.data
  FROM referral_alertcontact k JOIN referral_alert a ON a.id = k.alert_id
       JOIN victims_case c ON c.id = NEW.case_id AND c.lead_id = a.agency_id
       JOIN victims_caseaccess x ON x.case_id = c.id AND x.agency_id = c.lead_id AND x.categories & 2 <> 0
  WHERE k.alert_id = NEW.alert_id
  ON CONFLICT (source_id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_linked AFTER INSERT ON referral_alertlink FOR EACH ROW EXECUTE FUNCTION nrm.alert_linked();
