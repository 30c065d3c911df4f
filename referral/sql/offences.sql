-- A number that may be the exploiter's is encrypted with its alert. It is copied to a case when an agency holds the
-- category offence: at the grant or when the alert is joined, whichever is last.
CREATE FUNCTION nrm.offences_reach(ids uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO victims_offencefact (id, case_id, source_id, data, at)
  SELECT gen_random_uuid(), l.case_id, f.alert_id, f.data, now()
  FROM referral_alertlink l JOIN referral_alertoffence f ON f.alert_id = l.alert_id
  WHERE l.case_id = ANY(ids) AND EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = l.case_id
                                         AND a.categories & nrm.bit_of('offence_case') <> 0 AND (a.until IS NULL OR a.until > now()))
  ON CONFLICT (source_id) DO NOTHING
$$;

CREATE FUNCTION nrm.offence_granted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ids uuid[];
BEGIN
  SELECT array_agg(DISTINCT g.case_id) INTO ids FROM touched g JOIN auth_permission p ON p.id = g.permission_id
  WHERE nrm.bit_of(p.codename) = 8;
  IF ids IS NOT NULL THEN PERFORM nrm.offences_reach(ids); END IF;
  RETURN NULL;
END $$;
-- after nrm_grants_added, by name: the access row must exist
CREATE TRIGGER nrm_grants_offence AFTER INSERT ON victims_grant REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.offence_granted();

CREATE FUNCTION nrm.offence_linked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.offences_reach(ARRAY[NEW.case_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_offence_linked AFTER INSERT ON referral_alertlink FOR EACH ROW EXECUTE FUNCTION nrm.offence_linked();
