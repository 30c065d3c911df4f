"""Functions of the database that answer with the codes and numbers that Python declares."""

from agencies.models import Category, Level
from foundation.sql_values import by_code, constant
from victims.models.emergencies import REASON_LENGTH

FUNCTIONS = [
    # permissions of Case (`Case.Meta.permissions`)
    by_code("nrm.level_of", {f"{level.name.lower()}_case": level for level in Level}),
    by_code("nrm.bit_of", {f"{bit.name.lower()}_case": bit for bit in Category}),
    constant("nrm.reason_length", REASON_LENGTH),
]
