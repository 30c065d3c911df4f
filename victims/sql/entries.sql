-- Entries of a case are corrected by a new version. It keeps the time, agency and kind of the first one. A version is
-- corrected once: of two simultaneous corrections one is refused.
CREATE FUNCTION nrm.written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE former jsonb; mine jsonb := to_jsonb(NEW);
BEGIN
  NEW.at := clock_timestamp();
  NEW.placed_at := NEW.at;
  NEW.current := true;
  IF NEW.replaces_id IS NOT NULL THEN
    IF NEW.agency_id IS DISTINCT FROM nrm.desk() THEN
      RAISE EXCEPTION 'an agency corrects what it wrote' USING ERRCODE = '42501';
    END IF;
    EXECUTE format('SELECT to_jsonb(x) FROM %I x WHERE x.id = $1 FOR UPDATE', TG_TABLE_NAME)
      INTO former USING NEW.replaces_id;
    IF (former->'case_id', former->'agency_id', former->'sort') IS DISTINCT FROM
       (mine->'case_id', mine->'agency_id', mine->'sort') THEN
      RAISE EXCEPTION 'a correction keeps case, agency and sort' USING ERRCODE = '42501';
    END IF;
    IF NOT (former->>'current')::boolean THEN RAISE EXCEPTION 'already corrected' USING ERRCODE = 'NRM01'; END IF;
    NEW.placed_at := (former->>'placed_at')::timestamptz;
    EXECUTE format('UPDATE %I SET current = false WHERE id = $1', TG_TABLE_NAME) USING NEW.replaces_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_written BEFORE INSERT ON victims_timelineentry FOR EACH ROW EXECUTE FUNCTION nrm.written();
CREATE TRIGGER nrm_written BEFORE INSERT ON victims_secretnote FOR EACH ROW EXECUTE FUNCTION nrm.written();
CREATE TRIGGER nrm_written BEFORE INSERT ON victims_linkedperson FOR EACH ROW EXECUTE FUNCTION nrm.written();
CREATE TRIGGER nrm_written BEFORE INSERT ON victims_paperdocument FOR EACH ROW EXECUTE FUNCTION nrm.written();

-- A note under secrecy stores the reference of the case: its agency finds it by that when it no longer sees the case.
CREATE FUNCTION nrm.secret_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT reference INTO STRICT NEW.reference FROM victims_case WHERE id = NEW.case_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_secret_stamped BEFORE INSERT ON victims_secretnote
FOR EACH ROW EXECUTE FUNCTION nrm.secret_stamped();

-- The name of a linked person belongs to the same case as the person.
CREATE FUNCTION nrm.person_named() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT case_id INTO STRICT NEW.case_id FROM victims_linkedperson WHERE id = NEW.person_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_person_named BEFORE INSERT ON victims_linkedpersonname
FOR EACH ROW EXECUTE FUNCTION nrm.person_named();
