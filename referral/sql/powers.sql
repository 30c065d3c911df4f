-- What an agency may do, beyond the lowest it began with: asked by a coordinator of the national coordination, agreed to
-- by a second one (nrm.decide_desk). Nothing is taken away here, since what was granted already would stay, but the
-- office of a CRIP or of a prosecutor, which grants nothing: one coordinator ends what was given by mistake.

-- What the law makes of an agency: of its line of the pack, else what two persons agreed to.
CREATE FUNCTION nrm.office_of(a agencies_agency) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT COALESCE(NULLIF(nrm.pack_office(a.profile_id), ''), a.office) $$;

-- Is this something to give, and not held yet? Who coordinates reads summaries and holds no category; a company sees no
-- case; what opens a desk is given where somebody reads what comes.
CREATE FUNCTION nrm.power_lacks(a agencies_agency, d agencies_desk, what text, value text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT COALESCE(CASE what
    WHEN 'level' THEN value IN ('2', '3') AND a.max_level < value::int AND a.kind <> 'employer'
                      AND (a.mandate = '' OR value = '2')
    WHEN 'category' THEN value IN ('1', '2', '4', '8', '16') AND a.may_hold & value::int = 0 AND a.mandate = ''
                         AND a.kind <> 'employer'
    WHEN 'supports' THEN NOT a.supports_people AND a.mandate = '' AND a.kind <> 'employer'
    WHEN 'alerts' THEN NOT d.receives_alerts AND nrm.somebody_reads(a.group_id)
    WHEN 'requests' THEN NOT d.receives_orientations AND nrm.somebody_reads(a.group_id)
    WHEN 'nationwide' THEN NOT d.nationwide
    WHEN 'mandate' THEN value = 'territorial' AND a.mandate = '' AND a.kind = 'coordination' AND a.max_level <= 2
                        AND a.may_hold = 0 AND NOT a.supports_people AND nrm.somebody_reads(a.group_id)
    WHEN 'office' THEN nrm.office_of(a) = ''
      AND (value, a.kind) IN (('crip', 'child_protection'), ('prosecutor', 'justice'), ('prefecture', 'interior'))
    WHEN 'service' THEN EXISTS (SELECT 1 FROM agencies_service s WHERE s.code = value) AND NOT EXISTS (
      SELECT 1 FROM agencies_desk_services x WHERE x.desk_id = d.agency_id AND x.service_id = value)
    END, false)
$$;

-- Does a person of this agency work on cases? Without one its desk would receive for nobody.
CREATE FUNCTION nrm.somebody_reads(agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id AND u.is_active
                 WHERE m.agency_id = agency AND m.active AND m.roles::text[] && '{case_worker,coordinator}')
$$;

-- Does this member act for the national coordination?
CREATE FUNCTION nrm.coordinates_nationally(member bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id AND u.is_active
                 WHERE m.id = member AND m.active AND 'coordinator' = ANY(m.roles)
                   AND m.agency_id = nrm.coordination_of(NULL))
$$;

-- Ask for all of it together, or for nothing. Returns the batch.
CREATE FUNCTION nrm.ask_powers(target int, whats text[], vals text[]) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a agencies_agency; held agencies_desk; asked uuid := gen_random_uuid();
BEGIN
  PERFORM nrm.signed_context();
  IF NOT nrm.coordinates_nationally(nrm.membership()) THEN
    RAISE EXCEPTION 'not the national coordination' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO a FROM agencies_agency WHERE group_id = target AND active AND mandate <> 'national' FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  SELECT * INTO held FROM agencies_desk WHERE agency_id = target FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  IF COALESCE(cardinality(whats), 0) = 0 OR EXISTS (
       SELECT 1 FROM unnest(whats, vals) w(what, value) WHERE NOT nrm.power_lacks(a, held, w.what, w.value)
         OR EXISTS (SELECT 1 FROM agencies_deskchange c WHERE c.desk_id = target AND c.state = 'waiting'
                    AND c.what = w.what AND c.value = w.value)) THEN
    PERFORM nrm.wrong_state();
  END IF;
  IF 'mandate' = ANY(whats) AND (whats && '{category,supports}' OR '3' = ANY(vals)) THEN
    RAISE EXCEPTION 'who coordinates reads summaries' USING ERRCODE = '42501';
  END IF;
  -- who knows the place agrees to what its services are by law
  IF 'office' = ANY(whats) AND cardinality(whats) > 1 THEN
    RAISE EXCEPTION 'an office is asked alone' USING ERRCODE = '42501';
  END IF;
  INSERT INTO agencies_deskchange (id, batch, desk_id, what, value, unit_id, by_id, at, state, reason)
  SELECT gen_random_uuid(), asked, target, w.what, w.value,
         CASE w.what WHEN 'office' THEN nrm.coordination_over(target) ELSE nrm.agency() END, nrm.membership(), now(), 'waiting', ''
  FROM unnest(whats, vals) w(what, value);
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'desk_asked', 'deskchange', asked, nrm.change_reference(asked), '{coordination}', '{}',
          nrm.membership(), now());
  RETURN asked;
END $$;

