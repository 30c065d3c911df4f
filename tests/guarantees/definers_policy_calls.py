"""What the lines of `expected/definers_policy.csv` run: admission, plans and money."""

from .definers import Call

LOOKS = {
    "proposals": """
        SELECT format('%s %s%s%s', id, state, CASE WHEN first_email <> '' THEN ' with an address' END,
               CASE WHEN reason <> '' THEN ' because ' || reason END) FROM plans_admission""",
    "linked": "SELECT format('%s is linked', u.email) FROM agencies_providerlink l JOIN agencies_user u"
    " ON u.id = l.user_id",
    "admitted": """
        SELECT format('%s is %s, level %s, holds %s%s%s, line %s, in %s, %s', code, kind, max_level, may_hold,
               CASE WHEN supports_people THEN ', supports people' END, CASE WHEN mandate <> '' THEN ', mandate' END,
               profile_id, territory_id, time_zone) FROM agencies_agency WHERE code LIKE 'essai%'
        UNION ALL SELECT format('line %s %s %s', code, kind, scope) FROM agencies_directory WHERE code LIKE 'essai%'
        UNION ALL SELECT format('desk of %s%s%s%s %s %s', a.code,
               CASE WHEN d.receives_alerts THEN ' receives alerts' END,
               CASE WHEN d.receives_orientations THEN ' receives requests' END,
               CASE WHEN d.nationwide THEN ' everywhere' END,
               ARRAY(SELECT service_id FROM agencies_desk_services s WHERE s.desk_id = d.agency_id),
               ARRAY(SELECT territory_id FROM agencies_desk_territories s WHERE s.desk_id = d.agency_id))
        FROM agencies_desk d JOIN agencies_agency a ON a.group_id = d.agency_id WHERE a.code LIKE 'essai%'
        UNION ALL SELECT format('%s of %s: %s', m.kind, a.code, m.roles)
        FROM agencies_membership m JOIN agencies_agency a ON a.group_id = m.agency_id WHERE a.code LIKE 'essai%'""",
    "accounts": """
        SELECT format('%s %s%s', email, CASE WHEN password LIKE '!%' THEN 'without password' ELSE 'with password' END,
               CASE WHEN last_login IS NOT NULL THEN ', was here' END) FROM agencies_user""",
    "codes": """
        SELECT format('code of %s%s', u.email, CASE WHEN c.until < now() THEN ', over' END)
        FROM agencies_activationcode c JOIN agencies_user u ON u.id = c.user_id""",
    "invited": "SELECT format('~%s brought by ~%s', id, invited_by_id) FROM agencies_membership"
    " WHERE invited_by_id IS NOT NULL",
    "evaluations": """
        SELECT format('evaluation %s%s%s%s', state, CASE WHEN asked_by_id IS NOT NULL THEN ', asked' END,
               CASE WHEN released_at IS NOT NULL THEN ', public' END,
               CASE WHEN returned <> '' THEN ', back: ' || returned END) FROM plans_evaluation""",
    "lines": """
        SELECT format('%s: %s%s%s', year, amount::int, CASE WHEN checked_at IS NOT NULL THEN ' checked' END,
               CASE WHEN signed_at IS NOT NULL THEN ' signed' END) FROM plans_budgetline""",
    "names": """
        SELECT format('%s%s', name, CASE WHEN ended_at IS NOT NULL THEN ' taken out' END)
        FROM plans_envelopebeneficiary""",
    "corrections": """
        SELECT format('correction of %s%s', n.name, CASE WHEN c.was_public THEN ', was public' END)
        FROM plans_beneficiarycorrection c JOIN plans_envelopebeneficiary n ON n.id = c.beneficiary_id""",
    "plans": """
        SELECT format('%s %s%s%s', code, state, CASE WHEN published_on IS NOT NULL THEN ', published' END,
               CASE WHEN amending_since IS NOT NULL THEN ', open' END) FROM plans_plan""",
}
_PROPOSAL = """
    UPDATE plans_admission SET state = %(state)s, profile_id = %(profile)s, kind = %(kind)s, code = %(code)s,
      name = %(name)s, first_email = %(email)s, territory_id = %(territory)s, services = '{detection}'
    WHERE id = %(proposal)s"""
