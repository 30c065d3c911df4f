-- Delete the digests of a name in the statement that corrects or erases it; the worker makes those of the new name.
CREATE FUNCTION nrm.identity_tokens_gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM victims_matchtoken WHERE identity_id = OLD.id;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER nrm_identity_tokens_gone BEFORE DELETE OR UPDATE OF data ON victims_identity
FOR EACH ROW EXECUTE FUNCTION nrm.identity_tokens_gone();
