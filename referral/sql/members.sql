-- Members of an organisation, managed by its administrator: invitation, roles, deactivation, new code. Each act is one
-- function, limited to the administrator's own agency and to the roles its kind may have, and never on themselves, so
-- that an administrator always remains. Other roles are given by those who run the platform.

-- Return the agency that the acting person administers.
CREATE FUNCTION nrm.administers() RETURNS int LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int;
BEGIN
  SELECT m.agency_id INTO mine
  FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id JOIN agencies_user u ON u.id = m.user_id
  WHERE m.id = nrm.membership() AND m.agency_id = nrm.agency() AND m.active AND a.active AND u.is_active
    AND 'agency_admin' = ANY(m.roles);
  IF mine IS NULL THEN RAISE EXCEPTION 'not an administrator' USING ERRCODE = '42501'; END IF;
  RETURN mine;
END $$;

-- Does this agency coordinate, or speak for a body that ever held the mandate? There the role `policy` publishes and
-- answers for the State.
CREATE FUNCTION nrm.speaks_for_the_state(agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = agency AND (a.kind = 'coordination' OR a.mandate <> ''
    OR EXISTS (SELECT 1 FROM plans_mandate d WHERE d.body_id = a.profile_id)))
$$;

-- Return the roles an administrator may give. Who coordinates, and who speaks for the State, waits for a second person.
CREATE FUNCTION nrm.roles_given(agency int) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE
    WHEN a.kind = 'coordination' OR a.mandate <> '' THEN '{coordinator,policy,agency_admin}'::text[]
    WHEN nrm.speaks_for_the_state(a.group_id) THEN '{policy,agency_admin}'
    -- the directory opens cases to an agency: below level 2 none of its members works on cases
    WHEN a.max_level < 2 OR a.kind = 'employer' THEN '{frontline,policy,agency_admin}'
    ELSE '{frontline,case_worker,policy,agency_admin}' END
  FROM agencies_agency a WHERE a.group_id = agency
$$;

-- Lock a member of the administrator's own agency, another person than themselves. Acts are serialised per agency, so
-- that two administrators never deactivate each other.
CREATE FUNCTION nrm.member_kept(target bigint) RETURNS agencies_membership LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership; mine int;
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM agencies_agency WHERE group_id = nrm.agency() FOR NO KEY UPDATE;
  mine := nrm.administers();
  SELECT * INTO m FROM agencies_membership WHERE id = target AND agency_id = mine AND kind = 'person' FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  IF m.user_id = (SELECT user_id FROM agencies_membership WHERE id = nrm.membership()) THEN
    RAISE EXCEPTION 'never oneself' USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM agencies_user WHERE id = m.user_id FOR UPDATE;
  RETURN m;
END $$;