_ADMISSION = {
    "proposal": "@proposal", "act": "admit", "why": "", "state": "proposed", "profile": "@nothing", "kind": "ngo",
    "code": "essai", "name": "Essai", "email": "premiere@exemple.invalid", "territory": "@nothing",
}  # fmt: skip
_FIRST = """
    UPDATE plans_admission SET first_id = %(first)s WHERE id = %(admitted)s;
    UPDATE agencies_user SET last_login = %(login)s, password = %(password)s WHERE id = %(person)s;
    UPDATE agencies_membership SET active = %(active)s WHERE id = %(first)s;
    UPDATE agencies_membership SET user_id = %(person)s WHERE id = %(second)s;
    UPDATE agencies_membership SET agency_id = %(home)s WHERE id = %(beside)s"""
_EVALUATION = """
    UPDATE plans_evaluation SET state = %(state)s, asked_by_id = %(asker)s, text_fr = %(text)s, returned = '',
      asked_at = CASE WHEN %(asker)s::bigint IS NOT NULL THEN now() END WHERE id = %(evaluation)s;
    DELETE FROM plans_measureopinion WHERE evaluation_id = %(silent)s;
    UPDATE agencies_membership SET active = false
    WHERE agency_id IN (SELECT group_id FROM agencies_agency WHERE profile_id = %(off)s);
    UPDATE agencies_membership SET agency_id = %(home)s WHERE id = %(beside)s"""
_MOVE = """
    INSERT INTO plans_planmove (id, plan_id, action, before, after, reason, agency_id, by_id, at)
    VALUES (gen_random_uuid(), %(plan)s, %(action)s, %(state)s, %(after)s, '', %(unit)s, %(by)s, now())"""
_VERSION = """
    INSERT INTO plans_planversion (plan_id, number, kind, reason_fr, content, checksum, gate, by_id, at)
    VALUES (%(plan)s, 9, %(kind)s, '', %(content)s, '', '[]', %(by)s, now())"""
