-- What the CRIP is owed a report of, in a child's case, each from its first day: every alert that was joined to it, or to a
-- case that was merged into it; the case itself where none was, and for what was joined before it was opened again.
-- `told`: the day of the writing that tells of it, by the word of a person of the agency that leads or coordinates the
-- case, or said so before it handed the case over. What is older than an alert tells nothing of it, unless that person
-- says that its sender wrote it, in the days before. The step of the report alone says so. `joined`: since when it is told
-- on this case: a request sent before tells nothing of it.
CREATE FUNCTION nrm.report_facts(target uuid)
RETURNS TABLE (fact uuid, reference varchar, since date, told date, joined timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  WITH c AS (
    SELECT k.id, k.lead_id, k.coordination_id, k.received_at, t.time_zone AS zone,
           (SELECT max(m.at) FROM referral_casemove m WHERE m.case_id = k.id AND m.action = 'reopen') AS again
    FROM victims_case k JOIN agencies_territory t ON t.code = k.territory_id WHERE k.id = target
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
    WHERE k.procedure = 'mineur_information_preoccupante' AND s.step = 1 AND o.id = ANY(s.tells) AND m.kind = 'person'
      AND (m.agency_id IN (c.lead_id, c.coordination_id) OR EXISTS (
        SELECT 1 FROM referral_orientation t JOIN referral_orientationmove v ON v.orientation_id = t.id
        WHERE t.case_id = c.id AND t.verb = 'transfer' AND t.sender_id = m.agency_id AND v.action = 'accept' AND v.at >= s.at))
      AND s."on" >= o.since - CASE WHEN s.by_sender AND o.reference <> '' THEN nrm.report_before() ELSE 0 END
      AND (c.again IS NULL OR s.at >= c.again)
      AND NOT EXISTS (SELECT 1 FROM referral_stepact u WHERE u.checklist_id = s.checklist_id AND u.step = s.step
                      AND u.action = 'reopened' AND u.at > s.at)), o.joined
  FROM owed o ORDER BY o.since, o.id
$$;

-- The same for every reader of the summary. Who wrote and who said so is not told here.
CREATE FUNCTION nrm.report_owed(target uuid)
RETURNS TABLE (fact uuid, reference varchar, since date, told date, joined timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT f.* FROM victims_case k, nrm.report_facts(k.id) f
  WHERE k.id = target AND NOT nrm.kept_out(nrm.membership(), nrm.desk(), k.id) AND EXISTS (
    SELECT 1 FROM victims_caseaccess a WHERE a.case_id = k.id AND a.agency_id = nrm.desk() AND a.level >= 2
      AND (a.until IS NULL OR a.until > now()))
$$;

-- Return whether the CRIP is still to be told of something in the open case of a child that no CRIP leads, and nobody's time
-- limit holds it: by no writing, by no request that a CRIP has, sent since it joined the case, and by no alert that a CRIP
-- took up, or that waits there still. One that was reached by phone is owed the writing.
CREATE FUNCTION nrm.report_untold(target uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM victims_case k JOIN agencies_agency l ON l.group_id = k.lead_id, nrm.report_facts(k.id) f
    WHERE k.id = target AND k.status <> 'closed' AND k.age_side <> 'adult' AND nrm.office_of(l) <> 'crip' AND f.told IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM referral_orientation o JOIN agencies_agency g ON g.group_id = o.addressee_id
        WHERE o.case_id = k.id AND o.service_id = 'child_care' AND nrm.office_of(g) = 'crip' AND o.sent_at >= f.joined
          AND o.state NOT IN ('draft', 'declined', 'expired', 'withdrawn', 'consent_withdrawn'))
      AND NOT EXISTS (
        SELECT 1 FROM referral_alertdesk d JOIN agencies_agency g ON g.group_id = d.agency_id
        WHERE d.alert_id = f.fact AND d.live AND nrm.office_of(g) = 'crip'
          AND (d.answer IN ('case', 'acting', 'with_person') OR d.answer = '' AND d.due_at IS NOT NULL)))
$$;

-- Start the time limit of the report where something is still to be told, and tell who leads and who coordinates the case.
-- One that ends within that time stays. One that is over stops, late, since it reminds nobody any more; so does one that was
-- put off for longer.
CREATE FUNCTION nrm.report_owed_again(target uuid, by_whom bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record; list uuid; late record; limits interval; owed timestamptz; made uuid := gen_random_uuid();
BEGIN
  IF NOT nrm.report_untold(target) THEN RETURN; END IF;
  SELECT k.id, k.reference, (now() AT TIME ZONE t.time_zone)::date AS today INTO c
  FROM victims_case k JOIN agencies_territory t ON t.code = k.territory_id WHERE k.id = target;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'report_owed', 'case', c.id, c.reference, '{lead,coordination}', '{}', by_whom, now());
  SELECT format('%s %s', s.deadline_value, replace(s.deadline_unit, 'working', 'day'))::interval INTO limits FROM indicators_procedurestep s
  JOIN indicators_procedure p ON p.code = s.procedure_id AND p.active
  WHERE p.code = 'mineur_information_preoccupante' AND s."order" = 1 AND s.deadline_value > 0;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO referral_checklist (id, case_id, procedure, version, sealed, by_id, at)
  SELECT gen_random_uuid(), c.id, 'mineur_information_preoccupante', COALESCE((
    SELECT version FROM indicators_packfile WHERE name = 'procedures.yaml'), ''), false, k.opened_by_id, now()
  FROM victims_case k WHERE k.id = c.id ON CONFLICT (case_id, procedure) DO NOTHING;
  SELECT id INTO STRICT list FROM referral_checklist WHERE case_id = c.id AND procedure = 'mineur_information_preoccupante';
  SELECT id, due_at INTO late FROM referral_clock WHERE checklist_id = list AND step = 1 AND state = 'running' FOR UPDATE;
  IF late.due_at > now() AND late.due_at <= now() + limits THEN RETURN; END IF;
  IF late.id IS NOT NULL THEN
    UPDATE referral_clock SET state = 'stopped', remind_at = NULL WHERE id = late.id;
    INSERT INTO referral_clockmove (id, clock_id, case_id, sealed, action, due_at, reason, at)
    VALUES (gen_random_uuid(), late.id, c.id, false, 'stop', late.due_at, '', clock_timestamp());
  END IF;
  owed := now() + limits;
  INSERT INTO referral_clock (id, case_id, checklist_id, step, sealed, state, counted_on, due_at, remind_at, at)
  VALUES (made, c.id, list, 1, false, 'running', c.today, owed, owed, now()) ON CONFLICT DO NOTHING;
  INSERT INTO referral_clockmove (id, clock_id, case_id, sealed, action, due_at, reason, at)
  SELECT gen_random_uuid(), k.id, c.id, false, 'start', owed, '', now() FROM referral_clock k WHERE k.id = made;
END $$;

-- An alert joined a case, or opened it once a CRIP that was sent it had let it go, or was reached by phone. What opens a
-- case and was sent to no CRIP stands first on its summary: who opens it has just read it.
CREATE FUNCTION nrm.report_of_link(l referral_alertlink) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM referral_alertlink x WHERE x.case_id = l.case_id AND x.id <> l.id) OR EXISTS (
    SELECT 1 FROM referral_alertdesk d JOIN agencies_agency g ON g.group_id = d.agency_id
    WHERE d.alert_id = l.alert_id AND nrm.office_of(g) = 'crip'
  ) THEN
    PERFORM nrm.report_owed_again(l.case_id, NULLIF(current_setting('nrm.membership', true), '')::bigint);
  END IF;
