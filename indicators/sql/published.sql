-- A published version never changes, whoever asks, the owner included: another content is another version.
-- Only the name of who vouches for it may be written later. TRUNCATE stays possible: it is how a test database
-- is emptied, and the application has no such right.

CREATE OR REPLACE FUNCTION nrm.published_catalogue_never_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.published_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'validated_by') = (to_jsonb(OLD) - 'validated_by') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'catalogue % version % is published and never changes: publish a new version',
    OLD.code, OLD.version USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE FUNCTION nrm.published_content_never_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before jsonb := CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
  after jsonb := CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
  closed text;
BEGIN
  IF TG_TABLE_NAME = 'indicators_shortgrid' AND TG_OP = 'UPDATE'
     AND (before - 'validated_by') = (after - 'validated_by') THEN
    RETURN NEW;
  END IF;
  SELECT c.code || ' version ' || c.version INTO closed
  FROM indicators_catalogue c
  LEFT JOIN indicators_shortgrid g ON TG_TABLE_NAME = 'indicators_shortgriditem'
    AND g.id IN ((before ->> 'grid_id')::bigint, (after ->> 'grid_id')::bigint)
  WHERE c.published_at IS NOT NULL
    AND c.id IN ((before ->> 'catalogue_id')::bigint, (after ->> 'catalogue_id')::bigint, g.catalogue_id)
  LIMIT 1;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'catalogue % is published and never changes: publish a new version', closed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER nrm_published_catalogue BEFORE UPDATE OR DELETE ON indicators_catalogue
  FOR EACH ROW EXECUTE FUNCTION nrm.published_catalogue_never_changes();
CREATE OR REPLACE TRIGGER nrm_published_dimension BEFORE INSERT OR UPDATE OR DELETE ON indicators_dimension
  FOR EACH ROW EXECUTE FUNCTION nrm.published_content_never_changes();
CREATE OR REPLACE TRIGGER nrm_published_indicator BEFORE INSERT OR UPDATE OR DELETE ON indicators_indicator
  FOR EACH ROW EXECUTE FUNCTION nrm.published_content_never_changes();
CREATE OR REPLACE TRIGGER nrm_published_ruleset BEFORE INSERT OR UPDATE OR DELETE ON indicators_ruleset
  FOR EACH ROW EXECUTE FUNCTION nrm.published_content_never_changes();
CREATE OR REPLACE TRIGGER nrm_published_shortgrid BEFORE INSERT OR UPDATE OR DELETE ON indicators_shortgrid
  FOR EACH ROW EXECUTE FUNCTION nrm.published_content_never_changes();
CREATE OR REPLACE TRIGGER nrm_published_shortgriditem BEFORE INSERT OR UPDATE OR DELETE
  ON indicators_shortgriditem
  FOR EACH ROW EXECUTE FUNCTION nrm.published_content_never_changes();
