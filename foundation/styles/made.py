"""Write a file that is made for browsers, with the compressed copies that whitenoise looks for beside it."""

import gzip
import os
from pathlib import Path

import brotli


def write_with_copies(target: Path, content: bytes) -> None:
    """Write the compressed copies first: whoever finds the file finds them too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target.with_name(target.name + ".gz"), gzip.compress(content, 9, mtime=0))
    _write(target.with_name(target.name + ".br"), brotli.compress(content))
    _write(target, content)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
