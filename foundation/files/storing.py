"""Keep sealed files under drawn names, in a folder or an S3-compatible service (`STORAGES["files"]`)."""

import os
import secrets
import shutil
from functools import cached_property
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

DRAWN = 16  # bytes of a name
RESERVE = 1_000_000_000  # bytes that files leave free on a disk, which may be that of the database


class Missing(Exception):
    """Signal that no file has this name."""


class Folder(FileSystemStorage):
    """Keep files readable by this account alone; a file is there whole, on the disk, or not at all."""

    def __init__(self, location, **options):
        super().__init__(location, file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)

    def _save(self, name, content):
        path = Path(self.path(name))
        for place in (Path(self.location), path.parent):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.half")
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in content.chunks():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        self._settle(path.parent)
        return name

    def has_room(self) -> bool:
        """Return whether the disk has more than RESERVE left."""
        place = Path(self.location)
        while not place.exists():  # it is made with the first file
            place = place.parent
        return shutil.disk_usage(place).free > RESERVE

    def get_available_name(self, name, max_length=None):
        return name  # drawn, or one that is replaced on purpose

    @staticmethod
    def _settle(folder: Path) -> None:
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


class Store:
    """Put, get and delete sealed files. What the disk or the service answers is raised, never silenced."""

    @cached_property
    def backend(self) -> Storage:
        return storages["files"]

    def put(self, sealed: bytes) -> str:
        """Write a file, and return the name drawn for it."""
        drawn = secrets.token_hex(DRAWN)
        return self.replace(f"{drawn[:2]}/{drawn}", sealed)

    def has_room(self) -> bool:
        """Return whether a file may be added; a service of files answers for its own room."""
        return not isinstance(self.backend, Folder) or self.backend.has_room()

    def replace(self, name: str, sealed: bytes) -> str:
        """Write a file under this name, in place of the one that has it; a reader finds one of both, never a half."""
        return self.backend.save(name, ContentFile(sealed))

    def get(self, name: str) -> bytes:
        """Return the file of this name. Raises Missing."""
        try:
            with self.backend.open(name) as file:
                return file.read()
        except FileNotFoundError:
            raise Missing(name) from None

    def delete(self, name: str) -> None:
        """Delete the file of this name; one that is gone already is deleted. Raises when it may still be there: the
        caller asks again."""
        self.backend.delete(name)

    def names(self):
        """Yield the name of each file."""
        try:
            folders = self.backend.listdir("")[0]
        except FileNotFoundError:
            return
        for folder in sorted(folders):
            for name in sorted(self.backend.listdir(folder)[1]):
                yield f"{folder}/{name}"


def store() -> Store:
    """Return the store of this installation."""
    return Store()
