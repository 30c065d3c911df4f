-- Return whether a desk must not know of an alert, by the list of referral/routing/words.py (NEVER_TOLD).
CREATE FUNCTION nrm.alert_barred(a referral_alert, target int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_agency g, agencies_agency s, nrm.never_told() n
    WHERE g.group_id = target AND s.group_id = a.agency_id AND g.group_id <> s.group_id
      AND CASE n.why WHEN 'asylum' THEN s.kind = 'asylum' ELSE a.employer_immunity END
      AND g.kind = COALESCE(n.kind, g.kind)
      AND (n.service IS NULL OR EXISTS (SELECT 1 FROM agencies_desk_services v
                                        WHERE v.desk_id = g.group_id AND v.service_id = n.service)))
$$;

-- Refuse a move to a desk that must not know, and a move instead of another desk by an agency that does not coordinate.
CREATE FUNCTION nrm.alert_targets_allowed(a referral_alert, m referral_alertmove) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(m.to_agencies) x WHERE nrm.alert_barred(a, x)) THEN
    RAISE EXCEPTION 'this desk must not know of this alert' USING ERRCODE = '42501';
  END IF;
  IF (m.action = 'readdress') IS DISTINCT FROM (m.instead_of_id IS NOT NULL) OR (m.action = 'readdress' AND (
       NOT EXISTS (SELECT 1 FROM agencies_agency g WHERE g.group_id = m.agency_id AND g.mandate <> '')
       OR NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id = m.instead_of_id
                      AND d.agency_id <> m.agency_id AND d.live AND d.due_at IS NOT NULL))) THEN
    RAISE EXCEPTION 'only a coordination unit sends on in the place of a silent desk' USING ERRCODE = '42501';
  END IF;
END $$;
