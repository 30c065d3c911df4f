-- Only moves write states. The application inserts a move; these triggers check it against the workflow table
-- (nrm.step_side, generated from referral/workflow.py), set the state and derive the desk rows.

CREATE FUNCTION nrm.wrong_state() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN RAISE EXCEPTION 'not in this state' USING ERRCODE = 'NRM01'; END $$;

-- A child, a doubtful age, a danger to life: each desk keeps its time limit until it answered itself.
CREATE FUNCTION nrm.alert_guarded(a referral_alert) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT a.age_side <> 'adult' OR a.urgency = 'vital' $$;

-- Kept by the agency that wrote it because the person refused: what waits there is sent to nobody else. Sent on a legal
-- ground, it had a time limit, though the agency that wrote it was its only coordination.
CREATE FUNCTION nrm.alert_refused(a referral_alert) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.agreement = 'no' AND NOT nrm.alert_guarded(a)
    AND NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id <> a.agency_id)
    AND NOT EXISTS (SELECT 1 FROM referral_alertmove m WHERE m.alert_id = a.id AND m.action = 'send' AND m.due_at IS NOT NULL)
$$;

-- When a desk that has this alert again must have answered: after the time limit of its urgency, or before the person
-- leaves, as referral/routing/rules/deadlines.py.
CREATE FUNCTION nrm.alert_clock(a referral_alert) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT LEAST(now() + nrm.first_limit(a.urgency), CASE WHEN a.urgency <> 'vital' AND a.reachable_until > now()
    THEN GREATEST(now() + nrm.vital_again(), a.reachable_until - nrm.before_leaving()) END)
$$;

CREATE FUNCTION nrm.alert_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; side text; mine referral_alertdesk; clock timestamptz;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = NEW.alert_id FOR UPDATE;
  side := nrm.step_side('alert', NEW.before, NEW.action, NEW.after);
  IF a.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  SELECT * INTO mine FROM referral_alertdesk WHERE alert_id = a.id AND agency_id = NEW.agency_id AND live;
  IF (side = 'author' AND a.author_id IS DISTINCT FROM NEW.membership_id)
     -- the desk is the agency, for members who see cases: a frontline author does not answer its own alert; only
     -- agencies that coordinate or support people open a case
     OR (NEW.action = 'act' AND NOT EXISTS (SELECT 1 FROM agencies_agency g WHERE g.group_id = NEW.agency_id
                                            AND (g.mandate <> '' OR g.supports_people)))
     OR (side IN ('desk', 'system') AND (mine.id IS NULL OR NEW.agency_id IS DISTINCT FROM nrm.desk()))
     -- due work handles silence, and never answers; it sends what the platform wrote: a signal that told a child
     OR (side = 'system') IS DISTINCT FROM (current_setting('nrm.kind', true) IS NOT DISTINCT FROM 'system'
                                            AND side <> 'author') THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;
  PERFORM nrm.alert_targets_allowed(a, NEW);
  PERFORM nrm.desk_may_answer(mine, NEW.action, side);
  PERFORM nrm.author_may_answer(a, mine, NEW);
  a := nrm.alert_in_doubt(a, NEW.action);
  clock := nrm.alert_clock(a);

  UPDATE referral_alert SET state = NEW.after,
         sent_at = CASE WHEN NEW.action = 'send' THEN NEW.at ELSE sent_at END,
         -- whatever its author wrote in the draft: it is kept once a case is
         kept_cases = CASE WHEN NEW.action <> 'send' THEN kept_cases END,
         stays_kept = stays_kept AND NEW.action <> 'send' WHERE id = a.id;
  UPDATE referral_alertdesk SET state = NEW.after WHERE alert_id = a.id;
  PERFORM nrm.desk_answered(a, NEW, mine, clock);
  PERFORM nrm.others_wait(a, NEW, clock);
  IF NEW.action IN ('send', 'address', 'redirect', 'readdress', 'escalate', 'doubt') THEN
    PERFORM nrm.alert_addressed(a, NEW, mine.rung, clock);
  END IF;
  PERFORM nrm.alert_taken_up(a, NEW);
  PERFORM nrm.alert_judged(a, NEW.action);
  PERFORM nrm.report_of_alert(NEW);
  PERFORM nrm.newcomer_keeps_alert(mine.id, NEW.membership_id);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_moved AFTER INSERT ON referral_alertmove FOR EACH ROW EXECUTE FUNCTION nrm.alert_moved();

