-- Who writes: the author's kind follows from its agency, so that nobody passes for an independent body, and what is said
-- for survivors is never published as it stands.
CREATE FUNCTION nrm.contribution_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE kind text; BEGIN
  IF OLD.state <> 'draft' THEN RETURN NEW; END IF;  -- of what is inserted there is no OLD
  SELECT a.kind INTO kind FROM agencies_agency a WHERE a.group_id = NEW.agency_id;
  NEW.author_kind := CASE
    WHEN NEW.author_kind = 'survivor_with_support' AND kind IN ('ngo', 'ngo_network') THEN 'survivor_with_support'
    WHEN kind IN ('ngo', 'ngo_network') THEN 'association'
    WHEN kind = 'union' THEN 'union'
    WHEN kind = 'employer' THEN 'company'
    WHEN kind = 'local_authority' THEN 'local_authority'
    WHEN kind = 'independent' THEN 'independent'
    WHEN kind = 'international' THEN 'international'
    ELSE 'state' END;
  IF NEW.author_kind = 'survivor_with_support' THEN NEW.confidential := true; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_contribution_stamped BEFORE INSERT OR UPDATE ON plans_contribution
  FOR EACH ROW EXECUTE FUNCTION nrm.contribution_stamped();

-- A move is the only writer of a contribution's state and dates.
CREATE FUNCTION nrm.contribution_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c plans_contribution; side text; BEGIN
  SELECT * INTO c FROM plans_contribution WHERE id = NEW.contribution_id FOR NO KEY UPDATE;
  side := nrm.step_side('contribution', NEW.before, NEW.action, NEW.after);
  IF (side = 'coordination' AND NOT nrm.coordinates())
     OR (side IN ('author', 'independent') AND c.agency_id IS DISTINCT FROM nrm.policy_agency())
     OR (side = 'independent' AND c.author_kind <> 'independent') THEN
    RAISE EXCEPTION 'not yours' USING ERRCODE = '42501';
  END IF;
  IF NEW.action = 'set_aside' AND c.author_kind = 'independent' THEN
    RAISE EXCEPTION 'an independent body is never moderated' USING ERRCODE = '42501';
  END IF;
  IF c.state IS DISTINCT FROM NEW.before OR side IS NULL
     -- an independent body is published as it sends, unless it asks that nobody else reads it
     OR (NEW.action = 'submit' AND c.author_kind = 'independent' AND NOT c.confidential)
     OR (NEW.action IN ('release', 'publish') AND c.confidential)
     OR (NEW.action IN ('take_back', 'withdraw') AND c.settled_at IS NOT NULL)
     OR (NEW.action IN ('submit', 'release') AND c.consultation_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM plans_consultation k WHERE k.id = c.consultation_id AND k.withdrawn_at IS NULL
             AND k.opens <= nrm.today() AND k.closes >= nrm.today())) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  -- the time to answer is the platform's setting: a day at least, half a year at most, whoever sends
  IF NEW.action IN ('submit', 'release') AND (NEW.due_at IS NULL OR NEW.due_at < now() + interval '1 day'
                                              OR NEW.due_at > now() + interval '183 days') THEN
    RAISE EXCEPTION 'no time to answer' USING ERRCODE = 'NRM01';
  END IF;
  UPDATE plans_contribution SET state = NEW.after,
    submitted_at = CASE WHEN NEW.action IN ('submit', 'release') THEN now() WHEN NEW.action = 'take_back' THEN NULL
                   ELSE submitted_at END,
    due_at = CASE WHEN NEW.action IN ('submit', 'release') THEN NEW.due_at WHEN NEW.action = 'take_back' THEN NULL
             ELSE due_at END,
    published_at = CASE WHEN NEW.after = 'published' THEN now() ELSE published_at END,
    settled_at = CASE WHEN NEW.action = 'set_aside' THEN COALESCE(settled_at, now()) ELSE settled_at END,
    set_aside_reason = CASE WHEN NEW.action = 'set_aside' THEN NEW.reason ELSE set_aside_reason END
  WHERE id = NEW.contribution_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_contribution_moved BEFORE INSERT ON plans_contributionmove
  FOR EACH ROW EXECUTE FUNCTION nrm.contribution_moved();

