"""Name test clients and their databases."""

import re
import secrets

from foundation.statements.sandbox import CLIENT

SHAPE = re.compile(rf"{CLIENT}[0-9a-f]{{16}}")
TEMPLATE_CLIENT = f"{CLIENT}template"  # of the program in the template; each copy gives it its own


def new_client() -> str:
    return CLIENT + secrets.token_hex(8)


def is_client(text: str) -> bool:
    return SHAPE.fullmatch(text) is not None


def new_database(template: str) -> str:
    """Return the name of a new copy: never one that was there before, so that no connection to a former one fits."""
    return f"{template}_{secrets.token_hex(8)}"


def copies_like(template: str) -> str:
    """Return the pattern (LIKE) of the names of copies of this template."""
    return template.replace("_", r"\_") + r"\_" + "_" * 16
