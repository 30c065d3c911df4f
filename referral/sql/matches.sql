-- Return the unit to ask about two cases: the coordination of both, else the national one, so that no unit learns of a
-- case of another. NULL, hence nobody, without a national unit.
CREATE FUNCTION nrm.match_unit(one uuid, two uuid) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN a.coordination_id = b.coordination_id THEN a.coordination_id
              ELSE (SELECT min(n.group_id) FROM agencies_agency n WHERE n.mandate = 'national' AND n.active) END
  FROM victims_case a, victims_case b WHERE a.id = one AND b.id = two
$$;

CREATE FUNCTION nrm.match_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.unit_id := nrm.match_unit(NEW.first_id, NEW.second_id);
  SELECT reference INTO STRICT NEW.first_reference FROM victims_case WHERE id = NEW.first_id;
  SELECT reference INTO STRICT NEW.second_reference FROM victims_case WHERE id = NEW.second_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_match_stamped BEFORE INSERT OR UPDATE ON referral_match
FOR EACH ROW EXECUTE FUNCTION nrm.match_stamped();

-- Matches follow a case that moves to another coordination.
CREATE FUNCTION nrm.match_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE referral_match SET unit_id = NULL WHERE first_id = NEW.id OR second_id = NEW.id;  -- computed again
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_match_follows AFTER UPDATE ON victims_case FOR EACH ROW
WHEN (OLD.coordination_id <> NEW.coordination_id) EXECUTE FUNCTION nrm.match_follows();

-- Lapse the open matches of an erased identity.
CREATE FUNCTION nrm.match_erased() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE referral_match SET state = 'lapsed'
  WHERE state = 'open' AND (first_id = OLD.case_id OR second_id = OLD.case_id);
  RETURN OLD;
END $$;
CREATE TRIGGER nrm_match_erased BEFORE DELETE ON victims_identity FOR EACH ROW EXECUTE FUNCTION nrm.match_erased();

-- Merging closes one case and gives nothing: no grant, orientation or lead changes, so that nobody sees more. Its
-- warnings alone, and a limitation of use, go on to the case that stays: they say what must not be done with the person
-- and with what is written of her. Undoing restores the former state, unless the lead has moved the case since.
CREATE FUNCTION nrm.match_merge(m referral_match, keep uuid, by_whom referral_matchmove) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone uuid := CASE keep WHEN m.first_id THEN m.second_id WHEN m.second_id THEN m.first_id END; c victims_case;
        copied uuid;
BEGIN
  PERFORM 1 FROM victims_case WHERE id IN (m.first_id, m.second_id) ORDER BY id FOR NO KEY UPDATE;
  SELECT * INTO c FROM victims_case WHERE id = gone;
  -- no chain and no circle: neither case was closed for another one, and the one that closes was kept for none; nor does
  -- what is open go on in a case that is closed, where it would wait for nobody
  IF c.id IS NULL
     OR c.status <> 'closed' AND EXISTS (SELECT 1 FROM victims_case k WHERE k.id = keep AND k.status = 'closed')
     OR EXISTS (
       SELECT 1 FROM referral_match x WHERE x.state = 'merged' AND (x.kept_id = gone
         OR CASE x.kept_id WHEN x.first_id THEN x.second_id ELSE x.first_id END IN (m.first_id, m.second_id))
  ) THEN PERFORM nrm.wrong_state(); END IF;
  -- before the case moves: its alerts look at the case that stands for it
  UPDATE referral_match SET state = 'merged', kept_id = keep WHERE id = m.id;
  IF c.status <> 'closed' THEN  -- a case closed before keeps its own reason
    INSERT INTO referral_casemove (id, case_id, action, before, after, membership_id, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), gone, 'merge', c.status, 'closed', by_whom.membership_id, by_whom.agency_id, by_whom.at,
            'duplicate', '{}');
  END IF;
  UPDATE victims_case k SET employer_immunity = k.employer_immunity OR c.employer_immunity,
         asylum_confidential = k.asylum_confidential OR c.asylum_confidential WHERE k.id = keep;
  INSERT INTO victims_limitation (id, case_id, agency_id, by_id, at, ended_because)
  SELECT gen_random_uuid(), keep, l.agency_id, l.by_id, l.at, '' FROM victims_limitation l
  WHERE l.case_id = gone AND l.ended_at IS NULL ON CONFLICT DO NOTHING RETURNING id INTO copied;
  -- the alerts of the one that closes are owed a report to the CRIP on the one that stays (nrm.report_owed)
  PERFORM nrm.report_owed_again(keep, by_whom.membership_id) FROM referral_alertlink l WHERE l.case_id = gone LIMIT 1;
  RETURN jsonb_strip_nulls(jsonb_build_object('status', c.status, 'limited', copied, 'at', by_whom.at));
END $$;

CREATE FUNCTION nrm.match_part(m referral_match, by_whom referral_matchmove) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone uuid := CASE m.kept_id WHEN m.first_id THEN m.second_id ELSE m.first_id END;
        copied uuid; owes uuid;