-- The first answer stops the clock; it is given to what was published, or to what never will be.
CREATE FUNCTION nrm.contribution_answered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c plans_contribution; BEGIN
  SELECT * INTO c FROM plans_contribution WHERE id = NEW.contribution_id FOR NO KEY UPDATE;
  IF NOT nrm.coordinates() THEN RAISE EXCEPTION 'not yours' USING ERRCODE = '42501'; END IF;
  IF NOT (c.state = 'published' OR (c.state = 'submitted' AND c.confidential)) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  UPDATE plans_contribution SET settled_at = COALESCE(settled_at, now()) WHERE id = NEW.contribution_id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_contribution_answered BEFORE INSERT ON plans_response
  FOR EACH ROW EXECUTE FUNCTION nrm.contribution_answered();

-- What is asked does not change once it is open; its end is only put off; it is withdrawn once.
CREATE FUNCTION nrm.consultation_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.opens <= nrm.today() AND (
       (NEW.subject, NEW.target, NEW.title, NEW.text, NEW.questions, NEW.opens)
         IS DISTINCT FROM (OLD.subject, OLD.target, OLD.title, OLD.text, OLD.questions, OLD.opens)
       OR NEW.closes < OLD.closes)
     OR OLD.withdrawn_at IS NOT NULL
     -- what came of it is said once it is over, and once
     OR (NEW.outcome IS DISTINCT FROM OLD.outcome AND (OLD.closes >= nrm.today() OR OLD.outcome <> '')) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_consultation_kept BEFORE UPDATE OF subject, target, title, text, questions, opens, closes,
  withdrawn_at, outcome ON plans_consultation FOR EACH ROW EXECUTE FUNCTION nrm.consultation_kept();

-- How contributions are answered, the confidential ones counted and not shown. One line, numbers only.
-- Above the walls: a visitor counts rows that it may not read.
CREATE FUNCTION nrm.participation_figures() RETURNS TABLE (received int, confidential int, answered int, set_aside int,
  waiting int, late int, unread_late int, due int, settled int, median_days int, unread int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*)::int,
    (count(*) FILTER (WHERE c.confidential))::int,
    (count(*) FILTER (WHERE c.settled_at IS NOT NULL AND c.state <> 'set_aside'))::int,
    (count(*) FILTER (WHERE c.state = 'set_aside'))::int,
    (count(*) FILTER (WHERE c.settled_at IS NULL AND c.due_at >= now()))::int,
    (count(*) FILTER (WHERE c.settled_at IS NULL AND c.due_at < now()))::int,
    -- late and nowhere to be read: not moderated yet, or confidential
    (count(*) FILTER (WHERE c.settled_at IS NULL AND c.due_at < now() AND c.state = 'submitted'))::int,
    (count(*) FILTER (WHERE c.settled_at IS NOT NULL OR c.due_at < now()))::int,
    (count(*) FILTER (WHERE c.settled_at IS NOT NULL))::int,
    -- of those that are settled: the others have no number of days
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.settled_at - c.submitted_at) / 86400)::int,
    -- read by the coordination before they are shown: neither confidential nor on any page
    (count(*) FILTER (WHERE c.state = 'submitted' AND NOT c.confidential))::int
  FROM plans_contribution c WHERE c.submitted_at IS NOT NULL AND c.state NOT IN ('draft', 'withdrawn')
$$;

