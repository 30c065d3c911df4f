-- Admitting an organisation or a body of the State: one person of the coordination proposes, another admits or refuses; the proposer alone takes
-- the proposal back. What is admitted starts at the lowest: it sees the state of what it reports and no case, receives
-- nothing, leads nobody, holds no mandate. More is given later, by two persons again (powers.sql).
CREATE FUNCTION nrm.decide_admission(target uuid, act text, why text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a plans_admission; own boolean; made int; its_first bigint;
BEGIN
  PERFORM nrm.signed_context();
  IF NOT nrm.coordinates() THEN RAISE EXCEPTION 'not the coordination' USING ERRCODE = '42501'; END IF;
  SELECT * INTO a FROM plans_admission WHERE id = target FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  IF a.state <> 'proposed' THEN PERFORM nrm.wrong_state(); END IF;
  SELECT k.user_id IS NOT DISTINCT FROM p.user_id INTO own
  FROM agencies_membership k, agencies_membership p WHERE k.id = nrm.membership() AND p.id = a.by_id;
  IF act IS NULL OR act NOT IN ('admit', 'refuse', 'withdraw') OR own <> (act = 'withdraw') THEN
    RAISE EXCEPTION 'a second person decides, and the first alone withdraws' USING ERRCODE = '42501';
  END IF;
  IF NOT own AND NOT nrm.independent(nrm.membership(), a.by_id) THEN
    RAISE EXCEPTION 'not a second person yet' USING ERRCODE = '42501';
  END IF;
  IF act = 'refuse' AND btrim(why) = '' THEN RAISE EXCEPTION 'a reason is owed' USING ERRCODE = '42501'; END IF;
  IF act = 'admit' THEN SELECT x.agency, x.first INTO made, its_first FROM nrm.admit(a) x; END IF;
  UPDATE plans_admission SET decided_by_id = nrm.membership(), decided_at = now(), reason = why, first_name = '',
    first_email = '', admitted_id = made, first_id = its_first,
    state = CASE act WHEN 'admit' THEN 'admitted' WHEN 'refuse' THEN 'refused' ELSE 'withdrawn' END
  WHERE id = a.id;
  RETURN its_first;
END $$;

-- The agency with its group, its line in the directory, its desk, its system membership, its first administrator.
CREATE FUNCTION nrm.admit(a plans_admission) RETURNS TABLE (agency int, first bigint) LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE body text := a.profile_id; who bigint; zone text; local boolean;
BEGIN
  -- a body that ever held the mandate, or that a unit speaks for already, is nobody's to take
  IF body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM agencies_directory d WHERE d.code = body AND d.kind = a.kind
       AND d.active AND NOT (d.is_template AND d.kind = ANY(nrm.civil_society()))) OR EXISTS (SELECT 1 FROM plans_mandate m WHERE m.body_id = body) THEN
    RAISE EXCEPTION 'not a line of the directory to take' USING ERRCODE = '42501';
  END IF;
  -- many local units are of one type; a unit of a type, or of a coordination, speaks for no body
  local := EXISTS (SELECT 1 FROM agencies_directory d WHERE d.code = body AND d.is_template);
  IF EXISTS (SELECT 1 FROM agencies_agency g WHERE g.code = a.code OR lower(g.name) = lower(a.name)
             OR (g.profile_id = body AND NOT local)) THEN PERFORM nrm.wrong_state(); END IF;
  who := nrm.new_account(a.first_email, a.first_name);
  IF who IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF body IS NULL THEN
    INSERT INTO agencies_directory (code, name, acronym, kind, ministry, scope, is_template, website, phone, department,
                                    unlisted, provenance, note_fr, active)
    SELECT a.code, a.name, a.acronym, a.kind, '', CASE WHEN t.code IS NULL THEN 'national'
           WHEN t.sort = 'region' THEN 'regional' ELSE 'departmental' END, false, a.website, '', '', false, 'admitted', '', true
    FROM (SELECT 1) one LEFT JOIN agencies_territory t ON t.code = a.territory_id
    ON CONFLICT DO NOTHING RETURNING code INTO body;
    IF body IS NULL THEN PERFORM nrm.wrong_state(); END IF;
    INSERT INTO agencies_directory_services (directory_id, service_id) SELECT body, s FROM unnest(a.services) s;
  END IF;
  SELECT t.time_zone INTO zone FROM agencies_territory t WHERE t.code = a.territory_id;
  INSERT INTO auth_group (name) VALUES ('agency:' || a.code) RETURNING id INTO agency;
  INSERT INTO agencies_agency (group_id, code, name, acronym, kind, profile_id, territory_id, mandate, max_level,
                               may_hold, supports_people, office, time_zone, active)
  VALUES (agency, a.code, a.name, a.acronym, a.kind, body, a.territory_id, '', 1, 0, false, '',
          COALESCE(zone, 'Europe/Paris'), true);
  INSERT INTO agencies_desk (agency_id, receives_alerts, receives_orientations, nationwide, takes_adults, takes_minors,
                             forms, languages, phone)
  VALUES (agency, false, false, a.territory_id IS NULL, true, false, '{}', '{}', '');
  INSERT INTO agencies_desk_territories (desk_id, territory_id)
  SELECT agency, a.territory_id WHERE a.territory_id IS NOT NULL;
  INSERT INTO agencies_desk_services (desk_id, service_id) SELECT agency, s FROM unnest(a.services) s;
  INSERT INTO agencies_membership (agency_id, kind, roles, title, active, created_at)
  VALUES (agency, 'system', '{}', '', true, now());
  INSERT INTO agencies_membership (user_id, agency_id, kind, roles, title, active, created_at, arrived_at)
  VALUES (who, agency, 'person',
          CASE WHEN local OR a.kind = 'coordination' THEN '{agency_admin}' ELSE '{agency_admin,policy}'::varchar[] END, '', true, now(), now()) RETURNING id INTO first;
  RETURN NEXT;
