-- An alert that led to several cases does not say whose its safe contact is: a wrong number is a danger, so it is copied
-- to none of them.
CREATE FUNCTION nrm.speaks_of_one(target uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT count(*) <= 1 FROM referral_alertlink l WHERE l.alert_id = target $$;

-- What the author of an alert follows when it led to several cases: « clos » only when all of them are, « accompagnement »
-- as soon as one is. The mechanism's words for one case stay what they were.
CREATE FUNCTION nrm.followed_status(target uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT c.status FROM referral_alertlink l JOIN victims_case c ON c.id = l.case_id WHERE l.alert_id = target
  ORDER BY array_position(ARRAY['in_support', 'open', 'follow_up', 'closed'], c.status::text) LIMIT 1
$$;
