-- Keep the history of declared places: one row per declaration, also for the same number, which confirms it.
CREATE FUNCTION nrm.capacity_declared() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO agencies_capacity (desk_id, places, at, by_id)
  VALUES (NEW.agency_id, NEW.places, NEW.places_updated_at, NULLIF(current_setting('nrm.membership', true), '')::bigint);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_capacity_declared AFTER UPDATE OF places_updated_at ON agencies_desk FOR EACH ROW
WHEN (NEW.places_updated_at IS NOT NULL AND NEW.places_updated_at IS DISTINCT FROM OLD.places_updated_at)
EXECUTE FUNCTION nrm.capacity_declared();

-- Some services act without the person's agreement, or with powers of the State. An agency may remove such a service
-- from its desk; only the directory can add one.
CREATE FUNCTION nrm.desk_service_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row_security_active('public.agencies_desk_services') AND NEW.service_id IN
     ('child_care', 'ad_hoc_administrator', 'formal_identification', 'investigation', 'prosecution', 'residence_permit',
      'asylum', 'reception_conditions', 'labour_control', 'consular_protection', 'strategic_coordination') THEN
    RAISE EXCEPTION 'this service is given by the directory' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_desk_service_guard BEFORE INSERT ON agencies_desk_services
FOR EACH ROW EXECUTE FUNCTION nrm.desk_service_guard();

-- Members declare the number of free places; only the administrator changes the rest of a desk, above all its stand-in,
-- which receives what the desk leaves unanswered.
CREATE FUNCTION nrm.desk_kept_by_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = nrm.membership() AND m.active
                 AND m.roles && ARRAY['agency_admin', 'platform_admin']::varchar[]) THEN
    RAISE EXCEPTION 'a desk is kept by the administrator of its agency' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_desk_kept_by_administrator BEFORE UPDATE ON agencies_desk
FOR EACH ROW WHEN (row_security_active('public.agencies_desk') AND
  (OLD.second_id, OLD.phone, OLD.takes_adults, OLD.takes_minors, OLD.forms, OLD.languages)
  IS DISTINCT FROM (NEW.second_id, NEW.phone, NEW.takes_adults, NEW.takes_minors, NEW.forms, NEW.languages))
EXECUTE FUNCTION nrm.desk_kept_by_administrator();
