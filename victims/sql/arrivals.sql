-- A member who works on cases since a time (agencies_membership.cases_from) reads what the agency received before by
-- assignment only: a member may be invented by who invited them.

-- When the agency first received the case: the first entry of its grants, even if all have ended since.
CREATE FUNCTION nrm.came_at(target uuid, agency int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(l.at) FROM victims_grantlog l WHERE l.case_id = target AND l.agency_id = agency
$$;

-- Return whether the agency received the case before this member's arrival.
CREATE FUNCTION nrm.came_before(member bigint, agency int, target uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = member AND m.cases_from > nrm.came_at(target, agency))
$$;

-- The same of the acting member, for policies on rows that are read without an access row. The first condition costs
-- nothing to those without a limit.
CREATE FUNCTION nrm.came_before_me(target uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT nrm.arrival() > '-infinity' AND nrm.came_before_actor(target) $$;
CREATE FUNCTION nrm.came_before_actor(target uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nrm.came_before(nrm.membership(), nrm.agency(), target) $$;
