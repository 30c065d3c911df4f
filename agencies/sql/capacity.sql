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

-- Members declare the number of free places; only the administrator changes the rest of a desk, above all its stand-in,
-- which receives what the desk leaves unanswered.
CREATE FUNCTION nrm.desk_kept_by_administrator() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = nrm.membership() AND m.active
                 AND m.kind = 'person' AND 'agency_admin' = ANY (m.roles)) THEN
    RAISE EXCEPTION 'a desk is kept by the administrator of its agency' USING ERRCODE = '42501';
  END IF;
  -- to receive more is asked (nrm.ask_desk), by whoever uses the application; those who run the platform set what they
  -- like as owner of the database
  IF (NEW.takes_adults AND NOT OLD.takes_adults OR NEW.takes_minors AND NOT OLD.takes_minors
      OR NEW.second_id IS NOT NULL AND NEW.second_id IS DISTINCT FROM OLD.second_id
      OR OLD.forms <> '{}' AND (NEW.forms = '{}' OR NOT NEW.forms <@ OLD.forms)) THEN
    RAISE EXCEPTION 'the coordination agrees to what a desk receives' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_desk_kept_by_administrator BEFORE UPDATE ON agencies_desk
FOR EACH ROW WHEN (row_security_active('public.agencies_desk') AND
  (OLD.second_id, OLD.phone, OLD.takes_adults, OLD.takes_minors, OLD.forms, OLD.languages)
  IS DISTINCT FROM (NEW.second_id, NEW.phone, NEW.takes_adults, NEW.takes_minors, NEW.forms, NEW.languages))
EXECUTE FUNCTION nrm.desk_kept_by_administrator();
