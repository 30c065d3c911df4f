-- When an access row last changed, whatever changed it: what the API's `updated_since` asks. A write that leaves the row
-- as it was is no change: a unit at `status` must not read from it that the case moved, or changed hands, elsewhere.
CREATE FUNCTION nrm.access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_access_changed BEFORE INSERT ON victims_caseaccess
FOR EACH ROW EXECUTE FUNCTION nrm.access_changed();
CREATE TRIGGER nrm_access_rewritten BEFORE UPDATE ON victims_caseaccess
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.access_changed();
