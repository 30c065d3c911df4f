-- All rows of a checklist are of its case, and sealed as it is: of residence and asylum, they need the category residence.
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
  INSERT INTO referral_clock (id, case_id, checklist_id, step, sealed, state, counted_on, due_at, remind_at, at)
  VALUES (made, c.id, list, 3, false, 'running', received, owed, owed - interval '30 days', now());
  INSERT INTO referral_clockmove (id, clock_id, case_id, sealed, action, due_at, reason, at)
  VALUES (gen_random_uuid(), made, c.id, false, 'start', owed, '', now());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_evaluation_owed AFTER INSERT ON referral_orientationmove FOR EACH ROW WHEN (NEW.action = 'accept')
EXECUTE FUNCTION nrm.evaluation_owed();
