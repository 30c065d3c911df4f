-- Record who made the change that a version keeps: the actor set for the policies. Due work has none.
CREATE FUNCTION nrm.version_stamp() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.membership_id := NULLIF(current_setting('nrm.membership', true), '')::bigint;
  NEW.agency_id := NULLIF(current_setting('nrm.agency', true), '')::int;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_version_stamp BEFORE INSERT ON victims_caseversion
FOR EACH ROW EXECUTE FUNCTION nrm.version_stamp();
CREATE TRIGGER nrm_version_stamp BEFORE INSERT ON victims_identityversion
FOR EACH ROW EXECUTE FUNCTION nrm.version_stamp();
CREATE TRIGGER nrm_version_stamp BEFORE INSERT ON victims_contactversion
FOR EACH ROW EXECUTE FUNCTION nrm.version_stamp();
CREATE TRIGGER nrm_version_stamp BEFORE INSERT ON victims_needversion
FOR EACH ROW EXECUTE FUNCTION nrm.version_stamp();
CREATE TRIGGER nrm_version_stamp BEFORE INSERT ON victims_profileversion
FOR EACH ROW EXECUTE FUNCTION nrm.version_stamp();
