-- The hour of an entry is the database's, whoever writes it; and each entry waits to be sealed (journal/rules.py).
CREATE FUNCTION nrm.entry_stamped() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_stamped BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION nrm.entry_stamped();

CREATE FUNCTION nrm.entry_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO journal_unsealed (entry) SELECT id FROM written;
  -- the key of each partition says only that no id stands there twice
  IF EXISTS (SELECT 1 FROM written w JOIN journal_entry e ON e.id = w.id WHERE e.month <> w.month) THEN
    RAISE EXCEPTION 'an entry of another month has this id' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_waits AFTER INSERT ON journal_entry REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION nrm.entry_waits();

-- Delete the entries of old checkpoints, through this one: for the worker's due work only, and never younger ones than
-- the law has kept. Months of which nothing is left are dropped (months.sql). Returns how many entries went.
CREATE FUNCTION nrm.forget_entries(last bigint) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone int; dropped int; whole date[]; others uuid[]; first date;
BEGIN
  PERFORM nrm.signed_context();
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' OR EXISTS (
       SELECT 1 FROM journal_checkpoint WHERE number <= last AND at > now() - interval '180 days') THEN
    RAISE EXCEPTION 'these entries are kept' USING ERRCODE = 'insufficient_privilege';
  END IF;
  whole := nrm.whole_months(last);
  others := nrm.outside_of(whole, last);  -- asked once: each partition would ask again
  DELETE FROM journal_entry WHERE id = ANY(others);
  GET DIAGNOSTICS gone = ROW_COUNT;
  -- counted before the first is dropped, which locks the journal against everybody
  SELECT count(*) INTO dropped FROM journal_entry WHERE month = ANY(whole);
  UPDATE journal_checkpoint SET ids = '{}' WHERE number <= last AND ids <> '{}';
  FOREACH first IN ARRAY whole LOOP
    PERFORM nrm.drop_month(first);
  END LOOP;
  RETURN gone + dropped;
END $$;
