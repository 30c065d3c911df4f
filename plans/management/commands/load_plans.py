"""`manage.py load_plans`: load the public policy part of the pack shipped in `data/`, as the owner of the database."""

from indicators.management.commands import load_domain
from plans.loading import load_plans


class Command(load_domain.Command):
    help = "Loads the public policy part of the pack: all of it in one transaction, or nothing. Run load_domain first."
    title = "Public policy"
    load = staticmethod(load_plans)
