-- Set when an access row last changed, for `updated_since` of the API. A write that changes nothing does not count: a
-- unit at `status` must not learn from it that the case moved or changed lead elsewhere.
CREATE FUNCTION nrm.access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_access_changed BEFORE INSERT ON victims_caseaccess
FOR EACH ROW EXECUTE FUNCTION nrm.access_changed();
CREATE TRIGGER nrm_access_rewritten BEFORE UPDATE ON victims_caseaccess
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION nrm.access_changed();
