-- The journal stores ids. Auditors read and search references, which people say aloud, and nothing else of the
-- subjects. For others both functions return nothing.
CREATE FUNCTION nrm.journal_references(wanted uuid[]) RETURNS TABLE (id uuid, reference varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.reference FROM (
    SELECT c.id, c.reference FROM victims_case c WHERE c.id = ANY(wanted)
    UNION ALL SELECT a.id, a.reference FROM referral_alert a WHERE a.id = ANY(wanted)
    UNION ALL SELECT o.id, o.reference FROM referral_orientation o WHERE o.id = ANY(wanted)
    UNION ALL SELECT s.id, s.reference FROM referral_situation s WHERE s.id = ANY(wanted)
    UNION ALL SELECT m.id, m.reference FROM referral_match m WHERE m.id = ANY(wanted)
    UNION ALL SELECT m.id, m.reference FROM referral_matchalarm m WHERE m.id = ANY(wanted)
    UNION ALL SELECT e.id, e.reference FROM referral_export e WHERE e.id = ANY(wanted)
  ) k WHERE nrm.sight() = 'journal'
$$;

CREATE FUNCTION nrm.journal_ids(said text) RETURNS TABLE (noun text, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.noun, k.id FROM (
    SELECT 'case' AS noun, c.id FROM victims_case c WHERE c.reference = said
    UNION ALL SELECT 'alert', a.id FROM referral_alert a WHERE a.reference = said
    UNION ALL SELECT 'orientation', o.id FROM referral_orientation o WHERE o.reference = said
    UNION ALL SELECT 'situation', s.id FROM referral_situation s WHERE s.reference = said
    UNION ALL SELECT 'match', m.id FROM referral_match m WHERE m.reference = said
    UNION ALL SELECT 'matchalarm', m.id FROM referral_matchalarm m WHERE m.reference = said
    UNION ALL SELECT 'export', e.id FROM referral_export e WHERE e.reference = said
  ) k WHERE nrm.sight() = 'journal'
$$;
