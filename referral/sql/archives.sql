-- A case that was closed leaves the lists for the archive, and comes back when it is opened again, never by itself.

-- Archive a closed case of which nothing goes on, for the worker's due work, whatever the worker says: who reads it for ever
-- keeps it to nobody, and whoever was assigned follows it no more. Who followed it, and whether the agency had kept it to
-- them, is written down.
CREATE FUNCTION nrm.archive_case(target uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM victims_case WHERE id = target AND status = 'closed' FOR UPDATE;
  IF NOT FOUND THEN PERFORM nrm.wrong_state(); END IF;
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' OR nrm.case_goes_on(target, nrm.archived_at_least()) THEN
    RAISE EXCEPTION 'this case is not archived' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- written, and not locked alone: a transaction that goes on with what it saw before assigns nobody to it any more
  UPDATE victims_case c SET status = c.status WHERE c.id = target;
  INSERT INTO victims_archive (id, case_id, agency_id, at, reference, closed_at, erased_on, team, kept)
  SELECT gen_random_uuid(), target, a.agency_id, now(), a.reference, t.closed_at, t.erased_on, f.followed,
         a.restricted AND f.followed <> '{}'  -- who keeps a case to some members keeps it to one at least
  FROM victims_caseaccess a JOIN referral_caseterm t ON t.case_id = a.case_id, LATERAL (
    SELECT ARRAY(SELECT s.membership_id FROM victims_assignment s
                 WHERE s.case_id = target AND s.agency_id = a.agency_id ORDER BY 1) AS followed) f
  WHERE a.case_id = target AND a.level >= 2 AND a.until IS NULL ON CONFLICT DO NOTHING;
  INSERT INTO victims_restriction (case_id, agency_id, at, by_id, archived_at)
  SELECT target, x.agency_id, now(), NULL, now() FROM victims_archive x WHERE x.case_id = target
  ON CONFLICT (case_id, agency_id) DO UPDATE SET archived_at = now();
  DELETE FROM victims_assignment s USING victims_archive x
  WHERE s.case_id = target AND x.case_id = target AND x.agency_id = s.agency_id AND x.at = now();
  UPDATE referral_caseterm SET archived_at = now() WHERE case_id = target;
END $$;

-- Opened again, a case is in the lists as before: what a person had restricted stays so, with those it was kept to. Another
-- agency that comes to lead a closed case has it archived in its turn.
CREATE FUNCTION nrm.out_of_archive() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.status = 'closed' THEN
    UPDATE referral_caseterm SET archived_at = NULL WHERE case_id = NEW.id;
    RETURN NULL;
  END IF;
  INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
  SELECT x.case_id, x.agency_id, m.id, now(), m.id
  FROM victims_archive x JOIN agencies_membership m ON m.id = ANY(x.team) AND m.active AND m.agency_id = x.agency_id
  WHERE x.case_id = NEW.id AND x.kept ON CONFLICT DO NOTHING;
  DELETE FROM victims_restriction WHERE case_id = NEW.id AND by_id IS NULL;
  UPDATE victims_restriction SET archived_at = NULL WHERE case_id = NEW.id;
  DELETE FROM victims_archive WHERE case_id = NEW.id;
  -- an alert of several persons, one of whom stays in the archive, is read again by those who follow this one
  PERFORM nrm.alerts_kept(ARRAY(SELECT l.alert_id FROM referral_alertlink l WHERE l.case_id = NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_out_of_archive AFTER UPDATE OF status, lead_id ON victims_case FOR EACH ROW
WHEN (OLD.status = 'closed' AND (OLD.status, OLD.lead_id) IS DISTINCT FROM (NEW.status, NEW.lead_id))
EXECUTE FUNCTION nrm.out_of_archive();

-- Return the archived case of this agency that something tells of: its members read it no more, and those who may open it
-- are told that something waits there.
CREATE FUNCTION nrm.archive_about(noun text, target uuid, agency int) RETURNS SETOF victims_archive LANGUAGE sql STABLE ROWS 1
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT v.* FROM victims_archive v WHERE v.agency_id = archive_about.agency AND v.case_id IN (
    SELECT target WHERE noun = 'case'
    UNION ALL SELECT o.case_id FROM referral_orientation o WHERE noun = 'orientation' AND o.id = target
    UNION ALL SELECT k.case_id FROM referral_clock k WHERE noun = 'clock' AND k.id = target
    UNION ALL SELECT h.case_id FROM referral_legalhold h WHERE noun = 'legalhold' AND h.id = target
    UNION ALL SELECT q.case_id FROM victims_datarequest q WHERE noun = 'datarequest' AND q.id = target
    UNION ALL SELECT f.case_id FROM victims_casefile f WHERE noun = 'casefile' AND f.id = target
    UNION ALL SELECT l.case_id FROM referral_alertlink l WHERE noun = 'alert' AND l.alert_id = target)
  ORDER BY v.id LIMIT 1
$$;
