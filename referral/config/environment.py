"""Read what the settings take from the environment."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Development makes its own keys, loads the demonstration and shows its mails.
DEVELOPMENT = os.environ.get("DEBUG") == "1"


def secret(name: str, development: str) -> str:
    """Return a key from the environment.

    The fixed value is for development, and for commands without data. Raises ImproperlyConfigured elsewhere.
    """
    if value := os.environ.get(name):
        return value
    if DEVELOPMENT:
        return development
    raise ImproperlyConfigured(f"{name} is not set. Outside development it must come from the environment.")


# Seconds, by role; 0 is no limit. A session that holds a row keeps the web's threads for no longer than its
# lock_timeout, and the page says what to do (referral/config/refusals.py). Due work finds at its next pass what it
# could not lock. A migration waits longer, and gives up rather than hold every query behind it.
TIMEOUTS = {
    "app": {"lock_timeout": 4, "statement_timeout": 20, "idle_in_transaction_session_timeout": 60},
    "worker": {"lock_timeout": 5, "statement_timeout": 600, "idle_in_transaction_session_timeout": 600},
    "owner": {"lock_timeout": 60, "statement_timeout": 0, "idle_in_transaction_session_timeout": 0},
}


def database(url: str, role: str) -> dict:
    """Return an entry of DATABASES for postgresql://user:password@host:port/name?host=/socket/dir, with the limits of
    a role of TIMEOUTS."""
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    limits = "".join(f" -c {name}={1000 * seconds}" for name, seconds in TIMEOUTS[role].items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        # measured: with jit, short statements pay for compilation without gain
        "OPTIONS": {"options": f"-c jit=off{limits}"},
    }
