"""Say one body that a program may send, for each operation that takes one.

Every person and body in them is fictitious. The tests send each of them (tests/referral/api/test_examples.py,
tests/guarantees/test_program_acts.py), with ids that exist in the place of those given here: a number for an
organisation, a UUID for anything else.
"""

AGENCY, OTHER, MEMBER = 12, 27, 41
CASE = "0b6f2c1e-5d3a-4f7e-9a41-2c8e61f0d7b5"
ALERT = "7d1a9e04-31c2-4b8f-8e5d-90f6a2c4b713"
AGREEMENT = "c2f4d8a6-7b15-4e3c-a9d0-54e1b6f8027a"
DAY, LATER = "2026-11-02", "2027-01-15"
ASKED = {"purpose": "share_named", "kinds": ["ngo"], "level": "summary", "proof": "oral"}

EXAMPLES: dict[str, dict] = {
    "get_token": {"grant_type": "client_credentials", "client_id": "as-given", "client_secret": "as-given-once"},
    # alerts
    "send_alert": {
        "territory": "75",
        "when": "today",
        "minor": "no",
        "danger": "no",
        "form": "labour_exploitation",
        "observations": {"ILO-AL-CD-01": "reported"},
        "note": "Elle dit que son employeur garde son passeport depuis l'été.",
        "agreement": "yes",
        "recipients": ["association"],
    },
    "add_to_alert": {"text": "Elle rappelle : elle peut parler demain matin."},
    "close_alert": {"reason": "followed"},
    "declare_on_alert": {"what": "with_person", "words": "Une éducatrice est auprès d'elle."},
    "finish_alert": {"reason": "helped_here"},
    "join_alert": {"case": CASE},
    "redirect_alert": {"desks": [OTHER], "reason": "place"},
    "stand_down_alert": {"words": "La personne est hébergée par nos soins depuis hier."},
    # a case: person, work, follow-up
    "open_case": {"territory": "75", "when": "past", "minor": "no", "danger": "no", "agrees": True, "language": "ro"},
    "label_case": {"own_reference": "2026-114", "nickname": "Bleuet"},
    "close_case": {"reason": "autonomy"},
    "make_statement": {
        "status": "presumed",
        "stated_on": DAY,
        "function": "Cheffe de service",
        "motives": "Plusieurs signes forts, dits par la personne au cours de trois entretiens.",
    },
    "search_thread": {"words": "préfecture"},
    "add_need": {"service": "legal_support", "priority": "now", "text": "Audience le mois prochain"},
    "change_need": {"state": "met", "priority": "now", "seen": "2026-11-02T09:30:00+01:00"},
    "add_action": {"text": "Prendre rendez-vous avec l'avocate", "agency": AGENCY},
    "finish_action": {"done_on": DAY},
    "write_entry": {"sort": "message", "text": "Rendez-vous tenu, elle va mieux."},
    "correct_entry": {"text": "Rendez-vous tenu ; elle va mieux et souhaite revenir."},
    "add_paper": {"sort": "court", "label": "Convocation", "place": "Coffre du foyer"},
    "correct_paper": {"label": "Convocation", "place": "Remise à l'avocate"},
    "add_episode": {"form": "sexual_exploitation", "where": "75", "began": "2024-03"},
    "correct_episode": {"form": "forced_begging"},
    "answer_survey": {"sex": "female", "nationality": "Roumanie"},
    "write_health": {"needs": ["pregnancy"], "urgent": True, "text": "Premier rendez-vous à prendre cette semaine"},
    "write_offence": {"text": "Il tient le carnet des dettes.", "number": "0102030405"},
    "write_residence": {"status": "unknown"},
    "add_person": {"relation": "child", "age_side": "minor", "text": "Restée au pays, chez sa grand-mère"},
    "correct_person": {"relation": "child", "age_side": "adult", "text": "Majeure depuis septembre"},
    "link_cases": {"reference": "NGZF-2K7D", "sort": "family"},
    "record_agreement": {
        "purpose": "share_named",
        "agencies": [OTHER],
        "level": "file",
        "categories": ["identity", "health"],
        "proof": "oral",
        "explained": ["purpose"],
    },
    "record_opinion": {"stance": "silent", "heard_by": "Éducatrice, seule avec l'enfant"},
    "record_identity": {"family_name": "Exemple"},
    "assign_member": {"member": MEMBER},
    "unassign_member": {"member": MEMBER},
    "move_case": {"territory": "13"},
    "start_procedure": {"procedure": "soins"},
    "offer_reflection": {"offered_on": DAY, "answer": "thinking"},
    "do_step": {"step": 1, "on": DAY},
    "waive_step": {"step": 1, "reason": "risk", "words": "Elle craint d'être suivie jusqu'au guichet."},
    "pass_step": {"step": 1},
    "reopen_step": {"step": 1},
    "start_clock": {"step": 3, "counted_on": DAY},
    "stop_clock": {"reason": "choice", "words": "Elle retire sa demande, après avoir vu l'avocate."},
    "extend_clock": {"ends_on": "2030-11-02", "reason": "decision", "words": "Décision reçue ce jour"},
    # requests
    "draft_orientation": {
        "service": "safe_housing",
        "addressee": OTHER,
        "verb": "refer",
        "agreement": AGREEMENT,
        "level": "summary",
        "exclusive": True,
    },
    "send_orientation": {},
    "ask_orientation": {"words": "Peut-elle venir avec son enfant ?"},
    "answer_question": {"words": "Oui, il a deux ans."},
    "write_message": {"words": "Nous l'attendons à 18 heures."},
    "accept_orientation": {"comment": "Une place ce soir."},
    "complete_orientation": {"outcome": "services", "comment": "Accueillie, accompagnement en cours."},
    "decline_orientation": {"reason": "no_place", "suggestion": OTHER},
    "reroute_orientation": {"addressee": OTHER},
    "revoke_orientation": {"reason": "person"},
    # events
    "start_situation": {"territory": "75", "form": "labour_exploitation", "sort": "raid", "happened_on": DAY},
    "add_alert_to_situation": {"reference": "AXQ8-T5MD"},
    "add_case_to_situation": {"case": CASE},
    "note_situation_signs": {"signs": [{"indicator": "ILO-AL-CD-01", "known_by": "observed"}]},
    "set_question": ASKED,
    "open_persons": {"groups": [{"age_side": "adult", "count": 2, "language": "ro"}], "with_story": False},
    "open_next_persons": {"without_alerts": True},
    "answer_question_of_situation": {"said": "yes"},
    "split_situation": {
        "service": "safe_housing",
        "verb": "refer",
        "level": "summary",
        "persons": [{"case": CASE, "agency": OTHER}],
    },
    # one's own desk, tables, notices, watch
    "declare_places": {"places": 3},
    "ask_export": {
        "list": "cases",
        "purpose": "meeting",
        "reason": "Réunion d'équipe du lundi matin",
        "file_format": "csv",
    },
    "fetch_export": {"token": "as-given-by-prepare_export"},
    "start_import": {"table": "RG9zc2llcjtTaXR1YXRpb247Rm9ybWUKQS0xO21hamV1cmU7cHJvc3RpdHV0aW9uCg=="},
    "match_columns": {"columns": ["reference", "age_side", "form"]},
    "match_words": {"words": [{"field": "form", "text": "prostitution", "code": "sexual_exploitation"}]},
    "load_import": {"only_good": False},
    "read_notice": {"older": True},
    "readdress_alerts": {"target": OTHER},
}
