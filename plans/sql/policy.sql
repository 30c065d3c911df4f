-- Who acts in public policy. The public reads these tables too, so nobody acting is an answer here (NULL), not an error.
CREATE FUNCTION nrm.policy_agency() RETURNS int LANGUAGE sql STABLE AS
$$ SELECT m.agency_id FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
   WHERE m.id = NULLIF(current_setting('nrm.membership', true), '')::bigint
     AND m.active AND a.active AND 'policy' = ANY(m.roles) $$;

CREATE FUNCTION nrm.policy_body() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT a.profile_id FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() $$;

CREATE FUNCTION nrm.coordinates() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM plans_mandate d WHERE d.body_id = nrm.policy_body()
     AND d.start <= nrm.today() AND (d."end" IS NULL OR d."end" >= nrm.today())) $$;

-- The same of an agency, for due work: who acts is then nobody.
CREATE FUNCTION nrm.coordinates_today(agency int) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM plans_mandate d JOIN agencies_agency a ON a.profile_id = d.body_id
     WHERE a.group_id = agency AND a.active AND d.start <= nrm.today() AND (d."end" IS NULL OR d."end" >= nrm.today())) $$;

-- the day in France, as the pages count it
CREATE FUNCTION nrm.today() RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (now() AT TIME ZONE 'Europe/Paris')::date $$;

CREATE FUNCTION nrm.plan_open(target bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM plans_plan p WHERE p.id = target
     AND (p.state IN ('draft', 'consultation', 'arbitration') OR p.amending_since IS NOT NULL)) $$;

-- A move is the only writer of a plan's state.
CREATE FUNCTION nrm.plan_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p plans_plan; BEGIN
  SELECT * INTO p FROM plans_plan WHERE id = NEW.plan_id FOR NO KEY UPDATE;
  IF p.state IS DISTINCT FROM NEW.before OR nrm.step_side('plan', NEW.before, NEW.action, NEW.after) IS NULL
     OR (NEW.action IN ('prepare', 'complete', 'close') AND p.amending_since IS NOT NULL)
     OR (NEW.action IN ('amend', 'abandon', 'completed') AND p.amending_since IS NULL) THEN
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
