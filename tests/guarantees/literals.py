"""Which texts reach a function, found by reading the code: constants, both sides of a condition, f-strings as patterns,
constants of the module, and what callers give to a function that passes its own parameter on."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from .conventions import APPS, python


@dataclass(frozen=True)
class Said:
    """One text that reaches the argument. `text` is a regular expression when the code composes it."""

    text: str
    where: str  # file:line
    composed: bool = False

    def may_be(self, code: str) -> bool:
        return bool(re.fullmatch(self.text, code)) if self.composed else self.text == code


ANYTHING = r"\w+"  # one word


class Unreadable(Exception):
    """A text that cannot be found by reading."""


@cache
def reaching(root: Path, function: str, parameter: str) -> list[Said]:
    """Return every text that may reach the first argument, `parameter`, of the function of this name, what callers of
    its callers say included.

    Raises Unreadable where the text is neither written in the code nor a parameter of the enclosing function.
    """
    found: set[Said] = set()
    waiting, done = [("", function, 0, parameter)], set()
    while waiting:
        if (asked := waiting.pop()) in done:
            continue
        done.add(asked)
        home, callee, position, keyword = asked
        for name, tree in _modules(root):
            if home and not _knows(tree, name, home, callee):
                continue
            for holder, call in _calls(tree, callee):
                where = f"{name}:{call.lineno}"
                given = {word.arg: word.value for word in call.keywords} | dict(enumerate(call.args))
                value = given.get(position, given.get(keyword))
                parameters = [a.arg for a in holder.args.args] if holder else []
                if isinstance(value, ast.Name) and value.id in parameters:
                    waiting.append((name, holder.name, parameters.index(value.id), value.id))
                elif value is not None:
                    found |= {Said(text, where, composed) for text, composed in _texts(value, tree, where)}
                elif not home:
                    raise Unreadable(f"{where}: {ast.unparse(call)}: say {parameter} by its place or its name")
    return sorted(found, key=lambda said: (said.text, said.where))


@cache
def _modules(root: Path) -> list[tuple[str, ast.Module]]:
    return [(name, tree) for name, tree, _inside in python(root)]


def _knows(tree: ast.Module, name: str, home: str, callee: str) -> bool:
    """Whether a module can call this function of `home`: it is its own, or imported by name."""
    if name == home:
        return True
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return callee in imported or Path(home).stem in imported


def _calls(tree: ast.Module, callee: str) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
    """Yield each call by this name with the function that holds it."""

    def walk(node, holder):
        for child in ast.iter_child_nodes(node):
            called = child.func if isinstance(child, ast.Call) else None
            if callee in (getattr(called, "id", ""), getattr(called, "attr", "")):
                yield holder, child
            yield from walk(child, child if isinstance(child, ast.FunctionDef) else holder)

    yield from walk(tree, None)


def _texts(value: ast.expr, tree: ast.Module, where: str) -> list[tuple[str, bool]]:
    """Return (text, composed) of each value the expression may have."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [(value.value, False)]
    if isinstance(value, ast.JoinedStr):
        parts = [_part(piece, tree) for piece in value.values]
        composed = any(part == [ANYTHING] for part in parts)
        return [
            ("".join(re.escape(p) if composed and p != ANYTHING else p for p in said), composed)
            for said in product(*parts)
        ]
    either: list[ast.expr | None] = []
    if isinstance(value, ast.IfExp):
        either = [value.body, value.orelse]
    for node in tree.body:
        if isinstance(value, ast.Name) and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id:
            either = [node.value]
        if isinstance(node, ast.FunctionDef) and ast.unparse(value).startswith(f"{node.name}("):
            either = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    if not either:
        raise Unreadable(f"{where}: {ast.unparse(value)}: write the text here, or take it as a parameter")
    return [text for one in either if one for text in _texts(one, tree, where)]


def _part(piece: ast.expr, tree: ast.Module) -> list[str]:
    """Return what a piece of an f-string may say: the values of a dictionary of the module, else ANYTHING."""
    if isinstance(piece, ast.Constant):
        return [str(piece.value)]
    if isinstance(piece, ast.FormattedValue) and isinstance(piece.value, ast.Subscript):
        names = ast.unparse(piece.value.value)
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == names:
                return [ast.literal_eval(value) for value in node.value.values]
    return [ANYTHING]


def sql(root: Path) -> list[Path]:
    """Return the files of functions and triggers of all apps."""
    return sorted(path for app in APPS for path in (root / app).rglob("*.sql"))


_ENDS = r"(?:;|(?=INSERT INTO notifications_event))"  # one statement may write two
EVENT = re.compile(r"INSERT INTO notifications_event \(id, kind,.*?\)\s*(?:SELECT|VALUES \()(.*?)" + _ENDS, re.S)


def events_in_sql(root: Path) -> list[Said]:
    """Return the kind of each event that a function of the database writes. Raises Unreadable where it is no text."""
    found = []
    for path in sql(root):
        content = path.read_text()
        for hit in EVENT.finditer(content):
            where = f"{path.relative_to(root).as_posix()}:{content[: hit.start()].count(chr(10)) + 1}"
            bare = hit[1]
            while "(" in bare and bare != (bare := re.sub(r"\([^()]*\)", "", bare)):
                pass
            kind = bare.split(",")[1].strip()
            if text := re.fullmatch(r"'(\w+)'", kind):
                found.append(Said(text[1], where))
            else:
                raise Unreadable(f"{where}: {kind}: write the kind of the event as a text")
    return found
