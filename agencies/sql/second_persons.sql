-- Who counts as a second person. Whoever can invite an invented member, or open a colleague's account with a code, would
-- otherwise be both.

-- Did the person of `by` bring the person of `who` here: by an invitation, or lately by a code? The secret of a program is
-- known as long as it is good.
CREATE FUNCTION nrm.brought(who bigint, by bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership w JOIN agencies_membership b ON b.id = by
    JOIN agencies_membership k ON k.user_id = b.user_id
    WHERE w.id = who AND (k.id = w.invited_by_id
                          OR (k.id = w.code_by_id AND (w.kind = 'service' OR w.code_at > now() - nrm.settled()))))
$$;

-- Did one person lately make a code for both? It opens both accounts until their owners say so.
CREATE FUNCTION nrm.opened_by_one(who bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership w JOIN agencies_membership a ON a.id = w.code_by_id
    JOIN agencies_membership o ON o.id = other JOIN agencies_membership b ON b.id = o.code_by_id AND b.user_id = a.user_id
    WHERE w.id = who AND w.code_at > now() - nrm.settled() AND o.code_at > now() - nrm.settled())
$$;

-- Another person than the first, who has been here for a while (whoever was named by those who run the platform counts
-- at once); neither brought the other, and nobody lately held a code for both.
CREATE FUNCTION nrm.independent(second bigint, first bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM agencies_membership s JOIN agencies_membership f ON f.id = first AND f.user_id IS DISTINCT FROM s.user_id
    JOIN agencies_user u ON u.id = s.user_id AND u.is_active
    WHERE s.id = second AND s.active AND s.kind = 'person'
      AND (s.arrived_at IS NULL OR s.arrived_at <= now() - nrm.settled()))
    AND NOT nrm.brought(second, first) AND NOT nrm.brought(first, second)
    AND NOT nrm.opened_by_one(second, first)
$$;
