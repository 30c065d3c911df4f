-- Programs synchronise a case by its access row, which shows the agency's own label: a new label is a change of it.
CREATE FUNCTION nrm.label_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- nrm.positioned writes the real position
  UPDATE victims_caseaccess SET position = 0 WHERE case_id = NEW.case_id AND agency_id = NEW.agency_id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_label_changed AFTER INSERT OR UPDATE ON victims_ownlabel
FOR EACH ROW EXECUTE FUNCTION nrm.label_changed();

-- Return which of these digests are own references of the acting agency, also of cases that the member does not see:
-- two cases of an agency never have one reference.
CREATE FUNCTION nrm.own_references_taken(digests text[]) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT reference_digest FROM victims_ownlabel WHERE agency_id = nrm.desk() AND reference_digest = ANY(digests) $$;
