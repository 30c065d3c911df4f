"""Read what the settings take from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Development makes its own keys, loads the demonstration and shows its mails.
DEVELOPMENT = os.environ.get("DEBUG") == "1"


def value(name: str, default: str = "") -> str:
    """Return NAME of the environment, or the content of the file that NAME_FILE names.

    A file is not shown by `docker inspect`, nor handed to each process that is started. Raises ImproperlyConfigured
    when both are given, or when the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name) or default
    if os.environ.get(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
    try:
        return Path(path).read_text(encoding="utf-8").strip() or default
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


def secret(name: str, development: str) -> str:
    """Return a key from the environment or its file.

    The fixed value is for development, and for commands without data. Raises ImproperlyConfigured elsewhere.
    """
    if found := value(name):
        return found
    if DEVELOPMENT:
        return development
    raise ImproperlyConfigured(f"{name} is not set. Outside development it must come from the environment.")


def address(name: str, default: str = "") -> str:
    """Return the address NAME_URL with the password NAME_PASSWORD in it, which may hold any character."""
    found, password = value(f"{name}_URL", default), value(f"{name}_PASSWORD")
    if not password or not found:
        return found
    parts = urlsplit(found)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}").geturl()


@dataclass(frozen=True)
class Oidc:
    """Hold how to reach the provider of the State's sign-in, and what of its answer counts as two factors."""

    issuer: str
    client_id: str
    secret: str
    name: str
    asked: tuple[str, ...]  # acr_values
    accepted: tuple[str, ...]  # acr
    amr: tuple[str, ...]
    loopback: bool  # may be this machine, without TLS


def oidc() -> Oidc | None:
    """Return the provider of the State's sign-in; None without OIDC_ISSUER. Raises ImproperlyConfigured for one that
    cannot be used."""
    issuer = os.environ.get("OIDC_ISSUER", "")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (DEVELOPMENT and parts.hostname in ("127.0.0.1", "localhost")):
        raise ImproperlyConfigured("OIDC_ISSUER begins with https://.")
    client, key = os.environ.get("OIDC_CLIENT_ID", ""), value("OIDC_CLIENT_SECRET")
    only_named = os.environ.get("HASHING") == "only"  # on the page of sign-in, by a web that never asks the provider
    if not client or not (key or only_named):
        raise ImproperlyConfigured("OIDC_ISSUER asks for OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
    several = (os.environ.get(f"OIDC_{n}", "").split() for n in ("ACR_ASKED", "ACR_ACCEPTED", "AMR_ACCEPTED"))
    asked, accepted, amr = map(tuple, several)
    name = os.environ.get("OIDC_NAME") or "ProConnect"
    return Oidc(issuer, client, key, name, asked, accepted, amr or ("mfa",), DEVELOPMENT)


# Seconds, by role; 0 is no limit. A session that holds a row keeps the web's threads for no longer than its
# lock_timeout, and the page says what to do (referral/config/refusals.py). Due work finds at its next pass what it
# could not lock. A migration waits longer, and gives up rather than hold every query behind it.
TIMEOUTS = {
    "app": {"lock_timeout": 4, "statement_timeout": 20, "idle_in_transaction_session_timeout": 60},
    "worker": {"lock_timeout": 5, "statement_timeout": 600, "idle_in_transaction_session_timeout": 600},
    "owner": {"lock_timeout": 60, "statement_timeout": 0, "idle_in_transaction_session_timeout": 0},
}


# whatever the role has set for itself (ALTER ROLE): what was answered is on the disk, and may be written
SAFE = " -c synchronous_commit=on -c default_transaction_read_only=off"


def database(url: str, role: str, *, pooled: bool = False) -> dict:
    """Return an entry of DATABASES for postgresql://user:password@host:port/name?host=/socket/dir, with the limits of
    a role of TIMEOUTS. Its parameters `ssl…` are those of libpq: `sslmode=verify-full&sslrootcert=FILE`. Raises
    ImproperlyConfigured for others, which trust whoever answers.

    `pooled`: the address is that of PgBouncer in transaction mode. It sets the limits itself (deploy/pgbouncer.ini),
    and a cursor kept by the server would be another client's after the transaction.
    """
    parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
    tls = {name: values[0] for name, values in query.items() if name.startswith("ssl")}
    if tls and (tls.get("sslmode") != "verify-full" or not tls.get("sslrootcert")):
        raise ImproperlyConfigured("An address of the database over TLS says sslmode=verify-full and sslrootcert.")
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
        "OPTIONS": tls if pooled else {"options": f"-c jit=off{limits}{'' if role == 'owner' else SAFE}"} | tls,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
    }


def text_messages() -> tuple[str, str]:
    """Return the address of the provider of text messages, "" for none, and its secret. Raises ImproperlyConfigured."""
    url = os.environ.get("SMS_URL", "")
    if url and urlsplit(url).scheme != "https" and not DEVELOPMENT:
        raise ImproperlyConfigured("SMS_URL begins with https://: it is told telephone numbers and a secret.")
    return url, value("SMS_TOKEN")


def broker(url: str) -> str:
    """Return the address of Redis. Over TLS (`rediss://`) its certificate is asked for, which Celery wants said.

    Raises ImproperlyConfigured for one that trusts whoever answers.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss":
        return url
    query = parse_qs(parts.query)
    asked, named = query.get("ssl_cert_reqs", ["required"])[0], query.get("ssl_check_hostname", ["true"])[0]
    if asked not in ("required", "CERT_REQUIRED") or named.lower() not in ("true", "1", "yes"):
        raise ImproperlyConfigured("REDIS_URL over TLS asks for the certificate and for the name in it.")
    said = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
    kept = {name: values[0] for name, values in query.items()} | said
    return parts._replace(query=urlencode(kept)).geturl()


def sandboxes(*, pooled: bool) -> tuple[str, str, int, int]:
    """Return what test spaces of programs are copied from ("" for none), how to reach the role that copies, which the
    worker of the queue `work` alone is told, how many there may be, and how many megabytes each (decision 76).

    `pooled`: there are none behind PgBouncer, which would keep connections to a copy that is to be dropped.
    """
    template = "" if pooled else os.environ.get("SANDBOX_TEMPLATE", "")
    most, megabytes = os.environ.get("SANDBOX_MOST", "20"), os.environ.get("SANDBOX_MEGABYTES", "200")
    return template, address("SANDBOX_DATABASE"), int(most), int(megabytes)
