-- Refuse a giver who may not agree. Allowed: an adult, or who protects an adult by a court's decision; for a child or
-- an age in doubt a court, a guardian, an ad hoc administrator, whom a judge delegated parental authority to, or a
-- parent (verified and not implicated: constraint of the table). Runs with the rights of the writer: the refusal must
-- not tell the age to one who does not see the case.
CREATE FUNCTION nrm.consent_giver() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE side text;
BEGIN
  SELECT age_side INTO side FROM victims_case WHERE id = NEW.case_id;
  IF NEW.giver NOT IN ('court', 'guardian') AND (side = 'adult') <> (NEW.giver = 'person') THEN
    RAISE EXCEPTION '% may not agree for this person', NEW.giver USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_consent_giver BEFORE INSERT ON victims_consent FOR EACH ROW EXECUTE FUNCTION nrm.consent_giver();

-- A column that names another row of the case (the entry it corrects, the agreement it comments) must name one of the
-- same case. Arguments: column and table, in pairs.
CREATE FUNCTION nrm.same_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE mine jsonb := to_jsonb(NEW); i int; same boolean;
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 BY 2 LOOP
    IF mine->>TG_ARGV[i] IS NOT NULL THEN
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I x WHERE x.id = $1 AND x.case_id = $2)', TG_ARGV[i + 1])
        INTO same USING (mine->>TG_ARGV[i])::uuid, NEW.case_id;
      IF NOT same THEN RAISE EXCEPTION 'not of this case' USING ERRCODE = '42501'; END IF;
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_same_case BEFORE INSERT ON victims_agreementtext
FOR EACH ROW EXECUTE FUNCTION nrm.same_case('consent_id', 'victims_consent', 'opinion_id', 'victims_childopinion');
CREATE TRIGGER nrm_same_case BEFORE INSERT ON victims_healthnote
FOR EACH ROW EXECUTE FUNCTION nrm.same_case('replaces_id', 'victims_healthnote');
CREATE TRIGGER nrm_same_case BEFORE INSERT ON victims_offencefact
FOR EACH ROW EXECUTE FUNCTION nrm.same_case('replaces_id', 'victims_offencefact');
CREATE TRIGGER nrm_same_case BEFORE INSERT ON victims_residencefact
FOR EACH ROW EXECUTE FUNCTION nrm.same_case('replaces_id', 'victims_residencefact');
CREATE TRIGGER nrm_same_case BEFORE INSERT ON victims_episode
FOR EACH ROW EXECUTE FUNCTION nrm.same_case('replaces_id', 'victims_episode');

-- A contact or number that came with an alert is copied once, by the database. A row written by hand with the alert as
-- its source would prevent the copy, and its refusal would reveal that the copy was made.
CREATE FUNCTION nrm.source_is_no_alert() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF row_security_active('public.victims_contact') AND (
       EXISTS (SELECT 1 FROM public.referral_alert a WHERE a.id = NEW.source_id)
       OR EXISTS (SELECT 1 FROM public.referral_alertlink l WHERE l.alert_id = NEW.source_id)) THEN
    RAISE EXCEPTION 'what an alert carries is copied by the database' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_source_is_no_alert BEFORE INSERT ON victims_contact
FOR EACH ROW EXECUTE FUNCTION nrm.source_is_no_alert();
CREATE TRIGGER nrm_source_is_no_alert BEFORE INSERT ON victims_offencefact
FOR EACH ROW EXECUTE FUNCTION nrm.source_is_no_alert();
