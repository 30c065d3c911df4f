-- Test spaces of programs: kept by the administrator of the agency, made and dropped by the worker (referral/sandbox).

-- Give a program a test client, or the one it has another secret. Either way a fresh copy is wanted.
CREATE FUNCTION nrm.keep_sandbox(target bigint, client text, digest text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target);
BEGIN
  IF client !~ '^test_[0-9a-f]{16}$' OR digest !~ '^[a-z0-9_]+\$.{20}' THEN
    RAISE EXCEPTION 'not a test client' USING ERRCODE = '42501';
  END IF;
  PERFORM pg_advisory_xact_lock(76);  -- counted by one at a time
  IF (SELECT count(*) FROM agencies_sandbox s WHERE s.membership_id <> m.id) >= nrm.sandbox_most() THEN
    PERFORM nrm.wrong_state();
  END IF;
  INSERT INTO agencies_sandbox (membership_id, client_id, secret, database, made_of, wanted_at, used_at, ended)
  VALUES (m.id, client, digest, '', '', clock_timestamp(), now(), false)
  ON CONFLICT (membership_id) DO UPDATE SET secret = digest, wanted_at = clock_timestamp(), used_at = now(), ended = false;
END $$;

-- Want a fresh copy, as an administrator or as the program itself: once a minute, and not while one is made.
CREATE FUNCTION nrm.reset_sandbox(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  IF nrm.membership() IS DISTINCT FROM target THEN PERFORM nrm.program_kept(target); END IF;
  PERFORM 1 FROM agencies_sandbox s WHERE s.membership_id = target AND NOT s.ended FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  UPDATE agencies_sandbox SET wanted_at = clock_timestamp()
  WHERE membership_id = target AND made_at >= wanted_at AND made_at < clock_timestamp() - interval '1 minute';
  IF NOT FOUND THEN PERFORM nrm.wrong_state(); END IF;
END $$;

-- End a test space: nobody reaches it from now on, and the worker drops it.
CREATE FUNCTION nrm.end_sandbox(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target);
BEGIN
  UPDATE agencies_sandbox SET ended = true WHERE membership_id = m.id AND NOT ended;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
END $$;

-- The database of a test client, for who brings a signed token or the id of it. Asked as nobody, before each request.
CREATE FUNCTION nrm.sandbox_of(client text, template text, OUT program bigint, OUT space text, OUT ready boolean,
  OUT is_full boolean) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  UPDATE agencies_sandbox SET used_at = now()
  WHERE client_id = client AND NOT ended AND used_at < now() - interval '1 minute';
  RETURN QUERY
  SELECT s.membership_id::bigint, s.database::text,
    d.oid IS NOT NULL AND s.made_at >= s.wanted_at AND s.made_of = shobj_description(t.oid, 'pg_database'),
    CASE WHEN d.oid IS NOT NULL THEN pg_database_size(d.oid) > 1048576::bigint * nrm.sandbox_megabytes() ELSE false END
  FROM agencies_sandbox s JOIN agencies_membership m ON m.id = s.membership_id AND m.active
    JOIN agencies_agency a ON a.group_id = m.agency_id AND a.active
    JOIN pg_database t ON t.datname = template
    LEFT JOIN pg_database d ON d.datname = s.database
  WHERE s.client_id = client AND NOT s.ended;
END $$;
