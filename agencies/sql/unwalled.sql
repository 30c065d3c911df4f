-- What guards the writes of the application that happen before anybody acts. A context that nobody told is nobody
-- (nrm.signed_context), who signs in: each of these asks for more. The owner's functions write without being asked.

-- Whether the application signed these words for this transaction, under the setting that their first names
-- (foundation/statements/signing.py, `tell`).
CREATE FUNCTION nrm.told(VARIADIC words text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT nrm.signed(concat_ws(E'\n', nrm.transaction(), array_to_string(words, E'\n')),
                    current_setting('nrm.' || words[1], true))
$$;

-- One's own account and factors: as who acts, or as whom the application says is showing a factor. Raises 42501 for
-- anybody else.
CREATE FUNCTION nrm.kept_by_oneself() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  who bigint := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
  acting bigint := NULLIF(current_setting('nrm.membership', true), '')::bigint;
BEGIN
  IF nrm.told('oneself', who::text) THEN
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

-- Counts of tries, which nobody who acts writes.
CREATE FUNCTION nrm.tries_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.told('tries') THEN
    RAISE EXCEPTION 'tries are not signed' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_tries_signed BEFORE INSERT OR UPDATE OR DELETE ON agencies_tries
FOR EACH STATEMENT WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.tries_signed();

-- A session that begins. One that was closed stays so: whoever has its cookie, and a copy of its row, would put it back.
CREATE FUNCTION nrm.session_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.told('session') THEN
    RAISE EXCEPTION 'no session begins' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_session_begun BEFORE INSERT ON agencies_session
FOR EACH STATEMENT WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.session_begun();

-- A session stays its person's, and one that is over stays so: hidden for a moment from among those that its person and
-- the administrator close, it would come back. The hour is that of the clock: a transaction may have begun long ago.
CREATE FUNCTION nrm.session_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id THEN
    RAISE EXCEPTION 'a session stays its person''s' USING ERRCODE = '42501';
  END IF;
  RETURN CASE WHEN OLD.expire_date > clock_timestamp() THEN NEW END;
END $$;
CREATE TRIGGER nrm_session_stays BEFORE UPDATE ON agencies_session
FOR EACH ROW WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.session_stays();

-- A token, and when its program was last given one: as the application gives it. A token that was ended with its secret
-- stays so: whoever kept it would put its row back.
CREATE FUNCTION nrm.token_given() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT nrm.told('given', to_jsonb(NEW) ->> TG_ARGV[0]) THEN
    RAISE EXCEPTION 'no token is given to this program' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_token_given BEFORE INSERT ON oauth2_provider_accesstoken
FOR EACH ROW WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.token_given('application_id');
CREATE TRIGGER nrm_token_noted BEFORE UPDATE ON agencies_apiclient
FOR EACH ROW WHEN (current_user IN ('nrm_app', 'nrm_worker')) EXECUTE FUNCTION nrm.token_given('id');

-- Tokens that are over go by the worker, the others by the functions that end them (nrm.end_tokens).
CREATE FUNCTION nrm.token_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a token goes when it is over' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER nrm_token_stays BEFORE DELETE ON oauth2_provider_accesstoken
FOR EACH ROW WHEN (current_user = 'nrm_app' OR (current_user = 'nrm_worker' AND OLD.expires >= now()))
EXECUTE FUNCTION nrm.token_stays();

-- Entries of nobody, such as a wrong password: the application says that it writes them. In system mode the context is
-- signed (policy signed_insert_).
CREATE FUNCTION nrm.nobody_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('nrm.system', true) = 'on' OR nrm.told('nobody') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'nobody writes this' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER nrm_nobody_told BEFORE INSERT ON journal_entry
FOR EACH ROW WHEN (NEW.membership_id IS NULL AND current_user IN ('nrm_app', 'nrm_worker'))
EXECUTE FUNCTION nrm.nobody_told();
