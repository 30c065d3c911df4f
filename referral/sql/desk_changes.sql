-- What a desk receives is told it by rule: places, services, persons, forms, stand-in. Its administrator takes off freely;
-- what is added is asked here and holds once a coordinator of the place agrees, and the stand-in itself before.

-- What is wanted and not held. `held`: the desk as it stands.
CREATE FUNCTION nrm.desk_wanted(held agencies_desk, places text[], offered text[], adults boolean, minors boolean,
                                taken text[], stand_in int)
RETURNS TABLE (what text, value text) LANGUAGE sql STABLE AS $$
  SELECT 'territory', t FROM unnest(places) t WHERE NOT held.nationwide
    AND NOT EXISTS (SELECT 1 FROM public.agencies_desk_territories x WHERE x.desk_id = held.agency_id AND x.territory_id = t)
  UNION SELECT 'service', s FROM unnest(offered) s
  WHERE NOT EXISTS (SELECT 1 FROM public.agencies_desk_services x WHERE x.desk_id = held.agency_id AND x.service_id = s)
  UNION SELECT 'adults', '' WHERE adults AND NOT held.takes_adults
  UNION SELECT 'minors', '' WHERE minors AND NOT held.takes_minors
  UNION SELECT 'form', '' WHERE taken = '{}' AND held.forms <> '{}'
  UNION SELECT 'form', f FROM unnest(taken) f WHERE held.forms <> '{}' AND NOT f = ANY(held.forms)
  UNION SELECT 'second', stand_in::text WHERE stand_in IS NOT NULL AND stand_in IS DISTINCT FROM held.second_id
$$;

