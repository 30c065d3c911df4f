-- May this member read that an export waits or waited? Who decides, and the other members of the agency or of its network
-- who could decide for somebody else; never the asker, under whichever of her or his memberships. The same sentence as
-- ExportQuerySet.visible_to, which must narrow a list by an index; this one asks for one row, also about members who do
-- not act (notices).
CREATE FUNCTION nrm.approves_as(member bigint, agency int, asker bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m JOIN agencies_membership k ON k.id = asker AND k.user_id IS DISTINCT FROM m.user_id
    WHERE m.id = member AND m.active AND m.kind = 'person' AND m.roles::text[] && nrm.approvers()
      AND m.agency_id IN (agency, nrm.network_of(agency)))
    OR nrm.second_for(member, agency, asker)
$$;
CREATE FUNCTION nrm.approves(agency int, asker bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT nrm.approves_as(nrm.membership(), agency, asker) $$;

-- Return how many rows this member exported lately without a second person, whatever the list and its filters. What was
-- given up is not counted: no file was handed over.
CREATE FUNCTION nrm.exported_alone(member bigint) RETURNS int LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT COALESCE(sum(x.total), 0)::int FROM referral_export x
  WHERE x.by_id = member AND x.state <> 'cancelled' AND EXISTS (
    SELECT 1 FROM referral_exportmove m
    WHERE m.export_id = x.id AND m.action = 'queue' AND m.at > now() - nrm.added_up())
$$;

-- Steps of an export: the second person is never the asker, few rows in seven days go without one, never names, and what
-- has ended keeps no file. The move itself stands already: its rows are among those counted.
CREATE FUNCTION nrm.export_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e referral_export; side text;
BEGIN
  SELECT * INTO STRICT e FROM referral_export WHERE id = NEW.export_id FOR UPDATE;
  side := nrm.step_side('export', NEW.before, NEW.action, NEW.after);
  IF e.state <> NEW.before OR side IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF (side = 'asker' AND e.by_id IS DISTINCT FROM NEW.membership_id)
     OR (side = 'second' AND NOT nrm.second_for(nrm.membership(), e.agency_id, e.by_id))
     OR (side = 'system' AND current_setting('nrm.kind', true) IS DISTINCT FROM 'system')
     OR (side = 'system' AND e.agency_id IS DISTINCT FROM NEW.agency_id)
     OR (NEW.action = 'queue' AND (nrm.exported_alone(e.by_id) > nrm.without_approval() OR e.content = 'htcds_named')) THEN
    RAISE EXCEPTION 'not the side that does this' USING ERRCODE = '42501';
  END IF;
  UPDATE referral_export SET state = NEW.after, due_at = NEW.due_at WHERE id = e.id;
  IF NEW.after IN ('fetched', 'cancelled', 'stopped', 'expired') THEN
    DELETE FROM referral_exportfile WHERE export_id = e.id;
    DELETE FROM referral_exportpiece WHERE export_id = e.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_export_moved AFTER INSERT ON referral_exportmove
FOR EACH ROW EXECUTE FUNCTION nrm.export_moved();