END $$;

-- A request to the CRIP was declined, taken back or left without an answer: it tells the CRIP of nothing.
CREATE FUNCTION nrm.report_of_request(o referral_orientation, m referral_orientationmove) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.after IN ('declined', 'expired', 'withdrawn', 'consent_withdrawn') AND m.before <> 'draft' AND o.service_id = 'child_care'
     AND EXISTS (SELECT 1 FROM agencies_agency g WHERE g.group_id = o.addressee_id AND nrm.office_of(g) = 'crip') THEN
    PERFORM nrm.report_owed_again(o.case_id, m.membership_id);
  END IF;
END $$;

-- A case is open again, or parted from the one that was told of it. The CRIP that leads another case of the same alert has
-- closed it: it has the alert no more.
CREATE FUNCTION nrm.report_of_case(m referral_casemove) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.action IN ('reopen', 'unmerge') THEN
    PERFORM nrm.report_owed_again(m.case_id, m.membership_id);
  ELSIF m.action = 'close' AND EXISTS (
    SELECT 1 FROM agencies_agency g WHERE g.group_id = m.agency_id AND nrm.office_of(g) = 'crip'
  ) THEN
    PERFORM nrm.report_owed_again(x, m.membership_id) FROM (
      SELECT DISTINCT nrm.standing_case(o.case_id) AS x FROM referral_alertlink l
      JOIN referral_alertlink o ON o.alert_id = l.alert_id AND o.case_id <> l.case_id WHERE l.case_id = m.case_id) f ORDER BY x;
  END IF;
END $$;

-- A CRIP has an alert no more, or was reached by phone: of each case of a child that it led to, the report may be owed.
CREATE FUNCTION nrm.report_of_alert(m referral_alertmove) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.action IN ('redirect', 'address', 'readdress', 'close', 'finish', 'confirm', 'reach') AND EXISTS (
    SELECT 1 FROM agencies_agency g WHERE nrm.office_of(g) = 'crip'
      AND (g.group_id IN (m.agency_id, m.instead_of_id) OR m.action = 'reach' AND g.group_id = ANY (m.to_agencies))
  ) THEN
    PERFORM nrm.report_owed_again(x, m.membership_id) FROM (
      SELECT DISTINCT nrm.standing_case(l.case_id) AS x FROM referral_alertlink l WHERE l.alert_id = m.alert_id) f ORDER BY x;
  END IF;
END $$;
