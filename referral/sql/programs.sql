-- Programs of an agency, kept by its administrator. A program is a member without a person: what it may see waits for a
-- second person, as that of any member (member_changes.sql), and everybody of the agency reads what was done.

-- Lock a program of the administrator's own agency that was not cut.
CREATE FUNCTION nrm.program_kept(target bigint) RETURNS agencies_membership LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership; mine int;
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM agencies_agency WHERE group_id = nrm.agency() FOR NO KEY UPDATE;
  mine := nrm.administers();
  SELECT * INTO m FROM agencies_membership WHERE id = target AND agency_id = mine AND kind = 'service' FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  IF NOT m.active THEN PERFORM nrm.wrong_state(); END IF;
  RETURN m;
END $$;

-- The roles of what a program may do: to report alone sees what it reported (sight « own »), the rest works on cases.
CREATE FUNCTION nrm.program_roles(scopes text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_remove(ARRAY[CASE WHEN 'alert' = ANY(scopes) THEN 'frontline' END,
                            CASE WHEN scopes && '{read,work,administer}' THEN 'case_worker' END], NULL)
$$;

-- Refuse what is no scope, none at all, and work without reading: each answer to a move shows what it is about.
CREATE FUNCTION nrm.only_scopes(scopes text[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF scopes = '{}' OR NOT scopes <@ '{read,alert,work,administer}' OR ('work' = ANY(scopes) AND NOT 'read' = ANY(scopes)) THEN
    RAISE EXCEPTION 'not what a program may do' USING ERRCODE = '42501';
  END IF;
END $$;

-- Make a program without a secret and without a role: those of its scopes hold once a second person agrees.
CREATE FUNCTION nrm.make_program(label text, wanted text[], client text) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int := nrm.administers(); made bigint;
BEGIN
  PERFORM nrm.signed_context();
  PERFORM nrm.only_scopes(wanted);
  PERFORM nrm.only_given(mine, nrm.program_roles(wanted));
  IF btrim(label) = '' THEN RAISE EXCEPTION 'a program has a name' USING ERRCODE = '42501'; END IF;
  INSERT INTO agencies_membership (agency_id, kind, roles, title, active, created_at, invited_by_id, arrived_at)
  VALUES (mine, 'service', '{}', label, true, now(), nrm.membership(), now()) RETURNING id INTO made;
  INSERT INTO agencies_apiclient (client_id, redirect_uris, post_logout_redirect_uris, client_type,
    authorization_grant_type, client_secret, hash_client_secret, name, skip_authorization, created, updated, algorithm,
    allowed_origins, registration_source, membership_id, scopes, former_secret)
  VALUES (client, '', '', 'confidential', 'client-credentials', '!', true, label, false, now(), now(), '', '', 'manual',
          made, wanted, '');
  PERFORM nrm.note_change(made, 'program', nrm.program_roles(wanted), NULL, wanted);
  RETURN made;
END $$;

-- A new secret, as a digest. The former one goes on for a while, or ends at once when it may be known. Returns its end.
CREATE FUNCTION nrm.renew_secret(target bigint, digest text, at_once boolean) RETURNS timestamptz LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target); ends timestamptz;
BEGIN
  IF digest !~ '^[a-z0-9_]+\$.{20}' THEN RAISE EXCEPTION 'not a digest' USING ERRCODE = '42501'; END IF;
  UPDATE agencies_apiclient SET client_secret = digest, updated = now(),
    former_secret = CASE WHEN at_once OR client_secret = '!' THEN '' ELSE client_secret END,
    former_until = CASE WHEN NOT at_once AND client_secret <> '!' THEN now() + nrm.secret_overlap() END
  WHERE membership_id = m.id RETURNING former_until INTO ends;
  IF at_once THEN PERFORM nrm.end_tokens(m.id); END IF;
  -- whoever has the secret reads as the program: never a second person for it (nrm.brought)
  UPDATE agencies_membership SET code_by_id = nrm.membership(), code_at = now() WHERE id = m.id;
  PERFORM nrm.note_change(m.id, 'secret', '{}');
  RETURN ends;
END $$;

CREATE FUNCTION nrm.end_tokens(target bigint) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM oauth2_provider_accesstoken t USING agencies_apiclient c
  WHERE c.membership_id = target AND t.application_id = c.id
$$;

-- A public key, by whose private half the program signs for its tokens. The former one goes on for a while, or ends at
-- once with the tokens when somebody may know its private half. Returns its end.
CREATE FUNCTION nrm.set_program_key(target bigint, jwk jsonb, at_once boolean) RETURNS timestamptz LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target); ends timestamptz;
BEGIN
  IF NOT jwk ? 'kid' OR jwk ? 'd' OR NOT jwk->>'kty' = ANY('{RSA,EC,OKP}') THEN
    RAISE EXCEPTION 'not a public key' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_apiclient SET key = jwk, updated = now(),
    former_key = CASE WHEN NOT at_once THEN key END,
    former_key_until = CASE WHEN NOT at_once AND key IS NOT NULL THEN now() + nrm.secret_overlap() END
  WHERE membership_id = m.id RETURNING former_key_until INTO ends;
  IF at_once THEN PERFORM nrm.end_tokens(m.id); END IF;
  -- as for a secret: whoever may hold the private half reads as the program
  UPDATE agencies_membership SET code_by_id = nrm.membership(), code_at = now() WHERE id = m.id;
  PERFORM nrm.note_change(m.id, 'key', '{}');
  RETURN ends;
END $$;

-- No key any more: those that stand end now, with the tokens. A secret goes on.
CREATE FUNCTION nrm.cut_program_key(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target);
BEGIN
  UPDATE agencies_apiclient SET key = NULL, former_key = NULL, former_key_until = NULL, updated = now()
  WHERE membership_id = m.id AND key IS NOT NULL;
  IF NOT FOUND THEN PERFORM nrm.wrong_state(); END IF;
  PERFORM nrm.end_tokens(m.id);
  PERFORM nrm.note_change(m.id, 'keycut', '{}');
END $$;

-- Cut a program for good: its tokens, secrets and keys end now.
CREATE FUNCTION nrm.cut_program(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target);
BEGIN
  UPDATE agencies_membership SET active = false WHERE id = m.id;
  UPDATE agencies_apiclient SET client_secret = '!', former_secret = '', former_until = NULL, key = NULL,
    former_key = NULL, former_key_until = NULL, updated = now()
  WHERE membership_id = m.id;
  PERFORM nrm.end_tokens(m.id);
  PERFORM nrm.note_change(m.id, 'cut', '{}');
END $$;

-- Let a program do less, at once, and take back what was asked beyond; or ask that it do more, once it holds its roles.
CREATE FUNCTION nrm.set_program_scopes(target bigint, wanted text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(target); held text[]; kept text[];
BEGIN
  PERFORM nrm.only_scopes(wanted);
  SELECT c.scopes INTO STRICT held FROM agencies_apiclient c WHERE c.membership_id = m.id;
  IF held <@ wanted AND held @> wanted OR m.roles = '{}' AND NOT held @> wanted THEN PERFORM nrm.wrong_state(); END IF;
  kept := ARRAY(SELECT s FROM unnest(held) s WHERE s = ANY(wanted));
  IF kept <> '{}' THEN
    UPDATE agencies_apiclient SET scopes = kept, updated = now() WHERE membership_id = m.id;
    UPDATE agencies_membership SET roles = ARRAY(SELECT r FROM unnest(roles) r WHERE r = ANY(nrm.program_roles(kept)))
    WHERE id = m.id;
    UPDATE agencies_memberchange SET state = 'withdrawn', decided_by_id = nrm.membership(), decided_at = now()
    WHERE membership_id = m.id AND state = 'waiting' AND act = 'scopes';
  END IF;
  IF NOT held @> wanted THEN
    PERFORM nrm.only_given(m.agency_id, nrm.program_roles(wanted));
    PERFORM nrm.note_change(m.id, 'scopes', nrm.program_roles(wanted), NULL, wanted);
  END IF;
END $$;
