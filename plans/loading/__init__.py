"""Load the public policy part of the pack, like the domain pack but with its own files.

Rows changed here by a member (`edited_at`) are never overwritten; what left the file is kept.
"""

from functools import partial
from pathlib import Path

from indicators.loading import DATA, Loaded, load
from indicators.loading import translations as texts
from indicators.loading.pack import read_pack

from . import commitments, committee, evaluation, money, participation, plans, statistics

TRANSLATIONS = "policy_translations_en.yaml"
FILES = ("commitments.yaml", "plans.yaml", "statistics.yaml", "sectors.yaml", TRANSLATIONS)
CHECKS = [
    partial(texts.complete, file=TRANSLATIONS),
    plans.check,
    commitments.check,
    money.check,
    evaluation.check,
    committee.check,
    participation.check,
    statistics.check,
    partial(texts.check_targets, file=TRANSLATIONS),
]
# versions come last: they hold what all the others wrote
STORES = [
    plans.store,
    commitments.store,
    money.store,
    evaluation.store,
    committee.store,
    participation.store,
    statistics.store,
    plans.store_versions,
]


def load_plans(*, using: str, folder: Path = DATA) -> Loaded:
    """Make plans, commitments and public figures match the pack of `folder`. Raises PackRefused, writing nothing."""
    return load(read_pack(folder, FILES), CHECKS, STORES, using=using)
