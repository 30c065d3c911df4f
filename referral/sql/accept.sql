-- Accept an orientation. Locks the case first, then the orientation, then the consent FOR KEY SHARE (FOR SHARE would
-- deadlock with a withdrawal, which holds the consent and waits for the case).
CREATE FUNCTION nrm.accept(target uuid, move uuid, words bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE me int := nrm.desk(); o referral_orientation; c victims_case; k victims_consent; kind text; ends timestamptz;
        transfer boolean; office text; r record;
BEGIN
  PERFORM nrm.signed_context();
  -- no such row at this desk: P0002, as for a row that does not exist
  SELECT x.* INTO STRICT o FROM referral_orientation x JOIN referral_orientationdesk d ON d.orientation_id = x.id
  WHERE x.id = target AND d.agency_id = me;
  SELECT * INTO STRICT c FROM victims_case WHERE id = o.case_id FOR NO KEY UPDATE;
  SELECT * INTO STRICT o FROM referral_orientation WHERE id = target FOR UPDATE;
  IF nrm.step_side('orientation', o.state, 'accept', 'accepted') IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF NOT EXISTS (SELECT 1 FROM referral_orientationdesk d
                 WHERE d.orientation_id = o.id AND d.agency_id = me AND d.live AND d.answers) THEN
    RAISE EXCEPTION 'this desk does not answer' USING ERRCODE = '42501';
  END IF;
  transfer := o.verb = 'transfer';
  SELECT a.kind, nrm.office_of(a) INTO STRICT kind, office FROM agencies_agency a WHERE a.group_id = me;
  -- a prosecutor's office leads none, even one that became it since the request was sent (`transfers_report`)
  IF transfer AND (c.lead_id <> o.sender_id OR office = 'prosecutor') THEN PERFORM nrm.wrong_state(); END IF;

  IF o.consent_id IS NOT NULL THEN
    SELECT * INTO STRICT k FROM victims_consent WHERE id = o.consent_id FOR KEY SHARE;
    IF k.case_id <> c.id OR k.withdrawn_at IS NOT NULL OR k.until <= now()
       OR NOT (me = ANY(k.agencies) OR kind = ANY(k.kinds) AND office <> 'prefecture')
       OR o.level > k.level OR o.categories::int & ~k.categories::int <> 0 THEN
      PERFORM nrm.wrong_state();   -- the agreement no longer covers this
    END IF;
    ends := LEAST(k.until, o.until);
  ELSIF o.legal_ground <> '' THEN
    ends := o.until;
  ELSE
    RAISE EXCEPTION 'neither agreement nor legal ground' USING ERRCODE = '23514';
  END IF;

  INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, membership_id, agency_id, at, reason,
                                        comment, to_agencies)
  VALUES (move, o.id, 'accept', o.state, 'accepted', nrm.membership(), me, now(), '', words, '{}');
  PERFORM nrm.give(c.id, me, o.level, o.categories, CASE WHEN transfer THEN 'lead' ELSE 'orientation' END, o.id, ends);
  PERFORM nrm.newcomer_follows(c.id, me, nrm.membership());
  IF o.exclusive THEN  -- one place is enough: withdraw the others for the same need
    FOR r IN SELECT x.id FROM referral_orientation x WHERE x.case_id = c.id AND x.exclusive
             AND x.service_id = o.service_id AND x.state IN ('sent', 'opened', 'question') ORDER BY x.id LOOP
      PERFORM nrm.give_way(r.id, 'elsewhere');
    END LOOP;
  END IF;
  IF transfer THEN
    FOR r IN SELECT x.id FROM referral_orientation x WHERE x.case_id = c.id AND x.verb = 'transfer' ORDER BY x.id LOOP
      PERFORM nrm.give_way(r.id, 'transferred');
    END LOOP;
    UPDATE victims_case SET lead_id = me WHERE id = c.id;
    PERFORM nrm.give(c.id, o.sender_id, 1, 0, 'former', o.id, NULL);
    DELETE FROM victims_grant WHERE case_id = c.id AND group_id = o.sender_id AND ground = 'lead';
    PERFORM nrm.leave_alerts(c.id, o.sender_id);
    PERFORM nrm.alert_weighed(x, false) FROM nrm.alerts_of(c.id) x;  -- its other persons
    PERFORM nrm.report_owed_again(c.id, nrm.membership());  -- of a child whose CRIP hands it over, or that nobody told it of
  END IF;
  IF o.categories::int & nrm.bit_of('contact_case') <> 0 THEN
    INSERT INTO victims_contact (id, case_id, source_id, data)
    SELECT gen_random_uuid(), c.id, x.alert_id, x.data FROM referral_alertcontact x
    JOIN referral_alertlink l ON l.alert_id = x.alert_id AND l.case_id = c.id
    WHERE nrm.speaks_of_one(x.alert_id)
    ON CONFLICT (source_id) DO NOTHING;
  END IF;
  RETURN c.id;
END $$;

-- A withdrawal ends, in the same transaction, all that the agreement allowed.
CREATE FUNCTION nrm.consent_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a withdrawn agreement stays withdrawn' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_consent_guard BEFORE UPDATE ON victims_consent FOR EACH ROW EXECUTE FUNCTION nrm.consent_guard();

CREATE FUNCTION nrm.consent_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c victims_case; r record;
BEGIN
  SELECT * INTO STRICT c FROM victims_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  FOR r IN SELECT id, state, reference FROM referral_orientation WHERE consent_id = NEW.id
           AND state IN ('draft', 'sent', 'opened', 'question', 'accepted', 'in_progress') FOR UPDATE LOOP
    INSERT INTO referral_orientationmove (id, orientation_id, action, before, after, membership_id, agency_id, at,
                                          reason, to_agencies)
    VALUES (gen_random_uuid(), r.id, 'withdraw_consent', r.state, 'consent_withdrawn',
            NULLIF(current_setting('nrm.membership', true), '')::bigint,
            NULLIF(current_setting('nrm.agency', true), '')::int, now(), '', '{}');
    -- notified from here: who records a withdrawal need not see the orientations it ends
    IF r.state <> 'draft' THEN
      INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
      VALUES (gen_random_uuid(), 'consent_withdrawn', 'orientation', r.id, r.reference, '{desk}', '{}',
              NULLIF(current_setting('nrm.membership', true), '')::bigint, now());
    END IF;
  END LOOP;
  DELETE FROM victims_grant WHERE case_id = c.id AND (ground_id = NEW.id
    OR ground_id IN (SELECT id FROM referral_orientation WHERE consent_id = NEW.id));
  PERFORM nrm.fall_back(ARRAY[c.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_consent_withdrawn AFTER UPDATE ON victims_consent FOR EACH ROW
WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION nrm.consent_withdrawn();
