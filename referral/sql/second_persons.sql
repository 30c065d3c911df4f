-- Who decides as a second person about what `asker` asks for `agency`; `about`: the member concerned, if any.

-- The network above an agency, if it has one.
CREATE FUNCTION nrm.network_of(agency int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT a.parent_id FROM agencies_agency a JOIN agencies_agency p ON p.group_id = a.parent_id
  WHERE a.group_id = agency AND p.kind = 'ngo_network'
$$;

-- The coordination of an agency's territory; of a coordination, the national one.
CREATE FUNCTION nrm.coordination_over(agency int) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT nrm.coordination_of(CASE WHEN a.mandate = '' THEN a.territory_id END) FROM agencies_agency a
  WHERE a.group_id = agency
$$;

-- Is this member a second person for what `asker` asks: of `agency` itself, or of the network above it?
CREATE FUNCTION nrm.second_near(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m WHERE m.id = member AND m.roles::text[] && nrm.approvers()
      AND m.agency_id IN (agency, nrm.network_of(agency)))
    AND nrm.independent(member, asker) AND (about IS NULL OR nrm.independent(member, about))
$$;

-- The same, or, when there is nobody near, a coordinator of the coordination: nothing waits for nobody.
CREATE FUNCTION nrm.second_for(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT nrm.second_near(member, agency, asker, about) OR (EXISTS (
      SELECT 1 FROM agencies_membership m WHERE m.id = member AND 'coordinator' = ANY(m.roles)
        AND m.agency_id = nrm.coordination_over(agency))
    AND nrm.independent(member, asker) AND (about IS NULL OR nrm.independent(member, about))
    AND nrm.second_level(agency, asker, about) IS NULL)
$$;

-- Return the agency that has a second person: this one, else its network; NULL when neither has.
CREATE FUNCTION nrm.second_level(agency int, asker bigint, about bigint DEFAULT NULL) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT m.agency_id FROM agencies_membership m
  WHERE m.agency_id IN (agency, nrm.network_of(agency)) AND nrm.second_near(m.id, agency, asker, about)
  ORDER BY m.agency_id <> agency LIMIT 1
$$;
