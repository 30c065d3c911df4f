"""Code lists of the yearly survey used on a case."""

# services that help the person, without checks, inquiries and public policy
SUPPORT = frozenset(
    ["emergency_shelter", "safe_housing", "child_care", "social_support", "legal_support", "health_care",
     "psychological_care", "interpreting", "residence_permit", "asylum", "reception_conditions",
     "ad_hoc_administrator", "compensation", "employment", "education", "prostitution_exit", "voluntary_return",
     "consular_protection"]
)  # fmt: skip
