"""`manage.py load_plans`: bring plans, commitments and public figures to the pack shipped in `data/`, as its owner."""

from indicators.management.commands import load_domain
from plans.loading import load_plans


class Command(load_domain.Command):
    help = "Loads the public policy part of the pack: all of it in one transaction, or nothing. Run load_domain first."
    title = "Public policy"
    load = staticmethod(load_plans)
