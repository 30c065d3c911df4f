-- Return what a coordination unit watches: waiting rows of other desks, for alerts it was sent too and orientations it
-- sent or that were escalated to it, whatever it answered itself. A member excluded by a restriction sees none of it. `silent`: half of the time has
-- passed, since it began or began again, or life is in danger.
CREATE FUNCTION nrm.watched() RETURNS TABLE (
  noun text, subject_id uuid, reference varchar, agency_id int, urgency varchar, child boolean, state varchar,
  answer varchar, received_at timestamptz, opened_at timestamptz, due_at timestamptz, answer_by timestamptz,
  silent boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH unit AS (
    SELECT g.group_id FROM agencies_agency g WHERE g.group_id = nrm.desk() AND g.mandate <> ''
  ), waiting AS (
    SELECT 'alert' AS noun, d.alert_id AS subject_id, d.reference, d.agency_id, d.urgency,
           d.age_side <> 'adult' AS child, d.state, d.answer, d.received_at, d.opened_at, d.due_at, d.answer_by,
           COALESCE(d.due_from, d.received_at) AS began
    FROM unit JOIN referral_alertdesk mine ON mine.agency_id = unit.group_id AND mine.live
         JOIN referral_alertdesk d ON d.alert_id = mine.alert_id AND d.agency_id <> mine.agency_id
    WHERE d.live AND d.due_at IS NOT NULL AND nrm.reads_alert_desk(mine, nrm.membership(), nrm.arrival())
    UNION ALL
    SELECT 'orientation', d.orientation_id, d.reference, d.agency_id, d.urgency, c.age_side <> 'adult', d.state,
           '', d.received_at,
           (SELECT min(m.at) FROM referral_orientationmove m WHERE m.orientation_id = o.id AND m.action = 'open'),
           d.due_at, d.answer_by, d.received_at
    FROM unit JOIN referral_orientationdesk d ON d.live AND d.answers AND d.due_at IS NOT NULL
                                                 AND d.agency_id <> unit.group_id
         JOIN referral_orientation o ON o.id = d.orientation_id
         JOIN victims_case c ON c.id = o.case_id
    WHERE (o.sender_id = unit.group_id
           OR EXISTS (SELECT 1 FROM referral_orientationdesk x WHERE x.orientation_id = o.id
                      AND x.agency_id = unit.group_id AND x.live))
      AND NOT nrm.kept_out(nrm.membership(), unit.group_id, o.case_id)
  )
  SELECT w.noun, w.subject_id, w.reference, w.agency_id, w.urgency, w.child, w.state, w.answer, w.received_at, w.opened_at,
         w.due_at, w.answer_by, w.urgency = 'vital' OR now() >= w.began + (w.answer_by - w.began) / 2
  FROM waiting w
$$;

-- A time limit that had stopped, or had left with the alert, runs again: half of it is counted from now.
CREATE FUNCTION nrm.time_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.due_from := now();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_time_begins BEFORE UPDATE OF due_at, live ON referral_alertdesk FOR EACH ROW
WHEN (NEW.live AND NEW.due_at IS NOT NULL AND (OLD.due_at IS NULL OR NOT OLD.live)) EXECUTE FUNCTION nrm.time_begins();

-- Return whether a call of the acting desk stops the time limit of another desk of this alert.
CREATE FUNCTION nrm.call_reaches(a referral_alert, called int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.alert_guarded(a) AND EXISTS (
    SELECT 1 FROM referral_alertdesk mine JOIN referral_alertdesk d ON d.alert_id = mine.alert_id AND d.agency_id = called
      AND d.agency_id <> mine.agency_id AND d.live AND d.due_at IS NOT NULL
    WHERE mine.alert_id = a.id AND mine.agency_id = nrm.desk() AND mine.live
      AND nrm.reads_alert_desk(mine, nrm.membership(), nrm.arrival()))
$$;

-- « Joint par téléphone », by the unit that watches the desk: extends the time limit by half, once per desk and
-- subject, never past the moment until which the person can be reached. About a child, a doubtful age or a danger to
-- life, by any other desk that has the alert: who was reached has it in hand, and its time limit stops as long as another
-- one runs or somebody acts (nrm.alert_weighed).
-- It stays here: the application has no right to write a time limit, or a stolen role could keep every alert waiting.
CREATE FUNCTION nrm.desk_called() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found record; half interval; leaves timestamptz; a referral_alert;
BEGIN
  -- lock the subject first, as moves do, then the desk row: two simultaneous calls extend once
  SELECT * INTO a FROM referral_alert WHERE id = NEW.alert_id FOR UPDATE;
  PERFORM 1 FROM referral_orientation WHERE id = NEW.orientation_id FOR KEY SHARE;
  PERFORM 1 FROM referral_alertdesk WHERE (alert_id, agency_id) = (NEW.alert_id, NEW.called_id) FOR UPDATE;
  PERFORM 1 FROM referral_orientationdesk WHERE (orientation_id, agency_id) = (NEW.orientation_id, NEW.called_id) FOR UPDATE;
  NEW.until := NULL;
  IF nrm.call_reaches(a, NEW.called_id) THEN
    INSERT INTO referral_alertmove (id, alert_id, action, before, after, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), a.id, 'reach', a.state, a.state, NEW.agency_id, NEW.at, '', ARRAY[NEW.called_id]);
    RETURN NEW;
  END IF;
  SELECT * INTO found FROM nrm.watched() w
  WHERE w.subject_id = COALESCE(NEW.alert_id, NEW.orientation_id) AND w.agency_id = NEW.called_id;
  IF found IS NULL THEN
    RAISE EXCEPTION 'not a desk this unit watches' USING ERRCODE = '42501';
  END IF;
  IF found.urgency = 'vital' OR EXISTS (
       SELECT 1 FROM referral_deskcall k WHERE k.called_id = NEW.called_id AND k.until IS NOT NULL
         AND COALESCE(k.alert_id, k.orientation_id) = found.subject_id) THEN
    RETURN NEW;
  END IF;
  half := nrm.first_limit(found.urgency) / 2;
  leaves := a.reachable_until - nrm.before_leaving();
  NEW.until := LEAST(GREATEST(found.due_at, now()) + half, leaves);
  IF NEW.until <= GREATEST(found.due_at, now()) THEN NEW.until := NULL; RETURN NEW; END IF;
  UPDATE referral_alertdesk d SET due_at = NEW.until, answer_by = NEW.until
  WHERE d.alert_id = NEW.alert_id AND d.agency_id = NEW.called_id;
  UPDATE referral_orientationdesk d SET due_at = NEW.until, answer_by = NEW.until
  WHERE d.orientation_id = NEW.orientation_id AND d.agency_id = NEW.called_id;
  UPDATE referral_orientation o SET answer_by = NEW.until WHERE o.id = NEW.orientation_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_desk_called BEFORE INSERT ON referral_deskcall FOR EACH ROW EXECUTE FUNCTION nrm.desk_called();

-- What its author adds to an alert is awaited of somebody, with a time limit. One runs already: that service reads it. Who
-- opened its case and answers for somebody in it looks again; who acts goes on, and is told. Else the alert is over, closed or
-- not: those that have it wait again. Without any, it comes back to the coordination of a case that is open, else as a new one
-- to that of its place. A danger to life rings. Kept since the person refused, it waits there and nowhere else
-- (nrm.alert_refused).
CREATE FUNCTION nrm.addition_awaits(target uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; led boolean; clock timestamptz; desks int[];
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target FOR UPDATE;
  clock := nrm.alert_clock(a);
  IF a.state <> 'closed' THEN
    IF EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live AND d.due_at IS NOT NULL) THEN RETURN; END IF;
    WITH again AS (
      UPDATE referral_alertdesk d SET due_at = clock, answer_by = clock, -- who owes help does not end it by reading
             followed_at = CASE WHEN nrm.desk_owes(a.id, d.agency_id) THEN NULL ELSE d.followed_at END
      WHERE d.alert_id = a.id AND d.live AND d.answer = 'case' AND nrm.desk_leads(a.id, d.agency_id) RETURNING d.agency_id)
    SELECT COALESCE(array_agg(agency_id), '{}') INTO desks FROM again;
    IF desks <> '{}' AND a.urgency = 'vital' THEN PERFORM nrm.alert_rings(a, desks); END IF;
    IF desks <> '{}' OR EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live)
                        AND nrm.alert_acted(a.id) THEN RETURN; END IF;
  END IF;
  WITH again AS (
    UPDATE referral_alertdesk d SET answer = CASE WHEN case_at IS NULL THEN '' ELSE 'case' END, followed_at = NULL,
           told_at = NULL, due_at = clock, answer_by = clock
    WHERE d.alert_id = a.id AND d.live RETURNING d.agency_id)
  SELECT COALESCE(array_agg(agency_id), '{}') INTO desks FROM again;
  IF a.urgency = 'vital' THEN PERFORM nrm.alert_rings(a, desks); END IF;
  led := EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.alert_id = a.id);
  IF a.state IN ('closed', 'acted', 'taken_up') THEN
    INSERT INTO referral_alertmove (id, alert_id, action, before, after, at, reason, to_agencies)
    VALUES (gen_random_uuid(), a.id, CASE WHEN led OR a.state <> 'closed' THEN 'add_on' ELSE 'add' END, a.state,
            CASE WHEN led OR a.state <> 'closed' THEN 'acted' ELSE 'opened' END, clock_timestamp(), '', '{}');
  END IF;
  IF desks = '{}' THEN PERFORM nrm.added_to_nobody(a.id); END IF;
