-- In which state the reference lists are: web processes keep them until it changes (foundation/words/reference_lists.py).
-- A row and not a sequence, so that the new state is seen when the new lists are, not before. Each change of a list in
-- a transaction draws another value: what is rolled back is never drawn again.
CREATE FUNCTION nrm.references_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO agencies_referenceversion (id, value) VALUES (1, gen_random_uuid())
  ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value;
  RETURN NULL;
END $$;

CREATE TRIGGER nrm_references_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_helpline
FOR EACH STATEMENT EXECUTE FUNCTION nrm.references_changed();
CREATE TRIGGER nrm_references_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_territory
FOR EACH STATEMENT EXECUTE FUNCTION nrm.references_changed();
CREATE TRIGGER nrm_references_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies_service
FOR EACH STATEMENT EXECUTE FUNCTION nrm.references_changed();

CREATE FUNCTION nrm.reference_version() RETURNS uuid LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT value FROM agencies_referenceversion WHERE id = 1 $$;
