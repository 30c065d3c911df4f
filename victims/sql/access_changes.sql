-- What programs synchronise of a case is an access row. A write that changes nothing does not count: a unit at `status`
-- must not learn from it that the case moved or changed lead elsewhere. Nor does who works on it in the agency, which
-- programs are not told.
CREATE TRIGGER nrm_positioned BEFORE INSERT ON victims_caseaccess FOR EACH ROW EXECUTE FUNCTION nrm.positioned();
CREATE TRIGGER nrm_positioned_again BEFORE UPDATE ON victims_caseaccess
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD.assigned = NEW.assigned) EXECUTE FUNCTION nrm.positioned();

-- Keep that the programs of an agency no longer see something they saw. They are assigned to no case: what was kept to the
-- assigned before it ended is not told. Arguments: the noun, the column with the id.
CREATE FUNCTION nrm.departed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO victims_departure (agency_id, noun, thing, position, changed_at)
  VALUES (OLD.agency_id, TG_ARGV[0], (to_jsonb(OLD) ->> TG_ARGV[1])::uuid, pg_current_xact_id()::text::bigint, clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_departed AFTER DELETE ON victims_caseaccess
FOR EACH ROW WHEN (NOT OLD.restricted) EXECUTE FUNCTION nrm.departed('case', 'case_id');
CREATE TRIGGER nrm_kept_away AFTER UPDATE ON victims_caseaccess
FOR EACH ROW WHEN (NEW.restricted AND NOT OLD.restricted) EXECUTE FUNCTION nrm.departed('case', 'case_id');
