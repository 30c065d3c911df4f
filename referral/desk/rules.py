"""Read a reference as people type it."""

import re

REFERENCE = re.compile(r"^[0-9A-Z]{8}$")


class NotAReference(ValueError):
    """What was typed cannot be a reference."""


def canonical(typed: str) -> str:
    """A reference as it is kept. Raises `NotAReference`."""
    signs = re.sub(r"[\s\-–—.]", "", typed.upper())
    if not REFERENCE.match(signs):
        raise NotAReference(typed)
    return f"{signs[:4]}-{signs[4:]}"
