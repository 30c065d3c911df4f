-- The actor's unit is of the State or of a local authority, whether it speaks for a body or not.
CREATE FUNCTION nrm.policy_state() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.policy_agency() AND nrm.of_state(a.kind)) $$;

-- The body in charge of a commitment: the one its last position names; NULL before the first.
CREATE FUNCTION nrm.commitment_responsible(target text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT p.responsible_id FROM plans_commitmentprogress p WHERE p.commitment_id = target
   ORDER BY p."on" DESC, p.at DESC, p.id DESC LIMIT 1 $$;

-- State of the questionnaire of a question, under the questionnaire's own policy: NULL when it is not seen.
CREATE FUNCTION nrm.questionnaire_state(target uuid) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT n.state FROM plans_questionnaire n JOIN plans_question q ON q.questionnaire_id = n.id WHERE q.id = target $$;

-- A week before its answer is expected, a body that has not given it is reminded once a questionnaire and a day: by the
-- first question that waits. The event's id is made of these, so that a second pass adds nothing.
CREATE FUNCTION nrm.remind_evidence() RETURNS int LANGUAGE sql AS $$
  WITH waiting AS (
    SELECT q.questionnaire_id, r.body_id, r.due_on, (array_agg(q.id ORDER BY q.place))[1] AS question
    FROM plans_evidencerequest r JOIN plans_question q ON q.id = r.question_id
    JOIN plans_questionnaire n ON n.id = q.questionnaire_id
    WHERE n.state = 'open' AND r.due_on BETWEEN nrm.today() AND nrm.today() + 7
      AND r.asked_at < now() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM plans_answer a WHERE a.request_id = r.id AND a.at >= r.asked_at)
    GROUP BY 1, 2, 3
  ), told AS (
    INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at)
    SELECT md5('evidence reminder ' || w.questionnaire_id || ' ' || w.body_id || ' ' || w.due_on)::uuid,
           'evidence_reminder', 'question', w.question, 'Q-' || upper(left(w.question::text, 6)), '{desk}',
           ARRAY(SELECT g.group_id FROM agencies_agency g WHERE g.profile_id = w.body_id AND g.active), now()
    FROM waiting w ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT count(*)::int FROM told
$$;
