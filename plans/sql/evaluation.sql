-- Who evaluates in its own space: independent bodies, networks of associations, and whoever coordinates. (In whose name,
-- the policy asks.)
CREATE FUNCTION nrm.evaluates() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nrm.coordinates() OR EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency()
     AND a.kind IN ('independent', 'ngo_network')) $$;

-- Who releases what `asker` asks to release: another member of its agency; when it has none who counts, a member of the
-- coordinating body, so that an institution of one person waits for nobody. Who counts: nrm.independent.
CREATE FUNCTION nrm.evaluator_beside(agency int, asker bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id FROM agencies_membership m WHERE m.agency_id = agency AND 'policy' = ANY(m.roles)
    AND nrm.independent(m.id, asker) LIMIT 1
$$;

CREATE FUNCTION nrm.second_evaluator_outside(member bigint, agency int, asker bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = member AND 'policy' = ANY(m.roles)
                 AND nrm.coordinates_today(m.agency_id))
    AND nrm.independent(member, asker) AND nrm.evaluator_beside(agency, asker) IS NULL
$$;

CREATE FUNCTION nrm.second_evaluator(member bigint, agency int, asker bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = member AND m.agency_id = agency
                 AND 'policy' = ANY(m.roles) AND nrm.independent(member, asker))
    OR nrm.second_evaluator_outside(member, agency, asker)
$$;

-- Of who acts, for the policy: its unit reads an evaluation by itself, and the public is nobody's second person.
CREATE FUNCTION nrm.releases_outside(agency int, asker bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT COALESCE(nrm.second_evaluator_outside(NULLIF(current_setting('nrm.membership', true), '')::bigint, agency, asker),
                  false)
$$;

-- Where the second person is: `unit`, `coordination`, or NULL when there is none today.
CREATE FUNCTION nrm.second_evaluators(agency int, asker bigint) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN nrm.evaluator_beside(agency, asker) IS NOT NULL THEN 'unit' WHEN EXISTS (
    SELECT 1 FROM agencies_membership m WHERE 'policy' = ANY(m.roles) AND nrm.coordinates_today(m.agency_id)
      AND nrm.independent(m.id, asker)) THEN 'coordination' END
$$;

-- The only writer of an evaluation's state. Its unit asks (`ask`) and takes back (`resume`); a second person releases
-- (`release`) what was asked, word for word, or sends it back with a reason (`return`).
CREATE FUNCTION nrm.decide_evaluation(target uuid, act text, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e plans_evaluation; mine boolean; BEGIN
  PERFORM nrm.signed_context();
  SELECT * INTO e FROM plans_evaluation WHERE id = target FOR UPDATE;
  IF NOT FOUND THEN RAISE no_data_found; END IF;
  mine := COALESCE(e.agency_id = nrm.policy_agency(), false);
  IF act IS NULL OR act NOT IN ('ask', 'resume', 'release', 'return')
     OR NOT (CASE WHEN act IN ('ask', 'resume') OR e.state <> 'proposed' THEN mine
                  ELSE nrm.second_evaluator(nrm.membership(), e.agency_id, e.asked_by_id) END) THEN
    RAISE EXCEPTION 'not yours to decide' USING ERRCODE = '42501';
  END IF;
  IF e.state <> (CASE act WHEN 'ask' THEN 'draft' ELSE 'proposed' END) THEN PERFORM nrm.wrong_state(); END IF;
  IF act = 'ask' AND (nrm.second_evaluators(e.agency_id, nrm.membership()) IS NULL OR (e.text_fr = ''
       AND NOT EXISTS (SELECT 1 FROM plans_measureopinion o WHERE o.evaluation_id = e.id))) THEN
    PERFORM nrm.wrong_state();
  END IF;
  IF act = 'return' AND btrim(COALESCE(why, '')) = '' THEN
    RAISE EXCEPTION 'a reason is owed' USING ERRCODE = '42501';
  END IF;
  UPDATE plans_evaluation SET
    state = CASE act WHEN 'ask' THEN 'proposed' WHEN 'release' THEN 'released' ELSE 'draft' END,
    asked_by_id = CASE act WHEN 'ask' THEN nrm.membership() WHEN 'release' THEN asked_by_id END,
    asked_at = CASE act WHEN 'ask' THEN now() WHEN 'release' THEN asked_at END,
    returned = CASE act WHEN 'return' THEN why ELSE '' END,
    released_at = CASE act WHEN 'release' THEN now() END
  WHERE id = e.id;
END $$;

-- The evaluation is held while an opinion is written: its release waits, or the opinion comes too late and is refused.
-- Those of the pack, which no agency wrote, are loaded by the owner.
CREATE FUNCTION nrm.opinion_in_a_draft() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM plans_evaluation e WHERE e.id = NEW.evaluation_id AND (e.state = 'draft' OR e.agency_id IS NULL)
    FOR SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'released' USING ERRCODE = 'NRM01'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_opinion_in_a_draft BEFORE INSERT OR UPDATE ON plans_measureopinion
FOR EACH ROW EXECUTE FUNCTION nrm.opinion_in_a_draft();
