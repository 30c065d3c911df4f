-- Who evaluates in its own space: independent bodies, networks of associations, and whoever coordinates. (In whose name,
-- the policy asks.)
CREATE FUNCTION nrm.evaluates() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT nrm.coordinates() OR EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency()
     AND a.kind IN ('independent', 'ngo_network')) $$;

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
