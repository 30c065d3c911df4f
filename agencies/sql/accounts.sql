-- Passwords and the codes that give one. The application writes neither by itself: an administrator never chooses a
-- password, and a mistake in a page cannot change somebody else's.

-- The first password of an account, or a new one: against the code that was told, once, in its time. NULL for a wrong
-- code, an unknown address, a code out of time or used, an account without an active membership: one answer for all.
CREATE FUNCTION nrm.use_code(address text, given text, secret text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found_id bigint;
BEGIN
  SELECT c.user_id INTO found_id
  FROM agencies_activationcode c JOIN agencies_user u ON u.id = c.user_id
  WHERE u.email = lower(address) AND c.digest = given AND c.until > now() AND u.is_active
    AND EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
                WHERE m.user_id = u.id AND m.active AND a.active)
  FOR UPDATE OF c;
  IF found_id IS NULL THEN RETURN NULL; END IF;
  DELETE FROM agencies_activationcode WHERE user_id = found_id;
  UPDATE agencies_user SET password = secret WHERE id = found_id;
  RETURN found_id;
END $$;

-- One's own password; the old one was asked for by the page. A code that runs for the account ends with it.
CREATE FUNCTION nrm.own_password(secret text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me bigint := (SELECT m.user_id FROM agencies_membership m WHERE m.id = nrm.membership() AND m.active);
BEGIN
  IF me IS NULL THEN RAISE EXCEPTION 'no person acts' USING ERRCODE = '42501'; END IF;
  UPDATE agencies_user SET password = secret WHERE id = me;
  DELETE FROM agencies_activationcode WHERE user_id = me;
END $$;

-- Below the two ways to an account (an organisation's administrator, the coordination that admits an organisation).

-- Whoever works nowhere any more comes back with nothing of before: no password, no session, no code. NULL when the
-- address already works somewhere, or is shut for good.
CREATE FUNCTION nrm.new_account(address text, person text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE u agencies_user;
BEGIN
  INSERT INTO agencies_user (email, full_name, password, language, phone, is_active, is_staff, date_joined)
  VALUES (lower(address), person, '!' || replace(gen_random_uuid()::text, '-', ''), 'fr', '', true, false, now())
  ON CONFLICT (email) DO NOTHING;
  SELECT * INTO u FROM agencies_user WHERE email = lower(address) FOR UPDATE;
  IF NOT u.is_active OR u.is_staff OR EXISTS (SELECT 1 FROM agencies_membership m WHERE m.user_id = u.id
       AND (m.active OR m.agency_id = NULLIF(current_setting('nrm.agency', true), '')::int)) THEN
    RETURN NULL;
  END IF;
  DELETE FROM agencies_activationcode WHERE user_id = u.id;
  UPDATE agencies_user SET last_login = NULL, password = '!' || replace(gen_random_uuid()::text, '-', '')
  WHERE id = u.id;
  RETURN u.id;
END $$;

-- One code an account, good for 72 hours; those that are over are forgotten in passing.
CREATE FUNCTION nrm.write_code(person bigint, told text) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE ends timestamptz := now() + interval '72 hours';
BEGIN
  IF told !~ '^[0-9a-f]{64}$' THEN RAISE EXCEPTION 'not a digest' USING ERRCODE = '42501'; END IF;
  DELETE FROM agencies_activationcode WHERE until < now();
  INSERT INTO agencies_activationcode (user_id, digest, until, by_id) VALUES (person, told, ends, nrm.membership())
  ON CONFLICT (user_id) DO UPDATE SET digest = EXCLUDED.digest, until = EXCLUDED.until, by_id = EXCLUDED.by_id;
  RETURN ends;
END $$;

-- A code never outlives a change of where its person works: who made it knew of the organisations of that day.
CREATE FUNCTION nrm.code_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM agencies_activationcode WHERE user_id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_code_ends AFTER INSERT OR UPDATE OF active, user_id, agency_id ON agencies_membership
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION nrm.code_ends();
