-- Return whether an agency may do a reserved act: by its own list, or by its kind and profile (data/forms.yaml,
-- entitlements). Runs with the caller's rights: reference data and directory are readable by all.
CREATE FUNCTION nrm.entitled(agency int, act text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_agency a JOIN indicators_code c ON c.code_list_id = 'entitlements' AND c.code = act AND c.active
    WHERE a.group_id = agency AND CASE WHEN a.entitlements IS NOT NULL THEN act = ANY(a.entitlements)
      ELSE c.data -> 'kinds' ? a.kind OR c.data -> 'profiles' ? COALESCE(a.profile_id, '') END)
$$;

-- Return the kind of body that states (forms.yaml, identification_deciders). An asylum body counts as an
-- administration, and its view is kept apart.
CREATE FUNCTION nrm.body_of(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind = 'interior' THEN 'police' WHEN kind = 'justice' THEN 'justice'
              WHEN kind IN ('ngo', 'ngo_network', 'union') THEN 'ngo'
              WHEN kind IN ('employer', 'international') THEN 'other' ELSE 'administration' END
$$;

-- The database sets the time, so that no statement is dated before another one.
CREATE FUNCTION nrm.statement_stamped() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.asylum := EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = NEW.agency_id AND a.kind = 'asylum');
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_statement_stamped BEFORE INSERT ON victims_statement
FOR EACH ROW EXECUTE FUNCTION nrm.statement_stamped();

-- Derive the current views, without text: the latest statement of each agency, then by kind of body.
CREATE FUNCTION nrm.statement_made() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM victims_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  DELETE FROM victims_identificationview WHERE case_id = NEW.case_id;
  INSERT INTO victims_identificationview (case_id, body, status, stated_on, asylum_body_id)
  SELECT NEW.case_id, nrm.body_of(a.kind), s.status, max(s.stated_on), CASE a.kind WHEN 'asylum' THEN a.group_id END
  FROM (SELECT DISTINCT ON (x.agency_id) x.agency_id, x.status, x.stated_on FROM victims_statement x
        WHERE x.case_id = NEW.case_id ORDER BY x.agency_id, x.at DESC, x.id DESC) s
  JOIN agencies_agency a ON a.group_id = s.agency_id GROUP BY 2, 3, 5;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_statement_made AFTER INSERT ON victims_statement
FOR EACH ROW EXECUTE FUNCTION nrm.statement_made();
