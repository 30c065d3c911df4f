-- Seal a checklist of a residence or asylum procedure, and all its rows: they need the category residence.
CREATE FUNCTION nrm.checklist_stamped() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT kind IN ('residence', 'asylum') INTO NEW.sealed FROM indicators_procedure WHERE code = NEW.procedure AND active;
  IF NOT FOUND THEN RAISE EXCEPTION 'unknown procedure' USING ERRCODE = '23514'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_checklist_stamped BEFORE INSERT ON referral_checklist
FOR EACH ROW EXECUTE FUNCTION nrm.checklist_stamped();

CREATE FUNCTION nrm.checklist_child_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT case_id, sealed INTO STRICT NEW.case_id, NEW.sealed FROM referral_checklist WHERE id = NEW.checklist_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_checklist_child_stamped BEFORE INSERT ON referral_stepact
FOR EACH ROW EXECUTE FUNCTION nrm.checklist_child_stamped();
CREATE TRIGGER nrm_checklist_child_stamped BEFORE INSERT ON referral_clock
FOR EACH ROW EXECUTE FUNCTION nrm.checklist_child_stamped();

CREATE FUNCTION nrm.clock_move_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT case_id, sealed INTO STRICT NEW.case_id, NEW.sealed FROM referral_clock WHERE id = NEW.clock_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_clock_move_stamped BEFORE INSERT ON referral_clockmove
FOR EACH ROW EXECUTE FUNCTION nrm.clock_move_stamped();

-- When an act was written is the database's to say, and what is to come was not done: an hour of one's own would outlive
-- the act that undoes it, or the reopening of the case. Of a day, the latest time zone of France, as the form.
CREATE FUNCTION nrm.step_act_now() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  IF NEW."on" > (NEW.at AT TIME ZONE 'Pacific/Wallis')::date THEN
    RAISE EXCEPTION 'what is to come was not done' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_step_act_now BEFORE INSERT ON referral_stepact
FOR EACH ROW WHEN (row_security_active('referral_stepact')) EXECUTE FUNCTION nrm.step_act_now();

-- The reflection period is offered to everybody: only an offer settles its first step, and the following ones cannot be
-- waived before the person has answered (convention STCE 197, art. 13).
CREATE FUNCTION nrm.reflection_is_not_skipped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE aside boolean := NEW.action IN ('waived', 'not_applicable');
BEGIN
  IF (SELECT procedure FROM referral_checklist WHERE id = NEW.checklist_id) <> 'delai_reflexion' THEN RETURN NEW; END IF;
  IF (NEW.step = 1 AND (aside OR NEW.action = 'reopened'))
     OR (NEW.step = 1 AND NOT EXISTS (SELECT 1 FROM referral_reflectionoffer o WHERE o.case_id = NEW.case_id))
     OR (aside AND NOT EXISTS (SELECT 1 FROM referral_reflectionoffer o
                               WHERE o.case_id = NEW.case_id AND o.answer <> 'thinking')) THEN
    RAISE EXCEPTION 'the reflection period is offered and answered, never skipped' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
-- after the insert, hence after its policy: the refusal must not reveal the offer to one who may not write
CREATE TRIGGER nrm_reflection_is_not_skipped AFTER INSERT ON referral_stepact
FOR EACH ROW EXECUTE FUNCTION nrm.reflection_is_not_skipped();

-- A clock equals its last move: date and state change with a move only.
CREATE FUNCTION nrm.clock_follows_its_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last record;
BEGIN
  IF (NEW.state, NEW.due_at) IS DISTINCT FROM (OLD.state, OLD.due_at) THEN
    SELECT m.due_at, CASE m.action WHEN 'meet' THEN 'met' WHEN 'stop' THEN 'stopped' ELSE 'running' END AS state INTO last
    FROM referral_clockmove m WHERE m.clock_id = NEW.id ORDER BY m.at DESC, m.id DESC LIMIT 1;
    IF last IS NULL OR (last.state, last.due_at) IS DISTINCT FROM (NEW.state::text, NEW.due_at) THEN
      RAISE EXCEPTION 'a clock changes with a move that says so' USING ERRCODE = '42501';
    END IF;
  END IF;
  IF NEW.state = 'running' AND NEW.due_at > clock_timestamp()
     AND (NEW.remind_at IS NULL OR NEW.remind_at > NEW.due_at) THEN
    RAISE EXCEPTION 'a clock that runs is told before its end' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_clock_follows_its_moves BEFORE UPDATE OF state, due_at, remind_at ON referral_clock
FOR EACH ROW WHEN (row_security_active('referral_clock')) EXECUTE FUNCTION nrm.clock_follows_its_moves();

