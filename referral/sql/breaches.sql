-- Breaches: who answers, what may be written of one, how it stands. The application adds rows and changes none.

-- What a member is to a breach: `answers` (writes in its register), `reads`, or nothing. Persons only. Who manages the
-- accounts of the agency, or did until switched off, by this membership or another, is nothing to what was told apart; of the
-- rest, the national coordination answers for all, the agency's own for what was not told apart, and auditors and data
-- protection officers read. Said here once, for policies, for notices and (Answers, Reads) for querysets.
CREATE FUNCTION nrm.breach_as(member bigint, agency int, apart boolean) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE
    WHEN apart AND EXISTS (SELECT 1 FROM agencies_membership k WHERE k.user_id = m.user_id AND k.agency_id = agency
                           AND 'agency_admin' = ANY(k.roles)) THEN NULL
    WHEN g.mandate = 'national' AND m.roles::text[] && '{agency_admin,dpo,coordinator}' THEN 'answers'
    WHEN m.agency_id = agency AND NOT apart AND m.roles::text[] && '{agency_admin,dpo}' THEN 'answers'
    WHEN m.roles::text[] && '{auditor,dpo}' THEN 'reads' END
  FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
  WHERE m.id = member AND m.active AND m.kind = 'person'
$$;

-- The same of the acting member, for what is written of this breach.
CREATE FUNCTION nrm.breach_as(target uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nrm.breach_as(nrm.membership(), x.agency_id, x.apart) FROM referral_breach x WHERE x.id = target
$$;

CREATE FUNCTION nrm.of_the_nation(member bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_agency g ON g.group_id = m.agency_id
                 WHERE m.id = member AND g.mandate = 'national')
$$;

-- Two who decide of a breach, or close one: two persons (nrm.independent), one of the national coordination.
CREATE FUNCTION nrm.two_of_a_breach(second bigint, first bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT nrm.independent(second, first) AND (nrm.of_the_nation(second) OR nrm.of_the_nation(first))
$$;

-- Whether this member may be the one who agrees to what another decided, closes what another asked to close, or takes
-- decisions back. Asked by the page; the trigger below asks again. Anything else: whoever answers.
CREATE FUNCTION nrm.breach_hand(b referral_breach, member bigint, step text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE step
    WHEN 'confirm' THEN nrm.two_of_a_breach(member, b.closing_by_id)
    WHEN 'agree' THEN (NOT b.cnil_agreed AND nrm.two_of_a_breach(member, b.cnil_by_id))
      OR (NOT b.persons_agreed AND nrm.two_of_a_breach(member, b.persons_by_id))
    WHEN 'undecide' THEN nrm.of_the_nation(member)
    ELSE true END
$$;

-- Whether this may be written of a breach as it stands; referral/breaches/rules.py says the same.
CREATE FUNCTION nrm.breach_may(b referral_breach, step text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN step = 'reopen' THEN b.closed_at IS NOT NULL
    WHEN b.closed_at IS NOT NULL THEN false
    WHEN step IN ('assess', 'informed', 'readings', 'told') THEN true
    WHEN step = 'ended' THEN b.ongoing
    WHEN step = 'goes_on' THEN NOT b.ongoing
    WHEN step = 'notified' THEN b.cnil <> 'notified'
    WHEN step = 'more' THEN b.cnil = 'notified'
    WHEN step = 'no_risk' THEN b.cnil = ''
    WHEN step = 'not_informed' THEN b.persons = ''
    WHEN step = 'agree' THEN (b.cnil <> '' AND NOT b.cnil_agreed) OR (b.persons <> '' AND NOT b.persons_agreed)
    WHEN step = 'undecide' THEN b.cnil <> '' OR b.persons <> ''
    WHEN step = 'close' THEN b.closing_id IS NULL AND b.assessed AND NOT b.ongoing AND b.cnil <> '' AND b.persons <> ''
    WHEN step IN ('keep', 'confirm') THEN b.closing_id IS NOT NULL
    ELSE false END
$$;

-- The clock of a report is the database's, and runs from when it was known: nobody says when they say it, nor the end.
-- One account reports so many a day, counted by one at a time: more would bury those that are true.
CREATE FUNCTION nrm.breach_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(84, hashint8(NEW.by_id));
  IF (SELECT count(*) FROM referral_breach x WHERE x.by_id = NEW.by_id AND x.at > now() - interval '1 day')
    >= nrm.breaches_a_day() THEN PERFORM nrm.wrong_state(); END IF;
  NEW.at := clock_timestamp();
  NEW.known_at := LEAST(NEW.known_at, NEW.at);
  NEW.due_at := NEW.known_at + nrm.breach_clock();
  NEW.assessed := false;
  NEW.cnil := '';
  NEW.cnil_by_id := NULL;
  NEW.cnil_agreed := false;
  NEW.notified_at := NULL;
  NEW.persons := '';
  NEW.persons_by_id := NULL;
  NEW.persons_agreed := false;
  NEW.decided_id := NULL;
  NEW.closing_id := NULL;
  NEW.closing_by_id := NULL;
  NEW.closed_at := NULL;
  NEW.closed_by_id := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_begins BEFORE INSERT ON referral_breach FOR EACH ROW EXECUTE FUNCTION nrm.breach_begins();

CREATE FUNCTION nrm.breach_entry_dated() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := clock_timestamp();
  NEW.happened_at := LEAST(NEW.happened_at, CASE WHEN NEW.happened_at IS NOT NULL THEN NEW.at END);
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_entry_dated BEFORE INSERT ON referral_breachentry
FOR EACH ROW EXECUTE FUNCTION nrm.breach_entry_dated();

-- Whose readings this member may count: those of its own agency; the national coordination, of all.
CREATE FUNCTION nrm.counts_readings(member bigint, account bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_membership a ON a.id = account
                 WHERE m.id = member AND (nrm.of_the_nation(m.id) OR a.agency_id = m.agency_id))
$$;

-- Whether a member reads the register of this breach, today.
CREATE FUNCTION nrm.reads_register(member bigint, target uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM referral_breach b JOIN agencies_membership a ON a.id = member
                 JOIN agencies_membership m ON m.id = a.id OR m.user_id = a.user_id
                 WHERE b.id = target AND nrm.breach_as(m.id, b.agency_id, b.apart) IS NOT NULL)
$$;

-- The cases in which an account did anything from one moment to another, or of which it read an alert; and whether it saw
-- who the person is, or how she is reached.
CREATE FUNCTION nrm.cases_read(account bigint, since timestamptz, until timestamptz)
RETURNS TABLE (case_id uuid, identity boolean) LANGUAGE sql STABLE AS $$
  SELECT COALESCE(e.case_id, l.case_id), bool_or(e.action LIKE 'identity.read%' OR e.action LIKE 'contact.read%')
  FROM public.journal_entry e LEFT JOIN public.referral_alertlink l ON e.action = 'alert.read' AND l.alert_id::text = e.subject_id
  WHERE e.membership_id = account AND e.at >= since AND e.at <= until AND e.outcome = 'done'
    AND COALESCE(e.case_id, l.case_id) IS NOT NULL
  GROUP BY 1
$$;

-- Numbers for those who answer, who read neither the journal nor the cases; of days that the journal still holds, and of
-- an account that does not read here that it is counted: it is switched off first, or the breach was told apart.
CREATE FUNCTION nrm.breach_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.cases := NULL;
  NEW.identities := NULL;
  NEW.alerts := NULL;
  NEW.nobody := NULL;
  NEW.elsewhere := NULL;
  IF NEW.sort = 'readings' THEN
    IF NOT nrm.counts_readings(NEW.by_id, NEW.account_id) THEN
      RAISE EXCEPTION 'an account of another agency' USING ERRCODE = '42501';
    END IF;
    IF nrm.reads_register(NEW.account_id, NEW.breach_id) THEN
      RAISE EXCEPTION 'this account reads the register' USING ERRCODE = '42501';
    END IF;
    NEW.until := LEAST(NEW.until, clock_timestamp());
    IF NEW.since < clock_timestamp() - nrm.journal_kept() OR NEW.since > NEW.until THEN
      PERFORM nrm.wrong_state();
    END IF;
    SELECT count(*), count(*) FILTER (WHERE r.identity) INTO NEW.cases, NEW.identities
    FROM nrm.cases_read(NEW.account_id, NEW.since, NEW.until) r;
    SELECT count(DISTINCT e.subject_id) INTO NEW.alerts FROM journal_entry e
    WHERE e.membership_id = NEW.account_id AND e.at >= NEW.since AND e.at <= NEW.until AND e.outcome = 'done'
      AND e.action = 'alert.read';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_breach_counted BEFORE INSERT ON referral_breachentry
FOR EACH ROW EXECUTE FUNCTION nrm.breach_counted();

-- Whether another person of this agency reads this case, and can be told of it.
CREATE FUNCTION nrm.another_reads(agency int, target uuid, account bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM agencies_membership m JOIN agencies_membership a ON a.id = account
                 WHERE m.agency_id = agency AND m.kind = 'person' AND m.user_id IS DISTINCT FROM a.user_id
                   AND nrm.still_sees(m.id, 'case', target))
$$;

-- Tell who leads each of these cases now, by its reference: not the account itself; where nobody else of the lead reads
-- it, the coordination. Once for this account since the breach was reported; those led elsewhere, by the national
-- coordination alone. Whoever asks for it reads none of them, and how many were told, and why not.
CREATE FUNCTION nrm.leads_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE r referral_breachentry; reported timestamptz; mine int; anywhere boolean;
BEGIN
  SELECT at INTO reported FROM referral_breach WHERE id = NEW.breach_id FOR UPDATE;
  SELECT * INTO r FROM referral_breachentry
  WHERE id = NEW.answered_id AND breach_id = NEW.breach_id AND sort = 'readings';
  IF r.id IS NULL THEN PERFORM nrm.wrong_state(); END IF;
  IF NOT nrm.counts_readings(NEW.by_id, r.account_id) THEN
    RAISE EXCEPTION 'an account of another agency' USING ERRCODE = '42501';
  END IF;
  SELECT m.agency_id, nrm.of_the_nation(m.id) INTO mine, anywhere FROM agencies_membership m WHERE m.id = NEW.by_id;
  WITH found AS MATERIALIZED (
    SELECT c.id, c.reference, anywhere OR c.lead_id = mine AS reached,
           nrm.another_reads(c.lead_id, c.id, r.account_id) AS by_lead,
           nrm.another_reads(c.coordination_id, c.id, r.account_id) AS by_unit
    FROM nrm.cases_read(r.account_id, r.since, r.until) x JOIN victims_case c ON c.id = x.case_id
    WHERE NOT EXISTS (SELECT 1 FROM notifications_event e WHERE e.reference = c.reference AND e.kind = 'breach_read'
                      AND e.actor_id = r.account_id AND e.at >= reported)
  ), told AS (
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, actor_id, at)
    SELECT gen_random_uuid(), 'breach_read', 'case', id, reference,
           CASE WHEN by_lead THEN '{lead}'::text[] ELSE '{lead,coordination}' END, '{}', r.account_id, clock_timestamp()
    FROM found WHERE reached AND (by_lead OR by_unit)
  )
  SELECT count(*) FILTER (WHERE reached AND (by_lead OR by_unit)),
         count(*) FILTER (WHERE reached AND NOT (by_lead OR by_unit)), count(*) FILTER (WHERE NOT reached)
  INTO NEW.cases, NEW.nobody, NEW.elsewhere FROM found;
  IF NEW.cases = 0 AND EXISTS (SELECT 1 FROM referral_breachentry t WHERE t.answered_id = r.id AND t.sort = 'told') THEN
    PERFORM nrm.wrong_state();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_leads_told BEFORE INSERT ON referral_breachentry FOR EACH ROW WHEN (NEW.sort = 'told')
EXECUTE FUNCTION nrm.leads_told();

-- What is written says how the breach stands. A decision stands as one person's until a second agrees to it, having read
-- it (`answered_id`). Whatever is written after the closing was asked for takes that back: the second person confirms what
-- both have read. What is opened again, or taken back by the national coordination, is to be decided again.
CREATE FUNCTION nrm.breach_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE b referral_breach;
BEGIN
  SELECT * INTO STRICT b FROM referral_breach WHERE id = NEW.breach_id FOR UPDATE;
  IF NOT nrm.breach_may(b, NEW.sort) THEN PERFORM nrm.wrong_state(); END IF;
  IF (NEW.sort = 'confirm' AND NEW.answered_id IS DISTINCT FROM b.closing_id)
    OR (NEW.sort = 'agree' AND NEW.answered_id IS DISTINCT FROM b.decided_id) THEN PERFORM nrm.wrong_state(); END IF;
  IF NOT nrm.breach_hand(b, NEW.by_id, NEW.sort) THEN
    RAISE EXCEPTION 'two persons decide of a breach, one of the national coordination' USING ERRCODE = '42501';
  END IF;
  IF NEW.sort IN ('notified', 'no_risk') THEN
    b.cnil := NEW.sort;
    b.notified_at := NEW.happened_at;
    b.cnil_by_id := NEW.by_id;
    b.cnil_agreed := false;
    b.decided_id := NEW.id;
  ELSIF NEW.sort IN ('informed', 'not_informed') AND NEW.sort <> b.persons THEN
    b.persons := NEW.sort;
    b.persons_by_id := NEW.by_id;
    b.persons_agreed := false;
    b.decided_id := NEW.id;
  ELSIF NEW.sort = 'agree' THEN
    b.cnil_agreed := b.cnil_agreed OR nrm.two_of_a_breach(NEW.by_id, b.cnil_by_id);
    b.persons_agreed := b.persons_agreed OR nrm.two_of_a_breach(NEW.by_id, b.persons_by_id);
  ELSIF NEW.sort = 'confirm' THEN
    b.cnil_agreed := true;
    b.persons_agreed := true;
  ELSIF NEW.sort IN ('undecide', 'reopen') THEN
    b.cnil := '';
    b.notified_at := NULL;
    b.cnil_by_id := NULL;
    b.cnil_agreed := false;
    b.persons := '';
    b.persons_by_id := NULL;
    b.persons_agreed := false;
    b.decided_id := NULL;
  END IF;
  UPDATE referral_breach SET
    assessed = CASE NEW.sort WHEN 'assess' THEN true WHEN 'reopen' THEN false ELSE assessed END,
    ongoing = CASE NEW.sort WHEN 'goes_on' THEN true WHEN 'ended' THEN false ELSE ongoing END,
    cnil = b.cnil,
    notified_at = b.notified_at,
    cnil_by_id = b.cnil_by_id,
    cnil_agreed = b.cnil_agreed,
    persons = b.persons,
    persons_by_id = b.persons_by_id,
    persons_agreed = b.persons_agreed,
    decided_id = b.decided_id,
    closing_id = CASE NEW.sort WHEN 'close' THEN NEW.id WHEN 'confirm' THEN closing_id END,
    closing_by_id = CASE NEW.sort WHEN 'close' THEN NEW.by_id WHEN 'confirm' THEN closing_by_id END,
    closed_at = CASE NEW.sort WHEN 'confirm' THEN NEW.at END,
    closed_by_id = CASE NEW.sort WHEN 'confirm' THEN NEW.by_id END
  WHERE id = b.id;
  RETURN NULL;
END $$;
CREATE TRIGGER nrm_breach_moved AFTER INSERT ON referral_breachentry FOR EACH ROW EXECUTE FUNCTION nrm.breach_moved();
