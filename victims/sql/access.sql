-- CaseAccess is derived from grants, under the lock of the case. Levels are ordered, categories are bits: nrm.level_of
-- and nrm.bit_of read them from the name of a permission (victims/policies/codes.py).

-- Compute the access rows of these cases from their grants. `until`: the latest end among the grounds of the kept level
-- and of each bit, then the earliest of these. Once it is past, the row gives no access until it is computed again.
-- `ROWS`: PostgreSQL otherwise expects a thousand, and for so many gathers the restrictions of the whole nation. A grant
-- runs for less time than its plans take to make: they are made once in a session (`plan_cache_mode`), and go by key.
CREATE FUNCTION nrm.wanted_access(ids uuid[])
RETURNS TABLE (case_id uuid, agency_id int, level int, categories int, until timestamptz)
LANGUAGE sql STABLE ROWS 10 SECURITY DEFINER SET plan_cache_mode = force_generic_plan
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT g.case_id, g.agency_id, g.top, bit_or(g.bit),
         NULLIF(min(g.until) FILTER (WHERE g.bit > 0 OR g.level = g.top), 'infinity')
  FROM (
    SELECT g.case_id, g.group_id AS agency_id, nrm.level_of(p.codename) AS level, nrm.bit_of(p.codename) AS bit,
           max(COALESCE(g.until, 'infinity')) AS until,
           max(nrm.level_of(p.codename)) OVER (PARTITION BY g.case_id, g.group_id) AS top
    FROM victims_grant g JOIN auth_permission p ON p.id = g.permission_id
    WHERE g.case_id = ANY(ids) AND (g.until IS NULL OR g.until > now())
    GROUP BY 1, 2, 3, 4
  ) g
  WHERE g.top > 0          -- a bit without a level gives no row
  GROUP BY 1, 2, 3
$$;

CREATE FUNCTION nrm.refresh(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET plan_cache_mode = force_generic_plan SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- lock first: two concurrent grants of different levels would otherwise leave the lower one
  PERFORM 1 FROM victims_case WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
  WITH wanted AS MATERIALIZED (SELECT * FROM nrm.wanted_access(ids)),
  gone AS (
    DELETE FROM victims_caseaccess a WHERE a.case_id = ANY(ids)
      AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.case_id = a.case_id AND w.agency_id = a.agency_id)
  )
  INSERT INTO victims_caseaccess AS a (agency_id, received_at, since, case_id, level, categories, until, restricted, lead,
                                       assigned, reference, status, form, territory_id, urgency)
  SELECT w.agency_id, c.received_at, nrm.came_at(c.id, w.agency_id), c.id, w.level, w.categories, w.until,
         EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = c.id AND r.agency_id = w.agency_id OFFSET 0),
         c.lead_id = w.agency_id, nrm.somebody_works(c.id, w.agency_id), c.reference, c.status, c.form,
         nrm.place_known(c.id, w.agency_id, w.level, c.territory_id), c.urgency
  FROM wanted w JOIN victims_case c ON c.id = w.case_id
  ON CONFLICT (case_id, agency_id) DO UPDATE
    SET level = excluded.level, categories = excluded.categories, until = excluded.until,
        restricted = excluded.restricted, lead = excluded.lead, territory_id = excluded.territory_id
    WHERE (a.level, a.categories, a.until, a.restricted, a.lead, a.territory_id) IS DISTINCT FROM
          (excluded.level, excluded.categories, excluded.until, excluded.restricted, excluded.lead, excluded.territory_id);
END $$;