-- Does this member decide what `asker` asks of a unit? A coordinator of the unit, a second person (nrm.independent); where
-- it has none, one of the national coordination; where that has none either, an auditor. Two persons always, and nothing
-- waits for nobody.
CREATE FUNCTION nrm.decides_desk(member bigint, unit int, asker bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  WITH able AS (
    SELECT m.id, CASE WHEN NOT 'coordinator' = ANY(m.roles) THEN 3 WHEN m.agency_id = unit THEN 1 ELSE 2 END AS level
    FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id AND g.active
    WHERE ('auditor' = ANY(m.roles) OR ('coordinator' = ANY(m.roles) AND m.agency_id IN (unit, nrm.coordination_of(NULL))))
      AND nrm.independent(m.id, asker)
  )
  SELECT EXISTS (SELECT 1 FROM able WHERE able.id = member AND able.level = (SELECT min(a.level) FROM able a))
$$;

-- Ask for what is wanted and not held; what waited and is wanted no more is withdrawn.
CREATE FUNCTION nrm.ask_desk(places text[], offered text[], adults boolean, minors boolean, taken text[], stand_in int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine int := nrm.administers(); held agencies_desk; now_asked int;
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO STRICT held FROM agencies_desk WHERE agency_id = mine FOR UPDATE;
  IF EXISTS (SELECT 1 FROM nrm.desk_wanted(held, places, offered, adults, minors, taken, stand_in) w
             WHERE w.value = ANY(nrm.given_by_the_directory())) THEN
    RAISE EXCEPTION 'this service is given by the directory' USING ERRCODE = '42501';
  END IF;
  IF stand_in IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agencies_desk d JOIN agencies_agency a ON a.group_id = d.agency_id
      WHERE d.agency_id = stand_in AND d.agency_id <> mine AND d.receives_alerts AND a.active) THEN
    RAISE EXCEPTION 'not a desk that receives alerts' USING ERRCODE = '42501';
  END IF;
  UPDATE agencies_deskchange c SET state = 'withdrawn', decided_by_id = nrm.membership(), decided_at = now()
  WHERE c.desk_id = mine AND c.state = 'waiting'
    -- what the national coordination asked (nrm.ask_powers) is its own to take back
    AND EXISTS (SELECT 1 FROM agencies_membership b WHERE b.id = c.by_id AND b.agency_id = mine) AND NOT EXISTS (
    SELECT 1 FROM nrm.desk_wanted(held, places, offered, adults, minors, taken, stand_in) w
    WHERE w.what = c.what AND w.value = c.value);
  WITH fresh AS (
    SELECT w.what, w.value, CASE WHEN w.what = 'territory' THEN nrm.coordination_of(w.value)
                            ELSE nrm.coordination_over(mine) END AS unit
    FROM nrm.desk_wanted(held, places, offered, adults, minors, taken, stand_in) w
    WHERE NOT EXISTS (SELECT 1 FROM agencies_deskchange c WHERE c.desk_id = mine AND c.state = 'waiting'
                      AND c.what = w.what AND c.value = w.value)
  ), batches AS (  -- a stand-in is decided by itself, since it has to agree first
    SELECT f.unit, f.what = 'second' AS alone, gen_random_uuid() AS batch FROM fresh f GROUP BY 1, 2
  ), asked AS (
    INSERT INTO agencies_deskchange (id, batch, desk_id, what, value, stand_in_id, unit_id, by_id, at, state, reason)
    SELECT gen_random_uuid(), b.batch, mine, f.what, f.value, CASE f.what WHEN 'second' THEN f.value::int END, f.unit,
           nrm.membership(), now(), 'waiting', ''
    FROM fresh f JOIN batches b ON b.unit = f.unit AND b.alone = (f.what = 'second') RETURNING batch, what
  ), told AS (
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    SELECT gen_random_uuid(), 'desk_asked', 'deskchange', a.batch, nrm.change_reference(a.batch), '{coordination}', '{}',
           nrm.membership(), now() FROM asked a WHERE a.what <> 'second' GROUP BY a.batch
  ), told_stand_in AS (
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    SELECT gen_random_uuid(), 'stand_in_asked', 'deskchange', a.batch, nrm.change_reference(a.batch), '{desk}', '{}',
           nrm.membership(), now() FROM asked a WHERE a.what = 'second'
  )
  SELECT count(*) INTO now_asked FROM asked;
  RETURN now_asked;
END $$;

-- Decide one batch. `take`: the administrator of the stand-in agrees, then the coordination is asked; `agree` and `refuse`:
-- who decides for the unit (nrm.decides_desk); the stand-in may refuse as well; `withdraw`: who asks. Of an office
-- that nrm.office_given names, `withdraw` ends it, by who decides for the unit; who relied on it is told.
CREATE FUNCTION nrm.decide_desk(target uuid, said text, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c agencies_deskchange; asker int; coordinates boolean; keeps boolean; powers boolean; ends boolean;
BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO c FROM agencies_deskchange WHERE batch = target ORDER BY state <> 'waiting', id LIMIT 1 FOR UPDATE;
  asker := (SELECT b.agency_id FROM agencies_membership b WHERE b.id = c.by_id);
  IF NOT FOUND OR NOT (nrm.agency() IN (c.desk_id, c.unit_id, COALESCE(c.stand_in_id, c.unit_id), asker)
                       OR nrm.decides_desk(nrm.membership(), c.unit_id, c.by_id)) THEN
    RAISE no_data_found;
  END IF;
  -- asked for another agency: by the national coordination (nrm.ask_powers), which takes it back as well
  powers := c.desk_id <> asker;
  ends := said = 'withdraw' AND nrm.office_given(c);
  SELECT nrm.decides_desk(m.id, c.unit_id, c.by_id),
         c.stand_in_id = m.agency_id AND 'agency_admin' = ANY(m.roles) AND m.active
  INTO coordinates, keeps FROM agencies_membership m WHERE m.id = nrm.membership();
  IF NOT (CASE said WHEN 'withdraw' THEN
                            CASE WHEN ends THEN coordinates WHEN powers THEN nrm.coordinates_nationally(nrm.membership())
                                 ELSE nrm.administers() = c.desk_id END
                          WHEN 'take' THEN keeps
                          WHEN 'agree' THEN coordinates WHEN 'refuse' THEN coordinates OR keeps ELSE false END) THEN
    RAISE EXCEPTION 'not who decides this' USING ERRCODE = '42501';
  END IF;
  IF (c.state <> 'waiting' AND NOT ends) OR (said = 'agree' AND c.stand_in_id IS NOT NULL AND c.taken_at IS NULL)
     OR (said = 'take' AND c.taken_at IS NOT NULL) THEN PERFORM nrm.wrong_state(); END IF;
  IF said = 'refuse' AND btrim(why) = '' THEN RAISE EXCEPTION 'a reason is owed' USING ERRCODE = '42501'; END IF;
  IF said = 'take' THEN
    UPDATE agencies_deskchange SET taken_by_id = nrm.membership(), taken_at = now() WHERE batch = target;
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'desk_asked', 'deskchange', target, nrm.change_reference(target), '{coordination}', '{}',
            nrm.membership(), now());
    RETURN;
  END IF;
  IF said = 'agree' AND powers THEN PERFORM nrm.give_powers(target, c.desk_id); END IF;
  IF said = 'agree' THEN PERFORM nrm.give_desk(target, c.desk_id); END IF;
  IF ends THEN
    UPDATE agencies_agency SET office = '' WHERE group_id = c.desk_id;
    PERFORM nrm.tell_office_ended(c.desk_id, c.value);
    UPDATE agencies_deskchange SET state = 'ended', ended_by_id = nrm.membership(), ended_at = now() WHERE batch = target;
  END IF;
  UPDATE agencies_deskchange SET decided_by_id = nrm.membership(), decided_at = now(), reason = why,
    state = CASE said WHEN 'agree' THEN 'agreed' WHEN 'refuse' THEN 'refused' ELSE 'withdrawn' END
  WHERE batch = target AND state = 'waiting';
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'desk_decided', 'deskchange', target, nrm.change_reference(target), '{asker}', '{}',
          nrm.membership(), now());
END $$;

CREATE FUNCTION nrm.give_desk(target uuid, agency int) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO agencies_desk_territories (desk_id, territory_id)
  SELECT agency, c.value FROM agencies_deskchange c WHERE c.batch = target AND c.state = 'waiting' AND c.what = 'territory'
  ON CONFLICT DO NOTHING;
  INSERT INTO agencies_desk_services (desk_id, service_id)
  SELECT agency, c.value FROM agencies_deskchange c WHERE c.batch = target AND c.state = 'waiting' AND c.what = 'service'
  ON CONFLICT DO NOTHING;
  UPDATE agencies_desk d SET
    takes_adults = d.takes_adults OR 'adults' = ANY(n.whats), takes_minors = d.takes_minors OR 'minors' = ANY(n.whats),
    forms = CASE WHEN '' = ANY(n.forms) THEN '{}' WHEN d.forms = '{}' THEN d.forms
                 ELSE d.forms || ARRAY(SELECT f FROM unnest(n.forms) f WHERE NOT f = ANY(d.forms)) END,
    second_id = COALESCE(n.second_id, d.second_id)
  FROM (SELECT array_agg(c.what::text) AS whats, COALESCE(array_agg(c.value) FILTER (WHERE c.what = 'form'), '{}') AS forms,
               max(c.stand_in_id) AS second_id
        FROM agencies_deskchange c WHERE c.batch = target AND c.state = 'waiting') n
  WHERE d.agency_id = agency;
$$;
