-- Erasing a case. Which rows belong to it is listed in referral/policies/erasures.py, and a test compares that with the
-- foreign keys. No trigger stands aside: grants end, and copies of programs are told of what left, by its id alone.

-- The name of a case in the register (referral/models/erasures.py computes the same).
CREATE FUNCTION nrm.erasure_digest(target uuid) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(sha256(convert_to(target::text, 'UTF8')), 'hex') $$;

-- Delete the rows that belong to these ids (references, for what was told), table by table.
CREATE FUNCTION nrm.erase_all(noun text, ids anyarray) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE step record;
BEGIN
  SET CONSTRAINTS ALL DEFERRED;  -- whatever the transaction had said: rows point at each other both ways
  FOR step IN SELECT * FROM nrm.erased(noun) LOOP
    EXECUTE format('DELETE FROM %I WHERE %s', step.tab, step.rows) USING ids;
  END LOOP;
END $$;

-- Keep that a row of a list is gone, for programs that copy the list.
CREATE FUNCTION nrm.tell_departed(agency int, noun text, thing uuid) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO victims_departure (agency_id, noun, thing, position, changed_at)
  VALUES (agency, noun, thing, pg_current_xact_id()::text::bigint, clock_timestamp())
$$;

-- Leave no row of a case: an alert goes with the last case it led to, a collective situation when nothing is left of it.
-- The register keeps a digest. Not executable by the application: nrm.erase_case asks whether it is time; the owner
-- erases again what an older backup brought back.
CREATE FUNCTION nrm.erase_rows(target uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE linked uuid[]; alerts uuid[]; requests uuid[]; matches uuid[]; sites uuid[]; counted int[];
BEGIN
  PERFORM 1 FROM victims_case WHERE id = target FOR UPDATE;
  linked := ARRAY(SELECT alert_id FROM referral_alertlink WHERE case_id = target);
  alerts := ARRAY(SELECT u FROM unnest(linked) u
                  WHERE NOT EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.alert_id = u AND l.case_id <> target));
  counted := ARRAY(SELECT nrm.persons_counted(u) FROM unnest(linked) u);
  requests := ARRAY(SELECT id FROM referral_orientation WHERE case_id = target);
  matches := ARRAY(SELECT id FROM referral_match WHERE target IN (first_id, second_id));
  sites := ARRAY(SELECT situation_id FROM referral_situationcase WHERE case_id = target
                 UNION SELECT situation_id FROM referral_situationalert WHERE alert_id = ANY(alerts));
  PERFORM nrm.tell_departed(agency_id, 'alert', alert_id) FROM referral_alertdesk
  WHERE alert_id = ANY(alerts) AND kept_cases IS NULL;
  PERFORM nrm.tell_departed(agency_id, 'request', orientation_id) FROM referral_orientationdesk
  WHERE orientation_id = ANY(requests) AND kept_cases IS NULL;
  PERFORM nrm.tell_departed(sender_id, 'sent', id) FROM referral_orientation WHERE id = ANY(requests);
  PERFORM nrm.erase_all('told', ARRAY(SELECT reference FROM victims_case WHERE id = target
    UNION SELECT reference FROM referral_alert WHERE id = ANY(alerts)
    UNION SELECT reference FROM referral_orientation WHERE id = ANY(requests)
    UNION SELECT reference FROM referral_match WHERE id = ANY(matches)));
  PERFORM nrm.erase_all('made', target || alerts || requests);
  PERFORM nrm.erase_all('match', matches);
  PERFORM nrm.erase_all('request', requests);
  PERFORM nrm.erase_all('alert', alerts);
  PERFORM nrm.erase_all('case', ARRAY[target]);
  PERFORM nrm.erase_all('site', ARRAY(SELECT u FROM unnest(sites) u
    WHERE NOT EXISTS (SELECT 1 FROM referral_situationcase c WHERE c.situation_id = u)
      AND NOT EXISTS (SELECT 1 FROM referral_situationalert a WHERE a.situation_id = u)));
  PERFORM nrm.persons_erased(linked, counted);
  -- an alert that led to other cases too follows these; what was kept to members stays so
  UPDATE referral_alertdesk SET stays_kept = true WHERE alert_id = ANY(linked) AND target = ANY(kept_cases);
  UPDATE referral_alert SET stays_kept = true WHERE id = ANY(linked) AND target = ANY(kept_cases);
  UPDATE referral_alertdesk SET kept_cases = nrm.alert_kept(alert_id, agency_id)
  WHERE alert_id = ANY(linked) AND target = ANY(kept_cases);
  UPDATE referral_alert SET kept_cases = nrm.alert_kept(id, agency_id) WHERE id = ANY(linked) AND target = ANY(kept_cases);
  -- where an agency sees none of its other cases, nobody can be assigned: this desk has nothing to do any more
  UPDATE referral_alertdesk d SET live = false, due_at = NULL
  WHERE d.alert_id = ANY(linked) AND d.stays_kept
    AND NOT EXISTS (SELECT 1 FROM referral_alertlink l JOIN victims_caseaccess a ON a.case_id = l.case_id
                    WHERE l.alert_id = d.alert_id AND a.agency_id = d.agency_id);
  UPDATE referral_alert SET case_status = nrm.followed_status(id)
  WHERE id = ANY(linked) AND case_status IS DISTINCT FROM nrm.followed_status(id);
  INSERT INTO referral_erasure (digest, at, kind, ground, outside)
  VALUES (nrm.erasure_digest(target), now(), 'case', why, false);