_BY = {"unit": "@coordination_unit", "by": "@coordination.member"}
CALLS = {
    "decide_admission": Call(
        "SELECT CASE WHEN nrm.decide_admission(%(proposal)s, %(act)s, %(why)s) IS NOT NULL THEN 'member' END",
        looks=("proposals", "admitted", "accounts", "codes", "linked"),
        words=_ADMISSION,
        before=_PROPOSAL + "; INSERT INTO agencies_providerlink (user_id, digest, made_at) SELECT id, id::text, now()"
        " FROM agencies_user WHERE email LIKE 'gone@%%' OR email LIKE 'works@%%'",
    ),
    "admission_guard": Call(
        "INSERT INTO plans_admission (id, state, code, name, acronym, kind, services, website, first_name, first_email,"
        " reason, agency_id, by_id, at) VALUES (gen_random_uuid(), 'proposed', 'essai-9', 'Essai', '', %(kind)s,"
        " %(services)s, '', '', '', '', %(unit)s, %(by)s, now())",
        words={"services": "{}", "kind": "ngo", **_BY},
        role="nrm_owner",
    ),
    "first_code": Call(
        "SELECT nrm.first_code(%(proposal)s, %(told)s) = now() + interval '72 hours'",
        looks=("codes", "invited"),
        words={
            "proposal": "@admitted", "admitted": "@admitted", "told": "@digest", "first": "@first.member",
            "person": "@first.person",
            "login": "@nothing", "password": "!x", "active": "true", "second": "@nothing", "beside": "@nothing",
            "home": "@admitted_unit",
        },
        before=_FIRST,
    ),
    "decide_evaluation": Call(
        "SELECT nrm.decide_evaluation(%(evaluation)s, %(act)s, %(why)s)::text",
        looks=("evaluations",),
        words={
            "evaluation": "@evaluation_draft", "act": "ask", "why": "", "state": "draft", "asker": "@nothing",
            "text": "", "silent": "@nothing", "off": "@nothing", "home": "@cncdh_unit", "beside": "@nothing",
        },
        before=_EVALUATION,
    ),
    "opinion_in_a_draft": Call(
        "INSERT INTO plans_measureopinion (id, evaluation_id, measure, status, evidence, comment)"
        " VALUES (gen_random_uuid(), %(evaluation)s, 'm-new', '', '', '')",
        words={"evaluation": "@evaluation_draft"},
        role="nrm_owner",
    ),
    "opinion_changed": Call(
        "UPDATE plans_measureopinion SET comment = 'autre' WHERE evaluation_id = %(evaluation)s",
        words={"evaluation": "@evaluation_draft"},
        role="nrm_owner",
    ),
    "line_corrects": Call(
        "INSERT INTO plans_budgetline (envelope_id, year, period_fr, period_en, stage, nature, amount, exactness,"
        " evidence, provenance, body_id, agency_id, by_id, at, replaces_id, reason, checked_at) VALUES (%(envelope)s,"
        " %(year)s, %(period)s, '', %(stage)s, %(nature)s, 7, 'exact', '', 'entered', 'dacg', %(unit)s, %(by)s, now(),"
        " %(replaces)s, %(reason)s, now())",
        looks=("lines",),
        words={
            "envelope": "@envelope_led", "year": "@unchecked.year", "period": "", "stage": "voted", "nature": "",
            "replaces": "@line_unchecked", "reason": "", **_BY,
        },
        role="nrm_owner",
    ),
    "line_reviewed": Call(
        "INSERT INTO plans_linereview (line_id, sort, text, agency_id, by_id, at)"
        " VALUES (%(line)s, %(sort)s, 'Essai', %(unit)s, %(by)s, now())",
        looks=("lines",),
        words={"line": "@line_unchecked", "sort": "checked", "funder": "dacg", "measure": "@nothing", **_BY},
        before="UPDATE plans_envelope SET funder_id = %(funder)s, measure_id = %(measure)s"
        " WHERE id = (SELECT envelope_id FROM plans_budgetline WHERE id = %(line)s)",
        role="nrm_owner",
    ),
    "beneficiary_corrected": Call(
        "INSERT INTO plans_beneficiarycorrection (beneficiary_id, envelope_id, reason, was_public, body_id, agency_id,"
        " by_id, at) VALUES (%(name)s, %(envelope)s, 'another', false, 'dacg', %(unit)s, %(by)s, now())",
        looks=("names", "corrections"),
        words={"name": "@name_public", "envelope": "@envelope_plain", **_BY},
        role="nrm_owner",
    ),
    "plan_moved": Call(
        _MOVE,
        looks=("plans",),
        words={"plan": "@plan_public", "action": "prepare", "state": "published", "after": "published", **_BY},
        role="nrm_owner",
    ),
    "version_gated": Call(
        _VERSION,
        words={"plan": "@plan_public", "kind": "publication", "content": "@gated", **_BY},
        role="nrm_owner",
    ),
    "plan_settled": Call(
        f"SET CONSTRAINTS ALL DEFERRED; {_MOVE}; SET CONSTRAINTS ALL IMMEDIATE",
        words={
            "plan": "@plan_public", "action": "review", "state": "published", "after": "published", "kind": "review",
            "content": "@gated", "other": "@plan_settled", **_BY,
        },
        # as many versions as moves before, and of another plan more of the one or of the other
        before=f"{_VERSION.replace('%(plan)s', '%(other)s')}",
        role="nrm_owner",
    ),
}  # fmt: skip
