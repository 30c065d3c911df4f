-- Whether somebody works on a case for an agency is kept in its access row, so that the list of cases with nobody reads
-- those alone, and not every case of the agency. A row that said somebody where there is nobody would hide the case from
-- that list: whatever changes the answer locks the case, and an assignment its member.

CREATE FUNCTION nrm.somebody_works(target uuid, agency int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM victims_assignment s JOIN agencies_membership m ON m.id = s.membership_id
                 WHERE s.case_id = target AND s.agency_id = agency AND m.active)
$$;

CREATE FUNCTION nrm.note_who_works(ids uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- lock first, then read again: of two who leave at once, the second must see that the first left
  PERFORM 1 FROM victims_case WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
  UPDATE victims_caseaccess a SET assigned = NOT a.assigned
  WHERE a.case_id = ANY(ids) AND a.assigned <> nrm.somebody_works(a.case_id, a.agency_id);
END $$;

-- An assignment is for a member of the same agency, sorts as its case does, and is not of an hour to come: in the archive
-- it ends by its age. A member who is switched off at the same time waits for this end, or is refused here; what archives
-- the case waits for this end, or is waited for.
CREATE FUNCTION nrm.assignment_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM agencies_membership m WHERE m.id = NEW.membership_id AND m.agency_id = NEW.agency_id AND m.active FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'only an active member of the agency can be assigned' USING ERRCODE = '23514';
  END IF;
  -- as the foreign key does at the end of the statement: of two who are assigned at once neither waits for the other here
  SELECT c.received_at INTO NEW.received_at FROM victims_case c WHERE c.id = NEW.case_id FOR KEY SHARE;
  NEW.at := LEAST(NEW.at, now());
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_assignment_guard BEFORE INSERT ON victims_assignment
FOR EACH ROW EXECUTE FUNCTION nrm.assignment_guard();

-- An opening of the archive ends, and adds nobody. Asked after that lock, and by no policy: a policy would not see a case
-- archived meanwhile, and leave it open to a member who said no reason. What opens the archive passes, as no policy of the
-- application applies to it.
CREATE FUNCTION nrm.assignment_not_archived() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF row_security_active('public.victims_assignment') AND EXISTS (
    SELECT 1 FROM victims_restriction r WHERE r.case_id = NEW.case_id AND r.agency_id = NEW.agency_id AND r.archived_at IS NOT NULL)
  THEN
    RAISE EXCEPTION 'a case of the archive is opened with a reason' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_assignment_not_archived BEFORE INSERT ON victims_assignment
FOR EACH ROW EXECUTE FUNCTION nrm.assignment_not_archived();

CREATE FUNCTION nrm.assignments_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.note_who_works(ARRAY(SELECT DISTINCT case_id FROM touched));
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_assignments_added AFTER INSERT ON victims_assignment REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.assignments_touched();
CREATE TRIGGER nrm_assignments_ended AFTER DELETE ON victims_assignment REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION nrm.assignments_touched();

CREATE FUNCTION nrm.member_came_or_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM nrm.note_who_works(ARRAY(SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = NEW.id));
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_member_came_or_left AFTER UPDATE OF active ON agencies_membership
FOR EACH ROW WHEN (OLD.active <> NEW.active) EXECUTE FUNCTION nrm.member_came_or_left();
