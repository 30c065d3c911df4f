-- The journal is kept by month, so that what is old goes with its table (decision 71). What has no month made for it
-- stands in `entry_other`, so that no act fails because due work slept.

-- Make the partitions of this month and the next two. Neither waits long for a table that somebody reads, nor moves
-- what stands in `entry_other`, whose transactions the seal bounds: then tried again by the next run.
CREATE FUNCTION nrm.months_ahead() RETURNS int LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE first date; name text; made int := 0;
BEGIN
  FOR first IN SELECT (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + n * interval '1 month')::date
               FROM generate_series(0, 2) n LOOP
    name := 'entry_' || to_char(first, 'YYYY_MM');
    CONTINUE WHEN to_regclass('journal_months.' || name) IS NOT NULL;
    BEGIN
      -- attached, not created as a partition: that would lock the whole journal against those who write in it
      EXECUTE format('CREATE TABLE journal_months.%I (LIKE journal_entry INCLUDING DEFAULTS)', name);
      EXECUTE format('ALTER TABLE journal_entry ATTACH PARTITION journal_months.%I FOR VALUES FROM (%L) TO (%L)',
                     name, first, (first + interval '1 month')::date);
      made := made + 1;
    EXCEPTION WHEN lock_not_available OR check_violation THEN
      NULL;
    END;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION nrm.make_months() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'due work makes the months' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN nrm.months_ahead();
END $$;

-- The months, over for half a year, of which no entry is in a later checkpoint than this one, nor in none.
CREATE FUNCTION nrm.whole_months(last bigint) RETURNS date[] LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE first date; whole date[] := '{}';
BEGIN
  FOR first IN SELECT to_date(c.relname, '"entry_"YYYY_MM') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
               WHERE i.inhparent = 'journal_entry'::regclass AND c.relname ~ '^entry_\d{4}_\d\d$' ORDER BY 1 LOOP
    CONTINUE WHEN first + interval '1 month' > (now() AT TIME ZONE 'UTC') - interval '180 days';
    IF NOT EXISTS (
      SELECT 1 FROM journal_entry e
      LEFT JOIN (SELECT unnest(ids) AS id FROM journal_checkpoint WHERE number <= last) old ON old.id = e.id
      WHERE e.month = first AND old.id IS NULL
    ) THEN
      whole := whole || first;
    END IF;
  END LOOP;
  RETURN whole;
END $$;

-- The ids that the checkpoints through this one name beside those of whole months: few, which are deleted by key.
CREATE FUNCTION nrm.outside_of(whole date[], last bigint) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT unnest(ids) FROM journal_checkpoint WHERE number <= last
               EXCEPT SELECT id FROM journal_entry WHERE month = ANY(whole))
$$;

-- Drop a month. The lock on the journal, which keeps everybody out, is the last that
-- is taken and not waited for; where it is not to be had, the entries are deleted and the empty table goes with the next month.
CREATE FUNCTION nrm.drop_month(first date) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '300ms' AS $$
BEGIN
  EXECUTE format('DROP TABLE journal_months.%I', 'entry_' || to_char(first, 'YYYY_MM'));
EXCEPTION WHEN lock_not_available THEN
  DELETE FROM journal_entry WHERE month = first;
END $$;
