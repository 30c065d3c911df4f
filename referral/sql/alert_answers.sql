-- What a desk answered of an alert. It answers for itself: no answer of one desk stops the time limit of another, where a
-- child, a doubtful age or a danger to life is concerned. An alert whose every time limit is stopped while nobody acts
-- comes back (nrm.alert_weighed).

-- Refuse what contradicts what this desk answered before.
CREATE FUNCTION nrm.desk_may_answer(mine referral_alertdesk, action text, side text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- somebody answered since due work found it late: nobody is told that it is silent
  IF action = 'escalate' AND mine.due_at IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF side <> 'desk' THEN RETURN; END IF;
  -- the case is moved or closed instead; one that was closed as a duplicate is another's
  IF (action IN ('act', 'redirect') AND mine.case_at IS NOT NULL)
     OR (action = 'close' AND mine.case_at IS NOT NULL AND EXISTS (
           SELECT 1 FROM referral_alertlink l JOIN victims_case c ON c.id = l.case_id AND c.lead_id = mine.agency_id
           WHERE l.alert_id = mine.alert_id AND c.status <> 'closed'))
     OR (action = 'close' AND mine.answer = 'closed')
     OR (action = 'open' AND mine.opened_at IS NOT NULL)
     -- what was added is read, and each of its persons is helped: it owes nothing else
     OR (action = 'take_note' AND (mine.answer <> 'case' OR mine.followed_at IS NULL OR mine.due_at IS NULL
                                   OR nrm.desk_owes(mine.alert_id, mine.agency_id)))
     OR (action = 'stand_down' AND mine.answer NOT IN ('case', 'acting', 'with_person'))
     -- confirmed by a desk that does not act, to one that acts and said so
     OR (action = 'confirm' AND (mine.answer IN ('case', 'acting', 'with_person', 'nothing_to_do') OR NOT EXISTS (
           SELECT 1 FROM referral_alertmove m JOIN referral_alertdesk d ON d.alert_id = m.alert_id
             AND d.agency_id = m.agency_id AND d.live AND d.answer IN ('case', 'acting', 'with_person')
           WHERE m.alert_id = mine.alert_id AND m.action = 'stand_down' AND m.agency_id <> mine.agency_id)))
  THEN PERFORM nrm.wrong_state(); END IF;
END $$;

-- The author answers only what waits at its own agency alone: kept with the person's agreement. It sends it to others, or
-- closes it; what was added to one that the person refused is closed. A coordination unit, and what is guarded, is answered by members who follow cases.
CREATE FUNCTION nrm.author_may_answer(a referral_alert, mine referral_alertdesk, m referral_alertmove) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.action = 'doubt' AND a.age_side <> 'adult' THEN PERFORM nrm.wrong_state(); END IF;
  IF m.action NOT IN ('address', 'finish') THEN RETURN; END IF;
  IF mine.id IS NULL OR mine.agency_id <> a.agency_id OR mine.due_at IS NULL OR mine.answer <> ''
     OR (a.agreement = 'no' AND NOT (m.action = 'finish' AND nrm.alert_refused(a)))
     OR EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live AND d.id <> mine.id)
     OR (m.action = 'address' AND (cardinality(m.to_agencies) = 0 OR mine.agency_id = ANY (m.to_agencies)))
     OR nrm.alert_guarded(a) OR EXISTS (SELECT 1 FROM agencies_agency g WHERE g.group_id = a.agency_id AND g.mandate <> '')
  THEN PERFORM nrm.wrong_state(); END IF;
END $$;

-- Return whether this desk alone has an alert of its own agency, about an adult in no danger: opening a case answers it.
CREATE FUNCTION nrm.keeps_alone(a referral_alert, mine referral_alertdesk) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT mine.agency_id = a.agency_id AND NOT nrm.alert_guarded(a) AND NOT EXISTS (
    SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live AND d.id <> mine.id)
$$;

