-- Accounts that nobody uses: told, switched off, and forgotten long after. Called by the worker alone; each function asks
-- again whether it is time, whatever the worker says.

-- Return since when nobody has signed in: the last sign-in, or the last time that somebody let this person in. A code that
-- was made, and not used, lets nobody in.
CREATE FUNCTION nrm.unused_since(person bigint) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(u.last_login, u.date_joined, (SELECT max(greatest(m.created_at, m.arrived_at))
                                                FROM agencies_membership m WHERE m.user_id = u.id))
  FROM agencies_user u WHERE u.id = person
$$;

-- Return the other people of the agency of this member who may act and have ever signed in.
CREATE FUNCTION nrm.colleagues(m agencies_membership) RETURNS SETOF agencies_membership LANGUAGE sql STABLE AS $$
  SELECT o.* FROM public.agencies_membership o JOIN public.agencies_user u ON u.id = o.user_id AND u.is_active
  WHERE o.agency_id = m.agency_id AND o.id <> m.id AND o.active AND u.last_login IS NOT NULL
$$;

-- Return whether a phone of this member rings for a danger to life: on the duty list, with a number, and working on cases.
CREATE FUNCTION nrm.rings_at_night(m agencies_membership) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.roles::text[] && '{case_worker,coordinator}' AND EXISTS (
    SELECT 1 FROM agencies_dutymember d JOIN agencies_user u ON u.id = m.user_id
    WHERE d.membership_id = m.id AND d.desk_id = m.agency_id AND COALESCE(NULLIF(d.phone, ''), u.phone) <> '')
$$;

-- Return whether something would wait for nobody without this member: a role that no colleague holds (who only reports, or
-- counts, is waited for by nobody), the duty list of the desk, or a phone of it that rings, or a case that no colleague sees, or in
-- which justice waits for them alone.
CREATE FUNCTION nrm.is_needed(target bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
      SELECT 1 FROM unnest(m.roles::text[]) role WHERE role NOT IN ('frontline', 'statistician')
        AND NOT EXISTS (SELECT 1 FROM nrm.colleagues(m) o WHERE role = ANY(o.roles)))
    OR EXISTS (SELECT 1 FROM agencies_dutymember WHERE membership_id = m.id)
      AND NOT EXISTS (SELECT 1 FROM agencies_dutymember d JOIN nrm.colleagues(m) o ON o.id = d.membership_id)
    OR nrm.rings_at_night(m) AND NOT EXISTS (SELECT 1 FROM nrm.colleagues(m) o WHERE nrm.rings_at_night(o))
    OR m.roles::text[] && '{case_worker,coordinator}' AND (EXISTS (
      SELECT 1 FROM victims_caseaccess x
      WHERE x.agency_id = m.agency_id AND (x.until IS NULL OR x.until > now())
        AND NOT nrm.kept_out(m.id, m.agency_id, x.case_id)
        AND NOT EXISTS (SELECT 1 FROM nrm.colleagues(m) o WHERE o.roles::text[] && '{case_worker,coordinator}'
                          AND NOT nrm.kept_out(o.id, m.agency_id, x.case_id)))
      OR EXISTS (
      SELECT 1 FROM victims_requisition q
      WHERE q.agency_id = m.agency_id AND q.ended_at IS NULL AND NOT nrm.demand_kept(m.id, q)
        AND NOT EXISTS (SELECT 1 FROM nrm.colleagues(m) o WHERE o.roles::text[] && '{case_worker,coordinator}'
                          AND NOT nrm.demand_kept(o.id, q))))
    -- or an alert left at the desk, without a case and without a time limit, that no colleague reads
    OR nrm.reads_alone(m.id, m.agency_id, ARRAY(SELECT o.id FROM nrm.colleagues(m) o))
  FROM agencies_membership m WHERE m.id = target
$$;

