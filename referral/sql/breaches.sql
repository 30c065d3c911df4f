-- Breaches: who answers, what may be written of one, how it stands. The application adds rows and changes none.

-- The agency's administrators and data protection officer, unless it was told to the national coordination alone; and the
-- latter's, with its coordinators. Persons only.
CREATE FUNCTION nrm.answers_breach(member bigint, agency int, apart boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
    WHERE m.id = member AND m.active AND m.kind = 'person' AND (
      (m.agency_id = agency AND NOT apart AND m.roles::text[] && '{agency_admin,dpo}')
      OR (g.mandate = 'national' AND m.roles::text[] && '{agency_admin,dpo,coordinator}')))
$$;

-- The same of the acting member, for what is written of this breach.
CREATE FUNCTION nrm.answers_for(target uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM referral_breach x
                 WHERE x.id = target AND nrm.answers_breach(nrm.membership(), x.agency_id, x.apart))
$$;

-- Of the two who close a breach one is of the national coordination, and they are two persons (nrm.independent).
CREATE FUNCTION nrm.closes_breach(second bigint, first bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT nrm.independent(second, first) AND EXISTS (
    SELECT 1 FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
    WHERE m.id IN (second, first) AND g.mandate = 'national')
$$;

-- Whether this may be written of a breach as it stands; referral/breaches/rules.py says the same.
CREATE FUNCTION nrm.breach_may(b referral_breach, step text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN step = 'reopen' THEN b.closed_at IS NOT NULL
    WHEN b.closed_at IS NOT NULL THEN false
    WHEN step IN ('assess', 'informed', 'readings', 'told') THEN true
    WHEN step = 'ended' THEN b.ongoing
    WHEN step = 'notified' THEN b.cnil <> 'notified'
    WHEN step = 'more' THEN b.cnil = 'notified'
    WHEN step = 'no_risk' THEN b.cnil = ''
    WHEN step = 'not_informed' THEN b.persons = ''
    WHEN step = 'close' THEN b.closing_id IS NULL AND b.assessed AND NOT b.ongoing AND b.cnil <> '' AND b.persons <> ''
    WHEN step IN ('keep', 'confirm') THEN b.closing_id IS NOT NULL
    ELSE false END
$$;

-- The clock of a report is the database's, and runs from when it was known: nobody says when they say it, nor the end.
CREATE FUNCTION nrm.breach_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.known_at := LEAST(NEW.known_at, NEW.at);
  NEW.due_at := NEW.known_at + nrm.breach_clock();
  NEW.assessed := false;
  NEW.cnil := '';
  NEW.notified_at := NULL;
  NEW.persons := '';
  NEW.closing_id := NULL;
  NEW.closing_by_id := NULL;
  NEW.closed_at := NULL;
  NEW.closed_by_id := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_begins BEFORE INSERT ON referral_breach FOR EACH ROW EXECUTE FUNCTION nrm.breach_begins();

CREATE FUNCTION nrm.breach_entry_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.happened_at := LEAST(NEW.happened_at, CASE WHEN NEW.happened_at IS NOT NULL THEN NEW.at END);
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_entry_dated BEFORE INSERT ON referral_breachentry
FOR EACH ROW EXECUTE FUNCTION nrm.breach_entry_dated();

-- Whose readings this member may count: those of its own agency; the national coordination, of all.
CREATE FUNCTION nrm.counts_readings(member bigint, account bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
                 JOIN agencies_membership a ON a.id = account
                 WHERE m.id = member AND (g.mandate = 'national' OR a.agency_id = m.agency_id))
$$;

-- The cases in which an account did anything from one moment to another, and whether it saw who the person is.
CREATE FUNCTION nrm.cases_read(account bigint, since timestamptz, until timestamptz)
RETURNS TABLE (case_id uuid, identity boolean) LANGUAGE sql STABLE AS $$
  SELECT e.case_id, bool_or(e.action LIKE 'identity.read%') FROM journal_entry e
  WHERE e.membership_id = account AND e.at >= since AND e.at <= until AND e.outcome = 'done' AND e.case_id IS NOT NULL
  GROUP BY 1
$$;

-- Numbers for those who answer, who read neither the journal nor the cases.
CREATE FUNCTION nrm.breach_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.cases := NULL;
  NEW.identities := NULL;
  IF NEW.sort = 'readings' THEN
    IF NOT nrm.counts_readings(NEW.by_id, NEW.account_id) THEN
      RAISE EXCEPTION 'an account of another agency' USING ERRCODE = '42501';
    END IF;
    SELECT count(*), count(*) FILTER (WHERE r.identity) INTO NEW.cases, NEW.identities
    FROM nrm.cases_read(NEW.account_id, NEW.since, NEW.until) r;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_counted BEFORE INSERT ON referral_breachentry
FOR EACH ROW EXECUTE FUNCTION nrm.breach_counted();

-- Tell who leads each of these cases now, once, by the reference of the case. Whoever asks for it reads none of them.
CREATE FUNCTION nrm.leads_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r referral_breachentry;
BEGIN
  SELECT * INTO r FROM referral_breachentry
  WHERE id = NEW.answered_id AND breach_id = NEW.breach_id AND sort = 'readings';
  IF r.id IS NULL OR EXISTS (SELECT 1 FROM referral_breachentry t
                             WHERE t.answered_id = r.id AND t.sort = 'told' AND t.id <> NEW.id) THEN
    PERFORM nrm.wrong_state();
  END IF;
  IF NOT nrm.counts_readings(NEW.by_id, r.account_id) THEN
    RAISE EXCEPTION 'an account of another agency' USING ERRCODE = '42501';
  END IF;
  INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
  SELECT gen_random_uuid(), 'breach_read', 'case', c.id, c.reference, '{lead}', '{}', NULL, now()
  FROM nrm.cases_read(r.account_id, r.since, r.until) x JOIN victims_case c ON c.id = x.case_id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_leads_told AFTER INSERT ON referral_breachentry FOR EACH ROW WHEN (NEW.sort = 'told')
EXECUTE FUNCTION nrm.leads_told();

-- What is written says how the breach stands. Whatever is written after the closing was asked for takes that back: the
-- second person confirms what both have read.
CREATE FUNCTION nrm.breach_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE b referral_breach;
BEGIN
  SELECT * INTO STRICT b FROM referral_breach WHERE id = NEW.breach_id FOR UPDATE;
  IF NOT nrm.breach_may(b, NEW.sort) THEN PERFORM nrm.wrong_state(); END IF;
  IF NEW.sort = 'confirm' THEN
    IF NEW.answered_id IS DISTINCT FROM b.closing_id THEN PERFORM nrm.wrong_state(); END IF;
    IF NOT nrm.closes_breach(NEW.by_id, b.closing_by_id) THEN
      RAISE EXCEPTION 'two persons close a breach, one of the national coordination' USING ERRCODE = '42501';
    END IF;
  END IF;
  UPDATE referral_breach SET
    assessed = assessed OR NEW.sort = 'assess',
    ongoing = ongoing AND NEW.sort <> 'ended',
    cnil = CASE WHEN NEW.sort IN ('notified', 'no_risk') THEN NEW.sort ELSE cnil END,
    notified_at = CASE NEW.sort WHEN 'notified' THEN NEW.happened_at ELSE notified_at END,
    persons = CASE WHEN NEW.sort IN ('informed', 'not_informed') THEN NEW.sort ELSE persons END,
    closing_id = CASE NEW.sort WHEN 'close' THEN NEW.id WHEN 'confirm' THEN closing_id END,
    closing_by_id = CASE NEW.sort WHEN 'close' THEN NEW.by_id WHEN 'confirm' THEN closing_by_id END,
    closed_at = CASE NEW.sort WHEN 'confirm' THEN NEW.at END,
    closed_by_id = CASE NEW.sort WHEN 'confirm' THEN NEW.by_id END
  WHERE id = b.id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_breach_moved AFTER INSERT ON referral_breachentry FOR EACH ROW EXECUTE FUNCTION nrm.breach_moved();
