-- Cases of an agency that nobody of it sees: those who saw them left, those who stay arrived after them. An administrator
-- asks that a member take them over, a second person agrees (nrm.decide_member): no case waits for nobody.

-- Cases of the agency that no active member who works on cases sees or may open from its archive, and those of which justice demanded something of it,
-- also once its access has ended. A program, which reads none, has no account, and counts for nobody.
CREATE FUNCTION nrm.seen_by_nobody(agency int) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT x.case_id FROM public.victims_caseaccess x
  WHERE x.agency_id = seen_by_nobody.agency AND (x.until IS NULL OR x.until > now()) AND NOT EXISTS (
    SELECT 1 FROM public.agencies_membership m JOIN public.agencies_user u ON u.id = m.user_id AND u.is_active
    WHERE m.agency_id = x.agency_id AND m.active AND m.roles::text[] && '{case_worker,coordinator}'
      AND (NOT x.restricted AND (m.cases_from IS NULL OR x.since >= m.cases_from)
           OR EXISTS (SELECT 1 FROM public.victims_assignment s WHERE s.membership_id = m.id AND s.case_id = x.case_id)
           OR nrm.opens_archive(m.id, x.agency_id, x.case_id)))
  UNION SELECT q.case_id FROM public.victims_requisition q
  WHERE q.agency_id = seen_by_nobody.agency AND q.ended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM public.agencies_membership m JOIN public.agencies_user u ON u.id = m.user_id AND u.is_active
    WHERE m.agency_id = q.agency_id AND m.active AND m.roles::text[] && '{case_worker,coordinator}'
      AND NOT nrm.demand_kept(m.id, q))
$$;

-- Their number, for the administrator.
CREATE FUNCTION nrm.unseen_cases() RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN RETURN (SELECT count(*) FROM nrm.seen_by_nobody(nrm.administers())); END $$;

-- The administrator asks that a member who works on cases, also oneself, take them over.
CREATE FUNCTION nrm.ask_files(target bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int := nrm.administers(); m agencies_membership; files int := nrm.unseen_cases();
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO m FROM agencies_membership WHERE id = target AND agency_id = mine AND kind = 'person' FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  IF files = 0 OR NOT m.active OR NOT m.roles::text[] && '{case_worker,coordinator}'
     OR EXISTS (SELECT 1 FROM agencies_memberchange c WHERE c.membership_id = m.id AND c.state = 'waiting') THEN
    PERFORM nrm.wrong_state();
  END IF;
  PERFORM nrm.note_change(m.id, 'files', '{}', files);
END $$;

-- Return whether this member may be given, by the administrator alone, the cases that only `leaving` could open: not who
-- arrived after one of them, who may be invented.
CREATE FUNCTION nrm.may_inherit(leaving bigint, heir bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM agencies_membership l, LATERAL nrm.kept_by_alone(l.id, l.agency_id) AS k(case_id)
    WHERE l.id = leaving AND l.agency_id = nrm.agency() AND nrm.came_before(heir, l.agency_id, k.case_id))
$$;