-- Give what a batch asks, as it stands today: what is held by now, or may not be given any more, is no state to agree in.
CREATE FUNCTION nrm.give_powers(target uuid, agency int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a agencies_agency; held agencies_desk;
BEGIN
  SELECT * INTO a FROM agencies_agency WHERE group_id = agency AND active FOR UPDATE;
  SELECT * INTO held FROM agencies_desk WHERE agency_id = agency FOR UPDATE;
  -- of an agency that was closed since, nothing can be given
  IF EXISTS (SELECT 1 FROM agencies_deskchange c WHERE c.batch = target AND c.state = 'waiting'
                          AND NOT nrm.power_lacks(a, held, c.what, c.value)) THEN
    PERFORM nrm.wrong_state();
  END IF;
  UPDATE agencies_agency g SET
    max_level = GREATEST(g.max_level, n.level, CASE WHEN 'mandate' = ANY(n.whats) THEN 2 END), may_hold = g.may_hold | n.categories,
    supports_people = g.supports_people OR 'supports' = ANY(n.whats),
    mandate = CASE WHEN 'mandate' = ANY(n.whats) THEN 'territorial' ELSE g.mandate END, office = COALESCE(n.office, g.office)
  FROM (SELECT array_agg(c.what::text) AS whats, max(c.value) FILTER (WHERE c.what = 'office') AS office, COALESCE(max(c.value::int) FILTER (WHERE c.what = 'level'), 0) AS level,
               COALESCE(bit_or(c.value::int) FILTER (WHERE c.what = 'category'), 0) AS categories
        FROM agencies_deskchange c WHERE c.batch = target AND c.state = 'waiting') n
  WHERE g.group_id = agency;
  -- a coordination sorts for everybody
  UPDATE agencies_desk d SET
    receives_alerts = d.receives_alerts OR n.whats && '{alerts,mandate}',
    receives_orientations = d.receives_orientations OR 'requests' = ANY(n.whats),
    nationwide = d.nationwide OR 'nationwide' = ANY(n.whats),
    takes_adults = d.takes_adults OR 'mandate' = ANY(n.whats), takes_minors = d.takes_minors OR 'mandate' = ANY(n.whats)
  FROM (SELECT array_agg(c.what::text) AS whats FROM agencies_deskchange c
        WHERE c.batch = target AND c.state = 'waiting') n
  WHERE d.agency_id = agency;
END $$;

-- An agreement by kind covers no préfecture: what was asked by one of who is now known as a préfecture goes back to who
-- asked, who would wait for an answer that cannot come.
CREATE FUNCTION nrm.requests_returned(agency int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r record;
BEGIN
  FOR r IN SELECT o.id, o.reference FROM referral_orientation o JOIN victims_consent k ON k.id = o.consent_id
           JOIN agencies_agency g ON g.group_id = agency AND nrm.office_of(g) = 'prefecture'
           WHERE o.addressee_id = agency AND o.state IN ('sent', 'opened', 'question') AND NOT agency = ANY(k.agencies)
           ORDER BY o.case_id, o.id LOOP
    PERFORM nrm.give_way(r.id, 'not_named');
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'orientation_withdrawn', 'orientation', r.id, r.reference, '{sender}', '{}', NULL, now());
  END LOOP;
END $$;

-- It becomes one as two persons agree, or as its line of the pack changes, by whoever writes it.
CREATE FUNCTION nrm.office_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.requests_returned(NEW.group_id);
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_office_changed AFTER UPDATE OF profile_id, office ON agencies_agency
FOR EACH ROW EXECUTE FUNCTION nrm.office_changed();

-- Return whether this is an office that was given and is held, whose end gives nothing to anybody: one coordinator of its
-- place ends it. That of a préfecture takes something away: once it ended, an agreement to tell the police would cover it.
CREATE FUNCTION nrm.office_given(c agencies_deskchange) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.what = 'office' AND c.value IN ('crip', 'prosecutor') AND c.state = 'agreed'
     AND EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = c.desk_id AND a.office = c.value)
$$;

-- Tell who leads a child's case that is open of an office that ended: what was asked of this agency as such, or the alert
-- that it took up, is the report that the law asks for no more. Whatever is asked of a prosecutor is one, as nrm.is_report.
CREATE FUNCTION nrm.tell_office_ended(agency int, office text) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  SELECT gen_random_uuid(), 'case_addition', 'case', c.id, c.reference, '{lead}', '{}', nrm.membership(), now()
  FROM victims_case c WHERE c.status <> 'closed' AND c.age_side <> 'adult' AND (
    EXISTS (SELECT 1 FROM referral_orientation o WHERE o.case_id = c.id AND o.addressee_id = agency
      AND CASE office WHEN 'crip' THEN o.service_id = 'child_care' ELSE o.service_id <> 'ad_hoc_administrator' END
      AND o.state NOT IN ('draft', 'declined', 'expired', 'withdrawn', 'consent_withdrawn'))
    OR EXISTS (SELECT 1 FROM referral_alertlink l JOIN referral_alertmove m ON m.alert_id = l.alert_id
      WHERE l.case_id = c.id AND (m.agency_id = agency AND (m.action = 'act'
          OR m.action = 'declare' AND m.reason IN ('acting', 'with_person'))
        OR m.action = 'reach' AND agency = ANY(m.to_agencies))))
$$;
