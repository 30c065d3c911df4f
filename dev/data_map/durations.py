"""Read the time limits that docs/retention.md names, from the constants of the code."""

import re
from datetime import timedelta
from functools import reduce
from importlib import import_module
from pathlib import Path

from django.conf import settings

LINE = re.compile(
    r"^\| (?P<what>.+?) \| (?P<many>\d+) (?P<unit>\w+) \| .+? \| (?P<task>.+?) \| `(?P<name>.+?)` \|$", re.MULTILINE
)


def lines() -> list[re.Match]:
    """Return the lines of docs/retention.md that name a constant."""
    return list(LINE.finditer((Path(settings.BASE_DIR) / "docs" / "retention.md").read_text()))


def value(name: str) -> timedelta:
    """Return the value of a constant, given by its dotted name: module, then attributes or keys."""
    module, _, rest = name.partition(".")
    while True:
        step, _, after = rest.partition(".")
        try:
            import_module(f"{module}.{step}")
        except ModuleNotFoundError:
            break
        module, rest = f"{module}.{step}", after
    found = reduce(lambda of, key: of[key] if isinstance(of, dict) else getattr(of, key), rest.split("."),
                   import_module(module))  # fmt: skip
    return found if isinstance(found, timedelta) else timedelta(seconds=found)
