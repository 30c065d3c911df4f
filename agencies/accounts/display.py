"""Show what a demonstration says of its accounts, in development only."""

import importlib
import importlib.util

from django.conf import settings


def demo_accounts() -> list:
    """Return the accounts of the demonstration, for the sign-in page in development; else an empty list."""
    return list(_demo("people").ACCOUNTS) if _shown() else []


def demo_code(user) -> str | None:
    """Return the code that an account of the demonstration may type now, "" when all of now were used; else None."""
    return _demo("codes").code_of(user) if _shown() else None


def _shown() -> bool:
    return settings.DEVELOPMENT and importlib.util.find_spec("dev.demo.people") is not None


def _demo(name: str):
    return importlib.import_module(f"dev.demo.{name}")