-- Return when it was told that this account is not used, the oldest first: since the last sign-in and since it was last
-- said to stay on, and for a time only.
CREATE FUNCTION nrm.told_unused(target bigint) RETURNS timestamptz[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT x.at FROM agencies_memberchange x
               WHERE x.membership_id = target AND x.act = 'unused' AND x.at > now() - nrm.warned_for()
                 AND x.at > nrm.unused_since((SELECT m.user_id FROM agencies_membership m WHERE m.id = target))
                 AND NOT EXISTS (SELECT 1 FROM agencies_memberchange y
                                 WHERE y.membership_id = target AND y.act = 'stays' AND y.at > x.at)
               ORDER BY x.at)
$$;

-- Lock a member of the agency in whose name the worker acts, whose account nobody uses. Acts are serialised per agency, as
-- those of its administrators: of two who are needed together, one stays.
CREATE FUNCTION nrm.unused_member(target bigint) RETURNS agencies_membership LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership;
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM agencies_agency WHERE group_id = nrm.agency() FOR NO KEY UPDATE;
  SELECT t.* INTO m FROM agencies_membership t
  JOIN agencies_membership s ON s.id = nrm.membership() AND s.kind = 'system' AND s.agency_id = t.agency_id
  WHERE t.id = target AND t.active FOR UPDATE OF t;
  PERFORM 1 FROM agencies_user WHERE id = m.user_id AND is_active AND NOT is_staff
    AND nrm.unused_since(id) < now() - nrm.unused_at_least() FOR UPDATE;
  IF NOT FOUND THEN PERFORM nrm.wrong_state(); END IF;
  RETURN m;
END $$;

-- Tell that an account is not used (the person, and the administrators), or that it stays on since something would wait
-- for nobody without it (the administrators, and whoever is a second person for this agency, up to the national level).
CREATE FUNCTION nrm.tell_unused(target bigint, what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.unused_member(target); c agencies_memberchange;
BEGIN
  IF what NOT IN ('unused', 'stays') OR (what = 'stays') <> nrm.is_needed(m.id)
     OR EXISTS (SELECT 1 FROM agencies_memberchange x WHERE x.membership_id = m.id AND x.act = what
                AND x.at > now() - nrm.warned_last()) THEN
    PERFORM nrm.wrong_state();
  END IF;
  INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, asked, scopes, by_id, at, state, reason)
  VALUES (gen_random_uuid(), m.agency_id, m.id, what, '{}', '{}', nrm.membership(), now(), 'told', '') RETURNING * INTO c;
  IF what = 'unused' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'account_unused', 'memberchange', c.id, nrm.change_reference(c.id), '{person}', '{}',
            c.by_id, now());
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_unused', 'memberchange', c.id, nrm.change_reference(c.id), '{admins}', '{}',
            c.by_id, now());
  ELSE
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_stays', 'memberchange', c.id, nrm.change_reference(c.id), '{admins,second}', '{}',
            c.by_id, now());
  END IF;
END $$;

-- Switch off a member whose account nobody uses: told twice, and never one who is needed.
CREATE FUNCTION nrm.end_unused(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.unused_member(target); told timestamptz[] := nrm.told_unused(target);
BEGIN
  IF nrm.is_needed(m.id) OR cardinality(told) < 2 OR told[1] > now() - nrm.warned_first()
     OR told[cardinality(told)] > now() - nrm.warned_last() THEN
    PERFORM nrm.wrong_state();
  END IF;
  PERFORM nrm.take_off(m);
END $$;

-- Whether something stands that was done with an account: an entry of the journal, or a row that names it as more than
-- whom that row is about.
CREATE FUNCTION nrm.did_something(person bigint) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine bigint[] := ARRAY(SELECT id FROM agencies_membership WHERE user_id = person); k record; done boolean;
BEGIN
  done := EXISTS (SELECT 1 FROM journal_entry WHERE membership_id = ANY(mine));
  FOR k IN SELECT c.conrelid::regclass AS the_table, a.attname AS the_column
           FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.confrelid = 'public.agencies_membership'::regclass
             AND (c.conrelid::regclass::text, a.attname) NOT IN (
               ('agencies_memberchange', 'membership_id'), ('agencies_dutymember', 'membership_id'),
               ('notifications_notice', 'membership_id'), ('notifications_preference', 'membership_id'),
               ('victims_assignment', 'membership_id'))
  LOOP
    EXIT WHEN done;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE %I = ANY($1))', k.the_table, k.the_column) INTO done USING mine;
  END LOOP;
  RETURN done;
