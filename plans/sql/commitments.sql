-- The actor speaks for a body of the State (plans/access.py, STATE): it states the official position.
CREATE FUNCTION nrm.policy_state() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() AND a.profile_id IS NOT NULL
     AND a.kind IN ('coordination', 'justice', 'interior', 'labour', 'education', 'social_affairs', 'health',
       'foreign_affairs', 'asylum', 'child_protection', 'equality', 'finance', 'local_authority')) $$;

-- The body in charge of a commitment: the one its last position names; NULL before the first.
CREATE FUNCTION nrm.commitment_responsible(target text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT p.responsible_id FROM plans_commitmentprogress p WHERE p.commitment_id = target
   ORDER BY p."on" DESC, p.at DESC, p.id DESC LIMIT 1 $$;

-- State of the questionnaire of a question, under the questionnaire's own policy: NULL when it is not seen.
CREATE FUNCTION nrm.questionnaire_state(target uuid) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT n.state FROM plans_questionnaire n JOIN plans_question q ON q.questionnaire_id = n.id WHERE q.id = target $$;
