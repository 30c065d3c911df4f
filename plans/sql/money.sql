-- An auditor reads every line and signs those that were checked.
CREATE FUNCTION nrm.audits_money() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id
   WHERE m.id = NULLIF(current_setting('nrm.membership', true), '')::bigint
     AND m.active AND a.active AND 'auditor' = ANY(m.roles)) $$;

-- The body acts for the State or a local authority: it may enter money (plans/access.py says the same).
CREATE FUNCTION nrm.state_body() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT a.profile_id FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() AND nrm.of_state(a.kind) $$;

CREATE FUNCTION nrm.of_state(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT kind IN
   ('coordination', 'justice', 'interior', 'labour', 'education', 'social_affairs', 'health', 'foreign_affairs',
    'asylum', 'child_protection', 'equality', 'finance', 'local_authority') $$;

CREATE FUNCTION nrm.enters_for(funder text, measure bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT nrm.coordinates() OR funder = nrm.state_body()
   OR EXISTS (SELECT 1 FROM plans_measure m WHERE m.id = measure AND m.lead_id = nrm.state_body()) $$;

CREATE FUNCTION nrm.enters_in(target bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM plans_envelope e WHERE e.id = target AND nrm.enters_for(e.funder_id, e.measure_id)) $$;

-- A correction stands in the place of what it corrects, and says why once that was published.
CREATE FUNCTION nrm.line_corrects() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE old_line plans_budgetline; BEGIN
  NEW.checked_at := NULL; NEW.signed_at := NULL;
  IF NEW.replaces_id IS NULL THEN RETURN NEW; END IF;
  SELECT * INTO old_line FROM plans_budgetline WHERE id = NEW.replaces_id FOR NO KEY UPDATE;
  IF (NEW.envelope_id, NEW.year, NEW.period_fr, NEW.stage, NEW.nature) IS DISTINCT FROM
     (old_line.envelope_id, old_line.year, old_line.period_fr, old_line.stage, old_line.nature)
     OR EXISTS (SELECT 1 FROM plans_budgetline l WHERE l.replaces_id = NEW.replaces_id)
     OR (NEW.reason = '' AND (old_line.checked_at IS NOT NULL OR old_line.provenance <> 'entered')) THEN
    RAISE EXCEPTION 'not a correction' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_line_corrects BEFORE INSERT ON plans_budgetline FOR EACH ROW EXECUTE FUNCTION nrm.line_corrects();

-- Entered by this body for another one that takes part here: that one answers for its money (plans/money/operations/envelopes.py).
CREATE FUNCTION nrm.for_another(line plans_budgetline) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT line.body_id = nrm.policy_body() AND EXISTS (
     SELECT 1 FROM plans_envelope e LEFT JOIN plans_measure m ON m.id = e.measure_id
     JOIN agencies_agency a ON a.profile_id IN (e.funder_id, m.lead_id)
     JOIN agencies_membership p ON p.agency_id = a.group_id AND p.active AND 'policy' = ANY(p.roles)
     WHERE e.id = line.envelope_id AND a.active AND nrm.of_state(a.kind) AND a.profile_id <> line.body_id) $$;

-- A review is the only writer of the dates on a line; only the last line of a chain is reviewed, and a line is signed
-- after its check.
CREATE FUNCTION nrm.line_reviewed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE target plans_budgetline; BEGIN
  SELECT * INTO target FROM plans_budgetline WHERE id = NEW.line_id FOR NO KEY UPDATE;
  IF target.provenance <> 'entered'
     OR EXISTS (SELECT 1 FROM plans_budgetline l WHERE l.replaces_id = NEW.line_id)
     OR (NEW.sort IN ('checked', 'returned') AND target.checked_at IS NOT NULL)
     OR (NEW.sort = 'signed' AND (target.checked_at IS NULL OR target.signed_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  IF NEW.sort = 'checked' AND nrm.for_another(target) THEN
    RAISE EXCEPTION 'no check of one''s own' USING ERRCODE = '42501';
  END IF;
  NEW.line_body_id := target.body_id;
  UPDATE plans_budgetline SET
    checked_at = CASE WHEN NEW.sort = 'checked' THEN NEW.at ELSE checked_at END,
    signed_at = CASE WHEN NEW.sort = 'signed' THEN NEW.at ELSE signed_at END
  WHERE id = NEW.line_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_line_reviewed BEFORE INSERT ON plans_linereview FOR EACH ROW EXECUTE FUNCTION nrm.line_reviewed();

-- A correction alone takes a name out. Whose envelope it is follows from the name; whether the public had read it too.
CREATE FUNCTION nrm.beneficiary_corrected() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong plans_envelopebeneficiary; BEGIN
  SELECT * INTO wrong FROM plans_envelopebeneficiary WHERE id = NEW.beneficiary_id FOR NO KEY UPDATE;
  IF wrong.ended_at IS NOT NULL OR NEW.envelope_id IS DISTINCT FROM wrong.envelope_id THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  NEW.was_public := wrong.public_source <> '';
  UPDATE plans_envelopebeneficiary SET ended_at = NEW.at WHERE id = wrong.id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_beneficiary_corrected BEFORE INSERT ON plans_beneficiarycorrection
  FOR EACH ROW EXECUTE FUNCTION nrm.beneficiary_corrected();
