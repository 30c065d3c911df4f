-- The persons of an alert. Two cases that were merged are one person's: the case that was kept stands for both, and what
-- was asked from either goes on. Nobody reads more by it: this is weighed, and given to nobody.

-- Return the case that stands for this one: the one it was closed for, else itself (no chain: nrm.match_merge).
CREATE FUNCTION nrm.standing_case(target uuid) RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT COALESCE((SELECT m.kept_id FROM referral_match m JOIN victims_case c ON c.id = target
                   WHERE m.state = 'merged' AND target IN (m.first_id, m.second_id) AND m.kept_id <> target
                     AND c.status = 'closed' AND c.closure_reason = 'duplicate' LIMIT 1), target)
$$;

-- Return the cases of the person of this one: the case that stands, and those closed for it.
CREATE FUNCTION nrm.person_cases(target uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 3 AS $$
  WITH kept AS MATERIALIZED (SELECT nrm.standing_case(target) AS id)
  SELECT id FROM kept UNION ALL
  SELECT c.id FROM kept JOIN public.referral_match m ON m.kept_id = kept.id AND m.state = 'merged'
  JOIN public.victims_case c ON c.id = CASE kept.id WHEN m.first_id THEN m.second_id ELSE m.first_id END
    AND c.status = 'closed' AND c.closure_reason = 'duplicate'
$$;

-- Return the alerts that led to a case of this person, in the order in which they are locked.
CREATE FUNCTION nrm.alerts_of(target uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 3 AS $$
  SELECT DISTINCT l.alert_id FROM public.referral_alertlink l WHERE l.case_id IN (SELECT nrm.person_cases(target)) ORDER BY 1
$$;

-- Lock them in this order, before one statement writes several.
CREATE FUNCTION nrm.lock_alerts_of(target uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM referral_alert WHERE id IN (SELECT nrm.alerts_of(target)) ORDER BY id FOR UPDATE;
END $$;

-- Return a case for each person of the alert.
CREATE FUNCTION nrm.alert_persons(target uuid) RETURNS SETOF victims_case LANGUAGE sql STABLE ROWS 3 AS $$
  SELECT k.* FROM public.victims_case k WHERE k.id IN (
    SELECT nrm.standing_case(l.case_id) FROM public.referral_alertlink l WHERE l.alert_id = target)
$$;

-- Return how many persons the cases of an alert count, NULL without a case.
CREATE FUNCTION nrm.persons_counted(target uuid) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT sum(k.persons)::int FROM nrm.alert_persons(target) k $$;

-- A case was erased: its alerts tell of as many persons less as their cases counted before. Who had none is still awaited.
CREATE FUNCTION nrm.persons_erased(alerts uuid[], counted int[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE referral_alert a SET persons = GREATEST(1, a.persons - t.before + COALESCE(nrm.persons_counted(a.id), 0))
  FROM unnest(alerts, counted) AS t(id, before) WHERE a.id = t.id
$$;

-- Return whether a request is a report to a prosecutor's office, which receives it and supports nobody, as `is_report`
-- (referral/orientations/rules.py).
CREATE FUNCTION nrm.is_report(o referral_orientation) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.service_id <> 'ad_hoc_administrator' AND EXISTS (
    SELECT 1 FROM agencies_agency g WHERE g.group_id = o.addressee_id AND nrm.office_of(g) = 'prosecutor')
$$;

-- Return whether something goes on for the person of this case that stands: the support has begun, or a service was asked
-- or has accepted. Help that ended is none, nor is a report. A coordination that leads again did not begin the support of the lead before.
CREATE FUNCTION nrm.person_helped(k victims_case) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.status IN ('in_support', 'follow_up') AND (k.lead_id <> k.coordination_id OR EXISTS (
      SELECT 1 FROM referral_casemove m WHERE m.case_id = k.id AND m.action IN ('start_support', 'follow_up')
        AND m.agency_id = k.lead_id AND m.at >= (SELECT min(g.given_at) FROM victims_grant g
                                                 WHERE g.case_id = k.id AND g.group_id = k.lead_id AND g.ground = 'lead')))
    OR k.status <> 'closed' AND EXISTS (
      SELECT 1 FROM referral_orientation o WHERE o.case_id IN (SELECT nrm.person_cases(k.id))
        AND o.state IN ('sent', 'opened', 'question', 'accepted', 'in_progress')
        AND NOT nrm.is_report(o))
$$;

-- Return whether a guarded alert tells of more persons than its cases count: some have none yet. Who does not open one for
-- each says in words what is done.
CREATE FUNCTION nrm.persons_left(target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.alert_guarded(a) AND a.persons > nrm.persons_counted(a.id)
  FROM referral_alert a WHERE a.id = target
$$;

-- Return the cases that this desk answers for, as they stand: those it leads, and, for the coordination, those whose lead
-- does not follow them in this alert.
CREATE FUNCTION nrm.desk_cases(target uuid, agency int) RETURNS SETOF victims_case LANGUAGE sql STABLE ROWS 3 AS $$
  SELECT k.* FROM public.referral_alertlink l JOIN public.victims_case c ON c.id = l.case_id
  JOIN public.victims_case k ON k.id = nrm.standing_case(c.id)
  WHERE l.alert_id = target AND (c.lead_id = agency OR c.coordination_id = agency AND NOT EXISTS (
    SELECT 1 FROM public.referral_alertdesk d WHERE d.alert_id = target AND d.agency_id = c.lead_id AND d.live
      AND d.answer IN ('case', 'acting', 'with_person')))
$$;

-- Return whether a person of the alert, whose case this desk answers for, has nothing that goes on, or another has no case.
CREATE FUNCTION nrm.desk_owes(target uuid, agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM nrm.desk_cases(target, agency) k
                 WHERE k.status <> 'closed' AND NOT nrm.person_helped(k) OR nrm.persons_left(target))
$$;

-- Return whether this desk answers for a person of the alert who is not closed, or for one while another has no case.
CREATE FUNCTION nrm.desk_leads(target uuid, agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM nrm.desk_cases(target, agency) k WHERE k.status <> 'closed' OR nrm.persons_left(target))
$$;

-- Return whether a service that protects by its mandate saw the person of this case since the alert was sent: child
-- protection, police or gendarmerie, the prosecutor or the children's judge was with the person in this alert, began the
-- support of this case, or began what was asked of it. A call, a case opened, a report received, an administrator named and
-- a desk that has nothing to do are no sight of anybody. Nor is the word of the lead: no child's alert ends by it alone.
-- Whom a service was with in an alert is not said: it counts where the alert has one person. Who works on statistics, on
-- what is online or by phone sees nobody.
CREATE FUNCTION nrm.seen_by_protection(a referral_alert, k victims_case) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_agency g JOIN (
      SELECT m.agency_id, m.at FROM referral_alertmove m
      WHERE m.alert_id = a.id AND m.action = 'declare' AND m.reason = 'with_person'
        AND a.persons = 1 AND nrm.persons_counted(a.id) = 1
      UNION ALL SELECT m.agency_id, m.at FROM referral_casemove m WHERE m.case_id = k.id AND m.action = 'start_support'
      UNION ALL SELECT m.agency_id, m.at FROM referral_orientationmove m
      JOIN referral_orientation o ON o.id = m.orientation_id
      WHERE o.case_id IN (SELECT nrm.person_cases(k.id)) AND m.action = 'start' AND m.agency_id = o.addressee_id
        AND o.service_id <> 'ad_hoc_administrator'
    ) saw ON saw.agency_id = g.group_id AND saw.at >= a.sent_at AND saw.agency_id <> k.lead_id
    WHERE g.kind IN ('child_protection', 'interior') AND nrm.office_of(g) <> 'prefecture'
        AND COALESCE(g.profile_id, '') NOT IN ('pharos', 'ssmsi', 'dgef', 'france_enfance')
       OR g.kind = 'justice' AND (nrm.office_of(g) = 'prosecutor' OR g.profile_id = 'juge_enfants'))
$$;

-- Return whether something followed this alert for the person of this closed case: another agency began, or accepted and
-- that stands, or the lead had begun the support a day or more before it closed. What it begins and closes within the day
-- may be two clicks of one account. A report that a prosecutor received is nothing that followed: it helps nobody.
CREATE FUNCTION nrm.person_followed(a referral_alert, k victims_case) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_casemove m WHERE m.case_id IN (SELECT nrm.person_cases(k.id))
                 AND m.action IN ('start_support', 'follow_up') AND m.at >= a.sent_at
                 AND (m.agency_id <> k.lead_id OR m.at <= (
                   SELECT max(e.at) FROM referral_casemove e WHERE e.case_id = k.id AND e.action = 'close') - interval '1 day'))
      OR EXISTS (SELECT 1 FROM referral_orientationmove m JOIN referral_orientation o ON o.id = m.orientation_id
                 WHERE o.case_id IN (SELECT nrm.person_cases(k.id)) AND m.at >= a.sent_at AND o.addressee_id <> k.lead_id
                   AND NOT nrm.is_report(o)
                   AND (m.action = 'start' AND m.agency_id = o.addressee_id
                        OR m.action = 'accept' AND o.state IN ('accepted', 'in_progress', 'completed')))
$$;

-- Return whether the lead of this case closed it with all that was merged into it: a case that was closed before says
-- nothing of what was told since.
CREATE FUNCTION nrm.closed_knowing(k victims_case) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT COALESCE((SELECT max(m.at) FROM referral_casemove m WHERE m.case_id = k.id AND m.action = 'close')
    > (SELECT COALESCE(max(m.at), '-infinity') FROM referral_casemove m
       WHERE m.case_id IN (SELECT nrm.person_cases(k.id)) AND m.case_id <> k.id AND m.action = 'merge'), false)
$$;

-- Return what the closed cases of an alert leave to the desks that had stood by: `nobody` is asked anything but who was
-- only reached by phone, they look again `by_day`, or `at_once`. NULL: a person of it is not closed (decision 90, which says
-- of each reason why). Who leads a case into which that of the alert was merged has not read it: `by_day` at best.
CREATE FUNCTION nrm.closing_asks(a referral_alert) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN bool_and(p.closed) IS NOT TRUE OR nrm.persons_left(a.id) THEN NULL
              WHEN NOT nrm.alert_guarded(a) THEN 'nobody'
              WHEN bool_or(p.asks = 'at_once') THEN 'at_once'
              WHEN bool_or(p.asks = 'by_day') THEN 'by_day' ELSE 'nobody' END
  FROM (
    SELECT k.status = 'closed' AS closed, CASE
      WHEN NOT nrm.closed_knowing(k) OR NOT (e.ended OR e.withdrew AND s.seen) THEN 'at_once'
      WHEN (e.adult AND nrm.person_followed(a, k) OR s.seen)
        AND EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.alert_id = a.id AND l.case_id = k.id) THEN 'nobody'
      ELSE 'by_day' END AS asks
    FROM nrm.alert_persons(a.id) k,
      LATERAL (SELECT k.closure_reason IN ('autonomy', 'transfer', 'return', 'not_established', 'death') AS ended,
                      k.closure_reason = 'withdrawal' AS withdrew, 'adult' = ALL (ARRAY[a.age_side, k.age_side]) AS adult) e,
      -- of a child, or of a doubtful age, never by the word of the lead alone
      LATERAL (SELECT NOT e.adult AND nrm.seen_by_protection(a, k) AS seen) s) p
$$;