-- Compute whole rows again, including columns copied from the case (manage.py access_check --repair).
CREATE FUNCTION nrm.recompute(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM victims_case WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
  DELETE FROM victims_caseaccess WHERE case_id = ANY(ids);
  PERFORM nrm.refresh(ids);
END $$;

-- Return each case whose derived rows differ from its grants (manage.py access_check).
CREATE FUNCTION nrm.access_differences() RETURNS TABLE (case_id uuid, agency_id int, problem text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH wanted AS MATERIALIZED (SELECT * FROM nrm.wanted_access((SELECT array_agg(id) FROM victims_case)))
  SELECT COALESCE(w.case_id, a.case_id), COALESCE(w.agency_id, a.agency_id),
         CASE WHEN a.case_id IS NULL THEN 'missing' WHEN w.case_id IS NULL THEN 'too much' ELSE 'different' END
  FROM wanted w FULL JOIN (
    SELECT x.*, c.reference AS c_reference, c.status AS c_status, c.form AS c_form, c.urgency AS c_urgency,
           nrm.place_known(x.case_id, x.agency_id, x.level, c.territory_id) AS c_territory, c.lead_id,
           EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = x.case_id AND r.agency_id = x.agency_id) AS kept,
           nrm.somebody_works(x.case_id, x.agency_id) AS worked, nrm.came_at(x.case_id, x.agency_id) AS came_at
    FROM victims_caseaccess x JOIN victims_case c ON c.id = x.case_id
  ) a ON a.case_id = w.case_id AND a.agency_id = w.agency_id
  WHERE (w.level, w.categories, w.until) IS DISTINCT FROM (a.level::int, a.categories::int, a.until)  -- or no row
     OR (a.reference, a.status, a.form, a.urgency, a.territory_id, a.lead, a.restricted, a.assigned, a.since) IS DISTINCT FROM
        (a.c_reference, a.c_status, a.c_form, a.c_urgency, a.c_territory, a.lead_id = a.agency_id, a.kept, a.worked, a.came_at)
$$;

-- One statement trigger per verb: log what was given or ended, then derive. Only the owner has UPDATE (to correct an
-- end); the application has not.
CREATE FUNCTION nrm.grants_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM touched) THEN RETURN NULL; END IF;
  IF TG_OP <> 'UPDATE' THEN
    INSERT INTO victims_grantlog (at, ended, case_id, agency_id, permission, ground, ground_id, until, membership_id)
    SELECT now(), TG_OP = 'DELETE', g.case_id, g.group_id, p.codename, g.ground, g.ground_id, g.until,
           NULLIF(current_setting('nrm.membership', true), '')::bigint
    FROM touched g JOIN auth_permission p ON p.id = g.permission_id;
  END IF;
  PERFORM nrm.refresh((SELECT array_agg(DISTINCT case_id) FROM touched));
  IF TG_OP = 'DELETE' THEN  -- the lead may have held the case by a grant that has expired
    PERFORM nrm.fall_back((SELECT array_agg(DISTINCT case_id) FROM touched WHERE until <= now()));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_grants_added AFTER INSERT ON victims_grant REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.grants_touched();
CREATE TRIGGER nrm_grants_changed AFTER UPDATE ON victims_grant REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.grants_touched();
CREATE TRIGGER nrm_grants_ended AFTER DELETE ON victims_grant REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.grants_touched();

-- max_level and may_hold limit every grant, whoever gives it.
CREATE FUNCTION nrm.grant_within_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE code text; a agencies_agency;
BEGIN
  SELECT codename INTO STRICT code FROM auth_permission WHERE id = NEW.permission_id;
  SELECT * INTO STRICT a FROM agencies_agency WHERE group_id = NEW.group_id;
  IF nrm.level_of(code) > a.max_level OR nrm.bit_of(code) & ~a.may_hold::int <> 0
     OR nrm.level_of(code) + nrm.bit_of(code) = 0 THEN
    RAISE EXCEPTION 'agency % may not hold %', NEW.group_id, code USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_grant_within_bounds BEFORE INSERT OR UPDATE ON victims_grant
FOR EACH ROW EXECUTE FUNCTION nrm.grant_within_bounds();

-- Give a level and categories to an agency on one ground. Not executable by the application.
CREATE FUNCTION nrm.give(target uuid, agency int, lvl int, cats int, why text, why_id uuid, ends timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_by_id, given_at, until)
  SELECT target, agency, p.id, why, why_id, NULLIF(current_setting('nrm.membership', true), '')::bigint, now(), ends
  FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
  WHERE t.app_label = 'victims' AND t.model = 'case'
    AND (nrm.level_of(p.codename) = lvl OR nrm.bit_of(p.codename) & cats <> 0)
  ON CONFLICT (case_id, group_id, permission_id, ground, ground_id) DO NOTHING;
END $$;

