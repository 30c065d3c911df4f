-- Return the current actor to policies. All five raise without an actor: zero rows would look like "no data".
CREATE FUNCTION nrm.no_context() RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('nrm.system', true) = 'on' THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'no actor context' USING ERRCODE = '42501',
    HINT = 'Run this inside acting_as(membership), or as a request with an actor.';
END $$;

-- CASE and not COALESCE, which PostgreSQL takes for a function that may leak: behind a policy, a condition with it is no
-- index condition, and each question about the acting member would read all rows of the agency.
CREATE FUNCTION nrm.agency() RETURNS int LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN current_setting('nrm.agency', true) <> '' THEN current_setting('nrm.agency', true)::int
               ELSE nrm.no_context()::int END $$;

CREATE FUNCTION nrm.membership() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN current_setting('nrm.membership', true) <> '' THEN current_setting('nrm.membership', true)::bigint
               ELSE nrm.no_context()::bigint END $$;

CREATE FUNCTION nrm.sight() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN current_setting('nrm.sight', true) <> '' THEN current_setting('nrm.sight', true)
               ELSE nrm.no_context() END $$;

-- What the agency received before this time opens to the acting member by assignment only.
CREATE FUNCTION nrm.arrival() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN current_setting('nrm.arrival', true) <> '' THEN current_setting('nrm.arrival', true)::timestamptz
               ELSE nrm.no_context()::timestamptz END $$;

-- Sight is part of the agency's number and not a second condition, which would lose the ordered scan of lists.
CREATE FUNCTION nrm.desk() RETURNS int LANGUAGE sql STABLE AS
$$ SELECT CASE nrm.sight() WHEN 'case' THEN nrm.agency() END $$;

-- A member of a coordination unit is never also a member of an interior (police, border, residence) unit.
CREATE FUNCTION nrm.hats_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (  -- memberships without a person are not compared
    SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id,
                  agencies_agency mine
    WHERE m.user_id = NEW.user_id AND m.id <> NEW.id AND m.active AND NEW.active AND mine.group_id = NEW.agency_id
      AND ((a.mandate <> '' AND mine.kind = 'interior') OR (mine.mandate <> '' AND a.kind = 'interior'))
  ) THEN
    RAISE EXCEPTION 'a member of a coordination unit is never also a member of a police, border or residence unit'
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_hats_apart BEFORE INSERT OR UPDATE ON agencies_membership
FOR EACH ROW EXECUTE FUNCTION nrm.hats_apart();