-- Set on its own row what a desk did. Opening a case and nothing else keeps a time limit: « case opened, nothing has
-- followed ».
CREATE FUNCTION nrm.desk_answered(a referral_alert, m referral_alertmove, mine referral_alertdesk, clock timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE acts boolean := mine.answer IN ('acting', 'with_person'); kept boolean := mine.answer_by IS NULL OR nrm.keeps_alone(a, mine);
BEGIN
  CASE m.action
    WHEN 'open' THEN
      -- opened is not yet answered: the moment at which another service is told, promised to the author, stays
      UPDATE referral_alertdesk SET opened_at = m.at WHERE id = mine.id;
    WHEN 'act' THEN
      UPDATE referral_alertdesk SET case_at = m.at, followed_at = CASE WHEN acts THEN m.at END,
        answer = CASE WHEN acts THEN answer ELSE 'case' END, answered_at = CASE WHEN acts THEN answered_at ELSE m.at END,
        due_at = CASE WHEN NOT acts AND NOT kept THEN GREATEST(due_at, clock) END,
        answer_by = CASE WHEN kept THEN NULL WHEN NOT acts THEN GREATEST(answer_by, clock) ELSE answer_by END
      WHERE id = mine.id;
    WHEN 'declare' THEN
      IF m.reason NOT IN ('acting', 'with_person') THEN PERFORM nrm.wrong_state(); END IF;
      UPDATE referral_alertdesk SET answer = m.reason, answered_at = m.at, followed_at = m.at, due_at = NULL
      WHERE id = mine.id;
    WHEN 'close', 'finish', 'confirm' THEN
      UPDATE referral_alertdesk SET answer = CASE m.action WHEN 'confirm' THEN 'nothing_to_do' ELSE 'closed' END,
        answered_at = m.at, due_at = NULL WHERE id = mine.id;
    WHEN 'take_note' THEN
      UPDATE referral_alertdesk SET due_at = NULL WHERE id = mine.id;
    WHEN 'stand_down' THEN
      UPDATE referral_alertdesk SET told_at = m.at WHERE alert_id = a.id AND agency_id <> m.agency_id AND live;
    WHEN 'redirect', 'address' THEN
      UPDATE referral_alertdesk SET answer = 'redirected', answered_at = m.at, live = false
      WHERE id = mine.id;
    WHEN 'readdress' THEN
      UPDATE referral_alertdesk SET live = false WHERE alert_id = a.id AND agency_id = m.instead_of_id;
    WHEN 'escalate' THEN
      UPDATE referral_alertdesk SET due_at = COALESCE(m.due_at, clock) WHERE id = mine.id;
    WHEN 'reach' THEN
      UPDATE referral_alertdesk SET answer = 'reached', answered_at = m.at, due_at = NULL
      WHERE alert_id = a.id AND live AND answer = '' AND agency_id = ANY (m.to_agencies);
    WHEN 'doubt' THEN PERFORM nrm.desks_in_doubt(a.id, clock);
    ELSE NULL;
  END CASE;
  IF m.action IN ('act', 'declare') THEN
    UPDATE referral_alertdesk SET taken_by_id = m.agency_id, taken_at = m.at
    WHERE alert_id = a.id AND (taken_by_id IS NULL OR agency_id = m.agency_id);
  END IF;
END $$;

-- An adult in no danger to life: the others wait with who opened a case, until something follows or its time ends, and
-- are quiet once a service acts. What a coordination unit closes is closed for those who had not answered.
CREATE FUNCTION nrm.others_wait(a referral_alert, m referral_alertmove, clock timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.action IN ('act', 'declare', 'follow', 'close') AND NOT nrm.alert_guarded(a) THEN
    UPDATE referral_alertdesk d SET
      due_at = CASE WHEN m.action = 'act' AND m.after = 'acted' THEN GREATEST(due_at, clock) END,
      answer_by = CASE WHEN m.action = 'act' AND m.after = 'acted' THEN GREATEST(answer_by, clock) ELSE answer_by END,
      answer = CASE m.action WHEN 'close' THEN 'closed' ELSE answer END,
      answered_at = CASE m.action WHEN 'close' THEN m.at ELSE answered_at END
    WHERE d.alert_id = a.id AND d.agency_id IS DISTINCT FROM m.agency_id AND d.live AND d.answer = ''
      AND d.due_at IS NOT NULL
      AND (m.action <> 'close' OR EXISTS (SELECT 1 FROM agencies_agency g
                                            WHERE g.group_id = m.agency_id AND g.mandate <> ''));
  END IF;
END $$;

-- Make the rows of the desks a move goes to.
CREATE FUNCTION nrm.alert_addressed(a referral_alert, m referral_alertmove, rung int, clock timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO referral_alertdesk AS d (alert_id, agency_id, live, answers, due_at, answer_by, state, rung,
                                       received_at, reference, urgency, age_side, form, territory_id, answer, stays_kept,
                                       kept_cases)
  SELECT a.id, x.agency, true, true, t.due, t.due, m.after,
         CASE WHEN m.action = 'escalate' THEN rung + 1 ELSE 0 END, m.at,
         a.reference, a.urgency, a.age_side, a.form, a.territory_id, '', false,
         nrm.alert_kept(a.id, x.agency)  -- its case was opened before, and this agency restricts it
  -- kept by the agency that wrote it because the person refused: nobody waits
  FROM unnest(m.to_agencies) AS x(agency), LATERAL (SELECT CASE
         WHEN m.action = 'send' AND m.to_agencies = ARRAY[a.agency_id] AND a.agreement = 'no'
              AND NOT nrm.alert_guarded(a) THEN m.due_at
         ELSE COALESCE(m.due_at, clock) END AS due) t
  -- sent again to a desk that still has it: its time limit is not extended; one that acts goes on
  ON CONFLICT (alert_id, agency_id) DO UPDATE SET live = true,
    due_at = CASE WHEN NOT d.live OR d.answer IN ('closed', 'reached', 'nothing_to_do') THEN excluded.due_at
                  WHEN d.due_at IS NULL AND d.answer <> '' THEN NULL ELSE LEAST(d.due_at, excluded.due_at) END,
    answer_by = CASE WHEN NOT d.live OR d.answer IN ('closed', 'reached', 'nothing_to_do') OR d.answer_by IS NULL
                     THEN excluded.due_at ELSE d.answer_by END,
    answer = CASE WHEN NOT d.live OR d.answer IN ('closed', 'reached', 'nothing_to_do') THEN '' ELSE d.answer END;
END $$;

CREATE FUNCTION nrm.alert_taken_up(a referral_alert, m referral_alertmove) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF m.after <> 'taken_up' OR m.before = 'taken_up' THEN RETURN; END IF;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'alert_taken_up', 'alert', a.id, a.reference, '{author}', '{}', nrm.membership(), now());
END $$;

-- Return whether somebody acts for each person of the alert that is not closed: a desk declared it, or what was opened
-- after the alert goes on (nrm.person_helped). One request for one of several persons helps this one.
CREATE FUNCTION nrm.alert_acted(target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = target AND d.live
                 AND d.answer IN ('acting', 'with_person'))
      OR (SELECT COALESCE(bool_and(nrm.person_helped(k)), false) FROM nrm.alert_persons(target) k
          WHERE k.status <> 'closed') AND nrm.persons_left(target) IS NOT TRUE
$$;

-- After each answer, under the lock of the alert. Closed by every desk that has it, and no case is open: the alert is
-- closed. No time limit runs and nobody acts: it comes back to the desks that had stood by, else to those that had closed
-- it; without any, to the coordinations of its cases. A move that leaves no desk is refused. Who closed its share before its
-- time was over keeps what was left of it, and is not rung for its own answer.
CREATE FUNCTION nrm.alert_weighed(target uuid, moving boolean, ended text DEFAULT '') RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; woken int[]; told int[];
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target FOR UPDATE;
  IF a.state IN ('draft', 'closed') THEN RETURN; END IF;
  IF EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live)
     AND NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live AND d.answer <> 'closed')
     AND NOT EXISTS (SELECT 1 FROM nrm.alert_persons(a.id) k WHERE k.status <> 'closed') THEN
    INSERT INTO referral_alertmove (id, alert_id, action, before, after, at, reason, to_agencies)
    VALUES (gen_random_uuid(), a.id, 'settle', a.state, 'closed', now(), '', '{}');
    RETURN;
  END IF;
  IF EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live AND d.due_at IS NOT NULL)
     OR nrm.alert_acted(a.id)
     -- kept by the agency that wrote it: the person refused, or a case answered it
     OR NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.answer_by IS NOT NULL) THEN
    RETURN;
  END IF;
  woken := ARRAY(SELECT d.agency_id FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live
                 AND d.answer IN ('', 'reached', 'nothing_to_do'));
  IF woken = '{}' THEN
    woken := ARRAY(SELECT d.agency_id FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live);
  END IF;
  IF woken = '{}' THEN
    IF moving THEN PERFORM nrm.wrong_state(); END IF;
    PERFORM nrm.alert_returned(a.id, c.coordination_id, ended) FROM referral_alertlink l
    JOIN victims_case c ON c.id = l.case_id JOIN victims_case k ON k.id = nrm.standing_case(c.id)
    WHERE l.alert_id = a.id AND (k.status <> 'closed' AND NOT nrm.person_helped(k) OR nrm.persons_left(a.id));
    RETURN;
  END IF;
  -- every case was closed with a reason: it says whether who had stood by is asked anything
  CASE nrm.closing_asks(a)
    WHEN 'nobody' THEN  -- who was only reached by phone confirmed nothing: its word is another's
      woken := ARRAY(SELECT d.agency_id FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.live
                     AND d.answer IN ('', 'reached') AND nrm.alert_guarded(a));
      IF woken = '{}' THEN RETURN; END IF;
      ended := 'completed';
    WHEN 'by_day' THEN ended := 'completed';
    ELSE NULL;
  END CASE;
  told := ARRAY(SELECT d.agency_id FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id = ANY (woken)
                AND NOT COALESCE(moving AND d.agency_id = nrm.desk() AND d.answer = 'closed'
                                 AND d.answer_by > now(), false));
  UPDATE referral_alertdesk d SET answer = CASE WHEN case_at IS NULL THEN '' ELSE 'case' END, followed_at = NULL,
         due_at = CASE WHEN d.agency_id = ANY (told) THEN nrm.alert_clock_after(a, ended) ELSE answer_by END,
         answer_by = CASE WHEN d.agency_id = ANY (told) THEN nrm.alert_clock_after(a, ended) ELSE answer_by END
  WHERE alert_id = a.id AND agency_id = ANY (woken);
  PERFORM nrm.alert_rings(a, told, ended);
