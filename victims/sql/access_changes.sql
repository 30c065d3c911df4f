-- When an access row last changed, whatever changed it: what the API's `updated_since` asks.
CREATE FUNCTION nrm.access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_access_changed BEFORE INSERT OR UPDATE ON victims_caseaccess
FOR EACH ROW EXECUTE FUNCTION nrm.access_changed();
