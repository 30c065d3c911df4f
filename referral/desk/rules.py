"""Normalise references as people type them."""

import re

REFERENCE = re.compile(r"^[0-9A-Z]{8}$")


class NotAReference(ValueError):
    """Signal a text that cannot be a reference."""


def canonical(typed: str) -> str:
    """Return the reference as it is stored: XXXX-XXXX. Raises NotAReference."""
    signs = re.sub(r"[\s\-–—.]", "", typed.upper())
    if not REFERENCE.match(signs):
        raise NotAReference(typed)
    return f"{signs[:4]}-{signs[4:]}"