END $$;

-- Return when a desk must have answered, for whom something ended: help that was completed, or whose time was over, is not
-- a danger of this minute.
CREATE FUNCTION nrm.alert_clock_after(a referral_alert, ended text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN ended = 'completed' AND a.urgency = 'vital' THEN now() + nrm.first_limit('high')
              ELSE nrm.alert_clock(a) END
$$;

CREATE FUNCTION nrm.alert_rings(a referral_alert, desks int[], ended text DEFAULT '') RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF desks = '{}' THEN RETURN; END IF;
  IF a.urgency = 'vital' AND ended <> 'completed' THEN
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'alert_vital', 'alert', a.id, a.reference, '{desk}', desks, NULL, now());
  ELSE
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'alert_escalated', 'alert', a.id, a.reference, '{desk}', desks, NULL, now());
  END IF;
END $$;

-- The alert comes back with its case to the coordination that leads it again, or whose case nobody helps while no desk is
-- left: as a case opened, with a time limit. Outside what is guarded, to a coordination that had the alert before: what
-- an agency kept is read by nobody else.
CREATE FUNCTION nrm.alert_returned(target uuid, unit int, ended text DEFAULT '') RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; mine referral_alertdesk; clock timestamptz;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target FOR UPDATE;
  SELECT * INTO mine FROM referral_alertdesk WHERE alert_id = a.id AND agency_id = unit;
  IF a.state IN ('draft', 'closed') OR (mine.id IS NULL AND NOT nrm.alert_guarded(a))
     OR (mine.live AND mine.answer = 'case' AND mine.due_at IS NOT NULL) THEN RETURN; END IF;
  clock := nrm.alert_clock_after(a, ended);
  INSERT INTO referral_alertdesk AS d (alert_id, agency_id, live, answers, due_at, answer_by, state, rung, received_at,
                                       reference, urgency, age_side, form, territory_id, answer, answered_at, case_at,
                                       stays_kept, kept_cases)
  VALUES (a.id, unit, true, true, clock, clock, a.state, 0, now(), a.reference, a.urgency, a.age_side, a.form,
          a.territory_id, 'case', now(), now(), false, nrm.alert_kept(a.id, unit))
  ON CONFLICT (alert_id, agency_id) DO UPDATE SET live = true, due_at = LEAST(d.due_at, excluded.due_at),
    answer_by = excluded.answer_by, answer = 'case', answered_at = now(), case_at = COALESCE(d.case_at, now()),
    followed_at = NULL;
  PERFORM nrm.alert_rings(a, ARRAY[unit], ended);
