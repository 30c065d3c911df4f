-- Return whether a desk must not know what an asylum body wrote, or of an employer with immunity, by the list of
-- referral/routing/words.py (NEVER_TOLD).
CREATE FUNCTION nrm.must_not_know(asylum boolean, immunity boolean, target int) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_agency g, nrm.never_told() n
    WHERE g.group_id = target AND CASE n.why WHEN 'asylum' THEN asylum ELSE immunity END
      AND g.kind = COALESCE(n.kind, g.kind)
      AND (n.service IS NULL OR EXISTS (SELECT 1 FROM agencies_desk_services v
                                        WHERE v.desk_id = g.group_id AND v.service_id = n.service)))
$$;

CREATE FUNCTION nrm.alert_barred(a referral_alert, target int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT target <> a.agency_id AND nrm.must_not_know(
    (SELECT s.kind = 'asylum' FROM agencies_agency s WHERE s.group_id = a.agency_id), a.employer_immunity, target)
$$;

-- The same of a case; who leads or coordinates it knows already.
CREATE FUNCTION nrm.case_barred(c victims_case, target int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT target NOT IN (c.lead_id, c.coordination_id)
     AND nrm.must_not_know(c.asylum_confidential, c.employer_immunity, target)
$$;

-- No request is sent to a desk that must not know of the person.
CREATE FUNCTION nrm.request_discreet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT nrm.case_barred(c, o.addressee_id) FROM referral_orientation o JOIN victims_case c ON c.id = o.case_id
      WHERE o.id = NEW.orientation_id) THEN
    RAISE EXCEPTION 'this desk must not know of this person' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_discreet BEFORE INSERT ON referral_orientationmove
FOR EACH ROW WHEN (NEW.action = 'send') EXECUTE FUNCTION nrm.request_discreet();

-- Nor does it get a grant, on any ground, but the state of a case it led.
CREATE FUNCTION nrm.grant_discreet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT nrm.case_barred(c, NEW.group_id) FROM victims_case c WHERE c.id = NEW.case_id) THEN
    RAISE EXCEPTION 'this desk must not know of this person' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_discreet BEFORE INSERT ON victims_grant
FOR EACH ROW WHEN (NEW.ground <> 'former') EXECUTE FUNCTION nrm.grant_discreet();

-- Return whether this member sends alerts on in the place of silent desks: a coordinator of a coordination unit.
CREATE FUNCTION nrm.readdresses(agency int, member bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_agency g JOIN agencies_membership x ON x.agency_id = g.group_id
                 WHERE g.group_id = agency AND g.mandate <> '' AND x.id = member AND 'coordinator' = ANY (x.roles))
$$;

-- Return whether this desk stands in for a silent one and can take the alert itself, as `stand_in_of`
-- (referral/routing/selectors/desks.py): who agreed to it, and whether the coordination did, is held where it was set (nrm.decide_desk).
CREATE FUNCTION nrm.stands_in(a referral_alert, silent int, target int) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_desk d JOIN agencies_agency own ON own.group_id = d.agency_id
    JOIN agencies_desk s ON s.agency_id = d.second_id JOIN agencies_agency g ON g.group_id = s.agency_id
    WHERE d.agency_id = silent AND s.agency_id = target AND s.receives_alerts AND g.active
      -- kept with the agreement of the person: nobody that she was told of
      AND silent <> a.agency_id
      AND (g.mandate <> '' OR (
        CASE WHEN a.age_side = 'adult' THEN s.takes_adults ELSE s.takes_minors END
        AND (s.forms = '{}' OR a.form = 'unknown' OR a.form = ANY (s.forms))
        AND (s.nationwide OR EXISTS (
          SELECT 1 FROM agencies_desk_territories x JOIN agencies_territory t ON t.code = a.territory_id
          WHERE x.desk_id = s.agency_id AND x.territory_id IN (t.code, t.region_id)))))
      AND (g.kind <> ALL (nrm.never_preticked()) OR own.kind = ANY (nrm.never_preticked()))
      AND (a.agreement <> 'not_asked' OR nrm.alert_guarded(a) OR g.mandate <> '' OR g.kind = ANY (nrm.kinds_that_help())))
$$;

-- Refuse a move to a desk that must not know, and a move instead of another desk by a member who does not coordinate.
CREATE FUNCTION nrm.alert_targets_allowed(a referral_alert, m referral_alertmove) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(m.to_agencies) x WHERE nrm.alert_barred(a, x)) THEN
    RAISE EXCEPTION 'this desk must not know of this alert' USING ERRCODE = '42501';
  END IF;
  IF m.action = 'escalate' AND m.to_agencies <> '{}' AND nrm.alert_refused(a) THEN
    RAISE EXCEPTION 'the person refused that others be told' USING ERRCODE = '42501';
  END IF;
  -- silence goes to a stand-in that can take it, or to a coordination
  IF m.action = 'escalate' AND EXISTS (
       SELECT 1 FROM unnest(m.to_agencies) x
       WHERE (x IN (nrm.coordination_of(a.territory_id), nrm.coordination_of(NULL))
              OR nrm.stands_in(a, m.agency_id, x)) IS NOT TRUE) THEN
    RAISE EXCEPTION 'not who is told when this desk is silent' USING ERRCODE = '42501';
  END IF;
  IF (m.action = 'readdress') IS DISTINCT FROM (m.instead_of_id IS NOT NULL) OR (m.action = 'readdress' AND (
       NOT nrm.readdresses(m.agency_id, m.membership_id)
       OR NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id = m.instead_of_id
                      AND d.agency_id <> m.agency_id AND d.live AND d.due_at IS NOT NULL))) THEN
    RAISE EXCEPTION 'only a coordination unit sends on in the place of a silent desk' USING ERRCODE = '42501';
  END IF;
END $$;
