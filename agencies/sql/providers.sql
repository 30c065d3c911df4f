-- The State's sign-in (OpenID Connect). An identity is known by keyed digests of its issuer and subject, one for each key
-- of the ring, the first being the one to store. Neither function says anything to who has the application's password alone.

-- Return whom an identity signs in, and note that it did; NULL for an unknown one, and for an account that may not act.
-- Nobody acts yet: the sign-in signs the question, for this transaction alone.
CREATE FUNCTION nrm.linked_person(given text[], signature text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found_id bigint;
BEGIN
  IF NOT nrm.signed(concat_ws(E'\n', nrm.transaction(), 'linked person', array_to_string(given, E'\n')), signature) THEN
    RAISE EXCEPTION 'not signed' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_providerlink l SET digest = given[1], used_at = now() FROM agencies_user u
  WHERE l.digest = ANY (given) AND u.id = l.user_id AND u.is_active
    AND EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
                WHERE m.user_id = u.id AND m.active AND a.active)
  RETURNING l.user_id INTO found_id;
  RETURN found_id;
END $$;

-- Link an identity to the acting person. Returns false when it opens an account already, or the person has another.
CREATE FUNCTION nrm.link_provider(given text[]) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me bigint := nrm.person();
BEGIN
  PERFORM nrm.signed_context();
  IF me IS NULL THEN RAISE EXCEPTION 'no person acts' USING ERRCODE = '42501'; END IF;
  IF given[1] !~ '^[0-9a-f]{64}$' THEN RAISE EXCEPTION 'not a digest' USING ERRCODE = '42501'; END IF;
  IF EXISTS (SELECT 1 FROM agencies_providerlink l WHERE l.digest = ANY (given)) THEN RETURN false; END IF;
  INSERT INTO agencies_providerlink (user_id, digest, made_at) VALUES (me, given[1], now()) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
