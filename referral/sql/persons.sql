-- The persons of an alert. Two cases that were merged are one person's: the case that was kept stands for both, and what
-- was asked from either goes on. Nobody reads more by it: this is weighed, and given to nobody.

-- Return the case that stands for this one: the one it was closed for, else itself (no chain: nrm.match_merge).
CREATE FUNCTION nrm.standing_case(target uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT COALESCE((SELECT m.kept_id FROM referral_match m JOIN victims_case c ON c.id = target
                   WHERE m.state = 'merged' AND target IN (m.first_id, m.second_id) AND m.kept_id <> target
                     AND c.status = 'closed' AND c.closure_reason = 'duplicate' LIMIT 1), target)
$$;

-- Return the cases of the person of this one: the case that stands, and those closed for it.
CREATE FUNCTION nrm.person_cases(target uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH kept AS MATERIALIZED (SELECT nrm.standing_case(target) AS id)
  SELECT id FROM kept UNION ALL
  SELECT c.id FROM kept JOIN referral_match m ON m.kept_id = kept.id AND m.state = 'merged'
  JOIN victims_case c ON c.id = CASE kept.id WHEN m.first_id THEN m.second_id ELSE m.first_id END
    AND c.status = 'closed' AND c.closure_reason = 'duplicate'
$$;

-- Return the alerts that led to a case of this person, in the order in which they are locked.
CREATE FUNCTION nrm.alerts_of(target uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT DISTINCT l.alert_id FROM referral_alertlink l WHERE l.case_id IN (SELECT nrm.person_cases(target)) ORDER BY 1
$$;

-- Return a case for each person of the alert.
CREATE FUNCTION nrm.alert_persons(target uuid) RETURNS SETOF victims_case LANGUAGE sql STABLE AS $$
  SELECT k.* FROM victims_case k WHERE k.id IN (
    SELECT nrm.standing_case(l.case_id) FROM referral_alertlink l WHERE l.alert_id = target)
$$;

-- Return whether something goes on for the person of this case that stands: the support has begun, or a service was asked
-- or has accepted. Help that ended is none. A coordination that leads again did not begin the support of the lead before.
CREATE FUNCTION nrm.person_helped(k victims_case) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT k.status IN ('in_support', 'follow_up') AND (k.lead_id <> k.coordination_id OR EXISTS (
      SELECT 1 FROM referral_casemove m WHERE m.case_id = k.id AND m.action IN ('start_support', 'follow_up')
        AND m.agency_id = k.lead_id AND m.at >= (SELECT min(g.given_at) FROM victims_grant g
                                                 WHERE g.case_id = k.id AND g.group_id = k.lead_id AND g.ground = 'lead')))
    OR k.status <> 'closed' AND EXISTS (
      SELECT 1 FROM referral_orientation o WHERE o.case_id IN (SELECT nrm.person_cases(k.id))
        AND o.state IN ('sent', 'opened', 'question', 'accepted', 'in_progress'))
$$;
