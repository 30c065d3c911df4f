"""Manage the state directory: ignored by git, holds all that a start creates. Delete it for a fresh start."""

import base64
import fcntl
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from .embedded import DATABASE_URLS, SANDBOX_URL
from .processes import StartError

ROOT = Path(__file__).resolve().parents[2]
# the number is one that the national numbering plan gives to nobody, for fiction
DEMONSTRATION = {"DEBUG": "1", "PUBLISHER": "Éditeur de la plateforme (fictif)", "OPERATOR_PHONE": "01 99 00 12 34"}
SEALING = {"FIELD_KEYS", "MATCH_KEY"}  # keys without which what is stored cannot be read or compared
URLS = (*DATABASE_URLS, "REDIS_URL", SANDBOX_URL)


def directory(env: Mapping[str, str]) -> Path:
    """Return STATE_DIR or `.state/`, private: it holds keys and people's data. Raises StartError."""
    path = Path(env.get("STATE_DIR") or ROOT / ".state").absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "static").mkdir(exist_ok=True)  # Django warns at each start when it is missing
    except OSError as error:
        raise StartError(f"The state directory {path} cannot be used: {error.strerror}.") from error
    return path


class Lock:
    """Prevent two starts on one state: PostgreSQL would protect the data, but neither start would work."""

    def __init__(self, state: Path) -> None:
        self.path = state / "up.lock"
        self.file = self.path.open("a+")

    def take(self) -> bool:
        """Take the lock; return whether it was free.

        The kernel releases it with its holder, so that a killed supervisor never blocks the next start.
        """
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.say("")
        return True

    def say(self, text: str) -> None:
        """Store who holds the lock, for the message of another start."""
        self.file.truncate(0)
        self.file.write(text)
        self.file.flush()

    def holder(self) -> str:
        return self.path.read_text().strip() or "it is starting or stopping"


def read_env(path: Path) -> dict[str, str]:
    """Read NAME=value lines."""
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Write NAME=value lines, readable by the owner only from the first byte on."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    draft.replace(path)


def development_secrets(state: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of this state, generated once: another set could not decrypt its data.

    Raises StartError when keys are missing beside data that they sealed, unless the environment gives them.
    """
    path = state / "secrets.env"
    known = read_env(path)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "JOURNAL_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "MATCH_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DEMO_CLIENT_SECRET": secrets.token_urlsafe(32),
    }
    missing = fresh.keys() - known.keys()
    lost = sorted(missing & SEALING - env.keys())
    if lost and (state / "postgres" / "data").exists():
        raise StartError(
            f"{', '.join(lost)} missing from {path}, though {state} holds data sealed with these keys: new ones could"
            " not decrypt it. Put the file back from a copy, or set another STATE_DIR for a fresh start."
        )
    if missing:
        known |= {name: fresh[name] for name in fresh if name in missing}
        write_env(path, known)
    return known


def child_env(base: Mapping[str, str], urls: Mapping[str, str], wanted: tuple[str, ...]) -> dict[str, str]:
    """Return the environment with only the addresses a child needs: the web process never gets that of the owner."""
    plain = {name: value for name, value in base.items() if name not in URLS and name != "NRM_ROLE"}
    return plain | {name: urls[name] for name in wanted if name != SANDBOX_URL or name in urls}
