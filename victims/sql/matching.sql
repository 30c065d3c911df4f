-- The digests of a name that was corrected or erased go with it, in the same statement: what the worker makes later
-- speaks of the new one.
CREATE FUNCTION nrm.identity_tokens_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM victims_matchtoken WHERE identity_id = OLD.id;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER nrm_identity_tokens_gone BEFORE DELETE OR UPDATE OF data ON victims_identity
FOR EACH ROW EXECUTE FUNCTION nrm.identity_tokens_gone();
