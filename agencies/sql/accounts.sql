-- Passwords and activation codes. The application writes neither directly: an administrator never chooses a password,
-- and a fault in a page cannot change somebody else's.

-- Set a password with a valid code. Returns NULL alike for a wrong, expired or used code, an unknown address, and an
-- account without active membership. The page signs for this transaction that it was told the code of which this is the
-- digest: statements and tables show the digest, not the code, to whoever has a password of the database.
CREATE FUNCTION nrm.use_code(address text, given text, secret text, signature text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found_id bigint;
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', nrm.transaction(), 'use code', address, given), signature) THEN
    RAISE EXCEPTION 'not signed' USING ERRCODE = '42501';
  END IF;
  SELECT c.user_id INTO found_id
  FROM agencies_activationcode c JOIN agencies_user u ON u.id = c.user_id
  WHERE u.email = lower(address) AND c.digest = given AND c.until > now() AND u.is_active
    AND EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
                WHERE m.user_id = u.id AND m.active AND a.active)
  FOR UPDATE OF c;
  IF found_id IS NULL THEN RETURN NULL; END IF;
  DELETE FROM agencies_activationcode WHERE user_id = found_id;
  -- a second factor that is there stays; in place of one that was taken away another may now be set up
  UPDATE agencies_user u SET password = secret,
    factor_at = CASE WHEN EXISTS (SELECT 1 FROM mfa_authenticator f WHERE f.user_id = u.id) THEN u.factor_at END
  WHERE u.id = found_id;
  RETURN found_id;
END $$;

-- Replace a hash of another cost by one of the present cost, of the same password, which the page has checked and signs
-- for: nobody acts yet. Returns whether it did: a hash of the present cost is never replaced.
CREATE FUNCTION nrm.strengthen(person bigint, former text, secret text, signature text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', 'strengthen', former, secret), signature) THEN
    RAISE EXCEPTION 'not signed' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_user SET password = secret
  WHERE id = person AND password = former AND is_active AND NOT starts_with(former, nrm.password_cost())
    AND starts_with(secret, nrm.password_cost());
  RETURN FOUND;
END $$;

-- Note that a person signed in, whole: with the second factor that is owed. The application writes no such time itself,
-- which says when an account is nobody's any more (nrm.unused_since); the sign-in signs it, for this transaction alone.
CREATE FUNCTION nrm.note_sign_in(person bigint, signature text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', nrm.transaction(), 'signed in', person), signature) THEN
    RAISE EXCEPTION 'not signed' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_user SET last_login = now() WHERE id = person AND is_active;
END $$;

-- Set one's own password; the page has checked the old one. A current code of the account ends.
CREATE FUNCTION nrm.own_password(secret text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me bigint := (SELECT m.user_id FROM agencies_membership m WHERE m.id = nrm.membership() AND m.active);
BEGIN
  PERFORM nrm.signed_context();
  IF me IS NULL THEN RAISE EXCEPTION 'no person acts' USING ERRCODE = '42501'; END IF;
  UPDATE agencies_user SET password = secret WHERE id = me;
  DELETE FROM agencies_activationcode WHERE user_id = me;
END $$;

-- Used by the two ways to create an account: an organisation's administrator, and admission by the coordination.

-- A person without active membership comes back without password, sessions and codes. Returns NULL when the address is
-- active elsewhere, deactivated for good, or of the domain of accounts that were forgotten, of whom it would take the place.
CREATE FUNCTION nrm.new_account(address text, person text) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE u agencies_user;
BEGIN
  IF lower(address) LIKE '%@' || nrm.former() THEN RETURN NULL; END IF;
  INSERT INTO agencies_user (email, full_name, password, language, phone, charter, is_active, is_staff, date_joined)
  VALUES (lower(address), person, '!' || replace(gen_random_uuid()::text, '-', ''), 'fr', '', '', true, false, now())
  ON CONFLICT (email) DO NOTHING;
  SELECT * INTO u FROM agencies_user WHERE email = lower(address) FOR UPDATE;
  IF NOT u.is_active OR u.is_staff OR EXISTS (SELECT 1 FROM agencies_membership m WHERE m.user_id = u.id
       AND (m.active OR m.agency_id = NULLIF(current_setting('nrm.agency', true), '')::int)) THEN
    RETURN NULL;
  END IF;
  DELETE FROM agencies_activationcode WHERE user_id = u.id;
  DELETE FROM agencies_providerlink WHERE user_id = u.id;
  UPDATE agencies_user SET last_login = NULL, password = '!' || replace(gen_random_uuid()::text, '-', '')
  WHERE id = u.id;
  RETURN u.id;
END $$;

-- One code per account; expired ones are deleted here.
CREATE FUNCTION nrm.write_code(person bigint, told text) RETURNS timestamptz LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ends timestamptz := now() + nrm.code_life();
BEGIN
  IF told !~ '^[0-9a-f]{64}$' THEN RAISE EXCEPTION 'not a digest' USING ERRCODE = '42501'; END IF;
  DELETE FROM agencies_activationcode WHERE until < now();
  INSERT INTO agencies_activationcode (user_id, digest, until, by_id) VALUES (person, told, ends, nrm.membership())
  ON CONFLICT (user_id) DO UPDATE SET digest = EXCLUDED.digest, until = EXCLUDED.until, by_id = EXCLUDED.by_id;
  RETURN ends;
END $$;

-- A code ends when the memberships of its person change: its author knew only those of that day.
CREATE FUNCTION nrm.code_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM agencies_activationcode WHERE user_id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_code_ends AFTER INSERT OR UPDATE OF active, user_id, agency_id ON agencies_membership
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION nrm.code_ends();
