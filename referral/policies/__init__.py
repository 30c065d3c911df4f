"""Row security of the mechanism: one module per subject."""
