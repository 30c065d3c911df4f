-- Second factors, in the table of django-allauth. A person writes their own; an account knows when they changed, and its
-- sessions end with that.

-- Return the acting person.
CREATE FUNCTION nrm.person() RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT m.user_id FROM agencies_membership m WHERE m.id = nrm.membership() AND m.active $$;

-- Recovery codes are no factor of their own: they go with the last one. Taken away by somebody else, the time stays, so
-- that a password alone sets up no other (nrm.use_code).
CREATE FUNCTION nrm.factor_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE who bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
BEGIN
  UPDATE agencies_user SET factor_at = CASE
      WHEN EXISTS (
             SELECT 1 FROM agencies_membership m
             WHERE m.id = NULLIF(current_setting('nrm.membership', true), '')::bigint AND m.user_id = who)
           AND NOT EXISTS (SELECT 1 FROM mfa_authenticator f WHERE f.user_id = who AND f.type <> 'recovery_codes') THEN NULL
      ELSE clock_timestamp() END
  WHERE id = who;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_factor_added AFTER INSERT ON mfa_authenticator
FOR EACH ROW WHEN (NEW.type <> 'recovery_codes') EXECUTE FUNCTION nrm.factor_changed();
CREATE TRIGGER nrm_factor_removed AFTER DELETE ON mfa_authenticator
FOR EACH ROW WHEN (OLD.type <> 'recovery_codes') EXECUTE FUNCTION nrm.factor_changed();

-- Whose a factor is never changes, nor the public key of a passkey: another in its place would open the account. Codes
-- that were used are marked in the others.
CREATE FUNCTION nrm.factor_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.user_id <> OLD.user_id OR NEW.type <> OLD.type OR (OLD.type = 'webauthn' AND NEW.data <> OLD.data) THEN
    RAISE EXCEPTION 'a second factor stays as it was set up' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_factor_stays BEFORE UPDATE ON mfa_authenticator FOR EACH ROW EXECUTE FUNCTION nrm.factor_stays();
