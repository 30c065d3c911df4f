"""Answers with which the tests set an installation up."""

SET_UP = {
    "coordination": {"name": "Coordination nationale (fictive)"},
    "administrators": [
        {"name": "Une Démo", "address": "une@exemple.invalid"},
        {"name": "Deux Démo", "address": "Deux@exemple.invalid"},
    ],
    "auditor": {
        "name": "Mission de contrôle (fictive)",
        "person": {"name": "Trois Démo", "address": "trois@exemple.invalid"},
    },
    "bodies": [
        {
            "body": "gendarmerie", "name": "Brigade de Valmont (fictive)", "place": "77",
            "person": {"name": "Quatre Démo", "address": "quatre@exemple.invalid"},
        },
    ],
}  # fmt: skip