END $$;

-- Whether something of an alert goes on: a desk is waited for, or it was moved or added to since this moment.
CREATE FUNCTION nrm.alert_goes_on(target uuid, since timestamptz) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_alertdesk WHERE alert_id = target AND live AND due_at IS NOT NULL)
      OR EXISTS (SELECT 1 FROM referral_alertmove WHERE alert_id = target AND at > since)
      OR EXISTS (SELECT 1 FROM referral_alertaddition WHERE alert_id = target AND at > since)
$$;

-- Whether something of a closed case waits, and keeps it until it is over: a request of the person, a limitation of use,
-- an alert that led to it, or the case that was kept when this one was closed as its duplicate: it is half of the file of
-- one person, and goes to the archive (`filing`) after the other half.
CREATE FUNCTION nrm.case_waits(target uuid, filing boolean DEFAULT false) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM victims_datarequest WHERE case_id = target AND ended_at IS NULL)
      OR EXISTS (SELECT 1 FROM victims_limitation WHERE case_id = target AND ended_at IS NULL)
      OR EXISTS (SELECT 1 FROM referral_match m
                 WHERE target IN (m.first_id, m.second_id) AND m.state = 'merged' AND m.kept_id IS DISTINCT FROM target
                   AND NOT (filing AND EXISTS (SELECT 1 FROM referral_caseterm t
                                               WHERE t.case_id = m.kept_id AND t.archived_at IS NOT NULL)))
      OR EXISTS (SELECT 1 FROM referral_alertlink l JOIN referral_alertdesk d ON d.alert_id = l.alert_id
                 WHERE l.case_id = target AND d.live AND d.due_at IS NOT NULL)
$$;

-- Whether the leads of a closed case and of one that is not are asked to talk, as both may be of one person: each was told.
-- A pair of which the unit alone knows keeps no case, whether it waits or is linked: whoever wrote a name they know, and
-- closed the case, would learn from a day that passes that the person stands elsewhere.
CREATE FUNCTION nrm.case_alike(target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_match m JOIN victims_case other ON other.id IN (m.first_id, m.second_id)
                 WHERE target IN (m.first_id, m.second_id) AND m.state = 'contact' AND other.status <> 'closed')
$$;

-- Return the moment until which what is over keeps a closed case: a hold that ended (those who were told may put another),
-- a request of the person whose answer may still be contested, a move, an alert that led to it. `quiet`: for how long what
-- moved keeps it; by default from being erased.
CREATE FUNCTION nrm.case_kept_until(target uuid, quiet interval DEFAULT NULL) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(
    (SELECT max(changed_at) FROM referral_legalhold WHERE case_id = target) + nrm.after_a_hold(),
    (SELECT max(ended_at) FROM victims_datarequest WHERE case_id = target) + nrm.after_an_answer(),
    (SELECT max(at) FROM referral_casemove WHERE case_id = target) + COALESCE(quiet, nrm.kept_at_least()),
    (SELECT max(m.at) FROM referral_alertlink l JOIN referral_alertmove m ON m.alert_id = l.alert_id
     WHERE l.case_id = target) + COALESCE(quiet, nrm.kept_at_least()),
    (SELECT max(x.at) FROM referral_alertlink l JOIN referral_alertaddition x ON x.alert_id = l.alert_id
     WHERE l.case_id = target) + COALESCE(quiet, nrm.kept_at_least()))
