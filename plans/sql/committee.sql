-- Who has a seat today.
CREATE FUNCTION nrm.sits() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM plans_seat s WHERE s.body_id = nrm.policy_body()
     AND s.start <= nrm.today() AND (s."end" IS NULL OR s."end" >= nrm.today())) $$;

-- Whether the minutes of a meeting were published: its decisions are public, and no longer written.
CREATE FUNCTION nrm.meeting_closed(target bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM plans_minutes m WHERE m.meeting_id = target AND m.published_at IS NOT NULL) $$;