-- Return the last minute of the day `many` calendar units after `counted`, in the zone of the place: 31 January + 1
-- month is the last day of February.
CREATE FUNCTION nrm.clock_due(counted date, many int, unit text, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT ((counted + format('%s %s', many, unit)::interval)::date + time '23:59') AT TIME ZONE zone
$$;

-- When a child protection unit accepts, the evaluation is due three months after it received the request (CASF
-- D226-2-4). Started here, so that nobody has to remember it, even if the unit neither leads the case nor reads its file.
CREATE FUNCTION nrm.evaluation_owed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record; list uuid; received date; owed timestamptz; made uuid := gen_random_uuid();
BEGIN
  SELECT k.id, t.time_zone AS zone INTO c FROM referral_orientation o JOIN victims_case k ON k.id = o.case_id
  JOIN agencies_territory t ON t.code = k.territory_id JOIN agencies_agency a ON a.group_id = NEW.agency_id
  WHERE o.id = NEW.orientation_id AND k.age_side <> 'adult' AND a.kind = 'child_protection';
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO referral_checklist (id, case_id, procedure, version, sealed, by_id, at)
  SELECT gen_random_uuid(), c.id, p.code, COALESCE((SELECT version FROM indicators_packfile WHERE name = 'procedures.yaml'), ''),
         false, NEW.membership_id, now() FROM indicators_procedure p
  WHERE p.code = 'mineur_information_preoccupante' AND p.active ON CONFLICT (case_id, procedure) DO NOTHING;
  SELECT id INTO list FROM referral_checklist WHERE case_id = c.id AND procedure = 'mineur_information_preoccupante';
  IF list IS NULL OR EXISTS (SELECT 1 FROM referral_clock WHERE checklist_id = list AND step = 3) THEN RETURN NULL; END IF;
  SELECT (min(d.received_at) AT TIME ZONE c.zone)::date INTO received FROM referral_orientationdesk d
  WHERE d.orientation_id = NEW.orientation_id AND d.agency_id = NEW.agency_id;
  received := COALESCE(received, (NEW.at AT TIME ZONE c.zone)::date);
  owed := nrm.clock_due(received, 3, 'month', c.zone);
  INSERT INTO referral_clock (id, case_id, checklist_id, step, sealed, kind, state, counted_on, due_at, remind_at, at)
  VALUES (made, c.id, list, 3, false, 'evaluation', 'running', received, owed, owed - interval '30 days', now());
  INSERT INTO referral_clockmove (id, clock_id, case_id, sealed, action, due_at, reason, at)
  VALUES (gen_random_uuid(), made, c.id, false, 'start', owed, '', now());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_evaluation_owed AFTER INSERT ON referral_orientationmove FOR EACH ROW WHEN (NEW.action = 'accept')
EXECUTE FUNCTION nrm.evaluation_owed();

-- What the CRIP is owed a report of, in a child's case, each from its first day: every alert that was joined to it, or to a
-- case that was merged into it; the case itself where none was, and for what was joined before it was opened again. The
-- same for every reader. `told`: the day of the writing that tells of it, by the word of a person of the agency that leads
-- or coordinates the case. What is older than an alert tells nothing of it, unless that person says that its sender wrote
-- it, in the days before. The step of the report alone says so. `joined`: since when it is told on this case: a request
-- sent before tells nothing of it. Who wrote and who said so is not told here: this is read with the summary.
CREATE FUNCTION nrm.report_owed(target uuid)
RETURNS TABLE (fact uuid, reference varchar, since date, told date, joined timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH c AS (
    SELECT k.id, k.lead_id, k.coordination_id, k.received_at, t.time_zone AS zone,
           (SELECT max(m.at) FROM referral_casemove m WHERE m.case_id = k.id AND m.action = 'reopen') AS again
    FROM victims_case k JOIN agencies_territory t ON t.code = k.territory_id
    WHERE k.id = target AND NOT nrm.kept_out(nrm.membership(), nrm.desk(), k.id) AND EXISTS (
      SELECT 1 FROM victims_caseaccess a WHERE a.case_id = k.id AND a.agency_id = nrm.desk() AND a.level >= 2
        AND (a.until IS NULL OR a.until > now()))
  ), owed AS (
    -- of an alert of a merged case, which the reader may not see, nothing but its day
    SELECT a.id, max(CASE WHEN l.case_id = c.id THEN a.reference ELSE '' END)::varchar AS reference,
           (a.sent_at AT TIME ZONE c.zone)::date AS since,
           min(CASE WHEN l.case_id = c.id THEN l.at ELSE (
             SELECT max((x.former->>'at')::timestamptz) FROM referral_match x  -- since the merge, kept until it is undone
             WHERE l.case_id IN (x.first_id, x.second_id)) END) AS joined
    FROM c JOIN referral_alertlink l ON l.case_id IN (SELECT nrm.person_cases(c.id))
    JOIN referral_alert a ON a.id = l.alert_id
    WHERE c.again IS NULL OR l.at > c.again OR l.case_id <> c.id GROUP BY 1, 3
    UNION ALL
    SELECT c.id, '', (COALESCE(c.again, c.received_at) AT TIME ZONE c.zone)::date, COALESCE(c.again, c.received_at) FROM c
    WHERE c.again IS NOT NULL OR NOT EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.case_id = c.id)
  )
  SELECT o.id, o.reference, o.since, (
    SELECT max(s."on") FROM c JOIN referral_stepact s ON s.case_id = c.id JOIN agencies_membership m ON m.id = s.by_id
    JOIN referral_checklist k ON k.id = s.checklist_id
    WHERE k.procedure = 'mineur_information_preoccupante' AND s.step = 1 AND o.id = ANY(s.tells) AND m.kind = 'person' AND m.agency_id IN (c.lead_id, c.coordination_id)
      AND s."on" >= o.since - CASE WHEN s.by_sender AND o.reference <> '' THEN nrm.report_before() ELSE 0 END
      AND (c.again IS NULL OR s.at >= c.again)
      AND NOT EXISTS (SELECT 1 FROM referral_stepact u WHERE u.checklist_id = s.checklist_id AND u.step = s.step
                      AND u.action = 'reopened' AND u.at > s.at)), o.joined
  FROM owed o ORDER BY o.since, o.id
$$;
