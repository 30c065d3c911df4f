-- Who has a seat today.
CREATE FUNCTION nrm.sits() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_seat s WHERE s.body_id = nrm.policy_body()
     AND s.start <= nrm.today() AND (s."end" IS NULL OR s."end" >= nrm.today())) $$;

-- Whether the minutes of a meeting were published: its decisions are public, and no longer written.
CREATE FUNCTION nrm.meeting_closed(target bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_minutes m WHERE m.meeting_id = target AND m.published_at IS NOT NULL) $$;

-- How many seats of each college came to each meeting. Numbers only: the rows are the coordination's.
CREATE FUNCTION nrm.attendance_figures() RETURNS TABLE (meeting_id bigint, college text, presence text, seats int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.meeting_id, s.college::text, a.presence::text, count(*)::int
  FROM plans_attendance a JOIN plans_seat s ON s.id = a.seat_id GROUP BY 1, 2, 3
$$;
