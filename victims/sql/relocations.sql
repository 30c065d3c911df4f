-- Relocation. The département of a case changes, and with it the coordinating unit; lead, orientations and time limits
-- stay. An agency that falls to `status` does not learn the new place: distance may be a matter of safety.

-- Return the coordination of a territory, as routing.coordination_of does: its unit, its region's, or the national one.
CREATE FUNCTION nrm.coordination_of(place text) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT found.group_id FROM (
    SELECT a.group_id, a.code, 0 AS rank FROM agencies_agency a JOIN agencies_desk d ON d.agency_id = a.group_id
    WHERE a.active AND d.receives_alerts AND a.mandate = 'territorial' AND EXISTS (
      SELECT 1 FROM agencies_desk_territories x WHERE x.desk_id = d.agency_id AND x.territory_id IN (
        SELECT place UNION SELECT t.region_id FROM agencies_territory t WHERE t.code = place))
    UNION ALL
    SELECT a.group_id, a.code, 1 FROM agencies_agency a WHERE a.active AND a.mandate = 'national'
  ) found ORDER BY found.rank, found.code LIMIT 1
$$;

-- Return the place shown on an agency's access row. At level 1, the place where the case was when its newest grant was
-- given, so that a unit left behind by a move does not read where the person went.
CREATE FUNCTION nrm.place_known(target uuid, agency int, lvl int, place text) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN lvl >= 2 THEN place ELSE COALESCE((
    SELECT r.from_territory_id FROM victims_relocation r WHERE r.case_id = target AND r.at >= (
      SELECT max(g.given_at) FROM victims_grant g WHERE g.case_id = target AND g.group_id = agency
        AND (g.until IS NULL OR g.until > now()))
    -- of two simultaneous moves, the one by which the agency lost its level
    ORDER BY r.at, EXISTS (SELECT 1 FROM victims_grant g WHERE g.case_id = target AND g.group_id = agency
                           AND g.ground_id = r.id) DESC, r.id LIMIT 1), place) END
$$;

-- Move a case that the acting agency leads; return the coordinating unit. The former unit keeps `status` and what it
-- holds on other grounds. The new one gets `summary` if the former saw the case at all: a case internal to its
-- organisation stays internal. A coordination that leads provisionally does so as the coordination: the new unit then
-- leads instead, and a transfer that waits for an answer must be withdrawn first, since only its sender could follow
-- it.
CREATE FUNCTION nrm.move_case(target uuid, place text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me int := nrm.desk(); c victims_case; mine victims_caseaccess; unit int; act uuid := gen_random_uuid();
        saw boolean; provisional boolean; r record;
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO c FROM victims_case WHERE id = target FOR NO KEY UPDATE;
  SELECT * INTO mine FROM victims_caseaccess WHERE case_id = target AND agency_id = me AND level >= 2
    AND (until IS NULL OR until > now());
  IF mine.case_id IS NULL OR nrm.kept_out(nrm.membership(), me, target) THEN
    RAISE EXCEPTION 'no such case' USING ERRCODE = 'P0002';
  END IF;
  IF NOT mine.lead THEN RAISE EXCEPTION 'the lead moves a case' USING ERRCODE = '42501'; END IF;
  IF c.status = 'closed' OR c.territory_id = place
     OR NOT EXISTS (SELECT 1 FROM agencies_territory t WHERE t.code = place AND t.sort <> 'region') THEN
    PERFORM nrm.wrong_state();
  END IF;
  unit := nrm.coordination_of(place);
  provisional := c.lead_id = c.coordination_id;
  IF unit <> c.coordination_id AND provisional AND EXISTS (
    SELECT 1 FROM referral_orientation o WHERE o.case_id = c.id AND o.sender_id = c.lead_id AND o.verb = 'transfer'
      AND o.state IN ('sent', 'opened', 'question')) THEN PERFORM nrm.wrong_state(); END IF;

  INSERT INTO victims_relocation (id, case_id, at, by_id, from_territory_id, to_territory_id, from_unit_id, to_unit_id)
  VALUES (act, c.id, now(), nrm.membership(), c.territory_id, place, c.coordination_id, unit);
  IF unit = c.coordination_id THEN
    UPDATE victims_case SET territory_id = place WHERE id = c.id;
    RETURN unit;
  END IF;

  saw := EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = c.id AND a.agency_id = c.coordination_id
                 AND (a.until IS NULL OR a.until > now()));
  IF provisional THEN
    FOR r IN SELECT x.id, x.state FROM referral_orientation x WHERE x.case_id = c.id AND x.sender_id = c.lead_id
             AND x.state = 'draft' FOR UPDATE LOOP
      INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, membership_id, agency_id, at,
                                            reason, to_agencies)
      VALUES (gen_random_uuid(), r.id, 'withdraw', r.state, 'withdrawn', nrm.membership(), c.lead_id, now(), 'moved', '{}');
    END LOOP;
  END IF;
  IF saw THEN
    PERFORM nrm.give(c.id, unit, 2, 0, CASE WHEN provisional THEN 'lead' ELSE 'coordination' END, act, NULL);
    PERFORM nrm.give(c.id, c.coordination_id, 1, 0, 'former', act, NULL);
  END IF;
  UPDATE victims_case SET territory_id = place, coordination_id = unit,
         lead_id = CASE WHEN provisional THEN unit ELSE lead_id END WHERE id = c.id;
  -- after the lead has changed: this ends only what the former unit held as the coordination
  DELETE FROM victims_grant WHERE case_id = c.id AND group_id = c.coordination_id
    AND ground IN ('alert', 'coordination', 'lead');
  PERFORM nrm.alerts_relocated(c.id, c.coordination_id, unit);
  RETURN unit;
END $$;
