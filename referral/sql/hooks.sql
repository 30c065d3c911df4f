-- Webhooks of a program, kept by the administrator of its agency. What happened in the agency leaves to an address for as
-- long as it stands, without anybody signing in: so a second person agrees to the address, as to what a program may see.

-- Lock a webhook of a program of the administrator's own agency.
CREATE FUNCTION nrm.hook_kept(target uuid) RETURNS notifications_hook LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook;
BEGIN
  PERFORM nrm.administers();
  PERFORM nrm.program_kept((SELECT k.membership_id FROM notifications_hook k WHERE k.id = target));
  SELECT * INTO h FROM notifications_hook k WHERE k.id = target FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  RETURN h;
END $$;

-- Make one for a program that holds its roles, with its secret, encrypted; one asks at a time, and each waits.
CREATE FUNCTION nrm.make_hook(program bigint, hook uuid, address text, secret uuid, sealed bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m agencies_membership := nrm.program_kept(program);
BEGIN
  IF m.roles = '{}' OR (SELECT count(*) >= nrm.most_hooks() FROM notifications_hook h WHERE h.membership_id = m.id)
     OR EXISTS (SELECT 1 FROM agencies_memberchange c WHERE c.membership_id = m.id AND c.state = 'waiting') THEN
    PERFORM nrm.wrong_state();
  END IF;
  PERFORM nrm.note_change(m.id, 'hook', '{}');
  INSERT INTO notifications_hook (id, membership_id, url, asked_id, paused_why, created_at, last, failures, due_at)
  SELECT hook, m.id, address, c.id, '', now(), 0, 0, now()
  FROM agencies_memberchange c WHERE c.membership_id = m.id AND c.state = 'waiting';
  INSERT INTO notifications_hooksecret (id, hook_id, value) VALUES (secret, hook, sealed);
END $$;

-- Pause it by hand, or go on: what waited leaves at once, with five days of attempts before it.
CREATE FUNCTION nrm.pause_hook(target uuid, pausing boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook := nrm.hook_kept(target);
BEGIN
  IF h.agreed_at IS NULL OR (h.paused_at IS NULL) <> pausing THEN PERFORM nrm.wrong_state(); END IF;
  IF pausing THEN
    UPDATE notifications_hook SET paused_at = now(), paused_why = 'hand' WHERE id = h.id;
  ELSE
    UPDATE notifications_hook SET paused_at = NULL, paused_why = '', failures = 0, failing_since = NULL, due_at = now()
    WHERE id = h.id;
    UPDATE notifications_hookdelivery SET due_at = now(), attempts = 0, first_at = NULL
    WHERE hook_id = h.id AND state = 'queued';
  END IF;
END $$;

-- Queue a call that tells of nothing; one at a time. Returns its position.
CREATE FUNCTION nrm.test_hook(target uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook := nrm.hook_kept(target);
BEGIN
  IF h.agreed_at IS NULL OR h.paused_at IS NOT NULL OR EXISTS (SELECT 1 FROM notifications_hookdelivery d
     WHERE d.hook_id = h.id AND d.state = 'queued' AND d.notice_id IS NULL) THEN
    PERFORM nrm.wrong_state();
  END IF;
  UPDATE notifications_hook SET last = last + 1 WHERE id = h.id RETURNING * INTO h;
  INSERT INTO notifications_hookdelivery (hook_id, position, vital, state, at, attempts, due_at, problem)
  VALUES (h.id, h.last, false, 'queued', now(), 0, now(), '');
  RETURN h.last;
END $$;

-- Queue again what was decided about from a position or a time on, under the same ids. Returns how many.
CREATE FUNCTION nrm.replay_hook(target uuid, first bigint, since timestamptz) RETURNS int LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook := nrm.hook_kept(target); again int;
BEGIN
  IF h.agreed_at IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  UPDATE notifications_hookdelivery d SET state = 'queued', attempts = 0, first_at = NULL, due_at = now(), sent_at = NULL
  WHERE d.hook_id = h.id AND d.state <> 'queued' AND d.notice_id IS NOT NULL AND (d.position >= first OR d.at >= since);
  GET DIAGNOSTICS again = ROW_COUNT;
  RETURN again;
END $$;

-- A new secret, encrypted. The former one signs too for as long as that of a program goes on, or ends at once. Returns
-- its end.
CREATE FUNCTION nrm.renew_hook_secret(target uuid, secret uuid, sealed bytea, at_once boolean) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook := nrm.hook_kept(target); ends timestamptz;
BEGIN
  DELETE FROM notifications_hooksecret WHERE hook_id = h.id AND (at_once OR until IS NOT NULL);
  UPDATE notifications_hooksecret SET until = now() + nrm.secret_overlap() WHERE hook_id = h.id RETURNING until INTO ends;
  INSERT INTO notifications_hooksecret (id, hook_id, value) VALUES (secret, h.id, sealed);
  RETURN ends;
END $$;

-- Delete it with its secrets and deliveries; what waits for a second person about it is taken back.
CREATE FUNCTION nrm.delete_hook(target uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE h notifications_hook := nrm.hook_kept(target);
BEGIN
  DELETE FROM notifications_hookdelivery WHERE hook_id = h.id;
  DELETE FROM notifications_hooksecret WHERE hook_id = h.id;
  DELETE FROM notifications_hook WHERE id = h.id;
  UPDATE agencies_memberchange SET state = 'withdrawn', decided_by_id = nrm.membership(), decided_at = now()
  WHERE id = h.asked_id AND state = 'waiting';
END $$;