-- Return the case if this agency restricts it to its assigned members, else NULL; stored on its desk rows.
CREATE FUNCTION nrm.kept(target uuid, agency int) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT array_agg(r.case_id) FROM victims_restriction r WHERE r.case_id = target AND r.agency_id = agency $$;

-- Return whether this restriction keeps an alert of its case: that of the archive does not while another of its cases is open.
CREATE FUNCTION nrm.keeps_alert(r victims_restriction, target uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT r.by_id IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM referral_alertlink o JOIN victims_case k ON k.id = o.case_id
    WHERE o.alert_id = target AND k.status <> 'closed')
$$;

-- Return the cases of an alert that this agency restricts, NULL when there is none: an alert of several persons has
-- several cases, and is read by the members assigned to all of them. Once such a case was erased, all those that are left:
-- the alert tells of its person still, and opens to nobody who works on none of them. The archive of one person keeps it from
-- nobody while another of its cases is open: a time limit may run there.
CREATE FUNCTION nrm.alert_kept(target uuid, agency int) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array_agg(l.case_id ORDER BY l.case_id) FROM referral_alertlink l
  WHERE l.alert_id = target
    AND (EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = l.case_id AND r.agency_id = agency
                 AND nrm.keeps_alert(r, target))
         OR EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = target AND d.agency_id = agency AND d.stays_kept)
         OR EXISTS (SELECT 1 FROM referral_alert a WHERE a.id = target AND a.agency_id = agency AND a.stays_kept))
$$;

-- Compute again to whom these alerts are kept: at each desk, and at the agency that wrote them.
CREATE FUNCTION nrm.alerts_kept(ids uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE referral_alertdesk SET kept_cases = nrm.alert_kept(alert_id, agency_id) WHERE alert_id = ANY(ids);
  UPDATE referral_alert SET kept_cases = nrm.alert_kept(id, agency_id) WHERE id = ANY(ids);
END $$;

-- End the desk rows of an agency that leaves a case, for the alerts of this case that brought it no other case.
CREATE FUNCTION nrm.leave_alerts(target uuid, agency int) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE referral_alertdesk d SET live = false, due_at = NULL WHERE d.agency_id = agency
    AND d.alert_id IN (SELECT l.alert_id FROM referral_alertlink l WHERE l.case_id = target)
    AND NOT EXISTS (SELECT 1 FROM referral_alertlink o JOIN victims_grant g ON g.case_id = o.case_id
                    WHERE o.alert_id = d.alert_id AND o.case_id <> target AND g.group_id = agency
                      AND g.ground IN ('alert', 'coordination', 'lead'))
$$;

-- When an alert is joined to a case, its warnings become the case's, and its author follows the state of the case
-- through it. If the agency that wrote the alert leads the case and may hold contacts, the encrypted contact is copied.
CREATE FUNCTION nrm.alert_linked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE victims_case c SET employer_immunity = c.employer_immunity OR a.employer_immunity,
         asylum_confidential = c.asylum_confidential OR s.kind = 'asylum'
  FROM referral_alert a JOIN agencies_agency s ON s.group_id = a.agency_id
  WHERE c.id = NEW.case_id AND a.id = NEW.alert_id AND (a.employer_immunity OR s.kind = 'asylum');
  -- locks the alert, as a restriction does: of two at once, the second sees what the first has written
  UPDATE referral_alert a SET case_status = nrm.followed_status(a.id) WHERE a.id = NEW.alert_id;
  PERFORM nrm.alerts_kept(ARRAY[NEW.alert_id]);
  PERFORM nrm.alert_joined(NEW.alert_id, NEW.case_id);
  PERFORM nrm.report_of_link(NEW);
  INSERT INTO victims_contact (id, case_id, source_id, data)
  SELECT gen_random_uuid(), c.id, k.alert_id, k.data
  FROM referral_alertcontact k JOIN referral_alert a ON a.id = k.alert_id
       JOIN victims_case c ON c.id = NEW.case_id AND c.lead_id = a.agency_id
       JOIN victims_caseaccess x ON x.case_id = c.id AND x.agency_id = c.lead_id AND x.categories & nrm.bit_of('contact_case') <> 0
  WHERE k.alert_id = NEW.alert_id AND nrm.speaks_of_one(NEW.alert_id)
  ON CONFLICT (source_id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_linked AFTER INSERT ON referral_alertlink FOR EACH ROW EXECUTE FUNCTION nrm.alert_linked();
