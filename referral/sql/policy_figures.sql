-- What the mechanism did in a period, counted for public policy. By the worker in system mode: another reader would count
-- what it sees, which is little. Small counts come out of here and are masked before they leave (policy_figures.py).
-- A territory is a region; an overseas collectivity, which has none, stands for itself. NULL: the whole country.
CREATE FUNCTION nrm.policy_figures(since date, till date)
RETURNS TABLE (metric text, territory text, counted bigint, value numeric) LANGUAGE sql STABLE AS $$
  WITH span AS (
    SELECT since::timestamp AT TIME ZONE 'Europe/Paris' AS a, till::timestamp AT TIME ZONE 'Europe/Paris' AS b
  ), place AS (
    SELECT c.id AS case_id, COALESCE(t.region_id, t.code)::text AS territory, c.received_at, c.age_side, c.opened_by_id
    FROM victims_case c JOIN agencies_territory t ON t.code = c.territory_id
  ), accepted AS (
    SELECT o.case_id, min(m.at) AS at FROM referral_orientationmove m JOIN referral_orientation o ON o.id = m.orientation_id
    WHERE m.action = 'accept' GROUP BY o.case_id
  ), oriented AS (
    -- the wait begins with the first alert about the person, or with the case without an alert
    SELECT p.territory, x.at - LEAST(p.received_at,
             (SELECT min(a.sent_at) FROM referral_alertlink l JOIN referral_alert a ON a.id = l.alert_id
              WHERE l.case_id = p.case_id)) AS took
    FROM accepted x JOIN place p USING (case_id) JOIN span ON x.at >= span.a AND x.at < span.b
  ), answered AS (
    SELECT min(m.at) - o.sent_at AS took FROM referral_orientation o
    JOIN referral_orientationmove m ON m.orientation_id = o.id AND m.agency_id = o.addressee_id
     AND m.action IN ('accept', 'decline', 'ask', 'expire')
    GROUP BY o.id, o.sent_at HAVING min(m.at) >= (SELECT a FROM span) AND min(m.at) < (SELECT b FROM span)
  ), refused AS (
    SELECT DISTINCT p.case_id, p.territory FROM referral_orientationmove m
    JOIN referral_orientation o ON o.id = m.orientation_id JOIN place p ON p.case_id = o.case_id
    JOIN span ON m.at >= span.a AND m.at < span.b
    WHERE m.action = 'decline' AND m.reason = 'no_place'
  ), children AS (
    -- received by child protection or a shelter within a day, or led by child protection; in doubt counts as a child
    SELECT p.territory, EXISTS (
             SELECT 1 FROM referral_orientation o JOIN referral_orientationmove m ON m.orientation_id = o.id
             WHERE o.case_id = p.case_id AND m.action = 'accept' AND m.at <= p.received_at + interval '1 day'
               AND o.service_id IN ('child_care', 'emergency_shelter', 'safe_housing')
           ) OR g.kind = 'child_protection' AS in_time
    FROM place p JOIN span ON p.received_at >= span.a AND p.received_at < span.b
    JOIN agencies_membership b ON b.id = p.opened_by_id JOIN agencies_agency g ON g.group_id = b.agency_id
    WHERE p.age_side <> 'adult'
  ), declared AS (
    -- the last declaration of each desk before the end, if made in the period: an older one says nothing
    SELECT DISTINCT ON (k.desk_id) COALESCE(t.region_id, t.code)::text AS territory, k.places
    FROM agencies_capacity k JOIN agencies_agency g ON g.group_id = k.desk_id
    JOIN agencies_territory t ON t.code = g.territory_id JOIN span ON k.at >= span.a AND k.at < span.b
    WHERE k.places IS NOT NULL ORDER BY k.desk_id, k.at DESC, k.id DESC
  )
  SELECT 'places_declared', d.territory, COALESCE(sum(d.places), 0)::bigint, COALESCE(sum(d.places), 0)::numeric FROM declared d
  GROUP BY GROUPING SETS ((d.territory), ())
  UNION ALL
  SELECT 'oriented', o.territory, count(*), count(*)::numeric FROM oriented o GROUP BY GROUPING SETS ((o.territory), ())
  UNION ALL
  SELECT 'refused_no_place', r.territory, count(*), count(*)::numeric FROM refused r
  GROUP BY GROUPING SETS ((r.territory), ())
  UNION ALL
  SELECT 'children_protected', c.territory, count(*) FILTER (WHERE c.in_time),
         (count(*) FILTER (WHERE c.in_time))::numeric FROM children c GROUP BY GROUPING SETS ((c.territory), ())
  UNION ALL
  SELECT 'children_protected_share', NULL, count(*), 100.0 * count(*) FILTER (WHERE c.in_time) / NULLIF(count(*), 0)
  FROM children c
  UNION ALL
  SELECT 'hours_to_accepted', NULL, count(*),
         (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.took)) / 3600)::numeric FROM oriented o
  UNION ALL
  SELECT 'hours_to_answer', NULL, count(*),
         (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.took)) / 3600)::numeric FROM answered a
$$;