END $$;

-- The coordination leads the case again: the alerts of its person come back, unless the person is closed.
CREATE FUNCTION nrm.alerts_returned(target uuid) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.alert_returned(f.alert_id, f.unit) FROM (
    SELECT DISTINCT l.alert_id, c.coordination_id AS unit FROM victims_case k, nrm.person_cases(k.id) p
    JOIN victims_case c ON c.id = p JOIN referral_alertlink l ON l.case_id = c.id
    WHERE k.id = nrm.standing_case(target) AND k.status <> 'closed' ORDER BY 1, 2) f
$$;

CREATE FUNCTION nrm.alert_judged(a referral_alert, action text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF action IN ('address', 'redirect', 'readdress', 'close', 'confirm', 'take_note', 'reach') THEN PERFORM nrm.alert_weighed(a.id, true); END IF;
END $$;

-- A request is sent: something follows for who opened the case, but by a report. Its last request is refused, taken back, left without
-- an answer or ended: its time limit runs again (a withdrawn agreement of an adult asks nobody anything).
CREATE FUNCTION nrm.alert_request_moved(m referral_orientationmove) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE k victims_case;
BEGIN
  IF m.action = 'send' THEN
    PERFORM nrm.alerts_followed(o.case_id) FROM referral_orientation o WHERE o.id = m.orientation_id AND NOT nrm.is_report(o);
  ELSIF m.after IN ('declined', 'withdrawn', 'expired', 'consent_withdrawn', 'completed') THEN
    -- of two that end at once, of two cases of one person, the second sees the first
    PERFORM nrm.lock_alerts_of(m.case_id);
    SELECT * INTO STRICT k FROM victims_case WHERE id = nrm.standing_case(m.case_id);
    IF k.status <> 'closed' AND NOT nrm.person_helped(k) THEN
      PERFORM nrm.alert_unfollowed(x, m.after) FROM nrm.alerts_of(k.id) x;
    END IF;
  END IF;
END $$;

-- The support begins: something follows. The case is closed: its lead has closed its share of the alert, as has who led a
-- case merged into it or had the alert back, unless it answers for another of its persons, or some have no case. It is
-- merged into another, or parted from it: what goes on for the person is looked at again. It is open again: so is the share
-- of who leads it.
CREATE FUNCTION nrm.alert_case_acted(m referral_casemove) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE target uuid; leader int; unit int;
BEGIN
  IF m.action IN ('start_support', 'follow_up') THEN
    PERFORM nrm.alerts_followed(m.case_id);
  ELSIF m.action IN ('close', 'merge', 'reopen', 'unmerge') THEN
    SELECT lead_id, coordination_id INTO leader, unit FROM victims_case WHERE id = m.case_id;
    FOR target IN SELECT x FROM nrm.alerts_of(m.case_id) x LOOP
      PERFORM 1 FROM referral_alert WHERE id = target FOR UPDATE;
      IF m.action = 'close' THEN
        UPDATE referral_alertdesk d SET answer = 'closed', answered_at = m.at, due_at = NULL
        WHERE d.alert_id = target AND d.live
          AND (d.answer = 'case' OR d.agency_id = leader AND d.answer IN ('acting', 'with_person'))
          AND NOT nrm.desk_leads(target, d.agency_id);
      ELSIF m.action IN ('reopen', 'unmerge') THEN
        PERFORM nrm.alert_resumed(target, leader);
      END IF;
      IF nrm.desk_owes(target, leader) THEN PERFORM nrm.alert_unfollowed(target, m.action);
      ELSIF nrm.desk_leads(target, leader) THEN PERFORM nrm.alert_followed(target, leader, m.case_id);
      END IF;
      PERFORM nrm.alert_weighed(target, false);
      -- merged into one that is closed, where no desk is left: the unit says whether the person's support has ended
      IF m.action = 'merge' AND NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = target AND d.live) THEN
        PERFORM nrm.alert_returned(target, unit) FROM victims_case k
        WHERE k.id = nrm.standing_case(m.case_id) AND k.status = 'closed';
      END IF;
    END LOOP;
    IF m.action = 'merge' THEN  -- what goes on from either case goes on for the alerts of both
      PERFORM nrm.alerts_followed(k.id) FROM victims_case k
      WHERE k.id = nrm.standing_case(m.case_id) AND nrm.person_helped(k);
    ELSIF m.action = 'reopen' THEN  -- the case that stood for it loses its help
      PERFORM nrm.alert_unfollowed(x, m.action) FROM referral_match p, nrm.alerts_of(p.kept_id) x
      WHERE p.state = 'merged' AND m.case_id IN (p.first_id, p.second_id) AND p.kept_id <> m.case_id;
    END IF;
  END IF;
  IF m.action IN ('reopen', 'unmerge') THEN PERFORM nrm.alerts_parted(m.case_id); END IF;