END $$;

-- No service has this alert any more: the coordination of each of its cases that is open has it again, as a case opened; else
-- that of its place. One that must not know is not told, nor anybody but the agency that kept it since the person refused.
CREATE FUNCTION nrm.added_to_nobody(target uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; led boolean; clock timestamptz; units int[];
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target;
  clock := nrm.alert_clock(a);
  units := ARRAY(SELECT DISTINCT k.coordination_id FROM nrm.alert_persons(a.id) k WHERE k.status <> 'closed');
  led := units <> '{}' AND NOT nrm.alert_refused(a);
  IF nrm.alert_refused(a) THEN units := ARRAY[a.agency_id];
  ELSIF NOT led THEN units := ARRAY[nrm.coordination_of(a.territory_id)];
  END IF;
  units := ARRAY(SELECT u FROM unnest(units) u WHERE NOT nrm.alert_barred(a, u));
  INSERT INTO referral_alertdesk AS d (alert_id, agency_id, live, answers, due_at, answer_by, state, rung, received_at,
                                       reference, urgency, age_side, form, territory_id, answer, answered_at, case_at,
                                       stays_kept, kept_cases)
  SELECT a.id, u, true, true, clock, clock, a.state, 0, now(), a.reference, a.urgency, a.age_side, a.form,
         a.territory_id, CASE WHEN led THEN 'case' ELSE '' END, CASE WHEN led THEN now() END,
         CASE WHEN led THEN now() END, false, nrm.alert_kept(a.id, u)
  FROM unnest(units) u
  ON CONFLICT (alert_id, agency_id) DO UPDATE SET live = true, due_at = clock, answer_by = clock, answer = excluded.answer,
    case_at = COALESCE(d.case_at, excluded.case_at), followed_at = NULL, told_at = NULL;
  PERFORM nrm.alert_rings(a, units);
END $$;

-- What was added tells of a child: the alert counts as an age in doubt, with the urgency of one, as at its sending.
CREATE FUNCTION nrm.alert_in_doubt(a referral_alert, action text) RETURNS referral_alert LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF action <> 'doubt' THEN RETURN a; END IF;
  UPDATE referral_alert x SET age_side = 'doubt', urgency = CASE x.urgency WHEN 'vital' THEN 'vital' ELSE 'high' END
  WHERE x.id = a.id RETURNING x.* INTO STRICT a;
  UPDATE referral_alertdesk d SET age_side = a.age_side, urgency = a.urgency WHERE d.alert_id = a.id;
  RETURN a;
END $$;

-- Each service that has it answers for a child now, for itself: its time limit runs, and is never longer than it was. Who
-- acts goes on; a request sent for an adult, and « you have nothing to do » said of one, answer for no child.
CREATE FUNCTION nrm.desks_in_doubt(target uuid, clock timestamptz) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE referral_alertdesk d SET
    due_at = LEAST(due_at, clock), answer_by = CASE WHEN due_at IS NULL THEN clock ELSE LEAST(answer_by, clock) END,
    answer = CASE WHEN case_at IS NOT NULL THEN 'case' ELSE '' END, followed_at = NULL, told_at = NULL
  WHERE d.alert_id = target AND d.live AND d.answer NOT IN ('acting', 'with_person')
$$;

-- Notify the lead of the case, unknown to the author, of an addition to an alert; it is awaited.
CREATE FUNCTION nrm.alert_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  SELECT gen_random_uuid(), 'case_addition', 'case', c.id, c.reference, '{lead}', '{}', NEW.by_id, now()
  FROM referral_alertlink l JOIN victims_case c ON c.id = l.case_id WHERE l.alert_id = NEW.alert_id;
  PERFORM nrm.addition_awaits(NEW.alert_id);
  PERFORM nrm.wake_alert(NEW.alert_id); -- where nobody reads it, what was added would wait for nobody
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_added AFTER INSERT ON referral_alertaddition
FOR EACH ROW EXECUTE FUNCTION nrm.alert_added();

-- Notify the author of each change of the state of the case, whoever leads it.
CREATE FUNCTION nrm.alert_case_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'alert_case_moved', 'alert', NEW.id, NEW.reference, '{author}', '{}',
          NULLIF(current_setting('nrm.membership', true), '')::bigint, now());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_alert_case_moved AFTER UPDATE OF case_status ON referral_alert FOR EACH ROW
WHEN (OLD.case_status <> '' AND NEW.case_status <> '' AND OLD.case_status <> NEW.case_status)
EXECUTE FUNCTION nrm.alert_case_moved();
