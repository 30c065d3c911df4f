-- Compute when a desk is open, in its own time zone. Hours are local: a change to summer time moves the instants, not
-- the hours.
CREATE FUNCTION nrm.stretches(agency int, moment timestamptz) RETURNS TABLE (opens timestamptz, closes timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT (d.day + h.opens) AT TIME ZONE g.time_zone,
         (d.day + h.closes + CASE WHEN h.closes <= h.opens THEN interval '1 day' ELSE interval '0' END)
         AT TIME ZONE g.time_zone
  FROM public.agencies_agency g
  -- from yesterday, whose night may not be over, to this day next week, for a weekly period
  CROSS JOIN LATERAL (SELECT (moment AT TIME ZONE g.time_zone)::date + n AS day FROM generate_series(-1, 7) n) d
  JOIN public.agencies_dutyhours h ON h.desk_id = g.group_id AND h.weekday = extract(isodow FROM d.day)::int - 1
  WHERE g.group_id = agency
$$;

-- Return the first moment from now at which the desk is open: now when it is open or has no hours.
CREATE FUNCTION nrm.back_at(agency int, moment timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN EXISTS (SELECT 1 FROM agencies_dutyhours h WHERE h.desk_id = agency)
         THEN (SELECT min(GREATEST(s.opens, moment)) FROM nrm.stretches(agency, moment) s WHERE s.closes > moment)
         ELSE moment END
$$;
