"""Set up an installation that was just migrated and loaded: the first coordination, and who administers it."""

import sys
from pathlib import Path

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from agencies.accounts.operations import grouped
from agencies.models.accounts import CODE_LIFE
from referral.organisations.operations import founding
from referral.organisations.rules import BadAnswers, answers_of


class Command(BaseCommand):
    help = (
        "Makes the national coordination, its desk, its two first administrators, the auditor and bodies of the State:"
        " all or nothing, once. Asks at the terminal, or reads --file. Codes are shown at a terminal only."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--file", type=Path, help="Answers in YAML or JSON, without any secret (docs/operation.md)."
        )

    def handle(self, *args, file, **options):
        if "owner" not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: the first accounts are made by the owner of the database.")
        try:
            founding.ready()
            given = self._read(file) if file else self._ask()
            made = founding.found(answers_of(given), codes=self.stdout.isatty())
        except (founding.NotNow, BadAnswers) as refusal:
            raise CommandError(str(refusal)) from None
        for one in made:
            self._show(one)
        if any(one.code is None for one in made):
            self.stdout.write(
                "No code was made: this is no terminal, and what is written here may be kept. Make each at"
            )
            self.stdout.write("a terminal, the person on the telephone: manage.py account_code ADDRESS")
        else:
            hours = int(CODE_LIFE.total_seconds() // 3600)
            self.stdout.write(
                f"\nEach code opens its own account once, within {hours} hours, at /activer/. Tell it by voice."
            )
            self.stdout.write("They are kept nowhere and not shown again. Another: manage.py account_code ADDRESS")

    def _show(self, one: founding.Named) -> None:
        self.stdout.write(f"\n{one.name} · {one.unit}\n  {one.address}")
        if one.code:
            self.stdout.write(f"  {' '.join(grouped(one.code))}")

    def _read(self, file: Path):
        try:
            return yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"{file} cannot be read as YAML or JSON: {error}") from None

    def _ask(self) -> dict:
        if not sys.stdin.isatty():
            raise CommandError("Run this at a terminal, or give the answers with --file (docs/operation.md).")
        self.stdout.write("The national coordination. Every alert without another desk comes to it.")
        given = {"coordination": {"name": self._one("Its name")}, "administrators": [], "bodies": []}
        for which in ("First", "Second"):
            self.stdout.write(f"{which} administrator. Each act that gives sight takes both.")
            given["administrators"].append(self._person())
        self.stdout.write(
            "The auditor reads the journal and no case, and decides where a coordination has nobody else."
        )
        if name := self._one("Name of the auditor's unit (empty: none for now)", owed=False):
            given["auditor"] = {"name": name, "person": self._person()}
        self.stdout.write("Bodies of the State that take part from the first day. Others are admitted on the pages.")
        while body := self._one("Code of its line in data/agencies.yaml (empty: no more)", owed=False):
            name = self._one("Name of the unit")
            place = self._one("Code of its territory (empty: the whole country)", owed=False)
            given["bodies"].append({"body": body, "name": name, "place": place, "person": self._person()})
        if self._one("Make all of this now? Type yes", owed=False) != "yes":
            raise CommandError("Nothing was made.")
        return given

    def _person(self) -> dict:
        return {"name": self._one("First name and surname"), "address": self._one("Work e-mail address")}

    def _one(self, asked: str, *, owed: bool = True) -> str:
        """Return a line typed at the terminal; an empty one that is owed is asked for again, not refused at the end."""
        while True:
            self.stdout.write(f"  {asked}: ", ending="")
            self.stdout.flush()
            if (typed := input().strip()) or not owed:
                return typed
