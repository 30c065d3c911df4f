"""Declare row security of public policy: one module per subject. The public reads what is published."""

from . import (
    admission,
    campaigns,
    commitments,
    committee,
    coordination,
    evaluation,
    figures,
    focal,
    money,
    opendata,
    participation,
    plans,
    statistics,
)

_MODULES = (
    admission,
    participation,
    coordination,
    committee,
    focal,
    evaluation,
    plans,
    figures,
    commitments,
    money,
    opendata,
    campaigns,
    statistics,
)
WALLS = [wall for module in _MODULES for wall in module.WALLS]
RIGHTS = {table: verbs for module in _MODULES for table, verbs in getattr(module, "RIGHTS", {}).items()}
