-- What the database believes only of the application: it signs with a key that no role reads but the owner's functions.
-- A stolen password of the application can set any context; it cannot sign it, and so it can act as nobody.
-- foundation/statements/signing.py makes the signatures and keeps the keys.
CREATE TABLE IF NOT EXISTS nrm.signing_key (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);

-- HMAC-SHA256 (RFC 2104) under one of the keys.
CREATE FUNCTION nrm.signed(message text, given text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM nrm.signing_key k
    WHERE encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8'))), 'hex') = given)
$$;

-- The context as it is signed, with the name of the transaction: what another session reads of it is of no use there.
CREATE FUNCTION nrm.context() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\n', current_setting('nrm.agency', true), current_setting('nrm.membership', true),
    current_setting('nrm.sight', true), current_setting('nrm.arrival', true), current_setting('nrm.kind', true),
    current_setting('nrm.system', true))
$$;

CREATE FUNCTION nrm.transaction() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT pg_backend_pid() || '@' || extract(epoch FROM now()) $$;

-- Raise 42501 for a context that the application did not sign. None at all is no context: nobody acts, and nothing is
-- written in a name.
CREATE FUNCTION nrm.signed_context() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER COST 5000
SET search_path = pg_catalog, pg_temp AS $$
DECLARE told text := nrm.context(); given text := current_setting('nrm.signature', true);
BEGIN
  IF translate(told, E'\n', '') = '' OR nrm.signed(concat_ws(E'\n', nrm.transaction(), told), given) THEN
    RETURN true;
  END IF;
  RAISE EXCEPTION 'the context is not signed' USING ERRCODE = '42501',
    HINT = 'Only the application tells who acts: acting_as(membership), or a request with an actor.';
END $$;
