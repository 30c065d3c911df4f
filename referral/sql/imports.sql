-- Return a fingerprint of an imported case: it may be deleted only while nobody has changed it.
CREATE FUNCTION nrm.case_print(target uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT md5(to_jsonb(c)::text) FROM victims_case c WHERE c.id = target $$;

CREATE FUNCTION nrm.import_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.stamp := nrm.case_print(NEW.case_id);
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_import_stamp BEFORE INSERT ON referral_importedcase
FOR EACH ROW EXECUTE FUNCTION nrm.import_stamp();

-- Count the cases of an import that somebody worked on: the case changed, a row of any table that the import did not
-- write references it, or one that it wrote is newer than the moment of its line: others may follow for minutes. Read from the catalogue, so that a table added later counts too.
CREATE FUNCTION nrm.import_touched(target uuid) RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE k record; hit uuid[] := '{}'; more uuid[]; ids uuid[]; started timestamptz;
BEGIN
  SELECT array_agg(l.case_id) INTO ids FROM referral_importedcase l WHERE l.origin_id = target AND l.agency_id = nrm.desk();
  SELECT array_agg(l.case_id) INTO hit FROM referral_importedcase l
  WHERE l.origin_id = target AND l.agency_id = nrm.desk() AND l.stamp <> nrm.case_print(l.case_id);
  FOR k IN SELECT x.conrelid::regclass AS child, a.attname AS col FROM pg_constraint x
           JOIN pg_attribute a ON a.attrelid = x.conrelid AND a.attnum = x.conkey[1]
           WHERE x.confrelid = 'victims_case'::regclass
             AND x.conrelid NOT IN ('referral_importedcase'::regclass, 'victims_profile'::regclass, 'victims_ownlabel'::regclass,
                                  'victims_grant'::regclass, 'victims_consent'::regclass)
  LOOP
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM %s WHERE %I = ANY($1)', k.col, k.child, k.col) INTO more USING ids;
    hit := COALESCE(hit, '{}') || COALESCE(more, '{}');
  END LOOP;
  SELECT array_agg(DISTINCT g.case_id) INTO more FROM victims_grant g
  WHERE g.case_id = ANY(ids) AND g.ground <> 'lead';
  hit := COALESCE(hit, '{}') || COALESCE(more, '{}');
  SELECT array_agg(l.case_id) INTO more FROM victims_ownlabel l
  WHERE l.case_id = ANY(ids) AND l.at > (SELECT i.at FROM referral_importedcase i WHERE i.case_id = l.case_id);
  hit := COALESCE(hit, '{}') || COALESCE(more, '{}');
  SELECT array_agg(p.case_id) INTO more FROM victims_profile p
  WHERE p.case_id = ANY(ids) AND p.at > (SELECT i.at FROM referral_importedcase i WHERE i.case_id = p.case_id);
  hit := COALESCE(hit, '{}') || COALESCE(more, '{}');
  SELECT array_agg(g.case_id) INTO more FROM victims_consent g
  WHERE g.case_id = ANY(ids) AND (g.withdrawn_at IS NOT NULL
    OR g.obtained_at > (SELECT i.at FROM referral_importedcase i WHERE i.case_id = g.case_id));
  hit := COALESCE(hit, '{}') || COALESCE(more, '{}');
  RETURN (SELECT count(DISTINCT h) FROM unnest(hit) h);
END $$;

-- Delete all cases of an import, or none. Lines go with the cases; the import is marked « undone ».
CREATE FUNCTION nrm.undo_import(target uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE i referral_caseimport; ids uuid[];
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO i FROM referral_caseimport WHERE id = target AND agency_id = nrm.desk() FOR UPDATE;
  IF i.id IS NULL THEN RAISE EXCEPTION 'no such import' USING ERRCODE = 'P0002'; END IF;
  IF i.state NOT IN ('loaded', 'undoing') THEN PERFORM nrm.wrong_state(); END IF;
  SELECT array_agg(case_id) INTO ids FROM referral_importedcase WHERE origin_id = target;
  PERFORM 1 FROM victims_case WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
  IF nrm.import_touched(target) > 0 THEN PERFORM nrm.wrong_state(); END IF;
  DELETE FROM victims_profile WHERE case_id = ANY(ids);
  DELETE FROM victims_consent WHERE case_id = ANY(ids);
  DELETE FROM victims_ownlabel WHERE case_id = ANY(ids);
  DELETE FROM referral_importedcase WHERE origin_id = target;
  DELETE FROM victims_grant WHERE case_id = ANY(ids);
  DELETE FROM victims_case WHERE id = ANY(ids);
  UPDATE referral_caseimport SET state = 'undone' WHERE id = target;
  RETURN COALESCE(array_length(ids, 1), 0);
END $$;
