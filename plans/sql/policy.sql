-- Who acts in public policy. The public reads these tables too, so nobody acting is an answer here (NULL), not an error.
CREATE FUNCTION nrm.policy_agency() RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT m.agency_id FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
   WHERE m.id = NULLIF(current_setting('nrm.membership', true), '')::bigint
     AND m.active AND a.active AND 'policy' = ANY(m.roles) $$;

CREATE FUNCTION nrm.policy_body() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT a.profile_id FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() $$;

CREATE FUNCTION nrm.coordinates() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_mandate d WHERE d.body_id = nrm.policy_body()
     AND d.annulled_on IS NULL AND d.start <= nrm.today() AND (d."end" IS NULL OR d."end" >= nrm.today())) $$;

-- The same of an agency, for due work: who acts is then nobody.
CREATE FUNCTION nrm.coordinates_today(agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_mandate d JOIN agencies_agency a ON a.profile_id = d.body_id
     WHERE a.group_id = agency AND a.active AND d.annulled_on IS NULL
       AND d.start <= nrm.today() AND (d."end" IS NULL OR d."end" >= nrm.today())) $$;

-- the day in France, as the pages count it
CREATE FUNCTION nrm.today() RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (now() AT TIME ZONE 'Europe/Paris')::date $$;

CREATE FUNCTION nrm.plan_open(target bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_plan p WHERE p.id = target
     AND (p.state IN ('draft', 'consultation', 'arbitration') OR p.amending_since IS NOT NULL)) $$;

-- A measure that the last version of its plan holds (plans/models/plans.py, MeasureQuerySet.public).
CREATE FUNCTION nrm.measure_public(of_plan bigint, named text, withdrawn timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT (withdrawn IS NULL AND EXISTS (SELECT 1 FROM plans_plan p WHERE p.id = of_plan
             AND p.state IN ('published', 'amended', 'closed') AND p.amending_since IS NULL))
     OR COALESCE((SELECT jsonb_path_exists(v.content, '$.measures[*].code ? (@ == $code)',
                                           jsonb_build_object('code', named))
                  FROM plans_planversion v WHERE v.plan_id = of_plan ORDER BY v.number DESC LIMIT 1), false) $$;

-- A move is the only writer of a plan's state. What an import opened, it alone closes.
CREATE FUNCTION nrm.plan_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p plans_plan; importing boolean; BEGIN
  SELECT * INTO p FROM plans_plan WHERE id = NEW.plan_id FOR NO KEY UPDATE;
  SELECT count(*) FILTER (WHERE action = 'complete') > count(*) FILTER (WHERE action = 'completed') INTO importing
  FROM plans_planmove WHERE plan_id = NEW.plan_id;
  IF p.state IS DISTINCT FROM NEW.before OR nrm.step_side('plan', NEW.before, NEW.action, NEW.after) IS NULL
     OR (NEW.action IN ('prepare', 'complete', 'close') AND p.amending_since IS NOT NULL)
     OR (NEW.action IN ('amend', 'abandon', 'completed') AND p.amending_since IS NULL)
     OR (NEW.action IN ('amend', 'abandon', 'completed') AND (NEW.action = 'completed') <> importing) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  UPDATE plans_plan SET state = NEW.after,
    published_on = CASE WHEN NEW.action = 'publish' THEN nrm.today() ELSE published_on END,
    amending_since = CASE WHEN NEW.action IN ('prepare', 'complete') THEN now()
                          WHEN NEW.action IN ('amend', 'abandon', 'completed') THEN NULL ELSE amending_since END
  WHERE id = NEW.plan_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_plan_moved BEFORE INSERT ON plans_planmove FOR EACH ROW EXECUTE FUNCTION nrm.plan_moved();

-- The gate, asked again by the database of what is published (plans/plan/rules/gate.py says the same, measure by measure).
CREATE FUNCTION nrm.costed(envelope text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_budgetline l JOIN plans_envelope e ON e.id = l.envelope_id
     WHERE e.code = envelope AND (l.checked_at IS NOT NULL OR l.provenance <> 'entered')
       AND (l.amount IS NOT NULL OR (l.exactness = 'not_isolable' AND (l.evidence <> '' OR l.reason <> '')))
       AND NOT EXISTS (SELECT 1 FROM plans_budgetline n WHERE n.replaces_id = l.id
                       AND (n.checked_at IS NOT NULL OR n.provenance <> 'entered'))) $$;

CREATE FUNCTION nrm.gate_open(content jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT COALESCE(jsonb_array_length(content->'measures'), 0) > 0 AND NOT EXISTS (
     SELECT 1 FROM jsonb_array_elements(content->'measures') m
     WHERE m->>'lead' IS NULL OR m->>'end' IS NULL
        OR NOT COALESCE(jsonb_path_exists(m, '$.metrics[*].target ? (@ != null)'), false)
        OR NOT (COALESCE((m->>'not_funded')::boolean AND m->>'not_funded_reason' <> '', false)
                OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(m->'envelopes') e WHERE nrm.costed(e)))) $$;

CREATE FUNCTION nrm.version_gated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.kind IN ('publication', 'amendment') AND NOT nrm.gate_open(NEW.content)
     OR NEW.kind = 'consultation' AND COALESCE(jsonb_array_length(NEW.content->'measures'), 0) = 0 THEN
    RAISE EXCEPTION 'the gate is closed' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_version_gated BEFORE INSERT ON plans_planversion FOR EACH ROW EXECUTE FUNCTION nrm.version_gated();

-- Asked at the commit, whoever inserted the moves: an import closed what it opened, and each move that changes what the
-- public reads left its version (plans/plan/operations/moves.py, VERSIONS), a publication or an amendment one of its own kind,
-- which passed the gate. Versions of the pack come without a move.
CREATE FUNCTION nrm.plan_settled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE open_imports int; to_keep int; kept int; to_gate int; gated int; BEGIN
  SELECT count(*) FILTER (WHERE action = 'complete') - count(*) FILTER (WHERE action = 'completed'),
         count(*) FILTER (WHERE action IN ('consult', 'publish', 'amend', 'review', 'close', 'completed'))
    INTO open_imports, to_keep FROM plans_planmove WHERE plan_id = NEW.plan_id;
  SELECT count(*), count(*) FILTER (WHERE kind IN ('publication', 'amendment')) INTO kept, gated
  FROM plans_planversion WHERE plan_id = NEW.plan_id AND kind <> 'history';
  SELECT count(*) INTO to_gate FROM plans_planmove WHERE plan_id = NEW.plan_id AND action IN ('publish', 'amend');
  IF open_imports > 0 OR kept < to_keep OR gated < to_gate THEN RAISE EXCEPTION 'not settled' USING ERRCODE = 'NRM01'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER nrm_plan_settled AFTER INSERT ON plans_planmove DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION nrm.plan_settled();
