-- Return whether a case is hidden from this member of this agency: restricted to others, or received before this member.
CREATE FUNCTION nrm.kept_out(member bigint, agency int, target uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (EXISTS (SELECT 1 FROM victims_restriction r WHERE r.case_id = target AND r.agency_id = agency)
          OR nrm.came_before(member, agency, target))
     AND NOT EXISTS (SELECT 1 FROM victims_assignment s WHERE s.case_id = target AND s.agency_id = agency
                     AND s.membership_id = member)
$$;

-- Return whether a member is assigned to each of these restricted cases; null, none restricted: all may read.
CREATE FUNCTION nrm.assigned(kept uuid[], member bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT kept IS NULL OR nrm.assigned_to_all(kept, member) $$;

CREATE FUNCTION nrm.numbered(identifier uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || right(replace(identifier::text, '-', ''), 16))::bit(64)::bigint $$;

-- Return whether this membership is active and still sees the subject. Asked when fanning out and when sending, by the
-- worker only: the application could otherwise learn who has access to a case. In plpgsql, so that a call prepares the
-- branch of its noun only.
CREATE FUNCTION nrm.still_sees(member bigint, noun text, target uuid) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE who record; works boolean;
BEGIN
  SELECT m.id, m.agency_id, m.kind, m.roles::text[] AS roles, COALESCE(m.cases_from, '-infinity') AS arrival INTO who
  FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
  LEFT JOIN agencies_user u ON u.id = m.user_id
  WHERE m.id = member AND m.active AND g.active AND (u.id IS NULL OR u.is_active);
  IF NOT FOUND THEN RETURN false; END IF;
  works := who.roles && '{case_worker,coordinator}';
  CASE noun
    WHEN 'none' THEN RETURN true;          -- "your access ended" needs no access
    WHEN 'desk' THEN RETURN works;         -- about the desk of one's own agency
    WHEN 'case' THEN RETURN works AND EXISTS (
      SELECT 1 FROM victims_caseaccess a WHERE a.case_id = target AND a.agency_id = who.agency_id
        AND (a.until IS NULL OR a.until > now()) AND NOT nrm.kept_out(who.id, who.agency_id, a.case_id));
    WHEN 'alert' THEN RETURN EXISTS (
      SELECT 1 FROM referral_alert x WHERE x.id = target AND (
        (x.author_id = who.id AND (works OR 'frontline' = ANY(who.roles)))
        OR (works AND (
             (x.agency_id = who.agency_id AND x.sent_at >= who.arrival AND nrm.assigned(x.kept_cases, who.id))
             OR EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = x.id AND d.agency_id = who.agency_id
                        AND nrm.reads_alert_desk(d, who.id, who.arrival))))));
    WHEN 'orientation' THEN RETURN works AND EXISTS (
      SELECT 1 FROM referral_orientation o
      WHERE o.id = target AND (
        EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id = o.id AND d.agency_id = who.agency_id
                AND nrm.reads_request_desk(d, who.id, who.arrival))
        OR NOT nrm.kept_out(who.id, who.agency_id, o.case_id) AND (
          o.sender_id = who.agency_id
          OR EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = o.case_id AND a.agency_id = who.agency_id
                     AND (a.lead OR a.level >= 3) AND (a.until IS NULL OR a.until > now())))));
    WHEN 'clock' THEN RETURN works AND EXISTS (
      SELECT 1 FROM referral_clock k JOIN victims_caseaccess a ON a.case_id = k.case_id
      WHERE k.id = target AND a.agency_id = who.agency_id AND (a.until IS NULL OR a.until > now())
        AND (a.lead OR (a.level >= 3 AND (NOT k.sealed OR a.categories & nrm.bit_of('residence_case') <> 0)))
        AND NOT nrm.kept_out(who.id, who.agency_id, k.case_id));
    WHEN 'legalhold' THEN RETURN works AND (EXISTS (
      SELECT 1 FROM referral_legalhold h JOIN victims_caseaccess a ON a.case_id = h.case_id
      WHERE h.id = target AND a.agency_id = who.agency_id AND (a.level >= 2 OR h.agency_id = a.agency_id)
        AND (a.until IS NULL OR a.until > now()) AND NOT nrm.kept_out(who.id, who.agency_id, h.case_id))
      OR who.kind = 'person' AND EXISTS (  -- one's own, while justice waits in that case, whatever the access has become
      SELECT 1 FROM referral_legalhold h JOIN victims_requisition q ON q.case_id = h.case_id AND q.agency_id = h.agency_id
      WHERE h.id = target AND h.agency_id = who.agency_id AND q.ended_at IS NULL AND NOT nrm.demand_kept(who.id, q)));
    WHEN 'casefile' THEN RETURN works AND EXISTS (  -- of its author alone
      SELECT 1 FROM victims_casefile x WHERE x.id = target AND x.by_id = who.id
        AND NOT nrm.kept_out(who.id, who.agency_id, x.case_id)
        AND (x.secret OR EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = x.case_id
          AND a.agency_id = who.agency_id AND a.level >= 2 AND (a.until IS NULL OR a.until > now())
          AND (x.bit = 0 OR a.categories & x.bit <> 0))));
    WHEN 'datarequest' THEN RETURN works AND EXISTS (
      SELECT 1 FROM victims_datarequest x JOIN victims_caseaccess a ON a.case_id = x.case_id
      WHERE x.id = target AND a.agency_id = who.agency_id AND (a.lead OR a.level >= 3)
        AND (a.until IS NULL OR a.until > now()) AND NOT nrm.kept_out(who.id, who.agency_id, x.case_id));
    WHEN 'requisition' THEN RETURN works AND who.kind = 'person' AND EXISTS (  -- persons of the agency that received it
      SELECT 1 FROM victims_requisition x
      WHERE x.id = target AND x.agency_id = who.agency_id AND NOT nrm.demand_kept(who.id, x));
    WHEN 'match' THEN RETURN works AND EXISTS (
      SELECT 1 FROM referral_match x WHERE x.id = target AND x.unit_id = who.agency_id
        AND (NOT nrm.kept_out(who.id, who.agency_id, x.first_id) OR nrm.opens_archive(who.id, who.agency_id, x.first_id))
        AND (NOT nrm.kept_out(who.id, who.agency_id, x.second_id)
             OR nrm.opens_archive(who.id, who.agency_id, x.second_id)));
    WHEN 'archive' THEN RETURN EXISTS (
      SELECT 1 FROM victims_archive x WHERE x.id = target AND x.agency_id = who.agency_id
        AND ('agency_admin' = ANY(who.roles) OR nrm.opens_archive(who.id, x.agency_id, x.case_id)));
    WHEN 'matchalarm' THEN RETURN 'auditor' = ANY(who.roles) OR (works AND EXISTS (
      SELECT 1 FROM agencies_agency g WHERE g.group_id = who.agency_id AND g.mandate = 'national'));
    WHEN 'readingalarm' THEN RETURN 'auditor' = ANY(who.roles) OR EXISTS (
      SELECT 1 FROM victims_readingalarm x WHERE x.id = target AND nrm.approves_as(who.id, x.agency_id, x.membership_id));
    WHEN 'export' THEN RETURN EXISTS (
      SELECT 1 FROM referral_export x WHERE x.id = target
        AND (x.by_id = who.id OR nrm.approves_as(who.id, x.agency_id, x.by_id)));
    WHEN 'breach' THEN RETURN EXISTS (
      SELECT 1 FROM referral_breach x WHERE x.id = target
        AND (x.by_id = who.id OR nrm.breach_as(who.id, x.agency_id, x.apart) IS NOT NULL));
    WHEN 'deskchange' THEN RETURN EXISTS (
      SELECT 1 FROM agencies_deskchange x WHERE x.batch = target
        AND (who.agency_id IN (x.desk_id, x.unit_id, COALESCE(x.stand_in_id, x.unit_id))
             OR nrm.decides_desk(who.id, x.unit_id, x.by_id)));
    WHEN 'memberchange' THEN RETURN EXISTS (
      SELECT 1 FROM agencies_memberchange x WHERE x.id = target
        AND (x.agency_id = who.agency_id OR nrm.second_or_auditor(who.id, x.agency_id, x.by_id, x.membership_id)));
    WHEN 'account' THEN RETURN who.id = nrm.numbered(still_sees.target);  -- one's own
    WHEN 'hook' THEN RETURN 'agency_admin' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM notifications_hook x JOIN agencies_membership p ON p.id = x.membership_id
      WHERE x.id = target AND p.agency_id = who.agency_id);
    WHEN 'consultation' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_consultation x WHERE x.id = still_sees.target AND x.opens <= nrm.today());
    WHEN 'contribution' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_contribution x WHERE x.id = still_sees.target AND (x.agency_id = who.agency_id
        OR (x.state NOT IN ('draft', 'withdrawn') AND nrm.coordinates_today(who.agency_id))));
    WHEN 'question' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_question q JOIN plans_questionnaire n ON n.id = q.questionnaire_id
      JOIN plans_evidencerequest r ON r.question_id = q.id
      JOIN agencies_agency g ON g.profile_id = r.body_id
      WHERE q.id = still_sees.target AND n.state <> 'draft' AND g.group_id = who.agency_id);
    WHEN 'evaluation' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_evaluation x WHERE x.id = still_sees.target AND (x.state = 'released'
        OR x.agency_id = who.agency_id
        OR nrm.second_evaluator(who.id, x.agency_id, x.asked_by_id)));
    -- identified by a number, from which its id is derived (notifications/words.py)
    WHEN 'campaign' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_campaign x WHERE x.id = nrm.numbered(still_sees.target) AND x.opens <= nrm.today());
    WHEN 'meeting' THEN RETURN 'policy' = ANY(who.roles) AND EXISTS (
      SELECT 1 FROM plans_meeting x WHERE x.id = nrm.numbered(still_sees.target));
    ELSE RETURN false;
  END CASE;