$$;

-- Whether something of a closed case goes on or keeps it: asked by the worker's query, by nrm.erase_case and, with a
-- shorter silence, by nrm.archive_case, which no possible duplicate delays.
CREATE FUNCTION nrm.case_goes_on(target uuid, quiet interval DEFAULT NULL) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_legalhold WHERE case_id = target AND state <> 'ended')
      OR nrm.case_waits(target, quiet IS NOT NULL) OR quiet IS NULL AND nrm.case_alike(target)
      OR COALESCE(nrm.case_kept_until(target, quiet) > now(), false)
$$;

-- Erase a case whose time is over: for the worker's due work, and never one that is open or of which something goes on,
-- whatever the worker says.
CREATE FUNCTION nrm.erase_case(target uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM victims_case WHERE id = target AND status = 'closed' FOR UPDATE;
  IF NOT FOUND THEN PERFORM nrm.wrong_state(); END IF;
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on' OR nrm.case_goes_on(target) THEN
    RAISE EXCEPTION 'this case is kept' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM nrm.erase_rows(target, 'time');
END $$;

-- Leave no row of an alert that no case followed. A collective situation that names it stays, without it. As above, the
-- owner erases again what a backup brought back.
CREATE FUNCTION nrm.erase_alert_rows(target uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.tell_departed(agency_id, 'alert', alert_id) FROM referral_alertdesk
  WHERE alert_id = target AND kept_cases IS NULL;
  PERFORM nrm.erase_all('told', ARRAY(SELECT reference FROM referral_alert WHERE id = target));
  PERFORM nrm.erase_all('made', ARRAY[target]);
  PERFORM nrm.erase_all('alert', ARRAY[target]);
  INSERT INTO referral_erasure (digest, at, kind, ground, outside)
  VALUES (nrm.erasure_digest(target), now(), 'alert', why, false);
END $$;

-- Erase an alert that was closed and led to no case: for the worker's due work, and never one of which something goes on.
CREATE FUNCTION nrm.erase_alert(target uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.signed_context();
  PERFORM 1 FROM referral_alert WHERE id = target AND state = 'closed' FOR UPDATE;
  IF NOT FOUND OR EXISTS (SELECT 1 FROM referral_alertlink WHERE alert_id = target) THEN PERFORM nrm.wrong_state(); END IF;
  IF current_setting('nrm.system', true) IS DISTINCT FROM 'on'
     OR nrm.alert_goes_on(target, now() - nrm.kept_at_least()) THEN
    RAISE EXCEPTION 'this alert is kept' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM nrm.erase_alert_rows(target, 'time');
END $$;

-- The time of a case ends with its state: opened again and closed again, it is told anew.
CREATE FUNCTION nrm.term_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM referral_caseterm WHERE case_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_term_over AFTER UPDATE OF status ON victims_case FOR EACH ROW
WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION nrm.term_over();

-- A hold is put on a case that stands: an erasure locks the case first, and a hold that comes meanwhile waits for it.
CREATE FUNCTION nrm.hold_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM victims_case WHERE id = NEW.case_id FOR SHARE;
  IF NOT FOUND OR NEW.review_on <= nrm.today() THEN PERFORM nrm.wrong_state(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_hold_guard BEFORE INSERT ON referral_legalhold FOR EACH ROW EXECUTE FUNCTION nrm.hold_guard();

-- Return the agencies of which one has to agree to the end of a hold: that which put it; once nobody there sees the case
-- any more, its coordination; where that does not see it either, who leads the case. An end that nobody answers is
-- answered by the coordination too, and later by the lead: a case waits for no agency for ever. Each turn comes on its
-- own day, counted from when the end was first asked for, whoever is missing before it.
CREATE FUNCTION nrm.hold_keepers(h referral_legalhold) RETURNS SETOF int LANGUAGE sql STABLE AS $$
  WITH there AS (
    SELECT k.agency, min(k.turn) AS turn
    FROM (VALUES (0, h.agency_id), (1, (SELECT coordination_id FROM public.victims_case WHERE id = h.case_id)),
                 (2, (SELECT lead_id FROM public.victims_case WHERE id = h.case_id))) k (turn, agency)
    WHERE EXISTS (SELECT 1 FROM public.agencies_membership m WHERE m.agency_id = k.agency AND m.kind = 'person'
                    AND (nrm.still_sees(m.id, 'legalhold', h.id) OR nrm.opens_archive(m.id, k.agency, h.case_id)))
    GROUP BY k.agency)
  SELECT agency FROM there
  WHERE turn = (SELECT min(turn) FROM there)
     OR h.end_asked_at <= now() - turn * nrm.end_unanswered()
$$;

-- Whether one's own agency has kept this case from being erased: asked by the policy of holds.
CREATE FUNCTION nrm.held_before(target uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM referral_legalhold WHERE case_id = target AND agency_id = nrm.desk()) $$;

-- Return whether something besides its holds keeps a closed case, and until when what is over does, never what: for who
-- reads its summary.
CREATE FUNCTION nrm.what_keeps(target uuid, OUT waits boolean, OUT until timestamptz) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.case_waits(target), nrm.case_kept_until(target)
  WHERE EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = target AND a.agency_id = nrm.desk()
                  AND a.level >= 2 AND (a.until IS NULL OR a.until > now()))
    AND NOT nrm.kept_out(nrm.membership(), nrm.desk(), target)
$$;

-- Return whether one may do this with a hold: by who sees the summary of the case, and by the agency that put it as long
-- as it sees its state. A second person confirms it, or its end; of the two who agree to its end one is of a keeper,
-- which may also refuse it (keep). Once others have asked for the end, a keeper may ask in their place, so that a
-- second person of any agency can confirm. In which state each is done, nrm.decide_hold says.
CREATE FUNCTION nrm.may_decide_hold(target uuid, act text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM referral_legalhold h JOIN victims_caseaccess a ON a.case_id = h.case_id
    LEFT JOIN agencies_membership e ON e.id = h.end_by_id
    WHERE h.id = target AND a.agency_id = nrm.desk() AND (a.level >= 2 OR h.agency_id = a.agency_id)
      AND (a.until IS NULL OR a.until > now()) AND NOT nrm.kept_out(nrm.membership(), nrm.desk(), h.case_id)
      AND CASE act WHEN 'confirm' THEN nrm.independent(nrm.membership(), h.by_id)
               WHEN 'confirm_end' THEN e.id IS NULL OR (nrm.independent(nrm.membership(), e.id)
                 AND EXISTS (SELECT 1 FROM nrm.hold_keepers(h) k WHERE k IN (e.agency_id, nrm.desk())))
               WHEN 'keep' THEN e.id IS NULL OR nrm.desk() IN (SELECT nrm.hold_keepers(h))
               ELSE e.id IS NULL OR (nrm.desk() IN (SELECT nrm.hold_keepers(h))
                 AND e.agency_id NOT IN (SELECT nrm.hold_keepers(h))) END)
$$;

-- Confirm a hold, ask for its end, confirm this end or refuse it: each in its own state, whatever the page showed. What
-- nobody had confirmed waits for a second person again. Asked for in the place of others, an end stays asked for since
-- the first time; only its refusal has it counted anew.
CREATE FUNCTION nrm.decide_hold(target uuid, act text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE was text;
BEGIN
  PERFORM nrm.signed_context();
  SELECT state INTO was FROM referral_legalhold WHERE id = target FOR UPDATE;
  IF NOT nrm.may_decide_hold(target, act) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF act = 'end' AND was <> 'ended' THEN
    UPDATE referral_legalhold SET state = 'ending', end_by_id = nrm.membership(), changed_at = now(),
           end_asked_at = COALESCE(end_asked_at, now()) WHERE id = target;
  ELSIF act = 'confirm' AND was = 'asked' THEN
    UPDATE referral_legalhold SET state = 'standing', confirmed_by_id = nrm.membership(), changed_at = now()
    WHERE id = target;
  ELSIF act = 'confirm_end' AND was = 'ending' THEN
    UPDATE referral_legalhold SET state = 'ended', changed_at = now() WHERE id = target;
  ELSIF act = 'keep' AND was = 'ending' THEN
    UPDATE referral_legalhold SET state = CASE WHEN confirmed_by_id IS NULL THEN 'asked' ELSE 'standing' END,
           end_by_id = NULL, end_asked_at = NULL, changed_at = now() WHERE id = target;
  ELSE
    PERFORM nrm.wrong_state();
  END IF;
END $$;
