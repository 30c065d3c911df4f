-- Return whether an association may still answer for this year: the last ended one, not yet published.
CREATE FUNCTION nrm.survey_answered(of_year int) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT of_year = extract(year FROM nrm.today()) - 1
     AND NOT EXISTS (SELECT 1 FROM plans_surveyfigure f WHERE f.year = of_year)
     AND EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.agency() AND a.kind IN ('ngo', 'ngo_network')) $$;