END $$;

-- The same for oneself, for each row of the notice list.
CREATE FUNCTION nrm.i_still_see(noun text, target uuid) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN RETURN nrm.still_sees(nrm.membership(), noun, target); END $$;

-- Return whether this alert still waits at the member's desk.
CREATE FUNCTION nrm.still_rings(member bigint, target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_alertdesk d JOIN agencies_membership m ON m.agency_id = d.agency_id
                 WHERE d.alert_id = target AND m.id = member AND d.live AND d.due_at IS NOT NULL)
$$;

-- Fan out: one INSERT ... SELECT over waiting events, by the worker in system mode; run by the application it finds no
-- event. Unique on (event, membership, channel). Returns the number of events. Told what is `vital`: dangers to life
-- only, or everything else only; told `one`: that event only.
-- It stays in SQL: who is told and whether each still sees the subject are judged in one statement, on one snapshot, so
-- that nobody is told who lost the access meanwhile; and it joins tables of apps above `notifications`.
CREATE FUNCTION nrm.fan_out(at_most int, sms boolean DEFAULT false, vital boolean DEFAULT NULL,
                            one uuid DEFAULT NULL) RETURNS int LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  WITH due AS MATERIALIZED (
    SELECT * FROM notifications_event e WHERE e.fanned_at IS NULL AND (one IS NULL OR e.id = one)
      AND (vital IS NULL OR (e.kind = 'alert_vital') = vital)
    ORDER BY e.kind <> 'alert_vital', e.at LIMIT at_most FOR UPDATE SKIP LOCKED
  ), about AS (
    SELECT d.*, CASE d.subject WHEN 'case' THEN d.subject_id
                WHEN 'orientation' THEN (SELECT o.case_id FROM referral_orientation o WHERE o.id = d.subject_id)
                WHEN 'clock' THEN (SELECT k.case_id FROM referral_clock k WHERE k.id = d.subject_id)
                WHEN 'legalhold' THEN (SELECT h.case_id FROM referral_legalhold h WHERE h.id = d.subject_id) END AS the_case
    FROM due d
  ), units AS (
    SELECT d.id, x.agency_id FROM about d JOIN victims_caseaccess x ON x.case_id = d.the_case
    WHERE 'holders' = ANY(d.audience)
    UNION SELECT d.id, c.lead_id FROM about d JOIN victims_case c ON c.id = d.the_case WHERE 'lead' = ANY(d.audience)
    UNION SELECT d.id, c.coordination_id FROM about d JOIN victims_case c ON c.id = d.the_case
    WHERE 'coordination' = ANY(d.audience)
    UNION SELECT d.id, o.sender_id FROM about d JOIN referral_orientation o ON o.id = d.subject_id
    WHERE 'sender' = ANY(d.audience)
    UNION SELECT d.id, h.agency_id FROM about d JOIN referral_legalhold h ON h.id = d.subject_id
    WHERE 'sender' = ANY(d.audience)
    UNION SELECT d.id, k.agency_id FROM about d JOIN referral_alertdesk k ON k.alert_id = d.subject_id
    WHERE 'desk' = ANY(d.audience) AND (cardinality(d.agencies) = 0 OR k.agency_id = ANY(d.agencies))
    UNION SELECT d.id, k.agency_id FROM about d JOIN referral_orientationdesk k ON k.orientation_id = d.subject_id
    WHERE 'desk' = ANY(d.audience) AND (cardinality(d.agencies) = 0 OR k.agency_id = ANY(d.agencies))
    UNION SELECT d.id, g FROM about d, unnest(d.agencies) g
    WHERE d.subject IN ('none', 'desk', 'datarequest', 'requisition', 'legalhold')
    UNION SELECT d.id, x.unit_id FROM about d JOIN referral_match x ON x.id = d.subject_id
    WHERE 'coordination' = ANY(d.audience) AND d.subject = 'match'
    UNION SELECT d.id, g.group_id FROM about d JOIN agencies_agency g ON g.mandate = 'national'
    WHERE 'national' = ANY(d.audience)
  ), people AS (
    SELECT u.id, m.id AS member, false AS as_author FROM units u JOIN agencies_membership m ON m.agency_id = u.agency_id
    WHERE m.active AND m.kind <> 'system' AND m.roles && '{case_worker,coordinator}'
    UNION ALL SELECT d.id, a.author_id, true FROM about d JOIN referral_alert a ON a.id = d.subject_id
      JOIN agencies_membership m ON m.id = a.author_id JOIN agencies_agency g ON g.group_id = m.agency_id
    WHERE 'author' = ANY(d.audience) AND d.subject = 'alert'
      -- an employer learns that its alert was read, and nothing of its result
      AND (g.kind <> 'employer' OR d.kind = 'alert_opened')
    UNION ALL SELECT d.id, m.id, false FROM about d JOIN agencies_membership m ON m.roles::text[] && '{auditor}'
    WHERE 'audit' = ANY(d.audience)
    UNION ALL SELECT d.id, x.by_id, true FROM due d JOIN referral_breach x ON x.id = d.subject_id
    WHERE 'author' = ANY(d.audience) AND d.subject = 'breach'
    -- whoever of them reads this breach: nrm.still_sees
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m
      ON m.roles::text[] && '{agency_admin,dpo,auditor,coordinator}' AND m.kind = 'person'
    WHERE 'readers' = ANY(d.audience) AND d.subject = 'breach'
    UNION ALL SELECT d.id, x.by_id, true FROM due d JOIN referral_export x ON x.id = d.subject_id
    WHERE 'asker' = ANY(d.audience) AND d.subject = 'export'
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN referral_export x ON x.id = d.subject_id
      JOIN agencies_membership m
        ON m.agency_id = ANY(nrm.second_levels(x.agency_id))
    WHERE 'second' = ANY(d.audience) AND d.subject = 'export' AND nrm.second_for(m.id, x.agency_id, x.by_id)
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN victims_readingalarm x ON x.id = d.subject_id
      JOIN agencies_membership m
        ON m.agency_id = ANY(nrm.second_levels(x.agency_id)) OR 'auditor' = ANY(m.roles)
    WHERE 'second' = ANY(d.audience) AND d.subject = 'readingalarm'
      AND (nrm.second_or_auditor(m.id, x.agency_id, x.membership_id)  -- and its administrators, whoever they are
           OR (m.agency_id = x.agency_id AND 'agency_admin' = ANY(m.roles)))
    -- what was read and refused nothing: for information; where nobody would be told, the nearest second person
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN victims_readingalarm x ON x.id = d.subject_id
      JOIN agencies_membership m ON m.agency_id = ANY(nrm.second_levels(x.agency_id))
    WHERE 'admins' = ANY(d.audience) AND d.subject = 'readingalarm'
      AND (m.agency_id = x.agency_id AND 'agency_admin' = ANY(m.roles)
           OR nrm.read_unseen(x.agency_id, x.membership_id) AND nrm.second_for(m.id, x.agency_id, x.membership_id))
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_memberchange x ON x.id = d.subject_id
      JOIN agencies_membership m ON m.agency_id = x.agency_id AND m.active AND m.kind = 'person'
    WHERE d.subject = 'memberchange' AND CASE WHEN 'person' = ANY(d.audience) THEN m.id = x.membership_id
      WHEN 'admins' = ANY(d.audience) THEN 'agency_admin' = ANY(m.roles) AND m.id <> x.membership_id
      ELSE 'members' = ANY(d.audience) AND (d.kind <> 'member_code' OR m.id <> x.membership_id) END
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m ON m.id = nrm.numbered(d.subject_id)
    WHERE 'person' = ANY(d.audience) AND d.subject = 'account' AND m.active AND m.kind = 'person'
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN notifications_hook x ON x.id = d.subject_id
      JOIN agencies_membership p ON p.id = x.membership_id
      JOIN agencies_membership m ON m.agency_id = p.agency_id AND m.active AND m.kind = 'person'
    WHERE 'admins' = ANY(d.audience) AND d.subject = 'hook' AND 'agency_admin' = ANY(m.roles)
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_memberchange x ON x.id = d.subject_id
      JOIN agencies_membership m
        ON m.agency_id = ANY(nrm.second_levels(x.agency_id)) OR 'auditor' = ANY(m.roles)
    WHERE 'second' = ANY(d.audience) AND d.subject = 'memberchange'
      AND nrm.second_or_auditor(m.id, x.agency_id, x.by_id, x.membership_id)
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_deskchange x ON x.batch = d.subject_id
      JOIN agencies_membership m ON m.active AND m.kind = 'person' AND CASE
        WHEN 'coordination' = ANY(d.audience) THEN m.roles::text[] && '{coordinator,auditor}'
          AND nrm.decides_desk(m.id, x.unit_id, x.by_id)
        WHEN 'desk' = ANY(d.audience) THEN m.agency_id = x.stand_in_id AND 'agency_admin' = ANY(m.roles)
        ELSE m.agency_id = x.desk_id AND 'agency_admin' = ANY(m.roles) END
    WHERE d.subject = 'deskchange'
    UNION ALL SELECT d.id, x.by_id, true FROM due d JOIN victims_casefile x ON x.id = d.subject_id
    WHERE 'author' = ANY(d.audience) AND d.subject = 'casefile'
    UNION ALL SELECT d.id, h.confirmed_by_id, false FROM due d JOIN referral_legalhold h ON h.id = d.subject_id
    WHERE 'author' = ANY(d.audience) AND h.confirmed_by_id IS NOT NULL
    -- that a case of the archive was opened, or that something waits there, also where none of its members may open it
    UNION ALL SELECT d.id, m.id, d.kind = 'archive_left' OR NOT m.roles::text[] && '{case_worker,coordinator}' FROM due d
      JOIN victims_archive x ON x.id = d.subject_id
      JOIN agencies_membership m ON m.agency_id = x.agency_id AND m.active AND m.kind = 'person'
    WHERE d.subject = 'archive' AND ('admins' = ANY(d.audience) AND 'agency_admin' = ANY(m.roles)
      OR 'members' = ANY(d.audience) AND m.roles::text[] && '{case_worker,coordinator}')
    UNION ALL SELECT d.id, o.created_by_id, true FROM about d JOIN referral_orientation o ON o.id = d.subject_id
    WHERE 'author' = ANY(d.audience) AND d.subject = 'orientation'
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m ON 'policy' = ANY(m.roles)
    WHERE 'desk' = ANY(d.audience) AND d.subject = 'consultation' AND m.active AND m.kind = 'person'
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m ON m.agency_id = ANY(d.agencies)
    WHERE 'desk' = ANY(d.audience) AND d.subject IN ('question', 'evaluation') AND m.active AND m.kind = 'person'
      AND 'policy' = ANY(m.roles)
    UNION ALL SELECT d.id, m.id, true FROM due d JOIN plans_contribution x ON x.id = d.subject_id
      JOIN agencies_membership m ON m.agency_id = x.agency_id AND 'policy' = ANY(m.roles)
    WHERE 'author' = ANY(d.audience) AND d.subject = 'contribution' AND m.active AND m.kind = 'person'
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m ON 'policy' = ANY(m.roles)
    WHERE 'coordination' = ANY(d.audience) AND d.subject = 'contribution' AND m.active AND m.kind = 'person'
      AND nrm.coordinates_today(m.agency_id)
    UNION ALL SELECT d.id, m.id, false FROM due d JOIN agencies_membership m
      ON m.agency_id = ANY(d.agencies) AND 'policy' = ANY(m.roles)
    WHERE 'desk' = ANY(d.audience) AND d.subject IN ('campaign', 'meeting') AND m.active AND m.kind = 'person'
    UNION ALL SELECT d.id, k.by_id, true FROM about d JOIN referral_clock k ON k.id = d.subject_id
    WHERE 'author' = ANY(d.audience) AND d.subject = 'clock' AND k.by_id IS NOT NULL
  ), entitled AS MATERIALIZED (
    -- of an archived case that the member may open, that something waits there, never what: but what cannot wait
    SELECT d.id, d.at, m.id AS member, m.user_id, m.agency_id AS member_agency, p.as_author AND s.sees AS as_author,
           CASE WHEN s.sees OR d.kind IN ('alert_vital', 'break_glass') THEN d.kind ELSE 'archive_waits' END AS kind,
           CASE WHEN s.sees THEN d.subject ELSE 'archive' END AS subject, COALESCE(v.id, d.subject_id) AS subject_id,
           COALESCE(v.reference, d.reference) AS reference
    FROM (SELECT id, member, bool_and(as_author) AS as_author FROM people GROUP BY 1, 2) p
    JOIN due d ON d.id = p.id JOIN agencies_membership m ON m.id = p.member
    CROSS JOIN LATERAL (SELECT nrm.still_sees(p.member, d.subject, d.subject_id) AS sees OFFSET 0) s
    LEFT JOIN LATERAL nrm.archive_about(d.subject, d.subject_id, m.agency_id) v
      ON NOT s.sees AND nrm.opens_archive(m.id, m.agency_id, v.case_id)
    -- of what one did to one's own account one is told: it may have been somebody else
    WHERE (p.member IS DISTINCT FROM d.actor_id OR d.subject = 'account') AND (s.sees OR v.id IS NOT NULL)
      -- after the end of an access there is none to check; its restriction still applies
      AND (d.subject <> 'none' OR NOT EXISTS (SELECT 1 FROM victims_case c WHERE c.reference = d.reference
                                              AND nrm.kept_out(m.id, m.agency_id, c.id)))
  ), told AS (
    INSERT INTO notifications_notice (event_id, membership_id, channel, state, kind, subject, subject_id, reference, at,
                                      as_author, attempts, due_at)
    SELECT p.id, p.member, c.channel, CASE c.channel WHEN 'app' THEN 'sent' ELSE 'queued' END, p.kind, p.subject,
           p.subject_id, p.reference, p.at, p.as_author, 0,
           CASE WHEN c.channel IN ('app', 'hook') THEN NULL
                -- the duty list is notified at any hour, others when their desk is open; a danger to life does not wait
                WHEN p.kind IN ('alert_sent', 'alert_escalated', 'alert_reminder') AND NOT p.as_author
                     AND y.membership_id IS NULL THEN nrm.back_at(p.member_agency, now())
                ELSE now() END
    FROM entitled p CROSS JOIN (VALUES ('app'), ('mail'), ('sms'), ('hook')) AS c(channel)
    LEFT JOIN notifications_preference f ON f.membership_id = p.member AND f.kind = p.kind
    LEFT JOIN agencies_dutymember y ON y.membership_id = p.member AND y.desk_id = p.member_agency
    LEFT JOIN agencies_user u ON u.id = p.user_id
    WHERE c.channel = 'app'
       -- for its webhooks: given a position each, and posted, by a worker of their own (notifications/operations/hooks.py)
       OR (c.channel = 'hook' AND EXISTS (SELECT 1 FROM notifications_hook h
                                          WHERE h.membership_id = p.member AND h.agreed_at IS NOT NULL))
       OR (c.channel = 'mail' AND p.user_id IS NOT NULL AND (COALESCE(f.mail, true) OR p.kind = ANY(nrm.never_muted())))
       OR (c.channel = 'sms' AND sms AND p.kind = 'alert_vital' AND NOT p.as_author
           AND COALESCE(NULLIF(y.phone, ''), CASE WHEN y.id IS NOT NULL THEN NULLIF(u.phone, '') END) IS NOT NULL)
    ON CONFLICT DO NOTHING
  ), done AS (
    UPDATE notifications_event SET fanned_at = now() WHERE id IN (SELECT id FROM due) RETURNING 1
  )
  SELECT count(*)::int FROM done
$$;
