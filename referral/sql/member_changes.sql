-- What an administrator does about a member is written here and told to every member of the agency. Roles that open cases
-- or make a second person (nrm.approvers) wait until a second person agrees: an administrator could invent a member.

CREATE FUNCTION nrm.change_reference(change uuid) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT upper(left(change::text, 4) || '-' || substr(change::text, 5, 4)) $$;

-- Write an act and tell it. What waited for the same member is withdrawn by a later choice of roles.
CREATE FUNCTION nrm.note_change(target bigint, what text, wanted text[], files int DEFAULT NULL, doing text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c agencies_memberchange;
BEGIN
  IF what NOT IN ('code', 'secret', 'key', 'keycut') THEN
    UPDATE agencies_memberchange SET state = 'withdrawn', decided_by_id = nrm.membership(), decided_at = now()
    WHERE membership_id = target AND state = 'waiting';
  END IF;
  INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, asked, cases, scopes, by_id, at, state, reason)
  SELECT gen_random_uuid(), m.agency_id, m.id, what, wanted, files, doing, nrm.membership(), now(),
         CASE WHEN wanted = '{}' AND files IS NULL AND what NOT IN ('factor', 'hook') THEN 'told' ELSE 'waiting' END, ''
  FROM agencies_membership m WHERE m.id = target RETURNING * INTO c;
  IF what = 'code' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'account_code', 'memberchange', c.id, nrm.change_reference(c.id), '{person}', '{}',
            nrm.membership(), now());
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_code', 'memberchange', c.id, nrm.change_reference(c.id), '{members}', '{}',
            nrm.membership(), now());
  ELSE
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_changed', 'memberchange', c.id, nrm.change_reference(c.id), '{members}', '{}',
            nrm.membership(), now());
  END IF;
  IF what = 'factor' THEN  -- whoever did not lose it says so before it is taken away
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'account_factor', 'memberchange', c.id, nrm.change_reference(c.id), '{person}', '{}',
            nrm.membership(), now());
  END IF;
  IF c.state = 'waiting' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_waiting', 'memberchange', c.id, nrm.change_reference(c.id), '{second}', '{}',
            nrm.membership(), now());
  END IF;
END $$;

-- Tell a person, and the administrators of each organisation where it works, that wrong passwords or codes closed its
-- account somewhere; once a day, since anybody can type them. Called when nobody is signed in: the page that counted them
-- signs it for this transaction. Returns whether it told.
CREATE FUNCTION nrm.tell_locked(person bigint, signature text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c agencies_memberchange; told boolean := false;
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', nrm.transaction(), 'locked', person), signature) THEN
    RAISE EXCEPTION 'not signed' USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM agencies_user WHERE id = person AND is_active FOR UPDATE;  -- two at once tell once
  IF NOT FOUND OR EXISTS (SELECT 1 FROM agencies_memberchange x JOIN agencies_membership m ON m.id = x.membership_id
                          WHERE m.user_id = person AND x.act = 'locked' AND x.at > now() - interval '1 day') THEN
    RETURN false;
  END IF;
  FOR c IN
    INSERT INTO agencies_memberchange (id, agency_id, membership_id, act, asked, scopes, by_id, at, state, reason)
    SELECT gen_random_uuid(), m.agency_id, m.id, 'locked', '{}', '{}', s.id, now(), 'told', ''
    FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id AND a.active
    JOIN agencies_membership s ON s.agency_id = m.agency_id AND s.kind = 'system'
    WHERE m.user_id = person AND m.active ORDER BY m.id RETURNING *
  LOOP
    IF NOT told THEN  -- the person once, whatever the number of its organisations
      INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
      VALUES (gen_random_uuid(), 'account_locked', 'memberchange', c.id, nrm.change_reference(c.id), '{person}', '{}',
              c.by_id, now());
    END IF;
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'member_locked', 'memberchange', c.id, nrm.change_reference(c.id), '{admins}', '{}',
            c.by_id, now());
    told := true;
  END LOOP;
  RETURN told;
END $$;

-- Roles that wait for a second person in this agency: those that open cases or make a second person, and `policy` where
-- it speaks for the State.
CREATE FUNCTION nrm.role_waits(agency int, role text) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT role = ANY(nrm.approvers()) OR (role = 'policy' AND nrm.speaks_for_the_state(agency)) $$;