END $$;

-- A case stands for itself again: what was asked from it no longer helps the person of the one that it was merged into.
CREATE FUNCTION nrm.alerts_parted(target uuid) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.alert_unfollowed(o.alert_id, 'parted') FROM (
    SELECT DISTINCT x AS alert_id FROM referral_match m,
      LATERAL nrm.alerts_of(CASE target WHEN m.first_id THEN m.second_id ELSE m.first_id END) x
    WHERE target IN (m.first_id, m.second_id) ORDER BY 1) o
$$;

-- The case of this lead is open, or open again: so is its share, as a case opened that nothing has followed. An alert that every desk
-- had closed comes back to them.
CREATE FUNCTION nrm.alert_resumed(target uuid, leader int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target;
  UPDATE referral_alertdesk d SET answer = 'case', answered_at = now(), case_at = COALESCE(d.case_at, now()),
         followed_at = NULL, due_at = CASE WHEN d.answer_by IS NOT NULL THEN nrm.alert_clock(a) END,
         answer_by = CASE WHEN d.answer_by IS NOT NULL THEN nrm.alert_clock(a) END
  WHERE d.alert_id = a.id AND d.agency_id = leader AND d.live AND d.answer = 'closed';
  IF a.state = 'closed' AND (FOUND OR nrm.alert_guarded(a)) THEN
    INSERT INTO referral_alertmove (id, alert_id, action, before, after, at, reason, to_agencies)
    VALUES (gen_random_uuid(), a.id, 'resume', 'closed', 'acted', now(), '', '{}');
  END IF;
END $$;

-- One more case follows the alert, of a person for whom nothing goes on yet: the share of its lead is open.
CREATE FUNCTION nrm.alert_joined(target uuid, joined uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.alert_resumed(target, c.lead_id) FROM victims_case c WHERE c.id = joined AND c.status <> 'closed';
  PERFORM nrm.alert_unfollowed(target, 'joined');
END $$;

-- Something goes on for this person: it follows for each desk that had a case opened, and owes nothing more.
CREATE FUNCTION nrm.alerts_followed(target uuid) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.alert_followed(f.alert_id, f.agency_id, target) FROM (
    SELECT DISTINCT d.alert_id, d.agency_id FROM nrm.alerts_of(target) x
    JOIN referral_alertdesk d ON d.alert_id = x AND d.live ORDER BY 1, 2) f
$$;

-- Something followed a case this agency answers for: the author learns that the situation is taken up, by this agency where
-- it is the one that acts. Once it did for each of its persons, its time limit stops. One that runs for what was added, after
-- each had been helped, goes on when another agency does something for its own.
CREATE FUNCTION nrm.alert_followed(target uuid, agency int, moved uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert; owes boolean;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id = agency AND d.live
                 AND d.answer = 'case' AND (d.followed_at IS NULL OR d.due_at IS NOT NULL)) THEN RETURN; END IF;
  owes := nrm.desk_owes(a.id, agency)
    OR EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = a.id AND d.agency_id = agency AND d.live
               AND d.followed_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM nrm.desk_cases(a.id, agency) k WHERE k.id = nrm.standing_case(moved));
  UPDATE referral_alertdesk d SET followed_at = now(), due_at = NULL
  WHERE d.alert_id = a.id AND d.agency_id = agency AND d.live AND NOT owes;
  IF a.state = 'acted' OR a.state = 'taken_up' AND NOT owes THEN
    INSERT INTO referral_alertmove (id, alert_id, action, before, after, agency_id, at, reason, to_agencies)
    VALUES (gen_random_uuid(), a.id, 'follow', a.state, 'taken_up', CASE WHEN agency = nrm.desk() THEN agency END,
            now(), '', '{}');
  END IF;
  -- of another person, whose lead has no desk in the alert, its time limit was the last one
  IF NOT owes THEN PERFORM nrm.alert_weighed(a.id, false); END IF;
END $$;

-- Nothing goes on any more for a person of the alert: the time limit runs again of the desks that lead its case, and, once
-- a request came to nothing, of those that were quiet because it was sent.
CREATE FUNCTION nrm.alert_unfollowed(target uuid, ended text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a referral_alert;
BEGIN
  SELECT * INTO STRICT a FROM referral_alert WHERE id = target FOR UPDATE;
  IF a.state = 'closed' OR (ended = 'consent_withdrawn' AND NOT nrm.alert_guarded(a)) THEN RETURN; END IF;
  -- one that runs already, for what was added, is not made longer
  UPDATE referral_alertdesk d SET followed_at = NULL, due_at = LEAST(due_at, nrm.alert_clock_after(a, ended)),
         answer_by = LEAST(due_at, nrm.alert_clock_after(a, ended))
  WHERE d.alert_id = a.id AND d.live AND d.answer = 'case' AND d.followed_at IS NOT NULL AND d.answer_by IS NOT NULL
    AND nrm.desk_owes(a.id, d.agency_id);
  IF ended IN ('declined', 'withdrawn', 'expired') AND NOT nrm.alert_acted(a.id) THEN
    UPDATE referral_alertdesk d SET due_at = nrm.alert_clock(a), answer_by = nrm.alert_clock(a)
    WHERE d.alert_id = a.id AND d.live AND d.answer = '' AND d.due_at IS NULL AND d.answer_by IS NOT NULL;
  END IF;
  PERFORM nrm.alert_weighed(a.id, false, ended);
END $$;

-- The case goes to the coordination of another place, before the former unit leaves its alerts: what nothing has followed
-- waits at the new one, with the time that was left.
CREATE FUNCTION nrm.alerts_relocated(target uuid, former int, unit int) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM referral_alert a JOIN referral_alertlink l ON l.alert_id = a.id WHERE l.case_id = target
  ORDER BY a.id FOR UPDATE OF a;
  INSERT INTO referral_alertdesk AS n (alert_id, agency_id, live, answers, due_at, answer_by, state, rung, received_at,
                                       reference, urgency, age_side, form, territory_id, answer, answered_at, case_at,
                                       followed_at, taken_by_id, taken_at, stays_kept, kept_cases)
  SELECT d.alert_id, unit, true, true, d.due_at, d.answer_by, d.state, d.rung, now(), d.reference, d.urgency, d.age_side,
         d.form, d.territory_id, d.answer, d.answered_at, d.case_at, d.followed_at, unit, now(),
         false, nrm.alert_kept(d.alert_id, unit)
  FROM referral_alertdesk d JOIN referral_alertlink l ON l.alert_id = d.alert_id AND l.case_id = target
  JOIN referral_alert a ON a.id = d.alert_id
  WHERE d.agency_id = former AND d.live AND d.answer = 'case' AND (d.due_at IS NOT NULL OR nrm.alert_guarded(a))
  ON CONFLICT (alert_id, agency_id) DO UPDATE SET live = true, due_at = LEAST(n.due_at, excluded.due_at),
    answer = 'case', case_at = excluded.case_at, taken_by_id = unit, answer_by = COALESCE(n.answer_by, excluded.answer_by);
  PERFORM nrm.leave_alerts(target, former);
  PERFORM nrm.alert_weighed(x, false) FROM nrm.alerts_of(target) x;
END $$;
