-- An alert with several cases does not tell to whom its safe contact belongs: a wrong number is a danger, so it is
-- copied to none of them.
CREATE FUNCTION nrm.speaks_of_one(target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT count(*) <= 1 FROM referral_alertlink l WHERE l.alert_id = target $$;

-- Return the state shown to the author of an alert with several cases: closed only when all are, in support as soon as
-- one is. A case that was merged into another goes on with it.
CREATE FUNCTION nrm.followed_status(target uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.status FROM nrm.alert_persons(target) c
  ORDER BY array_position(ARRAY['in_support', 'open', 'follow_up', 'closed'], c.status::text) LIMIT 1
$$;
