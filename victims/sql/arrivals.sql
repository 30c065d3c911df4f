-- A member who works on cases since a time (agencies_membership.cases_from) reads what the agency received before by
-- assignment only: a member may be invented by who invited them.

-- Return whether a member is assigned to each of these cases: one index lookup each, however many the member has.
CREATE FUNCTION nrm.assigned_to_all(kept uuid[], member bigint) RETURNS boolean LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT NOT EXISTS (SELECT 1 FROM unnest(kept) k WHERE NOT EXISTS (
     SELECT 1 FROM victims_assignment s WHERE s.case_id = k AND s.membership_id = member OFFSET 0)) $$;

-- When the agency first received the case: the first entry of its grants, even if all have ended since.
CREATE FUNCTION nrm.came_at(target uuid, agency int) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT min(l.at) FROM victims_grantlog l WHERE l.case_id = target AND l.agency_id = agency
$$;

-- Return whether the agency received the case before this member's arrival.
CREATE FUNCTION nrm.came_before(member bigint, agency int, target uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = member AND m.cases_from > nrm.came_at(target, agency))
$$;

-- The same of the acting member, for policies on rows that are read without an access row. The first condition costs
-- nothing to those without a limit.
CREATE FUNCTION nrm.came_before_me(target uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT nrm.arrival() > '-infinity' AND nrm.came_before_actor(target) $$;
CREATE FUNCTION nrm.came_before_actor(target uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nrm.came_before(nrm.membership(), nrm.agency(), target) $$;
