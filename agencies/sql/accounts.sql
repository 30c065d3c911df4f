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