-- Signals by sector and quarter that has ended; from 1 to 10 the number is not given (null). No total: it would give away
-- the one cell that is masked.
CREATE FUNCTION nrm.signal_figures() RETURNS TABLE (sector_id text, quarter date, signals int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.sector_id::text, q.quarter, CASE WHEN count(*) < 11 THEN NULL ELSE count(*)::int END
  FROM plans_signal s, LATERAL (SELECT date_trunc('quarter', s.at AT TIME ZONE 'Europe/Paris')::date AS quarter) q
  WHERE q.quarter < date_trunc('quarter', now() AT TIME ZONE 'Europe/Paris')::date
  GROUP BY 1, 2
$$;

-- A name is taken out of what was published, independent bodies included, or by the coordination of what it is about to
-- publish: no moderation of what is said. A few words at most, by its author or by the coordination; what its author
-- put back is not taken out again by anybody else.
CREATE FUNCTION nrm.name_withdrawn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c plans_contribution; words text := btrim(NEW.passage); mark text; here boolean; BEGIN
  SELECT * INTO c FROM plans_contribution WHERE id = NEW.contribution_id FOR NO KEY UPDATE;
  IF NOT (nrm.coordinates() OR c.agency_id IS NOT DISTINCT FROM nrm.policy_agency()) THEN
    RAISE EXCEPTION 'not yours' USING ERRCODE = '42501';
  END IF;
  IF NOT (c.state = 'published' OR c.state = 'submitted' AND NOT c.confidential AND nrm.coordinates())
     OR char_length(words) NOT BETWEEN 2 AND 80 OR words LIKE '%[nom retiré%'
     OR position(words IN '[nom retiré ') > 0 OR words ~ '^[0-9 \]]{1,4}$'  -- what the marks themselves are made of
     OR (c.agency_id IS DISTINCT FROM nrm.policy_agency() AND EXISTS (
       SELECT 1 FROM plans_namewithdrawal w WHERE w.contribution_id = c.id AND w.restored_at IS NOT NULL
         AND (position(words IN w.passage) > 0 OR position(w.passage IN words) > 0))) THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  SELECT COALESCE(max(w.number), 0) + 1 INTO NEW.number FROM plans_namewithdrawal w WHERE w.contribution_id = c.id;
  mark := '[nom retiré ' || NEW.number || ']';
  UPDATE plans_contribution SET title = replace(title, words, mark), text = replace(text, words, mark),
    answers = ARRAY(SELECT replace(a, words, mark) FROM unnest(answers) WITH ORDINALITY AS u(a, n) ORDER BY n)
  WHERE id = c.id AND (position(words IN title || ' ' || text) > 0
                       OR EXISTS (SELECT 1 FROM unnest(answers) a WHERE position(words IN a) > 0));
  here := FOUND;
  UPDATE plans_response SET text = replace(text, words, mark)  -- the answer beside it may quote the name
  WHERE contribution_id = c.id AND position(words IN text) > 0;
  IF NOT (here OR FOUND) THEN RAISE EXCEPTION 'not there' USING ERRCODE = 'NRM01'; END IF;
  NEW.passage := '';
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_name_withdrawn BEFORE INSERT ON plans_namewithdrawal
  FOR EACH ROW EXECUTE FUNCTION nrm.name_withdrawn();

CREATE FUNCTION nrm.name_restored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c plans_contribution; mark text := '[nom retiré ' || OLD.number || ']'; BEGIN
  SELECT * INTO c FROM plans_contribution WHERE id = OLD.contribution_id FOR NO KEY UPDATE;
  IF c.agency_id IS DISTINCT FROM nrm.policy_agency() THEN RAISE EXCEPTION 'not yours' USING ERRCODE = '42501'; END IF;
  IF OLD.restored_at IS NOT NULL OR NEW.restored_at IS NULL OR c.state <> 'published' OR NEW.passage = '' THEN
    RAISE EXCEPTION 'not now' USING ERRCODE = 'NRM01';
  END IF;
  UPDATE plans_contribution SET title = replace(title, mark, NEW.passage), text = replace(text, mark, NEW.passage),
    answers = ARRAY(SELECT replace(a, mark, NEW.passage) FROM unnest(answers) WITH ORDINALITY AS u(a, n) ORDER BY n)
  WHERE id = c.id;
  UPDATE plans_response SET text = replace(text, mark, NEW.passage) WHERE contribution_id = c.id;
  RETURN NEW;
END $$;
CREATE TRIGGER nrm_name_restored BEFORE UPDATE ON plans_namewithdrawal
  FOR EACH ROW EXECUTE FUNCTION nrm.name_restored();