END $$;

-- Whether an account never signed in: invited once, never let in again since (the sign-ins of one who came back are not
-- counted before that), and nothing was done with it.
CREATE FUNCTION nrm.never_came(person bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN EXISTS (SELECT 1 FROM agencies_user WHERE id = person AND last_login IS NULL)
     AND (SELECT count(*) FROM agencies_membership WHERE user_id = person) < 2
     AND NOT EXISTS (SELECT 1 FROM agencies_memberchange c JOIN agencies_membership m ON m.id = c.membership_id
                     WHERE m.user_id = person AND c.act = 'on')
  THEN NOT nrm.did_something(person) ELSE false END
$$;

-- Return since when nothing of an account has moved.
CREATE FUNCTION nrm.quiet_since(person bigint) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(nrm.unused_since(person), (SELECT max(greatest(c.at, c.decided_at)) FROM agencies_memberchange c
                                             JOIN agencies_membership m ON m.id = c.membership_id WHERE m.user_id = person))
$$;

-- Return the accounts with which nobody can act any more, since when, and whether anybody ever did: of people, not yet
-- forgotten. For the worker, above the policies.
CREATE FUNCTION nrm.accounts_off() RETURNS TABLE (person bigint, since timestamptz, never boolean) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, nrm.quiet_since(u.id), nrm.never_came(u.id) FROM agencies_user u
  WHERE NOT u.is_staff AND u.full_name <> ''
    AND NOT (u.is_active AND EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
                                     WHERE m.user_id = u.id AND m.active AND a.active))
$$;

-- Forget who an account was: name, address, phone, functions, password, factors, identity of the State's sign-in, what
-- was kept for it. The row stays, so that what this person wrote stays written by somebody of that agency. Of one that was
-- shut for good the keyed digest of the address stays in its place: it opens no other account (accounts.is_shut).
CREATE FUNCTION nrm.forget_account(target bigint, digest text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine bigint[] := ARRAY(SELECT id FROM agencies_membership WHERE user_id = target);
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM agencies_user WHERE id = target FOR UPDATE;
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' OR digest !~ '^[0-9a-f]{64}$' OR NOT EXISTS (
      SELECT 1 FROM nrm.accounts_off() a WHERE a.person = target
        AND a.since < now() - CASE WHEN a.never THEN nrm.invited_at_least() ELSE nrm.account_kept_at_least() END) THEN
    RAISE EXCEPTION 'this account is kept' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM nrm.shut_account(target);
  DELETE FROM agencies_session WHERE user_id = target;
  DELETE FROM agencies_providerlink WHERE user_id = target;
  DELETE FROM mfa_authenticator WHERE user_id = target;
  DELETE FROM agencies_dutymember WHERE membership_id = ANY(mine);
  DELETE FROM referral_savedsearch WHERE membership_id = ANY(mine);
  DELETE FROM notifications_preference WHERE membership_id = ANY(mine);
  DELETE FROM notifications_notice WHERE membership_id = ANY(mine);
  UPDATE agencies_memberchange SET reason = '' WHERE membership_id = ANY(mine);
  UPDATE agencies_membership SET title = '', active = false WHERE id = ANY(mine);
  UPDATE agencies_user SET email = concat(CASE WHEN is_active THEN id::text ELSE digest END, '@', nrm.former()),
    full_name = '', phone = '', language = 'fr', charter = '', charter_at = NULL, last_login = NULL, factor_at = NULL,
    is_active = false WHERE id = target;
END $$;