END $$;

-- What the law or the State gives is no association's, union's or company's to claim by being admitted.
CREATE FUNCTION nrm.admission_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.kind = ANY(nrm.civil_society()) AND NEW.services::text[] && nrm.given_by_the_directory() THEN
    RAISE EXCEPTION 'this service is given by the directory' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_admission_guard BEFORE INSERT ON plans_admission
FOR EACH ROW EXECUTE FUNCTION nrm.admission_guard();

-- A code for the first administrator, while nobody opened the account: after that, the organisation keeps its members
-- by itself, and the coordination never comes into it.
CREATE FUNCTION nrm.first_code(target uuid, told text) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE who bigint;
BEGIN
  PERFORM nrm.signed_context();
  IF NOT nrm.coordinates() THEN RAISE EXCEPTION 'not the coordination' USING ERRCODE = '42501'; END IF;
  SELECT u.id INTO who FROM plans_admission a JOIN agencies_membership m ON m.id = a.first_id AND m.active
  JOIN agencies_user u ON u.id = m.user_id
  WHERE a.id = target AND u.last_login IS NULL AND u.password LIKE '!%'
    AND NOT EXISTS (SELECT 1 FROM agencies_membership o WHERE o.user_id = u.id AND o.active AND o.id <> m.id)
    -- an administrator who was switched off and on again has no password either: the colleagues see to it
    AND NOT EXISTS (SELECT 1 FROM agencies_membership c WHERE c.agency_id = m.agency_id AND c.id <> m.id
                    AND c.kind = 'person')
  FOR UPDATE OF u;
  IF who IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  -- whoever knows the code can be this person: never a second one for what it asks (nrm.brought)
  UPDATE agencies_membership m SET invited_by_id = nrm.membership() FROM plans_admission a
  WHERE a.id = target AND m.id = a.first_id;
  RETURN nrm.write_code(who, told);
END $$;