CREATE FUNCTION nrm.only_given(agency int, wanted text[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF wanted = '{}' OR NOT wanted <@ nrm.roles_given(agency) THEN
    RAISE EXCEPTION 'a role that is not given here' USING ERRCODE = '42501';
  END IF;
END $$;

-- A member who holds a role given elsewhere is kept elsewhere. One whose roles wait holds none.
CREATE FUNCTION nrm.only_held(m agencies_membership) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT m.roles::text[] <@ nrm.roles_given(m.agency_id) THEN
    RAISE EXCEPTION 'a role that is not given here' USING ERRCODE = '42501';
  END IF;
END $$;

CREATE FUNCTION nrm.works_elsewhere(person bigint, agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM agencies_membership o WHERE o.user_id = person AND o.active AND o.agency_id <> agency) $$;

-- Close an account: no password opens it and its sessions end; it takes a code to come back.
CREATE FUNCTION nrm.shut_account(person bigint) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM agencies_activationcode WHERE user_id = person;
  UPDATE agencies_user SET password = '!' || replace(gen_random_uuid()::text, '-', '') WHERE id = person;
$$;

CREATE FUNCTION nrm.invite_member(address text, person text, place text, wanted text[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int := nrm.administers(); who bigint; made bigint;
BEGIN
  PERFORM nrm.signed_context();
  PERFORM nrm.only_given(mine, wanted);
  who := nrm.new_account(address, person);
  IF who IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  INSERT INTO agencies_membership (user_id, agency_id, kind, roles, title, active, created_at, invited_by_id, arrived_at)
  VALUES (who, mine, 'person', nrm.roles_at_once(mine, wanted, '{}'), place, true, now(), nrm.membership(), now())
  RETURNING id INTO made;
  PERFORM nrm.note_change(made, 'invite', nrm.roles_waiting(mine, wanted, '{}'));
  RETURN made;
END $$;

-- `asked`: what the member holds or waits for; the same again changes the title only.
CREATE FUNCTION nrm.set_member(target bigint, place text, wanted text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.member_kept(target); asked text[];
BEGIN
  PERFORM nrm.only_held(m);  -- a role given elsewhere is not removed here
  PERFORM nrm.only_given(m.agency_id, wanted);
  UPDATE agencies_membership SET title = place WHERE id = m.id;
  asked := m.roles::text[] || COALESCE((SELECT c.asked::text[] FROM agencies_memberchange c
                                        WHERE c.membership_id = m.id AND c.state = 'waiting'), '{}');
  IF wanted <@ asked AND asked <@ wanted THEN RETURN; END IF;
  UPDATE agencies_membership SET roles = nrm.roles_at_once(m.agency_id, wanted, m.roles) WHERE id = m.id;
  DELETE FROM agencies_dutymember  -- who works on no case any more is not called at night
  WHERE membership_id = m.id
    AND NOT nrm.roles_at_once(m.agency_id, wanted, m.roles)::text[] && '{case_worker,coordinator}';
  PERFORM nrm.note_change(m.id, 'roles', nrm.roles_waiting(m.agency_id, wanted, m.roles));
END $$;

-- Take a member off: an administrator does, or nobody uses the account (nrm.end_unused).
CREATE FUNCTION nrm.take_off(m agencies_membership) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE agencies_membership SET active = false WHERE id = m.id;
  PERFORM nrm.note_change(m.id, 'off', '{}');
  DELETE FROM agencies_dutymember WHERE membership_id = m.id;
  UPDATE referral_alertdesk SET in_charge_id = NULL WHERE in_charge_id = m.id AND live;
  UPDATE referral_orientationdesk SET in_charge_id = NULL WHERE in_charge_id = m.id AND live;
  IF NOT nrm.works_elsewhere(m.user_id, m.agency_id) THEN PERFORM nrm.shut_account(m.user_id); END IF;
END $$;

-- Deactivate a member, from the next request. The person leaves the duty list, and is no longer in charge of anything
-- at the desk; cases stay assigned, and count as unassigned. Restricted cases that nobody else could open go to `heir`.
CREATE FUNCTION nrm.switch_off_member(target bigint, heir bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.member_kept(target);
BEGIN
  IF NOT m.active THEN PERFORM nrm.wrong_state(); END IF;
  IF heir IS NOT NULL THEN
    IF NOT EXISTS (SELECT 1 FROM agencies_membership h JOIN agencies_user u ON u.id = h.user_id
                   WHERE h.id = heir AND h.id <> m.id AND h.agency_id = m.agency_id AND h.active AND u.is_active
                     AND h.roles::text[] && '{case_worker,coordinator}')
       OR NOT nrm.may_inherit(m.id, heir) THEN
      RAISE EXCEPTION 'not a member who works on cases, and did when these came' USING ERRCODE = '42501';
    END IF;
    INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
    SELECT a.case_id, m.agency_id, heir, now(), nrm.membership() FROM nrm.kept_by_alone(m.id, m.agency_id) a(case_id)
    ON CONFLICT DO NOTHING;
  END IF;
  PERFORM nrm.take_off(m);
END $$;

CREATE FUNCTION nrm.switch_on_member(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.member_kept(target);
BEGIN
  PERFORM nrm.only_held(m);
  IF m.active OR nrm.works_elsewhere(m.user_id, m.agency_id)
     OR NOT (SELECT is_active FROM agencies_user WHERE id = m.user_id) THEN  -- shut for good, or forgotten
    PERFORM nrm.wrong_state();
  END IF;
  UPDATE agencies_membership SET active = true, invited_by_id = nrm.membership(), arrived_at = now(),
    roles = nrm.roles_at_once(m.agency_id, m.roles, '{}') WHERE id = m.id;
  PERFORM nrm.note_change(m.id, 'on', nrm.roles_waiting(m.agency_id, m.roles, '{}'));
END $$;

-- Issue a code for a member, replacing the former one. Never for one who also works for another agency or has a role
-- given elsewhere: a code opens the account and all its access.
CREATE FUNCTION nrm.make_code(target bigint, told text) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.member_kept(target);
BEGIN
  PERFORM nrm.only_held(m);
  IF NOT m.active THEN PERFORM nrm.wrong_state(); END IF;
  IF nrm.works_elsewhere(m.user_id, m.agency_id) THEN
    RAISE EXCEPTION 'works for another agency too' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_membership SET code_by_id = nrm.membership(), code_at = now() WHERE id = m.id;
  PERFORM nrm.note_change(m.id, 'code', '{}');
  RETURN nrm.write_code(m.user_id, told);
END $$;

-- Say that a member lost the second factor: a second person agrees that it is taken away. With the conditions of a code,
-- which the person then needs to set up another one.
CREATE FUNCTION nrm.ask_factor(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.member_kept(target);
BEGIN
  PERFORM nrm.only_held(m);
  IF nrm.works_elsewhere(m.user_id, m.agency_id) THEN
    RAISE EXCEPTION 'works for another agency too' USING ERRCODE = '42501';
  END IF;
  IF NOT m.active
     OR NOT EXISTS (SELECT 1 FROM mfa_authenticator f WHERE f.user_id = m.user_id
                    UNION ALL SELECT 1 FROM agencies_providerlink l WHERE l.user_id = m.user_id)
     OR EXISTS (SELECT 1 FROM agencies_memberchange c WHERE c.membership_id = m.id AND c.state = 'waiting') THEN
    PERFORM nrm.wrong_state();
  END IF;
  PERFORM nrm.note_change(m.id, 'factor', '{}');
END $$;

-- Restricted cases of the agency to which no other active member is assigned, but for the archive, which others open.
CREATE FUNCTION nrm.kept_by_alone(member bigint, agency int) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT s.case_id FROM public.victims_assignment s
  JOIN public.victims_caseaccess x ON x.agency_id = s.agency_id AND x.case_id = s.case_id
  WHERE s.membership_id = member AND s.agency_id = kept_by_alone.agency AND x.restricted
    AND (x.until IS NULL OR x.until > now())
    AND NOT EXISTS (SELECT 1 FROM public.victims_assignment o JOIN public.agencies_membership k ON k.id = o.membership_id AND k.active
                    WHERE o.case_id = s.case_id AND o.agency_id = s.agency_id AND o.membership_id <> member)
    AND NOT EXISTS (SELECT 1 FROM public.victims_archive v WHERE v.case_id = s.case_id AND v.agency_id = s.agency_id)
$$;

-- Return what a member of one's own agency is in charge of, in numbers, and the end of the current code.
CREATE FUNCTION nrm.member_load(target bigint)
RETURNS TABLE (cases bigint, left_to_nobody bigint, alone bigint, received bigint, code_until timestamptz, elsewhere boolean,
               linked boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int := nrm.administers(); m agencies_membership;
BEGIN
  SELECT * INTO m FROM agencies_membership k WHERE k.id = target AND k.agency_id = mine AND k.kind = 'person';
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  RETURN QUERY WITH carried AS (
    SELECT EXISTS (SELECT 1 FROM victims_assignment o JOIN agencies_membership k ON k.id = o.membership_id AND k.active
                   WHERE o.case_id = s.case_id AND o.agency_id = mine AND o.membership_id <> m.id) AS shared
    FROM victims_assignment s JOIN victims_caseaccess x ON x.agency_id = s.agency_id AND x.case_id = s.case_id
    WHERE s.membership_id = m.id AND s.agency_id = mine AND x.status <> 'closed'
      AND (x.until IS NULL OR x.until > now()))
  SELECT
    (SELECT count(*) FROM carried),
    (SELECT count(*) FROM carried c WHERE NOT c.shared),
    (SELECT count(*) FROM nrm.kept_by_alone(m.id, mine)),
    (SELECT count(*) FROM referral_alertdesk d WHERE d.in_charge_id = m.id AND d.live)
      + (SELECT count(*) FROM referral_orientationdesk d WHERE d.in_charge_id = m.id AND d.live),
    (SELECT c.until FROM agencies_activationcode c WHERE c.user_id = m.user_id AND c.until > now()),
    nrm.works_elsewhere(m.user_id, mine),
    EXISTS (SELECT 1 FROM agencies_providerlink l WHERE l.user_id = m.user_id);
END $$;
