-- The actor's unit is of the State or of a local authority, whether it speaks for a body or not.
CREATE FUNCTION nrm.policy_state() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() AND nrm.of_state(a.kind)) $$;

-- The body in charge of a commitment: the one its last position names; NULL before the first.
CREATE FUNCTION nrm.commitment_responsible(target text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT p.responsible_id FROM plans_commitmentprogress p WHERE p.commitment_id = target
   ORDER BY p."on" DESC, p.at DESC, p.id DESC LIMIT 1 $$;

-- State of the questionnaire of a question, under the questionnaire's own policy: NULL when it is not seen.
CREATE FUNCTION nrm.questionnaire_state(target uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT n.state FROM plans_questionnaire n JOIN plans_question q ON q.questionnaire_id = n.id WHERE q.id = target $$;
