"""The domain pack as the pure tests see it: read once from the files, without a database."""

from functools import cache
from pathlib import Path

import yaml

from indicators.assessment.rules.snapshot import catalogue_from_pack, grid_book_from_pack

DATA = Path(__file__).resolve().parents[2] / "data"


@cache
def raw(name):
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


@cache
def catalogue():
    return catalogue_from_pack(raw("indicators"), [form["code"] for form in raw("forms")["forms_of_exploitation"]])


@cache
def book():
    return grid_book_from_pack(raw("short_grids"))
