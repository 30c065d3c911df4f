"""Closed lists of the yearly survey that are asked on a case."""

# services that help the person; checks, inquiries and public policy are none of her support
SUPPORT = frozenset(
    ["emergency_shelter", "safe_housing", "child_care", "social_support", "legal_support", "health_care",
     "psychological_care", "interpreting", "residence_permit", "asylum", "reception_conditions",
     "ad_hoc_administrator", "compensation", "employment", "education", "prostitution_exit", "voluntary_return",
     "consular_protection"]
)  # fmt: skip
