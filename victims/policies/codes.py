"""Functions of the database that answer with the codes that Python declares."""

from agencies.models import Category, Level
from victims.models.needs import SEALED_SERVICES


def _by_code(name: str, values: dict[str, int]) -> str:
    """Return the SQL of a function text -> int, 0 for any other text."""
    cases = " ".join(f"WHEN '{code}' THEN {value:d}" for code, value in values.items())
    return f"CREATE FUNCTION {name}(text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT CASE $1 {cases} ELSE 0 END $$"


FUNCTIONS = [
    # permissions of Case (`Case.Meta.permissions`)
    _by_code("nrm.level_of", {f"{level.name.lower()}_case": level for level in Level}),
    _by_code("nrm.bit_of", {f"{bit.name.lower()}_case": bit for bit in Category}),
    _by_code("nrm.bit_of_need", {code: bit for bit, codes in SEALED_SERVICES.items() for code in codes}),
]
