-- When a need was recorded and changed is the database's to say. Which one it is stands sealed: the category that it is
-- behind is what the application says, which signs each write.
CREATE FUNCTION nrm.need_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
  END IF;
  NEW.at := clock_timestamp();
  NEW.changed_at := NEW.at;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_need_stamped BEFORE INSERT OR UPDATE ON victims_need
FOR EACH ROW EXECUTE FUNCTION nrm.need_stamped();

-- Texts and actions take the case, the bit and the agency of their need.
CREATE FUNCTION nrm.behind_need() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  SELECT n.case_id, n.bit, n.agency_id INTO STRICT NEW.case_id, NEW.bit, NEW.owner_id FROM victims_need n WHERE n.id = NEW.need_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_behind_need BEFORE INSERT ON victims_needtext FOR EACH ROW EXECUTE FUNCTION nrm.behind_need();
CREATE TRIGGER nrm_behind_need BEFORE INSERT ON victims_supportaction FOR EACH ROW EXECUTE FUNCTION nrm.behind_need();
