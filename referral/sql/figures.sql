-- Figures of routing, computed by the worker in system mode; run by the application they find and write nothing.

-- Time to the first answer (accepted, declined, a question; or the end without one, so that silence is not fast), of
-- requests sent in the last 90 days.
CREATE FUNCTION nrm.answer_times() RETURNS int LANGUAGE sql AS $$
  WITH answered AS (
    SELECT o.addressee_id AS agency_id, min(m.at) - o.sent_at AS took
    FROM referral_orientation o JOIN referral_orientationmove m ON m.orientation_id = o.id
     AND m.action IN ('accept', 'decline', 'ask', 'expire') AND m.agency_id = o.addressee_id
    WHERE o.sent_at > now() - interval '90 days' GROUP BY o.id, o.addressee_id, o.sent_at
  ), found AS (
    SELECT agency_id, count(*)::int AS answers, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median
    FROM answered GROUP BY agency_id
  ), gone AS (
    DELETE FROM referral_answertime WHERE agency_id NOT IN (SELECT agency_id FROM found)
  ), kept AS (
    INSERT INTO referral_answertime (agency_id, answers, median, computed_at)
    SELECT agency_id, answers, median, now() FROM found
    ON CONFLICT (agency_id) DO UPDATE SET answers = excluded.answers, median = excluded.median,
                                          computed_at = excluded.computed_at
    RETURNING 1
  )
  SELECT count(*)::int FROM kept
$$;

-- Refusals for lack of places, by need, place, profile and month. A figure never goes down: its cases may be erased
-- later, but the need existed.
CREATE FUNCTION nrm.unmet_needs() RETURNS int LANGUAGE sql AS $$
  WITH refused AS (
    SELECT o.service_id, c.territory_id, CASE c.age_side WHEN 'adult' THEN 'adult' ELSE 'minor' END AS profile,
           date_trunc('month', m.at AT TIME ZONE 'Europe/Paris')::date AS month, o.case_id
    FROM referral_orientationmove m JOIN referral_orientation o ON o.id = m.orientation_id
         JOIN victims_case c ON c.id = o.case_id
    WHERE m.action = 'decline' AND m.reason = 'no_place' AND m.at > now() - interval '100 days'
  ), kept AS (
    INSERT INTO referral_unmetneed AS u (service_id, territory_id, profile, month, refusals, situations)
    SELECT service_id, territory_id, profile, month, count(*), count(DISTINCT case_id) FROM refused GROUP BY 1, 2, 3, 4
    ON CONFLICT (service_id, territory_id, profile, month) DO UPDATE
      SET refusals = GREATEST(u.refusals, excluded.refusals), situations = GREATEST(u.situations, excluded.situations)
    RETURNING 1
  )
  SELECT count(*)::int FROM kept
$$;

-- Remind agencies whose places were not declared for a week, once a week (the event's id is derived from the week).
CREATE FUNCTION nrm.remind_places() RETURNS int LANGUAGE sql AS $$
  WITH stale AS (
    SELECT d.agency_id, md5('places ' || d.agency_id || to_char(now(), ' IYYY-IW'))::uuid AS id
    FROM agencies_desk d JOIN agencies_agency a ON a.group_id = d.agency_id AND a.active
    WHERE d.receives_orientations AND d.places IS NOT NULL
      AND (d.places_updated_at IS NULL OR d.places_updated_at < now() - interval '7 days')
  ), told AS (
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at)
    SELECT id, 'capacity_stale', 'desk', id, '', '{}', ARRAY[agency_id], now() FROM stale
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT count(*)::int FROM told
$$;
