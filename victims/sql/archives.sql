-- The archive of closed cases: read by nobody until a member of the agency says why, and for a time.

-- Return whether this member may open a case of the archive of this agency: one who works on cases, and followed it when it
-- was archived or, where the agency had kept it to nobody, was there when it came. The agency still reads its summary.
CREATE FUNCTION nrm.opens_archive(member bigint, agency int, target uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM victims_archive x JOIN agencies_membership m ON m.id = member
    JOIN agencies_user u ON u.id = m.user_id AND u.is_active  -- which no program has
    JOIN victims_caseaccess a ON a.case_id = x.case_id AND a.agency_id = x.agency_id
    WHERE x.case_id = target AND x.agency_id = agency AND m.active
      AND m.roles::text[] && '{case_worker,coordinator}'
      AND (m.id = ANY(x.team) OR NOT x.kept AND NOT nrm.came_before(m.id, agency, target))
      AND a.level >= 2 AND (a.until IS NULL OR a.until > now()))
$$;

-- Return whether the acting member may open this case of the archive, as its policy says.
CREATE FUNCTION nrm.in_my_archive(target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM victims_archive v WHERE v.case_id = target)
$$;

-- Open an archived case for oneself: its entry of the journal, its reason, the assignment that the worker ends, and what the
-- administrators of the agency are told, in one statement; where there is no other one, those who may open it are told.
-- `reason` is measured here, `sealed` kept.
CREATE FUNCTION nrm.open_archive(act uuid, target uuid, ground text, reason text, sealed bytea) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE x victims_archive; me int := nrm.desk(); who bigint := nrm.membership();
BEGIN
  PERFORM nrm.signed_context();
  IF NOT COALESCE(ground = ANY(nrm.archive_reasons()), false)
     OR ground IN ('other', 'danger') AND COALESCE(length(btrim(reason)), 0) < nrm.reason_length() THEN
    RAISE EXCEPTION 'a reason is needed' USING ERRCODE = '23514';
  END IF;
  -- the case first, as what archives it and what opens it again do
  PERFORM 1 FROM victims_case WHERE id = target FOR NO KEY UPDATE;
  IF NOT nrm.opens_archive(who, me, target) THEN RAISE no_data_found; END IF;
  IF ground = 'danger' THEN  -- one after the other: of several at once each counts those before it
    PERFORM 1 FROM agencies_membership WHERE id = who FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM victims_archiveopening o WHERE o.membership_id = who AND o.why = 'danger'
          AND o.at > now() - interval '1 hour') >= nrm.dangers_an_hour() THEN
      RAISE EXCEPTION 'too many in an hour' USING ERRCODE = '42501';
    END IF;
  END IF;
  SELECT * INTO x FROM victims_archive v WHERE v.case_id = target AND v.agency_id = me;
  INSERT INTO journal_entry (id, at, membership_id, agency_id, action, outcome, subject, subject_id, case_id)
  VALUES (act, now(), who, me, 'case.reading.archive', 'done', 'case', target::text, target);
  INSERT INTO victims_archiveopening (id, case_id, agency_id, membership_id, at, until, why, reason)
  VALUES (act, target, me, who, now(), now() + nrm.archive_open_for(), ground, sealed);
  INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id) VALUES (target, me, who, now(), who)
  ON CONFLICT (agency_id, membership_id, case_id) DO UPDATE SET at = now();
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  SELECT gen_random_uuid(), 'archive_opened', 'archive', x.id, x.reference, CASE WHEN EXISTS (
    SELECT 1 FROM agencies_membership m WHERE m.agency_id = me AND m.active AND m.id <> who
      AND 'agency_admin' = ANY(m.roles)) THEN '{admins}'::text[] ELSE '{members}' END, '{}', who, now();
  IF ground = 'danger' THEN  -- as of an emergency access
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    VALUES (gen_random_uuid(), 'break_glass', 'case', target, x.reference, '{lead,coordination}', '{}', who, now());
  END IF;
END $$;
