"""Measure the search for duplicates: recall on planted pairs, false alarms on unrelated ones."""

import random
from collections import Counter
from time import perf_counter

from django.core.management import BaseCommand

from dev.seeding.planted_pairs import planted, unrelated
from victims.matching.rules import compare, tokens


def asked(one: dict, two: dict) -> bool:
    """Return whether the pair would become a match: they share a token and are alike."""
    return bool(tokens(one) & tokens(two)) and compare(one, two) is not None


def measure(make, how_many: int, seed: int) -> tuple[Counter, Counter, list]:
    """Return (pairs by kind, matches by kind, pairs with their answer)."""
    # repeatable test pairs: nothing secret is drawn
    chance, all_, found, pairs = random.Random(seed), Counter(), Counter(), []  # noqa: S311
    for _ in range(how_many):
        kind, one, two = make(chance)
        all_[kind] += 1
        answer = asked(one, two)
        found[kind] += answer
        pairs.append((kind, one, two, answer))
    return all_, found, pairs


class Command(BaseCommand):
    help = "Figures of the comparison of identities on invented people; --show prints what was missed or wrongly asked."

    def add_arguments(self, parser):
        parser.add_argument("--planted", type=int, default=500)
        parser.add_argument("--unrelated", type=int, default=5000)
        parser.add_argument("--seed", type=int, default=20261124)
        parser.add_argument("--show", action="store_true")

    def handle(self, *args, **options):
        start = perf_counter()
        for title, make, wanted in (("planted", planted, True), ("unrelated", unrelated, False)):
            all_, found, pairs = measure(make, options[title], options["seed"])
            total = sum(found.values())
            self.stdout.write(f"\n{title}: {total} of {options[title]} asked ({100 * total / options[title]:.2f} %)")
            for kind in all_:
                self.stdout.write(f"  {kind}: {found[kind]} of {all_[kind]}")
            if options["show"]:
                for kind, one, two, answer in pairs:
                    if answer != wanted:
                        self.stdout.write(f"    {kind}: {one} / {two}")
        self.stdout.write(f"\n{perf_counter() - start:.1f} s")
