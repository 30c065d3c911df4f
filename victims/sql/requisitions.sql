-- What was decided of a requisition is added to it and never changed. Its state, its hour and what the others of the agency
-- are told are written here alone: whoever decides, by a page or by a bare statement, is seen by them, when it was.

CREATE FUNCTION nrm.requisition_made() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.reference := (SELECT c.reference FROM victims_case c WHERE c.id = NEW.case_id);
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_requisition_made BEFORE INSERT ON victims_requisition
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_made();

CREATE FUNCTION nrm.requisition_move_dated() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();  -- by which they follow one another
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_requisition_move_dated BEFORE INSERT ON victims_requisitionmove
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_move_dated();

-- After the policy let the row in. The last word says how it stands: a second part, a wrong click, a lie or a forgery that
-- is found out later are added, and the others of the agency told of each.
CREATE FUNCTION nrm.requisition_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r victims_requisition;
BEGIN
  SELECT * INTO r FROM victims_requisition WHERE id = NEW.requisition_id FOR UPDATE;
  UPDATE victims_requisition SET state = NEW.state, ended_at = CASE WHEN NEW.state <> 'waiting' THEN now() END
  WHERE id = r.id;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  VALUES (gen_random_uuid(), 'answer_decided', 'requisition', r.id, r.reference, '{desk}', ARRAY[r.agency_id], NEW.by_id,
          now());
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_requisition_moved AFTER INSERT ON victims_requisitionmove
FOR EACH ROW EXECUTE FUNCTION nrm.requisition_moved();

-- Return whether a requisition is hidden from this member of its agency: received in a case that was restricted to others
-- already, or that the agency received before this member. The archive hides it from nobody who may open it. Who restricts the case afterwards hides it from nobody.
CREATE FUNCTION nrm.demand_kept(member bigint, q victims_requisition) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (EXISTS (SELECT 1 FROM victims_restriction r
                  WHERE r.case_id = q.case_id AND r.agency_id = q.agency_id AND r.at <= q.at)
             AND NOT nrm.opens_archive(member, q.agency_id, q.case_id)
          OR nrm.came_before(member, q.agency_id, q.case_id))
     AND NOT EXISTS (SELECT 1 FROM victims_assignment s WHERE s.case_id = q.case_id AND s.agency_id = q.agency_id
                     AND s.membership_id = member)
$$;

-- A restriction is dated here: one that said to be older would hide what came before it.
CREATE FUNCTION nrm.restriction_dated() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_restriction_dated BEFORE INSERT ON victims_restriction
FOR EACH ROW EXECUTE FUNCTION nrm.restriction_dated();
