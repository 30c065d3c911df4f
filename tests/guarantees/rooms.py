"""Where modules stand and what they may import: what import-linter cannot say. Each function gives sentences that say
what to do instead; docs/architecture.md defines the rooms."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APPS = ("foundation", "agencies", "journal", "notifications", "indicators", "victims", "plans", "referral", "dev")
ONE_SUBJECT = ("journal", "notifications")  # small apps: their rooms stand at the top
# From the highest to the lowest: a room imports those below it, in its own subject and in the others of its app.
LAYERS = (
    ("urls",),
    ("views", "tasks"),
    ("schema", "datasets"),
    ("documents",),
    ("forms", "serializers", "display"),
    ("middleware",),
    ("operations",),
    ("selectors", "filters"),
    ("access", "workflow"),
    ("rules",),
    ("models", "policies"),
    ("words",),
)
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}
# Rooms of an app as a whole, beside its subjects.
OF_THE_APP = {"models", "policies", "urls", "workflow", "tasks", "access", "acts", "admin", "apps", "loading",
              "management", "templatetags", "config", "migrations"}  # fmt: skip
SUBJECTS_TOO = {"victims.access"}  # a subject with the name of a room
# Rooms that another app imports; the others stand on HTTP, on the broker, or are files made for the public.
PUBLIC = {"models", "policies", "words", "rules", "access", "workflow", "selectors", "filters", "operations", "display"}
SAME = {"views", "forms", "loading", "management"}  # a page or a form stands on one of a lower app: `framed`, `radios`
NOT_DOMAIN = {"views", "urls", "tasks", "schema", "datasets", "documents", "forms", "serializers", "display", "filters",
              "middleware"}  # fmt: skip
MOST = 22  # modules of one folder


@dataclass(frozen=True)
class Import:
    source: str
    target: str
    line: int
    inside: bool  # of a function


def modules(root: Path) -> dict[str, Path]:
    found = {}
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
            if ".migrations" not in name:
                found[name] = path
    return found


def place(module: str) -> tuple[str, str, str]:
    """(app, subject, room); a room of the app as a whole has the subject ""."""
    app, *inside = module.split(".")
    if app in ONE_SUBJECT:
        return app, app, inside[0] if inside else ""
    if app in ("foundation", "dev") or not inside:
        return app, "", ""
    if inside[0] in OF_THE_APP and f"{app}.{inside[0]}" not in SUBJECTS_TOO:
        return app, "", inside[0]
    return app, inside[0], inside[1] if len(inside) > 1 else ""


def imports(root: Path) -> Iterator[Import]:
    known = modules(root)
    for module, path in known.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        tree = ast.parse(path.read_text())
        inner = {id(node) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for node in ast.walk(f)}
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                up = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
                base = ".".join(part for part in (up, node.module) if part)
                names = [f"{base}.{a.name}" if f"{base}.{a.name}" in known else base for a in node.names]
            for name in dict.fromkeys(names):
                if name in known and name != module:
                    yield Import(module, name, node.lineno, id(node) in inner)


def unnamed(root: Path) -> list[str]:
    """Every module stands in a room of a subject, or of its app."""
    found = []
    for module in modules(root):
        app, subject, room = place(module)
        if app in ("foundation", "dev") or not room:
            continue
        if room not in RANK and not (subject in ("", app) and room in OF_THE_APP):
            found.append(f"{module}: `{room}` is no room: choose one of {', '.join(RANK)} (docs/architecture.md)")
    return found


def climbing(root: Path) -> list[str]:
    """In one app a room imports its own layer and those below, whatever the subject."""
    found = []
    for one in imports(root):
        (app, _, room), (other, _, below) = place(one.source), place(one.target)
        if app == other and room in RANK and below in RANK and RANK[room] > RANK[below]:
            found.append(f"{one.source}:{one.line} imports {one.target}: `{below}` stands above `{room}`")
    return found


def trespassing(root: Path) -> list[str]:
    """From another app: domain rooms and what they show, never what stands on HTTP or on the broker."""
    found = []
    for one in imports(root):
        (app, _, room), (other, _, theirs) = place(one.source), place(one.target)
        if app == other or other == "foundation" or app == "dev" or room == "config" or not theirs:
            continue
        if theirs not in PUBLIC and not (theirs == room and room in SAME):
            found.append(
                f"{one.source}:{one.line} imports {one.target}: `{theirs}` is its app's own: call an operation, or move"
                " what both need into a public room"
            )
    return found


def hidden(root: Path) -> list[str]:
    """No import inside a function: it hides a circle or a climb. Django asks for it in `ready` of an app alone."""
    return [
        f"{one.source}:{one.line} imports {one.target} inside a function: import it above, or start a task by name with"
        " foundation.tasks.wake"
        for one in imports(root)
        if one.inside and not one.source.endswith(".apps")
    ]


def of_http(root: Path) -> list[str]:
    """Domain rooms know no request and no response: what is not there raises foundation.errors.NotFound."""
    found = []
    for module, path in modules(root).items():
        _, _, room = place(module)
        if not room or room in NOT_DOMAIN | (OF_THE_APP - set(RANK)):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module in ("django.http", "django.shortcuts"):
                found.append(f"{module}:{node.lineno} imports {node.module}: raise foundation.errors.NotFound instead")
    return found


def circles(root: Path) -> list[str]:
    """Modules that import each other, at whatever length."""
    after = defaultdict(set)
    for one in imports(root):
        after[one.source].add(one.target)
    number, low, stack, found = {}, {}, [], []

    def visit(module):
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(after[module]):
            if other not in number:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == number[module]:
            at = stack.index(module)
            if len(ring := stack[at:]) > 1:
                found.append(f"a circle of imports: {', '.join(sorted(ring))}: move what they share below them")
            del stack[at:]

    for module in list(after):
        if module not in number:
            visit(module)
    return found


def crowded(root: Path) -> list[str]:
    count = defaultdict(int)
    for path in modules(root).values():
        if path.name != "__init__.py" or path.read_text().strip():
            count[path.parent.relative_to(root).as_posix()] += 1
    return [f"{folder}: {n} modules, {MOST} is the most: split the subject" for folder, n in count.items() if n > MOST]
