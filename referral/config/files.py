"""Read from the environment where files are kept and who scans them."""

import os
from pathlib import Path

from .environment import DEVELOPMENT, value

# host:port or the path of a socket; without one files are taken only where FILES_UNSCANNED=1 says that this was chosen
CLAMAV_ADDRESS = os.environ.get("CLAMAV_ADDRESS", "")
FILES_BACKUP_DIR = Path(os.environ["FILES_BACKUP_DIR"]) if os.environ.get("FILES_BACKUP_DIR") else None
FILES_UNSCANNED = DEVELOPMENT or os.environ.get("FILES_UNSCANNED") == "1"


def storages(root: Path, *, hashed: bool) -> dict:
    """Return STORAGES: static files, under hashed names or not, and sealed files."""
    static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": static if hashed else plain},
        "files": _bucket() if os.environ.get("FILES_S3_BUCKET") else _folder(root),
    }


def _folder(root: Path) -> dict:
    state = os.environ.get("STATE_DIR") or root / ".state"
    place = os.environ.get("FILES_DIR") or Path(state) / "files"
    return {"BACKEND": "foundation.files.storing.Folder", "OPTIONS": {"location": str(place)}}


def _bucket() -> dict:
    from botocore.config import Config  # slow to import, and not needed where files are in a folder

    options = {
        "bucket_name": os.environ["FILES_S3_BUCKET"],
        "endpoint_url": os.environ.get("FILES_S3_ENDPOINT") or None,
        "region_name": os.environ.get("FILES_S3_REGION") or None,
        "access_key": value("FILES_S3_KEY_ID"),
        "secret_key": value("FILES_S3_SECRET"),
        "default_acl": None,
        "file_overwrite": True,  # names are drawn; one is replaced on purpose, when keys change
        "gzip": False,
        # two tries of a few seconds each: a service that hangs would hold a thread of a web for minutes
        "client_config": Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=15,
            retries={"total_max_attempts": 2},
        ),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
