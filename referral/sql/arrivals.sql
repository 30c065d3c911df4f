-- What a member who works on cases since a time (victims/sql/arrivals.sql) reads of the desk: what waits, since nobody
-- waits for nobody; what came since; what this member answered; and the alerts and requests of cases assigned.

-- Return whether a member is assigned to a case that this alert is joined to.
CREATE FUNCTION nrm.assigned_through(alert uuid, member bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM referral_alertlink l JOIN victims_assignment s ON s.case_id = l.case_id
                 WHERE l.alert_id = alert AND s.membership_id = member)
$$;

-- The same of the acting member, for the policy of desk rows: one that queried the links would query itself.
CREATE FUNCTION nrm.follows_alert(alert uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nrm.assigned_through(alert, nrm.membership()) $$;

-- Return whether a member who arrived at this time reads a row of the desk, as the policies of desk rows.
CREATE FUNCTION nrm.reads_alert_desk(d referral_alertdesk, member bigint, arrival timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT nrm.assigned(d.kept_cases, member) AND (d.received_at >= arrival OR d.live AND d.due_at IS NOT NULL
    OR d.in_charge_id IS NOT DISTINCT FROM member OR nrm.assigned_through(d.alert_id, member))
$$;
CREATE FUNCTION nrm.reads_request_desk(d referral_orientationdesk, member bigint, arrival timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT nrm.assigned(d.kept_cases, member)
    AND (d.received_at >= arrival OR d.state IN ('sent', 'opened', 'question')
         OR d.in_charge_id IS NOT DISTINCT FROM member
         OR d.case_id IN (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = member))
$$;

-- What a newcomer answered stays open to her or him when it no longer waits.
CREATE FUNCTION nrm.newcomer_keeps_alert(desk bigint, member bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE referral_alertdesk d SET in_charge_id = m.id FROM agencies_membership m
  WHERE d.id = desk AND m.id = member AND m.cases_from > d.received_at AND NOT (d.live AND d.due_at IS NOT NULL)
$$;
CREATE FUNCTION nrm.newcomer_keeps_request(desk bigint, member bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE referral_orientationdesk d SET in_charge_id = m.id FROM agencies_membership m
  WHERE d.id = desk AND m.id = member AND m.cases_from > d.received_at
    AND d.state NOT IN ('sent', 'opened', 'question')
$$;

-- Who accepts follows the case, also one that the agency had before this member came.
CREATE FUNCTION nrm.newcomer_follows(target uuid, agency int, member bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
  SELECT target, agency, member, now(), member WHERE nrm.came_before(member, agency, target)
  ON CONFLICT DO NOTHING
$$;