-- A case always has a lead that sees it: when the lead loses access, the coordination leads again, with `summary`, and has
-- its alerts again: what was done for the person went with the lead.
CREATE FUNCTION nrm.fall_back(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record;
BEGIN
  FOR c IN SELECT x.id, x.coordination_id FROM victims_case x WHERE x.id = ANY(ids) AND NOT EXISTS (
    SELECT 1 FROM victims_caseaccess a WHERE a.case_id = x.id AND a.agency_id = x.lead_id AND a.level >= 2) ORDER BY x.id
  LOOP
    UPDATE victims_case SET lead_id = c.coordination_id WHERE id = c.id;
    PERFORM nrm.give(c.id, c.coordination_id, 2, 0, 'lead', c.id, NULL);
    PERFORM nrm.alerts_returned(c.id);
  END LOOP;
END $$;

-- A new case gets the grant of its creator here, so that no code can omit it.
CREATE FUNCTION nrm.case_born() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT n.id, n.lead_id, a.max_level, a.may_hold FROM rows n
           JOIN agencies_agency a ON a.group_id = n.lead_id ORDER BY n.id LOOP
    IF r.lead_id IS DISTINCT FROM nrm.agency() THEN
      RAISE EXCEPTION 'a case is opened by the agency that leads it' USING ERRCODE = '42501';
    END IF;
    PERFORM nrm.give(r.id, r.lead_id, r.max_level, r.may_hold, 'lead', r.id, NULL);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_case_born AFTER INSERT ON victims_case REFERENCING NEW TABLE AS rows
FOR EACH STATEMENT EXECUTE FUNCTION nrm.case_born();

-- The lead changes only inside nrm.accept and nrm.fall_back, where row security does not apply. A lead cannot change
-- the coordination, to which the case would fall back.
CREATE FUNCTION nrm.case_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.received_at <> OLD.received_at OR NEW.reference <> OLD.reference OR NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'id, reference and date of a case never change' USING ERRCODE = '42501';
  END IF;
  IF (OLD.employer_immunity AND NOT NEW.employer_immunity OR OLD.asylum_confidential AND NOT NEW.asylum_confidential)
     AND row_security_active('public.victims_case') THEN
    RAISE EXCEPTION 'a warning of a case is not taken off' USING ERRCODE = '42501';
  END IF;
  IF NEW.lead_id <> OLD.lead_id AND row_security_active('public.victims_case') THEN
    RAISE EXCEPTION 'the lead of a case moves by an accepted transfer only' USING ERRCODE = '42501';
  END IF;
  IF (NEW.coordination_id, NEW.opened_by_id) IS DISTINCT FROM (OLD.coordination_id, OLD.opened_by_id)
     AND row_security_active('public.victims_case') THEN
    RAISE EXCEPTION 'who opened a case never changes, who coordinates it by a move only' USING ERRCODE = '42501';
  END IF;
  IF NEW.territory_id <> OLD.territory_id AND row_security_active('public.victims_case') THEN
    RAISE EXCEPTION 'the place of a case changes by nrm.move_case, which tells both coordinations' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_case_guard BEFORE UPDATE ON victims_case FOR EACH ROW EXECUTE FUNCTION nrm.case_guard();

CREATE FUNCTION nrm.case_copied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE victims_caseaccess SET status = NEW.status, form = NEW.form,
         territory_id = nrm.place_known(NEW.id, agency_id, level, NEW.territory_id),
         urgency = NEW.urgency, lead = (agency_id = NEW.lead_id) WHERE case_id = NEW.id;
  PERFORM nrm.lock_alerts_of(NEW.id);
  UPDATE referral_alert a SET case_status = nrm.followed_status(a.id)
  WHERE a.id IN (SELECT nrm.alerts_of(NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_case_copied AFTER UPDATE ON victims_case FOR EACH ROW
WHEN ((OLD.status, OLD.form, OLD.territory_id, OLD.urgency, OLD.lead_id) IS DISTINCT FROM
      (NEW.status, NEW.form, NEW.territory_id, NEW.urgency, NEW.lead_id))
EXECUTE FUNCTION nrm.case_copied();

CREATE FUNCTION nrm.restriction_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r victims_restriction := COALESCE(NEW, OLD); linked uuid[];
BEGIN
  -- lock the case first, then its alerts: the end of a request locks the case, then desk rows, then access rows
  PERFORM 1 FROM victims_case WHERE id = r.case_id FOR NO KEY UPDATE;
  UPDATE victims_caseaccess SET restricted = (TG_OP = 'INSERT')
  WHERE case_id = r.case_id AND agency_id = r.agency_id;
  -- its desk rows follow, and with them what they give access to: sheets of orientations, story of alerts
  UPDATE referral_orientationdesk d SET kept_cases = nrm.kept(r.case_id, r.agency_id)
  FROM referral_orientation o WHERE o.id = d.orientation_id AND o.case_id = r.case_id AND d.agency_id = r.agency_id;
  -- and requests it sent, which programs synchronise: the position alone changes
  WITH sent AS (UPDATE referral_orientation SET position = 0 WHERE case_id = r.case_id AND sender_id = r.agency_id
                RETURNING id, position, changed_at)
  INSERT INTO victims_departure (agency_id, noun, thing, position, changed_at)
  SELECT r.agency_id, 'sent', id, position, changed_at FROM sent;
  linked := ARRAY(SELECT l.alert_id FROM referral_alertlink l WHERE l.case_id = r.case_id);
  PERFORM 1 FROM referral_alert WHERE id = ANY(linked) ORDER BY id FOR NO KEY UPDATE;
  PERFORM nrm.alerts_kept(linked);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_restriction_changed AFTER INSERT OR DELETE ON victims_restriction
FOR EACH ROW EXECUTE FUNCTION nrm.restriction_changed();

-- The list of a member's cases joins its assignments to access rows by case and by time, which say the same: told that the
-- time tells nothing apart, PostgreSQL expects as many rows as there are, and follows their order instead of sorting.
ALTER TABLE victims_caseaccess ALTER received_at SET (n_distinct = 2);
ALTER TABLE victims_assignment ALTER received_at SET (n_distinct = 2), ALTER received_at SET STATISTICS 1;

-- Assign to a member the cases that nobody of the agency sees (referral/sql/take_over.sql), each with its journal entry; of
-- one that is closed to the agency it names no case: its readers would learn that justice asked.
CREATE FUNCTION nrm.take_over(m agencies_membership) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT m.roles::text[] && '{case_worker,coordinator}' THEN PERFORM nrm.wrong_state(); END IF;
  WITH given AS (
    INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
    SELECT f, m.agency_id, m.id, now(), nrm.membership() FROM nrm.seen_by_nobody(m.agency_id) f RETURNING case_id)
  INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)
  SELECT gen_random_uuid(), now(), nrm.membership(), nrm.agency(), 'case.assign', 'done', 'membership', m.id::text, x.case_id
  FROM given LEFT JOIN victims_caseaccess x ON x.case_id = given.case_id AND x.agency_id = m.agency_id
    AND (x.until IS NULL OR x.until > now());
END $$;

-- Emergency access by reference: reason of 20 characters, journal entry and one hour of `file` in one statement, no
-- identity. Returns NULL when no case has this reference, or my agency hides it from me, or must not know of the person.
-- `sealed`: the encrypted reason.
CREATE FUNCTION nrm.break_glass(act uuid, target text, reason text, sealed bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me int := nrm.desk(); top int; found uuid;
BEGIN
  PERFORM nrm.signed_context();
  IF length(btrim(reason)) < nrm.reason_length() THEN
    RAISE EXCEPTION 'a written reason is needed, and this one is too short' USING ERRCODE = '23514';
  END IF;
  SELECT LEAST(max_level, 3) INTO top FROM agencies_agency WHERE group_id = me;
  IF top IS NULL THEN RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501'; END IF;
  SELECT c.id INTO found FROM victims_case c WHERE c.reference = target AND NOT nrm.kept_out(nrm.membership(), me, c.id)
    AND NOT nrm.case_barred(c, me)
    -- nor what an asylum body wrote in the case of somebody else, whoever leads it
    AND NOT (nrm.must_not_know(true, false, me) AND EXISTS (
      SELECT 1 FROM victims_timelineentry e JOIN agencies_agency g ON g.group_id = e.agency_id
      WHERE e.case_id = c.id AND g.kind = 'asylum' AND e.sort <> 'internal'));
  IF found IS NULL THEN RETURN NULL; END IF;
  INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)
  VALUES (act, now(), nrm.membership(), me, 'break_glass', 'done', 'case', found::text, found);
  INSERT INTO victims_emergencyaccess (id, case_id, membership_id, agency_id, at, reason)
  VALUES (act, found, nrm.membership(), me, now(), sealed);
  PERFORM nrm.give(found, me, top, 0, 'break_glass', act, now() + interval '1 hour');
  RETURN found;
END $$;
