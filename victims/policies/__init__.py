"""Row security of all tables of a case: one module per subject."""
