-- End the sessions of the application that hold others up as the application never does, and return how many: a lock on
-- a whole table, or one that waits for it; an advisory lock kept outside a transaction; a transaction that others wait
-- for and that began longer ago than a statement of the application may last (TIMEOUTS, referral/config/environment.py).
-- Whoever has its password may hold what every page and all due work needs, a notice of a danger to life too, and sets
-- the limits of its own session. For the one beat, which looks each two seconds and reads nothing that can be held.
CREATE FUNCTION nrm.end_holders() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE ended int;
BEGIN
  PERFORM nrm.signed_context(), nrm.membership();
  SELECT count(*) FILTER (WHERE pg_terminate_backend(s.pid)) INTO ended
  FROM pg_stat_activity s
  WHERE s.usename = 'nrm_app' AND s.datname = current_database() AND (
    EXISTS (SELECT FROM pg_locks l WHERE l.pid = s.pid AND l.locktype = 'relation'
            AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
    OR s.state = 'idle' AND s.state_change < clock_timestamp() - interval '2 seconds'
       AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = s.pid AND l.locktype = 'advisory')
    OR s.xact_start < clock_timestamp() - interval '20 seconds'
       AND s.pid IN (SELECT unnest(pg_blocking_pids(w.pid)) FROM pg_locks w WHERE NOT w.granted));
  RETURN ended;
END $$;
