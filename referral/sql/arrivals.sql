-- What a member who works on cases since a time (victims/sql/arrivals.sql) reads of the desk: what waits, since nobody
-- waits for nobody; what came since; what this member answered; and the alerts and requests of cases assigned.

-- Return whether a member is assigned to a case that this alert is joined to.
CREATE FUNCTION nrm.assigned_through(alert uuid, member bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
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

-- Return the shares of alerts, one agency's or one alert's, of which a desk is still expected to do something: those that
-- it neither closed nor gave away, of alerts that are open and that no case followed (who reads that case is asked then).
CREATE FUNCTION nrm.shares_open(agency int, alert uuid) RETURNS SETOF referral_alertdesk LANGUAGE sql STABLE AS $$
  SELECT d.* FROM public.referral_alertdesk d JOIN public.referral_alert a ON a.id = d.alert_id
  WHERE (d.agency_id = shares_open.agency OR d.alert_id = shares_open.alert)
    AND d.live AND d.answer NOT IN ('closed', 'nothing_to_do') AND a.state NOT IN ('draft', 'closed') AND a.case_status = ''
$$;

-- Return whether a member of its desk who is active and works on cases reads a row of it: one of these; null, any.
CREATE FUNCTION nrm.read_by(d referral_alertdesk, members bigint[]) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id AND u.is_active
    WHERE (members IS NULL OR m.id = ANY(members)) AND m.agency_id = d.agency_id AND m.active
      AND m.roles::text[] && '{case_worker,coordinator}'
      AND nrm.reads_alert_desk(d, m.id, COALESCE(m.cases_from, '-infinity')))
$$;

-- Return whether this member reads an alert left at the desk that none of these others of the agency reads.
CREATE FUNCTION nrm.reads_alone(member bigint, agency int, others bigint[]) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM nrm.shares_open(reads_alone.agency, NULL) d
                 WHERE NOT nrm.read_by(d, others) AND nrm.read_by(d, ARRAY[member]))
$$;

-- Have an alert wait again at the desks that have it, with a time limit, when nobody reads it any more: those who came
-- since read what waits, and what stays unanswered is escalated. Not one that a case followed, nor one that its
-- agency kept because the person refused. For what adds to an alert, and below.
CREATE FUNCTION nrm.wake_alert(target uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; woken int[];
BEGIN
  SELECT * INTO a FROM referral_alert WHERE id = target FOR UPDATE;
  IF EXISTS (SELECT 1 FROM nrm.shares_open(NULL, a.id) d WHERE d.due_at IS NOT NULL OR nrm.read_by(d, NULL)) THEN
    RETURN false;
  END IF;
  woken := ARRAY(SELECT d.agency_id FROM nrm.shares_open(NULL, a.id) d WHERE d.answer_by IS NOT NULL);
  IF woken = '{}' THEN RETURN false; END IF;
  UPDATE referral_alertdesk SET answer = '', followed_at = NULL, due_at = nrm.alert_clock(a), answer_by = nrm.alert_clock(a)
  WHERE alert_id = a.id AND agency_id = ANY(woken);
  IF a.urgency = 'vital' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'alert_vital', 'alert', a.id, a.reference, '{desk}', woken, NULL, now());
  ELSE
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'alert_escalated', 'alert', a.id, a.reference, '{desk}', woken, NULL, now());
  END IF;
  RETURN true;
END $$;

-- The same for the worker's due work; it asks again, whatever the worker says.
CREATE FUNCTION nrm.alert_waits_again(target uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'due work alone wakes an alert' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN nrm.wake_alert(target);
END $$;
CREATE FUNCTION nrm.reads_request_desk(d referral_orientationdesk, member bigint, arrival timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.assigned(d.kept_cases, member)
    AND (d.received_at >= arrival OR d.state IN ('sent', 'opened', 'question')
         OR d.in_charge_id IS NOT DISTINCT FROM member
         OR d.case_id IN (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = member))
$$;

-- What a newcomer answered stays open to her or him when it no longer waits.
CREATE FUNCTION nrm.newcomer_keeps_alert(desk bigint, member bigint) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE referral_alertdesk d SET in_charge_id = m.id FROM agencies_membership m
  WHERE d.id = desk AND m.id = member AND m.cases_from > d.received_at AND NOT (d.live AND d.due_at IS NOT NULL)
$$;
CREATE FUNCTION nrm.newcomer_keeps_request(desk bigint, member bigint) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE referral_orientationdesk d SET in_charge_id = m.id FROM agencies_membership m
  WHERE d.id = desk AND m.id = member AND m.cases_from > d.received_at
    AND d.state NOT IN ('sent', 'opened', 'question')
$$;

-- Who accepts follows the case, also one that the agency had before this member came.
CREATE FUNCTION nrm.newcomer_follows(target uuid, agency int, member bigint) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
  SELECT target, agency, member, now(), member WHERE nrm.came_before(member, agency, target)
  ON CONFLICT DO NOTHING
$$;
