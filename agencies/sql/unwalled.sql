-- What guards the writes of the application that happen before anybody acts. A context that nobody told is nobody
-- (nrm.signed_context), who signs in: each of these asks for more. The owner's functions write without being asked.

-- One's own account and factors: as who acts, or as whom the application says is showing a factor (in this transaction).
-- Raises 42501 for anybody else.
CREATE FUNCTION nrm.kept_by_oneself() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  who bigint := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
  acting bigint := NULLIF(current_setting('nrm.membership', true), '')::bigint;
BEGIN
  IF nrm.signed(concat_ws(E'\n', nrm.transaction(), 'oneself', who), current_setting('nrm.oneself', true)) THEN
    RETURN NEW;
  END IF;
  PERFORM nrm.signed_context();
  IF EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = acting AND m.active AND m.user_id = who) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'written by nobody but its person' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER nrm_account_kept BEFORE UPDATE ON agencies_user
FOR EACH ROW WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.kept_by_oneself('id');
CREATE TRIGGER nrm_factor_kept BEFORE UPDATE ON mfa_authenticator
FOR EACH ROW WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.kept_by_oneself('user_id');

-- Counts of tries, which nobody who acts writes: the application signs them for its transaction.
CREATE FUNCTION nrm.tries_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', nrm.transaction(), 'tries'), current_setting('nrm.tries', true)) THEN
    RAISE EXCEPTION 'tries are not signed' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_tries_signed BEFORE INSERT OR UPDATE OR DELETE ON agencies_tries
FOR EACH STATEMENT WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.tries_signed();
