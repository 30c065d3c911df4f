-- Who may agree: an adult, or who protects an adult by a court's decision; for a child or an age in doubt a court, a
-- guardian, an ad hoc administrator, or a parent (verified and not implicated: a constraint of the table).
CREATE FUNCTION nrm.consent_giver() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE side text;
BEGIN
  SELECT age_side INTO STRICT side FROM victims_case WHERE id = NEW.case_id;
  IF NEW.giver NOT IN ('court', 'guardian') AND (side = 'adult') <> (NEW.giver = 'person') THEN
    RAISE EXCEPTION '% may not agree for this person', NEW.giver USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_consent_giver BEFORE INSERT ON victims_consent FOR EACH ROW EXECUTE FUNCTION nrm.consent_giver();
