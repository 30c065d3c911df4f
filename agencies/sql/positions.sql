-- Set the position of a row that programs synchronise (foundation/positions.py): the number of this transaction, and the
-- time. Each table names in its trigger what counts as a change of what it shows.
CREATE FUNCTION nrm.positioned() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.position := pg_current_xact_id()::text::bigint;
  NEW.changed_at := clock_timestamp();
  RETURN NEW;
END $$;
