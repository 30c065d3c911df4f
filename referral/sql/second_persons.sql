-- Who decides as a second person about what `asker` asks for `agency`; `about`: the member concerned, if any.

-- The network above an agency, if it has one.
CREATE FUNCTION nrm.network_of(agency int) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.parent_id FROM agencies_agency a JOIN agencies_agency p ON p.group_id = a.parent_id
  WHERE a.group_id = agency AND p.kind = 'ngo_network'
$$;

-- The coordination of an agency's territory; of a coordination, the national one.
CREATE FUNCTION nrm.coordination_over(agency int) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.coordination_of(CASE WHEN a.mandate = '' THEN a.territory_id END) FROM agencies_agency a
  WHERE a.group_id = agency
$$;

-- Is this member a second person for what `asker` asks: of `agency` itself, or of the network above it?
CREATE FUNCTION nrm.second_near(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m WHERE m.id = member AND m.roles::text[] && nrm.approvers()
      AND m.agency_id IN (agency, nrm.network_of(agency)))
    AND nrm.independent(member, asker) AND (about IS NULL OR nrm.independent(member, about))
$$;

-- A coordinator of the coordination above, or of the national one.
CREATE FUNCTION nrm.second_above(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m WHERE m.id = member AND 'coordinator' = ANY(m.roles)
      AND m.agency_id = ANY((nrm.second_levels(agency))[3:]))
    AND nrm.independent(member, asker) AND (about IS NULL OR nrm.independent(member, about))
$$;

-- Where a second person is looked for, in this order: the agency, its network, the coordination above, the national one.
CREATE FUNCTION nrm.second_levels(agency int) RETURNS int[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY[agency, nrm.network_of(agency), nrm.coordination_over(agency), nrm.coordination_of(NULL)]
$$;

-- Return the first of them that has one; NULL when none has.
CREATE FUNCTION nrm.second_level(agency int, asker bigint, about bigint DEFAULT NULL) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.agency_id FROM unnest(nrm.second_levels(agency)) WITH ORDINALITY u(unit, rank)
  JOIN agencies_membership m ON m.agency_id = u.unit
  WHERE CASE WHEN u.rank < 3 THEN nrm.second_near(m.id, agency, asker, about)
             ELSE nrm.second_above(m.id, agency, asker, about) END
  ORDER BY u.rank LIMIT 1
$$;

-- Is this member a second person: near, or, when there is nobody near, of the coordination that has one?
CREATE FUNCTION nrm.second_for(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.second_near(member, agency, asker, about) OR (nrm.second_above(member, agency, asker, about)
    AND nrm.second_level(agency, asker, about) = (SELECT m.agency_id FROM agencies_membership m WHERE m.id = member))
$$;

-- Does nobody but the reader's own look at what this member read? Neither an administrator of the agency nor an auditor is a
-- second person: the only one reads itself, or named who is told.
CREATE FUNCTION nrm.read_unseen(agency int, reader bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM agencies_membership m
    WHERE ('auditor' = ANY(m.roles) OR m.agency_id = agency AND 'agency_admin' = ANY(m.roles))
      AND nrm.independent(m.id, reader))
$$;

-- The same, or an auditor when no coordination has anybody: no role and no reader waits for nobody. An export may wait: an
-- auditor decides about no list of cases.
CREATE FUNCTION nrm.second_or_auditor(member bigint, agency int, asker bigint, about bigint DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.second_for(member, agency, asker, about) OR (EXISTS (
      SELECT 1 FROM agencies_membership m WHERE m.id = member AND 'auditor' = ANY(m.roles))
    AND nrm.independent(member, asker) AND (about IS NULL OR nrm.independent(member, about))
    AND nrm.second_level(agency, asker, about) IS NULL)
$$;
