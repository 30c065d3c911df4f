"""Declare row security of public policy: one module per subject. The public reads what is published."""
