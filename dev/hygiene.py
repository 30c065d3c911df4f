"""Check that no tracked file contains a path of a machine or the address of a package index.

A path works on one machine only; an index address decides for everyone where packages come from, and would invalidate
the hashes of the locks when it changes.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = {
    "path of a machine": re.compile(r"(?<![\w.:/)\]}~-])/(?:root|home|work|farm|tmp|Users)/[A-Za-z0-9_]|file:///\w"),
    "address of a package index": re.compile(
        r"https?://[^\s\"'/]*(?:py[p]i|python[h]osted|np[m]js|yarn[p]kg|arti[f]actory|ne[x]us)[^\s\"'/]*"
        r"|--(?:extra-)?index-url[ =]|(?:registry|resolved)\"?\s*[=:]\s*\"?https?://"
        r"|https?://\S+\.(?:whl|tar\.gz|tgz)\b",
        re.IGNORECASE,
    ),
}


def faults(name: str, text: str) -> Iterator[str]:
    """Yield `file:line: rule: text` for each finding."""
    for number, line in enumerate(text.splitlines(), 1):
        for rule, pattern in RULES.items():
            if pattern.search(line):
                yield f"{name}:{number}: {rule}: {line.strip()[:120]}"


def tracked(root: Path = ROOT) -> list[Path]:
    """Return the files that git tracks.

    The safe directory is set here, since a checkout may belong to another user.
    """
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [root / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]  # a file deleted and not committed is still listed


def main() -> int:
    """Print all findings; return 1 when there is one."""
    found: list[str] = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # images and fonts are not searched
        found += faults(str(path.relative_to(ROOT)), text)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