BEGIN
  UPDATE referral_match SET state = 'open', kept_id = NULL WHERE id = m.id;  -- before the case moves, as merging
  -- a case has this reason while it is closed for it: its lead has not moved it since
  PERFORM 1 FROM victims_case WHERE id = gone AND closure_reason = 'duplicate' FOR NO KEY UPDATE;
  IF FOUND AND m.former->>'status' <> 'closed' THEN
    INSERT INTO referral_casemove (id, case_id, action, before, after, membership_id, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), gone, 'unmerge', 'closed', m.former->>'status', by_whom.membership_id, by_whom.agency_id,
            by_whom.at, '', '{}');
  END IF;
  -- the limitation that the merge copied, unless it was granted on the case that stayed since: it stood there already
  SELECT l.id INTO copied FROM victims_limitation l WHERE l.id = (m.former->>'limited')::uuid AND l.ended_at IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM victims_datarequest q WHERE q.case_id = l.case_id AND q.kind = 'limitation' AND q.state = 'answered'
        AND q.ended_at > (m.former->>'at')::timestamptz);
  -- nor where another merge owes it, which copied none since this one stood: it is that merge's to take back
  SELECT x.id INTO owes FROM referral_match x JOIN victims_limitation l
    ON l.case_id = CASE x.kept_id WHEN x.first_id THEN x.second_id ELSE x.first_id END AND l.ended_at IS NULL
  WHERE x.kept_id = m.kept_id ORDER BY x.id LIMIT 1;  -- merged: nothing is kept otherwise
  IF owes IS NULL THEN
    DELETE FROM victims_limitation WHERE id = copied;
  ELSIF copied IS NOT NULL THEN
    UPDATE referral_match SET former = former || jsonb_build_object('limited', copied, 'at', m.former->'at') WHERE id = owes;
  END IF;
  PERFORM nrm.alert_unfollowed(x, 'unmerge') FROM nrm.alerts_of(m.kept_id) x;
END $$;

-- The person was told that their data are used again: the limitation ends on each of their cases, or nobody would end it
-- on the one that closed. Who ends it may not see the others: the journal of each says so, and its lead is told.
CREATE FUNCTION nrm.limitation_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH ended AS (
    UPDATE victims_limitation SET ended_at = NEW.ended_at, ended_by_id = NEW.ended_by_id, ended_because = NEW.ended_because
    WHERE case_id IN (SELECT nrm.person_cases(NEW.case_id)) AND ended_at IS NULL RETURNING id, case_id
  ), written AS (
    INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)
    SELECT gen_random_uuid(), now(), b.id, b.agency_id, 'limitation.end', 'done', 'limitation', e.id::text, e.case_id
    FROM ended e JOIN agencies_membership b ON b.id = NEW.ended_by_id)
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  SELECT gen_random_uuid(), 'case_addition', 'case', c.id, c.reference, '{lead}', '{}', NEW.ended_by_id, now()
  FROM ended e JOIN victims_case c ON c.id = e.case_id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_limitation_ended AFTER UPDATE ON victims_limitation FOR EACH ROW
WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION nrm.limitation_ended();

CREATE FUNCTION nrm.match_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE m referral_match; side text; was jsonb;
BEGIN
  IF NEW.action IN ('merge', 'undo') THEN  -- lock the cases first: a case that moves locks itself, then its matches
    PERFORM 1 FROM victims_case c JOIN referral_match x ON c.id IN (x.first_id, x.second_id) WHERE x.id = NEW.match_id
    ORDER BY c.id FOR NO KEY UPDATE OF c;
  END IF;
  SELECT * INTO STRICT m FROM referral_match WHERE id = NEW.match_id FOR UPDATE;
  side := nrm.step_side('match', NEW.before, NEW.action, NEW.after);
  IF m.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF (side = 'system' AND current_setting('nrm.system', true) IS DISTINCT FROM 'on')
     OR (side = 'unit' AND (nrm.desk() IS NULL
                            OR m.unit_id IS DISTINCT FROM nrm.desk() OR NEW.agency_id IS DISTINCT FROM nrm.desk()
                            OR current_setting('nrm.kind', true) IS DISTINCT FROM 'person')) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;
  IF NEW.action = 'merge' THEN was := nrm.match_merge(m, NEW.keep_id, NEW); END IF;
  IF NEW.action = 'undo' THEN PERFORM nrm.match_part(m, NEW); END IF;
  -- each case is named on the other for those who see both (victims/models/links.py)
  IF NEW.after IN ('linked', 'merged') THEN
    INSERT INTO victims_caselink (id, one_id, other_id, sort, agency_id, by_id, at)
    VALUES (gen_random_uuid(), m.first_id, m.second_id, 'same_person', NEW.agency_id, NEW.membership_id, NEW.at)
    ON CONFLICT (one_id, other_id, sort) DO NOTHING;
  ELSE
    DELETE FROM victims_caselink WHERE one_id = m.first_id AND other_id = m.second_id AND sort = 'same_person';
  END IF;
  UPDATE referral_match SET state = NEW.after, former = was,
         kept_id = CASE NEW.action WHEN 'merge' THEN NEW.keep_id END WHERE id = m.id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_match_moved AFTER INSERT ON referral_matchmove FOR EACH ROW EXECUTE FUNCTION nrm.match_moved();
