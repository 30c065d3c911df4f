"""Find the test modules that a change touches, by a small map from subject to tests.

A subject is a folder of an app (`referral/alerts`); its tests are in the folder of the same name under `tests/`. The
map is short on purpose: it finds what breaks first, and `./run check` finds the rest.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from dev.services import state

ROOT = state.ROOT
TURN = ".ci/turn"
IMPORTED = re.compile(r"^\s*(?:from\s+(\.*[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+([\w.]+))", re.MULTILINE)
DEFINED = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|TRIGGER|POLICY|VIEW)\s+(?:\w+\.)?(\w+)", re.IGNORECASE
)


def git(*words: str) -> str | None:
    """Return what git says, None where it refuses: an archive without history, a commit that is not there."""
    try:
        said = subprocess.run(
            ["git", "-c", "safe.directory=*", *words], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip()


def before_this_turn() -> str | None:
    """Return the commit that began the turn before this one, None when the history does not say."""
    commits = (git("log", "-2", "--format=%H", "--", TURN) or "").split()
    return commits[1] if len(commits) == 2 else None


def main_branch() -> str | None:
    """Return the last commit that this branch shares with the main branch of its origin, else with its own turn."""
    return git("merge-base", "HEAD", "origin/main") or before_this_turn()


def paths_since(base: str) -> list[str] | None:
    """Return the files that differ from the commit `base`, new ones included; None for a commit that is not there."""
    changed, new = git("diff", "--name-only", base), git("ls-files", "--others", "--exclude-standard")
    return None if changed is None else sorted({*changed.splitlines(), *(new or "").splitlines()})


def subject(path: str) -> str:
    """Return the folder of the subject a file belongs to: `referral/alerts`, or `referral` for a file of the app."""
    parts = Path(path).parts
    if parts[0] == "templates":
        parts = parts[1:]
    return "/".join(parts[: min(2, len(parts) - 1)])


def imports(module: str, text: str) -> set[str]:
    """Return the dotted names that the text of the file `module` imports, relative ones made absolute."""
    package, found = module.removesuffix(".py").split("/")[:-1], set()
    for source, names, plain in IMPORTED.findall(text):
        if plain:
            found.add(plain)
            continue
        dots = len(source) - len(source.lstrip("."))
        above = package[: len(package) - dots + 1] if dots else []
        base = ".".join([*above, *filter(None, [source.lstrip(".")])])
        found.add(base)
        found |= {f"{base}.{name}" for name in re.findall(r"(?:^|[,(])\s*(\w+)", names)}
    return found


class Tests:
    """What the test modules and the product's modules hold, read once."""

    def __init__(self) -> None:
        self.texts = {str(p.relative_to(ROOT)): p.read_text() for p in (ROOT / "tests").rglob("*.py")}
        self.imports = {path: imports(path, text) for path, text in self.texts.items()}
        self.modules = {path for path in self.texts if Path(path).name.startswith("test_")}

    def users(self, module: str) -> set[str]:
        """Return the files of the tests that import a module or something of it."""
        begins = f"{module}."
        return {
            path
            for path, names in self.imports.items()
            if any(name == module or name.startswith(begins) for name in names)
        }

    def standing_on(self, helper: str) -> set[str]:
        """Return the test modules that import a helper of the tests, directly or by other helpers."""
        found, todo = set(), [helper]
        while todo:
            new = self.users(todo.pop()) - found
            todo += [dotted(path) for path in new - self.modules if Path(path).name != "conftest.py"]
            found |= new
        return found & self.modules

    def under(self, folder: str) -> set[str]:
        return {path for path in self.modules if path.startswith(f"{folder}/")}

    def mentioning(self, names: Iterable[str]) -> set[str]:
        pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")
        return {path for path in self.modules if pattern.search(self.texts[path])}

    def of_code(self, path: str) -> set[str]:
        """Return the tests of the file's subject, and the test modules that import the file themselves."""
        folder = subject(path)
        return (self.under(f"tests/{folder}") if "/" in folder else set()) | (self.users(dotted(path)) & self.modules)

    def of_sql(self, path: str) -> set[str]:
        """Return the tests that name what an SQL file defines, and those of the subjects whose code names it."""
        names = set(DEFINED.findall((ROOT / path).read_text()))
        called = re.compile("|".join(rf"\bnrm\.{re.escape(name)}\b" for name in names) or r"(?!)")
        app = path.split("/", 1)[0]
        callers = {
            subject(str(p.relative_to(ROOT))) for p in (ROOT / app).rglob("*.py") if called.search(p.read_text())
        }
        folders = {folder for folder in callers if "/migrations" not in folder and "/" in folder}
        folders |= {f"{app}/{Path(path).stem}"}
        return self.mentioning(names).union(*(self.under(f"tests/{folder}") for folder in folders))

    def touched(self, path: str) -> set[str]:
        """Return the test modules that a changed file touches."""
        name = Path(path).name
        if path in self.modules:
            return {path}
        if path.startswith("tests/"):
            if not path.endswith(".py"):
                return self.mentioning([name]) | self.under(str(Path(path).parent))
            beside = name in ("conftest.py", "__init__.py") and Path(path).parent != Path("tests")
            return self.under(str(Path(path).parent)) if beside else self.standing_on(dotted(path))
        if not (ROOT / path).exists():
            return self.under(f"tests/{subject(path)}") if subject(path) else set()
        if path.endswith(".sql"):
            return self.of_sql(path)
        if path.endswith(".py") or (path.startswith("templates/") and "/" in subject(path)):
            return self.of_code(path)
        return self.mentioning([name])


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def tests_of(paths: Iterable[str]) -> list[str]:
    """Return the test modules that these files touch, sorted."""
    tests = Tests()
    return sorted(set().union(*(tests.touched(path) for path in paths)))


def main(words: list[str]) -> int:
    """Run the tests of what changed since a commit (default: since main), without those left to the proof.

    Returns the code of pytest, 0 when nothing changed, 2 when the commit is not there.
    """
    named = words and not words[0].startswith("-")
    base = words.pop(0) if named else main_branch()
    paths = paths_since(base) if base else None
    if paths is None:
        print("No such commit here: name one, ./run test --changed COMMIT.", file=sys.stderr)
        return 2
    modules = tests_of(paths)
    print(f"{len(paths)} files changed since {base[:12]}, {len(modules)} test modules.", flush=True)
    if not modules:
        return 0
    processes = ["-n", "2", "--dist", "worksteal"] if len(modules) > 2 else []
    command = ["pytest", "-q", *processes, "-m", "not long and not proof", *words, *modules]
    code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
    return 0 if code == 5 else code  # 5: all of them are left to the proof


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