-- Roles of `wanted` that wait, when the member has `held` already; and those that hold at once.
CREATE FUNCTION nrm.roles_waiting(agency int, wanted text[], held text[]) RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT r FROM unnest(wanted) r WHERE nrm.role_waits(agency, r) AND NOT r = ANY(held))
$$;
CREATE FUNCTION nrm.roles_at_once(agency int, wanted text[], held text[]) RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT r FROM unnest(wanted) r WHERE NOT nrm.role_waits(agency, r) OR r = ANY(held))
$$;

-- A second person agrees or refuses, with a reason; an administrator of the agency takes it back.
CREATE FUNCTION nrm.decide_member(target uuid, said text, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c agencies_memberchange; m agencies_membership; given varchar[];
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO c FROM agencies_memberchange WHERE id = target FOR UPDATE;
  IF NOT FOUND OR NOT (c.agency_id = nrm.agency()
                       OR nrm.second_or_auditor(nrm.membership(), c.agency_id, c.by_id, c.membership_id)) THEN
    RAISE no_data_found;
  END IF;
  IF said IS NULL OR said NOT IN ('agree', 'refuse', 'withdraw')
     OR (said = 'withdraw' AND nrm.administers() <> c.agency_id)
     OR (said <> 'withdraw' AND NOT nrm.second_or_auditor(nrm.membership(), c.agency_id, c.by_id, c.membership_id)) THEN
    RAISE EXCEPTION 'a second person decides, an administrator withdraws' USING ERRCODE = '42501';
  END IF;
  IF c.state <> 'waiting' THEN PERFORM nrm.wrong_state(); END IF;
  IF said = 'refuse' AND btrim(why) = '' THEN RAISE EXCEPTION 'a reason is owed' USING ERRCODE = '42501'; END IF;
  IF said = 'agree' THEN
    SELECT * INTO m FROM agencies_membership WHERE id = c.membership_id FOR UPDATE;
    IF NOT m.active THEN PERFORM nrm.wrong_state(); END IF;
    IF c.act = 'files' THEN
      PERFORM nrm.take_over(m);
    ELSIF c.act = 'factor' THEN
      DELETE FROM mfa_authenticator WHERE user_id = m.user_id;
      DELETE FROM agencies_providerlink WHERE user_id = m.user_id;
      DELETE FROM agencies_session WHERE user_id = m.user_id;  -- there may have been no factor whose change ends them
    ELSIF c.act = 'hook' THEN
      UPDATE notifications_hook SET agreed_at = now() WHERE asked_id = c.id;
    ELSE
      PERFORM nrm.only_given(m.agency_id, c.asked::text[]);
      given := c.asked;
      IF m.kind = 'service' THEN  -- a program may have been let do less since
        IF c.act = 'scopes' THEN UPDATE agencies_apiclient SET scopes = c.scopes WHERE membership_id = m.id; END IF;
        SELECT ARRAY(SELECT r FROM unnest(c.asked) r WHERE NOT r = ANY(m.roles) AND r = ANY(nrm.program_roles(k.scopes))),
               ARRAY(SELECT r FROM unnest(m.roles) r WHERE r = ANY(nrm.program_roles(k.scopes)))
        INTO given, m.roles FROM agencies_apiclient k WHERE k.membership_id = m.id;
      END IF;
      UPDATE agencies_membership SET roles = m.roles || given,
        -- what the agency received before opens by assignment: the second person may have been deceived
        cases_from = CASE WHEN given::text[] && '{case_worker,coordinator}'
                           AND NOT m.roles::text[] && '{case_worker,coordinator}' THEN now() ELSE m.cases_from END
      WHERE id = m.id;
    END IF;
  END IF;
  UPDATE agencies_memberchange SET decided_by_id = nrm.membership(), decided_at = now(), reason = why,
    state = CASE said WHEN 'agree' THEN 'agreed' WHEN 'refuse' THEN 'refused' ELSE 'withdrawn' END WHERE id = c.id;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'member_decided', 'memberchange', c.id, nrm.change_reference(c.id), '{members}', '{}',
          nrm.membership(), now());
END $$;
